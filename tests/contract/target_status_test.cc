#include "ledger/contract/target_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/contract/contract_facts.h"

namespace waymark {
namespace {

using test::ContractFacts;
using test::Day;
using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

// A matrix of two ladders, defined at all levels, and one focus whose levels are not known.
ContractFacts WithAMatrix() {
  ContractFacts facts;
  facts.On("2024-01-01");
  MatrixDraft draft;
  draft.known = facts.Record();
  draft.version_hash = "v1";
  for (const std::string code : {"PI-CS", "PI-CC", "CR-FR"}) {
    v1::Focus* focus = draft.matrix.add_focuses();
    focus->set_code(code);
    const bool ladder = code != "CR-FR";
    focus->set_kind(ladder ? v1::FOCUS_KIND_LADDER : v1::FOCUS_KIND_UNASSIGNED);
    for (uint32_t level = 0; level <= 5; ++level) {
      v1::Cell* cell = draft.matrix.add_cells();
      cell->set_focus(code);
      cell->set_level(level);
      cell->set_state(ladder ? v1::CELL_STATE_DEFINED : v1::CELL_STATE_UNASSIGNED);
    }
  }
  facts.state.drafts.push_back(draft);
  facts.Adopt("v1", "2024-01-01");
  return facts;
}

Target& SetTarget(ContractFacts& facts, const std::string& focus, int level, const char* due) {
  Target target;
  target.known = facts.Record();
  target.level = level;
  target.due = Day(due);
  facts.state.focuses[focus].targets.push_back(target);
  return facts.state.focuses[focus].targets.back();
}

TargetStatus StatusOf(const ContractFacts& facts, const std::string& focus, const char* as_of) {
  return FindTargetStanding(facts.state, focus, Day(as_of), facts.head)->status;
}

TEST(TargetStanding, IsMetOnTheDueDayByADecisionMadeLater) {  // G13
  ContractFacts facts = WithAMatrix();
  facts.On("2024-04-01");
  SetTarget(facts, "PI-CC", 3, "2025-03-31");
  Determination& one = facts.On("2025-05-06").Determine("PI-CC", 3, "2025-03-31");
  one.period = {Day("2025-01-01"), Day("2025-03-31")};
  one.decided_on = Day("2025-05-06");
  const auto then =
      FindTargetStanding(facts.state, "PI-CC", Day("2025-03-31"), facts.KnownBy("2025-03-31"));
  EXPECT_EQ(then->status, TargetStatus::kNotYetDetermined);
  EXPECT_EQ(then->numbers, ThreeNumbers{});
  const auto now = FindTargetStanding(facts.state, "PI-CC", Day("2025-03-31"), facts.head);
  EXPECT_EQ(now->status, TargetStatus::kMet);
  EXPECT_THAT(now->met_on, Optional(Day("2025-03-31")));
  EXPECT_THAT(now->decided_on, Optional(Day("2025-05-06")));
  EXPECT_THAT(now->decided_after_days, Optional(36));
  EXPECT_EQ(now->numbers.sustained, SpanOf(Day("2025-03-31"), Day("2025-03-31")));
  EXPECT_EQ(now->numbers.sustained_as_known, std::nullopt);
  EXPECT_EQ(now->numbers.demonstrated, std::nullopt);
}

TEST(TargetStanding, IsNotDueBeforeTheDayAndSaysSinceWhenItIsReached) {
  ContractFacts facts = WithAMatrix();
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-03-30"), TargetStatus::kNotDue);
  facts.On("2024-06-01").Determine("PI-CS", 3, "2024-06-01");
  const auto reached = FindTargetStanding(facts.state, "PI-CS", Day("2025-03-30"), facts.head);
  EXPECT_EQ(reached->status, TargetStatus::kNotDue);
  EXPECT_THAT(reached->reached_on, Optional(Day("2024-06-01")));
  EXPECT_EQ(reached->met_on, std::nullopt);
}

TEST(TargetStanding, ChangesOnTheDayTheChangeIsRecordedAndShowsTheEarlierTargetBeforeIt) {
  ContractFacts facts = WithAMatrix();
  facts.On("2024-04-01");
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  facts.On("2025-02-10");
  SetTarget(facts, "PI-CS", 4, "2026-03-31");
  const TreeSize then = facts.KnownBy("2024-12-31");
  const struct {
    const char* as_of;
    TreeSize known;
    int level;
  } kRows[] = {
      {"2025-02-09", facts.head, 3}, {"2025-02-10", facts.head, 4}, {"2025-03-31", facts.head, 4},
      {"2025-03-31", then, 3},       {"2024-01-01", facts.head, 3},
  };
  for (const auto& row : kRows) {
    const auto standing = FindTargetStanding(facts.state, "PI-CS", Day(row.as_of), row.known);
    ASSERT_TRUE(standing) << row.as_of;
    EXPECT_EQ(standing->target.level, row.level) << row.as_of;
  }
}

TEST(TargetStanding, EndsOnTheDayTheWithdrawalIsRecordedAndCanBeSetAnew) {
  ContractFacts facts = WithAMatrix();
  facts.On("2024-04-01");
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  const TreeSize then = facts.head;
  facts.On("2025-04-01").Determine("PI-CS", 2, "2025-03-31");
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-05-01"), TargetStatus::kMissed);
  facts.On("2025-05-02");
  SetTarget(facts, "PI-CS", 0, "2025-03-31").withdrawn = true;
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-05-01"), TargetStatus::kMissed);
  EXPECT_EQ(FindTargetStanding(facts.state, "PI-CS", Day("2025-05-02"), facts.head), std::nullopt);
  EXPECT_NE(FindTargetStanding(facts.state, "PI-CS", Day("2025-05-02"), then), std::nullopt);
  EXPECT_EQ(FindAllTargets(facts.state, Day("2025-05-02"), facts.head).status, std::nullopt);
  facts.On("2025-06-01");
  SetTarget(facts, "PI-CS", 2, "2025-12-31");
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-06-01"), TargetStatus::kNotDue);
}

TEST(TargetStanding, IsMissedOnlyWhenAFindingReachesTheDueDay) {
  ContractFacts facts = WithAMatrix();
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  facts.On("2024-06-01").Determine("PI-CS", 2, "2024-06-01");
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-04-30"), TargetStatus::kNotYetDetermined);
  // Found for the first quarter, with effect from the day after.
  facts.On("2025-05-01").Determine("PI-CS", 2, "2025-04-01").period = {Day("2025-01-01"),
                                                                       Day("2025-03-31")};
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-04-30"), TargetStatus::kMissed);
}

TEST(TargetStanding, IsNeitherMetNorMissedByALevelGoneStale) {
  ContractFacts facts = WithAMatrix();
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  facts.On("2024-06-01").Determine("PI-CS", 3, "2024-06-01").coverage_to = Day("2024-12-31");
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-04-30"), TargetStatus::kMet);
  facts.SetPolicy(v1::POLICY_KEY_GAP_POLICY, "STALE", "2025-03-01");
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-04-30"), TargetStatus::kNotYetDetermined);
}

TEST(TargetStanding, CanBeMetByReachingTheLevelOnce) {
  ContractFacts facts = WithAMatrix();
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  facts.On("2024-06-01").Determine("PI-CS", 3, "2024-06-01").decided_on = Day("2024-06-05");
  facts.On("2025-04-01").Determine("PI-CS", 2, "2025-02-01").period.last = Day("2025-03-31");
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-04-30"), TargetStatus::kMissed);
  facts.SetPolicy(v1::POLICY_KEY_TARGET_TEST, "REACHED_BY", "2025-04-01");
  const auto reached = FindTargetStanding(facts.state, "PI-CS", Day("2025-04-30"), facts.head);
  EXPECT_EQ(reached->status, TargetStatus::kMet);
  EXPECT_THAT(reached->met_on, Optional(Day("2024-06-01")));
  EXPECT_THAT(reached->decided_after_days, Optional(-299));
}

TEST(TargetStanding, IsIndeterminateWhereTheVersionInForceDoesNotDefineTheLevel) {
  ContractFacts facts = WithAMatrix();
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  facts.On("2025-04-01").Determine("PI-CS", 3, "2025-03-01");
  facts.state.drafts[0].matrix.mutable_cells(3)->set_state(v1::CELL_STATE_PROVISIONAL);
  EXPECT_EQ(StatusOf(facts, "PI-CS", "2025-04-30"), TargetStatus::kIndeterminate);
}

TEST(TargetStanding, IsAbsentWithoutATargetAndFollowsTheOneInForceOnTheDay) {
  ContractFacts facts = WithAMatrix();
  EXPECT_FALSE(FindTargetStanding(facts.state, "PI-CS", Day("2025-03-31"), facts.head));
  facts.On("2024-04-01");
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  facts.On("2024-10-01");
  SetTarget(facts, "PI-CS", 4, "2026-03-31");
  const auto level_on = [&](const char* day) {
    return FindTargetStanding(facts.state, "PI-CS", Day(day), facts.head)->target.level;
  };
  EXPECT_EQ(level_on("2024-09-30"), 3);
  EXPECT_EQ(level_on("2024-10-01"), 4);
  EXPECT_EQ(level_on("2024-03-01"), 3);
  SetTarget(facts, "PI-CS", 4, "2026-03-31").withdrawn = true;
  EXPECT_FALSE(FindTargetStanding(facts.state, "PI-CS", Day("2025-03-31"), facts.head));
}

TEST(AllTargets, CountTheFocusWithoutLevelsAsIndeterminate) {
  ContractFacts facts = WithAMatrix();
  EXPECT_EQ(FindAllTargets(facts.state, Day("2025-03-31"), facts.head).status, std::nullopt);
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  facts.On("2025-03-01").Determine("PI-CS", 3, "2025-03-01");
  // PI-CC has no target and is not spoken of.
  const AllTargets all = FindAllTargets(facts.state, Day("2025-03-31"), facts.head);
  EXPECT_THAT(all.status, Optional(TargetStatus::kIndeterminate));
  EXPECT_THAT(all.focuses, ElementsAre(Pair("PI-CS", TargetStatus::kMet),
                                       Pair("CR-FR", TargetStatus::kIndeterminate)));
  facts.SetPolicy(v1::POLICY_KEY_UNLADDERED_IN_ALL, "LEAVE_OUT", "2025-03-01");
  EXPECT_THAT(FindAllTargets(facts.state, Day("2025-03-31"), facts.head).status,
              Optional(TargetStatus::kMet));
  SetTarget(facts, "PI-CC", 3, "2025-06-30");
  EXPECT_THAT(FindAllTargets(facts.state, Day("2025-03-31"), facts.head).status,
              Optional(TargetStatus::kNotDue));
  facts.Determine("PI-CC", 2, "2025-03-01").period.last = Day("2025-06-30");
  EXPECT_THAT(FindAllTargets(facts.state, Day("2025-07-31"), facts.head).status,
              Optional(TargetStatus::kMissed));
}

// A version like the first one but for CR-FR, drafted and adopted on the day.
void AdoptWithResilienceAs(ContractFacts& facts, const std::string& version, v1::FocusKind kind,
                           v1::CellState state, const char* day) {
  facts.On(day);
  MatrixDraft draft = facts.state.drafts[0];
  draft.known = facts.Record();
  draft.version_hash = version;
  for (v1::Focus& focus : *draft.matrix.mutable_focuses()) {
    if (focus.code() == "CR-FR") focus.set_kind(kind);
  }
  for (v1::Cell& cell : *draft.matrix.mutable_cells()) {
    if (cell.focus() == "CR-FR") cell.set_state(state);
  }
  facts.state.drafts.push_back(draft);
  facts.Adopt(version, day);
}

TEST(AllTargets, CountAFocusAsIndeterminateUntilItsLevelsAreDefined) {
  ContractFacts facts = WithAMatrix();
  SetTarget(facts, "PI-CS", 3, "2025-03-31");
  facts.On("2025-03-01").Determine("PI-CS", 3, "2025-03-01");
  const auto all_on = [&](const char* day) {
    return FindAllTargets(facts.state, Day(day), facts.head);
  };
  AdoptWithResilienceAs(facts, "v2", v1::FOCUS_KIND_ENDURING, v1::CELL_STATE_ENDURING,
                        "2025-05-01");
  AdoptWithResilienceAs(facts, "v3", v1::FOCUS_KIND_LADDER, v1::CELL_STATE_DEFINED, "2025-06-01");
  for (const char* day : {"2025-04-30", "2025-05-31"}) {
    EXPECT_THAT(all_on(day).status, Optional(TargetStatus::kIndeterminate)) << day;
  }
  // Refined, it is spoken of like any other: not without a target.
  EXPECT_THAT(all_on("2025-06-01").status, Optional(TargetStatus::kMet));
  // One that got a target then is met or missed from then on, and was neither before.
  SetTarget(facts, "CR-FR", 3, "2025-03-31");
  facts.Determine("CR-FR", 2, "2025-03-01").period.last = Day("2025-03-31");
  EXPECT_THAT(all_on("2025-06-01").status, Optional(TargetStatus::kMissed));
  EXPECT_THAT(
      all_on("2025-05-31").focuses,
      ElementsAre(Pair("PI-CS", TargetStatus::kMet), Pair("CR-FR", TargetStatus::kIndeterminate)));
  facts.SetPolicy(v1::POLICY_KEY_UNLADDERED_IN_ALL, "LEAVE_OUT", "2025-05-01");
  EXPECT_THAT(all_on("2025-05-31").status, Optional(TargetStatus::kMet));
  EXPECT_THAT(all_on("2025-06-01").status, Optional(TargetStatus::kMissed));
}

}  // namespace
}  // namespace waymark
