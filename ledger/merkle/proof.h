// This header defines the two proofs of the tree and their verification (RFC 9162 sections 2.1.3.2
// and 2.1.4.2), and how they are made from stored nodes.
//
//   ASSIGN_OR_RETURN(const auto proof, ProveInclusion(Position{7}, size, read_node));
//   RETURN_IF_ERROR(VerifyInclusion(Position{7}, size, LeafHash(header), proof, root));
#ifndef WAYMARK_LEDGER_MERKLE_PROOF_H_
#define WAYMARK_LEDGER_MERKLE_PROOF_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ledger/base/types.h"

namespace waymark::merkle {

// Shows that the tree of `size` leaves with `root` holds `leaf_hash` at `index`. `proof` runs from
// the leaf's sibling up. InvalidArgument PROOF_MALFORMED: index >= size, or another number of
// hashes than these two demand. DataLoss PROOF_MISMATCH: the hashes lead to another root.
absl::Status VerifyInclusion(Position index, TreeSize size, const Digest& leaf_hash,
                             absl::Span<const Digest> proof, const Digest& root);

// Shows that the first size1 leaves of the tree (size2, root2) are the tree (size1, root1).
// InvalidArgument PROOF_MALFORMED: size1 = 0 (it would prove nothing), size1 > size2, or another
// number of hashes than the sizes demand (none where they are equal). DataLoss PROOF_MISMATCH:
// another root.
absl::Status VerifyConsistency(TreeSize size1, TreeSize size2, absl::Span<const Digest> proof,
                               const Digest& root1, const Digest& root2);

// The root of a perfect subtree: 2^level leaves, [index * 2^level, (index + 1) * 2^level).
struct NodeId {
  // 0 is a leaf hash; at most 63.
  int level = 0;
  uint64_t index = 0;
  friend bool operator==(const NodeId&, const NodeId&) = default;
};

// Reads a stored node. Asked only for subtrees that lie whole inside the tree. Its error is passed
// on unchanged.
using NodeReader = absl::FunctionRef<absl::StatusOr<Digest>(int level, uint64_t index)>;

// The perfect subtrees that [0, size) splits into, largest first: the right edge. None for size 0.
std::vector<NodeId> EdgeNodes(TreeSize size);

// The root of the tree of `size` leaves. Reads EdgeNodes(size).
absl::StatusOr<Digest> Root(TreeSize size, NodeReader nodes);

// One hash for each level at most. OutOfRange POSITION_BEYOND_TREE unless index < size.
absl::StatusOr<std::vector<Digest>> ProveInclusion(Position index, TreeSize size, NodeReader nodes);

// None where the sizes are equal, else at most one more than there are levels. OutOfRange
// SIZE_BEYOND_TREE unless 0 < size1 <= size2.
absl::StatusOr<std::vector<Digest>> ProveConsistency(TreeSize size1, TreeSize size2,
                                                     NodeReader nodes);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_PROOF_H_
