// This header defines how the days of a timeline are counted: what a question may set in place of
// the contract's policies.
#ifndef WAYMARK_LEDGER_CONTRACT_COUNTING_RULES_H_
#define WAYMARK_LEDGER_CONTRACT_COUNTING_RULES_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace waymark {

// What an uncovered day is: held and counted; held, shown as stale and not counted; undetermined.
enum class GapPolicy { kHold, kStale, kLapse };

// A day whose mandatory evidence has expired is flagged; STRICT leaves it uncounted.
enum class EvidenceExpiry { kFlag, kStrict };

// From the words of the catalogue, such as "STALE"; any other word is the default, HOLD or FLAG.
inline GapPolicy GapPolicyFromText(absl::string_view text) {
  return text == "LAPSE"   ? GapPolicy::kLapse
         : text == "STALE" ? GapPolicy::kStale
                           : GapPolicy::kHold;
}
inline EvidenceExpiry EvidenceExpiryFromText(absl::string_view text) {
  return text == "STRICT" ? EvidenceExpiry::kStrict : EvidenceExpiry::kFlag;
}

// A value given here holds for all days and wins over the contract's policies. Otherwise the first
// two are read for each day counted, and grace_days for the day asked.
struct CountingRules {
  std::optional<GapPolicy> gap_policy = {};
  std::optional<EvidenceExpiry> evidence_expiry = {};
  // Longest lapse that is bridged, in days.
  std::optional<int> grace_days = {};
  // Read gap_policy_reward in place of gap_policy.
  bool for_reward = false;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_COUNTING_RULES_H_
