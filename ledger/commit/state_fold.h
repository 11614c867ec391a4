// This header defines how the state of a contract is folded from the log.
//
//   ASSIGN_OR_RETURN(ContractState state, FoldState(log, "A"));
#ifndef WAYMARK_LEDGER_COMMIT_STATE_FOLD_H_
#define WAYMARK_LEDGER_COMMIT_STATE_FOLD_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/contract/state.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// The state after all durable events of the contract; the empty state for a contract without
// events. Reads the disk: never on the commit thread. Safe from any thread, while nothing is
// appended to this contract. DataLoss EVENT_DAMAGED naming the position of what cannot be read, or
// makes no sense where it stands.
absl::StatusOr<ContractState> FoldState(const EventLog& log, absl::string_view contract_id);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_STATE_FOLD_H_
