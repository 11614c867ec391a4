#include "ledger/merkle/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "ledger/merkle/random.h"
#include "tests/merkle/vectors.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

using ::waymark::test::RefusedWith;

TEST(Hash, AgreesWithThePublicVectors) {
  const nlohmann::json vectors = test::LoadVectors("trees.json");
  EXPECT_EQ(ToHex(EmptyRoot()), test::Text(vectors["empty_root"]));
  for (const auto& vector : vectors["leaf_hashes"]) {
    EXPECT_EQ(ToHex(LeafHash(test::Hex(test::Text(vector["leaf"])))), test::Text(vector["hash"]));
  }
  // The vector's parts are no digests, so the prefix is written out.
  const auto& node = vectors["node_of_unequal_parts"];
  EXPECT_EQ(ToHex(Sha256(absl::StrCat("\x01", test::Hex(test::Text(node["left"])),
                                      test::Hex(test::Text(node["right"]))))),
            test::Text(node["hash"]));
}

TEST(Hash, ANodeNeverPassesAsALeafOfItsChildren) {
  const nlohmann::json vectors = test::LoadVectors("trees.json");
  const Digest first = LeafHash(test::Hex(test::Text(vectors["collisions"][0])));
  const Digest second = LeafHash(test::Hex(test::Text(vectors["collisions"][1])));
  EXPECT_NE(first, second);
  const std::string children = absl::StrCat(BytesOf(first), BytesOf(second));
  ASSERT_EQ(children.size(), 64u);
  EXPECT_NE(NodeHash(first, second), LeafHash(children));
  EXPECT_NE(NodeHash(first, second), Sha256(children));
  EXPECT_NE(NodeHash(first, second), NodeHash(second, first));
}

TEST(Hash, TheRootOfNothingIsNotThatOfOneEmptyLeaf) { EXPECT_NE(EmptyRoot(), LeafHash("")); }

TEST(Hash, ThreadsDoNotDisturbEachOther) {
  const Digest expected = LeafHash("leaf");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&expected] {
      for (int n = 0; n < 2000; ++n) ASSERT_EQ(LeafHash("leaf"), expected);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Hash, ACommitmentIsTheHashOfSaltAndPayload) {
  const std::string salt(32, 's');
  EXPECT_EQ(PayloadCommitment(salt, "payload"), Sha256(salt + "payload"));
  EXPECT_EQ(PayloadCommitment(salt, ""), Sha256(salt));
}

TEST(RandomBytes, AreAsManyAsAskedAndNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(RandomBytes(32)).second);
  for (const std::string& bytes : seen) EXPECT_OK(CheckSalt(bytes));
  EXPECT_EQ(RandomBytes(0), "");
}

TEST(Hash, RefusesASaltThatHidesNothing) {
  EXPECT_OK(CheckSalt(std::string(31, '\0') + "\x01"));
  EXPECT_THAT(CheckSalt(std::string(32, '\0')), RefusedWith("SALT_INVALID"));
  EXPECT_THAT(CheckSalt(std::string(31, 's')), RefusedWith("SALT_INVALID"));
  EXPECT_THAT(CheckSalt(std::string(33, 's')), RefusedWith("SALT_INVALID"));
  EXPECT_THAT(CheckSalt(""), RefusedWith("SALT_INVALID"));
}

}  // namespace
}  // namespace waymark::merkle
