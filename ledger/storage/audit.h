// This header defines the walk over a whole ledger or its end that both the open check and `verify`
// make: each event is checked, the tree is built again from the headers, and compared with the
// tiles, the stored root and checkpoints.
//
//   FaultLog faults(tables, nullptr);
//   const AuditOutcome outcome = Audit(tables, meta, {.start = checked}, &faults);
#ifndef WAYMARK_LEDGER_STORAGE_AUDIT_H_
#define WAYMARK_LEDGER_STORAGE_AUDIT_H_

#include <functional>
#include <optional>
#include <vector>

#include "ledger/base/types.h"
#include "ledger/storage/event_audit.h"
#include "ledger/storage/fault_log.h"
#include "ledger/storage/ledger_state.h"
#include "ledger/storage/tables.h"
#include "ledger/storage/tile_edge.h"
#include "ledger/storage/verify.h"

namespace waymark {

struct AuditPlan {
  // Rounded down to a tile. The tree below it is taken from the tiles.
  TreeSize start;
  EventAudit::Depth depth = EventAudit::Depth::kRows;
  // In rising order of size.
  std::vector<ReleasedCheckpoint> checkpoints = {};
  std::function<void(TreeSize done, TreeSize size)> progress = nullptr;
  // Ends at the first fault.
  bool stop_at_fault = false;
};

struct AuditOutcome {
  // Where it began.
  TreeSize begin;
  // The tree of the headers as they are stored; none where one could not be read and no tile has
  // its hash.
  std::optional<TileEdge> edge;
  uint64_t events = 0;
  uint64_t requests = 0;
  uint64_t signatures = 0;
  uint64_t erased = 0;
  uint64_t checkpoints = 0;
};

// Every fault goes to `faults`. Reads nothing twice but what neighbouring events share.
AuditOutcome Audit(const Tables& tables, const LedgerMeta& meta, const AuditPlan& plan,
                   FaultLog* faults);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_AUDIT_H_
