// This header defines what a clause says a second time, slowly: what is held on each day comes from
// the longevity oracle, and everything else is found by walking those days. It shares no function
// with ledger/contract, so that a mistake has to be made twice to go unseen.
#ifndef WAYMARK_TESTS_CONTRACT_CLAUSE_ORACLE_H_
#define WAYMARK_TESTS_CONTRACT_CLAUSE_ORACLE_H_

#include <cstdint>
#include <string>

#include "absl/time/civil_time.h"
#include "ledger/contract/state.h"
#include "waymark/v1/clause.pb.h"

namespace waymark::test {

struct ClauseOracleAnswer {
  // 0 not satisfied, 1 indeterminate, 2 satisfied.
  int outcome = 1;
  bool disputed = false;
  // What each leaf said, depth first, as digits.
  std::string leaves;
};

ClauseOracleAnswer AskClauseOracle(const ContractState& state, const v1::Clause& clause,
                                   absl::CivilDay as_of, uint64_t known);

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_CONTRACT_CLAUSE_ORACLE_H_
