#include "ledger/storage/rows.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "ledger/base/check.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/storage/row_reader.h"

namespace waymark {
namespace {

using merkle::AppendU16be;
using merkle::AppendU32be;
using merkle::AppendU64be;
using merkle::BytesOf;

// Version of each value's grammar. A changed grammar gets another and the decoder keeps the old
// one.
constexpr uint8_t kVersion = 1;

// text := len:u8 byte{len}
constexpr size_t kRowTextBytesMax = 255;
static_assert(kContractIdBytesMax <= kRowTextBytesMax && kPrincipalBytesMax <= kRowTextBytesMax &&
              kCodeBytesMax <= kRowTextBytesMax && kLedgerIdBytesMax <= kRowTextBytesMax);

void AppendU8(size_t value, std::string* out) { out->push_back(static_cast<char>(value)); }

void AppendBytes(absl::string_view bytes, std::string* out) {
  out->append(bytes.data(), bytes.size());
}

void AppendText(absl::string_view text, std::string* out) {
  WAYMARK_CHECK(text.size() <= kRowTextBytesMax);
  AppendU8(text.size(), out);
  AppendBytes(text, out);
}

}  // namespace

// event key := first_position:u64be
// entries, payloads: of the chunk; filters: of the commit; statements: of the request
std::string EventKey(Position first) {
  std::string key;
  AppendU64be(first.value, &key);
  return key;
}

absl::StatusOr<Position> DecodeEventKey(absl::string_view key) {
  RowReader reader("event key", key);
  const Position position{reader.U64()};
  RETURN_IF_ERROR(reader.Finish());
  return position;
}

// stream key := SHA-256(contract_id)[32] first_revision:u64be
// The digest gives every key one length; the id itself stands in each header.
std::string StreamKey(const Digest& contract_digest, Revision first) {
  std::string key(BytesOf(contract_digest));
  AppendU64be(first.value, &key);
  return key;
}

std::string StreamKey(absl::string_view contract_id, Revision first) {
  return StreamKey(merkle::Sha256(contract_id), first);
}

// request key := SHA-256(request_id)[32]
std::string RequestKey(absl::string_view request_id) {
  const Digest digest = merkle::Sha256(request_id);
  return std::string(BytesOf(digest));
}

// tile key := level:u8 index:u64be
std::string TileKey(int level, uint64_t index) {
  std::string key;
  AppendU8(level, &key);
  AppendU64be(index, &key);
  return key;
}

// meta key := 00 format | 01 identity | 02 head | 03 first_position:u64be erasure
std::string MetaKey(uint8_t name) { return std::string(1, static_cast<char>(name)); }
std::string ErasurePrefix() { return MetaKey(3); }
std::string ErasureKey(Position first) { return ErasurePrefix() + EventKey(first); }

// entries := 01 count:u8 { len:u16be header }{count}          1 <= count <= 32, 1 <= len <= 266
void EncodeEntries(absl::Span<const CommitEvent> events, std::string* out) {
  WAYMARK_CHECK(!events.empty() && events.size() <= kChunkEventsMax);
  AppendU8(kVersion, out);
  AppendU8(events.size(), out);
  for (const CommitEvent& event : events) {
    WAYMARK_CHECK(!event.header.empty() && event.header.size() <= kEntryHeaderBytesMax);
    AppendU16be(static_cast<uint16_t>(event.header.size()), out);
    AppendBytes(event.header, out);
  }
}

absl::StatusOr<EntryRow> DecodeEntries(absl::string_view value) {
  RowReader reader("entries", value);
  EntryRow row;
  reader.Version(kVersion);
  row.count = reader.U8();
  reader.Require(row.count >= 1 && row.count <= kChunkEventsMax);
  for (uint32_t i = 0; i < row.count && !reader.failed(); ++i) {
    const uint16_t length = reader.U16();
    reader.Require(length >= 1 && length <= kEntryHeaderBytesMax);
    row.headers[i] = reader.Take(length);
  }
  RETURN_IF_ERROR(reader.Finish());
  return row;
}

// payloads := 01 count:u8 payload{count}
// payload  := 00                                         erased, salt and all
//           | 01 salt[32] len:u32be byte{len}
constexpr uint8_t kErased = 0;
constexpr uint8_t kPresent = 1;

void EncodePayloads(absl::Span<const CommitEvent> events, std::string* out) {
  WAYMARK_CHECK(!events.empty() && events.size() <= kChunkEventsMax);
  AppendU8(kVersion, out);
  AppendU8(events.size(), out);
  for (const CommitEvent& event : events) {
    WAYMARK_CHECK(event.salt.size() == kSaltBytes && event.payload.size() <= kPayloadBytesMax);
    AppendU8(kPresent, out);
    AppendBytes(event.salt, out);
    AppendU32be(static_cast<uint32_t>(event.payload.size()), out);
    AppendBytes(event.payload, out);
  }
}

std::string EncodePayloads(const PayloadRow& row) {
  std::string out;
  AppendU8(kVersion, &out);
  AppendU8(row.count, &out);
  for (uint32_t i = 0; i < row.count; ++i) {
    const PayloadView& view = row.payloads[i];
    AppendU8(view.erased ? kErased : kPresent, &out);
    if (view.erased) continue;
    AppendBytes(view.salt, &out);
    AppendU32be(static_cast<uint32_t>(view.payload.size()), &out);
    AppendBytes(view.payload, &out);
  }
  return out;
}

absl::StatusOr<PayloadRow> DecodePayloads(absl::string_view value) {
  RowReader reader("payloads", value);
  PayloadRow row;
  reader.Version(kVersion);
  row.count = reader.U8();
  reader.Require(row.count >= 1 && row.count <= kChunkEventsMax);
  for (uint32_t i = 0; i < row.count && !reader.failed(); ++i) {
    const uint8_t state = reader.U8();
    reader.Require(state == kErased || state == kPresent);
    row.payloads[i].erased = state == kErased;
    if (state == kErased) continue;
    row.payloads[i].salt = reader.Take(kSaltBytes);
    const uint32_t length = reader.U32();
    reader.Require(length <= kPayloadBytesMax);
    row.payloads[i].payload = reader.Take(length);
  }
  RETURN_IF_ERROR(reader.Finish());
  return row;
}

// stream := 01 { first_position:u64be count:u32be }+          positions rise from range to range
std::string EncodeStream(absl::Span<const PositionRange> ranges) {
  WAYMARK_CHECK(!ranges.empty());
  std::string out;
  AppendU8(kVersion, &out);
  for (const PositionRange& range : ranges) {
    WAYMARK_CHECK(range.count >= 1);
    AppendU64be(range.first.value, &out);
    AppendU32be(range.count, &out);
  }
  return out;
}

absl::StatusOr<std::vector<PositionRange>> DecodeStream(absl::string_view value) {
  constexpr size_t kRangeBytes = 12;
  RowReader reader("streams", value);
  std::vector<PositionRange> ranges;
  reader.Version(kVersion);
  reader.Require(value.size() > 1);
  const size_t count = (value.size() - 1) / kRangeBytes;
  uint64_t end = 0;
  for (size_t i = 0; i < count && !reader.failed(); ++i) {
    PositionRange range;
    range.first = Position{reader.U64()};
    range.count = reader.U32();
    reader.Require(range.count >= 1 && range.first.value >= end);
    end = range.first.value + range.count;
    ranges.push_back(range);
  }
  RETURN_IF_ERROR(reader.Finish());
  return ranges;
}

// filters := 01 count:u32be distinct:u16be filter{distinct} index{count}
// filter  := marking:u8 category:text party:text focuses:u8 text{focuses}
// index   := u8 where distinct <= 256, else u16be; each filter stands where it is first used
std::string EncodeFilters(absl::Span<const CommitEvent> events) {
  WAYMARK_CHECK(!events.empty() && events.size() <= kCommitBatchEventsMax);
  static_assert(kCommitBatchEventsMax <= 0xffff);
  absl::flat_hash_map<std::string, uint16_t> known;
  std::string filters;
  std::vector<uint16_t> indices;
  indices.reserve(events.size());
  std::string last;
  std::string filter;
  for (const CommitEvent& event : events) {
    filter.clear();
    AppendU8(event.filter.marking, &filter);
    AppendText(event.filter.category, &filter);
    AppendText(event.filter.party, &filter);
    static_assert(kFilterFocusesMax <= 0xff, "one byte");
    WAYMARK_CHECK(event.filter.focuses.size() <= kFilterFocusesMax);
    AppendU8(event.filter.focuses.size(), &filter);
    for (const std::string& focus : event.filter.focuses) AppendText(focus, &filter);
    // Neighbours are alike more often than not.
    if (!indices.empty() && filter == last) {
      indices.push_back(indices.back());
      continue;
    }
    const auto [found, added] = known.try_emplace(filter, static_cast<uint16_t>(known.size()));
    if (added) AppendBytes(filter, &filters);
    indices.push_back(found->second);
    last.swap(filter);
  }
  std::string out;
  AppendU8(kVersion, &out);
  AppendU32be(static_cast<uint32_t>(events.size()), &out);
  AppendU16be(static_cast<uint16_t>(known.size()), &out);
  AppendBytes(filters, &out);
  for (const uint16_t index : indices) {
    if (known.size() <= 256) {
      AppendU8(index, &out);
    } else {
      AppendU16be(index, &out);
    }
  }
  return out;
}

absl::StatusOr<FilterRow> DecodeFilters(absl::string_view value) {
  RowReader reader("filters", value);
  FilterRow row;
  reader.Version(kVersion);
  const uint32_t count = reader.U32();
  const uint16_t distinct = reader.U16();
  reader.Require(count >= 1 && count <= kCommitBatchEventsMax && distinct >= 1 &&
                 distinct <= count);
  for (uint16_t i = 0; i < distinct && !reader.failed(); ++i) {
    FilterEntry entry;
    entry.marking = reader.U8();
    entry.category = std::string(reader.Text());
    entry.party = std::string(reader.Text());
    const uint8_t focuses = reader.U8();
    for (uint8_t focus = 0; focus < focuses && !reader.failed(); ++focus) {
      entry.focuses.emplace_back(reader.Text());
    }
    row.distinct.push_back(std::move(entry));
  }
  for (uint32_t i = 0; i < count && !reader.failed(); ++i) {
    row.index.push_back(distinct <= 256 ? reader.U8() : reader.U16());
    reader.Require(row.index.back() < distinct);
  }
  RETURN_IF_ERROR(reader.Finish());
  return row;
}

// tile := 01 hash[32]{256}
std::string EncodeTile(absl::Span<const Digest> hashes) {
  WAYMARK_CHECK(hashes.size() == kTileWidth);
  std::string out;
  out.reserve(1 + kTileBytes);
  AppendU8(kVersion, &out);
  for (const Digest& hash : hashes) AppendBytes(BytesOf(hash), &out);
  return out;
}

absl::StatusOr<absl::string_view> DecodeTile(absl::string_view value) {
  RowReader reader("tiles", value);
  reader.Version(kVersion);
  const absl::string_view hashes = reader.Take(kTileBytes);
  RETURN_IF_ERROR(reader.Finish());
  return hashes;
}

}  // namespace waymark
