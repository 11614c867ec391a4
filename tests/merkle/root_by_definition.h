// This header defines the oracle of the tree: the root as RFC 6962 section 2.1 writes it, slow and
// plain, and a tree of numbered leaves to hold against the fast code.
#ifndef WAYMARK_TESTS_MERKLE_ROOT_BY_DEFINITION_H_
#define WAYMARK_TESTS_MERKLE_ROOT_BY_DEFINITION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark::merkle::test {

// MTH(D[n]). Hashes with Sha256 alone: LeafHash and NodeHash are among what is tested.
inline Digest RootByDefinition(absl::Span<const std::string> leaves) {
  if (leaves.empty()) return Sha256("");
  if (leaves.size() == 1) return Sha256(absl::StrCat(absl::string_view("\0", 1), leaves[0]));
  size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  const Digest left = RootByDefinition(leaves.subspan(0, k));
  const Digest right = RootByDefinition(leaves.subspan(k));
  return Sha256(absl::StrCat("\x01", BytesOf(left), BytesOf(right)));
}

inline std::vector<std::string> NumberedLeaves(size_t count) {
  std::vector<std::string> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back(absl::StrCat("leaf ", i));
  return leaves;
}

// A node reader over leaves, by definition. Internal for a node that is not whole inside them.
class NodesByDefinition {
 public:
  explicit NodesByDefinition(std::vector<std::string> leaves) : leaves_(std::move(leaves)) {}

  absl::StatusOr<Digest> operator()(int level, uint64_t index) const {
    const uint64_t count = uint64_t{1} << level;
    if ((index + 1) * count > leaves_.size()) return absl::InternalError("node outside the tree");
    return RootByDefinition(absl::MakeConstSpan(leaves_).subspan(index * count, count));
  }
  Digest RootOf(size_t size) const {
    return RootByDefinition(absl::MakeConstSpan(leaves_).subspan(0, size));
  }
  const std::vector<std::string>& leaves() const { return leaves_; }

 private:
  std::vector<std::string> leaves_;
};

}  // namespace waymark::merkle::test

#endif  // WAYMARK_TESTS_MERKLE_ROOT_BY_DEFINITION_H_
