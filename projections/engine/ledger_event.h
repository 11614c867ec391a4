// This header defines an event as a projection sees it: the fields of its leaf that a read model
// needs, and its payload. Only views, so that a rebuild copies nothing.
//
//   ASSIGN_OR_RETURN(const LedgerEvent event, ViewOf(stored));
//   if (event.event_type == "waymark.v1.LevelDetermined") ...
#ifndef WAYMARK_PROJECTIONS_ENGINE_LEDGER_EVENT_H_
#define WAYMARK_PROJECTIONS_ENGINE_LEDGER_EVENT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"

namespace waymark {

struct LedgerEvent {
  Position position;
  UnixMicros recorded_at;
  absl::string_view contract_id;
  Revision revision;
  // Full name of the payload's message.
  absl::string_view event_type;
  // Place among the events of its request, 0-based: the first of them stands at position -
  // request_index.
  uint32_t request_index = 0;
  StoredPayload state = StoredPayload::kNotRead;
  // Exact bytes as recorded; empty unless `state` is kPresent.
  absl::string_view payload;
  // The leaf's bytes.
  absl::string_view header;
};

// A view of what `stored` views, or holds, which must outlive it. DataLoss EVENT_DAMAGED where the
// header departs from the leaf's grammar or names another position. Hashes nothing: the log's own
// checks answer for the bytes.
absl::StatusOr<LedgerEvent> ViewOf(const EventView& stored);
absl::StatusOr<LedgerEvent> ViewOf(const StoredEvent& stored);

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_LEDGER_EVENT_H_
