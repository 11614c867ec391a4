#include "ledger/storage/event_audit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark {
namespace {

// version and count, then the length of the first header.
constexpr uint64_t kFirstHeaderByte = 4;

std::string WordOf(const rocksdb::Status& status) {
  return status.IsNotFound() ? "missing" : status.ToString();
}

// The type that a payload says it is of; nothing where it says none. Every event message has Common
// as its first field and that has the type as its first; in canonical bytes they stand in front.
absl::string_view TypeInside(absl::string_view payload) {
  constexpr char kFirstField = 0x0a;  // 1, length-delimited
  size_t at = 0;
  if (payload.empty() || payload[at++] != kFirstField) return {};
  while (at < payload.size() && (payload[at] & 0x80) != 0) ++at;  // the length of Common
  ++at;
  // The longest name takes one length byte.
  if (at + 2 > payload.size() || payload[at] != kFirstField) return {};
  const size_t length = static_cast<uint8_t>(payload[at + 1]);
  return length > payload.size() - at - 2 ? absl::string_view() : payload.substr(at + 2, length);
}

}  // namespace

EventAudit::EventAudit(const Tables& tables, const LedgerIdentity& identity, Depth depth,
                       FaultLog* faults)
    : tables_(tables),
      identity_(identity),
      depth_(depth),
      faults_(*faults),
      erasures_(faults),
      filter_scan_(tables, Family::kFilters) {}

Fault EventAudit::FaultAt(const merkle::EntryHeaderView& header, absl::string_view what) const {
  Fault fault;
  fault.position = header.position;
  fault.contract_id = std::string(header.contract_id);
  fault.revision = header.revision;
  fault.what = std::string(what);
  return fault;
}

void EventAudit::Check(Position position, const EventCursor& cursor) {
  if (position != next_) {
    // What was left out may have ended any request, commit or stream row.
    request_.reset();
    filters_end_ = 0;
    last_recorded_at_ = UnixMicros{};
    ++run_;
  }
  next_ = Position{position.value + 1};
  const absl::string_view bytes = cursor.header(position);
  const std::string key = EventKey(cursor.first());
  CheckFilters(position);
  LoadPayloads(cursor);
  const absl::StatusOr<merkle::EntryHeaderView> header = merkle::DecodeEntryHeaderView(bytes);
  if (!header.ok()) {
    Fault fault;
    fault.position = position;
    fault.what = "header";
    fault.value_byte = bytes.data() - cursor.header(cursor.first()).data() + kFirstHeaderByte;
    fault.got = std::string(header.status().message());
    faults_.Report(std::move(fault), Family::kEntries, key);
    request_.reset();
    ++run_;
    return;
  }
  CheckOrder(*header, key);
  CheckRequest(*header, key);
  CheckPayload(*header, cursor);
}

void EventAudit::CheckOrder(const merkle::EntryHeaderView& header, absl::string_view key) {
  if (header.recorded_at < last_recorded_at_) {
    Fault fault = FaultAt(header, "recorded_at");
    fault.want = absl::StrCat("at least ", last_recorded_at_.value);
    fault.got = absl::StrCat(header.recorded_at.value);
    faults_.Report(std::move(fault), Family::kEntries, key);
  }
  last_recorded_at_ = header.recorded_at;
  const auto [found, added] = streams_.try_emplace(std::string(header.contract_id));
  Stream& stream = found->second;
  if (added) stream.digest = merkle::Sha256(header.contract_id);
  // A contract first met in an audit without a gap from 0 begins with revision 0.
  const bool known = added ? run_ == 1 : stream.run == run_;
  if (known && header.revision.value != stream.next_revision) {
    Fault fault = FaultAt(header, "revision");
    fault.want = absl::StrCat(stream.next_revision);
    fault.got = absl::StrCat(header.revision.value);
    faults_.Report(std::move(fault), Family::kEntries, key);
  }
  if (stream.run != run_ || header.revision.value != stream.next_revision) stream.ranges.clear();
  stream.run = run_;
  stream.next_revision = header.revision.value + 1;
  CheckStream(header, &stream);
}

// What the stream's row that holds `revision` says from that revision on.
absl::StatusOr<std::vector<PositionRange>> EventAudit::StreamFrom(const Digest& contract,
                                                                  Revision revision) {
  ++stream_rows_;
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      tables_.Get(Family::kStreams, StreamKey(contract, revision), &value);
  if (status.ok()) return DecodeStream(ViewOf(value));
  if (!status.IsNotFound()) return absl::DataLossError(status.ToString());
  // After a gap the row may begin before it.
  Scan rows(tables_, Family::kStreams);
  rows->SeekForPrev(SliceOf(StreamKey(contract, revision)));
  if (!rows->status().ok()) return absl::DataLossError(rows->status().ToString());
  if (!rows->Valid() || !rows->key().starts_with(SliceOf(merkle::BytesOf(contract)))) {
    return absl::DataLossError("missing");
  }
  ASSIGN_OR_RETURN(const std::vector<PositionRange> row, DecodeStream(ViewOf(rows->value())));
  uint64_t skip = revision.value - merkle::GetU64be(ViewOf(rows->key()).substr(kDigestBytes));
  std::vector<PositionRange> rest;
  for (const PositionRange& range : row) {
    const uint64_t used = std::min<uint64_t>(skip, range.count);
    skip -= used;
    if (used == range.count) continue;
    rest.push_back({Position{range.first.value + used}, static_cast<uint32_t>(range.count - used)});
  }
  return rest;
}

