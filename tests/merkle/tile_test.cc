#include "ledger/merkle/tile.h"

#include <gtest/gtest.h>

#include <map>

#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "tests/merkle/root_by_definition.h"
#include "tests/merkle/vectors.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

using ::testing::HasSubstr;
using ::waymark::test::RefusedWith;
using ::waymark::test::StatusIs;

class Layout : public ::testing::Test {
 protected:
  static TileId TileOf(const nlohmann::json& vector) {
    const bool entries = vector["level"].is_string();
    return {entries ? kEntriesLevel : vector["level"].get<int>(), vector["index"].get<uint64_t>(),
            vector["width"].get<uint32_t>()};
  }
  const nlohmann::json vectors_ = test::LoadVectors("layout.json");
};

TEST_F(Layout, PathsAreThoseOfThePublicVectors) {
  for (const auto& vector : vectors_["paths"]) {
    const std::string path = test::Text(vector["path"]);
    EXPECT_EQ(TilePath(TileOf(vector)), path);
    ASSERT_OK_AND_ASSIGN(const TileId tile, ParseTilePath(path));
    EXPECT_EQ(tile, TileOf(vector)) << path;
  }
}

TEST_F(Layout, RefusesMalformedPaths) {
  for (const auto& path : vectors_["malformed_paths"]) {
    EXPECT_THAT(ParseTilePath(test::Text(path)), RefusedWith("TILE_PATH_MALFORMED")) << path;
  }
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "/tile/0/000",
                           "tile/00/000",
                           "tile/0/0",
                           "tile/0/0000",
                           "tile/0/x000/000",
                           "tile/0/x000/001",
                           "tile/0/000/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/01",
                           "tile/0/000.p/256",
                           "tile/0/000.p/1/",
                           "tile/0/000.p/1.p/1",
                           "tile/0/000 ",
                           "tile/0/000?x=1",
                           "tile/0/X001/000",
                           "tile/0/000.P/1",
                           "tile/entries",
                           "tile/entries/",
                           "tile/data/000",
                           "tile/-1/000",
                           "tile/0/x018/446/744"}) {
    EXPECT_THAT(ParseTilePath(path), RefusedWith("TILE_PATH_MALFORMED")) << path;
  }
}

TEST_F(Layout, PathsGoBothWays) {
  for (const uint64_t index :
       {uint64_t{0}, uint64_t{999}, uint64_t{1000}, uint64_t{1001000}, UINT64_MAX}) {
    for (const uint32_t width : {1u, 99u, 255u, 256u}) {
      const TileId tile{7, index, width};
      EXPECT_EQ(ParseTilePath(TilePath(tile)).value(), tile);
    }
  }
}

TEST_F(Layout, APositionIsInTheBundleOfThePublicVectors) {
  for (const auto& vector : vectors_["bundle_of_position"]) {
    const uint64_t index = vector["position"].get<uint64_t>() / kTileWidth;
    const TreeSize size{vector["size"].get<uint64_t>()};
    const TileLevel level = TileLevels(size).front();
    const uint32_t width =
        index < level.full_count ? static_cast<uint32_t>(kTileWidth) : level.partial_width;
    EXPECT_EQ(TilePath({kEntriesLevel, index, width}), test::Text(vector["path"]));
    EXPECT_TRUE(TileExists({kEntriesLevel, index, width}, size));
  }
}

TEST_F(Layout, NodesAreWhereThePublicVectorsHaveThem) {
  for (const auto& vector : vectors_["nodes"]) {
    const NodePlace place =
        PlaceOfNode(vector["level"].get<int>(), vector["index"].get<uint64_t>());
    const uint32_t count = uint32_t{1} << vector["level_in_tile"].get<int>();
    EXPECT_EQ(place,
              (NodePlace{vector["tile_level"].get<int>(), vector["tile_index"].get<uint64_t>(),
                         vector["index_in_tile"].get<uint32_t>() * count, count}));
  }
}

TEST_F(Layout, TileSetsAreThoseOfThePublicVectors) {
  for (const auto& vector : vectors_["tile_sets"]) {
    std::vector<TileLevel> expected;
    for (const auto& counts : vector["full_and_partial"]) {
      expected.push_back({static_cast<int>(expected.size()), counts[0].get<uint64_t>(),
                          counts[1].get<uint32_t>()});
    }
    EXPECT_EQ(TileLevels(TreeSize{vector["size"].get<uint64_t>()}), expected) << vector["size"];
  }
}

TEST(TileExists, ForFullTilesAndEveryPartialOfThem) {
  const TreeSize size{66000};
  EXPECT_TRUE(TileExists({0, 256, 256}, size));
  EXPECT_TRUE(TileExists({0, 256, 1}, size));
  EXPECT_TRUE(TileExists({0, 257, 208}, size));
  EXPECT_FALSE(TileExists({0, 257, 209}, size));
  EXPECT_FALSE(TileExists({0, 257, 256}, size));
  EXPECT_FALSE(TileExists({0, 258, 1}, size));
  EXPECT_TRUE(TileExists({1, 1, 1}, size));
  EXPECT_FALSE(TileExists({1, 1, 2}, size));
  EXPECT_TRUE(TileExists({2, 0, 1}, size));
  EXPECT_FALSE(TileExists({3, 0, 1}, size));
  EXPECT_TRUE(TileExists({kEntriesLevel, 257, 208}, size));
  EXPECT_FALSE(TileExists({0, 0, 0}, size));
  EXPECT_FALSE(TileExists({0, 0, 257}, size));
  EXPECT_FALSE(TileExists({63, 0, 1}, TreeSize{UINT64_MAX}));
  EXPECT_FALSE(TileExists({0, UINT64_MAX, 256}, TreeSize{UINT64_MAX}));
  EXPECT_FALSE(TileExists({0, 0, 1}, TreeSize{0}));
}

