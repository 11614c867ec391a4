// This header defines how events are read in runs: a cursor over the stored chunks, forward or
// backward, that gives the bytes of any event of the chunk it stands on without copying them.
//
//   EventCursor cursor(tables, head, EventCursor::Parts::kHeadersAndPayloads);
//   RETURN_IF_ERROR(cursor.MoveTo(Position{258}));
//   absl::string_view header = cursor.header(Position{258});
#ifndef WAYMARK_LEDGER_STORAGE_EVENT_CURSOR_H_
#define WAYMARK_LEDGER_STORAGE_EVENT_CURSOR_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/storage/rows.h"
#include "ledger/storage/tables.h"

namespace waymark {

// One thread at a time.
class EventCursor {
 public:
  enum class Parts { kHeaders, kHeadersAndPayloads };

  // Reads nothing at or beyond `until`. `tables` must outlive the cursor.
  EventCursor(const Tables& tables, TreeSize until, Parts parts,
              Scan::Blocks blocks = Scan::Blocks::kKept);

  // Stands on the chunk that holds `position`; a neighbour of the present chunk costs a step, any
  // other a seek. REQUIRES: position < until. DataLoss EVENT_DAMAGED naming the position if that
  // chunk, or one of the two rows, is missing, fails its checksum or its grammar, or holds another
  // position's header.
  absl::Status MoveTo(Position position);

  // The chunk covers [first, end).
  Position first() const { return first_; }
  Position end() const { return Position{first_.value + entries_.count}; }
  bool Holds(Position position) const { return first_ <= position && position < end(); }

  // Views that stand until the next MoveTo. REQUIRES: Holds(position).
  absl::string_view header(Position position) const {
    return entries_.headers[position.value - first_.value];
  }
  const PayloadView& payload(Position position) const {
    return payloads_.payloads[position.value - first_.value];
  }

 private:
  void SeekEntries(Position position);
  absl::Status Load(Position position);
  absl::Status LoadPayloads(Position position);

  const Scan entry_rows_;
  const std::unique_ptr<const Scan> payload_rows_;  // null where only headers are read
  Position first_;
  EntryRow entries_;  // count 0: stands nowhere
  PayloadRow payloads_;
};

// The refusal of an event that cannot be read as it was stored.
absl::Status EventDamaged(Position position, absl::string_view what);

// True if these bytes begin as the header of `position` does. Whether all of them are right only
// the tree can tell.
bool HasPosition(absl::string_view header, Position position);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_EVENT_CURSOR_H_
