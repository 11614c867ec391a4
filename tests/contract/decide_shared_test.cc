// What every event is asked, whatever its type; the order of refusals; requests of several events.

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/evolve.h"
#include "tests/contract/contract_world.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> ReasonsOf(const absl::Status& status) {
  std::vector<std::string> reasons;
  for (const Violation& violation : ViolationsOf(status)) reasons.push_back(violation.reason);
  return reasons;
}

TEST(Decide, RefusesAnyEventOfAContractThatIsNotRegistered) {
  ContractWorld world;
  EXPECT_THAT(world.Append(world.Evidence("E1")), RefusedWith("CONTRACT_UNKNOWN"));
  EXPECT_THAT(world.Append(world.Evidence("E1")), StatusIs(absl::StatusCode::kNotFound));
}

TEST(Decide, RefusesAPartyThatIsNotInTheContract) {
  ContractWorld world = ContractWorld::Adopted();
  v1::EvidenceSubmitted event = world.Evidence("E1");
  event.mutable_common()->set_party_id("Y");
  EXPECT_THAT(world.Append(event), RefusedWith("PARTY_UNKNOWN"));
  EXPECT_THAT(world.Append(event), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(Decide, RefusesARoleOfTheOtherSide) {
  ContractWorld world = ContractWorld::Adopted();
  v1::EvidenceSubmitted event = world.Evidence("E1");
  event.mutable_common()->set_party_id("P");
  EXPECT_THAT(world.Append(event), RefusedWith("ROLE_NOT_HELD"));
}

TEST(Decide, RefusesADelegationThatIsNotOnRecord) {
  ContractWorld world = ContractWorld::Adopted();
  v1::EvidenceSubmitted event = world.Evidence("E1");
  event.mutable_common()->set_delegation_id("DG1");
  EXPECT_THAT(world.Append(event), RefusedWith("DELEGATION_EXPIRED"));
}

TEST(Decide, RefusesACauseThatIsNotOnRecord) {
  ContractWorld world = ContractWorld::Adopted();
  v1::EvidenceSubmitted event = world.Evidence("E1");
  *event.mutable_common()->add_caused_by() = RefTo(world.next());
  EXPECT_THAT(world.Append(event), RefusedWith("REF_UNKNOWN"));
}

TEST(Decide, AsksForASignatureWhereThePolicyDoes) {
  ContractWorld world = ContractWorld::Adopted();
  world.Must(world.Policy(v1::POLICY_KEY_SIGNATURE_REQUIRED, "PROVIDER"));
  v1::EvidenceSubmitted of_provider = world.Evidence("E1");
  of_provider.mutable_common()->set_party_id("P");
  of_provider.mutable_common()->set_role(v1::ROLE_PRL);
  EXPECT_THAT(world.Append(of_provider), RefusedWith("SIGNATURE_MISSING"));
  EXPECT_OK(world.Append(world.Evidence("E2")));
  world.set_signed(true);
  EXPECT_OK(world.Append(of_provider));
}

TEST(Decide, RefusesAStaleRevisionAndNamesTheNextOne) {
  ContractWorld world = ContractWorld::Adopted();
  world.set_expected_revision(2);
  const absl::Status status = world.Append(world.Evidence("E1")).status();
  EXPECT_THAT(status, RefusedWith("REVISION_STALE"));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kAborted));
  world.set_expected_revision(3);
  EXPECT_OK(world.Append(world.Evidence("E1")));
}

TEST(Decide, RefusesWhatIsNotACorrectionOnceTheRecordIsClosed) {
  ContractWorld world = ContractWorld::Adopted();
  const Position determined = world.Determine("PI-CS", 3);
  world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
  world.Must(world.Ending(v1::END_CAUSE_CLOSED));
  EXPECT_THAT(world.Append(world.Evidence("E1")), RefusedWith("CONTRACT_CLOSED"));
  EXPECT_OK(world.Append(world.Superseding(determined)));
}

TEST(Decide, ListsEveryViolationWhoFirstThenWhatIsMissingThenTheRest) {
  ContractWorld world = ContractWorld::Adopted();
  world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
  world.Must(world.Ending(v1::END_CAUSE_CLOSED));
  v1::EvidenceStatusChanged event = world.StatusChange("E9", v1::EVIDENCE_CHANGE_DELETED);
  event.mutable_common()->set_role(v1::ROLE_PRL);
  event.mutable_common()->set_party_id("Y");
  *event.mutable_effective_on() = ToDate(world.today() + 1);
  *event.mutable_common()->add_caused_by() = RefTo(Position{900});
  world.set_expected_revision(0);
  EXPECT_THAT(ReasonsOf(world.Append(event).status()),
              ElementsAre("PARTY_UNKNOWN", "REF_UNKNOWN", "REF_UNKNOWN", "REVISION_STALE",
                          "CONTRACT_CLOSED", "EFFECTIVE_IN_FUTURE", "EVIDENCE_DELETE_REFUSED"));
}

