#include "projections/maturity/decision_standings.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ledger/contract/clause_evaluate.h"
#include "ledger/contract/decision_flags.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/lookup.h"
#include "projections/maturity/answer_words.h"

namespace waymark::maturity {
namespace {

template <typename Fact>
void CutTo(Knowledge knowledge, std::vector<Fact>* facts) {
  std::erase_if(*facts, [&](const Fact& fact) { return !knowledge.Has(fact.known); });
}

ClauseDecision AsKnown(ClauseDecision decision, Knowledge knowledge) {
  CutTo(knowledge, &decision.carried_out);
  CutTo(knowledge, &decision.basis_changes);
  CutTo(knowledge, &decision.reviews);
  return decision;
}

ExtensionOffer AsKnown(ExtensionOffer offer, Knowledge knowledge) {
  if (offer.answer && !knowledge.Has(offer.answer->known)) offer.answer.reset();
  if (offer.end && !knowledge.Has(offer.end->known)) offer.end.reset();
  if (offer.extended && !knowledge.Has(*offer.extended)) offer.extended.reset();
  CutTo(knowledge, &offer.basis_changes);
  CutTo(knowledge, &offer.reviews);
  return offer;
}

std::set<Position> OpenlyDisputed(const ContractState& state, Knowledge knowledge) {
  std::set<Position> matters;
  for (const auto& [id, dispute] : state.disputes) {
    if (!knowledge.Has(dispute.notified)) continue;
    if (dispute.closed && knowledge.Has(*dispute.closed)) continue;
    matters.insert(dispute.matters.begin(), dispute.matters.end());
  }
  return matters;
}

bool ReadsAnyOf(const std::set<Position>& matters, const ContractState& state,
                const EvaluationRecord& evaluation) {
  // What it did not know it did not read.
  if (*matters.begin() > evaluation.known_at) return false;
  const Knowledge then{SizeThrough(evaluation.known_at)};
  const ClauseVersion* const version =
      FindClauseVersion(state, evaluation.clause_id, evaluation.clause_version, then);
  if (version == nullptr) return false;
  const Evaluation said = EvaluateClauseOnDay(state, version->clause, evaluation.as_of,
                                              SizeThrough(evaluation.known_at));
  for (const NodeResult* node : NodesOf(said)) {
    for (const Position position : node->positions) {
      if (matters.contains(position)) return true;
    }
  }
  return false;
}

bool IsDisputed(const ContractState& state, const DecisionEntry& entry,
                const EvaluationRecord* evaluation, Knowledge knowledge) {
  const std::set<Position> matters = OpenlyDisputed(state, knowledge);
  if (matters.empty()) return false;
  return matters.contains(entry.position()) || matters.contains(entry.evaluation()) ||
         (evaluation != nullptr && ReadsAnyOf(matters, state, *evaluation));
}

v1::CarriedOut ToCarriedOut(const ClauseDecision::CarriedOut& act) {
  v1::CarriedOut word;
  word.set_position(act.known.position.value);
  word.set_act(act.act);
  SetDay(act.effective_on, word.mutable_effective_on());
  if (act.amount_pence) word.mutable_amount()->set_pence(*act.amount_pence);
  word.set_reference(act.reference);
  return word;
}

v1::ClauseOutcome OutcomeAt(const ContractState& state, Position evaluation) {
  const EvaluationRecord* const found = FindEvaluation(state, evaluation);
  return found == nullptr ? v1::CLAUSE_OUTCOME_UNSPECIFIED : found->outcome;
}

v1::BasisChangeStanding ToBasisChange(const ContractState& state,
                                      const ClauseDecision::BasisChanged& change) {
  v1::BasisChangeStanding word;
  word.set_position(change.known.position.value);
  word.set_old_evaluation(change.old_evaluation.value);
  word.set_new_evaluation(change.new_evaluation.value);
  word.set_cause(change.cause.value);
  word.set_change(change.change);
  word.set_outcome_before(OutcomeAt(state, change.old_evaluation));
  word.set_outcome_after(OutcomeAt(state, change.new_evaluation));
  return word;
}

void SetDecision(const ClauseDecision& decision, v1::DecisionStanding* word) {
  word->set_kind(decision.kind == v1::CLAUSE_KIND_SANCTION ? v1::DECISION_KIND_SANCTION
                                                           : v1::DECISION_KIND_REWARD);
  word->set_choice(decision.choice);
  if (decision.amount_pence) word->mutable_amount()->set_pence(*decision.amount_pence);
  if (decision.fraction) *word->mutable_fraction() = *decision.fraction;
  word->set_proposer(decision.proposer);
  word->set_decider(decision.decider);
  word->set_reason(decision.reason);
  bool irregular = false;
  for (const ClauseDecision::CarriedOut& act : decision.carried_out) {
    *word->add_carried_out() = ToCarriedOut(act);
    irregular |= IsBeyondDecision(decision, act);
  }
  if (irregular) word->add_flags("IRREGULAR");
}

// Of a decision or an offer.
template <typename Act>
void SetReviews(const ContractState& state, const Act& act, v1::DecisionStanding* word) {
  for (const ClauseDecision::BasisChanged& change : act.basis_changes) {
    *word->add_basis_changes() = ToBasisChange(state, change);
  }
  for (const ClauseDecision::Review& review : act.reviews) {
    v1::ReviewStanding* const said = word->add_reviews();
    said->set_position(review.known.position.value);
    said->set_basis_change(review.basis_change.value);
    said->set_outcome(review.outcome);
  }
}

template <typename Act>
bool IsToReview(const Act& act) {
  if (act.basis_changes.empty()) return false;
  const Position newest = act.basis_changes.back().known.position;
  return std::none_of(
      act.reviews.begin(), act.reviews.end(),
      [&](const ClauseDecision::Review& review) { return review.basis_change == newest; });
}

v1::OfferState AnswerWord(v1::ExtensionAnswer answer) {
  if (answer == v1::EXTENSION_ANSWER_ACCEPTED) return v1::OFFER_STATE_ACCEPTED;
  return answer == v1::EXTENSION_ANSWER_DECLINED ? v1::OFFER_STATE_DECLINED
                                                 : v1::OFFER_STATE_COUNTER_PROPOSED;
}

v1::OfferState StateOn(const ExtensionOffer& offer, absl::CivilDay as_of) {
  if (offer.extended && offer.extended->recorded_on <= as_of) return v1::OFFER_STATE_EXTENDED;
  if (offer.answer && offer.answer->known.recorded_on <= as_of) {
    return AnswerWord(offer.answer->answer);
  }
  if (offer.end && offer.end->effective_on <= as_of) {
    return offer.end->cause == v1::OFFER_END_CAUSE_WITHDRAWN ? v1::OFFER_STATE_WITHDRAWN
                                                             : v1::OFFER_STATE_LAPSED;
  }
  return as_of <= offer.respond_by ? v1::OFFER_STATE_OPEN : v1::OFFER_STATE_UNANSWERED;
}

void SetOffer(const ExtensionOffer& offer, absl::CivilDay as_of, v1::DecisionStanding* word) {
  word->set_kind(v1::DECISION_KIND_EXTENSION_OFFER);
  word->set_offer_id(offer.offer_id);
  word->set_offer_state(StateOn(offer, as_of));
  SetDay(offer.period.first, word->mutable_offered()->mutable_first());
  SetDay(offer.period.last, word->mutable_offered()->mutable_last());
  SetDay(offer.respond_by, word->mutable_respond_by());
  if (offer.answer) word->set_answered_at(offer.answer->known.position.value);
  if (offer.end) word->set_ended_at(offer.end->known.position.value);
  if (offer.extended) word->set_extended_at(offer.extended->position.value);
}

const Known& KnownOf(const DecisionEntry& entry) {
  return std::visit([](const auto& one) -> const Known& { return one.known; }, entry.what);
}

}  // namespace

Position DecisionEntry::position() const { return KnownOf(*this).position; }

const std::string& DecisionEntry::clause_id() const {
  return std::visit([](const auto& one) -> const std::string& { return one.clause_id; }, what);
}

Position DecisionEntry::evaluation() const {
  return std::visit([](const auto& one) { return one.evaluation; }, what);
}

bool DecisionEntry::to_review() const {
  return std::visit([](const auto& act) { return IsToReview(act); }, what);
}

std::vector<DecisionEntry> FindDecisions(const ContractState& state, TreeSize known) {
  const Knowledge knowledge{known};
  std::vector<DecisionEntry> found;
  for (const auto& [position, decision] : state.decisions) {
    if (knowledge.Has(decision.known)) found.push_back({AsKnown(decision, knowledge)});
  }
  for (const auto& [id, offer] : state.offers) {
    if (knowledge.Has(offer.known)) found.push_back({AsKnown(offer, knowledge)});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.position() < b.position(); });
  return found;
}

