#include "ledger/storage/tile_edge.h"

#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/hash.h"

namespace waymark {

Digest RootOver(absl::Span<const Digest> hashes) {
  WAYMARK_CHECK(!hashes.empty() && (hashes.size() & (hashes.size() - 1)) == 0);
  if (hashes.size() == 1) return hashes[0];
  std::vector<Digest> row(hashes.size() / 2);
  for (size_t i = 0; i < row.size(); ++i) {
    row[i] = merkle::NodeHash(hashes[2 * i], hashes[2 * i + 1]);
  }
  for (size_t width = row.size() / 2; width >= 1; width /= 2) {
    for (size_t i = 0; i < width; ++i) row[i] = merkle::NodeHash(row[2 * i], row[2 * i + 1]);
  }
  return row[0];
}

absl::StatusOr<TileEdge> TileEdge::Load(TreeSize size, TileReader tiles) {
  TileEdge edge;
  edge.size_ = TreeSize{size.value & ~(kTileWidth - 1)};
  // Hash i of level L is the root over tile (L - 1, i).
  for (int level = 1; (edge.size_.value >> (kTileHeight * level)) > 0; ++level) {
    const uint64_t end = edge.size_.value >> (kTileHeight * level);
    edge.pending_.resize(level + 1);
    for (uint64_t i = end & ~(kTileWidth - 1); i < end; ++i) {
      ASSIGN_OR_RETURN(const std::vector<Digest> tile, tiles(level - 1, i));
      edge.pending_[level].push_back(RootOver(tile));
    }
  }
  return edge;
}

void TileEdge::Append(const Digest& leaf, std::vector<CompletedTile>* completed) {
  ++size_.value;
  Digest hash = leaf;
  for (int level = 0;; ++level) {
    if (pending_.size() <= static_cast<size_t>(level)) pending_.resize(level + 1);
    std::vector<Digest>& pending = pending_[level];
    pending.push_back(hash);
    if (pending.size() < kTileWidth) return;
    hash = RootOver(pending);
    const uint64_t index = (size_.value >> (kTileHeight * (level + 1))) - 1;
    completed->push_back({level, index, std::move(pending)});
    pending.clear();
  }
}

absl::Span<const Digest> TileEdge::Pending(int level) const {
  if (pending_.size() <= static_cast<size_t>(level)) return {};
  return pending_[level];
}

std::vector<Digest> TileEdge::Edge() const {
  std::vector<Digest> edge;
  for (size_t level = pending_.size(); level-- > 0;) {
    const absl::Span<const Digest> pending = pending_[level];
    size_t first = 0;
    for (size_t count = kTileWidth / 2; count >= 1; count /= 2) {
      if ((pending.size() & count) == 0) continue;
      edge.push_back(RootOver(pending.subspan(first, count)));
      first += count;
    }
  }
  return edge;
}

merkle::CompactTree TileEdge::Tree() const {
  absl::StatusOr<merkle::CompactTree> tree = merkle::CompactTree::FromEdge(size_, Edge());
  WAYMARK_CHECK(tree.ok());  // One hash for each bit of the size, by construction.
  return *std::move(tree);
}

}  // namespace waymark
