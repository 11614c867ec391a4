// Every kind of node on days where its answer turns, one row each.
#include "ledger/contract/clause_evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "tests/contract/clause_facts.h"

namespace waymark::test {
namespace {

// PI-CS: 3 from 2024-04-01, 2 from 2024-12-01, 3 again from 2024-12-22. PI-IV: 2 from 2024-10-01,
// 3 from 2025-02-01. SE-AM: 4 from 2024-07-01, spoken for until 2024-12-31. SE-NM: nothing.
ClauseFacts Facts() {
  ClauseFacts facts;
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
  facts.On("2024-07-01").Determine("SE-AM", 4, "2024-07-01").coverage_to = Day("2024-12-31");
  facts.On("2024-10-01").Determine("PI-IV", 2, "2024-10-01");
  facts.On("2024-12-01").Determine("PI-CS", 2, "2024-12-01");
  facts.On("2024-12-22").Determine("PI-CS", 3, "2024-12-22");
  facts.On("2025-02-01").Determine("PI-IV", 3, "2025-02-01");
  return facts;
}

struct Row {
  const char* name;
  const char* clause;
  const char* as_of;
  const char* outcome;
};

#define CS3 "level_at_least { focus: 'PI-CS' level: 3 }"
#define NM1 "level_at_least { focus: 'SE-NM' level: 1 }"
#define CS4 "level_at_least { focus: 'PI-CS' level: 4 }"
#define DATE(y, m, d) "{ year: " #y " month: " #m " day: " #d " }"

const Row kRows[] = {
    {"Level", "rule { " CS3 " }", "2025-03-31", "SATISFIED"},
    {"LevelNotReached", "rule { " CS4 " }", "2025-03-31", "NOT_SATISFIED"},
    {"LevelOfNothing", "rule { " NM1 " }", "2025-03-31", "INDETERMINATE"},
    {"LevelThatIsStale",
     "rule { level_at_least { focus: 'SE-AM' level: 3 } } parameters { gap_policy: 'STALE' }",
     "2025-01-01", "INDETERMINATE"},
    {"LevelThatIsHeldOverAHole",
     "rule { level_at_least { focus: 'SE-AM' level: 3 } } parameters { gap_policy: 'HOLD' }",
     "2025-01-01", "SATISFIED"},
    {"ARewardReadsItsOwnGapPolicy",
     "kind: CLAUSE_KIND_REWARD rule { level_at_least { focus: 'SE-AM' level: 3 } }", "2025-01-01",
     "INDETERMINATE"},
    {"AllIsSettledByOneFailure", "rule { all { rules { " NM1 " } rules { " CS4 " } } }",
     "2025-03-31", "NOT_SATISFIED"},
    {"AllWithAnUnknown", "rule { all { rules { " NM1 " } rules { " CS3 " } } }", "2025-03-31",
     "INDETERMINATE"},
    {"AnyIsSettledByOneSuccess", "rule { any { rules { " NM1 " } rules { " CS3 " } } }",
     "2025-03-31", "SATISFIED"},
    {"AnyWithAnUnknown", "rule { any { rules { " NM1 " } rules { " CS4 " } } }", "2025-03-31",
     "INDETERMINATE"},
    {"NotSwaps", "rule { not { " CS4 " } }", "2025-03-31", "SATISFIED"},
    {"NotOfAnUnknown", "rule { not { " NM1 " } }", "2025-03-31", "INDETERMINATE"},
    {"EachOfAList",
     "rule { each { focuses { focuses: ['PI-IV', 'PI-CS'] } rule { level_at_least { level: 3 } } } "
     "}",
     "2025-03-31", "SATISFIED"},
    {"EachBeforeAnyMatrixIsUnknown",
     "rule { each { focuses { word: 'LADDER' } rule { level_at_least { level: 3 } } } }",
     "2022-03-31", "INDETERMINATE"},
    {"CountReached",
     "rule { count_of_focuses { focuses { word: 'LADDER' } at_least: 3 rule { level_at_least { "
     "level: 3 } } } }",
     "2025-03-31", "SATISFIED"},
    {"CountThatTheUnknownsCouldReach",
     "rule { count_of_focuses { focuses { word: 'LADDER' } at_least: 6 rule { level_at_least { "
     "level: 3 } } } }",
     "2025-03-31", "INDETERMINATE"},
    {"CountOutOfReach",
     "rule { count_of_focuses { focuses { word: 'LADDER' } at_least: 6 rule { level_at_least { "
     "level: 3 } } } }",
     "2025-01-31", "NOT_SATISFIED"},
    {"SustainedToTheDay", "rule { sustained { focus: 'PI-CS' level: 3 months: 8 } }", "2024-11-30",
     "SATISFIED"},
    {"SustainedADayShort", "rule { sustained { focus: 'PI-CS' level: 3 months: 8 } }", "2024-11-29",
     "NOT_SATISFIED"},
    {"SustainedInDays", "rule { sustained { focus: 'PI-CS' level: 3 days: 100 } }", "2025-03-31",
     "SATISFIED"},
    {"SustainedOverABridge",
     "rule { sustained { focus: 'PI-CS' level: 3 months: 12 } } parameters { grace_days: 30 }",
     "2025-03-31", "SATISFIED"},
    {"SustainedNetOfTheBridge",
     "rule { sustained { focus: 'PI-CS' level: 3 months: 12 } } parameters { grace_days: 30 "
     "measure: 'NET' }",
     "2025-03-31", "NOT_SATISFIED"},
    {"SustainedNetInDays",
     "rule { sustained { focus: 'PI-CS' level: 3 days: 344 } } parameters { grace_days: 30 "
     "measure: 'NET' }",
     "2025-03-31", "SATISFIED"},
    {"SustainedOfNothing", "rule { sustained { focus: 'SE-NM' level: 3 days: 1 } }", "2025-03-31",
     "INDETERMINATE"},
    {"SustainedIsBrokenUnderLapse",
     "rule { sustained { focus: 'SE-AM' level: 3 days: 1 } } parameters { gap_policy: 'LAPSE' }",
     "2025-01-01", "NOT_SATISFIED"},
    {"SustainedIsPausedAfterItReached",
     "rule { sustained { focus: 'SE-AM' level: 3 months: 6 } } parameters { gap_policy: 'STALE' }",
     "2025-01-01", "INDETERMINATE"},
    {"SustainedIsPausedBeforeItReached",
     "rule { sustained { focus: 'SE-AM' level: 3 months: 7 } } parameters { gap_policy: 'STALE' }",
     "2025-02-28", "NOT_SATISFIED"},
    {"CumulativeReached",
     "rule { cumulative { focus: 'PI-CS' level: 3 side: LEVEL_SIDE_AT_OR_ABOVE compare: "
     "COMPARISON_AT_LEAST days: 344 window { months: 12 } } }",
     "2025-03-31", "SATISFIED"},
    {"CumulativeNotReached",
     "rule { cumulative { focus: 'PI-CS' level: 3 side: LEVEL_SIDE_AT_OR_ABOVE compare: "
     "COMPARISON_AT_LEAST days: 345 window { months: 12 } } }",
     "2025-03-31", "NOT_SATISFIED"},
    {"CumulativeThatUnknownDaysCouldReach",
     "rule { cumulative { focus: 'PI-CS' level: 3 side: LEVEL_SIDE_AT_OR_ABOVE compare: "
     "COMPARISON_AT_LEAST days: 345 window { months: 13 } } }",
     "2025-03-31", "INDETERMINATE"},
    {"DaysBelow",
     "rule { cumulative { focus: 'PI-CS' level: 3 side: LEVEL_SIDE_BELOW compare: "
     "COMPARISON_AT_MOST days: 21 window { contract_year: 2024 } } }",
     "2025-03-31", "SATISFIED"},
    {"DaysBelowBeforeTheYearIsOver",
     "rule { cumulative { focus: 'PI-CS' level: 3 side: LEVEL_SIDE_BELOW compare: "
     "COMPARISON_AT_MOST days: 21 window { contract_year: 2024 } } }",
     "2025-03-30", "INDETERMINATE"},
    {"TooManyDaysBelow",
     "rule { cumulative { focus: 'PI-CS' level: 3 side: LEVEL_SIDE_BELOW compare: "
     "COMPARISON_AT_MOST days: 20 window { contract_year: 2024 } } }",
     "2024-12-31", "NOT_SATISFIED"},
    {"OneLapse",
     "rule { lapses_at_most { focus: 'PI-CS' level: 3 count: 1 window { days: 365 } } }",
     "2025-03-31", "SATISFIED"},
    {"OneLapseTooMany",
     "rule { lapses_at_most { focus: 'PI-CS' level: 3 count: 0 window { days: 101 } } }",
     "2025-03-31", "NOT_SATISFIED"},
    {"TheLapseIsBeforeTheWindow",
     "rule { lapses_at_most { focus: 'PI-CS' level: 3 count: 0 window { days: 100 } } }",
     "2025-03-31", "SATISFIED"},
    {"AnOpenLapseCounts",
     "rule { lapses_at_most { focus: 'PI-CS' level: 3 count: 0 window { days: 1 } } }",
     "2024-12-01", "NOT_SATISFIED"},
    {"UnknownDaysLeaveAPassOpen",
     "rule { lapses_at_most { focus: 'PI-CS' level: 3 count: 1 window { days: 366 } } }",
     "2025-03-31", "INDETERMINATE"},
    {"MeanThatBothBoundsReach",
     "rule { category_mean { category: 'SE' at_least { num: 2 den: 1 } } }", "2025-03-31",
     "SATISFIED"},
    {"MeanBetweenItsBounds", "rule { category_mean { category: 'SE' at_least { num: 5 den: 2 } } }",
     "2025-03-31", "INDETERMINATE"},
    {"MeanThatNeitherBoundReaches",
     "rule { category_mean { category: 'SE' at_least { num: 23 den: 5 } } }", "2025-03-31",
     "NOT_SATISFIED"},
    {"MeanOfACategoryWithoutLadders",
     "rule { category_mean { category: 'CR' at_least { num: 0 den: 1 } } }", "2025-03-31",
     "INDETERMINATE"},
    {"WeightedMean",
     "rule { weighted_mean { weights { focus: 'PI-CS' weight: 75 } weights { focus: 'SE-AM' "
     "weight: 25 } at_least { num: 325 den: 100 } } }",
     "2025-03-31", "SATISFIED"},
    {"ByDateBeforeIt", "rule { by_date { by " DATE(2025, 3, 31) " rule { " CS3 " } } }",
     "2025-03-30", "INDETERMINATE"},
    {"ByDateOnIt", "rule { by_date { by " DATE(2025, 3, 31) " rule { " CS3 " } } }", "2025-03-31",
     "SATISFIED"},
    {"ByDateLooksBackToIt", "rule { by_date { by " DATE(2024, 12, 5) " rule { " CS3 " } } }",
     "2025-03-31", "NOT_SATISFIED"},
    {"ByDateOfASustainedRule",
     "rule { by_date { by " DATE(
         2024, 11, 30) " rule { sustained { focus: 'PI-CS' level: 3 months: 8 } } } }",
     "2025-03-31", "SATISFIED"},
    {"GateThatCaps", "rule { gate { trigger { " CS3 " } rule { " CS3 " } } }", "2025-03-31",
     "NOT_SATISFIED"},
    {"GateThatIsOpen", "rule { gate { trigger { " CS4 " } rule { " CS3 " } } }", "2025-03-31",
     "SATISFIED"},
    {"GateThatNobodyKnows", "rule { gate { trigger { " NM1 " } rule { " CS3 " } } }", "2025-03-31",
     "INDETERMINATE"},
    {"CureWithoutANotice", "rule { cure { focus: 'PI-CS' level: 3 days: 30 } }", "2025-03-31",
     "NOT_SATISFIED"},
    {"QuantityAboveZero",
     "quantity { pro_rata { focus: 'PI-CS' level: 3 contract_year: 2024 full { pence: 36500 } } }",
     "2025-03-31", "SATISFIED"},
    {"QuantityOfAYearToCome",
     "quantity { pro_rata { focus: 'PI-CS' level: 3 contract_year: 2025 full { pence: 36500 } } }",
     "2025-03-31", "INDETERMINATE"},
    {"QuantityOfAYearBeforeTheFirstLevel",
     "quantity { pro_rata { focus: 'PI-CS' level: 3 contract_year: 2022 full { pence: 36500 } } }",
     "2025-03-31", "NOT_SATISFIED"},
};

class ClauseNodes : public ::testing::TestWithParam<Row> {};

TEST_P(ClauseNodes, SayWhatTheRowSays) {
  const Row& row = GetParam();
  EXPECT_EQ(Facts().Outcome(row.clause, row.as_of), row.outcome);
}

INSTANTIATE_TEST_SUITE_P(AllKinds, ClauseNodes, ::testing::ValuesIn(kRows),
                         [](const auto& info) { return std::string(info.param.name); });

constexpr char kCure[] = "rule { cure { focus: 'PI-IV' level: 3 days: 30 } }";

TEST(Cure, FollowsTheLatestNoticeToTheDayOfRestoration) {
  ClauseFacts facts = Facts();
  facts.On("2025-01-01").Notice("N1", "PI-IV", "2025-01-01");
  EXPECT_EQ(facts.Outcome(kCure, "2024-12-31"), "NOT_SATISFIED");
  EXPECT_EQ(facts.Outcome(kCure, "2025-01-31"), "INDETERMINATE");
  // Restored on 2025-02-01, one day late.
  EXPECT_EQ(facts.Outcome(kCure, "2025-02-01"), "SATISFIED");
  facts.Notice("N2", "PI-IV", "2025-01-02");
  EXPECT_EQ(facts.Outcome(kCure, "2025-02-01"), "NOT_SATISFIED");
  facts.Notice("N3", "PI-IV", "2025-02-01");
  const Evaluation held = facts.Evaluate(kCure, "2025-04-30");
  EXPECT_EQ(OutcomeWord(held.outcome), "NOT_SATISFIED");
  EXPECT_THAT(held.rule->values.Canonical(), ::testing::HasSubstr("\"held_on_service\":true"));
}

TEST(Cure, TakesNoNoticeOfAnotherClause) {
  ClauseFacts facts = Facts();
  facts.On("2025-01-01").Notice("N1", "PI-IV", "2025-01-01").clause_id = "K2";
  EXPECT_EQ(facts.Outcome(kCure, "2025-02-01"), "NOT_SATISFIED");
}

TEST(Cure, OnAnAssessmentAsksForTheStepAndNotForTheLevel) {
  const std::string clause =
      "rule { cure { focus: 'PI-IV' level: 3 days: 31 basis: CURE_BASIS_ASSESSED } }";
  ClauseFacts facts = Facts();
  facts.On("2025-01-01").Notice("N1", "PI-IV", "2025-01-01");
  EXPECT_EQ(facts.Outcome(clause, "2025-02-02"), "SATISFIED");
  facts.On("2025-02-02")
      .state.notices["N1"]
      .steps.push_back({facts.Record(), v1::IMPROVEMENT_STEP_NOT_CURED, Day("2025-01-20")});
  EXPECT_EQ(facts.Outcome(clause, "2025-02-02"), "SATISFIED");
  facts.state.notices["N1"].steps.push_back(
      {facts.Record(), v1::IMPROVEMENT_STEP_CURED, Day("2025-02-01")});
  EXPECT_EQ(facts.Outcome(clause, "2025-02-02"), "NOT_SATISFIED");
}

TEST(Policies, AreFollowedWhereTheClauseSaysNothing) {
  ClauseFacts facts = Facts();
  const std::string each =
      "rule { each { focuses { word: 'ALL' } rule { level_at_least { level: 0 "
      "} } } }";
  EXPECT_EQ(facts.Evaluate(each, "2025-03-31").rule->inner.size(), 9u);
  facts.On("2025-01-01").SetPolicy(v1::POLICY_KEY_UNLADDERED_IN_ALL, "LEAVE_OUT", "2025-01-01");
  EXPECT_EQ(facts.Evaluate(each, "2025-03-31").rule->inner.size(), 6u);

  const std::string reached = "rule { by_date { by " DATE(2024, 12, 5) " rule { " CS3 " } } }";
  facts.SetPolicy(v1::POLICY_KEY_TARGET_TEST, "REACHED_BY", "2025-01-01");
  const Evaluation said = facts.Evaluate(reached, "2025-03-31");
  EXPECT_EQ(OutcomeWord(said.outcome), "SATISFIED");
  EXPECT_THAT(said.rule->values.Canonical(), ::testing::HasSubstr("\"reached_on\":\"2024-04-01\""));

  facts.DisputeLast("PI-CS");
  EXPECT_EQ(facts.Outcome("rule { " CS3 " }", "2025-03-31"), "SATISFIED");
  facts.SetPolicy(v1::POLICY_KEY_DISPUTE_RULE, "HOLD_OFF", "2025-01-01");
  EXPECT_EQ(facts.Outcome("rule { " CS3 " }", "2025-03-31"), "INDETERMINATE");
  EXPECT_EQ(facts.Outcome("rule { " CS3 " } parameters { dispute_rule: 'STANDS' }", "2025-03-31"),
            "SATISFIED");
}

TEST(Flags, SayWhatTheLeavesRestOn) {
  ClauseFacts facts = Facts();
  facts.DisputeLast("PI-IV");
  EXPECT_TRUE(facts.Evaluate("rule { level_at_least { focus: 'PI-IV' level: 1 } }", "2025-03-31")
                  .flags.disputed);
  EXPECT_FALSE(facts.Evaluate("rule { level_at_least { focus: 'PI-IV' level: 1 } }", "2025-01-31")
                   .flags.disputed);
  EXPECT_FALSE(facts.Evaluate("rule { " CS3 " }", "2025-03-31").flags.disputed);
  const Evaluation ended = facts.Evaluate("rule { " CS3 " }", "2031-01-01");
  EXPECT_TRUE(ended.flags.contract_ended);
  EXPECT_EQ(ended.answered_on, Day("2030-03-31"));
}

TEST(EarliestIfHeld, IsTheFirstDayThatTimeAloneBrings) {
  const ClauseFacts facts = Facts();
  const auto earliest = [&](const std::string& clause, const char* as_of) {
    const auto day = facts.Evaluate(clause, as_of).earliest_if_held;
    return day ? FormatDay(*day) : "never";
  };
  EXPECT_EQ(earliest("rule { " CS3 " }", "2025-03-31"), "2025-03-31");
  EXPECT_EQ(earliest("rule { " CS4 " }", "2025-03-31"), "never");
  EXPECT_EQ(earliest("rule { sustained { focus: 'PI-IV' level: 3 months: 6 } }", "2025-03-31"),
            "2025-07-31");
  EXPECT_EQ(earliest("rule { sustained { focus: 'PI-IV' level: 3 months: 120 } }", "2025-03-31"),
            "never");
  EXPECT_EQ(
      earliest("rule { by_date { by " DATE(2026, 3, 31) " rule { " CS3 " } } }", "2025-03-31"),
      "2026-03-31");
  EXPECT_EQ(earliest("rule { lapses_at_most { focus: 'PI-CS' level: 3 count: 0 window { days: 365 "
                     "} } }",
                     "2025-03-31"),
            "2025-12-21");
}

TEST(EarliestIfHeld, LooksTenYearsAheadAndNoFurther) {
  ClauseFacts facts = Facts();
  facts.state.registration->ends_on = Day("9999-12-31");
  const auto evaluate = [&](int days) {
    return facts.Evaluate(
        absl::StrCat("rule { sustained { focus: 'PI-IV' level: 3 days: ", days, " } }"),
        "2025-02-01");
  };
  EXPECT_EQ(evaluate(kLookAheadDaysMax + 1).earliest_if_held,
            Day("2025-02-01") + kLookAheadDaysMax);
  EXPECT_EQ(evaluate(kLookAheadDaysMax + 2).earliest_if_held, std::nullopt);
}

TEST(EarliestIfHeld, LooksLessFarTheLargerTheEvaluationIs) {
  EXPECT_EQ(LookAheadDays(0), kLookAheadDaysMax);
  EXPECT_EQ(LookAheadDays(273), kLookAheadDaysMax);
  EXPECT_EQ(LookAheadDays(274), 3649);
  EXPECT_EQ(LookAheadDays(65536), 15);
  EXPECT_EQ(LookAheadDays(kLookAheadResultsMax + 1), 0);
}

// Ten years of service; every focus is determined each quarter, at turns 2 and 3.
ClauseFacts TenYears() {
  ClauseFacts facts;
  facts.state.registration->ends_on = Day("2032-03-31");
  facts.state.policies.push_back({facts.On("2022-04-01").Record(), Day("2022-04-01"),
                                  v1::POLICY_KEY_TARGET_TEST, "REACHED_BY"});
  for (int quarter = 0; quarter < 40; ++quarter) {
    const absl::CivilDay day = absl::CivilDay(absl::CivilMonth(2022, 4) + 3 * quarter);
    const std::string text = absl::FormatCivilTime(day);
    for (const char* focus : {"PI-CS", "PI-IV", "PI-SV", "PI-CC", "SE-AM", "SE-NM"}) {
      facts.On(text).Determine(focus, 2 + quarter % 2, text);
    }
  }
  return facts;
}

std::string Nested(int levels, const std::string& before, const std::string& innermost,
                   const std::string& after) {
  std::string rule = innermost;
  for (int i = 0; i < levels; ++i) rule = absl::StrCat(before, rule, after);
  return absl::StrCat("rule { ", rule, " }");
}

// The deepest and the widest that a rule may be. Work that doubles with every by_date, or is looked
// ahead for each of very many nodes, does not end within a test's time.
TEST(Evaluation, OfTheWorstClausesEnds) {
  const ClauseFacts facts = TenYears();
  const std::string before = "by_date { by " DATE(2032, 3, 1) " rule { ";
  const std::string leaf =
      "cumulative { focus: 'PI-CS' level: 3 side: LEVEL_SIDE_AT_OR_ABOVE "
      "compare: COMPARISON_AT_LEAST days: 36525 window { months: 120 } }";
  std::string many;
  for (int i = 0; i < 400; ++i) absl::StrAppend(&many, "rules { ", leaf, " } ");
  std::string set = "count_of_focuses { at_least: 64 focuses { ", leaves;
  for (size_t i = 0; i < kMatrixFocusesMax; ++i) absl::StrAppend(&set, "focuses: 'F-", i, "' ");
  absl::StrAppend(&set, "} rule { ");
  for (int i = 0; i < 14; ++i) {
    absl::StrAppend(&leaves, "rules { sustained { level: 3 months: 1200 } } ");
  }
  const std::pair<const char*, std::string> clauses[] = {
      {"by_date in by_date", Nested(kRuleDepthMax - 1, before, leaf, " } }")},
      {"not over by_date in by_date",
       Nested((kRuleDepthMax - 1) / 2, "not { " + before, leaf, " } } }")},
      {"wide", absl::StrCat("rule { any { ", many, " } }")},
      {"wide below by_date", absl::StrCat("rule { ", before, "any { ", many, " } } } }")},
      {"sets in sets", absl::StrCat("rule { ", set, set, "any { ", leaves, " } } } } } }")},
      {"sets below by_date",
       absl::StrCat("rule { ", before, set, "any { ", leaves, " } } } } } }")},
  };
  for (const auto& [name, clause] : clauses) {
    EXPECT_NE(facts.Evaluate(clause, "2032-03-31").outcome, v1::CLAUSE_OUTCOME_UNSPECIFIED) << name;
  }
}

TEST(Quantity, IsAnExactShareOfTheYearAndOfTheAmount) {
  const Evaluation said = Facts().Evaluate(
      "quantity { pro_rata { focus: 'PI-CS' level: 3 contract_year: 2024 full { pence: 100001 } } "
      "}",
      "2025-03-31");
  EXPECT_EQ(said.quantity->values.Canonical(),
            R"({"amount_pence":"94248","fraction":"344/365","full_pence":"100001",)"
            R"("held_days":344,"unknown_days":0,"year":{"first":"2024-04-01","last":"2025-03-31"},)"
            R"("year_days":365})");
}

}  // namespace
}  // namespace waymark::test
