// This header defines how the rule of a clause is walked: what kind a node is, which nodes stand
// under it, and which focus it names itself.
//
//   for (const InnerRule& inner : InnerRules(rule)) Visit(*inner.rule, path + inner.step);
//
// Pure. Results point into the rule.
#ifndef WAYMARK_LEDGER_CONTRACT_RULE_TREE_H_
#define WAYMARK_LEDGER_CONTRACT_RULE_TREE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "waymark/v1/clause.pb.h"

namespace waymark {

struct InnerRule {
  // From the path of the node to that of the inner one, as the readable form has it: ".all[1]".
  std::string step;
  const v1::Rule* rule = nullptr;
};

// In their order; none under a leaf or under a node that is not set.
std::vector<InnerRule> InnerRules(const v1::Rule& rule);

// Name of the node's kind, such as "level_at_least"; empty if none is set.
absl::string_view RuleKind(const v1::Rule& rule);

// The focuses of `each` and `count_of_focuses`; null for other nodes.
const v1::FocusSet* FocusesOf(const v1::Rule& rule);

// The focus of a leaf about one focus, empty where a set supplies it; null for other nodes.
const std::string* FocusOf(const v1::Rule& rule);

// Words of a focus set. "CATEGORY:" is followed by the code of a category.
inline constexpr absl::string_view kAllFocuses = "ALL";
inline constexpr absl::string_view kLadderFocuses = "LADDER";
inline constexpr absl::string_view kCategoryPrefix = "CATEGORY:";

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_RULE_TREE_H_
