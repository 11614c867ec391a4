// Which rules are well typed, one row a fault, and where the fault is said to be.
#include "ledger/contract/clause_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

v1::Clause ClauseOf(const std::string& rest) {
  v1::Clause clause;
  const std::string head =
      "clause_id: 'K1' version: 1 words: 'as agreed' kind: CLAUSE_KIND_REWARD "
      "effect: CLAUSE_EFFECT_ENTITLES ";
  WAYMARK_CHECK(google::protobuf::TextFormat::ParseFromString(head + rest, &clause));
  clause.set_words_digest(std::string(32, 'd'));
  return clause;
}

std::vector<Violation> FaultsOf(const v1::Clause& clause) {
  Violations violations;
  ShapeCheck check(0, &violations);
  CheckClause(clause, "clause", &check);
  return violations.empty() ? std::vector<Violation>() : ViolationsOf(violations.ToStatus());
}

constexpr char kLevel3[] = "level_at_least { focus: 'PI-CS' level: 3 }";

struct FaultRow {
  const char* name;
  std::string rest;
  std::string reason;
  std::string field;
};

const FaultRow kFaults[] = {
    {"NoRule", "", "RULE_TYPE_ERROR", "clause.rule"},
    {"NodeNotSet", "rule {}", "RULE_TYPE_ERROR", "clause.rule"},
    {"LevelBeyond5", "rule { level_at_least { focus: 'PI-CS' level: 6 } }", "RULE_TYPE_ERROR",
     "clause.rule.level_at_least.level"},
    {"NoFocusOutsideASet", "rule { level_at_least { level: 3 } }", "RULE_TYPE_ERROR",
     "clause.rule.level_at_least.focus"},
    {"EmptyList", "rule { all {} }", "RULE_TYPE_ERROR", "clause.rule.all"},
    {"EmptyAlternatives", "rule { any {} }", "RULE_TYPE_ERROR", "clause.rule.any"},
    {"EachWithoutRule", "rule { each { focuses { word: 'ALL' } } }", "RULE_TYPE_ERROR",
     "clause.rule.each.rule"},
    {"EachWithoutFocuses", "rule { each { rule { level_at_least { level: 3 } } } }",
     "RULE_TYPE_ERROR", "clause.rule.each.focuses"},
    {"UnknownSetWord",
     "rule { each { focuses { word: 'LADDERS' } rule { level_at_least { level: 3 } } } }",
     "RULE_TYPE_ERROR", "clause.rule.each.focuses"},
    {"SetNamesAFocusTwice",
     "rule { each { focuses { focuses: ['A', 'A'] } rule { level_at_least { level: 3 } } } }",
     "RULE_TYPE_ERROR", "clause.rule.each.focuses[1]"},
    {"CountOfNone",
     "rule { count_of_focuses { focuses { word: 'ALL' } rule { level_at_least { level: 3 } } } }",
     "RULE_TYPE_ERROR", "clause.rule.count_of_focuses.at_least"},
    {"NeitherMonthsNorDays", "rule { sustained { focus: 'PI-CS' level: 3 } }", "RULE_TYPE_ERROR",
     "clause.rule.sustained"},
    {"BothMonthsAndDays", "rule { sustained { focus: 'PI-CS' level: 3 months: 6 days: 180 } }",
     "RULE_TYPE_ERROR", "clause.rule.sustained"},
    {"NoMonths", "rule { sustained { focus: 'PI-CS' level: 3 months: 0 } }", "RULE_TYPE_ERROR",
     "clause.rule.sustained.months"},
    {"TooManyMonths", "rule { sustained { focus: 'PI-CS' level: 3 months: 1201 } }",
     "RULE_TYPE_ERROR", "clause.rule.sustained.months"},
    {"TooManyDays", "rule { sustained { focus: 'PI-CS' level: 3 days: 36526 } }", "RULE_TYPE_ERROR",
     "clause.rule.sustained.days"},
    {"NoWindow", "rule { lapses_at_most { focus: 'PI-CS' level: 3 count: 1 } }", "RULE_TYPE_ERROR",
     "clause.rule.lapses_at_most.window"},
    {"TwoWindows",
     "rule { lapses_at_most { focus: 'PI-CS' level: 3 window { days: 9 months: 1 } } }",
     "RULE_TYPE_ERROR", "clause.rule.lapses_at_most.window"},
    {"NoSide",
     "rule { cumulative { focus: 'PI-CS' level: 3 compare: COMPARISON_AT_LEAST days: 1 "
     "window { days: 9 } } }",
     "RULE_TYPE_ERROR", "clause.rule.cumulative.side"},
    {"NoComparison",
     "rule { cumulative { focus: 'PI-CS' level: 3 side: LEVEL_SIDE_BELOW days: 1 "
     "window { days: 9 } } }",
     "RULE_TYPE_ERROR", "clause.rule.cumulative.compare"},
    {"ZeroDenominator", "rule { category_mean { category: 'PI' at_least { num: 3 den: 0 } } }",
     "RULE_TYPE_ERROR", "clause.rule.category_mean.at_least.den"},
    {"NoThreshold", "rule { category_mean { category: 'PI' } }", "RULE_TYPE_ERROR",
     "clause.rule.category_mean.at_least"},
    {"WeightsBelow100",
     "rule { weighted_mean { weights { focus: 'PI-CS' weight: 99 } at_least { num: 3 den: 1 } } }",
     "WEIGHTS_NOT_100", "clause.rule.weighted_mean.weights"},
    {"WeightsThatWrapRound",
     "rule { weighted_mean { weights { focus: 'A' weight: 4294967295 } weights { focus: 'B' "
     "weight: 101 } at_least { num: 3 den: 1 } } }",
     "WEIGHTS_NOT_100", "clause.rule.weighted_mean.weights"},
    {"NoDayToBeCuredIn", "rule { cure { focus: 'PI-CS' level: 3 } }", "RULE_TYPE_ERROR",
     "clause.rule.cure.days"},
    {"NoSuchDay",
     "rule { by_date { by { year: 2025 month: 2 day: 30 } rule { level_at_least { focus: 'PI-CS' "
     "level: 3 } } } }",
     "DATE_INVALID", "clause.rule.by_date.by"},
    {"GateWithoutTrigger", absl::StrCat("rule { gate { rule { ", kLevel3, " } } }"),
     "RULE_TYPE_ERROR", "clause.rule.gate.trigger"},
    {"FaultDeepInside",
     absl::StrCat(
         "rule { all { rules { ", kLevel3,
         " } rules { any { rules { not { sustained { focus: 'A' level: 7 days: 1 } } } } } "
         "} }"),
     "RULE_TYPE_ERROR", "clause.rule.all[1].any[0].not.sustained.level"},
    {"UnknownGapPolicy", absl::StrCat("rule { ", kLevel3, " } parameters { gap_policy: 'FREEZE' }"),
     "RULE_TYPE_ERROR", "clause.parameters.gap_policy"},
    {"UnknownMeasure", absl::StrCat("rule { ", kLevel3, " } parameters { measure: 'GROSS' }"),
     "RULE_TYPE_ERROR", "clause.parameters.measure"},
    {"UnknownDisputeRule",
     absl::StrCat("rule { ", kLevel3, " } parameters { dispute_rule: 'WAIT' }"), "RULE_TYPE_ERROR",
     "clause.parameters.dispute_rule"},
    {"UnknownExpiry", absl::StrCat("rule { ", kLevel3, " } parameters { evidence_expiry: 'LAX' }"),
     "RULE_TYPE_ERROR", "clause.parameters.evidence_expiry"},
    {"GraceOf91Days", absl::StrCat("rule { ", kLevel3, " } parameters { grace_days: 91 }"),
     "RULE_TYPE_ERROR", "clause.parameters.grace_days"},
    {"QuantityWithoutAmount",
     "quantity { pro_rata { focus: 'PI-CS' level: 3 contract_year: 2024 } }", "RULE_TYPE_ERROR",
     "clause.quantity.pro_rata.full"},
    {"AmountBelowZero",
     "quantity { pro_rata { focus: 'PI-CS' level: 3 contract_year: 2024 full { pence: -1 } } }",
     "RULE_TYPE_ERROR", "clause.quantity.pro_rata.full.pence"},
    {"NoContractYear", "quantity { pro_rata { focus: 'PI-CS' level: 3 full { pence: 1 } } }",
     "RULE_TYPE_ERROR", "clause.quantity.pro_rata.contract_year"},
    {"ReversedPeriod",
     absl::StrCat("rule { ", kLevel3,
                  " } effective { first { year: 2025 month: 1 day: 2 } last { year: 2025 month: 1 "
                  "day: 1 } }"),
     "PERIOD_REVERSED", "clause.effective"},
};

