#include "ledger/contract/policy_history.h"

#include <algorithm>

#include "ledger/contract/policy.h"

namespace waymark {

PolicyHistory::PolicyHistory(const ContractState& state, v1::PolicyKey key) : key_(key) {
  for (const PolicyChange& change : state.policies) {
    if (change.key == key) changes_.push_back(&change);
  }
  std::stable_sort(changes_.begin(), changes_.end(),
                   [](const PolicyChange* a, const PolicyChange* b) {
                     return a->effective_on < b->effective_on;
                   });
}

absl::string_view PolicyHistory::On(absl::CivilDay day, Knowledge knowledge) const {
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
    if ((*change)->effective_on <= day && knowledge.Has((*change)->known)) return (*change)->value;
  }
  return PolicyDefault(key_);
}

}  // namespace waymark
