// A whole log that other software made, tile by tile and checkpoint by checkpoint.
#include <gtest/gtest.h>

#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tile.h"
#include "tests/merkle/vectors.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

class TesseraLog : public ::testing::Test {
 protected:
  std::string File(const std::string& path) const {
    return test::Base64(test::Text(vectors_["files"][path]));
  }

  const nlohmann::json vectors_ = test::LoadVectors("tessera_log.json");
  const VerifierKey vkey_ = ParseVkey(test::Text(vectors_["vkey"])).value();
  const NoteSigner signer_ = ParseSigningKey(test::Text(vectors_["signing_key"])).value();
};

TEST_F(TesseraLog, ItsFilesAreTheOnesWeWouldWrite) {
  CompactTree tree;
  std::string tile;
  std::string bundle;
  for (uint32_t size = 0; size <= 15; ++size) {
    SCOPED_TRACE(absl::StrCat("size ", size));
    if (size > 0) {
      const std::string entry = test::Text(vectors_["entries"][size - 1]);
      const Digest leaf = LeafHash(entry);
      tree.Append(leaf);
      absl::StrAppend(&tile, BytesOf(leaf));
      AppendBundleEntry(entry, &bundle);
      EXPECT_EQ(File(TilePath({0, 0, size})), tile);
      EXPECT_EQ(File(TilePath({kEntriesLevel, 0, size})), bundle);
      EXPECT_EQ(ParseEntryBundle(bundle, size).value().back(), entry);
    }
    // Ed25519 is deterministic: signing again gives the published bytes.
    EXPECT_EQ(SignCheckpoint({vkey_.name, tree.size(), tree.Root()}, signer_.key).value(),
              File(absl::StrCat("checkpoint.", size)));
  }
  EXPECT_EQ(ToHex(Sha256(File("checkpoint"))),
            "aebf6c3251e27b6a4e265cbbcb3036887ba860071e1df9669cd36179ac82eaed");
}

TEST_F(TesseraLog, ItsCheckpointsAreOneHistory) {
  const std::string tile = File("tile/0/000.p/15");
  const auto nodes = [&tile](int level, uint64_t index) {
    const NodePlace place = PlaceOfNode(level, index);
    return HashFromTile(tile, place.first, place.count);
  };
  std::vector<Checkpoint> checkpoints;
  for (int size = 0; size <= 15; ++size) {
    checkpoints.push_back(
        OpenCheckpoint(File(absl::StrCat("checkpoint.", size)), vkey_).value().checkpoint);
  }
  for (size_t newer = 1; newer <= 15; ++newer) {
    for (size_t older = 1; older <= newer; ++older) {
      const Checkpoint& from = checkpoints[older];
      const Checkpoint& to = checkpoints[newer];
      ASSERT_OK_AND_ASSIGN(const auto proof, ProveConsistency(from.size, to.size, nodes));
      EXPECT_OK(VerifyConsistency(from.size, to.size, proof, from.root, to.root));
    }
  }
}

}  // namespace
}  // namespace waymark::merkle
