// This header defines the value of one policy through time: in force from its effective day until
// the next one's, as known, with the contract's default where none was set.
//
//   PolicyHistory gap_policy(state, v1::POLICY_KEY_GAP_POLICY);
//   gap_policy.On(day, knowledge);  // "HOLD"
//
// Not synchronised. The state must outlive it and what On() returns.
#ifndef WAYMARK_LEDGER_CONTRACT_POLICY_HISTORY_H_
#define WAYMARK_LEDGER_CONTRACT_POLICY_HISTORY_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/state.h"

namespace waymark {

class PolicyHistory {
 public:
  PolicyHistory(const ContractState& state, v1::PolicyKey key);

  // Of the changes known, the one with the latest effective day not after `day`; the later recorded
  // of two.
  absl::string_view On(absl::CivilDay day, Knowledge knowledge) const;

  // By (effective day, position).
  const std::vector<const PolicyChange*>& changes() const { return changes_; }

 private:
  v1::PolicyKey key_;
  std::vector<const PolicyChange*> changes_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_POLICY_HISTORY_H_
