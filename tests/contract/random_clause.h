// This header defines random clauses over the focuses of a random history, and gives the history
// what clauses read beside levels: drafts of its matrix versions, notices and their steps.
#ifndef WAYMARK_TESTS_CONTRACT_RANDOM_CLAUSE_H_
#define WAYMARK_TESTS_CONTRACT_RANDOM_CLAUSE_H_

#include "tests/contract/random_history.h"
#include "waymark/v1/clause.pb.h"

namespace waymark::test {

// The history's state with those.
ContractState WithClauseFacts(RandomHistory* history);

// Well typed. Every kind of node is among many of them.
v1::Clause RandomClause(RandomHistory* history);

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_CONTRACT_RANDOM_CLAUSE_H_
