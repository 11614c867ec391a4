#include "ledger/merkle/proof.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark::merkle {
namespace {

absl::Status Malformed(absl::string_view message) {
  return Refuse(
      {absl::StatusCode::kInvalidArgument, "PROOF_MALFORMED", absl::StrCat("proof: ", message)});
}

absl::Status ExpectRoot(TreeSize size, const Digest& got, const Digest& want) {
  if (got == want) return absl::OkStatus();
  return Refuse({absl::StatusCode::kDataLoss, "PROOF_MISMATCH",
                 absl::StrCat("proof: leads to root ", ToHex(got), " at size ", size.value,
                              ", not to ", ToHex(want))});
}

bool IsOdd(uint64_t value) { return (value & 1) == 1; }

// The climb that both proofs share, in the words of RFC 9162: `node` is the index of the node
// reached at a level, and `last` that of the level's last node.
struct Climb {
  uint64_t node;
  uint64_t last;

  // The next hash is a left sibling; otherwise a right one.
  bool FromTheLeft() const { return IsOdd(node) || node == last; }
  // To the parent. A last node without a right sibling stands for its ancestors too, up to the
  // first with a left one.
  void Up() {
    if (node == last) {
      while (!IsOdd(node) && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    }
    node >>= 1;
    last >>= 1;
  }
};

// The root over the leaves [first, last). REQUIRES: first is a multiple of a power of two >= last -
// first.
absl::StatusOr<Digest> RangeRoot(uint64_t first, uint64_t last, NodeReader nodes) {
  WAYMARK_CHECK(first < last);
  // One perfect subtree for each bit of the count, folded from the right, where the small ones are.
  std::optional<Digest> root;
  for (uint64_t leaves = last - first; leaves != 0;) {
    const int level = std::countr_zero(leaves);
    leaves &= leaves - 1;
    ASSIGN_OR_RETURN(const Digest subtree, nodes(level, (first + leaves) >> level));
    root = root.has_value() ? NodeHash(subtree, *root) : subtree;
  }
  return *root;
}

// The way down from the root of [0, size) towards the leaf before `end`: the roots of the halves
// not taken, deepest first, and where the range reached begins.
struct Descent {
  std::vector<Digest> siblings;
  uint64_t first = 0;
};

// Stops at the one leaf [end - 1, end), or at the first range that ends at `end`.
enum class StopAt { kLeaf, kRange };

absl::StatusOr<Descent> Descend(uint64_t end, uint64_t size, StopAt stop, NodeReader nodes) {
  Descent descent;
  uint64_t last = size;
  while (stop == StopAt::kLeaf ? last - descent.first > 1 : last != end) {
    // RFC 6962 splits at the largest power of two below the number of leaves.
    const uint64_t middle = descent.first + std::bit_floor(last - descent.first - 1);
    if (end <= middle) {
      ASSIGN_OR_RETURN(const Digest right, RangeRoot(middle, last, nodes));
      descent.siblings.push_back(right);
      last = middle;
    } else {
      ASSIGN_OR_RETURN(const Digest left, RangeRoot(descent.first, middle, nodes));
      descent.siblings.push_back(left);
      descent.first = middle;
    }
  }
  std::reverse(descent.siblings.begin(), descent.siblings.end());
  return descent;
}

}  // namespace

absl::Status VerifyInclusion(Position index, TreeSize size, const Digest& leaf_hash,
                             absl::Span<const Digest> proof, const Digest& root) {
  if (index.value >= size.value) {
    return Malformed(absl::StrCat("position ", index.value, " is not in a tree of ", size.value));
  }
  if (proof.size() > kProofHashesMax) {
    return Malformed(absl::StrCat(proof.size(), " hashes, at most ", kProofHashesMax));
  }
  Climb climb{index.value, size.value - 1};
  Digest node = leaf_hash;
  for (const Digest& sibling : proof) {
    if (climb.last == 0) return Malformed("more hashes than this position and size demand");
    node = climb.FromTheLeft() ? NodeHash(sibling, node) : NodeHash(node, sibling);
    climb.Up();
  }
  if (climb.last != 0) return Malformed("fewer hashes than this position and size demand");
  return ExpectRoot(size, node, root);
}

absl::Status VerifyConsistency(TreeSize size1, TreeSize size2, absl::Span<const Digest> proof,
                               const Digest& root1, const Digest& root2) {
  if (size1.value == 0) return Malformed("from size 0, which would prove nothing");
  if (size1 > size2) {
    return Malformed(absl::StrCat("from size ", size1.value, " down to ", size2.value));
  }
  if (proof.size() > kProofHashesMax) {
    return Malformed(absl::StrCat(proof.size(), " hashes, at most ", kProofHashesMax));
  }
  if (size1 == size2) {
    if (!proof.empty()) return Malformed("hashes between equal sizes, which demand none");
    return ExpectRoot(size2, root1, root2);
  }
  Climb climb{size1.value - 1, size2.value - 1};
  while (IsOdd(climb.node)) {
    climb.node >>= 1;
    climb.last >>= 1;
  }
  // Where the old tree is one perfect subtree, its root is where the climb begins, and the proof
  // leaves it out.
  Digest old_node = root1;
  if (!std::has_single_bit(size1.value)) {
    if (proof.empty()) return Malformed("fewer hashes than these sizes demand");
    old_node = proof.front();
    proof.remove_prefix(1);
  }
  Digest new_node = old_node;
  for (const Digest& sibling : proof) {
    if (climb.last == 0) return Malformed("more hashes than these sizes demand");
    if (climb.FromTheLeft()) {
      old_node = NodeHash(sibling, old_node);
      new_node = NodeHash(sibling, new_node);
    } else {
      new_node = NodeHash(new_node, sibling);
    }
    climb.Up();
  }
  if (climb.last != 0) return Malformed("fewer hashes than these sizes demand");
  if (absl::Status old_root = ExpectRoot(size1, old_node, root1); !old_root.ok()) return old_root;
  return ExpectRoot(size2, new_node, root2);
}

std::vector<NodeId> EdgeNodes(TreeSize size) {
  std::vector<NodeId> edge;
  uint64_t first = 0;
  for (uint64_t left = size.value; left != 0;) {
    const uint64_t leaves = std::bit_floor(left);
    const int level = std::countr_zero(leaves);
    edge.push_back({level, first >> level});
    first += leaves;
    left -= leaves;
  }
  return edge;
}

absl::StatusOr<Digest> Root(TreeSize size, NodeReader nodes) {
  if (size.value == 0) return EmptyRoot();
  return RangeRoot(0, size.value, nodes);
}

absl::StatusOr<std::vector<Digest>> ProveInclusion(Position index, TreeSize size,
                                                   NodeReader nodes) {
  if (index.value >= size.value) {
    return Refuse({absl::StatusCode::kOutOfRange, "POSITION_BEYOND_TREE",
                   absl::StrCat("position: ", index.value, " is not in a tree of ", size.value), -1,
                   "position"});
  }
  ASSIGN_OR_RETURN(Descent descent, Descend(index.value + 1, size.value, StopAt::kLeaf, nodes));
  return std::move(descent.siblings);
}

absl::StatusOr<std::vector<Digest>> ProveConsistency(TreeSize size1, TreeSize size2,
                                                     NodeReader nodes) {
  if (size1.value == 0 || size1 > size2) {
    return Refuse(
        {absl::StatusCode::kOutOfRange, "SIZE_BEYOND_TREE",
         absl::StrCat("size: ", size1.value, " must be at least 1 and at most ", size2.value), -1,
         "size"});
  }
  ASSIGN_OR_RETURN(Descent descent, Descend(size1.value, size2.value, StopAt::kRange, nodes));
  std::vector<Digest> proof;
  if (descent.first != 0) {
    ASSIGN_OR_RETURN(const Digest own, RangeRoot(descent.first, size1.value, nodes));
    proof.push_back(own);
  }
  proof.insert(proof.end(), descent.siblings.begin(), descent.siblings.end());
  return proof;
}

}  // namespace waymark::merkle
