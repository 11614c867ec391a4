// Reading events by position.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/storage/event_cursor.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/event_log_database.h"
#include "ledger/storage/rows.h"

namespace waymark {
namespace {

EventCursor::Parts PartsOf(bool headers_only) {
  return headers_only ? EventCursor::Parts::kHeaders : EventCursor::Parts::kHeadersAndPayloads;
}

EventView ViewAt(const EventCursor& cursor, Position position, bool headers_only) {
  EventView event{.position = position, .header = cursor.header(position)};
  if (headers_only) return event;
  const PayloadView& stored = cursor.payload(position);
  event.state = stored.erased ? StoredPayload::kErased : StoredPayload::kPresent;
  event.payload = stored.payload;
  event.salt = stored.salt;
  return event;
}

// The event that the cursor's chunk holds at `position`, copied.
StoredEvent EventAt(const EventCursor& cursor, Position position, bool headers_only) {
  const EventView view = ViewAt(cursor, position, headers_only);
  return {view.position, std::string(view.header), view.state, std::string(view.payload),
          std::string(view.salt)};
}

// Adds the event unless the bounds are met without it.
bool AddWithinBounds(StoredEvent event, const ReadOptions& options, size_t* bytes,
                     std::vector<StoredEvent>* events) {
  *bytes += event.header.size() + event.payload.size() + event.salt.size();
  if (!events->empty() && *bytes > options.bytes_max) return false;
  events->push_back(std::move(event));
  return events->size() < options.events_max;
}

}  // namespace

absl::StatusOr<std::vector<StoredEvent>> EventLog::Read(Position from,
                                                        const ReadOptions& options) const {
  WAYMARK_CHECK(options.until <= head());
  std::vector<StoredEvent> events;
  if (from.value >= options.until.value || options.events_max == 0) return events;
  events.reserve(std::min<uint64_t>(options.events_max, options.until.value - from.value));
  EventCursor cursor(*database_->tables, options.until, PartsOf(options.headers_only));
  size_t bytes = 0;
  for (Position position = from; position.value < options.until.value; ++position.value) {
    RETURN_IF_ERROR(cursor.MoveTo(position));
    if (!AddWithinBounds(EventAt(cursor, position, options.headers_only), options, &bytes,
                         &events)) {
      break;
    }
  }
  return events;
}

absl::Status EventLog::Visit(Position from, TreeSize until,
                             absl::FunctionRef<absl::Status(const EventView&)> visitor) const {
  WAYMARK_CHECK(until <= head());
  EventCursor cursor(*database_->tables, until, PartsOf(/*headers_only=*/false),
                     Scan::Blocks::kPassed);
  for (Position position = from; position.value < until.value; ++position.value) {
    RETURN_IF_ERROR(cursor.MoveTo(position));
    RETURN_IF_ERROR(visitor(ViewAt(cursor, position, /*headers_only=*/false)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredEvent>> EventLog::ReadBackward(TreeSize end, Position until,
                                                                const ReadOptions& options) const {
  WAYMARK_CHECK(end <= head());
  std::vector<StoredEvent> events;
  if (options.events_max == 0) return events;
  EventCursor cursor(*database_->tables, end, PartsOf(options.headers_only));
  size_t bytes = 0;
  for (uint64_t above = end.value; above > until.value; --above) {
    const Position position{above - 1};
    RETURN_IF_ERROR(cursor.MoveTo(position));
    if (!AddWithinBounds(EventAt(cursor, position, options.headers_only), options, &bytes,
                         &events)) {
      break;
    }
  }
  return events;
}

absl::StatusOr<StoredEvent> EventLog::ReadOne(Position position, bool headers_only) const {
  const TreeSize size = head();
  if (position.value >= size.value) {
    return Refuse({absl::StatusCode::kOutOfRange,
                   "POSITION_BEYOND_HEAD",
                   absl::StrCat("position: ", position.value, ", the head is ", size.value,
                                "; ask for one below it"),
                   -1,
                   "position",
                   {{"head", absl::StrCat(size.value)}}});
  }
  EventCursor cursor(*database_->tables, size, PartsOf(headers_only));
  RETURN_IF_ERROR(cursor.MoveTo(position));
  return EventAt(cursor, position, headers_only);
}

absl::StatusOr<std::vector<FilterEntry>> EventLog::ReadFilters(Position from, TreeSize until,
                                                               size_t count_max) const {
  WAYMARK_CHECK(until <= head());
  std::vector<FilterEntry> filters;
  if (from.value >= until.value || count_max == 0) return filters;
  const uint64_t wanted = std::min<uint64_t>(count_max, until.value - from.value);
  filters.reserve(wanted);
  Scan rows(*database_->tables, Family::kFilters, EventKey(Position{until.value}));
  rows->SeekForPrev(SliceOf(EventKey(from)));
  for (uint64_t position = from.value; filters.size() < wanted; rows->Next()) {
    if (!rows->Valid()) {
      return EventDamaged(
          Position{position},
          absl::StrCat("filters: ",
                       rows->status().ok() ? "no such row" : rows->status().ToString()));
    }
    const absl::StatusOr<Position> first = DecodeEventKey(ViewOf(rows->key()));
    const absl::StatusOr<FilterRow> row = DecodeFilters(ViewOf(rows->value()));
    if (!first.ok() || !row.ok()) {
      return EventDamaged(Position{position},
                          (first.ok() ? row.status() : first.status()).message());
    }
    if (position < first->value || position - first->value >= row->index.size()) {
      return EventDamaged(Position{position}, "filters: no row holds it");
    }
    for (size_t i = position - first->value; i < row->index.size() && filters.size() < wanted;
         ++i) {
      filters.push_back(row->distinct[row->index[i]]);
      ++position;
    }
  }
  return filters;
}

absl::StatusOr<TreeSize> EventLog::FirstRecordedAtOrAfter(UnixMicros instant) const {
  const TreeSize size = head();
  EventCursor cursor(*database_->tables, size, EventCursor::Parts::kHeaders);
  uint64_t low = 0;
  uint64_t high = size.value;
  while (low < high) {
    const Position middle{low + (high - low) / 2};
    RETURN_IF_ERROR(cursor.MoveTo(middle));
    const absl::StatusOr<merkle::EntryHeaderView> header =
        merkle::DecodeEntryHeaderView(cursor.header(middle));
    if (!header.ok()) return EventDamaged(middle, header.status().message());
    if (header->recorded_at < instant) {
      low = middle.value + 1;
    } else {
      high = middle.value;
    }
  }
  return TreeSize{low};
}

}  // namespace waymark
