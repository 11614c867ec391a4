// Longevity of small histories that can be followed by hand: the worked examples of the
// requirements, and the places where the rules meet.
#include "ledger/contract/longevity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/contract/contract_facts.h"

namespace waymark {
namespace {

using test::ContractFacts;
using test::Day;
using test::SpanOfText;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

// 3 from April, 2 from October, 3 again from January; or with a short fall in December.
ContractFacts WithAFall(const char* fall, const char* rise) {
  ContractFacts facts;
  facts.On("2024-04-01").Determine("SE-AM", 3, "2024-04-01");
  facts.On(fall).Determine("SE-AM", 2, fall);
  facts.On(rise).Determine("SE-AM", 3, rise);
  return facts;
}

TEST(Lapses, AreTheDaysBetweenTwoRuns) {
  const ContractFacts facts = WithAFall("2024-10-01", "2025-01-01");
  const Longevity answer = FindLongevity(facts.state, facts.Ask("SE-AM", "2025-12-31"), 3);
  EXPECT_THAT(answer.facts.lapses,
              ElementsAre(Lapse{Day("2024-10-01"), Day("2024-12-31"), 92, false}));
}

TEST(Lapses, AreOpenWhileTheFallLastsAndTheRunBeforeIsTheLastOne) {
  ContractFacts facts;
  facts.On("2024-04-01").Determine("PI-IV", 3, "2024-04-01");
  facts.On("2024-10-01").Determine("PI-IV", 4, "2024-10-01");
  facts.On("2025-04-01").Determine("PI-IV", 3, "2025-04-01");
  const Longevity answer = FindLongevity(facts.state, facts.Ask("PI-IV", "2025-09-30"), 4);
  EXPECT_THAT(answer.facts.lapses, ElementsAre(Lapse{Day("2025-04-01"), {}, 183, false}));
  EXPECT_THAT(answer.facts.last_run, Optional(SpanOfText("2024-10-01", "2025-03-31", 6, 182, 182)));
  EXPECT_EQ(answer.spell, std::nullopt);
}

TEST(Spell, LastsWhileExactlyTheLevelIsHeld) {
  ContractFacts facts;
  facts.On("2024-04-01").Determine("PI-IV", 3, "2024-04-01");
  facts.On("2024-10-01").Determine("PI-IV", 4, "2024-10-01");
  facts.On("2025-04-01").Determine("PI-IV", 3, "2025-04-01");
  const Longevity answer = FindLongevity(facts.state, facts.Ask("PI-IV", "2025-09-30"), 3);
  EXPECT_THAT(answer.spell, Optional(SpanOfText("2025-04-01", "2025-09-30", 6, 183, 183)));
}

TEST(Grace, BridgesOnlyLapsesOfAtMostItsDays) {
  const ContractFacts facts = WithAFall("2024-12-01", "2024-12-22");
  LongevityQuestion question = facts.Ask("SE-AM", "2025-03-31");
  question.rules.grace_days = 21;
  EXPECT_THAT(FindLongevity(facts.state, question, 3).facts.lapses,
              ElementsAre(Lapse{Day("2024-12-01"), Day("2024-12-21"), 21, true}));
  question.rules.grace_days = 20;
  EXPECT_THAT(FindLongevity(facts.state, question, 3).facts.lapses,
              ElementsAre(Lapse{Day("2024-12-01"), Day("2024-12-21"), 21, false}));
  // Not yet ended on this day.
  question.rules.grace_days = 90;
  question.as_of = Day("2024-12-21");
  EXPECT_THAT(FindLongevity(facts.state, question, 3).facts.lapses,
              ElementsAre(Lapse{Day("2024-12-01"), {}, 21, false}));
}

TEST(Grace, ComesFromThePolicyInForceOnTheDayAsked) {
  ContractFacts facts = WithAFall("2024-12-01", "2024-12-22");
  facts.SetPolicy(v1::POLICY_KEY_GRACE_DAYS, "30", "2025-02-01");
  EXPECT_EQ(FindLongevity(facts.state, facts.Ask("SE-AM", "2025-01-31"), 3).numbers.sustained->days,
            41);
  EXPECT_EQ(FindLongevity(facts.state, facts.Ask("SE-AM", "2025-02-01"), 3).numbers.sustained->days,
            307);
}

// Found in July for April to June, covered to the end of the year.
ContractFacts CoveredToDecember() {
  ContractFacts facts;
  Determination& one = facts.On("2024-07-15").Determine("PI-SV", 3, "2024-04-01");
  one.period.last = Day("2024-06-30");
  one.coverage_to = Day("2024-12-31");
  return facts;
}

TEST(GapPolicy, HoldLetsTheLevelStandAndCount) {  // G7a
  const ContractFacts facts = CoveredToDecember();
  LongevityQuestion question = facts.Ask("PI-SV", "2025-03-31");
  question.rules.gap_policy = GapPolicy::kHold;
  const Longevity answer = FindLongevity(facts.state, question, 3);
  EXPECT_THAT(answer.numbers.sustained,
              Optional(SpanOfText("2024-04-01", "2025-03-31", 12, 365, 365)));
  EXPECT_THAT(answer.numbers.demonstrated,
              Optional(SpanOfText("2024-07-15", "2025-03-31", 8, 260, 260)));
  EXPECT_EQ(answer.facts.cumulative_days, 365);
  EXPECT_FALSE(answer.held.covered);
}

TEST(GapPolicy, StalePausesTheRun) {  // G7b
  const ContractFacts facts = CoveredToDecember();
  LongevityQuestion question = facts.Ask("PI-SV", "2025-03-31");
  question.rules.gap_policy = GapPolicy::kStale;
  const Longevity answer = FindLongevity(facts.state, question, 3);
  EXPECT_EQ(answer.held.state, HeldState::kStale);
  EXPECT_THAT(answer.held.level, Optional(3));
  const Span counted = SpanOfText("2024-04-01", "2024-12-31", 9, 275, 275);
  EXPECT_THAT(answer.numbers.sustained, Optional(counted));
  EXPECT_THAT(answer.numbers.sustained_as_known, Optional(counted));
  EXPECT_THAT(answer.numbers.demonstrated,
              Optional(SpanOfText("2024-07-15", "2024-12-31", 5, 170, 170)));
  EXPECT_EQ(answer.facts.cumulative_days, 275);
  EXPECT_THAT(answer.facts.counted_days, Optional(275));
  EXPECT_THAT(answer.facts.paused_since, Optional(Day("2025-01-01")));
  EXPECT_THAT(answer.stale_since, Optional(Day("2025-01-01")));
}

TEST(GapPolicy, LapseEndsTheRun) {  // G7c
  const ContractFacts facts = CoveredToDecember();
  LongevityQuestion question = facts.Ask("PI-SV", "2025-03-31");
  question.rules.gap_policy = GapPolicy::kLapse;
  const Longevity answer = FindLongevity(facts.state, question, 3);
  EXPECT_EQ(answer.held.state, HeldState::kUndetermined);
  EXPECT_EQ(answer.held.level, std::nullopt);
  EXPECT_EQ(answer.numbers, ThreeNumbers{});
  EXPECT_EQ(answer.facts.cumulative_days, 275);
  EXPECT_THAT(answer.facts.last_run, Optional(SpanOfText("2024-04-01", "2024-12-31", 9, 275, 275)));
  EXPECT_THAT(answer.facts.undetermined, ElementsAre(Lapse{Day("2025-01-01"), {}, 90, false}));
  EXPECT_THAT(answer.facts.lapses, IsEmpty());
}

TEST(GapPolicy, ForRewardsIsAPolicyOfItsOwn) {
  const ContractFacts facts = CoveredToDecember();
  LongevityQuestion question = facts.Ask("PI-SV", "2025-03-31");
  EXPECT_EQ(FindLongevity(facts.state, question, 3).held.state, HeldState::kDetermined);
  question.rules.for_reward = true;
  EXPECT_EQ(FindLongevity(facts.state, question, 3).held.state, HeldState::kStale);
}

TEST(GapPolicy, LeavesEarlierDaysAsTheyWereWhenItChanges) {
  ContractFacts facts = CoveredToDecember();
  facts.On("2025-02-01").SetPolicy(v1::POLICY_KEY_GAP_POLICY, "STALE", "2025-02-01");
  const Longevity answer = FindLongevity(facts.state, facts.Ask("PI-SV", "2025-03-31"), 3);
  EXPECT_EQ(answer.numbers.sustained->through, Day("2025-01-31"));
  EXPECT_THAT(answer.facts.paused_since, Optional(Day("2025-02-01")));
}

TEST(Hole, IsHealedByALaterPeriodThatSpansItAndElseBeginsTheRunAfresh) {
  ContractFacts facts = CoveredToDecember();
  Determination& later = facts.On("2025-05-01").Determine("PI-SV", 3, "2025-04-01");
  LongevityQuestion question = facts.Ask("PI-SV", "2025-06-30");
  question.rules.gap_policy = GapPolicy::kStale;
  const Longevity unhealed = FindLongevity(facts.state, question, 3);
  EXPECT_EQ(unhealed.numbers.sustained->since, Day("2025-04-01"));
  EXPECT_THAT(unhealed.facts.counted_days, Optional(275 + 91));
  EXPECT_THAT(unhealed.facts.held_since, Optional(Day("2024-04-01")));
  later.period = {Day("2025-01-01"), Day("2025-03-31")};
  EXPECT_EQ(FindLongevity(facts.state, question, 3).numbers.sustained->since, Day("2024-04-01"));
}

TEST(Hole, CausedByTheAuthorityCostsTheProviderNothing) {
  ContractFacts facts = CoveredToDecember();
  facts.state.focuses["PI-SV"].gap_explanations.push_back({facts.On("2025-02-01").Record(),
                                                           {Day("2025-01-01"), Day("2025-06-30")},
                                                           v1::GAP_REASON_AUTHORITY_DEFAULT});
  LongevityQuestion question = facts.Ask("PI-SV", "2025-03-31");
  question.rules.gap_policy = GapPolicy::kLapse;
  EXPECT_EQ(FindLongevity(facts.state, question, 3).numbers.sustained->days, 365);
  facts.SetPolicy(v1::POLICY_KEY_AUTHORITY_DEFAULT_GAP, "AS_GAP_POLICY", "2024-01-01");
  question.known = facts.head;
  EXPECT_EQ(FindLongevity(facts.state, question, 3).numbers.sustained, std::nullopt);
}

// An award that must be valid, to the end of April 2025.
ContractFacts WithAnAward() {
  ContractFacts facts;
  EvidenceItem item;
  item.known = facts.On("2024-05-01").Record();
  item.valid_to = Day("2025-04-30");
  facts.state.evidence["E1"] = item;
  facts.Determine("PI-CS", 3, "2024-05-01").evidence = {{"E1", true}};
  return facts;
}

TEST(EvidenceExpiry, IsFlaggedAndCountedByDefault) {  // G9a
  const ContractFacts facts = WithAnAward();
  const Longevity answer = FindLongevity(facts.state, facts.Ask("PI-CS", "2025-05-31"), 3);
  EXPECT_THAT(FlagWords(answer.flags), ElementsAre("EVIDENCE_EXPIRED"));
  EXPECT_THAT(answer.numbers.sustained,
              Optional(SpanOfText("2024-05-01", "2025-05-31", 13, 396, 396)));
  EXPECT_THAT(answer.evidence_expired_since, Optional(Day("2025-05-01")));
  EXPECT_EQ(answer.facts.paused_since, std::nullopt);
}

TEST(EvidenceExpiry, PausesTheRunWhenStrict) {  // G9b
  const ContractFacts facts = WithAnAward();
  LongevityQuestion question = facts.Ask("PI-CS", "2025-05-31");
  question.rules.evidence_expiry = EvidenceExpiry::kStrict;
  const Longevity answer = FindLongevity(facts.state, question, 3);
  EXPECT_EQ(answer.held.state, HeldState::kDetermined);
  EXPECT_THAT(answer.held.level, Optional(3));
  EXPECT_THAT(answer.numbers.demonstrated,
              Optional(SpanOfText("2024-05-01", "2025-04-30", 12, 365, 365)));
  EXPECT_THAT(answer.facts.paused_since, Optional(Day("2025-05-01")));
  EXPECT_THAT(answer.facts.counted_days, Optional(365));
}

TEST(EvidenceExpiry, EndsWithARenewal) {
  ContractFacts facts = WithAnAward();
  facts.state.evidence["E1"].changes.push_back({facts.On("2025-06-10").Record(),
                                                v1::EVIDENCE_CHANGE_RENEWED, Day("2025-06-01"),
                                                Day("2026-05-31")});
  LongevityQuestion question = facts.Ask("PI-CS", "2025-06-30");
  question.rules.evidence_expiry = EvidenceExpiry::kStrict;
  const Longevity answer = FindLongevity(facts.state, question, 3);
  EXPECT_THAT(FlagWords(answer.flags), IsEmpty());
  EXPECT_THAT(answer.numbers.sustained,
              Optional(SpanOfText("2025-06-01", "2025-06-30", 1, 30, 30)));
  EXPECT_THAT(answer.numbers.demonstrated,
              Optional(SpanOfText("2025-06-10", "2025-06-30", 0, 21, 21)));
}

TEST(Supersede, GivesTheSameQuestionTwoRightAnswers) {  // G10c, G10d
  ContractFacts facts;
  facts.On("2025-01-01").Determine("PI-CC", 2, "2025-01-01");
  facts.On("2025-01-20").Determine("PI-CC", 3, "2025-01-01");
  facts.Supersedes("PI-CC", 0);
  LongevityQuestion question = facts.Ask("PI-CC", "2025-01-31");
  const Longevity now = FindLongevity(facts.state, question, 3);
  EXPECT_THAT(now.held.level, Optional(3));
  EXPECT_THAT(now.numbers.sustained, Optional(SpanOfText("2025-01-01", "2025-01-31", 1, 31, 31)));
  EXPECT_THAT(now.numbers.demonstrated,
              Optional(SpanOfText("2025-01-20", "2025-01-31", 0, 12, 12)));
  EXPECT_EQ(now.facts.cumulative_days, 31);
  question.known = facts.KnownBy("2025-01-10");
  const Longevity then = FindLongevity(facts.state, question, 3);
  EXPECT_THAT(then.held.level, Optional(2));
  EXPECT_EQ(then.numbers, ThreeNumbers{});
  EXPECT_EQ(then.facts.last_run, std::nullopt);
  EXPECT_EQ(then.facts.cumulative_days, 0);
}

TEST(Supersede, NothingKnownIsUndetermined) {
  ContractFacts facts;
  facts.On("2025-01-01").Determine("PI-CC", 2, "2025-01-01");
  LongevityQuestion question = facts.Ask("PI-CC", "2025-01-31");
  question.known = TreeSize{0};
  EXPECT_EQ(FindLongevity(facts.state, question, 0).held, HeldDay{});
}

TEST(MatrixChange, CarriesMapsOrEndsTheLevel) {
  ContractFacts facts;
  facts.On("2024-01-01").Adopt("v1", "2024-01-01");
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01").matrix_version = "v1";
  Adoption& v2 = facts.On("2025-01-01").Adopt("v2", "2025-01-01");
  Adoption::Carry& rule = v2.carry["PI-CS"];
  const auto held = [&](const char* day) {
    return FindLongevity(facts.state, facts.Ask("PI-CS", day), 3);
  };
  rule.rule = v1::CARRY_RULE_CARRY;
  EXPECT_EQ(held("2025-03-31").numbers.sustained->since, Day("2024-04-01"));
  rule = {v1::CARRY_RULE_MAP, {{3, 2}}};
  EXPECT_THAT(held("2025-01-01").held.level, Optional(2));
  EXPECT_THAT(held("2024-12-31").held.level, Optional(3));
  rule = {v1::CARRY_RULE_MAP, {{4, 4}}};
  EXPECT_EQ(held("2025-01-01").held, HeldDay{});
  rule = {v1::CARRY_RULE_REASSESS, {}};
  EXPECT_EQ(held("2025-03-31").held, HeldDay{});
  EXPECT_EQ(held("2025-03-31").facts.last_run->through, Day("2024-12-31"));
  // A level found later under the old words does not help; one found under the new words does.
  facts.On("2025-02-01").Determine("PI-CS", 3, "2025-02-01").matrix_version = "v1";
  EXPECT_EQ(held("2025-03-31").held, HeldDay{});
  facts.On("2025-02-15").Determine("PI-CS", 3, "2025-02-15").matrix_version = "v2";
  EXPECT_EQ(held("2025-03-31").numbers.sustained->since, Day("2025-02-15"));
}

TEST(MatrixChange, FollowsThePolicyForAFocusWithoutARule) {
  for (const auto& [policy, held] :
       {std::pair("CARRY", true), std::pair("REASSESS", false), std::pair("NONE", false)}) {
    ContractFacts facts;
    facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
    facts.SetPolicy(v1::POLICY_KEY_CARRY_DEFAULT, policy, "2024-04-01");
    facts.On("2025-01-01").Adopt("v2", "2025-01-01");
    const Longevity answer = FindLongevity(facts.state, facts.Ask("PI-CS", "2025-01-31"), 3);
    EXPECT_EQ(answer.held.level.has_value(), held) << policy;
  }
}

TEST(Dispute, ShowsWhileItIsOpenAndChangesNoFigure) {
  ContractFacts facts;
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
  Dispute& dispute = facts.state.disputes["D1"];
  dispute.notified = facts.On("2024-06-01").Record();
  dispute.matters = {Position{0}};
  const Longevity open = FindLongevity(facts.state, facts.Ask("PI-CS", "2024-06-30"), 3);
  EXPECT_EQ(open.held.state, HeldState::kDisputed);
  EXPECT_THAT(FlagWords(open.flags), ElementsAre("DISPUTED"));
  EXPECT_EQ(open.numbers.demonstrated->days, 91);
  EXPECT_THAT(open.rests_on, ElementsAre(Position{0}));
  dispute.closed = facts.On("2024-07-01").Record();
  EXPECT_EQ(FindLongevity(facts.state, facts.Ask("PI-CS", "2024-06-30"), 3).held.state,
            HeldState::kDetermined);
}

TEST(EndOfContract, StopsTheTimeline) {
  ContractFacts facts;
  Registration registration;
  registration.known = facts.On("2022-04-01").Record();
  registration.ends_on = Day("2025-03-31");
  facts.state.registration = registration;
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
  const Longevity ended = FindLongevity(facts.state, facts.Ask("PI-CS", "2026-01-01"), 3);
  EXPECT_THAT(FlagWords(ended.flags), ElementsAre("CONTRACT_ENDED"));
  EXPECT_THAT(ended.numbers.sustained,
              Optional(SpanOfText("2024-04-01", "2025-03-31", 12, 365, 365)));
  EXPECT_EQ(ended.answered_on, Day("2025-03-31"));
  facts.state.extensions.push_back({facts.On("2025-01-01").Record(), Day("2026-03-31")});
  EXPECT_EQ(
      FindLongevity(facts.state, facts.Ask("PI-CS", "2026-01-01"), 3).numbers.sustained->months,
      21);
  facts.state.endings.push_back(
      {facts.On("2025-06-01").Record(), v1::END_CAUSE_TERMINATED, Day("2025-05-31")});
  EXPECT_EQ(
      FindLongevity(facts.state, facts.Ask("PI-CS", "2026-01-01"), 3).numbers.sustained->months,
      14);
}

TEST(NonAchievement, IsCountedByTheSameRules) {
  const ContractFacts facts = WithAFall("2024-10-01", "2025-01-01");
  const Longevity answer =
      FindLongevity(facts.state, facts.Ask("SE-AM", "2024-12-31"), 3, LevelSide::kBelow);
  EXPECT_THAT(answer.numbers.sustained,
              Optional(SpanOfText("2024-10-01", "2024-12-31", 3, 92, 92)));
}

TEST(SeveralFocuses, WaitForTheLastOne) {  // G16
  ContractFacts facts;
  facts.On("2024-07-01").Determine("PI-IV", 3, "2024-07-01");
  facts.On("2024-10-01").Determine("PI-CS", 3, "2024-10-01");
  facts.On("2025-01-01").Determine("PI-SV", 3, "2025-01-01");
  const std::vector<std::string> focuses = {"PI-CS", "PI-IV", "PI-SV"};
  const SetLongevity set = FindLongevityOfAll(facts.state, focuses, facts.Ask("", "2025-06-30"), 3);
  EXPECT_THAT(set.numbers.sustained, Optional(SpanOfText("2025-01-01", "2025-06-30", 6, 181, 181)));
  EXPECT_EQ(set.numbers.demonstrated, set.numbers.sustained);
  EXPECT_EQ(set.limiting_focus, "PI-SV");
  const std::vector<std::pair<const char*, int>> expected = {
      {"2024-10-01", 9}, {"2024-07-01", 12}, {"2025-01-01", 6}};
  for (size_t i = 0; i < focuses.size(); ++i) {
    EXPECT_EQ(set.focuses[i].second.numbers.sustained->since, Day(expected[i].first));
    EXPECT_EQ(set.focuses[i].second.numbers.sustained->months, expected[i].second);
  }
  const SetLongevity with_none =
      FindLongevityOfAll(facts.state, {"PI-CS", "CR-FR", "PI-SV"}, facts.Ask("", "2025-06-30"), 3);
  EXPECT_EQ(with_none.numbers, ThreeNumbers{});
  EXPECT_EQ(with_none.limiting_focus, "CR-FR");
}

TEST(SeveralFocuses, CountADayOnceThatTwoBridgesShare) {
  ContractFacts facts = WithAFall("2024-12-01", "2024-12-22");
  facts.On("2024-04-01").Determine("SE-NM", 3, "2024-04-01");
  facts.On("2024-12-11").Determine("SE-NM", 1, "2024-12-11");
  facts.On("2025-01-01").Determine("SE-NM", 3, "2025-01-01");
  LongevityQuestion question = facts.Ask("", "2025-03-31");
  question.rules.grace_days = 30;
  // 1 to 31 December: 21 days of one, 21 of the other, 11 of both.
  EXPECT_THAT(FindLongevityOfAll(facts.state, {"SE-AM", "SE-NM"}, question, 3).numbers.sustained,
              Optional(SpanOfText("2024-04-01", "2025-03-31", 12, 365, 365 - 31)));
}

TEST(CountDays, SplitsAWindowIntoHeldBelowAndUnknown) {  // C10
  const ContractFacts facts = WithAFall("2024-10-01", "2025-01-01");
  const LongevityReader reader(facts.state, facts.Ask("SE-AM", "2025-03-31"));
  EXPECT_EQ(CountDays(reader.now().segments, {Day("2024-04-01"), Day("2025-03-31")}, {3}),
            (DayCounts{273, 92, 0}));
  EXPECT_EQ(CountDays(reader.now().segments, {Day("2024-03-01"), Day("2024-04-30")}, {3}),
            (DayCounts{30, 0, 31}));
}

TEST(Standing, GivesTheNumbersAtTheLevelHeld) {
  const ContractFacts facts = WithAFall("2024-10-01", "2025-01-01");
  const Longevity fallen =
      FindStanding(LongevityReader(facts.state, facts.Ask("SE-AM", "2024-12-31")));
  EXPECT_THAT(fallen.held.level, Optional(2));
  EXPECT_EQ(fallen.numbers.sustained->since, Day("2024-04-01"));
  const Longevity none =
      FindStanding(LongevityReader(facts.state, facts.Ask("CR-FR", "2024-12-31")));
  EXPECT_EQ(none.held.state, HeldState::kUndetermined);
  EXPECT_EQ(none.numbers, ThreeNumbers{});
}

TEST(RulesInForce, NamesEveryValueThatAnAnswerUsed) {
  ContractFacts facts;
  facts.On("2024-04-01").SetPolicy(v1::POLICY_KEY_GAP_POLICY, "LAPSE", "2024-06-01");
  facts.SetPolicy(v1::POLICY_KEY_GRACE_DAYS, "7", "2024-06-01");
  LongevityQuestion question = facts.Ask("PI-CS", "2024-05-31");
  EXPECT_THAT(RulesInForce(facts.state, question).gap_policy, Optional(GapPolicy::kHold));
  question.as_of = Day("2024-06-01");
  const CountingRules rules = RulesInForce(facts.state, question);
  EXPECT_THAT(rules.gap_policy, Optional(GapPolicy::kLapse));
  EXPECT_THAT(rules.grace_days, Optional(7));
  EXPECT_THAT(rules.evidence_expiry, Optional(EvidenceExpiry::kFlag));
}

}  // namespace
}  // namespace waymark
