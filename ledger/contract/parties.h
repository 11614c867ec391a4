// This header defines who the authorities of a contract are on a day: those it was registered with,
// and what PartyChanged events made of them since.
//
//   if (IsAuthorityOn(*state.registration, "X", day)) ...
//
// Pure; results are values.
#ifndef WAYMARK_LEDGER_CONTRACT_PARTIES_H_
#define WAYMARK_LEDGER_CONTRACT_PARTIES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/contract/state.h"

namespace waymark {

// Principal under which the daemon itself records: a service account, never a person.
inline constexpr absl::string_view kDaemonPrincipal = "waymarkd";

// Of the changes that name the party and are in effect, the one with the latest effective day
// decides; of two with the same day the later recorded.
bool IsAuthorityOn(const Registration& registration, absl::string_view party_id,
                   absl::CivilDay day);

// The lead authority first: in the order of the registration, then of joining.
std::vector<std::string> AuthoritiesOn(const Registration& registration, absl::CivilDay day);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_PARTIES_H_
