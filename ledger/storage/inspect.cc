// The check that stands before every opening: read-only, on what was recovered and not yet trusted.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tile.h"
#include "ledger/storage/audit.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/fault_log.h"
#include "ledger/storage/ledger_state.h"
#include "ledger/storage/tables.h"

namespace waymark {
namespace {

// A node of the tree as it is stored: in a full tile, or in the right edge.
absl::StatusOr<Digest> StoredNode(const Tables& tables, const TileEdge& edge, int level,
                                  uint64_t index) {
  const merkle::NodePlace place = merkle::PlaceOfNode(level, index);
  const uint64_t full_tiles = edge.size().value >> (kTileHeight * (place.tile_level + 1));
  if (place.tile_index >= full_tiles) {
    return RootOver(edge.Pending(place.tile_level).subspan(place.first, place.count));
  }
  ASSIGN_OR_RETURN(const std::vector<Digest> tile,
                   ReadTile(tables, place.tile_level, place.tile_index));
  return RootOver(absl::Span<const Digest>(tile).subspan(place.first, place.count));
}

}  // namespace

absl::StatusOr<Inspection> EventLog::Inspect(const std::string& directory,
                                             const InspectOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Tables> tables, Tables::Open(directory, {}));
  ASSIGN_OR_RETURN(LedgerMeta meta, ReadMeta(*tables, options.ledger_id));
  RETURN_IF_ERROR(CheckEnds(*tables, meta.head.size));
  FaultLog faults(*tables, nullptr);
  const AuditPlan plan = {.start = options.checked, .stop_at_fault = true};
  AuditOutcome outcome = Audit(*tables, meta, plan, &faults);
  if (faults.count() > 0) return LedgerDamaged(*tables, FormatFault(*faults.first()));
  Inspection inspection;
  inspection.identity = std::move(meta.identity);
  inspection.size = meta.head.size;
  inspection.root = meta.head.root;
  inspection.tree = outcome.edge->Tree();
  if (options.root_at <= inspection.size) {
    const auto node = [&](int level, uint64_t index) {
      return StoredNode(*tables, *outcome.edge, level, index);
    };
    ASSIGN_OR_RETURN(inspection.root_at, merkle::Root(options.root_at, node));
  }
  return inspection;
}

}  // namespace waymark
