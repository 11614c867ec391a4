// The calendar that a contract's deadlines are counted with, and the deadlines.
#include "ledger/contract/dispute_deadlines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/contract_facts.h"

namespace waymark {
namespace {

using test::Day;
using ::testing::ElementsAre;

ContractState WithCalendars() {
  ContractState state;
  state.registration = Registration{};
  CalendarVersion first{{Position{4}, Day("2025-01-01")}, 1, {Day("2025-12-26")}};
  CalendarVersion second{{Position{9}, Day("2025-06-01")}, 2, {Day("2025-12-29")}};
  state.calendars["england-and-wales"] = {first, second};
  state.calendars["scotland"] = {first};
  return state;
}

TEST(StatutoryCalendar, IsTheNewestVersionAsKnown) {
  const ContractState state = WithCalendars();
  const absl::CivilDay day = Day("2025-12-01");
  EXPECT_EQ(StatutoryCalendar(state, day, Position{3}), nullptr);
  EXPECT_EQ(StatutoryCalendar(state, day, Position{8})->version, 1u);
  EXPECT_EQ(StatutoryCalendar(state, day, Position{9})->version, 2u);
  EXPECT_EQ(FindCalendarVersion(state, "england-and-wales", 1, Position{9})->version, 1u);
  EXPECT_EQ(FindCalendarVersion(state, "england-and-wales", 2, Position{8}), nullptr);
  EXPECT_EQ(FindCalendarVersion(state, "wales", 1, Position{9}), nullptr);
}

TEST(StatutoryCalendar, IsThePolicysThenTheRegistrationsThenTheDefault) {
  ContractState state = WithCalendars();
  const absl::CivilDay day = Day("2025-12-01");
  EXPECT_EQ(StatutoryCalendarId(state, day, Position{9}), "england-and-wales");
  state.registration->calendar_id = "scotland";
  EXPECT_EQ(StatutoryCalendarId(state, day, Position{9}), "scotland");
  state.policies.push_back({{Position{8}, Day("2025-02-01")},
                            Day("2025-11-01"),
                            v1::POLICY_KEY_STATUTORY_CALENDAR,
                            "england-and-wales"});
  EXPECT_EQ(StatutoryCalendarId(state, day, Position{9}), "england-and-wales");
  EXPECT_EQ(StatutoryCalendarId(state, day, Position{7}), "scotland");
  EXPECT_EQ(StatutoryCalendarId(state, Day("2025-10-31"), Position{9}), "scotland");
}

TEST(DisputeDeadlines, RunFromTheNewestNoticeAndGrowWithEachExtension) {
  Dispute dispute{.notified_on = Day("2025-12-11")};
  const CalendarVersion calendar{{}, 1, {Day("2025-12-25"), Day("2025-12-26"), Day("2026-01-01")}};
  EXPECT_EQ(ReferralDeadline(dispute, dispute.steps, &calendar).last, Day("2025-12-18"));
  dispute.steps.push_back({{}, v1::DISPUTE_STEP_ADJUDICATION_NOTIFIED, Day("2025-12-18")});
  EXPECT_EQ(ReferralDeadline(dispute, dispute.steps, &calendar).last, Day("2025-12-27"));
  EXPECT_EQ(ReferralDeadline(dispute, dispute.steps, nullptr).last, Day("2025-12-26"));
  dispute.steps.push_back({{}, v1::DISPUTE_STEP_REFERRED, Day("2025-12-23")});
  EXPECT_EQ(DecisionDeadline(dispute.steps, &calendar).last, Day("2026-01-23"));
  dispute.steps.push_back({{}, v1::DISPUTE_STEP_TIME_EXTENDED, Day("2026-01-05"), 4});
  dispute.steps.push_back({{}, v1::DISPUTE_STEP_TIME_EXTENDED, Day("2026-01-06"), 10});
  const CountedDays decision = DecisionDeadline(dispute.steps, &calendar);
  EXPECT_EQ(decision.last, Day("2026-02-06"));
  EXPECT_THAT(decision.left_out,
              ElementsAre(Day("2025-12-25"), Day("2025-12-26"), Day("2026-01-01")));
}

}  // namespace
}  // namespace waymark
