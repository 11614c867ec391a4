// This header defines the explanation record: everything that an evaluation rests on, as canonical
// JSON (json_value.h), so that anybody who holds the same events computes the same bytes.
//
//   const std::string record = ExplainEvaluation(
//       state, clause, {.as_of = as_of, .known = known, .root = root}, EvaluateClause(...));
//
// Members: bridges, clause, contract_id, counterfactual, dependencies, disputes, earliest_if_held,
// engine, flags, gaps, known_at, left_out, nodes, outcome, parameters, policies, policy_changes,
// root, statement, as_of and answered_on. Positions, amounts and fractions are texts.
//
// - gaps: uncovered days among those read. bridges: short lapses that grace carried a run over.
// - left_out: determinations of the focuses read that give no day a level, and why: PROVISIONAL,
//   SUPERSEDED, UNCOVERED (it holds days that it does not speak for, and they are not counted),
//   OTHER_VERSION (a matrix version adopted since asks for a new assessment).
// - dependencies: what either party owes the other on these focuses or on the whole contract. It
//   is listed and never nets anything off.
//
// Pure; safe from any thread on a state that no one changes.
#ifndef WAYMARK_LEDGER_CONTRACT_CLAUSE_EXPLANATION_H_
#define WAYMARK_LEDGER_CONTRACT_CLAUSE_EXPLANATION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "ledger/contract/clause_evaluate.h"

namespace waymark {

// Name and version of this way of computing. A change of any byte of any record raises the version.
inline constexpr absl::string_view kClauseEngine = "waymark-clause/1";

struct ExplanationBasis {
  absl::CivilDay as_of;
  TreeSize known;
  // Root of the tree of size `known`.
  Digest root;
};

// REQUIRES: what EvaluateClause said of this clause on this basis.
std::string ExplainEvaluation(const ContractState& state, const v1::Clause& clause,
                              const ExplanationBasis& basis, const Evaluation& said);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_CLAUSE_EXPLANATION_H_
