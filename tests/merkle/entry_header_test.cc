#include "ledger/merkle/entry_header.h"

#include <gtest/gtest.h>

#include <set>

#include "ledger/base/limits.h"
#include "tests/merkle/frozen_chain.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

using ::testing::HasSubstr;
using ::waymark::test::RefusedWith;
using ::waymark::test::StatusIs;

EntryHeader Unsigned() {
  EntryHeader header = test::BuildChain().headers[1];
  header.author_key_id.clear();
  return header;
}

TEST(EntryHeader, DecodesToWhatWasEncoded) {
  for (const EntryHeader& header : {test::BuildChain().headers[0], Unsigned()}) {
    const std::string bytes = EncodeEntryHeader(header);
    ASSERT_OK_AND_ASSIGN(const EntryHeader decoded, DecodeEntryHeader(bytes));
    EXPECT_EQ(decoded, header);
    ASSERT_OK_AND_ASSIGN(const EntryHeaderView view, DecodeEntryHeaderView(bytes));
    EXPECT_EQ(view, ViewOf(header));
  }
}

TEST(EntryHeader, IsAtMost266Bytes) {
  EntryHeader header = test::BuildChain().headers[0];
  header.contract_id = std::string(kContractIdBytesMax, 'c');
  header.event_type = std::string(kEventTypeBytesMax, 't');
  const std::string bytes = EncodeEntryHeader(header);
  EXPECT_EQ(bytes.size(), kEntryHeaderBytesMax);
  EXPECT_EQ(DecodeEntryHeader(bytes).value(), header);
}

// Changing any one byte gives another header, or none: no byte is without meaning.
TEST(EntryHeader, EveryByteCounts) {
  const EntryHeader header = Unsigned();
  const std::string bytes = EncodeEntryHeader(header);
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(value);
      if (changed == bytes) continue;
      const absl::StatusOr<EntryHeader> decoded = DecodeEntryHeader(changed);
      if (!decoded.ok()) continue;
      ASSERT_NE(*decoded, header) << "byte " << i;
      ASSERT_EQ(EncodeEntryHeader(*decoded), changed) << "byte " << i;
    }
  }
}

TEST(EntryHeader, RefusesEveryShorterAndLongerForm) {
  const std::string bytes = EncodeEntryHeader(test::BuildChain().headers[0]);
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_THAT(DecodeEntryHeader(bytes.substr(0, size)), RefusedWith("HEADER_MALFORMED")) << size;
  }
  EXPECT_THAT(DecodeEntryHeader(bytes + '\0'),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("byte 169 of 170")));
  EXPECT_THAT(DecodeEntryHeader(bytes + bytes), RefusedWith("HEADER_MALFORMED"));
}

TEST(EntryHeader, RefusesFieldsInAnotherOrderOrTwice) {
  const std::string bytes = EncodeEntryHeader(Unsigned());
  const std::string position = bytes.substr(0, 9);
  const std::string recorded_at = bytes.substr(9, 9);
  const std::string rest = bytes.substr(18);
  EXPECT_OK(DecodeEntryHeader(position + recorded_at + rest));
  EXPECT_THAT(DecodeEntryHeader(recorded_at + position + rest), RefusedWith("HEADER_MALFORMED"));
  EXPECT_THAT(DecodeEntryHeader(position + position + recorded_at + rest),
              RefusedWith("HEADER_MALFORMED"));
  EXPECT_THAT(DecodeEntryHeader(recorded_at + rest), RefusedWith("HEADER_MALFORMED"));
}

TEST(EntryHeader, RefusesTextsAndKeyIdsOutOfBounds) {
  EntryHeader header = Unsigned();
  header.contract_id.clear();
  EXPECT_THAT(CheckEntryHeader(ViewOf(header)), RefusedWith("TEXT_INVALID"));
  header.contract_id = std::string(65, 'c');
  EXPECT_THAT(CheckEntryHeader(ViewOf(header)), RefusedWith("TEXT_INVALID"));
  header.contract_id = "a\nb";
  EXPECT_THAT(CheckEntryHeader(ViewOf(header)), RefusedWith("TEXT_INVALID"));
  EXPECT_THAT(DecodeEntryHeader(EncodeEntryHeader(header)), RefusedWith("TEXT_INVALID"));
  header = Unsigned();
  header.author_key_id = "short";
  EXPECT_THAT(CheckEntryHeader(ViewOf(header)), RefusedWith("HEADER_MALFORMED"));
  EXPECT_OK(CheckEntryHeader(ViewOf(Unsigned())));
}

// Two fields side by side, joined without their lengths, would be the same text.
TEST(EntryHeader, MovingABorderBetweenFieldsGivesAnotherLeaf) {
  EntryHeader one = Unsigned();
  one.contract_id = "C-1|x";
  one.event_type = "y";
  EntryHeader other = one;
  other.contract_id = "C-1";
  other.event_type = "x|y";
  EXPECT_NE(LeafHash(EncodeEntryHeader(one)), LeafHash(EncodeEntryHeader(other)));
}

// Every field is under the hash: a change of any one is another leaf.
TEST(EntryHeader, EveryFieldIsUnderTheLeaf) {
  std::vector<EntryHeader> headers(10, test::BuildChain().headers[0]);
  headers[1].position.value += 1;
  headers[2].recorded_at.value += 1;
  headers[3].contract_id += "x";
  headers[4].revision.value += 1;
  headers[5].event_type += "x";
  headers[6].author_key_id[0] ^= 1;
  headers[7].statement_digest[0] ^= 1;
  headers[8].statement_index += 1;
  headers[9].payload_commitment[0] ^= 1;
  std::set<Digest> leaves;
  for (const EntryHeader& header : headers) leaves.insert(LeafHash(EncodeEntryHeader(header)));
  EXPECT_EQ(leaves.size(), headers.size());
}

}  // namespace
}  // namespace waymark::merkle
