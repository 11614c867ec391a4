// This header defines the small world in which the rules are tested: one contract between the
// authority X and the provider P, a matrix of four focuses, and verbs for what its people do. Every
// verb makes an event that the rules let pass; a test takes one, spoils it, and looks at what is
// refused.
//
//   ContractWorld world = ContractWorld::Adopted();
//   v1::LevelDetermined event = world.Determination("PI-CS", 3);
//   event.clear_basis();
//   EXPECT_THAT(world.Append(event), RefusedWith("NOT_MODERATED"));
#ifndef WAYMARK_TESTS_CONTRACT_CONTRACT_WORLD_H_
#define WAYMARK_TESTS_CONTRACT_CONTRACT_WORLD_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/contract/decide.h"
#include "ledger/contract/state.h"
#include "waymark/v1/event.pb.h"

namespace waymark::test {

using Day = absl::CivilDay;

// Not SHA-256, but 32 bytes that differ where the input does: enough for rules that only compare.
Digest FakeHash(absl::string_view bytes);
// 32 bytes for a digest field.
std::string SomeDigest();

v1::Date ToDate(absl::CivilDay day);
void SetDays(absl::CivilDay first, absl::CivilDay last, v1::Period* period);
v1::EventRef RefTo(Position position);
v1::EventRef RefToIndex(uint32_t index);

// Everything a state says, as text, so that two can be compared.
std::string DumpState(const ContractState& state);

// An event of type M with a Common that the shape check takes.
template <typename M>
M MakeEvent(const std::string& party, v1::Role role) {
  M event;
  v1::Common* common = event.mutable_common();
  common->set_event_type(M::descriptor()->full_name());
  common->set_party_id(party);
  common->set_role(role);
  common->set_marking(v1::MARKING_OFFICIAL);
  common->set_reason("as minuted");
  return event;
}

// PI-CS: a ladder DEFINED at every level. PI-IV: a ladder with level 2 PROVISIONAL, levels 0 and 4
// UNDEFINED. SE-DD: ENDURING. CR-FR: UNASSIGNED. Criteria PI-CS.L1.1 binds the provider, PI-CS.L1.2
// both sides.
v1::Matrix SmallMatrix();

class ContractWorld {
 public:
  // A ledger in which this contract has no event yet; today is 2024-07-15.
  ContractWorld() : state_{.contract_id = "A"} { SetToday(Day(2024, 7, 15)); }
  // With the contract registered; and with the small matrix adopted.
  static ContractWorld Registered();
  static ContractWorld Adopted();

  const ContractState& state() const { return state_; }
  void SetToday(absl::CivilDay day);
  absl::CivilDay today() const { return today_; }
  // That the next event will get, and that the last one got.
  Position next() const { return next_; }
  Position last() const { return Position{next_.value - 1}; }
  // As if other contracts' events stood before.
  void set_next(Position next) { next_ = next; }
  void set_expected_revision(uint64_t revision) { expected_revision_ = Revision{revision}; }
  void set_signed(bool is_signed) { is_signed_ = is_signed; }
  // What was found of the events that come where they arrived.
  void set_claim(Claim claim) { claim_ = claim; }

  // Offers the events as one request, by the person who holds the first one's role for its party
  // ("X-CM"), or by `principal`. Checks that a refused request leaves no trace.
  template <typename... Events>
  absl::StatusOr<Decision> Append(const Events&... events) {
    return Offer("", {{events.GetDescriptor()->full_name(), events.SerializeAsString()}...},
                 FirstCommon(events...));
  }
  template <typename... Events>
  absl::StatusOr<Decision> AppendAs(const std::string& principal, const Events&... events) {
    return Offer(principal, {{events.GetDescriptor()->full_name(), events.SerializeAsString()}...},
                 FirstCommon(events...));
  }
  // The same, which has to pass; the position of the first event.
  template <typename... Events>
  Position Must(const Events&... events) {
    const Position first = next_;
    RequireOk(Append(events...).status());
    return first;
  }
  absl::StatusOr<Decision> Offer(const std::string& principal,
                                 const std::vector<std::pair<std::string, std::string>>& events,
                                 const v1::Common& common);
  // The stream that the events go to; "A" unless set.
  void set_contract_id(const std::string& id) { contract_id_ = id; }