TEST(Decide, ListsViolationsOfADeterminationInTheCataloguesOrder) {
  ContractWorld world = ContractWorld::Adopted();
  world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
  world.SetToday(world.today() + 1);
  v1::LevelDetermined event = world.Determination("PI-IV", 2);
  event.clear_evidence();
  event.clear_effective_basis();
  event.clear_coverage_to();
  EXPECT_THAT(
      ReasonsOf(world.Append(event).status()),
      ElementsAre("LEVEL_NOT_DEFINED", "NOT_MODERATED", "EVIDENCE_MISSING", "CONFIDENCE_MISSING",
                  "EFFECTIVE_AFTER_END", "EFFECTIVE_BASIS_MISSING", "COVERAGE_MISMATCH"));
}

TEST(Decide, ListsWhoMayNotActInTheCataloguesOrder) {
  ContractWorld world = ContractWorld::Adopted();
  world.Must(world.Evidence("E-0"));
  const Position assessment = world.Must(world.Assessment("PI-CS", 3));
  const auto declare = [&](v1::Role role) { world.Must(world.Conflict(role, "PI-CS")); };
  declare(v1::ROLE_ASR);
  v1::AssessmentRecorded provider = world.Assessment("PI-CS", 3);
  provider.mutable_common()->set_party_id("GUEST");
  EXPECT_THAT(ReasonsOf(world.AppendAs("X-ASR", provider).status()),
              ElementsAre("CONFLICT_OPEN", "CONFIDENCE_NOT_AUTHORITY"));
  EXPECT_THAT(ReasonsOf(world.AppendAs("X-ASR", world.Moderation(assessment)).status()),
              ElementsAre("MODERATOR_IS_ASSESSOR", "CONFLICT_OPEN"));
  world.Must(world.Moderation(assessment));
  declare(v1::ROLE_MOD);
  EXPECT_THAT(ReasonsOf(world.AppendAs("X-MOD", world.Determination("PI-CS", 3)).status()),
              ElementsAre("MODERATOR_ALONE_RATIFIES", "CONFLICT_OPEN"));
  world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
  v1::DelegationChanged granting =
      world.Delegation("DG1", "X-DEC", {v1::POWER_SET_POLICY, v1::POWER_ANSWER_EXTENSION});
  EXPECT_THAT(ReasonsOf(world.Append(granting).status()),
              ElementsAre("GRANTER_LACKS_POWER", "SELF_GRANT", "DELEGATION_ID_USED"));
}

TEST(Decide, KnowsAnAuthorityFromTheDayItJoinsUntilTheDayItLeaves) {
  ContractWorld world = ContractWorld::Adopted();
  v1::PartyChanged joins = world.PartyChange("Y", v1::PARTY_CHANGE_ADDED);
  *joins.mutable_effective_on() = ToDate(world.today() + 10);
  world.Must(joins);
  v1::PartyChanged leaves = world.PartyChange("Y", v1::PARTY_CHANGE_REMOVED);
  *leaves.mutable_effective_on() = ToDate(world.today() + 20);
  world.Must(leaves);
  const Day first = world.today();
  int item = 0;
  for (const auto& [day, known] : {std::pair(first + 9, false), std::pair(first + 10, true),
                                   std::pair(first + 19, true), std::pair(first + 20, false)}) {
    world.SetToday(day);
    v1::EvidenceSubmitted event = world.Evidence(absl::StrCat("Y", ++item));
    event.mutable_common()->set_party_id("Y");
    const absl::Status status = world.Append(event).status();
    EXPECT_EQ(status.ok(), known) << day;
    if (!known) {
      EXPECT_THAT(status, RefusedWith("PARTY_UNKNOWN"));
    }
  }
}

TEST(Decide, RefusesTheEventThatIsWrongAndTheWholeRequestWithIt) {
  ContractWorld world = ContractWorld::Adopted();
  const absl::Status status =
      world.Append(world.Evidence("E1"), world.Evidence("E2"), world.Evidence("E1")).status();
  ASSERT_EQ(ViolationsOf(status).size(), 1u);
  EXPECT_EQ(ViolationsOf(status)[0].event_index, 2);
  EXPECT_TRUE(world.state().evidence.empty());
}

