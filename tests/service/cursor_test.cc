#include "ledger/service/cursor.h"

#include <string>

#include "absl/strings/escaping.h"
#include "ledger/base/refusal.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using test::RefusedWith;

Cursor SomeCursor() {
  Cursor cursor;
  cursor.ledger = "example.com/x";
  cursor.direction = ReadDirection::kForward;
  cursor.position = Position{258};
  cursor.filter.fill(0xf1);
  cursor.leaf.fill(0x1e);
  cursor.scope.fill(0x5c);
  return cursor;
}

// RFC 3720 appendix B.4.
TEST(Cursor, ChecksumIsTheOneOfTheStandard) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
}

TEST(Cursor, BytesAreFrozen) {
  EXPECT_EQ(absl::BytesToHexString(EncodeCursor(SomeCursor())),
            "01010d6578616d706c652e636f6d2f78"
            "f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"
            "0000000000000102"
            "1e1e1e1e1e1e1e1e"
            "5c5c5c5c5c5c5c5c"
            "59b8930c");
}

TEST(Cursor, ComesBackAsItWas) {
  ASSERT_OK_AND_ASSIGN(const Cursor back, DecodeCursor(EncodeCursor(SomeCursor())));
  EXPECT_EQ(back, SomeCursor());
}

TEST(Cursor, RefusesDamageAtEveryByteAndEveryLength) {
  const std::string whole = EncodeCursor(SomeCursor());
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] ^= 0x10;
    EXPECT_THAT(DecodeCursor(flipped), RefusedWith("CURSOR_MALFORMED")) << "byte " << i;
    EXPECT_THAT(DecodeCursor(whole.substr(0, i)), RefusedWith("CURSOR_MALFORMED"));
  }
  EXPECT_THAT(DecodeCursor(whole + "x"), RefusedWith("CURSOR_MALFORMED"));
}

TEST(Cursor, TellsOneOfANewerServerFromADamagedOne) {
  std::string newer = EncodeCursor(SomeCursor());
  newer[0] = 2;
  const uint32_t crc = Crc32c(absl::string_view(newer).substr(0, newer.size() - 4));
  for (int i = 0; i < 4; ++i) newer[newer.size() - 4 + i] = static_cast<char>(crc >> (24 - 8 * i));
  EXPECT_THAT(DecodeCursor(newer), RefusedWith("CURSOR_VERSION_UNKNOWN"));
}

TEST(Cursor, IsAPlaceOfOneFeedOnly) {
  EXPECT_OK(CheckSameFeed(SomeCursor(), SomeCursor()));
  Cursor feed = SomeCursor();
  feed.ledger = "example.com/y";
  const absl::Status other_ledger = CheckSameFeed(SomeCursor(), feed);
  EXPECT_THAT(other_ledger, RefusedWith("CURSOR_OTHER_LEDGER"));
  EXPECT_THAT(other_ledger, test::StatusIs(absl::StatusCode::kInvalidArgument,
                                           testing::AllOf(testing::HasSubstr("example.com/x"),
                                                          testing::HasSubstr("example.com/y"))));
  feed = SomeCursor();
  feed.filter[15] ^= 1;
  EXPECT_THAT(CheckSameFeed(SomeCursor(), feed), RefusedWith("CURSOR_OTHER_FILTER"));
  feed = SomeCursor();
  feed.direction = ReadDirection::kBackward;
  EXPECT_THAT(CheckSameFeed(SomeCursor(), feed), RefusedWith("CURSOR_OTHER_DIRECTION"));
}

}  // namespace
}  // namespace waymark
