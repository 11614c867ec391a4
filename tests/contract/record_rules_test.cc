// What the rules of disputes and of the record leave behind in a state.

#include <gmock/gmock.h>

#include "ledger/contract/evolve.h"
#include "tests/contract/contract_world.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

v1::CalendarRecorded Calendar(uint32_t version) {
  auto event = MakeEvent<v1::CalendarRecorded>("X", v1::ROLE_CM);
  event.set_calendar_id("england-and-wales");
  event.set_version(version);
  event.set_jurisdiction("England and Wales");
  *event.add_holidays() = ToDate(Day(2026, 1, 1));
  *event.add_holidays() = ToDate(Day(2025, 12, 26));
  return event;
}

v1::LegalHoldChanged Hold(const std::string& id, bool placed) {
  auto event = MakeEvent<v1::LegalHoldChanged>("X", v1::ROLE_OFA);
  event.set_hold_id(id);
  event.set_placed(placed);
  return event;
}

v1::AnnotationAdded Annotation(Position about) {
  auto event = MakeEvent<v1::AnnotationAdded>("AUDIT", v1::ROLE_AUD);
  *event.mutable_about() = RefTo(about);
  event.set_text("compare the minutes");
  return event;
}

TEST(RecordRules, LeaveNoTraceOfARefusedRequestHoweverMuchOfItPassed) {
  ContractWorld world = ContractWorld::Adopted();
  world.Must(world.Dispute("D1", world.Determine("PI-CS", 3)));
  world.Must(world.Step("D1", v1::DISPUTE_STEP_REFERRED));
  world.Must(Calendar(1));
  world.Must(Hold("H1", true));
  v1::DisputeStepRecorded extension = world.Step("D1", v1::DISPUTE_STEP_TIME_EXTENDED);
  extension.set_days(7);
  extension.add_consents("P");
  v1::EvidenceSubmitted priced = world.Evidence("E7");
  priced.mutable_common()->set_marking(v1::MARKING_COMMERCIAL);
  EXPECT_THAT(
      world.Append(extension, world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_ADJUDICATOR_DECISION),
                   world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_SLIP_CORRECTION), priced,
                   Calendar(2), Hold("H1", false), Hold("H2", true), Annotation(world.last()),
                   Calendar(2)),
      RefusedWith("VERSION_NOT_NEXT"));
}

TEST(RecordRules, EndADisputeWithItsFirstOutcomeAndKeepTheOthers) {
  ContractWorld world = ContractWorld::Adopted();
  world.Must(world.Dispute("D1", world.Determine("PI-CS", 3)));
  world.Must(world.Step("D1", v1::DISPUTE_STEP_REFERRED));
  EXPECT_FALSE(world.state().disputes.at("D1").closed.has_value());
  const Position decided =
      world.Must(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_ADJUDICATOR_DECISION));
  world.Must(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_FINAL_DETERMINATION));
  const Dispute& dispute = world.state().disputes.at("D1");
  EXPECT_EQ(dispute.closed->position, decided);
  EXPECT_EQ(dispute.outcomes.size(), 2u);
}

TEST(RecordRules, SortTheHolidaysOfACalendar) {
  ContractWorld world = ContractWorld::Registered();
  world.Must(Calendar(1));
  EXPECT_THAT(world.state().calendars.at("england-and-wales")[0].holidays,
              ElementsAre(Day(2025, 12, 26), Day(2026, 1, 1)));
}

TEST(RecordRules, LetAnAnnotationChangeNothingButTheListOfEvents) {
  ContractWorld world = ContractWorld::Adopted();
  const Position determined = world.Determine("PI-CS", 3);
  ContractState expected = world.state();
  const Position noted = world.Must(Annotation(determined));
  expected.events.push_back({noted, v1::AnnotationAdded::descriptor()});
  ++expected.next_revision.value;
  EXPECT_EQ(DumpState(world.state()), DumpState(expected));
}

TEST(RecordRules, CountAnErasedEventAsOneThatRestrictsNothing) {
  ContractWorld world = ContractWorld::Adopted();
  v1::EvidenceSubmitted event = world.Evidence("E1");
  event.mutable_common()->set_marking(v1::MARKING_PERSONAL);
  const ContractState before = world.state();
  const Position position = world.Must(event);
  EXPECT_THAT(world.state().restricted, ElementsAre(position));
  ContractState erased = before;
  EXPECT_OK(Evolve({.position = position,
                    .first_position = position,
                    .recorded_at = UnixMicros{1721044800000000u},
                    .event_type = "waymark.v1.EvidenceSubmitted",
                    .principal = "X-CM"},
                   &erased));
  EXPECT_THAT(erased.restricted, IsEmpty());
}

