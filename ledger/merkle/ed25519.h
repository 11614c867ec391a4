// This header defines Ed25519 (RFC 8032) keys and signatures. What is accepted is what OpenSSL 3.0
// accepts: S below the group order, no cofactor, no non-canonical R. Safe from any thread.
//
//   ASSIGN_OR_RETURN(const PrivateKey key, PrivateKey::FromPem(text));
//   WAYMARK_CHECK(VerifyEd25519(key.public_key(), "text", key.Sign("text")));
#ifndef WAYMARK_LEDGER_MERKLE_ED25519_H_
#define WAYMARK_LEDGER_MERKLE_ED25519_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_pkey_st;

namespace waymark::merkle {

// A private key. Copies share it; it can be neither printed nor compared.
class PrivateKey {
 public:
  // A fresh key from the system's random source.
  static PrivateKey Generate();
  // InvalidArgument KEY_MALFORMED unless 32 bytes (RFC 8032 section 5.1.5).
  static absl::StatusOr<PrivateKey> FromSeed(absl::string_view seed);
  // Unencrypted PKCS#8 PEM, as `openssl genpkey -algorithm ed25519` writes. InvalidArgument
  // KEY_MALFORMED for any other key; the message never quotes the text.
  static absl::StatusOr<PrivateKey> FromPem(absl::string_view pem);

  // The file form that FromPem reads. It is the secret itself.
  std::string ToPem() const;
  // 32 bytes.
  const std::string& public_key() const { return public_key_; }
  // 64 bytes; the same for the same message.
  std::string Sign(absl::string_view message) const;

 private:
  explicit PrivateKey(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  std::string public_key_;
};

// True if `signature` (64 bytes) is by `public_key` (32 bytes) over `message`. False for any other
// length.
bool VerifyEd25519(absl::string_view public_key, absl::string_view message,
                   absl::string_view signature);

// OK for a key that a ledger may register: 32 bytes that encode a point of the curve in its one
// canonical form, and not one of the eight points of low order, whose signatures fit many messages.
// Else InvalidArgument KEY_REFUSED.
absl::Status CheckRegistrable(absl::string_view public_key);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_ED25519_H_
