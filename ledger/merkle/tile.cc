#include "ledger/merkle/tile.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "ledger/base/check.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark::merkle {
namespace {

// path  := "tile/" (level | "entries") "/" index [".p/" width]
// level := decimal 0..63
// index := {"x" ddd "/"} ddd     decimal in as few groups of three digits as hold it
// width := decimal 1..255        absent for a full tile
constexpr absl::string_view kPrefix = "tile/";
constexpr absl::string_view kEntries = "entries";
constexpr absl::string_view kPartial = ".p/";
constexpr uint64_t kGroup = 1000;
// A tile further right has a path, but its leaves would no longer be counted in 64 bits.
constexpr uint64_t kTileIndexMax = UINT64_MAX / kTileWidth;

// bundle := (length:u16be header[length]){width}
constexpr size_t kLengthBytes = 2;

absl::Status Malformed(absl::string_view reason, absl::string_view message) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason), std::string(message)});
}

// Reads a path and forgives what TilePath would not write, such as zeros in front: ParseTilePath
// compares afterwards.
absl::StatusOr<TileId> ReadLeniently(absl::string_view path) {
  TileId tile;
  const auto malformed = [] {
    return Malformed("TILE_PATH_MALFORMED", "path: not that of a tile");
  };
  if (!absl::ConsumePrefix(&path, kPrefix)) return malformed();
  const size_t slash = path.find('/');
  if (slash == absl::string_view::npos) return malformed();
  const absl::string_view level = path.substr(0, slash);
  path.remove_prefix(slash + 1);
  if (level == kEntries) {
    tile.level = kEntriesLevel;
  } else {
    ASSIGN_OR_RETURN(const uint64_t number, FromDecimal(level));
    if (number > uint64_t{kTileLevelMax}) return malformed();
    tile.level = static_cast<int>(number);
  }
  if (const size_t dot = path.find(kPartial); dot != absl::string_view::npos) {
    ASSIGN_OR_RETURN(const uint64_t width, FromDecimal(path.substr(dot + kPartial.size())));
    if (width == 0 || width >= kTileWidth) return malformed();
    tile.width = static_cast<uint32_t>(width);
    path = path.substr(0, dot);
  }
  for (const char c : path) {
    if (c == 'x' || c == '/') continue;
    if (c < '0' || c > '9') return malformed();
    if (__builtin_mul_overflow(tile.index, uint64_t{10}, &tile.index) ||
        __builtin_add_overflow(tile.index, static_cast<uint64_t>(c - '0'), &tile.index)) {
      return malformed();
    }
  }
  return tile;
}

}  // namespace

std::string TilePath(const TileId& tile) {
  WAYMARK_CHECK(tile.level >= kEntriesLevel && tile.level <= kTileLevelMax);
  WAYMARK_CHECK(tile.width >= 1 && tile.width <= kTileWidth);
  std::string index = absl::StrFormat("%03d", tile.index % kGroup);
  for (uint64_t rest = tile.index / kGroup; rest != 0; rest /= kGroup) {
    index = absl::StrFormat("x%03d/%s", rest % kGroup, index);
  }
  std::string path = kPrefix.data();
  if (tile.level == kEntriesLevel) {
    absl::StrAppend(&path, kEntries);
  } else {
    absl::StrAppend(&path, tile.level);
  }
  absl::StrAppend(&path, "/", index);
  if (tile.width < kTileWidth) absl::StrAppend(&path, kPartial, tile.width);
  return path;
}

absl::StatusOr<TileId> ParseTilePath(absl::string_view path) {
  const absl::StatusOr<TileId> tile = ReadLeniently(path);
  if (!tile.ok() || TilePath(*tile) != path) {
    return Malformed("TILE_PATH_MALFORMED",
                     "path: must be tile/<level or entries>/<index>[.p/<width>]");
  }
  return *tile;
}

std::vector<TileLevel> TileLevels(TreeSize size) {
  std::vector<TileLevel> levels;
  int level = 0;
  // A full tile is one hash of the level above.
  for (uint64_t hashes = size.value; hashes != 0; hashes /= kTileWidth) {
    levels.push_back({level++, hashes / kTileWidth, static_cast<uint32_t>(hashes % kTileWidth)});
  }
  return levels;
}

bool TileExists(const TileId& tile, TreeSize size) {
  if (tile.index > kTileIndexMax || tile.width < 1 || tile.width > kTileWidth) return false;
  const int level = std::max(tile.level, 0);
  if (level * kTileHeight >= 64) return false;
  const uint64_t hashes = size.value >> (level * kTileHeight);
  // Compared without adding, which could pass 2^64.
  const uint64_t first = tile.index * kTileWidth;
  return hashes > first && hashes - first >= tile.width;
}

NodePlace PlaceOfNode(int level, uint64_t index) {
  WAYMARK_CHECK(level >= 0 && level < 64);
  const int above = level % kTileHeight;
  const uint64_t first = index << above;
  return {level / kTileHeight, first / kTileWidth, static_cast<uint32_t>(first % kTileWidth),
          uint32_t{1} << above};
}

absl::StatusOr<Digest> HashFromTile(absl::string_view tile, uint32_t first, uint32_t count) {
  WAYMARK_CHECK(count >= 1 && count <= kTileWidth && (count & (count - 1)) == 0);
  const size_t hashes = tile.size() / kDigestBytes;
  if (tile.size() % kDigestBytes != 0 || hashes > kTileWidth || first > hashes ||
      hashes - first < count) {
    return Malformed("TILE_MALFORMED", absl::StrCat("tile: ", tile.size(), " bytes, hashes ", first,
                                                    " to ", uint64_t{first} + count, " wanted"));
  }
  std::vector<Digest> row(count);
  for (uint32_t i = 0; i < count; ++i) {
    const absl::string_view bytes = tile.substr((first + i) * kDigestBytes, kDigestBytes);
    std::copy(bytes.begin(), bytes.end(), row[i].begin());
  }
  for (; count > 1; count /= 2) {
    for (uint32_t i = 0; i < count / 2; ++i) row[i] = NodeHash(row[2 * i], row[2 * i + 1]);
  }
  return row[0];
}

void AppendBundleEntry(absl::string_view header, std::string* bundle) {
  WAYMARK_CHECK(header.size() <= kEntryHeaderBytesMax);
  AppendU16be(static_cast<uint16_t>(header.size()), bundle);
  bundle->append(header.data(), header.size());
}

absl::StatusOr<std::vector<absl::string_view>> ParseEntryBundle(absl::string_view bundle,
                                                                uint32_t width) {
  const size_t bundle_bytes = bundle.size();
  std::vector<absl::string_view> entries;
  while (entries.size() < width) {
    if (bundle.size() < kLengthBytes || bundle.size() - kLengthBytes < GetU16be(bundle)) {
      return Malformed("BUNDLE_MALFORMED",
                       absl::StrCat("bundle: ", bundle_bytes, " bytes end in entry ",
                                    entries.size(), " of ", width));
    }
    entries.push_back(bundle.substr(kLengthBytes, GetU16be(bundle)));
    bundle.remove_prefix(kLengthBytes + entries.back().size());
  }
  if (!bundle.empty()) {
    return Malformed("BUNDLE_MALFORMED",
                     absl::StrCat("bundle: ", bundle.size(), " bytes after entry ", width));
  }
  return entries;
}

}  // namespace waymark::merkle
