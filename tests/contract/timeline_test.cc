#include "ledger/contract/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ledger/contract/policy.h"
#include "ledger/contract/policy_history.h"
#include "tests/contract/contract_facts.h"
#include "tests/contract/random_history.h"

namespace waymark {
namespace {

using test::ContractFacts;
using test::Day;
using test::RandomHistory;
using ::testing::Optional;

// One line a segment: days, state, level, and what else is true of them.
std::string Drawn(const Timeline& timeline) {
  std::string lines;
  for (const Segment& segment : timeline.segments) {
    const HeldDay& held = segment.held;
    const char* const states[] = {"UNDETERMINED", "STALE", "DISPUTED", "DETERMINED"};
    lines += FormatDay(segment.days.first) + " " + FormatDay(segment.days.last) + " " +
             states[static_cast<int>(held.state)];
    if (held.level) lines += " " + std::to_string(*held.level);
    if (held.determination) lines += " by " + std::to_string(held.determination->value);
    if (!held.covered) lines += " uncovered";
    if (held.evidence_expired) lines += " expired";
    lines += "\n";
  }
  return lines;
}

std::string DrawnTo(const ContractFacts& facts, const char* through, CountingRules rules = {}) {
  return Drawn(BuildTimeline(facts.state, "PI-CS", Knowledge{facts.head}, Day(through), rules));
}

TEST(Timeline, HoldsEachLevelToTheDayBeforeTheNext) {
  ContractFacts facts;
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
  facts.On("2024-10-01").Determine("PI-CS", 4, "2024-10-01");
  EXPECT_EQ(DrawnTo(facts, "2024-12-31"),
            "2024-04-01 2024-09-30 DETERMINED 3 by 0\n"
            "2024-10-01 2024-12-31 DETERMINED 4 by 1\n");
  EXPECT_EQ(DrawnTo(facts, "2024-03-31"), "");
}

TEST(Timeline, ShowsHolesExpiriesAndDisputesAsSegmentsOfTheirOwn) {
  ContractFacts facts;
  EvidenceItem item;
  item.known = facts.On("2024-04-01").Record();
  item.valid_to = Day("2024-05-31");
  facts.state.evidence["E1"] = item;
  Determination& one = facts.Determine("PI-CS", 3, "2024-04-01");
  one.evidence = {{"E1", true}};
  one.coverage_to = Day("2024-06-30");
  facts.On("2024-08-01").Determine("PI-CS", 2, "2024-08-01");
  Dispute& dispute = facts.state.disputes["D1"];
  dispute.notified = facts.Record();
  dispute.matters = {Position{2}};
  EXPECT_EQ(DrawnTo(facts, "2024-08-31", {.gap_policy = GapPolicy::kStale}),
            "2024-04-01 2024-05-31 DETERMINED 3 by 1\n"
            "2024-06-01 2024-06-30 DETERMINED 3 by 1 expired\n"
            "2024-07-01 2024-07-31 STALE 3 by 1 uncovered expired\n"
            "2024-08-01 2024-08-31 DISPUTED 2 by 2\n");
}

TEST(Timeline, EndsASegmentWhereANewVersionAsksForAssessment) {
  ContractFacts facts;
  facts.On("2024-01-01").Adopt("v1", "2024-01-01");
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01").matrix_version = "v1";
  facts.On("2024-06-01").Adopt("v2", "2024-07-01").carry["PI-CS"].rule = v1::CARRY_RULE_REASSESS;
  facts.On("2024-08-01").Determine("PI-CS", 2, "2024-08-01").matrix_version = "v2";
  EXPECT_EQ(DrawnTo(facts, "2024-08-31"),
            "2024-04-01 2024-06-30 DETERMINED 3 by 1\n"
            "2024-07-01 2024-07-31 UNDETERMINED uncovered\n"
            "2024-08-01 2024-08-31 DETERMINED 2 by 3\n");
}

TEST(Timeline, NamesWhatItLeavesOut) {
  ContractFacts facts;
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
  facts.On("2024-05-01").Determine("PI-CS", 4, "2024-05-01").provisional = true;
  facts.On("2024-06-01").Determine("PI-CS", 2, "2024-04-01");
  facts.Supersedes("PI-CS", 0);
  const std::vector<LeftOut> left_out = FindLeftOut(facts.state, "PI-CS", Knowledge{facts.head});
  ASSERT_EQ(left_out.size(), 2u);
  EXPECT_EQ(left_out[0].determination, Position{0});
  EXPECT_THAT(left_out[0].superseded_by, Optional(Position{2}));
  EXPECT_EQ(left_out[1].determination, Position{1});
  EXPECT_EQ(left_out[1].superseded_by, std::nullopt);
  EXPECT_EQ(DrawnTo(facts, "2024-06-30"), "2024-04-01 2024-06-30 DETERMINED 2 by 2\n");
}

TEST(Timeline, FindsADayInItsSegment) {
  ContractFacts facts;
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
  facts.On("2024-10-01").Determine("PI-CS", 4, "2024-10-01");
  const Timeline timeline =
      BuildTimeline(facts.state, "PI-CS", Knowledge{facts.head}, Day("2024-12-31"), {});
  EXPECT_EQ(timeline.On(Day("2024-03-31")), nullptr);
  EXPECT_THAT(timeline.On(Day("2024-09-30"))->level, Optional(3));
  EXPECT_THAT(timeline.On(Day("2024-10-01"))->level, Optional(4));
  EXPECT_THAT(timeline.On(Day("2024-12-31"))->level, Optional(4));
  EXPECT_EQ(timeline.On(Day("2025-01-01")), nullptr);
}

TEST(TimelineAsItWasKnown, SaysOfEachDayWhatWasOnRecordAtItsEnd) {
  ContractFacts facts;
  facts.On("2024-04-10").Determine("PI-CS", 3, "2024-04-01");
  facts.On("2024-04-20").Determine("PI-CS", 2, "2024-04-05");
  Timeline timeline;
  timeline.segments = BuildTimelineAsItWasKnown(FocusFacts(facts.state, "PI-CS", facts.head, {}),
                                                {Day("2024-04-01"), Day("2024-04-30")});
  EXPECT_EQ(Drawn(timeline),
            "2024-04-01 2024-04-09 UNDETERMINED uncovered\n"
            "2024-04-10 2024-04-19 DETERMINED 3 by 0\n"
            "2024-04-20 2024-04-30 DETERMINED 2 by 1\n");
}

// What is known at a position and what is known of a prefix are one rule, written twice for their
// callers.
TEST(PolicyHistory, AgreesWithTheValueInForceAtAPosition) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    RandomHistory history(seed);
    if (history.head().value == 0) continue;
    const Position known_at{
        static_cast<uint64_t>(history.Below(static_cast<int>(history.head().value)))};
    const absl::CivilDay day = history.Day();
    for (const v1::PolicyKey key : {v1::POLICY_KEY_GAP_POLICY, v1::POLICY_KEY_GRACE_DAYS}) {
      ASSERT_EQ(PolicyHistory(history.state(), key).On(day, Knowledge{SizeThrough(known_at)}),
                PolicyText(history.state(), key, day, known_at))
          << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace waymark
