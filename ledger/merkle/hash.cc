#include "ledger/merkle/hash.h"

#include <openssl/evp.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"

namespace waymark::merkle {
namespace {

// Looked up once in the life of the process: the look-up takes locks and costs more than hashing a
// leaf.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  WAYMARK_CHECK(algorithm != nullptr);
  return algorithm;
}

EVP_MD_CTX* NewContext() {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  WAYMARK_CHECK(context != nullptr);
  WAYMARK_CHECK(EVP_DigestInit_ex2(context, Algorithm(), nullptr) == 1);
  return context;
}

void Put(EVP_MD_CTX* context, absl::string_view bytes) {
  WAYMARK_CHECK(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

// Leaves the context ready for the next digest, with its buffers kept.
Digest Take(EVP_MD_CTX* context) {
  Digest digest;
  WAYMARK_CHECK(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
  WAYMARK_CHECK(EVP_DigestInit_ex2(context, nullptr, nullptr) == 1);
  return digest;
}

// One context a thread, always between two digests.
EVP_MD_CTX* ThreadContext() {
  struct Owner {
    EVP_MD_CTX* const context = NewContext();
    ~Owner() { EVP_MD_CTX_free(context); }
  };
  static thread_local const Owner owner;
  return owner.context;
}

constexpr absl::string_view kLeafPrefix("\x00", 1);
constexpr char kNodePrefix = 0x01;

}  // namespace

void Sha256Stream::FreeContext::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256Stream::Sha256Stream() : context_(NewContext()) {}

void Sha256Stream::Update(absl::string_view bytes) { Put(context_.get(), bytes); }

Digest Sha256Stream::Finish() { return Take(context_.get()); }

Digest Sha256(absl::string_view bytes) {
  EVP_MD_CTX* const context = ThreadContext();
  Put(context, bytes);
  return Take(context);
}

Digest LeafHash(absl::string_view header) {
  EVP_MD_CTX* const context = ThreadContext();
  Put(context, kLeafPrefix);
  Put(context, header);
  return Take(context);
}

Digest NodeHash(const Digest& left, const Digest& right) {
  char node[1 + 2 * kDigestBytes];
  node[0] = kNodePrefix;
  std::copy(left.begin(), left.end(), node + 1);
  std::copy(right.begin(), right.end(), node + 1 + kDigestBytes);
  return Sha256(absl::string_view(node, sizeof(node)));
}

Digest EmptyRoot() { return Sha256(""); }

Digest PayloadCommitment(absl::string_view salt, absl::string_view payload) {
  EVP_MD_CTX* const context = ThreadContext();
  Put(context, salt);
  Put(context, payload);
  return Take(context);
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
