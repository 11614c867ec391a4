#include "ledger/merkle/tlog_proof.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "ledger/merkle/proof.h"
#include "tests/merkle/frozen_chain.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

using ::waymark::test::RefusedWith;

TEST(TlogProof, ReadsAndWritesTheFormsOfThePublicVectors) {
  const nlohmann::json vectors = test::LoadVectors("tlog_proofs.json");
  ASSERT_EQ(vectors["forms"].size(), 3u);
  for (const auto& vector : vectors["forms"]) {
    const std::string bytes = test::Text(vector["bytes"]);
    ASSERT_OK_AND_ASSIGN(const TlogProof proof, ParseTlogProof(bytes));
    EXPECT_EQ(proof.index.value, vector["index"].get<uint64_t>());
    ASSERT_EQ(proof.hashes.size(), vector["hashes"].size());
    for (size_t i = 0; i < proof.hashes.size(); ++i) {
      EXPECT_EQ(ToBase64(proof.hashes[i]), test::Text(vector["hashes"][i]));
    }
    EXPECT_EQ(proof.checkpoint, test::Text(vector["checkpoint"]));
    // The extra line is read and never written.
    EXPECT_EQ(FormatTlogProof(proof) == bytes, vector["extra"].is_null());
  }
}

TEST(TlogProof, RefusesTheMalformedPublicVectors) {
  const nlohmann::json vectors = test::LoadVectors("tlog_proofs.json");
  ASSERT_EQ(vectors["malformed"].size(), 7u);
  for (const auto& vector : vectors["malformed"]) {
    EXPECT_THAT(ParseTlogProof(test::Text(vector["bytes"])), RefusedWith("TLOG_PROOF_MALFORMED"))
        << vector["why"];
  }
  const auto& line = vectors["malformed_long_line"];
  EXPECT_THAT(ParseTlogProof(absl::StrCat(test::Text(line["prefix"]),
                                          std::string(line["times"].get<size_t>(), 'a'),
                                          test::Text(line["suffix"]))),
              RefusedWith("TLOG_PROOF_MALFORMED"));
}

TEST(TlogProof, RefusesFormsThatAreNotCanonical) {
  const std::string start = "c2sp.org/tlog-proof@v1\n";
  for (const std::string& bytes :
       {std::string(), start, start + "index 0\n", start + "index 00\n\nc\n",
        start + "index +1\n\nc\n", start + "index 0\nextra QQ==\n\nc\n",
        start + "extra QQ==\nextra QQ==\nindex 0\n\nc\n", start + "extra QQ\nindex 0\n\nc\n",
        start + "index  0\n\nc\n", "\n" + start + "index 0\n\nc\n", start + "index 0\r\n\r\nc\r\n",
        start + "index 18446744073709551616\n\nc\n"}) {
    EXPECT_THAT(ParseTlogProof(bytes), RefusedWith("TLOG_PROOF_MALFORMED")) << bytes;
  }
  TlogProof longest{Position{0}, std::vector<Digest>(63), "c\n"};
  EXPECT_OK(ParseTlogProof(FormatTlogProof(longest)));
  longest.hashes.emplace_back();
  EXPECT_THAT(ParseTlogProof(FormatTlogProof(longest)), RefusedWith("TLOG_PROOF_MALFORMED"));
}

class ProofOfAnEntry : public ::testing::Test {
 protected:
  std::string Header(int index) const { return EncodeEntryHeader(chain_.headers[index]); }
  std::string Proof(uint64_t index) const {
    const Digest sibling = LeafHash(Header(index == 0 ? 1 : 0));
    return FormatTlogProof({Position{index}, {sibling}, chain_.checkpoint});
  }

  const test::Chain chain_ = test::BuildChain();
  const VerifierKey vkey_ = ParseVkey(chain_.vkey).value();
};

TEST_F(ProofOfAnEntry, ShowsThatItIsUnderTheCheckpoint) {
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(const VerifiedEntry entry, VerifyTlogProof(Proof(i), Header(i), vkey_));
    EXPECT_EQ(entry.header, chain_.headers[i]);
    EXPECT_EQ(entry.checkpoint.checkpoint.root, chain_.tree.Root());
  }
}

TEST_F(ProofOfAnEntry, IsForNoOtherEntry) {
  EXPECT_THAT(VerifyTlogProof(Proof(0), Header(1), vkey_), RefusedWith("POSITION_MISMATCH"));
  EXPECT_THAT(VerifyTlogProof(Proof(1), Header(0), vkey_), RefusedWith("POSITION_MISMATCH"));
  EntryHeader forged = chain_.headers[0];
  forged.payload_commitment[0] ^= 1;
  EXPECT_THAT(VerifyTlogProof(Proof(0), EncodeEntryHeader(forged), vkey_),
              RefusedWith("PROOF_MISMATCH"));
  forged = chain_.headers[0];
  forged.position.value = 1;
  EXPECT_THAT(VerifyTlogProof(Proof(1), EncodeEntryHeader(forged), vkey_),
              RefusedWith("PROOF_MISMATCH"));
}

TEST_F(ProofOfAnEntry, IsRefusedWithAnyOtherKeyOrChangedByte) {
  const VerifierKey other{vkey_.name, KeyType::kLog, PrivateKey::Generate().public_key()};
  EXPECT_THAT(VerifyTlogProof(Proof(0), Header(0), other), RefusedWith("NOTE_UNSIGNED"));
  const std::string proof = Proof(0);
  for (size_t i = 0; i < proof.size(); ++i) {
    std::string changed = proof;
    changed[i] ^= 1;
    EXPECT_FALSE(VerifyTlogProof(changed, Header(0), vkey_).ok()) << "byte " << i;
  }
  const std::string header = Header(0);
  for (size_t i = 0; i < header.size(); ++i) {
    std::string changed = header;
    changed[i] ^= 1;
    EXPECT_FALSE(VerifyTlogProof(proof, changed, vkey_).ok()) << "byte " << i;
  }
}

}  // namespace
}  // namespace waymark::merkle
