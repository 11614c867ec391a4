// The appender's tree, the roots and the proofs, each against the definition.
#include <gtest/gtest.h>

#include "ledger/merkle/compact_tree.h"
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

constexpr size_t kSizesByDefinition = 300;
constexpr size_t kSizesWithAllProofs = 70;

TEST(CompactTree, HasTheRootOfTheDefinitionAtEverySize) {
  const test::NodesByDefinition nodes(test::NumberedLeaves(kSizesByDefinition));
  CompactTree tree;
  for (size_t size = 0; size <= kSizesByDefinition; ++size) {
    ASSERT_EQ(tree.size().value, size);
    ASSERT_EQ(tree.Root(), nodes.RootOf(size)) << "tree of " << size << " leaves";
    if (size < kSizesByDefinition) tree.Append(LeafHash(nodes.leaves()[size]));
  }
}

TEST(CompactTree, HasTheRootsAndNodesOfThePublicVectors) {
  const nlohmann::json vectors = test::LoadVectors("trees.json");
  CompactTree tree;
  EXPECT_EQ(ToHex(tree.Root()), test::Text(vectors["roots_by_size"][0]));
  for (size_t i = 0; i < 8; ++i) {
    const Digest leaf = LeafHash(test::Hex(test::Text(vectors["leaves"][i])));
    EXPECT_EQ(ToHex(leaf), test::Text(vectors["nodes_by_level"][0][i]));
    tree.Append(leaf);
    EXPECT_EQ(ToHex(tree.Root()), test::Text(vectors["roots_by_size"][i + 1]));
    const std::vector<NodeId> edge = EdgeNodes(tree.size());
    ASSERT_EQ(edge.size(), tree.edge().size());
    for (size_t n = 0; n < edge.size(); ++n) {
      EXPECT_EQ(ToHex(tree.edge()[n]),
                test::Text(vectors["nodes_by_level"][edge[n].level][edge[n].index]));
    }
  }
}

TEST(CompactTree, GoesOnFromItsEdgeAsIfItHadNeverStopped) {
  const std::vector<std::string> leaves = test::NumberedLeaves(100);
  CompactTree tree;
  for (size_t size = 0; size < leaves.size(); ++size) {
    ASSERT_OK_AND_ASSIGN(CompactTree resumed, CompactTree::FromEdge(tree.size(), tree.edge()));
    ASSERT_EQ(resumed.Root(), tree.Root());
    resumed.Append(LeafHash(leaves[size]));
    tree.Append(LeafHash(leaves[size]));
    ASSERT_EQ(resumed.Root(), tree.Root());
    ASSERT_EQ(resumed.edge(), tree.edge());
  }
}

TEST(CompactTree, RefusesAnEdgeOfAnotherLength) {
  EXPECT_THAT(CompactTree::FromEdge(TreeSize{3}, {EmptyRoot()}), RefusedWith("EDGE_MALFORMED"));
  EXPECT_THAT(CompactTree::FromEdge(TreeSize{0}, {EmptyRoot()}), RefusedWith("EDGE_MALFORMED"));
  EXPECT_OK(CompactTree::FromEdge(TreeSize{0}, {}));
  EXPECT_OK(CompactTree::FromEdge(TreeSize{UINT64_MAX}, std::vector<Digest>(64)));
}

TEST(CompactTree, ACopyGrowsOnItsOwn) {
  CompactTree tree;
  tree.Append(LeafHash("kept"));
  CompactTree plan = tree;
  plan.Append(LeafHash("planned"));
  EXPECT_EQ(tree.size(), TreeSize{1});
  EXPECT_EQ(tree.Root(), LeafHash("kept"));
  EXPECT_EQ(plan.Root(), NodeHash(LeafHash("kept"), LeafHash("planned")));
}

TEST(Root, OfStoredNodesIsThatOfTheDefinition) {
  const test::NodesByDefinition nodes(test::NumberedLeaves(130));
  for (size_t size = 0; size <= 130; ++size) {
    ASSERT_OK_AND_ASSIGN(const Digest root, Root(TreeSize{size}, nodes));
    ASSERT_EQ(root, nodes.RootOf(size)) << "tree of " << size << " leaves";
  }
}

TEST(EdgeNodes, CoverTheTreeFromLeftToRight) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{6}, uint64_t{255}, uint64_t{256},
                              uint64_t{65537}, uint64_t{1} << 63, UINT64_MAX}) {
    uint64_t next = 0;
    for (const NodeId& node : EdgeNodes(TreeSize{size})) {
      EXPECT_EQ(node.index << node.level, next);
      next += uint64_t{1} << node.level;
    }
    EXPECT_EQ(next, size);
  }
}

