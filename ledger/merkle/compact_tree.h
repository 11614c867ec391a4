// This header defines the tree as an appender needs it: its size and right edge, from which the
// root follows.
//
//   CompactTree tree;
//   tree.Append(LeafHash(header));
//   checkpoint.root = tree.Root();
#ifndef WAYMARK_LEDGER_MERKLE_COMPACT_TREE_H_
#define WAYMARK_LEDGER_MERKLE_COMPACT_TREE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "ledger/base/types.h"

namespace waymark::merkle {

// At most 64 hashes whatever the size, so a copy is cheap: plan on a copy, keep it once the commit
// is durable. One thread at a time.
class CompactTree {
 public:
  // The tree without leaves.
  CompactTree() = default;

  // `edge`: the roots of the perfect subtrees that `size` splits into, largest first; a size with n
  // bits set has n. InvalidArgument EDGE_MALFORMED for another number. Whether the hashes are right
  // shows only in the root.
  static absl::StatusOr<CompactTree> FromEdge(TreeSize size, std::vector<Digest> edge);

  // Adds the next leaf, given its LeafHash. Amortised one NodeHash.
  void Append(const Digest& leaf);

  // At most 63 NodeHash.
  Digest Root() const;

  TreeSize size() const { return size_; }
  const std::vector<Digest>& edge() const { return edge_; }

 private:
  TreeSize size_;
  std::vector<Digest> edge_;
};

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_COMPACT_TREE_H_
