#include "ledger/merkle/encoding.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark::merkle {
namespace {

absl::Status Malformed(absl::string_view reason, absl::string_view message) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason), std::string(message)});
}

// Value of a lower-case hexadecimal digit; -1 for any other character.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

template <typename Integer>
void AppendLittleEndian(Integer value, std::string* out) {
  char bytes[sizeof(Integer)];
  for (size_t i = 0; i < sizeof(Integer); ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  out->append(bytes, sizeof(bytes));
}

template <typename Integer>
void AppendBigEndian(Integer value, std::string* out) {
  char bytes[sizeof(Integer)];
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    bytes[i] = static_cast<char>(value >> (8 * (sizeof(Integer) - 1 - i)));
  }
  out->append(bytes, sizeof(bytes));
}

template <typename Integer>
Integer GetLittleEndian(absl::string_view bytes) {
  WAYMARK_CHECK(bytes.size() >= sizeof(Integer));
  Integer value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<Integer>(static_cast<Integer>(static_cast<uint8_t>(bytes[i])) << (8 * i));
  }
  return value;
}

template <typename Integer>
Integer GetBigEndian(absl::string_view bytes) {
  WAYMARK_CHECK(bytes.size() >= sizeof(Integer));
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(Integer); ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return static_cast<Integer>(value);
}

// Length of the well-formed UTF-8 sequence that `text`, not empty, begins with; 0 if there is none
// (RFC 3629 section 4).
size_t Utf8SequenceBytes(absl::string_view text) {
  const auto byte = [&text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t bytes = lead >= 0xc2 && lead <= 0xdf   ? 2
                       : lead >= 0xe0 && lead <= 0xef ? 3
                       : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                      : 0;
  if (bytes == 0 || text.size() < bytes) return 0;
  // The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
  const uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < bytes; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  }
  return bytes;
}

}  // namespace

absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes) {
  Digest digest;
  if (bytes.size() != digest.size()) {
    return Malformed("DIGEST_MALFORMED",
                     absl::StrCat("digest: ", bytes.size(), " bytes, must be ", digest.size()));
  }
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

std::string ToHex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }
std::string ToHex(const Digest& digest) { return ToHex(BytesOf(digest)); }

absl::StatusOr<std::string> FromHex(absl::string_view text) {
  if (text.size() % 2 != 0) {
    return Malformed("HEX_MALFORMED", absl::StrCat("hex: ", text.size(), " digits, must be even"));
  }
  std::string bytes(text.size() / 2, '\0');
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) {
      return Malformed("HEX_MALFORMED",
                       absl::StrCat("hex: digits ", i, " and ", i + 1, " must be 0-9 or a-f"));
    }
    bytes[i / 2] = static_cast<char>(high << 4 | low);
  }
  return bytes;
}

absl::StatusOr<Digest> DigestFromHex(absl::string_view text) {
  ASSIGN_OR_RETURN(const std::string bytes, FromHex(text));
  return DigestFromBytes(bytes);
}

std::string ToBase64(absl::string_view bytes) { return absl::Base64Escape(bytes); }
std::string ToBase64(const Digest& digest) { return ToBase64(BytesOf(digest)); }

absl::StatusOr<std::string> FromBase64(absl::string_view text) {
  std::string bytes;
  // Abseil's decoder is lenient about spaces, padding and stray bits; encoding again is not.
  if (!absl::Base64Unescape(text, &bytes) || ToBase64(bytes) != text) {
    return Malformed("BASE64_MALFORMED",
                     "base64: must be the standard alphabet with padding and no stray bits");
  }
  return bytes;
}

absl::StatusOr<Digest> DigestFromBase64(absl::string_view text) {
  ASSIGN_OR_RETURN(const std::string bytes, FromBase64(text));
  return DigestFromBytes(bytes);
}

absl::StatusOr<uint64_t> FromDecimal(absl::string_view text) {
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || (text[0] == '0' && text.size() > 1)) {
    return Malformed("NUMBER_MALFORMED", "number: must be decimal without sign or leading zero");
  }
  uint64_t value = 0;
  for (const char c : text) {
    if (__builtin_mul_overflow(value, uint64_t{10}, &value) ||
        __builtin_add_overflow(value, static_cast<uint64_t>(c - '0'), &value)) {
      return Malformed("NUMBER_MALFORMED", "number: above 2^64-1");
    }
  }
  return value;
}

void AppendU16be(uint16_t value, std::string* out) { AppendBigEndian(value, out); }
void AppendU32be(uint32_t value, std::string* out) { AppendBigEndian(value, out); }
void AppendU32le(uint32_t value, std::string* out) { AppendLittleEndian(value, out); }
void AppendU64be(uint64_t value, std::string* out) { AppendBigEndian(value, out); }
void AppendU64le(uint64_t value, std::string* out) { AppendLittleEndian(value, out); }
uint16_t GetU16be(absl::string_view bytes) { return GetBigEndian<uint16_t>(bytes); }
uint32_t GetU32be(absl::string_view bytes) { return GetBigEndian<uint32_t>(bytes); }
uint32_t GetU32le(absl::string_view bytes) { return GetLittleEndian<uint32_t>(bytes); }
uint64_t GetU64be(absl::string_view bytes) { return GetBigEndian<uint64_t>(bytes); }
uint64_t GetU64le(absl::string_view bytes) { return GetLittleEndian<uint64_t>(bytes); }

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t bytes = Utf8SequenceBytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

absl::Status CheckText(absl::string_view field, absl::string_view text, size_t bytes_max) {
  std::string fault;
  if (text.empty()) {
    fault = "empty";
  } else if (text.size() > bytes_max) {
    fault = absl::StrCat(text.size(), " bytes, at most ", bytes_max);
  } else if (std::any_of(text.begin(), text.end(),
                         [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; })) {
    fault = "has a control character";
  } else if (!IsUtf8(text)) {
    fault = "not UTF-8";
  } else {
    return absl::OkStatus();
  }
  return Refuse({absl::StatusCode::kInvalidArgument, "TEXT_INVALID",
                 absl::StrCat(field, ": ", fault), -1, std::string(field)});
}

}  // namespace waymark::merkle