TEST(Inclusion, OfEveryLeafInEveryTreeIsProvedAndNothingElseIs) {
  const test::NodesByDefinition nodes(test::NumberedLeaves(kSizesWithAllProofs));
  for (size_t size = 1; size <= kSizesWithAllProofs; ++size) {
    const Digest root = nodes.RootOf(size);
    for (size_t index = 0; index < size; ++index) {
      SCOPED_TRACE(absl::StrCat("leaf ", index, " of ", size));
      const Digest leaf = LeafHash(nodes.leaves()[index]);
      ASSERT_OK_AND_ASSIGN(std::vector<Digest> proof,
                           ProveInclusion(Position{index}, TreeSize{size}, nodes));
      const auto verify = [&](size_t at) {
        return VerifyInclusion(Position{at}, TreeSize{size}, leaf, proof, root);
      };
      ASSERT_OK(verify(index));
      for (size_t other = 0; other < size; ++other) {
        if (other == index) continue;
        ASSERT_FALSE(verify(other).ok()) << "as leaf " << other;
      }
      for (Digest& hash : proof) {
        hash[31] ^= 1;
        ASSERT_THAT(verify(index), RefusedWith("PROOF_MISMATCH"));
        hash[31] ^= 1;
      }
      proof.push_back(root);
      ASSERT_THAT(verify(index), RefusedWith("PROOF_MALFORMED"));
      proof.pop_back();
      if (!proof.empty()) {
        proof.pop_back();
        ASSERT_THAT(verify(index), RefusedWith("PROOF_MALFORMED"));
      }
    }
  }
}

TEST(Consistency, OfEveryTwoTreesIsProvedAndNothingElseIs) {
  const test::NodesByDefinition nodes(test::NumberedLeaves(kSizesWithAllProofs));
  for (size_t size2 = 1; size2 <= kSizesWithAllProofs; ++size2) {
    for (size_t size1 = 1; size1 <= size2; ++size1) {
      SCOPED_TRACE(absl::StrCat("from ", size1, " to ", size2));
      ASSERT_OK_AND_ASSIGN(std::vector<Digest> proof,
                           ProveConsistency(TreeSize{size1}, TreeSize{size2}, nodes));
      Digest root1 = nodes.RootOf(size1);
      Digest root2 = nodes.RootOf(size2);
      const auto verify = [&] {
        return VerifyConsistency(TreeSize{size1}, TreeSize{size2}, proof, root1, root2);
      };
      ASSERT_OK(verify());
      root1[0] ^= 0x80;
      ASSERT_FALSE(verify().ok());
      root1[0] ^= 0x80;
      root2[0] ^= 0x80;
      ASSERT_THAT(verify(), RefusedWith("PROOF_MISMATCH"));
      root2[0] ^= 0x80;
      for (Digest& hash : proof) {
        hash[0] ^= 1;
        ASSERT_THAT(verify(), RefusedWith("PROOF_MISMATCH"));
        hash[0] ^= 1;
      }
      proof.push_back(root2);
      ASSERT_THAT(verify(), RefusedWith("PROOF_MALFORMED"));
      proof.pop_back();
      if (!proof.empty()) {
        proof.pop_back();
        ASSERT_THAT(verify(), RefusedWith("PROOF_MALFORMED"));
      }
    }
  }
}

// All 196 public vectors. Some give texts in the place of hashes; Waymark's types hold no such
// thing. In an inclusion they are refused as digests. Between roots only their being equal matters,
// so they are filled up with zeros.
TEST(Inclusion, AgreesWithAllPublicVectors) {
  const nlohmann::json vectors = test::LoadVectors("proofs.json")["inclusion"];
  ASSERT_EQ(vectors.size(), 98u);
  for (const auto& vector : vectors) {
    const auto leaf = DigestFromBase64(test::Text(vector["leafHash"]));
    const auto root = DigestFromBase64(test::Text(vector["root"]));
    bool digests = leaf.ok() && root.ok();
    std::vector<Digest> proof;
    for (const auto& hash : vector["proof"]) {
      const auto digest = DigestFromBase64(test::Text(hash));
      digests = digests && digest.ok();
      if (digest.ok()) proof.push_back(*digest);
    }
    const bool accepted = digests && VerifyInclusion(Position{vector["leafIdx"].get<uint64_t>()},
                                                     TreeSize{vector["treeSize"].get<uint64_t>()},
                                                     *leaf, proof, *root)
                                         .ok();
    EXPECT_EQ(accepted, !vector["wantErr"].get<bool>()) << vector["file"];
  }
}

TEST(Consistency, AgreesWithAllPublicVectors) {
  const auto padded = [](const nlohmann::json& text) {
    std::string bytes = test::Base64(test::Text(text));
    bytes.resize(32);
    return DigestFromBytes(bytes).value();
  };
  const nlohmann::json vectors = test::LoadVectors("proofs.json")["consistency"];
  ASSERT_EQ(vectors.size(), 98u);
  for (const auto& vector : vectors) {
    std::vector<Digest> proof;
    for (const auto& hash : vector["proof"]) proof.push_back(padded(hash));
    const bool accepted = VerifyConsistency(TreeSize{vector["size1"].get<uint64_t>()},
                                            TreeSize{vector["size2"].get<uint64_t>()}, proof,
                                            padded(vector["root1"]), padded(vector["root2"]))
                              .ok();
    EXPECT_EQ(accepted, !vector["wantErr"].get<bool>()) << vector["file"];
  }
}

