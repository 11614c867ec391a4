// This header defines the policies of a contract: which keys there are, which values each may take,
// and which value is in force on a day. A policy holds from its effective day until the next one's;
// where none was set, its default.
//
//   PolicyText(state, v1::POLICY_KEY_GAP_POLICY, day, known_at);        // "HOLD"
//   PolicyNumber(state, v1::POLICY_KEY_COVERAGE_MONTHS, day, known_at);  // 6
//
// Pure; safe from any thread while the state is not changed.
#ifndef WAYMARK_LEDGER_CONTRACT_POLICY_H_
#define WAYMARK_LEDGER_CONTRACT_POLICY_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/base/types.h"
#include "ledger/contract/state.h"

namespace waymark {

// The value in force where no PolicySet says otherwise, in the words of the catalogue. Empty for a
// key that is not one of the catalogue's.
absl::string_view PolicyDefault(v1::PolicyKey key);

// The value in force on `day`, as known from the events at positions 0..known_at. Valid while the
// state stands.
absl::string_view PolicyText(const ContractState& state, v1::PolicyKey key, absl::CivilDay day,
                             Position known_at);

// The same for a key whose values are numbers. REQUIRES: such a key.
int PolicyNumber(const ContractState& state, v1::PolicyKey key, absl::CivilDay day,
                 Position known_at);

// Whether the key may take the value. InvalidArgument with reason POLICY_UNKNOWN for a key that is
// not one of the catalogue's, POLICY_VALUE_INVALID (which lists what is allowed) for a value that
// is not one of the key's.
absl::Status ValidatePolicyValue(v1::PolicyKey key, absl::string_view value);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_POLICY_H_
