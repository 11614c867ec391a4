// This header defines the keys and values of the database, one pair of functions a column family.
// The grammars stand in rows.cc; every value begins with its own version byte. A row that departs
// from its grammar gives DataLoss with the byte where it does, and no reason yet: the caller knows
// the position it was reading.
//
//   batch.Put(EventKey(Position{258}), EncodeEntries(events));
//   ASSIGN_OR_RETURN(const EntryRow row, DecodeEntries(value));   // views into `value`
#ifndef WAYMARK_LEDGER_STORAGE_ROWS_H_
#define WAYMARK_LEDGER_STORAGE_ROWS_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/base/limits.h"
#include "ledger/base/types.h"
#include "ledger/storage/commit_record.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// Keys. Each family has one length, and byte order is the order that it is read in.
std::string EventKey(Position first);  // entries, payloads, filters, statements
std::string StreamKey(absl::string_view contract_id, Revision first);  // streams
std::string StreamKey(const Digest& contract_digest, Revision first);
std::string RequestKey(absl::string_view request_id);  // requests
std::string TileKey(int level, uint64_t index);        // tiles
std::string MetaKey(uint8_t name);                     // meta
inline constexpr uint8_t kMetaFormat = 0;
inline constexpr uint8_t kMetaIdentity = 1;
inline constexpr uint8_t kMetaHead = 2;
// Of the erasure that the commit with this first position made: until its bytes are gone.
std::string ErasureKey(Position first);
std::string ErasurePrefix();

absl::StatusOr<Position> DecodeEventKey(absl::string_view key);

// entries: the headers of up to kChunkEventsMax events. Views point into the value.
struct EntryRow {
  uint32_t count = 0;
  std::array<absl::string_view, kChunkEventsMax> headers;
};
void EncodeEntries(absl::Span<const CommitEvent> events, std::string* out);
absl::StatusOr<EntryRow> DecodeEntries(absl::string_view value);

// payloads: what stands beside those headers. Both views are empty where it was erased.
struct PayloadView {
  bool erased = false;
  absl::string_view salt;
  absl::string_view payload;
};
struct PayloadRow {
  uint32_t count = 0;
  std::array<PayloadView, kChunkEventsMax> payloads;
};
void EncodePayloads(absl::Span<const CommitEvent> events, std::string* out);
absl::StatusOr<PayloadRow> DecodePayloads(absl::string_view value);
// For the row that is written back when payloads are erased.
std::string EncodePayloads(const PayloadRow& row);

// streams: where one commit put a contract's events. Revisions run on through the ranges.
struct PositionRange {
  Position first;
  uint32_t count = 0;
  friend bool operator==(const PositionRange&, const PositionRange&) = default;
};
std::string EncodeStream(absl::Span<const PositionRange> ranges);
absl::StatusOr<std::vector<PositionRange>> DecodeStream(absl::string_view value);

// filters: one entry an event of a commit. An entry that occurs again is stored once.
std::string EncodeFilters(absl::Span<const CommitEvent> events);
struct FilterRow {
  std::vector<FilterEntry> distinct;
  std::vector<uint16_t> index;  // one an event, into `distinct`
};
absl::StatusOr<FilterRow> DecodeFilters(absl::string_view value);

// requests and statements.
std::string EncodeRequest(const StoredRequest& request);
absl::StatusOr<StoredRequest> DecodeRequest(absl::string_view value);
std::string EncodeStatementRow(const StoredStatement& statement);
absl::StatusOr<StoredStatement> DecodeStatementRow(absl::string_view value);

// tiles: full ones only, kTileBytes of hashes.
std::string EncodeTile(absl::Span<const Digest> hashes);
// The hashes, as a view into the value.
absl::StatusOr<absl::string_view> DecodeTile(absl::string_view value);

// meta.
struct HeadRow {
  TreeSize size;
  Digest root = {};
  friend bool operator==(const HeadRow&, const HeadRow&) = default;
};
std::string EncodeFormat(uint32_t format);
absl::StatusOr<uint32_t> DecodeFormat(absl::string_view value);
std::string EncodeIdentity(const LedgerIdentity& identity);
absl::StatusOr<LedgerIdentity> DecodeIdentity(absl::string_view value);
std::string EncodeHead(const HeadRow& head);
absl::StatusOr<HeadRow> DecodeHead(absl::string_view value);
std::string EncodeErasure(absl::Span<const Position> positions);
absl::StatusOr<std::vector<Position>> DecodeErasure(absl::string_view value);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_ROWS_H_
