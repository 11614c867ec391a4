// This header defines what an act on a clause rests on: the clause, in the kind that the act needs,
// and an evaluation of it that nothing recorded since has touched.
//
//   RequireClauseOf(event.clause_id(), v1::CLAUSE_KIND_SANCTION, ruling);  // CLAUSE_KIND_MISMATCH
//   const EvaluationRecord* said = RequireEvaluation(event, ruling);       // EVALUATION_MISSING
//   if (said && IsOvertaken(ruling->state(), *said, ruling->position())) ...
//
// Pure. Results are valid while the state stands.
#ifndef WAYMARK_LEDGER_CONTRACT_CLAUSE_BASIS_H_
#define WAYMARK_LEDGER_CONTRACT_CLAUSE_BASIS_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ledger/contract/ruling.h"

namespace waymark {

// REF_UNKNOWN if no such clause is on record, CLAUSE_KIND_MISMATCH if it is of another kind.
void RequireClauseOf(const std::string& clause_id, v1::ClauseKind kind, Ruling* ruling);

// The evaluation that an event cites; EVALUATION_MISSING and null if it cites none of this clause.
const EvaluationRecord* FindCitedEvaluation(const v1::EventRef* ref, const std::string& clause_id,
                                            Ruling* ruling);
template <typename Event>
const EvaluationRecord* RequireEvaluation(const Event& event, Ruling* ruling) {
  return FindCitedEvaluation(event.has_evaluation() ? &event.evaluation() : nullptr,
                             event.clause_id(), ruling);
}

// The focuses that the evaluation read; none if its clause is no longer on record.
std::set<std::string> FocusesReadBy(const ContractState& state, const EvaluationRecord& evaluation);

// Something recorded since its known_at, and before `now`, touches what it read: an event of one of
// its focuses; a policy that evaluations read, a matrix version or a last day of the contract, in
// effect by as_of; another version of the clause that applies on as_of; or an evaluation at the
// same as_of that knew more and came out differently.
bool IsOvertaken(const ContractState& state, const EvaluationRecord& evaluation, Position now);

// A reward, a sanction or an offer to extend, and what became of the evaluation that it rests on.
// Points into the state.
struct BasedAct {
  Position position;
  // Of the EvaluationRecord that it cites.
  Position evaluation;
  const std::vector<ClauseDecision::BasisChanged>* basis_changes = nullptr;
  const std::vector<ClauseDecision::Review>* reviews = nullptr;
  // False of an offer that was declined, withdrawn or lapsed: it binds nobody any more.
  bool stands = true;
};
// Rewards and sanctions by position, then offers by id.
std::vector<BasedAct> FindBasedActs(const ContractState& state);
// The one recorded at a position; none if that is another event, or was erased.
std::optional<BasedAct> FindBasedAct(const ContractState& state, Position position);

// A notice under the clause whose cure runs on the day; null if there is none.
const ImprovementNotice* FindRunningCure(const ContractState& state, const std::string& clause_id,
                                         absl::CivilDay day);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_CLAUSE_BASIS_H_
