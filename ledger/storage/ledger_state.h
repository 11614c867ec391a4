// This header defines what is read when a ledger is opened, the same for every way to open it: its
// meta rows, and the right edge of its tree, which is rebuilt and not stored.
//
//   ASSIGN_OR_RETURN(const LedgerMeta meta, ReadMeta(tables, expected_ledger_id));
//   ASSIGN_OR_RETURN(RightEdge edge, RebuildRightEdge(tables, meta.head));
#ifndef WAYMARK_LEDGER_STORAGE_LEDGER_STATE_H_
#define WAYMARK_LEDGER_STORAGE_LEDGER_STATE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/rows.h"
#include "ledger/storage/tables.h"
#include "ledger/storage/tile_edge.h"

namespace waymark {

struct LedgerMeta {
  LedgerIdentity identity;
  HeadRow head;
};

// FailedPrecondition LEDGER_INCOMPLETE, FORMAT_UNKNOWN; LEDGER_OTHER if `expected_ledger_id` is not
// empty and not its id. DataLoss LEDGER_DAMAGED.
absl::StatusOr<LedgerMeta> ReadMeta(const Tables& tables, const std::string& expected_ledger_id);

struct RightEdge {
  TileEdge edge;
  UnixMicros last_recorded_at;
};

// Hashes at most 255 headers and reads at most 255 tiles a level, so its cost does not grow with
// the ledger. DataLoss LEDGER_DAMAGED if the root is not the one in `head`, or rows stand beyond
// it.
absl::StatusOr<RightEdge> RebuildRightEdge(const Tables& tables, const HeadRow& head);

// LEDGER_DAMAGED if entries, payloads, filters or tiles reach beyond `size` or end before it: parts
// of the write-ahead log were lost.
absl::Status CheckEnds(const Tables& tables, TreeSize size);

// No row of entries holds a position at or above it, whatever `size`, which the head says, may be;
// `size` where that cannot be told.
TreeSize EndOfEntries(const Tables& tables, TreeSize size);

// The hashes of a stored tile. DataLoss TILE_DAMAGED if it is missing or damaged.
absl::StatusOr<std::vector<Digest>> ReadTile(const Tables& tables, int level, uint64_t index);

// A refusal of the whole ledger, naming its directory.
absl::Status LedgerDamaged(const Tables& tables, absl::string_view what);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_LEDGER_STATE_H_