TEST(Decide, LetsAnEventRestOnEarlierOnesOfItsRequest) {
  ContractWorld world = ContractWorld::Adopted();
  world.Must(world.Evidence("E-0"));
  v1::AssessmentModerated moderation = world.Moderation(Position{0});
  *moderation.mutable_assessment() = RefToIndex(0);
  v1::LevelDetermined determination = world.Determination("PI-CS", 3);
  *determination.add_basis() = RefToIndex(1);
  determination.set_approved_by("X-OFA");
  // One principal may not assess and moderate, so the request of one author stops at the second
  // event.
  EXPECT_THAT(world.Append(world.Assessment("PI-CS", 3), moderation, determination),
              RefusedWith("MODERATOR_IS_ASSESSOR"));
  const Position assessment = world.Must(world.Assessment("PI-CS", 3));
  *moderation.mutable_assessment() = RefTo(assessment);
  determination.mutable_basis(0)->set_index(0);
  EXPECT_OK(world.Append(moderation, determination));
}

TEST(Decide, RefusesAReferenceToALaterEventOfTheRequest) {
  ContractWorld world = ContractWorld::Adopted();
  v1::DisputeNotified dispute = world.Dispute("D1", Position{0});
  *dispute.mutable_matters(0) = RefToIndex(1);
  EXPECT_THAT(world.Append(dispute, world.Dispute("D2", world.last())), RefusedWith("REF_UNKNOWN"));
}

// A request that ends in a refusal, after events that touch every part of a state.
TEST(Decide, LeavesNoTraceOfARefusedRequestHoweverMuchOfItPassed) {
  ContractWorld world = ContractWorld::Adopted();
  const Position determined = world.Determine("PI-CS", 3);
  world.Must(world.Dispute("D1", determined));
  v1::Matrix refined = SmallMatrix();
  refined.mutable_focuses(0)->set_code("PI-NEW");
  for (v1::Cell& cell : *refined.mutable_cells()) {
    if (cell.focus() == "PI-CS") cell.set_focus("PI-NEW");
  }
  v1::LevelDetermined again = world.Determination("PI-CS", 4);
  *again.add_supersedes() = RefTo(determined);
  again.set_ground(v1::GROUND_ERROR);
  again.set_approved_by("X-OFA");
  v1::MatrixVersionAdopted adoption = world.Adoption();
  for (const char* focus : {"PI-CS", "PI-IV", "SE-DD", "CR-FR"}) {
    v1::FocusCarry* carry = adoption.add_carry();
    carry->set_focus(focus);
    carry->set_rule(v1::CARRY_RULE_CARRY);
  }
  EXPECT_THAT(
      world.AppendAs(
          "somebody", world.Evidence("E7", "PI-IV"),
          world.Verification("E-1", v1::VERIFICATION_OUTCOME_VERIFIED),
          world.StatusChange("E-1", v1::EVIDENCE_CHANGE_CUSTODY), world.Draft(refined), adoption,
          world.Policy(v1::POLICY_KEY_GRACE_DAYS, "7"), world.Target("PI-CS", 3),
          world.Moderation(world.state().focuses.at("PI-CS").assessments[0].known.position), again,
          world.Gap("PI-IV", Day(2023, 1, 1), Day(2023, 1, 31)), world.Meeting("SB-8"),
          world.Meeting("SB-8"), world.Meeting("SB-7"),
          world.Matter("SB-8", determined, v1::MATTER_OUTCOME_RATIFIED),
          world.Dispute("D2", determined), world.Delegation("DG1", "X-2", {v1::POWER_ASSENT}),
          world.Revocation("DG1"), world.Assent("P", SomeDigest()), world.Assent("X", SomeDigest()),
          world.Mobilisation(v1::MOBILISATION_STAGE_STARTED), world.Dispensation("X-ASR", "PI-CS"),
          world.Dispensation("X-MOD", ""), world.PartyChange("Y", v1::PARTY_CHANGE_ADDED),
          world.Ending(v1::END_CAUSE_TERMINATED), world.Target("PI-CS", 4)),
      RefusedWith("TARGET_EXISTS"));
}

