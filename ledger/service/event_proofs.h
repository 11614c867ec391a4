// This header defines how inclusion proofs are made from the log's stored nodes.
//
//   ASSIGN_OR_RETURN(receipt_proofs, TlogProofsOf(positions, released, log));
#ifndef WAYMARK_LEDGER_SERVICE_EVENT_PROOFS_H_
#define WAYMARK_LEDGER_SERVICE_EVENT_PROOFS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ledger/base/types.h"
#include "ledger/publish/publisher.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// One tlog-proof a position, in the released checkpoint's tree. Neighbours share their nodes, so a
// thousand cost little more than one. Reads the disk. OutOfRange POSITION_BEYOND_TREE; errors of
// EventLog::Node.
absl::StatusOr<std::vector<std::string>> TlogProofsOf(absl::Span<const Position> positions,
                                                      const Released& released,
                                                      const EventLog& log);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_EVENT_PROOFS_H_
