#include "ledger/contract/lookup.h"

#include <gtest/gtest.h>

#include "tests/contract/contract_facts.h"

namespace waymark {
namespace {

using test::Day;

ConditionFinding Finding(uint64_t position, const char* recorded_on, const char* first,
                         const char* last, bool met) {
  return {{Position{position}, Day(recorded_on)}, {Day(first), Day(last)}, met};
}

// Quarters as they were found, one of them found again, and a year found late.
FocusHistory Quarters() {
  FocusHistory history;
  history.conditions = {
      Finding(1, "2024-07-05", "2024-04-01", "2024-06-30", true),
      Finding(2, "2024-10-05", "2024-07-01", "2024-09-30", false),
      Finding(3, "2024-11-01", "2024-04-01", "2024-06-30", false),
      Finding(4, "2025-04-05", "2024-01-01", "2024-12-31", true),
  };
  return history;
}

TEST(FindCondition, GivesTheNewestFindingThatSpeaksForTheDayElseForTheDaysBeforeIt) {
  const FocusHistory history = Quarters();
  const struct {
    const char* day;
    uint64_t known;
    int position;  // -1: none
  } kRows[] = {
      {"2024-03-31", 3, -1},  // before the first period
      {"2024-04-01", 1, -1},  // nothing is known yet
      {"2024-04-01", 2, 1},  {"2024-06-30", 3, 1}, {"2024-06-30", 4, 3},
      {"2024-07-01", 4, 2},  {"2025-01-15", 4, 2},  // no later period is found yet
      {"2024-07-01", 5, 4},  {"2024-02-01", 5, 4}, {"2025-01-15", 5, 4},
  };
  for (const auto& row : kRows) {
    const ConditionFinding* found =
        FindCondition(history, Day(row.day), Knowledge{TreeSize{row.known}});
    EXPECT_EQ(found == nullptr ? -1 : static_cast<int>(found->known.position.value), row.position)
        << row.day << " as known by " << row.known << " events";
  }
}

}  // namespace
}  // namespace waymark