// All tiles of a tree of 300 leaves, a full one among them, as Sunlight's test data has it.
class TreeOf300 : public ::testing::Test {
 protected:
  TreeOf300() {
    std::vector<std::string> leaves;
    for (int i = 0; i < 300; ++i) leaves.push_back(absl::StrCat("record ", i));
    const test::NodesByDefinition nodes(leaves);
    root_ = nodes.RootOf(300);
    for (const TileLevel& level : TileLevels(TreeSize{300})) {
      const int height = level.level * kTileHeight;
      for (uint64_t index = 0; index <= level.full_count; ++index) {
        const uint64_t width = index < level.full_count ? kTileWidth : level.partial_width;
        if (width == 0) continue;
        const TileId tile{level.level, index, static_cast<uint32_t>(width)};
        std::string& bytes = tiles_[TilePath(tile)];
        for (uint64_t i = 0; i < width; ++i) {
          absl::StrAppend(
              &bytes, BytesOf(nodes_.emplace_back(nodes(height, index * kTileWidth + i).value())));
        }
      }
    }
  }
  absl::StatusOr<Digest> ReadNode(int level, uint64_t index) const {
    const NodePlace place = PlaceOfNode(level, index);
    for (const auto& [path, bytes] : tiles_) {
      const TileId tile = ParseTilePath(path).value();
      if (tile.level == place.tile_level && tile.index == place.tile_index) {
        return HashFromTile(bytes, place.first, place.count);
      }
    }
    return absl::NotFoundError("no such tile");
  }

  std::map<std::string, std::string> tiles_;
  std::vector<Digest> nodes_;
  Digest root_;
  const nlohmann::json vector_ = test::LoadVectors("checkpoints.json")["sunlight_tree"];
};

TEST_F(TreeOf300, HasTheTilesAndRootOfThePublicVector) {
  EXPECT_EQ(ToBase64(root_), test::Text(vector_["root"]));
  ASSERT_EQ(tiles_.size(), 3u);
  EXPECT_EQ(tiles_["tile/0/000"].size(), kTileBytes);
  EXPECT_EQ(ToHex(Sha256(tiles_["tile/0/000"])), test::Text(vector_["tile/0/000"]));
  EXPECT_EQ(tiles_["tile/0/001.p/44"].size(), 1408u);
  EXPECT_EQ(ToHex(Sha256(tiles_["tile/0/001.p/44"])), test::Text(vector_["tile/0/001.p/44"]));
  EXPECT_EQ(ToHex(tiles_["tile/1/000.p/1"]), test::Text(vector_["only_hash_of_tile/1/000.p/1"]));
  EXPECT_EQ(ToHex(Sha256(test::Text(vector_["origin"]))), test::Text(vector_["origin_sha256"]));
}

TEST_F(TreeOf300, ItsTilesAloneGiveRootAndProofs) {
  const auto read = [this](int level, uint64_t index) { return ReadNode(level, index); };
  EXPECT_EQ(Root(TreeSize{300}, read).value(), root_);
  for (uint64_t i = 0; i < 300; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto proof, ProveInclusion(Position{i}, TreeSize{300}, read));
    ASSERT_OK(VerifyInclusion(Position{i}, TreeSize{300}, LeafHash(absl::StrCat("record ", i)),
                              proof, root_));
  }
  for (uint64_t size = 1; size <= 300; ++size) {
    ASSERT_OK_AND_ASSIGN(const auto proof, ProveConsistency(TreeSize{size}, TreeSize{300}, read));
    ASSERT_OK_AND_ASSIGN(const Digest old_root, Root(TreeSize{size}, read));
    ASSERT_OK(VerifyConsistency(TreeSize{size}, TreeSize{300}, proof, old_root, root_));
  }
}

TEST_F(TreeOf300, ATileThatIsTornOrTooShortIsRefused) {
  const std::string& tile = tiles_["tile/0/001.p/44"];
  EXPECT_OK(HashFromTile(tile, 43, 1));
  EXPECT_THAT(HashFromTile(tile, 44, 1), RefusedWith("TILE_MALFORMED"));
  EXPECT_THAT(HashFromTile(tile, 32, 16), RefusedWith("TILE_MALFORMED"));
  EXPECT_THAT(HashFromTile(tile.substr(1), 0, 1), RefusedWith("TILE_MALFORMED"));
  EXPECT_THAT(HashFromTile(std::string(kTileBytes + 32, 't'), 0, 1), RefusedWith("TILE_MALFORMED"));
  EXPECT_THAT(HashFromTile("", 0, 1), RefusedWith("TILE_MALFORMED"));
}

TEST(EntryBundle, HoldsItsEntriesAndNothingElse) {
  std::string bundle;
  AppendBundleEntry("one", &bundle);
  AppendBundleEntry("two", &bundle);
  EXPECT_EQ(ToHex(bundle), "00036f6e65000374776f");
  EXPECT_THAT(ParseEntryBundle(bundle, 2).value(), ::testing::ElementsAre("one", "two"));
  EXPECT_THAT(ParseEntryBundle(bundle, 1),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("5 bytes after entry 1")));
  EXPECT_THAT(ParseEntryBundle(bundle, 3), RefusedWith("BUNDLE_MALFORMED"));
  EXPECT_THAT(ParseEntryBundle(bundle + "x", 2), RefusedWith("BUNDLE_MALFORMED"));
  for (size_t size = 0; size < bundle.size(); ++size) {
    EXPECT_THAT(ParseEntryBundle(bundle.substr(0, size), 2), RefusedWith("BUNDLE_MALFORMED"));
  }
}

}  // namespace
}  // namespace waymark::merkle
