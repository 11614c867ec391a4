// This header defines how a recorded event becomes part of a contract's state. The same function
// folds a stream from storage and follows what Decide has just let pass.
//
//   ContractState state{.contract_id = "A"};
//   for (const RecordedFact& fact : stream) RETURN_IF_ERROR(Evolve(fact, &state));
#ifndef WAYMARK_LEDGER_CONTRACT_EVOLVE_H_
#define WAYMARK_LEDGER_CONTRACT_EVOLVE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/state.h"
#include "ledger/contract/state_edit.h"

namespace waymark {

// An event with its place in the record. Refers to what the caller keeps.
struct RecordedFact {
  Position position;
  // Of the first event of its request: position - statement_index.
  Position first_position;
  UnixMicros recorded_at;
  // Full name of its type.
  absl::string_view event_type;
  // Of the request that brought it.
  absl::string_view principal;
  // Null if its payload was erased: then the state learns only that there was such an event.
  const ParsedEvent* event = nullptr;
};

// Adds the event to the state. Never fails for an event that was decided and is given in its order.
// DataLoss, and the state as before, for a type without rules or a position that does not lie
// behind the last one.
absl::Status Evolve(const RecordedFact& fact, ContractState* state);

// The same, with the way back appended to `undo`.
absl::Status Evolve(const RecordedFact& fact, ContractState* state, UndoSteps* undo);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_EVOLVE_H_
