// This header defines how long the record of a contract is kept, and what of it an event erases.
//
//   if (ruling->today() <= RetainedTo(state, today, knowledge)) ...   // RETENTION_RUNNING
//   for (const Position position : ErasedBy(parsed)) ...              // its payload and salt go
//
// Pure; safe from any thread while the state is not changed.
#ifndef WAYMARK_LEDGER_CONTRACT_RETENTION_H_
#define WAYMARK_LEDGER_CONTRACT_RETENTION_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/state.h"

namespace waymark {

// Limitation Act 1980 sections 5 and 8.
inline constexpr int kRetentionMonths = 6 * 12;
inline constexpr int kRetentionMonthsOfDeed = 12 * 12;

// Positions that one event erases: the rows that hold them are written anew in its commit.
inline constexpr int kErasedPositionsMax = 128;

// The last day on which the record has to be kept: the last day of the contract, the years that the
// law gives and the policy's margin in force on `today`, in whole months. REQUIRES: a registration
// that is known.
absl::CivilDay RetainedTo(const ContractState& state, absl::CivilDay today, Knowledge knowledge);

// The events whose payloads go when this one is recorded, in order; none unless it is an erasure.
std::vector<Position> ErasedBy(const ParsedEvent& event);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_RETENTION_H_
