// This header defines what the daemon itself has to record about a contract, because no person
// does: that an offer lapsed by silence, that evidence expired, that the service period ran out,
// that the basis of a decision changed. All are facts; none decides anything.
//
//   const Agenda agenda = FindSystemEvents(state, {.today = day, .known = known, .root = root},
//                                          merkle::Sha256);
//   for (const v1::AppendRequest& request : agenda.requests) ... append it ...
//
// Pure; safe from any thread on a state that no one changes.
#ifndef WAYMARK_PROJECTIONS_PROCESSOR_SYSTEM_EVENTS_H_
#define WAYMARK_PROJECTIONS_PROCESSOR_SYSTEM_EVENTS_H_

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/base/types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/state.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark::processor {

struct Moment {
  // In the contract's time zone.
  absl::CivilDay today;
  // Events known, and the root of their tree.
  TreeSize known;
  Digest root;
};

struct Agenda {
  // In the order in which they are to be appended. The same matter has the same request id each
  // time, so that it is recorded once however often it is found.
  std::vector<v1::AppendRequest> requests;
  // The first day on which something more is to be recorded if nothing else happens; absent if
  // there is none.
  std::optional<absl::CivilDay> next_day;
};

// `hash` is SHA-256. REQUIRES: the contract is registered.
Agenda FindSystemEvents(const ContractState& state, const Moment& moment, HashFunction hash);

}  // namespace waymark::processor

#endif  // WAYMARK_PROJECTIONS_PROCESSOR_SYSTEM_EVENTS_H_
