#include "tests/projections/decision_events.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "ledger/base/check.h"
#include "tests/projections/contract_events.h"

namespace waymark::test {
namespace {

template <typename M>
M Event(const std::string& party, v1::Role role) {
  M event;
  v1::Common* const common = event.mutable_common();
  common->set_event_type(M::descriptor()->full_name());
  common->set_party_id(party);
  common->set_role(role);
  common->set_marking(v1::MARKING_OFFICIAL);
  common->set_reason("as minuted");
  return event;
}

template <typename M>
M Decided(const std::string& clause_id, Position evaluation, v1::DecisionChoice choice) {
  auto event = Event<M>("X", v1::ROLE_DEC);
  event.set_clause_id(clause_id);
  event.mutable_evaluation()->set_position(evaluation.value);
  event.set_choice(choice);
  event.set_proposer("ann");
  event.set_decider("bob");
  return event;
}

}  // namespace

v1::Clause ClauseOf(const std::string& clause_id, const std::string& rest) {
  v1::Clause clause;
  WAYMARK_CHECK(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat("clause_id: '", clause_id, "' version: 1 words: 'As agreed.' ",
                   "effective { first { year: 2022 month: 4 day: 1 } ",
                   "last { year: 2030 month: 3 day: 31 } } ", rest),
      &clause));
  if (clause.kind() == v1::CLAUSE_KIND_UNSPECIFIED) clause.set_kind(v1::CLAUSE_KIND_REWARD);
  if (clause.effect() == v1::CLAUSE_EFFECT_UNSPECIFIED) {
    clause.set_effect(v1::CLAUSE_EFFECT_ENTITLES);
  }
  return clause;
}

v1::ClauseSetRecorded ClauseSet(const std::vector<v1::Clause>& clauses) {
  auto event = Event<v1::ClauseSetRecorded>("X", v1::ROLE_CM);
  event.set_id("set");
  for (const v1::Clause& clause : clauses) *event.add_clauses() = clause;
  return event;
}

v1::ClauseVaried Varied(const v1::Clause& clause, absl::CivilDay from) {
  auto event = Event<v1::ClauseVaried>("X", v1::ROLE_CM);
  event.set_clause_id(clause.clause_id());
  *event.mutable_clause() = clause;
  *event.mutable_effective_on() = ToDate(from);
  event.set_instrument("Variation 1");
  return event;
}

v1::ClauseEvaluated Evaluated(const v1::EvaluateClauseReply& reply) {
  auto event = Event<v1::ClauseEvaluated>("X", v1::ROLE_CM);
  event.set_clause_id(reply.clause().clause_id());
  event.set_clause_version(reply.clause().version());
  *event.mutable_as_of() = reply.basis().as_of();
  event.set_known_at(reply.basis().known() - 1);
  event.set_outcome(reply.outcome());
  event.set_explanation(reply.explanation());
  event.set_explanation_digest(reply.explanation_digest());
  event.set_engine(reply.engine());
  return event;
}

v1::BoardMatterRecorded Recommended(Position matter, const std::string& dissent) {
  auto event = Event<v1::BoardMatterRecorded>("X", v1::ROLE_SEC);
  event.set_meeting_id("M-1");
  event.set_minute("4.2");
  event.mutable_matter()->set_position(matter.value);
  event.set_outcome(v1::MATTER_OUTCOME_RECOMMENDED);
  event.set_dissent(dissent);
  return event;
}

v1::RewardDecided Rewarded(const std::string& clause_id, Position evaluation,
                           v1::DecisionChoice choice, std::optional<int64_t> pence) {
  auto event = Decided<v1::RewardDecided>(clause_id, evaluation, choice);
  if (pence) event.mutable_amount()->set_pence(*pence);
  return event;
}

v1::SanctionDecided Sanctioned(const std::string& clause_id, Position evaluation,
                               v1::DecisionChoice choice) {
  return Decided<v1::SanctionDecided>(clause_id, evaluation, choice);
}

v1::DecisionCarriedOut CarriedOut(Position decision, v1::DecisionAct act, int64_t pence) {
  auto event = Event<v1::DecisionCarriedOut>("X", v1::ROLE_CM);
  event.mutable_decision()->set_position(decision.value);
  event.set_act(act);
  *event.mutable_effective_on() = ToDate(On(2025, 5, 1));
  event.mutable_amount()->set_pence(pence);
  event.set_reference("BACS 1");
  return event;
}

v1::DecisionBasisChanged BasisChanged(Position decision, Position before, Position after,
                                      Position cause) {
  auto event = Event<v1::DecisionBasisChanged>("X", v1::ROLE_SYS);
  event.mutable_decision()->set_position(decision.value);
  event.mutable_old_evaluation()->set_position(before.value);
  event.mutable_new_evaluation()->set_position(after.value);
  event.mutable_cause()->set_position(cause.value);
  event.set_change(v1::BASIS_CHANGE_OUTCOME);
  return event;
}

v1::DecisionReviewed Reviewed(Position decision, Position basis_change, v1::ReviewOutcome outcome) {
  auto event = Event<v1::DecisionReviewed>("X", v1::ROLE_DEC);
  event.mutable_decision()->set_position(decision.value);
  event.mutable_basis_change()->set_position(basis_change.value);
  event.set_outcome(outcome);
  return event;
}

v1::ExtensionOffered Offered(const std::string& offer_id, const std::string& clause_id,
                             Position evaluation, absl::CivilDay respond_by) {
  auto event = Event<v1::ExtensionOffered>("X", v1::ROLE_DEC);
  event.set_offer_id(offer_id);
  event.set_clause_id(clause_id);
  event.mutable_evaluation()->set_position(evaluation.value);
  *event.mutable_period()->mutable_first() = ToDate(On(2030, 4, 1));
  *event.mutable_period()->mutable_last() = ToDate(On(2031, 3, 31));
  *event.mutable_respond_by() = ToDate(respond_by);
  event.set_terms(std::string(32, 't'));
  return event;
}

v1::ExtensionAnswered Answered(const std::string& offer_id, v1::ExtensionAnswer answer) {
  auto event = Event<v1::ExtensionAnswered>("P", v1::ROLE_PRD);
  event.set_offer_id(offer_id);
  event.set_answer(answer);
  event.set_clause_id("K1");
  return event;
}

v1::ExtensionOfferEnded OfferEnded(const std::string& offer_id, v1::OfferEndCause cause,
                                   absl::CivilDay on) {
  auto event = Event<v1::ExtensionOfferEnded>("X", v1::ROLE_SYS);
  event.set_offer_id(offer_id);
  event.set_cause(cause);
  *event.mutable_effective_on() = ToDate(on);
  return event;
}

v1::ServicePeriodExtended Extended(const std::string& offer_id, absl::CivilDay new_end) {
  auto event = Event<v1::ServicePeriodExtended>("X", v1::ROLE_DEC);
  event.set_offer_id(offer_id);
  *event.mutable_new_end() = ToDate(new_end);
  event.set_instrument("Deed 1");
  return event;
}

v1::ImprovementNoticeServed NoticeServed(const std::string& notice_id, const std::string& focus,
                                         absl::CivilDay on) {
  auto event = Event<v1::ImprovementNoticeServed>("X", v1::ROLE_CM);
  event.set_notice_id(notice_id);
  event.set_focus(focus);
  event.set_clause_id("K1");
  event.set_level(3);
  *event.mutable_served_on() = ToDate(on);
  *event.mutable_cure_to() = ToDate(on + 30);
  event.set_method("by hand");
  return event;
}

}  // namespace waymark::test
