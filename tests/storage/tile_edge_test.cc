#include "ledger/storage/tile_edge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/merkle/hash.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using Tiles = std::map<std::pair<int, uint64_t>, std::vector<Digest>>;

void Keep(std::vector<CompletedTile>* completed, Tiles* tiles) {
  for (CompletedTile& tile : *completed) {
    ASSERT_TRUE(
        tiles->emplace(std::make_pair(tile.level, tile.index), std::move(tile.hashes)).second);
  }
  completed->clear();
}

TEST(TileEdge, GivesTheTreeThatLeavesBuildOneByOne) {
  TileEdge edge;
  merkle::CompactTree tree;
  std::vector<CompletedTile> completed;
  for (int size = 0; size <= 70000; ++size) {
    // Every size at first, then those around the places where tiles end.
    if (size < 1200 || (size + 3) % 4096 < 6 || (size + 3) % 65536 < 6) {
      ASSERT_EQ(edge.size(), tree.size());
      ASSERT_EQ(edge.Edge(), tree.edge()) << "tree of " << size;
      ASSERT_EQ(edge.Tree().Root(), tree.Root());
    }
    const Digest leaf = merkle::LeafHash(absl::StrCat("leaf ", size));
    edge.Append(leaf, &completed);
    tree.Append(leaf);
  }
}

TEST(TileEdge, LoadsAgainFromTheTilesItCompleted) {
  TileEdge edge;
  Tiles tiles;
  std::vector<CompletedTile> completed;
  std::vector<Digest> leaves;
  for (int size = 0; size <= 66000; ++size) {
    if (size % 257 == 0 || size >= 65530) {
      const auto read = [&](int level, uint64_t index) -> absl::StatusOr<std::vector<Digest>> {
        return tiles.at({level, index});
      };
      ASSERT_OK_AND_ASSIGN(TileEdge loaded, TileEdge::Load(edge.size(), read));
      ASSERT_EQ(loaded.size().value, edge.size().value / 256 * 256);
      for (uint64_t i = loaded.size().value; i < leaves.size(); ++i)
        loaded.Append(leaves[i], &completed);
      ASSERT_TRUE(completed.empty());
      ASSERT_EQ(loaded.Edge(), edge.Edge()) << "tree of " << size;
      if (size >= 65600) break;
    }
    leaves.push_back(merkle::LeafHash(absl::StrCat("leaf ", size)));
    edge.Append(leaves.back(), &completed);
    Keep(&completed, &tiles);
  }
  EXPECT_EQ(tiles.size(), 65536u / 256 + 1);
  EXPECT_EQ(tiles.at({0, 3}), std::vector<Digest>(leaves.begin() + 768, leaves.begin() + 1024));
  EXPECT_EQ(tiles.at({1, 0})[3], RootOver(tiles.at({0, 3})));
}

TEST(TileEdge, PassesTheReadersErrorOn) {
  const auto read = [](int, uint64_t) -> absl::StatusOr<std::vector<Digest>> {
    return absl::DataLossError("gone");
  };
  EXPECT_OK(TileEdge::Load(TreeSize{255}, read));
  EXPECT_THAT(TileEdge::Load(TreeSize{256}, read), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace waymark::test