class ClauseFaults : public ::testing::TestWithParam<FaultRow> {};

TEST_P(ClauseFaults, AreToldWithTheirPlace) {
  const FaultRow& row = GetParam();
  const std::vector<Violation> faults = FaultsOf(ClauseOf(row.rest));
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].reason, row.reason);
  EXPECT_EQ(faults[0].field, row.field);
}

INSTANTIATE_TEST_SUITE_P(AllKinds, ClauseFaults, ::testing::ValuesIn(kFaults),
                         [](const auto& info) { return std::string(info.param.name); });

// A chain of so many nodes, the last a leaf, under nodes of one kind.
v1::Clause Chain(int nodes, const char* kind) {
  v1::Clause clause = ClauseOf("");
  v1::Rule* rule = clause.mutable_rule();
  for (int i = 1; i < nodes; ++i) {
    rule = std::string(kind) == "not" ? rule->mutable_not_() : rule->mutable_all()->add_rules();
  }
  rule->mutable_level_at_least()->set_focus("PI-CS");
  return clause;
}

TEST(ClauseCheck, TakesATreeOfTheGreatestDepthAndNoDeeper) {
  for (const char* kind : {"not", "all"}) {
    EXPECT_TRUE(FaultsOf(Chain(kRuleDepthMax, kind)).empty());
    const std::vector<Violation> faults = FaultsOf(Chain(kRuleDepthMax + 1, kind));
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(faults[0].reason, "RULE_TYPE_ERROR");
    EXPECT_THAT(faults[0].message, ::testing::HasSubstr("deeper than 32"));
  }
}

