#include "ledger/service/feed_scan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/service/timers.h"

namespace waymark {
namespace {

// Small enough that a turn can stop on time, large enough that a chunk is not read twice.
constexpr uint32_t kPageEvents = 1024;
// Headers alone; never reached.
constexpr size_t kPageBytes = kPageEvents * kEntryHeaderBytesMax * 2;
// What the caller may see is everything, until there are access rules.
constexpr absl::string_view kScopeOfAll("waymark/scope/v1\0all", 20);

template <size_t N>
std::array<uint8_t, N> Prefix(const Digest& digest) {
  std::array<uint8_t, N> out = {};
  std::copy_n(digest.begin(), N, out.begin());
  return out;
}

size_t SizeOf(const StoredEvent& event) {
  return event.header.size() + event.payload.size() + event.salt.size();
}

absl::StatusOr<merkle::EntryHeaderView> HeaderOf(const StoredEvent& event) {
  absl::StatusOr<merkle::EntryHeaderView> header = merkle::DecodeEntryHeaderView(event.header);
  if (header.ok()) return header;
  // Stored bytes: what is wrong with them is nobody's request.
  return Refuse(
      {.code = absl::StatusCode::kDataLoss,
       .reason = "EVENT_DAMAGED",
       .message = absl::StrCat("position ", event.position.value, ": ", header.status().message()),
       .metadata = {{"position", absl::StrCat(event.position.value)}}});
}

v1::PayloadState StateOf(StoredPayload state) {
  switch (state) {
    case StoredPayload::kPresent:
      return v1::PAYLOAD_STATE_PRESENT;
    case StoredPayload::kErased:
      return v1::PAYLOAD_STATE_ERASED;
    case StoredPayload::kNotRead:
      break;
  }
  return v1::PAYLOAD_STATE_UNSPECIFIED;
}

}  // namespace

Cursor FeedOf(const std::string& ledger, const EventFilter& filter, ReadDirection direction) {
  Cursor feed;
  feed.ledger = ledger;
  feed.direction = direction;
  feed.filter = Prefix<16>(filter.hash());
  feed.scope = Prefix<8>(merkle::Sha256(kScopeOfAll));
  return feed;
}

FeedScan::FeedScan(const EventLog& log, EventFilter filter, FeedOptions options, Position start)
    : log_(log), filter_(std::move(filter)), options_(options), position_(start) {}

absl::Status FeedScan::Turn(Position bound, uint64_t matches_max, v1::Batch* batch) {
  Room room{batch, std::min<uint64_t>(matches_max, options_.events_max), options_.bytes_max};
  const absl::Duration end = MonotonicNow() + options_.turn_time_max;
  const Position start = position_;
  while (!Reached(bound) && !room.full && room.events > 0) {
    if (filter_.MatchesEverything()) return TakeAll(bound, &room);
    ASSIGN_OR_RETURN(Page page,
                     filter_.only_contract().empty() ? NextPage(bound) : NextStreamPage(bound));
    const Position after = page.after;
    ASSIGN_OR_RETURN(std::vector<StoredEvent> matches, Matching(std::move(page)));
    RETURN_IF_ERROR(AddMatches(std::move(matches), &room));
    if (!room.full && room.events > 0) position_ = after;
    const uint64_t scanned =
        forward() ? position_.value - start.value : start.value - position_.value;
    if (scanned >= options_.turn_events_max || MonotonicNow() >= end) break;
  }
  return absl::OkStatus();
}

// One read is one turn where nothing is filtered: the read's own bounds are the turn's.
absl::Status FeedScan::TakeAll(Position bound, Room* room) {
  const uint32_t events_max = static_cast<uint32_t>(std::min<uint64_t>(room->events, UINT32_MAX));
  ASSIGN_OR_RETURN(std::vector<StoredEvent> events,
                   ReadHere(bound, {.events_max = events_max,
                                    .bytes_max = options_.bytes_max,
                                    .headers_only = options_.headers_only}));
  if (events.empty()) return absl::DataLossError("the log gave no event below its head");
  NoteLeaf(events.back().header, events.back().position);
  const Position last = events.back().position;
  for (StoredEvent& event : events) {
    if (!TooEarly(event)) Add(std::move(event), room);
  }
  position_ = forward() ? Position{last.value + 1} : last;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredEvent>> FeedScan::ReadHere(Position bound,
                                                            const ReadOptions& options) {
  if (!forward()) return log_.ReadBackward(TreeSize{position_.value}, bound, options);
  ReadOptions bounded = options;
  bounded.until = TreeSize{bound.value};
  return log_.Read(position_, bounded);
}

absl::StatusOr<FeedScan::Page> FeedScan::NextPage(Position bound) {
  Page page;
  ASSIGN_OR_RETURN(
      page.events,
      ReadHere(bound, {.events_max = kPageEvents, .bytes_max = kPageBytes, .headers_only = true}));
  if (page.events.empty()) return absl::DataLossError("the log gave no event below its head");
  const StoredEvent& last = page.events.back();
  NoteLeaf(last.header, last.position);
  page.after = forward() ? Position{last.position.value + 1} : last.position;
  return page;
}

// A feed of one contract goes by the index of its stream and looks at no other contract's events.
absl::StatusOr<FeedScan::Page> FeedScan::NextStreamPage(Position bound) {
  const std::string& contract = filter_.only_contract();
  ASSIGN_OR_RETURN(const Revision here, RevisionAt(position_));
  const uint64_t first =
      forward() ? here.value : here.value - std::min<uint64_t>(here.value, kPageEvents);
  const uint64_t count = forward() ? kPageEvents : here.value - first;
  std::vector<Position> positions;
  if (count > 0) {
    ASSIGN_OR_RETURN(positions, log_.StreamPositions(contract, Revision{first}, count));
  }
  if (!forward()) std::reverse(positions.begin(), positions.end());
  Page page;
  page.after = bound;
  if (positions.size() == kPageEvents) {
    const Position last = positions.back();
    page.after = forward() ? std::min(bound, Position{last.value + 1}) : std::max(bound, last);
  }
  for (const Position position : positions) {
    if (forward() ? position >= bound : position < bound) break;
    ASSIGN_OR_RETURN(StoredEvent event, log_.ReadOne(position, /*headers_only=*/true));
    page.events.push_back(std::move(event));
  }
  return page;
}

// How many of the contract's events stand below the position, by bisection: revisions rise with
// positions.
absl::StatusOr<Revision> FeedScan::RevisionAt(Position position) {
  uint64_t low = 0;
  uint64_t high = position.value;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const std::vector<Position> found,
                     log_.StreamPositions(filter_.only_contract(), Revision{middle}, 1));
    if (found.empty() || found[0] >= position) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return Revision{low};
}

absl::StatusOr<std::vector<StoredEvent>> FeedScan::Matching(Page page) {
  std::vector<FilterEntry> captured;
  const bool contiguous = filter_.only_contract().empty();
  if (filter_.NeedsCaptured() && contiguous) {
    const Position low = forward() ? page.events.front().position : page.events.back().position;
    const TreeSize until{low.value + page.events.size()};
    ASSIGN_OR_RETURN(captured, log_.ReadFilters(low, until, page.events.size()));
    if (captured.size() != page.events.size()) {
      return absl::DataLossError("filters: a row below the head is missing");
    }
    if (!forward()) std::reverse(captured.begin(), captured.end());
  }
  std::vector<StoredEvent> matches;
  for (size_t i = 0; i < page.events.size(); ++i) {
    StoredEvent& event = page.events[i];
    FilterEntry entry;
    if (filter_.NeedsCaptured() && contiguous) {
      entry = std::move(captured[i]);
    } else if (filter_.NeedsCaptured()) {
      ASSIGN_OR_RETURN(std::vector<FilterEntry> one,
                       log_.ReadFilters(event.position, SizeThrough(event.position), 1));
      if (one.empty()) return absl::DataLossError("filters: a row below the head is missing");
      entry = std::move(one[0]);
    }
    ASSIGN_OR_RETURN(const merkle::EntryHeaderView header, HeaderOf(event));
    if (filter_.Matches(header, entry) && !TooEarly(event)) matches.push_back(std::move(event));
  }
  return matches;
}

// Fetches the payloads of what matched, runs of neighbours at once, until the batch is full;
// position_ then stands at the first match that was not added.
absl::Status FeedScan::AddMatches(std::vector<StoredEvent> matches, Room* room) {
  for (size_t i = 0; i < matches.size();) {
    size_t run = 1;
    while (forward() && i + run < matches.size() && run < room->events &&
           matches[i + run].position.value == matches[i].position.value + run) {
      ++run;
    }
    std::vector<StoredEvent> found;
    if (options_.headers_only) {
      found.push_back(std::move(matches[i]));
    } else {
      const Position first = matches[i].position;
      ASSIGN_OR_RETURN(found, log_.Read(first, {.events_max = static_cast<uint32_t>(run),
                                                .bytes_max = std::max<size_t>(room->bytes, 1),
                                                .until = TreeSize{first.value + run}}));
      if (found.empty()) return absl::DataLossError("the log gave no event below its head");
    }
    for (StoredEvent& event : found) {
      const Position position = event.position;
      if (room->batch->events_size() > 0 && SizeOf(event) > room->bytes) {
        room->full = true;
        position_ = forward() ? position : Position{position.value + 1};
        return absl::OkStatus();
      }
      position_ = forward() ? Position{position.value + 1} : position;
      NoteLeaf(event.header, position);
      Add(std::move(event), room);
      if (room->events == 0) return absl::OkStatus();
    }
    i += found.size();
  }
  return absl::OkStatus();
}

void FeedScan::Add(StoredEvent event, Room* room) {
  const size_t bytes = SizeOf(event);
  v1::RecordedEvent* out = room->batch->add_events();
  out->set_state(StateOf(event.state));
  *out->mutable_header() = std::move(event.header);
  if (event.state == StoredPayload::kPresent) {
    *out->mutable_payload() = std::move(event.payload);
    *out->mutable_salt() = std::move(event.salt);
  }
  room->events -= std::min<uint64_t>(room->events, 1);
  room->bytes -= std::min(room->bytes, bytes);
}

bool FeedScan::TooEarly(const StoredEvent& event) {
  if (!options_.not_before.has_value()) return false;
  const absl::StatusOr<merkle::EntryHeaderView> header =
      merkle::DecodeEntryHeaderView(event.header);
  if (header.ok() && header->recorded_at < *options_.not_before) return true;
  options_.not_before.reset();  // recorded_at never decreases
  return false;
}

void FeedScan::NoteLeaf(const std::string& header, Position position) {
  if (forward()) leaf_ = {position, merkle::LeafHash(header)};
}

absl::StatusOr<std::string> FeedScan::MakeCursor() {
  Cursor cursor = FeedOf(log_.identity().ledger_id, filter_, options_.direction);
  cursor.position = position_;
  if (position_.value > 0) {
    const Position before{position_.value - 1};
    if (!leaf_.has_value() || leaf_->first != before) {
      ASSIGN_OR_RETURN(const Digest leaf, log_.Node(0, before.value));
      leaf_ = {before, leaf};
    }
    cursor.leaf = Prefix<8>(leaf_->second);
  }
  return EncodeCursor(cursor);
}

}  // namespace waymark
