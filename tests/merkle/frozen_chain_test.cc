// Waymark's own formats, byte for byte.
#include "tests/merkle/frozen_chain.h"

#include <gtest/gtest.h>

#include "ledger/merkle/tile.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

constexpr char kCommitment0[] = "a909435c0e055351ffb781d9f84d265c5ee1c63ec8d37e88e6aaebfd76c8eedb";
constexpr char kCommitment1[] = "72dbb7336c76780023f83da4c355f2eeea85733b13d3477697917790c1229084";
constexpr char kAuthorKeyId[] = "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9";
constexpr char kStatementDigest[] =
    "7ab0d8e0c5e936e79f6fb7a280f45d3efadc31fc181df7161930520378c9993f";
constexpr char kRoot[] = "c83b81ca44cde0189d26ef4e55d7d419fca8b839e5b54ed85588afca55f535c1";

class FrozenChain : public ::testing::Test {
 protected:
  const test::Chain chain_ = test::BuildChain();
};

TEST_F(FrozenChain, Commitments) {
  EXPECT_EQ(ToHex(chain_.statement.commitments[0]), kCommitment0);
  EXPECT_EQ(ToHex(chain_.statement.commitments[1]), kCommitment1);
}

TEST_F(FrozenChain, StatementAndSignature) {
  EXPECT_EQ(ToHex(chain_.statement_bytes),
            absl::StrCat("0a136578616d706c652e636f6d2f7761796d61726b1203432d31", "1a057265712d31",
                         "220a70726f76696465722d31", "2a20", kCommitment0, "2a20", kCommitment1));
  EXPECT_EQ(chain_.statement_bytes.size(), 113u);
  EXPECT_EQ(StatementPae(chain_.statement_bytes).size(), 173u);
  EXPECT_EQ(ToHex(StatementDigest(chain_.statement_bytes, "")),
            "94fa2b73cbcc32a39d83c20a366bacf768d336f2ff7a9e8b2fccdaab0140314a");
  EXPECT_EQ(
      ToBase64(chain_.signature),
      "vWny1mZGy3PFoctL/dOhvOo7nv1XhrHqmT9CzkieH7mOhuXbg3IHTKBI1dSPiU1ZRf/V82aLJbjBGOVYbHIpDQ==");
  EXPECT_EQ(ToHex(StatementDigest(chain_.statement_bytes, chain_.signature)), kStatementDigest);
  EXPECT_EQ(ToHex(AuthorKeyId(test::AuthorKey().public_key())), kAuthorKeyId);
}

TEST_F(FrozenChain, HeadersAndLeaves) {
  const std::string header0 = EncodeEntryHeader(chain_.headers[0]);
  const std::string header1 = EncodeEntryHeader(chain_.headers[1]);
  EXPECT_EQ(
      ToHex(header0),
      absl::StrCat("090000000000000000", "110040204648470600", "1a03432d31", "210000000000000000",
                   "2a1c7761796d61726b2e76312e45766964656e63655375626d6974746564", "3220",
                   kAuthorKeyId, "3a20", kStatementDigest, "4500000000", "4a20", kCommitment0));
  EXPECT_EQ(ToHex(header1),
            absl::StrCat(
                "090100000000000000", "110040204648470600", "1a03432d31", "210100000000000000",
                "2a227761796d61726b2e76312e53656c664173736573736d656e745375626d6974746564", "3220",
                kAuthorKeyId, "3a20", kStatementDigest, "4501000000", "4a20", kCommitment1));
  EXPECT_EQ(header0.size(), 169u);
  EXPECT_EQ(header1.size(), 175u);
  EXPECT_EQ(ToHex(LeafHash(header0)),
            "e485ebd74d08615b47d6018af8b848e9a14500bd7b97848aad171f6d09a6b668");
  EXPECT_EQ(ToHex(LeafHash(header1)),
            "694efc4ea2761c1e928d51c0062ab2651282cd155f6b79788056f37b845e7466");
}

TEST_F(FrozenChain, RootAndBundle) {
  EXPECT_EQ(ToHex(chain_.tree.Root()), kRoot);
  std::string bundle;
  for (const EntryHeader& header : chain_.headers) {
    AppendBundleEntry(EncodeEntryHeader(header), &bundle);
  }
  EXPECT_EQ(bundle.size(), 348u);
  EXPECT_EQ(ToHex(Sha256(bundle)),
            "a58264153ee8d5e2df17b2fc36f84408906c3d0234c547cdaa2e5a47ce2ec2e8");
}

TEST_F(FrozenChain, KeyAndCheckpoints) {
  EXPECT_EQ(chain_.vkey,
            "example.com/waymark+2bc18496+AT1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM");
  EXPECT_EQ(chain_.empty_checkpoint,
            "example.com/waymark\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
            "\xe2\x80\x94 example.com/waymark K8GElrpa4m3O6xPnmRzQQbso+QGr+vMClcHARerbHgY26zxfs1COC"
            "vvgJOBm3IBJQHg8gXyb2KS+fIQdskS6xJHqTgM=\n");
  EXPECT_EQ(
      chain_.checkpoint,
      absl::StrCat("example.com/waymark\n2\n", ToBase64(test::HexDigest(kRoot)), "\n\n",
                   "\xe2\x80\x94 example.com/waymark K8GEliHGpY0DLhYHef7seL+TI25DpTio2YMdH7YsZ"
                   "o8dUo1yyz6luqoEH/aK5qneD0gW3UzolGxwihA4A0BWs2pInwE=\n"));
  EXPECT_EQ(chain_.checkpoint.size(), 185u);
}

// Tests in other languages read the chain from this file.
TEST_F(FrozenChain, TheFileForOtherProgramsHoldsTheSameBytes) {
  const nlohmann::json file = test::LoadVectors("waymark_chain.json");
  EXPECT_EQ(test::Text(file["vkey"]), chain_.vkey);
  EXPECT_EQ(test::Text(file["statement"]), ToHex(chain_.statement_bytes));
  EXPECT_EQ(test::Text(file["signature"]), ToBase64(chain_.signature));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(test::Text(file["headers"][i]), ToHex(EncodeEntryHeader(chain_.headers[i])));
  }
  EXPECT_EQ(test::Text(file["checkpoint"]), chain_.checkpoint);
}

}  // namespace
}  // namespace waymark::merkle
