#include "ledger/contract/decision_flags.h"

#include <algorithm>

#include "ledger/contract/lookup.h"

namespace waymark {
namespace {

// Exact however many acts there are.
using Pence = __int128;

Pence TotalBefore(const ClauseDecision& decision, v1::DecisionAct act, Position end) {
  Pence total = 0;
  for (const ClauseDecision::CarriedOut& one : decision.carried_out) {
    if (one.act == act && one.known.position < end) total += one.amount_pence.value_or(0);
  }
  return total;
}

// UNSPECIFIED where nobody had reviewed it yet.
v1::ReviewOutcome LastReviewBefore(const ClauseDecision& decision, Position end) {
  v1::ReviewOutcome last = v1::REVIEW_OUTCOME_UNSPECIFIED;
  for (const ClauseDecision::Review& review : decision.reviews) {
    if (review.known.position < end) last = review.outcome;
  }
  return last;
}

}  // namespace

bool IsAgainstOutcome(const ContractState& state, const EvaluationRecord& evaluation,
                      v1::DecisionChoice choice) {
  const bool satisfied = evaluation.outcome == v1::CLAUSE_OUTCOME_SATISFIED;
  if (choice == v1::DECISION_CHOICE_APPLY) return !satisfied;
  if (choice != v1::DECISION_CHOICE_WAIVE || !satisfied) return false;
  const ClauseVersion* version = FindClauseVersion(
      state, evaluation.clause_id, evaluation.clause_version, {SizeThrough(evaluation.known_at)});
  return version != nullptr && version->clause.effect() == v1::CLAUSE_EFFECT_ENTITLES;
}

bool IsBeyondDecision(const ClauseDecision& decision, const ClauseDecision::CarriedOut& act) {
  const Position end = act.known.position;
  const v1::ReviewOutcome last = LastReviewBefore(decision, end);
  const Pence reversed = TotalBefore(decision, v1::DECISION_ACT_REVERSED, end);
  const Pence amount = act.amount_pence.value_or(0);
  if (act.act == v1::DECISION_ACT_REVERSED) {
    const Pence done = std::max(TotalBefore(decision, v1::DECISION_ACT_PAID, end),
                                TotalBefore(decision, v1::DECISION_ACT_APPLIED, end));
    const bool reversible =
        last == v1::REVIEW_OUTCOME_VARIED || last == v1::REVIEW_OUTCOME_REVERSED;
    return !reversible || reversed + amount > done;
  }
  if (decision.choice != v1::DECISION_CHOICE_APPLY || last == v1::REVIEW_OUTCOME_REVERSED) {
    return true;
  }
  return decision.amount_pence &&
         TotalBefore(decision, act.act, end) + amount - reversed > *decision.amount_pence;
}

}  // namespace waymark
