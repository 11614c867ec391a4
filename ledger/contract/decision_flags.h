// This header defines what is said of a decision that departs from its basis, and of an act that
// departs from its decision. Both are recorded and flagged, never refused.
//
//   if (IsAgainstOutcome(state, *evaluation, event.choice())) ruling->Flag("AGAINST_OUTCOME");
//   if (IsBeyondDecision(*decision, act)) ruling->Flag("IRREGULAR");
//
// Pure; safe from any thread on a state that no one changes.
#ifndef WAYMARK_LEDGER_CONTRACT_DECISION_FLAGS_H_
#define WAYMARK_LEDGER_CONTRACT_DECISION_FLAGS_H_

#include "ledger/contract/state.h"

namespace waymark {

// To apply what the evaluation does not find satisfied, or to waive what it finds due. An offer to
// extend applies its clause.
bool IsAgainstOutcome(const ContractState& state, const EvaluationRecord& evaluation,
                      v1::DecisionChoice choice);

// The act goes beyond what was decided, and what a review made of it; by what stood in the record
// before the act's own position.
bool IsBeyondDecision(const ClauseDecision& decision, const ClauseDecision::CarriedOut& act);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_DECISION_FLAGS_H_