TEST(RecordRules, KeepWhenTheCommitmentsOfAPromiseAndOfEachRevisionOfAPlanFallDue) {
  ContractWorld world = ContractWorld::Adopted();
  auto promise = MakeEvent<v1::CommitmentRecorded>("X", v1::ROLE_CM);
  promise.set_commitment_id("BID-1");
  promise.set_stage(v1::COMMITMENT_STAGE_PROMISED);
  promise.set_words("a survey every quarter");
  promise.set_source(SomeDigest());
  promise.set_focus("PI-CS");
  SetDays(Day(2024, 4, 1), Day(2025, 3, 31), promise.mutable_period());
  world.Must(promise);
  EXPECT_EQ(world.state().commitments.at("BID-1").stages[0].due, Day(2025, 3, 31));
  auto plan = MakeEvent<v1::AnnualPlanAdopted>("X", v1::ROLE_DEC);
  plan.mutable_common()->mutable_governance()->set_meeting_id("SB-7");
  plan.mutable_common()->mutable_governance()->set_minute("5");
  plan.set_plan_id("AP-24");
  plan.set_year(2024);
  plan.set_plan_revision(1);
  SetDays(Day(2024, 4, 1), Day(2025, 3, 31), plan.mutable_period());
  for (const absl::CivilDay due : {Day(2024, 12, 31), Day(2024, 9, 30)}) {
    v1::PlanCommitment* commitment = plan.add_commitments();
    commitment->set_commitment_id("BID-1");
    commitment->set_focus("PI-CS");
    commitment->set_level(3);
    *commitment->mutable_due() = ToDate(due);
  }
  world.Must(plan);
  EXPECT_THAT(world.state().plans.at("AP-24")[0].due, ElementsAre(Pair("BID-1", Day(2024, 9, 30))));
}

TEST(RecordRules, KeepThePeriodOfAPerformanceNoticeAndWhatItNamesAsItsCause) {
  ContractWorld world;
  v1::ContractRegistered registration = world.Registration();
  registration.set_regime(v1::REGIME_PA2023);
  const Position cause = world.Must(registration);
  auto notice = MakeEvent<v1::PerformanceNoticeRecorded>("X", v1::ROLE_CM);
  notice.set_notice_id("UK9-1");
  notice.set_stage(v1::NOTICE_STAGE_PUBLISHED);
  SetDays(Day(2023, 4, 1), Day(2024, 3, 31), notice.mutable_period());
  notice.set_rating(v1::NOTICE_RATING_GOOD);
  notice.set_mapping_reason("four of five indicators met");
  for (const char* name :
       {"authority", "kpis", "procurement_ids", "procurement_title", "statement", "supplier"}) {
    v1::NoticeField* field = notice.add_fields();
    field->set_name(name);
    field->set_value("given");
  }
  *notice.mutable_common()->add_caused_by() = RefTo(cause);
  const Position recorded = world.Must(notice);
  ASSERT_EQ(world.state().performance_notices.size(), 1u);
  const PerformanceNotice& kept = world.state().performance_notices[0];
  EXPECT_EQ(kept.known.position, recorded);
  EXPECT_EQ(kept.notice_id, "UK9-1");
  EXPECT_EQ(kept.stage, v1::NOTICE_STAGE_PUBLISHED);
  EXPECT_EQ(kept.period, (DayRange{Day(2023, 4, 1), Day(2024, 3, 31)}));
  EXPECT_THAT(kept.causes, ElementsAre(cause));
}

// The step and the outcome of a dispute whose notice was erased have nothing to add to.
TEST(RecordRules, TakeEventsThatReferToErasedOnes) {
  ContractWorld world = ContractWorld::Adopted();
  ContractState state = world.state();
  uint64_t position = world.next().value;
  const auto evolve = [&](const google::protobuf::Message& event) {
    const auto parsed =
        ParseRecorded(event.GetDescriptor()->full_name(), event.SerializeAsString(), FakeHash);
    ASSERT_THAT(parsed, IsOk());
    EXPECT_OK(Evolve({.position = Position{position},
                      .first_position = Position{position},
                      .recorded_at = UnixMicros{1721044800000000u},
                      .event_type = parsed->type().name,
                      .principal = "X",
                      .event = &*parsed},
                     &state));
    ++position;
  };
  evolve(world.Step("GONE", v1::DISPUTE_STEP_REFERRED));
  evolve(Hold("GONE", false));
  EXPECT_EQ(state.events.size(), world.state().events.size() + 2);
  EXPECT_TRUE(state.disputes.empty());
  EXPECT_TRUE(state.holds.empty());
}

}  // namespace
}  // namespace waymark::test
