#include "ledger/base/civil_day.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using ::waymark::test::RefusedWith;

UnixMicros Instant(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return UnixMicros{static_cast<uint64_t>(absl::ToUnixMicros(time))};
}

TEST(CivilDay, TheDayIsTheZonesNotUtcs) {
  ASSERT_OK_AND_ASSIGN(const absl::TimeZone london, FindTimeZone("Europe/London"));
  // Summer time began on 30 March 2025: half past eleven at night in UTC is the next day in London.
  EXPECT_EQ(CivilDayIn(london, Instant("2025-03-31T23:30:00Z")), absl::CivilDay(2025, 4, 1));
  EXPECT_EQ(CivilDayIn(london, Instant("2025-03-31T22:59:59Z")), absl::CivilDay(2025, 3, 31));
  EXPECT_EQ(CivilDayIn(london, Instant("2025-01-31T23:59:59Z")), absl::CivilDay(2025, 1, 31));
}

TEST(CivilDay, TheEndOfADayIsItsLastMicrosecond) {
  ASSERT_OK_AND_ASSIGN(const absl::TimeZone london, FindTimeZone("Europe/London"));
  // 30 March 2025 has 23 hours, 26 October 25.
  for (const absl::CivilDay day : {absl::CivilDay(2025, 3, 30), absl::CivilDay(2025, 10, 26)}) {
    const UnixMicros end = EndOfDay(london, day);
    EXPECT_EQ(CivilDayIn(london, end), day);
    EXPECT_EQ(CivilDayIn(london, UnixMicros{end.value + 1}), day + 1);
  }
}

TEST(CivilDay, OnlyNamesOfTheDatabaseAreZones) {
  for (const char* name :
       {"", "Europe/Nowhere", "/etc/passwd", "../../etc/passwd", ":/etc/localtime"}) {
    EXPECT_THAT(FindTimeZone(name), RefusedWith("TIME_ZONE_UNKNOWN")) << name;
  }
}

TEST(CivilDay, ReadsWhatItWrites) {
  for (absl::CivilDay day(1999, 12, 25); day < absl::CivilDay(2005, 1, 5); ++day) {
    ASSERT_OK_AND_ASSIGN(const absl::CivilDay read, ParseDay(FormatDay(day)));
    ASSERT_EQ(read, day);
  }
  EXPECT_EQ(FormatDay(absl::CivilDay(2025, 3, 1)), "2025-03-01");
}

TEST(CivilDay, RefusesWhatIsNoDay) {
  for (const char* text :
       {"", "2025-02-29", "2025-13-01", "2025-00-10", "2025-1-01", "2025-01-1", "20250101",
        "2025/01/01", "2025-01-32", " 2025-01-01", "2025-01-01 ", "+025-01-01", "2025-+1-01"}) {
    EXPECT_THAT(ParseDay(text), RefusedWith("DATE_INVALID")) << text;
  }
}

}  // namespace
}  // namespace waymark