TEST(ClauseCheck, TakesATreeOfTheGreatestSizeAndNoLarger) {
  v1::Clause clause = ClauseOf("");
  v1::RuleList* list = clause.mutable_rule()->mutable_all();
  for (int i = 1; i < kRuleNodesMax; ++i) {
    list->add_rules()->mutable_level_at_least()->set_focus("PI-CS");
  }
  EXPECT_TRUE(FaultsOf(clause).empty());
  list->add_rules()->mutable_level_at_least()->set_focus("PI-CS");
  ASSERT_EQ(FaultsOf(clause).size(), 1u);
  EXPECT_EQ(FaultsOf(clause)[0].field, "clause.rule.all[511]");
}

TEST(ClauseCheck, BoundsWhatSetsWithinSetsMultiply) {
  const std::string each = "each { focuses { word: 'ALL' } rule { ";
  const std::string leaf = "level_at_least { level: 1 }";
  EXPECT_TRUE(FaultsOf(ClauseOf("rule { " + each + each + leaf + "}}}}}")).empty());
  const std::vector<Violation> faults =
      FaultsOf(ClauseOf("rule { " + each + each + each + leaf + "}}}}}}}"));
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].reason, "RULE_TYPE_ERROR");
}

TEST(ClauseCheck, FindsEveryNameThatTheMatrixLacks) {
  const v1::Clause clause = ClauseOf(
      "rule { all { rules { level_at_least { focus: 'F1' level: 1 } } rules { each { focuses { "
      "focuses: ['PI-CS', 'F2'] } rule { level_at_least { level: 1 } } } } rules { each { focuses "
      "{ "
      "word: 'CATEGORY:C1' } rule { level_at_least { level: 1 } } } } rules { category_mean { "
      "category: 'C2' at_least { num: 1 den: 1 } } } rules { weighted_mean { weights { focus: 'F3' "
      "weight: 100 } at_least { num: 1 den: 1 } } } } } quantity { pro_rata { focus: 'F4' level: 1 "
      "contract_year: 2024 full { pence: 1 } } }");
  EXPECT_TRUE(FaultsOf(clause).empty());
  ClauseNames names;
  names.focuses = {"PI-CS"};
  names.categories = {"PI"};
  std::vector<std::string> fields;
  for (const UnknownName& unknown : FindUnknownNames(clause, "clause", names)) {
    fields.push_back(unknown.field);
  }
  EXPECT_THAT(fields, ::testing::ElementsAre("clause.rule.all[0].level_at_least.focus",
                                             "clause.rule.all[1].each.focuses[1]",
                                             "clause.rule.all[2].each.focuses",
                                             "clause.rule.all[3].category_mean.category",
                                             "clause.rule.all[4].weighted_mean.weights[0].focus",
                                             "clause.quantity.pro_rata.focus"));
}

TEST(ClauseCheck, TakesAThresholdThatIsNotInLowestTerms) {
  EXPECT_TRUE(
      FaultsOf(ClauseOf("rule { category_mean { category: 'PI' at_least { num: 305 den: 100 } } }"))
          .empty());
}

}  // namespace
}  // namespace waymark::test
