// This header defines when what a decision rested on has changed: its clause, evaluated again at
// the same as_of with what is known now, comes out differently, or rests on other facts.
//
//   for (const BasisChange& change : FindBasisChanges(state, known)) ...
//
// Pure; safe from any thread on a state that no one changes.
#ifndef WAYMARK_PROJECTIONS_PROCESSOR_BASIS_CHANGE_H_
#define WAYMARK_PROJECTIONS_PROCESSOR_BASIS_CHANGE_H_

#include <vector>

#include "ledger/contract/clause_evaluate.h"
#include "ledger/contract/state.h"

namespace waymark::processor {

struct BasisChange {
  // Or of the offer.
  Position decision;
  // The evaluation that the decision rests on, or the newest that took its place.
  const EvaluationRecord* before = nullptr;
  // The version that applies on its as_of, as known now, and what it says.
  const ClauseVersion* version = nullptr;
  Evaluation after;
  bool outcome_differs = false;
  // The first event since, after which it comes out differently than it did.
  Position cause;
};

// Of the rewards and sanctions of the contract and of the offers to extend it that still stand.
// Costs one evaluation each, and one an event since its evaluation where it did change.
std::vector<BasisChange> FindBasisChanges(const ContractState& state, TreeSize known);

}  // namespace waymark::processor

#endif  // WAYMARK_PROJECTIONS_PROCESSOR_BASIS_CHANGE_H_
