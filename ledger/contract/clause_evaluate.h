// This header defines what a clause says at any as_of, as known at any moment. The software
// computes; whether anything follows is a person's event.
//
//   Evaluation said = EvaluateClause(state, clause, as_of, known);
//   if (said.outcome == v1::CLAUSE_OUTCOME_SATISFIED) ...
//   for (const NodeResult* leaf : LeavesOf(said)) ...         // depth first, focuses in matrix
//   order
//
// Three values, NOT_SATISFIED < INDETERMINATE < SATISFIED: `all` is the least, `any` the greatest,
// `not` swaps the ends. Whole days and exact fractions only. Pure; safe from any thread on a state
// that no one changes.
//
// How the rules are read where their words leave room (more in clause_record.h, clause_leaves.h):
// - An as_of past the last day of the contract is answered as at that day, in every node.
// - A set without a focus, because no matrix is in force, leaves its node INDETERMINATE.
// - by_date before its day shows how its rule stands so far. Under REACHED_BY the days asked are
//   those from the first day on record; the outcome is that on `by` unless one was SATISFIED.
// - A clause with a rule and a quantity has the outcome of its rule.
#ifndef WAYMARK_LEDGER_CONTRACT_CLAUSE_EVALUATE_H_
#define WAYMARK_LEDGER_CONTRACT_CLAUSE_EVALUATE_H_

#include <optional>
#include <vector>

#include "ledger/contract/clause_leaves.h"
#include "ledger/contract/clause_record.h"

namespace waymark {

struct Evaluation {
  v1::ClauseOutcome outcome = v1::CLAUSE_OUTCOME_INDETERMINATE;
  Flags flags;
  absl::CivilDay answered_on;
  // Absent in a clause without the one or the other.
  std::optional<NodeResult> rule;
  std::optional<NodeResult> quantity;
  // The first day, from answered_on to the last day of the contract and at most LookAheadDays of
  // the evaluation's nodes on, on which the clause would be satisfied if the levels held on
  // answered_on were held and counted as they are on that day.
  std::optional<absl::CivilDay> earliest_if_held;
};

// REQUIRES: a clause that passed its checks.
Evaluation EvaluateClause(const ContractState& state, const v1::Clause& clause,
                          absl::CivilDay as_of, TreeSize known);
// The same without a look ahead: earliest_if_held stays absent, at a fraction of the work.
Evaluation EvaluateClauseOnDay(const ContractState& state, const v1::Clause& clause,
                               absl::CivilDay as_of, TreeSize known);

// Depth first.
std::vector<const NodeResult*> NodesOf(const Evaluation& evaluation);
std::vector<const NodeResult*> LeavesOf(const Evaluation& evaluation);

// How far a clause whose evaluation has so many nodes is looked ahead: ten years, but no more of
// them altogether than kLookAheadResultsMax. So a clause of up to 273 nodes has its ten years.
int LookAheadDays(size_t results);
inline constexpr int kLookAheadDaysMax = 3653;
inline constexpr size_t kLookAheadResultsMax = 1000000;

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_CLAUSE_EVALUATE_H_
