// This header defines the right edge of the tree in tiles: for each level, the hashes of the tile
// that is not yet full. It says which tiles a batch of leaves completes, and answers for every node
// that no stored tile holds.
//
//   TileEdge edge;
//   edge.Append(leaf, &completed);         // completed: the tiles to store
//   ASSIGN_OR_RETURN(CompactTree tree, edge.Tree());
#ifndef WAYMARK_LEDGER_STORAGE_TILE_EDGE_H_
#define WAYMARK_LEDGER_STORAGE_TILE_EDGE_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ledger/base/types.h"
#include "ledger/merkle/compact_tree.h"

namespace waymark {

// Levels on which a tile can be full: one of level 7 would take 2^64 leaves.
inline constexpr int kFullTileLevels = 7;

// A full tile; its hashes as C2SP tlog-tiles has them.
struct CompletedTile {
  int level = 0;
  uint64_t index = 0;
  std::vector<Digest> hashes;
};

// At most 255 hashes for each of 8 levels. One thread at a time.
class TileEdge {
 public:
  // Reads the hashes of a full tile.
  using TileReader =
      absl::FunctionRef<absl::StatusOr<std::vector<Digest>>(int level, uint64_t index)>;

  // The edge of the tree without leaves.
  TileEdge() = default;

  // The edge at `size` rounded down to a whole number of level 0 tiles: the leaves after them are
  // the caller's to append. Reads at most 255 tiles a level. Errors of the reader pass unchanged.
  static absl::StatusOr<TileEdge> Load(TreeSize size, TileReader tiles);

  // Adds the next leaf hash. Tiles that it completes are added to `completed`, lower levels first.
  void Append(const Digest& leaf, std::vector<CompletedTile>* completed);

  TreeSize size() const { return size_; }
  // The hashes of the unfinished tile of `level`; none at a level without one.
  absl::Span<const Digest> Pending(int level) const;

  // The perfect subtrees of size(), largest first. At most 255 NodeHash a level.
  std::vector<Digest> Edge() const;
  merkle::CompactTree Tree() const;

 private:
  TreeSize size_;
  std::vector<std::vector<Digest>> pending_;
};

// The root over `hashes`. REQUIRES: their number is a power of two.
Digest RootOver(absl::Span<const Digest> hashes);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_TILE_EDGE_H_