std::optional<DecisionEntry> FindDecisionAt(const ContractState& state, Position position,
                                            TreeSize known) {
  for (DecisionEntry& entry : FindDecisions(state, known)) {
    if (entry.position() == position) return std::move(entry);
  }
  return std::nullopt;
}

v1::DecisionStanding ToDecisionStanding(const ContractState& state, const DecisionEntry& entry,
                                        const Settled& at) {
  v1::DecisionStanding word;
  word.set_position(entry.position().value);
  word.set_clause_id(entry.clause_id());
  SetDay(KnownOf(entry).recorded_on, word.mutable_recorded_on());
  word.set_evaluation(entry.evaluation().value);
  v1::DecisionChoice choice = v1::DECISION_CHOICE_APPLY;
  const ClauseDecision* const decision = std::get_if<ClauseDecision>(&entry.what);
  if (decision != nullptr) choice = decision->choice;
  const EvaluationRecord* const evaluation = FindEvaluation(state, entry.evaluation());
  if (evaluation != nullptr) {
    word.set_clause_version(evaluation->clause_version);
    word.set_outcome(evaluation->outcome);
    SetDay(evaluation->as_of, word.mutable_evaluated_as_of());
    word.set_evaluated_known_at(evaluation->known_at.value);
    if (IsAgainstOutcome(state, *evaluation, choice)) word.add_flags("AGAINST_OUTCOME");
  }
  if (decision != nullptr) {
    SetDecision(*decision, &word);
  } else {
    SetOffer(std::get<ExtensionOffer>(entry.what), at.as_of, &word);
  }
  std::visit([&](const auto& act) { SetReviews(state, act, &word); }, entry.what);
  word.set_to_review(entry.to_review());
  word.set_disputed(IsDisputed(state, entry, evaluation, Knowledge{at.known}));
  return word;
}

}  // namespace waymark::maturity