TEST(Inclusion, RefusesAPositionOutsideTheTree) {
  EXPECT_THAT(VerifyInclusion(Position{0}, TreeSize{0}, EmptyRoot(), {}, EmptyRoot()),
              RefusedWith("PROOF_MALFORMED"));
  EXPECT_THAT(VerifyInclusion(Position{1}, TreeSize{1}, EmptyRoot(), {}, EmptyRoot()),
              RefusedWith("PROOF_MALFORMED"));
  const test::NodesByDefinition nodes(test::NumberedLeaves(2));
  EXPECT_THAT(ProveInclusion(Position{2}, TreeSize{2}, nodes), RefusedWith("POSITION_BEYOND_TREE"));
}

TEST(Inclusion, TakesNoMoreThan63Hashes) {
  const std::vector<Digest> proof(64);
  EXPECT_THAT(VerifyInclusion(Position{0}, TreeSize{UINT64_MAX}, EmptyRoot(), proof, EmptyRoot()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 63")));
}

TEST(Consistency, RefusesWhatProvesNothing) {
  const Digest root = LeafHash("leaf");
  EXPECT_THAT(VerifyConsistency(TreeSize{0}, TreeSize{1}, {}, EmptyRoot(), root),
              RefusedWith("PROOF_MALFORMED"));
  EXPECT_THAT(VerifyConsistency(TreeSize{0}, TreeSize{0}, {}, EmptyRoot(), EmptyRoot()),
              RefusedWith("PROOF_MALFORMED"));
  EXPECT_THAT(VerifyConsistency(TreeSize{2}, TreeSize{1}, {}, root, root),
              RefusedWith("PROOF_MALFORMED"));
  EXPECT_THAT(VerifyConsistency(TreeSize{1}, TreeSize{1}, {root}, root, root),
              RefusedWith("PROOF_MALFORMED"));
  EXPECT_THAT(VerifyConsistency(TreeSize{1}, TreeSize{1}, {}, root, EmptyRoot()),
              RefusedWith("PROOF_MISMATCH"));
  const test::NodesByDefinition nodes(test::NumberedLeaves(2));
  EXPECT_THAT(ProveConsistency(TreeSize{0}, TreeSize{2}, nodes), RefusedWith("SIZE_BEYOND_TREE"));
  EXPECT_THAT(ProveConsistency(TreeSize{2}, TreeSize{1}, nodes), RefusedWith("SIZE_BEYOND_TREE"));
}

TEST(Proofs, PassOnTheErrorOfTheirReader) {
  const auto broken = [](int, uint64_t) -> absl::StatusOr<Digest> {
    return absl::DataLossError("tile 7");
  };
  EXPECT_THAT(ProveInclusion(Position{3}, TreeSize{9}, broken),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile 7")));
  EXPECT_THAT(ProveConsistency(TreeSize{3}, TreeSize{9}, broken),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile 7")));
  EXPECT_THAT(Root(TreeSize{9}, broken),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile 7")));
}

// A tree of 2^61 + 3 leaves, with the longest proofs there may be, cannot be built, but where all
// leaves are alike its nodes are known by their level.
TEST(Proofs, HoldInTheLargestTrees) {
  std::vector<Digest> by_level = {LeafHash("same")};
  for (int level = 1; level < 64; ++level) {
    by_level.push_back(NodeHash(by_level.back(), by_level.back()));
  }
  const auto nodes = [&by_level](int level, uint64_t) -> absl::StatusOr<Digest> {
    return by_level[level];
  };
  const TreeSize old_size{(uint64_t{1} << 60) + 7};
  const TreeSize size{(uint64_t{1} << 61) + 3};
  ASSERT_OK_AND_ASSIGN(const Digest old_root, Root(old_size, nodes));
  ASSERT_OK_AND_ASSIGN(const Digest root, Root(size, nodes));
  for (const uint64_t index : {uint64_t{0}, uint64_t{1} << 60, size.value - 1}) {
    ASSERT_OK_AND_ASSIGN(const auto proof, ProveInclusion(Position{index}, size, nodes));
    EXPECT_OK(VerifyInclusion(Position{index}, size, by_level[0], proof, root));
  }
  ASSERT_OK_AND_ASSIGN(const auto proof, ProveConsistency(old_size, size, nodes));
  EXPECT_OK(VerifyConsistency(old_size, size, proof, old_root, root));
}

}  // namespace
}  // namespace waymark::merkle
