// This header defines how a clause is explained back in plain English, one line a node, so that who
// wrote the rule and who agreed to the words can see whether they say the same:
//
//   The clause is satisfied when all of these hold:
//     for each ladder, taken by itself:
//       it has been at level 3 or above for 6 months without a break
//
// Pure; safe from any thread.
#ifndef WAYMARK_LEDGER_CONTRACT_CLAUSE_WORDS_H_
#define WAYMARK_LEDGER_CONTRACT_CLAUSE_WORDS_H_

#include <string>
#include <vector>

#include "waymark/v1/clause.pb.h"

namespace waymark {

// What it is, its rule or quantity, and under which parameters it is read; two blanks a level of
// indentation. REQUIRES: a clause that passed its checks (clause_check.h).
std::vector<std::string> ClauseInWords(const v1::Clause& clause);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_CLAUSE_WORDS_H_