TEST(Evolve, RebuildsFromTheRecordedEventsWhatDecideMade) {
  ContractWorld world = ContractWorld::Adopted();
  ContractState rebuilt{.contract_id = "A"};
  ContractWorld source;
  uint64_t position = 3;
  const auto replay = [&](const google::protobuf::Message& event, absl::string_view principal) {
    const auto parsed =
        ParseRecorded(event.GetDescriptor()->full_name(), event.SerializeAsString(), FakeHash);
    ASSERT_THAT(parsed, IsOk());
    ASSERT_THAT(Evolve({.position = Position{position},
                        .first_position = Position{position},
                        .recorded_at = UnixMicros{1721044800000000u},
                        .event_type = parsed->type().name,
                        .principal = principal,
                        .event = &*parsed},
                       &rebuilt),
                IsOk());
    ++position;
  };
  replay(source.Registration(), "X-CM");
  replay(source.Draft(), "X-CM");
  v1::MatrixVersionAdopted adoption = source.Adoption();
  adoption.set_version(world.state().drafts[0].version_hash);
  replay(adoption, "X-DEC");
  EXPECT_EQ(DumpState(rebuilt), DumpState(world.state()));
}

TEST(Evolve, KeepsEveryWordOfPowersAssentsAndConflicts) {
  ContractWorld world = ContractWorld::Adopted();
  v1::DelegationChanged delegation =
      world.Delegation("DG1", "X-2", {v1::POWER_ASSENT, v1::POWER_SET_POLICY});
  delegation.mutable_limit()->set_pence(250);
  const Position granted = world.Must(delegation);
  const Position revoked = world.Must(world.Revocation("DG1"));
  const Position agreed = world.Must(world.Assent("P", SomeDigest()));
  v1::ConflictRecorded conflict = world.Conflict(v1::ROLE_ASR, "PI-CS");
  conflict.mutable_scope()->add_positions(granted.value);
  *conflict.mutable_last() = ToDate(Day(2025, 3, 31));
  world.Must(conflict);
  const std::string day = "/2024-07-15";
  std::string subject;
  for (int i = 0; i < 32; ++i) subject += "5a";
  for (const std::string& line :
       {absl::StrCat("delegation DG1 @", granted.value, day, " X X-2 7 250 2024-07-15..2024-08-14@",
                     revoked.value, day, " 9 3\n"),
        absl::StrCat("assents to ", subject, " | @", agreed.value, day, " P P-1 1\n"),
        absl::StrCat("conflicts of X-ASR | @", agreed.value + 1, day,
                     " 1 2024-07-15 2025-03-31 PI-CS ", granted.value, "\n")}) {
    EXPECT_THAT(DumpState(world.state()), ::testing::HasSubstr(line));
  }
}

TEST(Evolve, TakesAnErasedEventAsOneOfWhichNothingIsKnown) {
  ContractWorld world = ContractWorld::Adopted();
  ContractState state = world.state();
  EXPECT_OK(Evolve({.position = world.next(),
                    .first_position = world.next(),
                    .recorded_at = UnixMicros{1721044800000000u},
                    .event_type = "waymark.v1.EvidenceSubmitted",
                    .principal = "X-CM"},
                   &state));
  EXPECT_EQ(state.next_revision.value, world.state().next_revision.value + 1);
  EXPECT_EQ(state.events.back().type, v1::EvidenceSubmitted::descriptor());
  EXPECT_TRUE(state.evidence.empty());
}

TEST(Evolve, TakesEventsThatReferToAnErasedOne) {
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
  evolve(world.Verification("GONE", v1::VERIFICATION_OUTCOME_VERIFIED));
  evolve(world.StatusChange("GONE", v1::EVIDENCE_CHANGE_WITHDRAWN));
  evolve(world.Moderation(Position{4}));
  evolve(world.Superseding(Position{4}));
  evolve(world.Outcome("GONE", v1::DISPUTE_OUTCOME_KIND_SETTLEMENT));
  evolve(world.Revocation("GONE"));
  EXPECT_EQ(state.events.size(), world.state().events.size() + 6);
  // The registration itself.
  state.registration.reset();
  evolve(world.PartyChange("Y", v1::PARTY_CHANGE_ADDED));
  EXPECT_FALSE(state.registration.has_value());
}

TEST(Evolve, RefusesATypeWithoutRulesAndAPositionThatIsNotBehindTheLast) {
  ContractWorld world = ContractWorld::Adopted();
  ContractState state = world.state();
  EXPECT_THAT(
      Evolve({.position = world.next(), .event_type = "waymark.v1.ProjectionAttested"}, &state),
      StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Evolve({.position = world.last(), .event_type = "waymark.v1.PolicySet"}, &state),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(DumpState(state), DumpState(world.state()));
}

}  // namespace
}  // namespace waymark::test
