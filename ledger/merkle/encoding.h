// This header defines the text forms of bytes and numbers, and takes back only the one canonical
// form of each: what decodes, encodes to the same text again. Safe from any thread.
//
//   ASSIGN_OR_RETURN(const Digest root, DigestFromBase64(line));
#ifndef WAYMARK_LEDGER_MERKLE_ENCODING_H_
#define WAYMARK_LEDGER_MERKLE_ENCODING_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"

namespace waymark::merkle {

// The digest's 32 bytes, as a view of the argument, which must outlive it: name a digest before
// viewing it for longer than one expression.
inline absl::string_view BytesOf(const Digest& digest) {
  return absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size());
}

// The inverse of BytesOf. InvalidArgument DIGEST_MALFORMED unless 32 bytes.
absl::StatusOr<Digest> DigestFromBytes(absl::string_view bytes);

// Lower-case hexadecimal. FromHex takes no capitals. Errors: InvalidArgument HEX_MALFORMED.
std::string ToHex(absl::string_view bytes);
std::string ToHex(const Digest& digest);
absl::StatusOr<std::string> FromHex(absl::string_view text);
absl::StatusOr<Digest> DigestFromHex(absl::string_view text);

// Base64 of RFC 4648 section 4: standard alphabet, padded. FromBase64 refuses spaces, missing
// padding and stray bits. Errors: InvalidArgument BASE64_MALFORMED.
std::string ToBase64(absl::string_view bytes);
std::string ToBase64(const Digest& digest);
absl::StatusOr<std::string> FromBase64(absl::string_view text);
absl::StatusOr<Digest> DigestFromBase64(absl::string_view text);

// Decimal without sign or leading zero, at most 2^64-1. Errors: InvalidArgument NUMBER_MALFORMED.
absl::StatusOr<uint64_t> FromDecimal(absl::string_view text);

// Big- and little-endian integers of a byte grammar. REQUIRES of Get: enough bytes.
void AppendU16be(uint16_t value, std::string* out);
void AppendU32be(uint32_t value, std::string* out);
void AppendU32le(uint32_t value, std::string* out);
void AppendU64be(uint64_t value, std::string* out);
void AppendU64le(uint64_t value, std::string* out);
uint16_t GetU16be(absl::string_view bytes);
uint32_t GetU32be(absl::string_view bytes);
uint32_t GetU32le(absl::string_view bytes);
uint64_t GetU64be(absl::string_view bytes);
uint64_t GetU64le(absl::string_view bytes);

// Well-formed UTF-8 (RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF).
bool IsUtf8(absl::string_view text);

// Checks a text of the leaf or the Statement: 1..bytes_max bytes of UTF-8, none below 0x20, none
// 0x7f. InvalidArgument TEXT_INVALID naming `field`.
absl::Status CheckText(absl::string_view field, absl::string_view text, size_t bytes_max);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_ENCODING_H_
