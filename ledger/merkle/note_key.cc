#include "ledger/merkle/note_key.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark::merkle {
namespace {

// vkey        := name "+" id "+" base64(type[1] public_key[32])
// signing key := "PRIVATE+KEY+" name "+" id "+" base64(01 seed[32])
// id          := 8 hexadecimal digits, lower case; must be that of the key
constexpr absl::string_view kPrivatePrefix = "PRIVATE+KEY+";
constexpr size_t kIdDigits = 8;
constexpr size_t kKeyBytes = 32;

// Code points that Unicode calls White_Space, above ASCII.
bool IsUnicodeSpace(uint32_t c) {
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

// The code points above ASCII of well-formed UTF-8 that are at most U+FFFF; none of the others is a
// space.
bool HasUnicodeSpace(absl::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const auto byte = [&](size_t at) { return static_cast<uint8_t>(text[at]); };
    if (byte(i) >= 0xc2 && byte(i) <= 0xdf) {
      if (IsUnicodeSpace(uint32_t{byte(i) & 0x1fu} << 6 | (byte(i + 1) & 0x3fu))) return true;
    } else if (byte(i) >= 0xe0 && byte(i) <= 0xef) {
      if (IsUnicodeSpace(uint32_t{byte(i) & 0xfu} << 12 | (byte(i + 1) & 0x3fu) << 6 |
                         (byte(i + 2) & 0x3fu))) {
        return true;
      }
    }
  }
  return false;
}

// The three parts between plus signs. The last may hold plus signs of its own: base64 has them.
struct Parts {
  std::string name;
  std::string id;
  uint8_t type = 0;
  std::string key;
};
absl::StatusOr<Parts> TakeApart(absl::string_view text) {
  const auto malformed = [](absl::string_view why) {
    return Refuse(
        {absl::StatusCode::kInvalidArgument, "VKEY_MALFORMED", absl::StrCat("key: ", why)});
  };
  const size_t name_end = text.find('+');
  if (name_end == absl::string_view::npos) return malformed("must be name+id+base64");
  const absl::string_view rest = text.substr(name_end + 1);
  if (rest.size() <= kIdDigits || rest[kIdDigits] != '+')
    return malformed("must be name+id+base64");
  Parts parts;
  parts.name = std::string(text.substr(0, name_end));
  if (!IsKeyName(parts.name)) return malformed("the name is empty, or has a space or a control");
  parts.id = std::string(rest.substr(0, kIdDigits));
  const absl::StatusOr<std::string> key = FromBase64(rest.substr(kIdDigits + 1));
  if (!key.ok() || key->empty()) return malformed("the last part is not base64");
  parts.type = static_cast<uint8_t>(key->front());
  parts.key = key->substr(1);
  return parts;
}

std::string IdText(uint32_t id) {
  std::string bytes;
  AppendU32be(id, &bytes);
  return ToHex(bytes);
}

}  // namespace

uint32_t VerifierKey::id() const { return KeyId(name, static_cast<uint8_t>(type), public_key); }

uint32_t KeyId(absl::string_view name, uint8_t type, absl::string_view public_key) {
  const char type_byte = static_cast<char>(type);
  const Digest digest =
      Sha256(absl::StrCat(name, "\n", absl::string_view(&type_byte, 1), public_key));
  return GetU32be(BytesOf(digest));
}

bool IsKeyName(absl::string_view name) {
  const bool plain = std::none_of(
      name.begin(), name.end(), [](char c) { return static_cast<uint8_t>(c) <= 0x20 || c == '+'; });
  return !name.empty() && plain && IsUtf8(name) && !HasUnicodeSpace(name);
}

absl::StatusOr<VerifierKey> ParseVkey(absl::string_view vkey) {
  ASSIGN_OR_RETURN(Parts parts, TakeApart(vkey));
  const auto refuse = [](absl::string_view reason, absl::string_view why) {
    return Refuse(
        {absl::StatusCode::kInvalidArgument, std::string(reason), absl::StrCat("vkey: ", why)});
  };
  switch (static_cast<KeyType>(parts.type)) {
    case KeyType::kLog:
    case KeyType::kCosignature:
      break;
    default:
      return refuse("VKEY_TYPE_UNKNOWN", absl::StrCat("signature type ", parts.type,
                                                      " is not one this version can check"));
  }
  if (parts.id != IdText(KeyId(parts.name, parts.type, parts.key))) {
    return refuse("VKEY_MALFORMED", "the id is not that of this name and key");
  }
  if (parts.key.size() != kKeyBytes) {
    return refuse("VKEY_MALFORMED",
                  absl::StrCat("public key of ", parts.key.size(), " bytes, must be ", kKeyBytes));
  }
  return VerifierKey{std::move(parts.name), static_cast<KeyType>(parts.type), std::move(parts.key)};
}

std::string FormatVkey(const VerifierKey& key) {
  const char type = static_cast<char>(key.type);
  return absl::StrCat(key.name, "+", IdText(key.id()), "+",
                      ToBase64(absl::StrCat(absl::string_view(&type, 1), key.public_key)));
}

absl::StatusOr<NoteSigner> ParseSigningKey(absl::string_view text) {
  const auto malformed = [] {
    return Refuse({absl::StatusCode::kInvalidArgument, "VKEY_MALFORMED",
                   "signing key: must be PRIVATE+KEY+name+id+base64 of type 1 and a seed"});
  };
  if (!absl::ConsumePrefix(&text, kPrivatePrefix)) return malformed();
  absl::StatusOr<Parts> parts = TakeApart(text);
  if (!parts.ok() || parts->type != static_cast<uint8_t>(KeyType::kLog)) return malformed();
  absl::StatusOr<PrivateKey> key = PrivateKey::FromSeed(parts->key);
  if (!key.ok()) return malformed();
  NoteSigner signer{std::move(parts->name), *std::move(key)};
  if (parts->id != IdText(signer.verifier().id())) return malformed();
  return signer;
}

}  // namespace waymark::merkle
