// This header defines whom a declared conflict of interest keeps from acting.
//
//   CheckConflicts({.focus = event.focus(), .positions = basis}, ruling);  // CONFLICT_OPEN
//
// Pure.
#ifndef WAYMARK_LEDGER_CONTRACT_CONFLICTS_H_
#define WAYMARK_LEDGER_CONTRACT_CONFLICTS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/contract/ruling.h"

namespace waymark {

// What somebody is to act upon. Empty: the contract as a whole.
struct ActedUpon {
  absl::string_view focus;
  std::vector<Position> positions;
};

// The event at a position, with the focus that its determination or assessment is about. Valid
// while the state stands.
ActedUpon ActedUponAt(const ContractState& state, Position position);

// A conflict that the person declared covers the matter on the day: it was not closed by an entry
// that covers as much, and no later dispensation covers the matter.
bool HasOpenConflict(const ContractState& state, absl::string_view person_ref,
                     const ActedUpon& matter, absl::CivilDay day);

// CONFLICT_OPEN where the request's principal has one today.
void CheckConflicts(const ActedUpon& matter, Ruling* ruling);

// Every authority of the meeting's day sat with enough members who are free of conflict about the
// matter. Members of the provider count nowhere.
bool IsQuorate(const ContractState& state, const Meeting& meeting, const ActedUpon& matter,
               int quorum_per_authority);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_CONFLICTS_H_
