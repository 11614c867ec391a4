// This header defines tiles and entry bundles (C2SP tlog-tiles): which there are, their paths, and
// how a node of the tree is found in one. A full tile has 256 hashes. Tile (L, N) holds at place i
// the root of the leaves [(256 N + i) 256^L, (256 N + i + 1) 256^L).
//
//   TilePath({.level = 0, .index = 1234067, .width = 41})   // "tile/0/x001/x234/067.p/41"
#ifndef WAYMARK_LEDGER_MERKLE_TILE_H_
#define WAYMARK_LEDGER_MERKLE_TILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/limits.h"
#include "ledger/base/types.h"

namespace waymark::merkle {

// Stands for "entries" where a tile level is named: the bundle of headers under tile (0, N).
inline constexpr int kEntriesLevel = -1;
inline constexpr int kTileLevelMax = 63;

struct TileId {
  // kEntriesLevel, or 0..kTileLevelMax.
  int level = 0;
  uint64_t index = 0;
  // Hashes or entries in it: 1..255 for a partial one, 256 for a full one.
  uint32_t width = kTileWidth;
  friend bool operator==(const TileId&, const TileId&) = default;
};

// "tile/<L>/<N>[.p/<W>]" or "tile/entries/<N>[.p/<W>]", without a leading slash. REQUIRES: a level
// and width as above.
std::string TilePath(const TileId& tile);

// The inverse; takes only what TilePath writes. InvalidArgument TILE_PATH_MALFORMED.
absl::StatusOr<TileId> ParseTilePath(absl::string_view path);

// The tiles of one level in a tree: full ones [0, full_count), then one of partial_width unless
// that is 0.
struct TileLevel {
  int level = 0;
  uint64_t full_count = 0;
  uint32_t partial_width = 0;
  friend bool operator==(const TileLevel&, const TileLevel&) = default;
};

// Every level that has a tile in the tree of `size` leaves, from 0 up. Entry bundles are as level
// 0. None for size 0.
std::vector<TileLevel> TileLevels(TreeSize size);

// True if a tree of `size` leaves has this tile, full or as a partial of some size up to it.
bool TileExists(const TileId& tile, TreeSize size);

// Where the node (level, index) is found: it is the root over `count` hashes of tile (tile_level,
// tile_index), from `first` on. `count` is a power of two, 1..128.
struct NodePlace {
  int tile_level = 0;
  uint64_t tile_index = 0;
  uint32_t first = 0;
  uint32_t count = 1;
  friend bool operator==(const NodePlace&, const NodePlace&) = default;
};
NodePlace PlaceOfNode(int level, uint64_t index);

// The root over the hashes [first, first + count) of a tile's bytes; count a power of two.
// InvalidArgument TILE_MALFORMED if the bytes are no whole number of hashes, or too short.
absl::StatusOr<Digest> HashFromTile(absl::string_view tile, uint32_t first, uint32_t count);

// Adds one header to an entry bundle. REQUIRES: at most kEntryHeaderBytesMax bytes.
void AppendBundleEntry(absl::string_view header, std::string* bundle);

// The entries of a bundle, as views into it. InvalidArgument BUNDLE_MALFORMED unless it holds
// exactly `width` entries and no byte more.
absl::StatusOr<std::vector<absl::string_view>> ParseEntryBundle(absl::string_view bundle,
                                                                uint32_t width);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_TILE_H_
