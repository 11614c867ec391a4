// This header defines the one way in which events leave the log, for history and for live alike: a
// place, and turns that read on from it.
//
//   FeedScan scan(log, filter, options, start);
//   RETURN_IF_ERROR(scan.Turn(visible, &batch));          // at most 10,000 events or 20 ms
//   resume.set_position(scan.position().value);
//   ASSIGN_OR_RETURN(*resume.mutable_cursor(), scan.MakeCursor());
//
// Nothing is held between turns, no iterator and no snapshot: a reader that stands still costs a
// few numbers.
#ifndef WAYMARK_LEDGER_SERVICE_FEED_SCAN_H_
#define WAYMARK_LEDGER_SERVICE_FEED_SCAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/base/limits.h"
#include "ledger/base/types.h"
#include "ledger/service/cursor.h"
#include "ledger/service/event_filter.h"
#include "ledger/storage/event_log.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark {

struct FeedOptions {
  ReadDirection direction = ReadDirection::kForward;
  bool headers_only = false;
  uint32_t events_max = kReadBatchEventsDefault;
  size_t bytes_max = kReadBatchBytesDefault;
  // Events recorded before it are passed over until the first that was not.
  std::optional<UnixMicros> not_before;
  uint32_t turn_events_max = kScanTurnEventsMax;
  absl::Duration turn_time_max = absl::Milliseconds(kScanTurnMillisMax);
};

// The part of a cursor that says which feed it is of; its position and leaf are not set.
Cursor FeedOf(const std::string& ledger, const EventFilter& filter, ReadDirection direction);

// One thread at a time. Reads the disk. Errors: those of EventLog.
class FeedScan {
 public:
  // `log` must outlive the scan.
  FeedScan(const EventLog& log, EventFilter filter, FeedOptions options, Position start);

  // Reads on, forwards below `bound` and backwards down to it, and adds what matches to `batch`, at
  // most `matches_max`. Ends when the batch is full, the bound is reached or the turn is over.
  absl::Status Turn(Position bound, uint64_t matches_max, v1::Batch* batch);

  // Next position to scan: every match below it (backwards: at or above it) was added to some
  // batch.
  Position position() const { return position_; }

  // The cursor of position().
  absl::StatusOr<std::string> MakeCursor();

  const EventFilter& filter() const { return filter_; }

 private:
  // What a turn may still add.
  struct Room {
    v1::Batch* batch;
    uint64_t events;
    size_t bytes;
    bool full = false;
  };
  // Events that the turn looks at next, in scan order; position_ is `after` once all were looked
  // at.
  struct Page {
    std::vector<StoredEvent> events;
    Position after;
  };

  bool forward() const { return options_.direction == ReadDirection::kForward; }
  bool Reached(Position bound) const { return forward() ? position_ >= bound : position_ <= bound; }
  absl::Status TakeAll(Position bound, Room* room);
  absl::StatusOr<Page> NextPage(Position bound);
  absl::StatusOr<Page> NextStreamPage(Position bound);
  absl::StatusOr<std::vector<StoredEvent>> ReadHere(Position bound, const ReadOptions& options);
  absl::StatusOr<Revision> RevisionAt(Position position);
  absl::StatusOr<std::vector<StoredEvent>> Matching(Page page);
  absl::Status AddMatches(std::vector<StoredEvent> matches, Room* room);
  void Add(StoredEvent event, Room* room);
  bool TooEarly(const StoredEvent& event);
  void NoteLeaf(const std::string& header, Position position);

  const EventLog& log_;
  const EventFilter filter_;
  FeedOptions options_;
  Position position_;
  // The leaf hash at a position, from the newest header read.
  std::optional<std::pair<Position, Digest>> leaf_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_FEED_SCAN_H_
