#include "ledger/merkle/hash.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"

namespace waymark::merkle {
namespace {

// The functions of before OpenSSL 3.0. A hash of a few blocks is the ledger's commonest act, and
// through EVP it takes a third longer.
class Hasher {
 public:
  Hasher() { WAYMARK_CHECK(SHA256_Init(&context_) == 1); }
  Hasher& Put(absl::string_view bytes) {
    WAYMARK_CHECK(SHA256_Update(&context_, bytes.data(), bytes.size()) == 1);
    return *this;
  }
  Digest Take() {
    Digest digest;
    WAYMARK_CHECK(SHA256_Final(digest.data(), &context_) == 1);
    return digest;
  }

 private:
  SHA256_CTX context_;
};

constexpr absl::string_view kLeafPrefix("\x00", 1);
constexpr char kNodePrefix = 0x01;

}  // namespace

Digest Sha256(absl::string_view bytes) { return Hasher().Put(bytes).Take(); }

Digest LeafHash(absl::string_view header) { return Hasher().Put(kLeafPrefix).Put(header).Take(); }

Digest NodeHash(const Digest& left, const Digest& right) {
  char node[1 + 2 * kDigestBytes];
  node[0] = kNodePrefix;
  std::copy(left.begin(), left.end(), node + 1);
  std::copy(right.begin(), right.end(), node + 1 + kDigestBytes);
  return Sha256(absl::string_view(node, sizeof(node)));
}

Digest EmptyRoot() { return Sha256(""); }

Digest PayloadCommitment(absl::string_view salt, absl::string_view payload) {
  return Hasher().Put(salt).Put(payload).Take();
}

absl::Status CheckSalt(absl::string_view salt) {
  if (salt.size() != kSaltBytes) {
    return Refuse({absl::StatusCode::kInvalidArgument, "SALT_INVALID",
                   absl::StrCat("salt: ", salt.size(), " bytes, must be ", kSaltBytes), -1,
                   "salt"});
  }
  if (std::all_of(salt.begin(), salt.end(), [](char byte) { return byte == 0; })) {
    return Refuse({absl::StatusCode::kInvalidArgument, "SALT_INVALID",
                   "salt: all zeros, must be drawn at random", -1, "salt"});
  }
  return absl::OkStatus();
}

}  // namespace waymark::merkle
