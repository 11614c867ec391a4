// Worked examples that need no more than levels, days and grace, one row each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "ledger/contract/longevity.h"
#include "tests/contract/contract_facts.h"

namespace waymark {
namespace {

using test::ContractFacts;
using test::SpanOfText;
using ::testing::IsEmpty;

// A level that takes effect on a day, and the day it was recorded.
struct Given {
  int level;
  const char* effective_on;
  const char* recorded_on;
};

struct Expected {
  const char* since = nullptr;  // null: no run
  const char* through = nullptr;
  int months = 0;
  int days = 0;
  int net_days = 0;
};

// One worked example without holes, expiries or policies.
struct Example {
  const char* id;
  std::vector<Given> given;
  const char* as_of;
  int level;
  int grace_days;
  int held_level;  // -1: UNDETERMINED
  Expected sustained;
  Expected sustained_as_known;
  Expected demonstrated;
  int cumulative_days;
};

std::optional<Span> SpanOfRow(const Expected& row) {
  if (row.since == nullptr) return std::nullopt;
  return SpanOfText(row.since, row.through, row.months, row.days, row.net_days);
}

const Example kExamples[] = {
    {"G1",
     {{1, "2023-04-01", "2023-04-01"}, {3, "2024-10-01", "2024-10-01"}},
     "2025-03-31",
     3,
     0,
     3,
     {"2024-10-01", "2025-03-31", 6, 182, 182},
     {"2024-10-01", "2025-03-31", 6, 182, 182},
     {"2024-10-01", "2025-03-31", 6, 182, 182},
     182},
    {"G2a",
     {{3, "2024-04-01", "2024-04-01"},
      {2, "2024-10-01", "2024-10-01"},
      {3, "2025-01-01", "2025-01-01"}},
     "2025-12-31",
     3,
     0,
     3,
     {"2025-01-01", "2025-12-31", 12, 365, 365},
     {"2025-01-01", "2025-12-31", 12, 365, 365},
     {"2025-01-01", "2025-12-31", 12, 365, 365},
     548},
    {"G2b",
     {{3, "2024-04-01", "2024-04-01"},
      {2, "2024-10-01", "2024-10-01"},
      {3, "2025-01-01", "2025-01-01"}},
     "2025-12-30",
     3,
     0,
     3,
     {"2025-01-01", "2025-12-30", 11, 364, 364},
     {"2025-01-01", "2025-12-30", 11, 364, 364},
     {"2025-01-01", "2025-12-30", 11, 364, 364},
     547},
    {"G3a",
     {{3, "2024-04-01", "2024-04-01"},
      {4, "2024-10-01", "2024-10-01"},
      {3, "2025-04-01", "2025-04-01"}},
     "2025-09-30",
     3,
     0,
     3,
     {"2024-04-01", "2025-09-30", 18, 548, 548},
     {"2024-04-01", "2025-09-30", 18, 548, 548},
     {"2024-04-01", "2025-09-30", 18, 548, 548},
     548},
    {"G3b",
     {{3, "2024-04-01", "2024-04-01"},
      {4, "2024-10-01", "2024-10-01"},
      {3, "2025-04-01", "2025-04-01"}},
     "2025-09-30",
     4,
     0,
     3,
     {},
     {},
     {},
     182},
    {"G4a",
     {{3, "2024-04-01", "2024-04-01"},
      {2, "2024-12-01", "2024-12-01"},
      {3, "2024-12-22", "2024-12-22"}},
     "2025-03-31",
     3,
     0,
     3,
     {"2024-12-22", "2025-03-31", 3, 100, 100},
     {"2024-12-22", "2025-03-31", 3, 100, 100},
     {"2024-12-22", "2025-03-31", 3, 100, 100},
     344},
    {"G4b",
     {{3, "2024-04-01", "2024-04-01"},
      {2, "2024-12-01", "2024-12-01"},
      {3, "2024-12-22", "2024-12-22"}},
     "2025-03-31",
     3,
     30,
     3,
     {"2024-04-01", "2025-03-31", 12, 365, 344},
     {"2024-04-01", "2025-03-31", 12, 365, 344},
     {"2024-12-22", "2025-03-31", 3, 100, 100},
     344},
    {"G12a",
     {{3, "2024-02-29", "2024-02-29"}},
     "2025-02-27",
     3,
     0,
     3,
     {"2024-02-29", "2025-02-27", 11, 365, 365},
     {"2024-02-29", "2025-02-27", 11, 365, 365},
     {"2024-02-29", "2025-02-27", 11, 365, 365},
     365},
    {"G12b",
     {{3, "2024-02-29", "2024-02-29"}},
     "2025-02-28",
     3,
     0,
     3,
     {"2024-02-29", "2025-02-28", 12, 366, 366},
     {"2024-02-29", "2025-02-28", 12, 366, 366},
     {"2024-02-29", "2025-02-28", 12, 366, 366},
     366},
    {"G12c",
     {{3, "2024-08-31", "2024-08-31"}},
     "2025-02-27",
     3,
     0,
     3,
     {"2024-08-31", "2025-02-27", 5, 181, 181},
     {"2024-08-31", "2025-02-27", 5, 181, 181},
     {"2024-08-31", "2025-02-27", 5, 181, 181},
     181},
    {"G12d",
     {{3, "2024-08-31", "2024-08-31"}},
     "2025-02-28",
     3,
     0,
     3,
     {"2024-08-31", "2025-02-28", 6, 182, 182},
     {"2024-08-31", "2025-02-28", 6, 182, 182},
     {"2024-08-31", "2025-02-28", 6, 182, 182},
     182},
    {"ThreeLapsesEachJudgedAlone",
     {{3, "2024-01-01", "2024-01-01"},
      {2, "2024-03-01", "2024-03-01"},
      {3, "2024-03-11", "2024-03-11"},
      {1, "2024-06-01", "2024-06-01"},
      {4, "2024-06-16", "2024-06-16"},
      {2, "2024-09-01", "2024-09-01"},
      {3, "2024-10-02", "2024-10-02"}},
     "2024-12-31",
     3,
     31,
     3,
     {"2024-01-01", "2024-12-31", 12, 366, 310},
     {"2024-01-01", "2024-12-31", 12, 366, 310},
     {"2024-10-02", "2024-12-31", 2, 91, 91},
     310},
    {"TheLastLapseIsOneDayTooLong",
     {{3, "2024-01-01", "2024-01-01"},
      {2, "2024-03-01", "2024-03-01"},
      {3, "2024-03-11", "2024-03-11"},
      {2, "2024-09-01", "2024-09-01"},
      {3, "2024-10-02", "2024-10-02"}},
     "2024-12-31",
     3,
     30,
     3,
     {"2024-10-02", "2024-12-31", 2, 91, 91},
     {"2024-10-02", "2024-12-31", 2, 91, 91},
     {"2024-10-02", "2024-12-31", 2, 91, 91},
     325},
    {"ARiseWithinTheRunWasOnRecordBeforeItWasDecided",
     {{3, "2024-04-01", "2024-04-01"}, {4, "2024-06-01", "2024-09-01"}},
     "2024-12-31",
     3,
     0,
     4,
     {"2024-04-01", "2024-12-31", 9, 275, 275},
     {"2024-04-01", "2024-12-31", 9, 275, 275},
     {"2024-04-01", "2024-12-31", 9, 275, 275},
     275},
    {"ABackdatedFallLeavesWhatWasSaidBefore",
     {{3, "2024-04-01", "2024-04-01"}, {2, "2024-06-01", "2024-09-01"}},
     "2024-07-31",
     3,
     0,
     2,
     {},
     {"2024-04-01", "2024-07-31", 4, 122, 122},
     {},
     61},
    {"Level0IsALevel",
     {{0, "2024-04-01", "2024-04-01"}},
     "2024-09-30",
     0,
     0,
     0,
     {"2024-04-01", "2024-09-30", 6, 183, 183},
     {"2024-04-01", "2024-09-30", 6, 183, 183},
     {"2024-04-01", "2024-09-30", 6, 183, 183},
     183},
    {"G20", {}, "2025-03-31", 3, 0, -1, {}, {}, {}, 0},
};

class WorkedExample : public ::testing::TestWithParam<Example> {};

TEST_P(WorkedExample, GivesTheThreeNumbers) {
  const Example& example = GetParam();
  ContractFacts facts;
  for (const Given& given : example.given) {
    facts.On(given.recorded_on).Determine("PI-CS", given.level, given.effective_on);
  }
  LongevityQuestion question = facts.Ask("PI-CS", example.as_of);
  question.rules = {.gap_policy = GapPolicy::kHold, .grace_days = example.grace_days};
  const Longevity answer = FindLongevity(facts.state, question, example.level);
  EXPECT_EQ(answer.held.level.value_or(-1), example.held_level);
  EXPECT_EQ(answer.held.state,
            example.held_level < 0 ? HeldState::kUndetermined : HeldState::kDetermined);
  EXPECT_THAT(FlagWords(answer.flags), IsEmpty());
  EXPECT_EQ(answer.numbers.sustained, SpanOfRow(example.sustained));
  EXPECT_EQ(answer.numbers.sustained_as_known, SpanOfRow(example.sustained_as_known));
  EXPECT_EQ(answer.numbers.demonstrated, SpanOfRow(example.demonstrated));
  EXPECT_EQ(answer.facts.cumulative_days, example.cumulative_days);
}

INSTANTIATE_TEST_SUITE_P(Golden, WorkedExample, ::testing::ValuesIn(kExamples),
                         [](const auto& info) { return std::string(info.param.id); });

}  // namespace
}  // namespace waymark