void EventAudit::CheckStream(const merkle::EntryHeaderView& header, Stream* stream) {
  if (stream->ranges.empty()) {
    absl::StatusOr<std::vector<PositionRange>> ranges = StreamFrom(stream->digest, header.revision);
    if (!ranges.ok()) {
      Fault fault = FaultAt(header, "stream_row");
      fault.got = std::string(ranges.status().message());
      faults_.Report(std::move(fault), Family::kStreams,
                     StreamKey(stream->digest, header.revision));
      return;
    }
    stream->ranges = *std::move(ranges);
  }
  const bool has_range = !stream->ranges.empty();
  if (!has_range || stream->ranges.front().first != header.position) {
    Fault fault = FaultAt(header, "stream_row");
    fault.want = absl::StrCat(header.position.value);
    fault.got = has_range ? absl::StrCat(stream->ranges.front().first.value) : "no such revision";
    faults_.Report(std::move(fault), Family::kStreams, StreamKey(stream->digest, header.revision));
    stream->ranges.clear();
    return;
  }
  PositionRange& range = stream->ranges.front();
  ++range.first.value;
  if (--range.count == 0) stream->ranges.erase(stream->ranges.begin());
}

void EventAudit::LoadPayloads(const EventCursor& cursor) {
  if (chunk_ == cursor.first()) return;
  chunk_ = cursor.first();
  ++chunk_rows_;
  payloads_ = {};
  payload_value_.Reset();
  const std::string key = EventKey(cursor.first());
  const rocksdb::Status status = tables_.Get(Family::kPayloads, key, &payload_value_);
  std::string got;
  if (!status.ok()) {
    got = WordOf(status);
  } else if (absl::StatusOr<PayloadRow> row = DecodePayloads(ViewOf(payload_value_)); !row.ok()) {
    got = std::string(row.status().message());
  } else if (row->count != cursor.end().value - cursor.first().value) {
    got = absl::StrCat(row->count, " payloads");
  } else {
    payloads_ = *row;
    return;
  }
  Fault fault;
  fault.position = cursor.first();
  fault.what = "payload_row";
  fault.want = absl::StrCat(cursor.end().value - cursor.first().value, " payloads");
  fault.got = std::move(got);
  faults_.Report(std::move(fault), Family::kPayloads, key);
}

void EventAudit::CheckPayload(const merkle::EntryHeaderView& header, const EventCursor& cursor) {
  if (payloads_.count == 0 || depth_ == Depth::kRows) return;
  const PayloadView& stored = payloads_.payloads[header.position.value - cursor.first().value];
  if (stored.erased) return erasures_.NoteErased(header);
  const Digest commitment = merkle::PayloadCommitment(stored.salt, stored.payload);
  const auto report = [&](absl::string_view what, absl::string_view at, std::string want,
                          std::string got) {
    Fault fault = FaultAt(header, what);
    fault.value_byte = at.data() - payload_value_.data();
    fault.want = std::move(want);
    fault.got = std::move(got);
    faults_.Report(std::move(fault), Family::kPayloads, EventKey(cursor.first()));
  };
  if (commitment != header.payload_commitment) {
    return report("payload_commitment", stored.salt, merkle::ToHex(header.payload_commitment),
                  merkle::ToHex(commitment));
  }
  if (const absl::string_view type = TypeInside(stored.payload); type != header.event_type) {
    report("payload_type", stored.payload, std::string(header.event_type),
           type.empty() ? "none" : std::string(type));
  }
  erasures_.NotePresent(header, stored.payload);
}

void EventAudit::CheckFilters(Position position) {
  if (position.value < filters_end_) return;
  const bool is_next = filters_end_ == position.value && position.value > 0;
  const Scan& rows = filter_scan_;
  if (is_next && rows->Valid()) {
    rows->Next();
  } else {
    rows->SeekForPrev(SliceOf(EventKey(position)));
  }
  std::string got;
  if (!rows->Valid()) {
    got = rows->status().ok() ? "missing" : rows->status().ToString();
  } else {
    const absl::StatusOr<Position> first = DecodeEventKey(ViewOf(rows->key()));
    const absl::StatusOr<FilterRow> row = DecodeFilters(ViewOf(rows->value()));
    if (!first.ok() || !row.ok()) {
      got = std::string((first.ok() ? row.status() : first.status()).message());
    } else if (position < *first || position.value >= first->value + row->index.size() ||
               (is_next && *first != position)) {
      got = absl::StrCat("positions ", first->value, " to ", first->value + row->index.size() - 1);
    } else {
      filters_end_ = first->value + row->index.size();
      ++filter_rows_;
      return;
    }
  }
  Fault fault;
  fault.position = position;
  fault.what = "filter_row";
  fault.got = std::move(got);
  faults_.Report(std::move(fault), Family::kFilters, EventKey(position));
  filters_end_ = 0;
}

}  // namespace waymark
