#include "ledger/merkle/statement.h"

#include <gtest/gtest.h>

#include "ledger/base/limits.h"
#include "tests/merkle/frozen_chain.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

using ::waymark::test::RefusedWith;

TEST(Statement, DecodesToWhatWasEncoded) {
  const Statement statement = test::BuildChain().statement;
  ASSERT_OK_AND_ASSIGN(const Statement decoded, DecodeStatement(EncodeStatement(statement)));
  EXPECT_EQ(decoded, statement);
}

TEST(Statement, EveryByteCounts) {
  const Statement statement = test::BuildChain().statement;
  const std::string bytes = EncodeStatement(statement);
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(value);
      if (changed == bytes) continue;
      const absl::StatusOr<Statement> decoded = DecodeStatement(changed);
      if (!decoded.ok()) continue;
      ASSERT_NE(*decoded, statement) << "byte " << i;
      ASSERT_EQ(EncodeStatement(*decoded), changed) << "byte " << i;
    }
  }
}

TEST(Statement, RefusesEveryFormThatIsCutShortWithinAField) {
  const std::string bytes = EncodeStatement(test::BuildChain().statement);
  for (size_t size = 0; size < bytes.size(); ++size) {
    // Without its last commitment it is a Statement of one event.
    if (size == bytes.size() - 34) continue;
    ASSERT_FALSE(DecodeStatement(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_THAT(DecodeStatement(bytes + '\0'), RefusedWith("STATEMENT_MALFORMED"));
}

TEST(Statement, HasOneToAThousandCommitmentsAndNoneTwice) {
  Statement statement = test::BuildChain().statement;
  statement.commitments.clear();
  EXPECT_THAT(CheckStatement(statement), RefusedWith("STATEMENT_MALFORMED"));
  EXPECT_THAT(DecodeStatement(EncodeStatement(statement)), RefusedWith("STATEMENT_MALFORMED"));
  for (size_t i = 0; i < kRequestEventsMax; ++i) {
    statement.commitments.push_back(Sha256(absl::StrCat(i)));
  }
  EXPECT_EQ(DecodeStatement(EncodeStatement(statement)).value(), statement);
  statement.commitments.push_back(Sha256("one more"));
  EXPECT_THAT(DecodeStatement(EncodeStatement(statement)), RefusedWith("STATEMENT_MALFORMED"));
  statement.commitments.resize(2);
  statement.commitments[1] = statement.commitments[0];
  EXPECT_THAT(CheckStatement(statement), RefusedWith("COMMITMENT_REPEATED"));
  EXPECT_THAT(DecodeStatement(EncodeStatement(statement)), RefusedWith("COMMITMENT_REPEATED"));
}

TEST(Statement, RefusesTextsOutOfBounds) {
  const Statement good = test::BuildChain().statement;
  std::vector<Statement> bad(5, good);
  bad[0].ledger = std::string(128, 'l');
  bad[1].contract_id.clear();
  bad[2].request_id = std::string(65, 'r');
  bad[3].principal = "tab\there";
  bad[4].principal = "\xc0\x80";
  for (const Statement& statement : bad) {
    EXPECT_THAT(CheckStatement(statement), RefusedWith("TEXT_INVALID"));
  }
  Statement longest = good;
  longest.ledger = std::string(127, 'l');
  longest.principal = std::string(127, 'p');
  EXPECT_EQ(DecodeStatement(EncodeStatement(longest)).value(), longest);
}

TEST(Pae, AgreesWithTheExampleOfDsse) {
  // secure-systems-lab/dsse, protocol.md.
  EXPECT_EQ(Pae("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST(Pae, TypeAndBodyCannotTradeBytes) {
  EXPECT_NE(Pae("ab", "c"), Pae("a", "bc"));
  EXPECT_NE(Pae("a 1", "c"), Pae("a", "1 c"));
  EXPECT_EQ(Pae("", ""), "DSSEv1 0  0 ");
}

TEST(StatementDigest, CoversTheSignature) {
  const test::Chain chain = test::BuildChain();
  const std::string pae = StatementPae(chain.statement_bytes);
  EXPECT_EQ(StatementDigest(chain.statement_bytes, ""), Sha256(pae));
  EXPECT_EQ(StatementDigest(chain.statement_bytes, chain.signature), Sha256(pae + chain.signature));
  EXPECT_NE(StatementDigest(chain.statement_bytes, chain.signature),
            StatementDigest(chain.statement_bytes, ""));
}

TEST(StatementSignature, IsByOneKeyOverTheseBytesAlone) {
  const test::Chain chain = test::BuildChain();
  const std::string author = test::AuthorKey().public_key();
  EXPECT_OK(VerifyStatementSignature(chain.statement_bytes, chain.signature, author));
  EXPECT_THAT(VerifyStatementSignature(chain.statement_bytes, chain.signature,
                                       test::LedgerKey().public_key()),
              RefusedWith("SIGNATURE_INVALID"));
  EXPECT_THAT(VerifyStatementSignature(chain.statement_bytes, "", author),
              RefusedWith("SIGNATURE_INVALID"));
  std::string changed = chain.statement_bytes;
  changed.back() ^= 1;
  EXPECT_THAT(VerifyStatementSignature(changed, chain.signature, author),
              RefusedWith("SIGNATURE_INVALID"));
  // A signature over the Statement itself is none over its PAE.
  EXPECT_THAT(VerifyStatementSignature(chain.statement_bytes,
                                       test::AuthorKey().Sign(chain.statement_bytes), author),
              RefusedWith("SIGNATURE_INVALID"));
}

}  // namespace
}  // namespace waymark::merkle
