#include "ledger/merkle/compact_tree.h"

#include <bit>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/merkle/hash.h"

namespace waymark::merkle {

absl::StatusOr<CompactTree> CompactTree::FromEdge(TreeSize size, std::vector<Digest> edge) {
  const size_t wanted = static_cast<size_t>(std::popcount(size.value));
  if (edge.size() != wanted) {
    return Refuse(
        {absl::StatusCode::kInvalidArgument, "EDGE_MALFORMED",
         absl::StrCat("edge: ", edge.size(), " hashes, size ", size.value, " has ", wanted)});
  }
  CompactTree tree;
  tree.size_ = size;
  tree.edge_ = std::move(edge);
  return tree;
}

void CompactTree::Append(const Digest& leaf) {
  // As in adding one to a binary number: each trailing set bit is a subtree that the new one
  // completes.
  Digest subtree = leaf;
  for (uint64_t left = size_.value; left & 1; left >>= 1) {
    subtree = NodeHash(edge_.back(), subtree);
    edge_.pop_back();
  }
  edge_.push_back(subtree);
  ++size_.value;
}

Digest CompactTree::Root() const {
  if (edge_.empty()) return EmptyRoot();
  Digest root = edge_.back();
  for (size_t i = edge_.size() - 1; i > 0; --i) root = NodeHash(edge_[i - 1], root);
  return root;
}

}  // namespace waymark::merkle
