// This header defines the facts of a contract that clauses are tried on: nine focuses as the
// client's matrix has them, a service period from 2022-04-01 to 2030-03-31, and what a test adds.
//
//   ClauseFacts facts;
//   facts.On("2024-10-01").Determine("PI-CS", 3, "2024-10-01");
//   Evaluation said = facts.Evaluate("rule { level_at_least { focus: 'PI-CS' level: 3 } }",
//   "2025-03-31");
#ifndef WAYMARK_TESTS_CONTRACT_CLAUSE_FACTS_H_
#define WAYMARK_TESTS_CONTRACT_CLAUSE_FACTS_H_

#include <string>

#include "ledger/contract/clause_evaluate.h"
#include "tests/contract/contract_facts.h"

namespace waymark::test {

// Six ladders, then SE-DD (ENDURING), CR-FR and CR-CU (UNASSIGNED).
v1::Matrix NineFocuses();

// An INFORMATION clause K1; `rest` is protobuf text that adds to it. Checks that it is well typed.
v1::Clause ClauseOfText(const std::string& rest);

// The outcome without its prefix: "SATISFIED".
std::string OutcomeWord(v1::ClauseOutcome outcome);

struct ClauseFacts : ContractFacts {
  ClauseFacts();

  ClauseFacts& On(absl::string_view day) {
    ContractFacts::On(day);
    return *this;
  }
  ImprovementNotice& Notice(const std::string& id, const std::string& focus,
                            absl::string_view served_on);
  // The newest determination of the focus is disputed from today.
  void DisputeLast(const std::string& focus);

  Evaluation Evaluate(const std::string& clause, absl::string_view as_of) const {
    return EvaluateClause(state, ClauseOfText(clause), Day(as_of), head);
  }
  std::string Outcome(const std::string& clause, absl::string_view as_of) const {
    return OutcomeWord(Evaluate(clause, as_of).outcome);
  }
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_CONTRACT_CLAUSE_FACTS_H_
