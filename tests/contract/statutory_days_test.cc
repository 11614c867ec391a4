#include "ledger/contract/statutory_days.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/contract/contract_facts.h"

namespace waymark {
namespace {

using test::Day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Easter Sundays, among them the earliest and the latest that can be, and those of the years in
// which the moon's table makes an exception (1954, 1981, 2049, 2076).
TEST(GoodFriday, IsTwoDaysBeforeTheEasterSundaysOfTheTable) {
  for (const char* easter :
       {"1583-04-10", "1751-04-11", "1818-03-22", "1900-04-15", "1943-04-25", "1954-04-18",
        "1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23", "2011-04-24", "2016-03-27",
        "2018-04-01", "2019-04-21", "2020-04-12", "2021-04-04", "2022-04-17", "2023-04-09",
        "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01",
        "2030-04-21", "2031-04-13", "2032-03-28", "2033-04-17", "2034-04-09", "2035-03-25",
        "2038-04-25", "2049-04-18", "2076-04-19", "2100-03-28", "2285-03-22"}) {
    EXPECT_EQ(GoodFriday(Day(easter).year()), Day(easter) - 2) << easter;
  }
}

// Bank holidays of England and Wales.
std::vector<absl::CivilDay> Holidays() {
  return {Day("2025-04-18"), Day("2025-04-21"), Day("2025-05-05"), Day("2025-05-26"),
          Day("2025-08-25"), Day("2025-12-25"), Day("2025-12-26"), Day("2026-01-01"),
          Day("2026-04-03"), Day("2026-04-06"), Day("2026-05-04"), Day("2026-05-25"),
          Day("2026-08-31"), Day("2026-12-25"), Day("2026-12-28")};
}

std::vector<absl::CivilDay> Days(const std::vector<const char*>& texts) {
  std::vector<absl::CivilDay> days;
  for (const char* text : texts) days.push_back(Day(text));
  return days;
}

struct CountRow {
  const char* what;
  const char* event;
  int days;
  DayCount count;
  const char* last;
  std::vector<const char*> left_out;
};

class WorkedCount : public ::testing::TestWithParam<CountRow> {};

TEST_P(WorkedCount, EndsOnTheDayAndNamesWhatItLeftOut) {
  const CountRow& row = GetParam();
  const CountedDays counted = CountDays(Day(row.event), row.days, row.count, Holidays());
  EXPECT_EQ(counted.last, Day(row.last)) << row.what;
  EXPECT_EQ(counted.left_out, Days(row.left_out)) << row.what;
}

constexpr DayCount kAct = DayCount::kConstructionAct;
constexpr DayCount kWorking = DayCount::kWorkingDays;

INSTANTIATE_TEST_SUITE_P(
    Days, WorkedCount,
    ::testing::Values(
        CountRow{"referral", "2025-12-18", 7, kAct, "2025-12-27", {"2025-12-25", "2025-12-26"}},
        CountRow{"decision",
                 "2025-12-23",
                 28,
                 kAct,
                 "2026-01-23",
                 {"2025-12-25", "2025-12-26", "2026-01-01"}},
        CountRow{"decision, with 14 days more",
                 "2025-12-23",
                 42,
                 kAct,
                 "2026-02-06",
                 {"2025-12-25", "2025-12-26", "2026-01-01"}},
        CountRow{"a weekend counts", "2025-06-06", 7, kAct, "2025-06-13", {}},
        CountRow{"the event's own day does not", "2025-06-06", 1, kAct, "2025-06-07", {}},
        CountRow{"the last day moves over a holiday",
                 "2025-12-24",
                 1,
                 kAct,
                 "2025-12-27",
                 {"2025-12-25", "2025-12-26"}},
        CountRow{"Good Friday and Easter Monday",
                 "2025-04-17",
                 7,
                 kAct,
                 "2025-04-26",
                 {"2025-04-18", "2025-04-21"}},
        CountRow{"no days", "2025-12-25", 0, kAct, "2025-12-25", {}},
        CountRow{
            "working days", "2025-06-06", 5, kWorking, "2025-06-13", {"2025-06-07", "2025-06-08"}},
        CountRow{"working days from a Saturday",
                 "2025-06-07",
                 1,
                 kWorking,
                 "2025-06-09",
                 {"2025-06-08"}},
        CountRow{"twenty of them over Easter and May Day",
                 "2025-04-10",
                 20,
                 kWorking,
                 "2025-05-13",
                 {"2025-04-12", "2025-04-13", "2025-04-18", "2025-04-19", "2025-04-20",
                  "2025-04-21", "2025-04-26", "2025-04-27", "2025-05-03", "2025-05-04",
                  "2025-05-05", "2025-05-10", "2025-05-11"}}));

TEST(CountDays, LeavesOutChristmasDayAndGoodFridayWhateverTheCalendarSays) {
  EXPECT_THAT(CountDays(Day("2027-12-20"), 7, kAct, {}).left_out, ElementsAre(Day("2027-12-25")));
  EXPECT_THAT(CountDays(Day("2027-03-20"), 7, kAct, {}).left_out, ElementsAre(Day("2027-03-26")));
  EXPECT_THAT(CountDays(Day("2027-12-25"), 7, kAct, {}).left_out, IsEmpty());
}

// The oracle: day by day, each asked for itself.
CountedDays CountOneByOne(absl::CivilDay event, int days, DayCount count,
                          const std::vector<absl::CivilDay>& holidays) {
  CountedDays counted{event, {}};
  absl::CivilDay day = event;
  while (days > 0) {
    ++day;
    const absl::Weekday weekday = absl::GetWeekday(day);
    const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
    const bool named = (day.month() == 12 && day.day() == 25) || day == GoodFriday(day.year());
    const bool bank = std::find(holidays.begin(), holidays.end(), day) != holidays.end();
    if (named || bank || (count == kWorking && weekend)) {
      counted.left_out.push_back(day);
    } else {
      counted.last = day;
      --days;
    }
  }
  return counted;
}

TEST(CountDays, AgreesWithCountingOneByOneOverRandomCalendars) {
  std::mt19937_64 random(20251218);
  for (int round = 0; round < 20000; ++round) {
    std::set<absl::CivilDay> days;
    const absl::CivilDay event = absl::CivilDay(2020, 1, 1) + static_cast<int>(random() % 4000);
    for (uint64_t i = random() % 60; i > 0; --i)
      days.insert(event + static_cast<int>(random() % 90) - 10);
    const std::vector<absl::CivilDay> holidays(days.begin(), days.end());
    const DayCount count = random() % 2 == 0 ? kAct : kWorking;
    const int length = static_cast<int>(random() % 60);
    const CountedDays fast = CountDays(event, length, count, holidays);
    const CountedDays slow = CountOneByOne(event, length, count, holidays);
    ASSERT_EQ(fast.last, slow.last) << "round " << round << " from " << FormatDay(event);
    ASSERT_EQ(fast.left_out, slow.left_out) << "round " << round << " from " << FormatDay(event);
  }
}

}  // namespace
}  // namespace waymark
