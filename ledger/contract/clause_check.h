// This header defines what makes a clause one that can be evaluated: its words are there, and its
// rule is well typed against the matrix.
//
//   CheckClause(clause, "clauses[0]", &check);                       // without a matrix
//   for (const UnknownName& unknown : FindUnknownNames(clause, "clauses[0]", names)) ...
//
// How the rules are read where their words leave room:
// - A threshold need not be in lowest terms. No days, no months and a count of 0 ask for nothing
//   and are refused; a level of 0 and "at most 0" are taken.
// - A leaf under a set takes its focus from the nearest set above; one that names a focus keeps it.
// - Sets within sets multiply what one evaluation has to say; that is bounded (kRuleResultsMax),
//   with a word counted as the largest matrix.
//
// Pure; safe from any thread.
#ifndef WAYMARK_LEDGER_CONTRACT_CLAUSE_CHECK_H_
#define WAYMARK_LEDGER_CONTRACT_CLAUSE_CHECK_H_

#include <set>
#include <string>
#include <vector>

#include "ledger/contract/shape_check.h"
#include "waymark/v1/clause.pb.h"
#include "waymark/v1/matrix.pb.h"

namespace waymark {

// CLAUSE_WORDS_MISSING; RULE_TYPE_ERROR, WEIGHTS_NOT_100 for the rule, the quantity and the
// parameters; and what any message is refused for. Fields begin with `field`; the rest of a path is
// that of the readable form: "clauses[0].rule.all[1].sustained.level".
void CheckClause(const v1::Clause& clause, const std::string& field, ShapeCheck* check);

// Codes that a clause may name.
struct ClauseNames {
  std::set<std::string> focuses;
  std::set<std::string> categories;
  void Add(const v1::Matrix& matrix);
};

// A focus or a category that no matrix has: a RULE_TYPE_ERROR.
struct UnknownName {
  std::string field;
  std::string what;
};

// REQUIRES: a clause that passed CheckClause.
std::vector<UnknownName> FindUnknownNames(const v1::Clause& clause, const std::string& field,
                                          const ClauseNames& names);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_CLAUSE_CHECK_H_
