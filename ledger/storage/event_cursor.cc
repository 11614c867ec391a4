#include "ledger/storage/event_cursor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"

namespace waymark {
namespace {

// Why the iterator stands on no row.
std::string WhyInvalid(const Scan& rows) {
  const rocksdb::Status status = rows->status();
  return status.ok() ? "no such row" : status.ToString();
}

}  // namespace

absl::Status EventDamaged(Position position, absl::string_view what) {
  return Refuse({absl::StatusCode::kDataLoss,
                 "EVENT_DAMAGED",
                 absl::StrCat("position ", position.value, ": ", what,
                              "; verify the data directory and restore a copy"),
                 -1,
                 "position",
                 {{"position", absl::StrCat(position.value)}}});
}

bool HasPosition(absl::string_view header, Position position) {
  // The grammar of a header: its first field is the position.
  constexpr char kPositionTag = 0x09;
  return header.size() > 9 && header[0] == kPositionTag &&
         merkle::GetU64le(header.substr(1, 8)) == position.value;
}

EventCursor::EventCursor(const Tables& tables, TreeSize until, Parts parts, Scan::Blocks blocks)
    : entry_rows_(tables, Family::kEntries, EventKey(Position{until.value}), blocks),
      payload_rows_(parts == Parts::kHeaders
                        ? nullptr
                        : std::make_unique<const Scan>(tables, Family::kPayloads,
                                                       EventKey(Position{until.value}), blocks)) {}

absl::Status EventCursor::MoveTo(Position position) {
  if (entries_.count > 0 && Holds(position)) return absl::OkStatus();
  const absl::Status loaded = Load(position);
  if (!loaded.ok()) entries_.count = 0;
  return loaded;
}

void EventCursor::SeekEntries(Position position) {
  // The row begins at most a chunk's length before. Going forward from there unpacks one block as a
  // rule; seeking backward would unpack both of its neighbours too.
  constexpr uint64_t kReach = kChunkEventsMax - 1;
  entry_rows_->Seek(SliceOf(EventKey(Position{position.value - std::min(position.value, kReach)})));
  while (entry_rows_->Valid()) {
    const rocksdb::Slice value = entry_rows_->value();
    const absl::StatusOr<Position> first = DecodeEventKey(ViewOf(entry_rows_->key()));
    // The count is the second byte; a row without one is for the decoder to refuse.
    const uint64_t count = value.size() > 1 ? static_cast<uint8_t>(value[1]) : 0;
    if (!first.ok() || count == 0 || first->value + count > position.value) return;
    entry_rows_->Next();
  }
  // A damaged row in front must not hide one that begins here.
  if (!entry_rows_->status().ok()) entry_rows_->Seek(SliceOf(EventKey(position)));
}

absl::Status EventCursor::Load(Position position) {
  const bool stands = entries_.count > 0 && entry_rows_->Valid();
  const bool is_next = stands && position == end();
  const bool is_previous = stands && position.value + 1 == first_.value;
  if (is_next) {
    entry_rows_->Next();
  } else if (is_previous) {
    entry_rows_->Prev();
  } else {
    SeekEntries(position);
  }
  // Damage beyond the row that was stepped to must not hide it.
  if (!entry_rows_->status().ok()) SeekEntries(position);
  if (!entry_rows_->Valid()) {
    return EventDamaged(position, absl::StrCat("entries: ", WhyInvalid(entry_rows_)));
  }
  const absl::StatusOr<Position> first = DecodeEventKey(ViewOf(entry_rows_->key()));
  if (!first.ok()) return EventDamaged(position, first.status().message());
  const absl::StatusOr<EntryRow> entries = DecodeEntries(ViewOf(entry_rows_->value()));
  if (!entries.ok()) return EventDamaged(position, entries.status().message());
  if (position < *first || position.value - first->value >= entries->count) {
    return EventDamaged(position, "entries: no row holds it");
  }
  for (uint32_t i = 0; i < entries->count; ++i) {
    const Position place{first->value + i};
    if (!HasPosition(entries->headers[i], place)) {
      return EventDamaged(place, "entries: the header there is of another position");
    }
  }
  first_ = *first;
  entries_ = *entries;
  if (payload_rows_ == nullptr) return absl::OkStatus();
  // Beside the row of headers, so at the same step or at the same key.
  const Scan& rows = *payload_rows_;
  if (is_next && rows->Valid()) {
    rows->Next();
  } else if (is_previous && rows->Valid()) {
    rows->Prev();
  } else {
    rows->Seek(SliceOf(EventKey(first_)));
  }
  if (!rows->status().ok()) rows->Seek(SliceOf(EventKey(first_)));
  return LoadPayloads(position);
}

absl::Status EventCursor::LoadPayloads(Position position) {
  const Scan& rows = *payload_rows_;
  if (!rows->Valid()) return EventDamaged(position, absl::StrCat("payloads: ", WhyInvalid(rows)));
  if (ViewOf(rows->key()) != EventKey(first_)) {
    return EventDamaged(position, "payloads: no row holds it");
  }
  const absl::StatusOr<PayloadRow> payloads = DecodePayloads(ViewOf(rows->value()));
  if (!payloads.ok()) return EventDamaged(position, payloads.status().message());
  if (payloads->count != entries_.count) {
    return EventDamaged(first_, absl::StrCat("payloads: ", payloads->count, " in the row, ",
                                             entries_.count, " headers beside them"));
  }
  payloads_ = *payloads;
  return absl::OkStatus();
}

}  // namespace waymark
