// Making, opening and appending. What reads stands in event_log_read.cc and event_log_lookup.cc.
#include "ledger/storage/event_log.h"

#include <rocksdb/write_batch.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/hash.h"
#include "ledger/storage/data_directory.h"
#include "ledger/storage/event_log_database.h"
#include "ledger/storage/ledger_state.h"
#include "ledger/storage/rows.h"

namespace waymark {
namespace {

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  options.disableWAL = false;
  options.protection_bytes_per_key = 8;
  return options;
}

// A batch under construction. Adding to it cannot fail for any reason that is not ours.
class Batch {
 public:
  Batch(const Tables& tables, size_t bytes) : tables_(tables), batch_(bytes, 0, 8, 0) {}

  void Put(Family family, absl::string_view key, absl::string_view value) {
    WAYMARK_CHECK(batch_.Put(tables_.of(family), SliceOf(key), SliceOf(value)).ok());
  }
  rocksdb::WriteBatch* get() { return &batch_; }

 private:
  const Tables& tables_;
  rocksdb::WriteBatch batch_;
};

size_t BytesOfRecord(const CommitRecord& record) {
  constexpr size_t kRowBytes = 160;
  size_t bytes = 0;
  for (const CommitEvent& event : record.events) {
    bytes += event.header.size() + event.payload.size() + kSaltBytes + 16;
  }
  for (const CommitRequest& request : record.requests)
    bytes += request.statement.size() + 3 * kRowBytes;
  return bytes + 4 * kRowBytes;
}

void PutChunks(const CommitRecord& record, Batch* batch) {
  const absl::Span<const CommitEvent> events = record.events;
  std::string row;
  for (size_t first = 0; first < events.size(); first += kChunkEventsMax) {
    const absl::Span<const CommitEvent> chunk = events.subspan(first, kChunkEventsMax);
    const std::string key = EventKey(Position{record.prev_size.value + first});
    row.clear();
    EncodeEntries(chunk, &row);
    batch->Put(Family::kEntries, key, row);
    row.clear();
    EncodePayloads(chunk, &row);
    batch->Put(Family::kPayloads, key, row);
  }
  batch->Put(Family::kFilters, EventKey(Position{record.prev_size.value}), EncodeFilters(events));
}

void PutRequests(const CommitRecord& record, Batch* batch) {
  for (const CommitRequest& request : record.requests) {
    StoredRequest row;
    row.contract_id = request.contract_id;
    row.statement_digest = request.statement_digest;
    row.first_position = request.first_position;
    row.first_revision = request.first_revision;
    row.event_count = request.event_count;
    row.recorded_at = record.recorded_at;
    row.clock = record.clock;
    row.head = record.new_size;
    row.salts_from_server = request.salts_from_server;
    row.flags = request.flags;
    batch->Put(Family::kRequests, RequestKey(request.request_id), EncodeRequest(row));
    batch->Put(
        Family::kStatements, EventKey(request.first_position),
        EncodeStatementRow({request.statement, request.signature, request.author_public_key}));
  }
}

// One row a contract, whatever number of its requests the commit holds.
void PutStreams(const CommitRecord& record, Batch* batch) {
  struct Stream {
    Revision first;
    uint64_t next = 0;
    std::vector<PositionRange> ranges;
  };
  absl::flat_hash_map<absl::string_view, Stream> streams;
  for (const CommitRequest& request : record.requests) {
    const auto [found, added] = streams.try_emplace(request.contract_id);
    Stream& stream = found->second;
    if (added) {
      stream.first = request.first_revision;
      stream.next = request.first_revision.value;
    }
    WAYMARK_CHECK(request.first_revision.value == stream.next);
    stream.next += request.event_count;
    PositionRange* const last = added ? nullptr : &stream.ranges.back();
    if (last != nullptr && last->first.value + last->count == request.first_position.value) {
      last->count += request.event_count;
    } else {
      stream.ranges.push_back({request.first_position, request.event_count});
    }
  }
  for (const auto& [contract_id, stream] : streams) {
    batch->Put(Family::kStreams, StreamKey(contract_id, stream.first), EncodeStream(stream.ranges));
  }
}

// Shows the number of an append for as long as it lasts.
class UnderWay {
 public:
  UnderWay(uint64_t number, std::atomic<uint64_t>* shown) : shown_(shown) {
    shown_->store(number, std::memory_order_relaxed);
  }
  ~UnderWay() { shown_->store(0, std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t>* const shown_;
};

absl::Status PutErasures(const Tables& tables, const CommitRecord& record, Batch* batch) {
  if (record.erased.empty()) return absl::OkStatus();
  WAYMARK_CHECK(record.erased.back().value < record.prev_size.value);
  ASSIGN_OR_RETURN(const auto rows, RowsWithout(tables, record.erased));
  for (const auto& [key, value] : rows) batch->Put(Family::kPayloads, key, value);
  batch->Put(Family::kMeta, ErasureKey(Position{record.prev_size.value}),
             EncodeErasure(record.erased));
  return absl::OkStatus();
}

// What a planner must have got right. A record that breaks this would be stored for ever.
void CheckRecord(const CommitRecord& record) {
  WAYMARK_CHECK(!record.events.empty() && !record.requests.empty());
  WAYMARK_CHECK(record.leaf_hashes.size() == record.events.size());
  WAYMARK_CHECK(record.new_size.value == record.prev_size.value + record.events.size());
  uint64_t next = record.prev_size.value;
  for (const CommitRequest& request : record.requests) {
    WAYMARK_CHECK(request.first_position.value == next && request.event_count >= 1);
    next += request.event_count;
  }
  WAYMARK_CHECK(next == record.new_size.value);
}

}  // namespace

EventLog::EventLog(std::unique_ptr<Database> database) : database_(std::move(database)) {}

EventLog::~EventLog() {
  // After a clean stop nothing is left to the write-ahead log, and the next open has nothing to
  // replay.
  if (!database_->failed.ok() || !database_->flushes->failure().ok()) return;
  for (size_t i = 0; i < kFamilyCount; ++i) {
    const rocksdb::Status flushed = database_->tables->db().Flush(
        rocksdb::FlushOptions(), database_->tables->of(static_cast<Family>(i)));
    if (!flushed.ok()) return;  // The log still has everything.
  }
}

absl::Status EventLog::Create(const std::string& directory, const LedgerIdentity& identity) {
  RETURN_IF_ERROR(MakeDataDirectory(directory));
  ASSIGN_OR_RETURN(const std::unique_ptr<Tables> tables,
                   Tables::Open(directory, {.mode = Tables::Mode::kCreate}));
  // All three or none: a ledger whose making is cut short has no format.
  Batch batch(*tables, 256);
  batch.Put(Family::kMeta, MetaKey(kMetaFormat), EncodeFormat(kStorageFormat));
  batch.Put(Family::kMeta, MetaKey(kMetaIdentity), EncodeIdentity(identity));
  batch.Put(Family::kMeta, MetaKey(kMetaHead), EncodeHead({TreeSize{}, merkle::EmptyRoot()}));
  rocksdb::Status written = tables->db().Write(Synced(), batch.get());
  // Into a file, so that losing the log cannot make this look like a ledger that was never
  // finished.
  if (written.ok())
    written = tables->db().Flush(rocksdb::FlushOptions(), tables->of(Family::kMeta));
  return written.ok() ? absl::OkStatus() : RefusalOf(written, directory);
}

absl::StatusOr<std::unique_ptr<EventLog>> EventLog::Open(const std::string& directory,
                                                         const EventLogOptions& options) {
  auto database = std::make_unique<Database>();
  database->options = options;
  database->flushes = std::make_shared<FlushWatch>(options.on_failure);
  ASSIGN_OR_RETURN(database->tables,
                   Tables::Open(directory, {.mode = Tables::Mode::kReadWrite,
                                            .block_cache_bytes = options.block_cache_bytes,
                                            .listener = database->flushes}));
  ASSIGN_OR_RETURN(LedgerMeta meta, ReadMeta(*database->tables, options.ledger_id));
  ASSIGN_OR_RETURN(RightEdge right, RebuildRightEdge(*database->tables, meta.head));
  database->identity = std::move(meta.identity);
  {
    absl::MutexLock lock(&database->mutex);
    database->tree.compact = right.edge.Tree();
    database->tree.edge = std::move(right.edge);
  }
  database->head.store(meta.head.size.value);
  database->last_recorded_at.store(right.last_recorded_at.value);
  database->flushes->Start(database->tables->db().GetLatestSequenceNumber(), meta.head.size);
  database->purge = std::make_unique<PayloadPurge>(*database->tables);
  return std::unique_ptr<EventLog>(new EventLog(std::move(database)));
}

absl::Status EventLog::Append(const CommitRecord& record) {
  Database& own = *database_;
  const UnderWay under_way(++own.appends, &own.append_under_way);
  if (!own.failed.ok()) return own.failed;
  own.failed = own.flushes->failure();
  if (!own.failed.ok()) return own.failed;
  WAYMARK_CHECK(record.prev_size == head());
  CheckRecord(record);
  // RocksDB must never meet a full disk: what it could not write it would not forget.
  if (const uint64_t free = disk_free_bytes(); free < own.options.disk_reserve_bytes) {
    return Refuse(
        {absl::StatusCode::kResourceExhausted, "DISK_RESERVE",
         absl::StrCat("disk: ", free, " bytes free, ", own.options.disk_reserve_bytes,
                      " are kept in reserve; free some space and send the same request again")});
  }
  Database::Tree next;
  {
    absl::MutexLock lock(&own.mutex);
    next.edge = own.tree.edge;
  }
  std::vector<CompletedTile> completed;
  for (const Digest& leaf : record.leaf_hashes) next.edge.Append(leaf, &completed);
  absl::StatusOr<merkle::CompactTree> compact =
      merkle::CompactTree::FromEdge(record.new_size, record.new_edge);
  WAYMARK_CHECK(compact.ok());
  next.compact = *std::move(compact);

  Batch batch(*own.tables, BytesOfRecord(record) + completed.size() * (kTileBytes + 32));
  PutChunks(record, &batch);
  PutRequests(record, &batch);
  PutStreams(record, &batch);
  for (const CompletedTile& tile : completed) {
    batch.Put(Family::kTiles, TileKey(tile.level, tile.index), EncodeTile(tile.hashes));
  }
  RETURN_IF_ERROR(PutErasures(*own.tables, record, &batch));
  batch.Put(Family::kMeta, MetaKey(kMetaHead), EncodeHead({record.new_size, record.new_root}));
  // A crash before the sync is over leaves all of it or nothing; after it, all.
  if (const rocksdb::Status written = own.tables->db().Write(Synced(), batch.get());
      !written.ok()) {
    // The bytes may be on disk or not, and a second sync could succeed over lost pages: nothing may
    // follow.
    own.failed = Refuse({absl::StatusCode::kUnavailable, "WRITE_FAILED",
                         absl::StrCat("the write of positions ", record.prev_size.value, " to ",
                                      record.new_size.value - 1, " failed: ", written.ToString(),
                                      "; restart to learn whether it is there")});
    return own.failed;
  }
  own.flushes->NoteCommit(own.tables->db().GetLatestSequenceNumber(), record.new_size,
                          !completed.empty());
  if (!record.erased.empty()) own.purge->Note(Position{record.prev_size.value}, record.erased);
  // Under one lock, so that nobody who has seen this tree finds a head below its size.
  absl::MutexLock lock(&own.mutex);
  own.tree = std::move(next);
  own.last_recorded_at.store(record.recorded_at.value, std::memory_order_relaxed);
  own.head.store(record.new_size.value, std::memory_order_release);
  return absl::OkStatus();
}

uint64_t EventLog::append_under_way() const {
  return database_->append_under_way.load(std::memory_order_relaxed);
}
const LedgerIdentity& EventLog::identity() const { return database_->identity; }
TreeSize EventLog::head() const {
  return TreeSize{database_->head.load(std::memory_order_acquire)};
}
UnixMicros EventLog::last_recorded_at() const {
  return UnixMicros{database_->last_recorded_at.load(std::memory_order_acquire)};
}
merkle::CompactTree EventLog::tree() const {
  absl::MutexLock lock(&database_->mutex);
  return database_->tree.compact;
}
uint64_t EventLog::erasures_pending() const { return database_->purge->pending(); }
TreeSize EventLog::flushed_size() const { return database_->flushes->flushed_size(); }
uint64_t EventLog::disk_free_bytes() const { return FreeBytes(database_->tables->directory()); }
uint64_t EventLog::disk_reserve_bytes() const { return database_->options.disk_reserve_bytes; }
uint64_t EventLog::database_bytes() const { return BytesIn(database_->tables->directory()); }

}  // namespace waymark