  // What the next request may hold.
  v1::ContractRegistered Registration() const;
  v1::MatrixVersionDrafted Draft(const v1::Matrix& matrix = SmallMatrix()) const;
  v1::MatrixVersionAdopted Adoption() const;  // of the newest draft
  v1::PolicySet Policy(v1::PolicyKey key, const std::string& value) const;
  v1::TargetSet Target(const std::string& focus, uint32_t level) const;
  v1::EvidenceSubmitted Evidence(const std::string& id, const std::string& focus = "PI-CS") const;
  v1::EvidenceVerified Verification(const std::string& id, v1::VerificationOutcome outcome) const;
  v1::EvidenceStatusChanged StatusChange(const std::string& id, v1::EvidenceChange change) const;
  v1::SelfAssessmentSubmitted SelfAssessment(const std::string& focus, uint32_t level) const;
  v1::AssessmentRecorded Assessment(const std::string& focus, uint32_t level) const;
  v1::AssessmentModerated Moderation(Position assessment) const;
  // Of the newest moderated assessment; effective and decided today, for the period of today.
  v1::LevelDetermined Determination(const std::string& focus, uint32_t level) const;
  v1::DeterminationSuperseded Superseding(Position old) const;
  v1::CoverageGapExplained Gap(const std::string& focus, absl::CivilDay first,
                               absl::CivilDay last) const;
  v1::BoardMeetingHeld Meeting(const std::string& id) const;
  v1::BoardMatterRecorded Matter(const std::string& meeting, Position matter,
                                 v1::MatterOutcome outcome) const;
  v1::DisputeNotified Dispute(const std::string& id, Position matter) const;
  v1::DisputeStepRecorded Step(const std::string& id, v1::DisputeStep step) const;
  v1::DisputeOutcomeRecorded Outcome(const std::string& id, v1::DisputeOutcomeKind kind) const;
  v1::ContractEnded Ending(v1::EndCause cause) const;
  v1::PartyChanged PartyChange(const std::string& party, v1::PartyChange change) const;
  // From X's decision-maker to `person`, as decision-maker, for 30 days.
  v1::DelegationChanged Delegation(const std::string& id, const std::string& person,
                                   const std::vector<v1::Power>& powers) const;
  v1::DelegationChanged Revocation(const std::string& id) const;
  // By the director of P, or the decision-maker of another party.
  v1::AssentRecorded Assent(const std::string& party, const std::string& subject) const;
  v1::MobilisationRecorded Mobilisation(v1::MobilisationStage stage) const;
  // Of the person of X who has the role, about the focus; empty for the whole contract.
  v1::ConflictRecorded Conflict(v1::Role role, const std::string& focus) const;
  // By the secretary, minuted at the meeting SB-7.
  v1::ConflictRecorded Dispensation(const std::string& person, const std::string& focus) const;
  // PI-CS at level 3 or above, version 1; and a set of it, assented to by both parties.
  v1::Clause Clause(const std::string& id, v1::ClauseKind kind = v1::CLAUSE_KIND_REWARD) const;
  v1::ClauseSetRecorded ClauseSet(const std::string& id,
                                  v1::ClauseKind kind = v1::CLAUSE_KIND_REWARD);
  // The next version of a clause, from today, assented to by both parties.
  v1::ClauseVaried Variation(const std::string& id);

  // As of today, knowing all that is recorded.
  v1::ClauseEvaluated Evaluation(const std::string& clause_id, v1::ClauseOutcome outcome) const;
  // Of PI-CS at level 3, to be cured in 60 days.
  v1::ImprovementNoticeServed Notice(const std::string& clause_id) const;
  // A RewardDecided or SanctionDecided of 1,000.00, proposed by X-1 and decided by X-2.
  template <typename M>
  M Deciding(const std::string& clause_id, Position evaluation, v1::DecisionChoice choice) const {
    M event = MakeEvent<M>("X", v1::ROLE_DEC);
    Govern(event.mutable_common());
    event.set_clause_id(clause_id);
    *event.mutable_evaluation() = RefTo(evaluation);
    event.set_choice(choice);
    event.mutable_amount()->set_pence(100000);
    event.set_proposer("X-1");
    event.set_decider("X-2");
    return event;
  }
  // A review that upholds.
  v1::DecisionReviewed Review(Position decision, Position basis_change) const;
  // Of the two years after the first end, to be answered within 30 days.
  v1::ExtensionOffered Offering(const std::string& offer_id, const std::string& clause_id,
                                Position evaluation) const;

  // Both parties assent to the event as it stands, and it names their assents.
  template <typename M>
  void Agree(M* event) {
    event->clear_assents();
    const Digest subject = FakeHash(event->SerializeAsString());
    for (const char* party : {"X", "P"}) *event->add_assents() = RefTo(AssentTo(subject, party));
  }
  // The party's assent to the subject, given now if it was not before.
  Position AssentTo(const Digest& subject, const std::string& party);

  // Evidence E-<n>, an assessment and its moderation; returns the assessment's position.
  Position Assess(const std::string& focus, uint32_t level);
  // Assess, then the determination.
  Position Determine(const std::string& focus, uint32_t level);

 private:
  template <typename First, typename... Rest>
  static const v1::Common& FirstCommon(const First& first, const Rest&...) {
    return first.common();
  }
  static void RequireOk(const absl::Status& status);
  void Pin(v1::Common* common) const;
  void Govern(v1::Common* common) const;

  ContractState state_;
  std::string contract_id_ = "A";
  Position next_{3};  // other contracts' events stand before
  UnixMicros now_;
  absl::CivilDay today_;
  std::optional<Revision> expected_revision_;
  bool is_signed_ = false;
  Claim claim_ = Claim::kNotChecked;
  int evidence_count_ = 0;
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_CONTRACT_CONTRACT_WORLD_H_
