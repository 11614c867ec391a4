#include "ledger/contract/months.h"

#include <gtest/gtest.h>

#include "tests/contract/contract_facts.h"

namespace waymark {
namespace {

using test::Day;

struct MonthsRow {
  const char* first;
  int months;
  const char* last;
};

class MonthRule : public ::testing::TestWithParam<MonthsRow> {};

TEST_P(MonthRule, CompletesTheMonthsOnTheLastDayAndNotBefore) {
  const MonthsRow& row = GetParam();
  EXPECT_EQ(LastDayOfMonths(Day(row.first), row.months), Day(row.last));
  EXPECT_EQ(CompleteMonths(Day(row.first), Day(row.last)), row.months);
  EXPECT_EQ(CompleteMonths(Day(row.first), Day(row.last) - 1), row.months - 1);
}

INSTANTIATE_TEST_SUITE_P(Days, MonthRule,
                         ::testing::Values(MonthsRow{"2024-10-01", 6, "2025-03-31"},
                                           MonthsRow{"2024-02-29", 12, "2025-02-28"},
                                           MonthsRow{"2024-02-29", 48, "2028-02-28"},
                                           MonthsRow{"2024-08-31", 6, "2025-02-28"},
                                           MonthsRow{"2023-08-31", 6, "2024-02-29"},
                                           MonthsRow{"2025-01-29", 1, "2025-02-28"},
                                           MonthsRow{"2025-01-28", 1, "2025-02-27"},
                                           MonthsRow{"2024-01-30", 1, "2024-02-29"},
                                           MonthsRow{"2025-03-31", 1, "2025-04-30"},
                                           // Counted from the first day, not from April's end.
                                           MonthsRow{"2025-03-31", 2, "2025-05-30"},
                                           MonthsRow{"2024-12-15", 1, "2025-01-14"}));

TEST(CompleteMonths, IsZeroForOneDayAndForDaysReversed) {
  EXPECT_EQ(CompleteMonths(Day("2025-03-31"), Day("2025-03-31")), 0);
  EXPECT_EQ(CompleteMonths(Day("2025-03-31"), Day("2024-03-31")), 0);
  EXPECT_EQ(DaysFromTo(Day("2025-03-31"), Day("2025-03-31")), 1);
  EXPECT_EQ(DaysFromTo(Day("2025-03-31"), Day("2025-03-30")), 0);
}

TEST(WindowFirstDay, IsTheLatestDayFromWhichTheMonthsAreComplete) {
  for (absl::CivilDay as_of(2023, 1, 1); as_of < absl::CivilDay(2025, 6, 1); ++as_of) {
    for (const int months : {1, 2, 6, 11, 12, 13, 24}) {
      const absl::CivilDay first = WindowFirstDay(as_of, months);
      ASSERT_GE(CompleteMonths(first, as_of), months) << FormatDay(as_of) << " " << months;
      for (absl::CivilDay later = first + 1; later < first + 5; ++later) {
        ASSERT_LT(CompleteMonths(later, as_of), months) << FormatDay(as_of) << " " << months;
      }
    }
  }
}

TEST(WindowFirstDay, CountsDaysWithTheLastOneIncluded) {
  EXPECT_EQ(WindowFirstDayOfDays(Day("2025-03-31"), 365), absl::CivilDay(2024, 4, 1));
  EXPECT_EQ(WindowFirstDayOfDays(Day("2025-03-31"), 1), absl::CivilDay(2025, 3, 31));
}

}  // namespace
}  // namespace waymark
