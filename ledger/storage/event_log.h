// This header defines the event log: the only RocksDB of the write side. One commit is one synced
// WriteBatch; there is nothing to repair after a crash.
//
//   RETURN_IF_ERROR(EventLog::Create(dir, identity));
//   ASSIGN_OR_RETURN(Inspection found, EventLog::Inspect(dir, {}));   // changes no byte
//   ... compare `found` with the anchor ...
//   ASSIGN_OR_RETURN(std::unique_ptr<EventLog> log, EventLog::Open(dir, options));
//   RETURN_IF_ERROR(log->Append(record));
#ifndef WAYMARK_LEDGER_STORAGE_EVENT_LOG_H_
#define WAYMARK_LEDGER_STORAGE_EVENT_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/limits.h"
#include "ledger/base/types.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/storage/commit_record.h"

namespace waymark {

// Format of the database that this build writes; another one is refused FORMAT_UNKNOWN. Format 1,
// which no release wrote, found Statements by their digests.
inline constexpr uint32_t kStorageFormat = 2;

// Who a ledger is; written once by Create and never changed.
struct LedgerIdentity {
  std::string
      ledger_id;  // the origin of its checkpoints; ends in "/rehearsal" on a rehearsal ledger
  std::string public_key;  // Ed25519, 32 bytes
  bool rehearsal = false;
};

// What a directory holds, found without changing it.
struct Inspection {
  LedgerIdentity identity;
  TreeSize size;
  Digest root = {};
  merkle::CompactTree tree;
  // Root of the first InspectOptions::root_at leaves; all zero where the ledger has fewer.
  Digest root_at = {};
};

struct InspectOptions {
  // Leaves below this size were checked on disk before; those from it to the end are hashed again.
  TreeSize checked;
  // Where not empty, another ledger is refused.
  std::string ledger_id = "";
  // Size of a checkpoint that the ledger is to be compared with.
  TreeSize root_at = {};
};

struct EventLogOptions {
  // Appends are refused with ResourceExhausted DISK_RESERVE below this many free bytes.
  uint64_t disk_reserve_bytes = kDiskReserveBytesDefault;
  uint64_t block_cache_bytes = 256 << 20;
  // Where not empty, another ledger is refused.
  std::string ledger_id = "";
  // Told once, on a thread of the database, of its first background error: nothing is written any
  // more and the process must end. Must not block; may be null.
  std::function<void(absl::Status)> on_failure = nullptr;
};

// Whether payload and salt can be had.
enum class StoredPayload { kPresent, kErased, kNotRead };

struct StoredEvent {
  Position position;
  std::string header;  // exact leaf bytes
  StoredPayload state = StoredPayload::kNotRead;
  std::string payload;
  std::string salt;
};

// The same without a copy: views that stand during a call.
struct EventView {
  Position position;
  absl::string_view header;
  StoredPayload state = StoredPayload::kNotRead;
  absl::string_view payload;
  absl::string_view salt;
};

// What is kept of a request for the life of the ledger: enough to give its first receipt again,
// byte for byte.
struct StoredRequest {
  std::string contract_id;
  Digest statement_digest = {};
  Position first_position;
  Revision first_revision;
  uint32_t event_count = 0;
  UnixMicros recorded_at;
  UnixMicros clock;  // what the wall clock said; differs when it stepped back or ran ahead
  TreeSize head;     // size after its commit
  bool salts_from_server = false;
  std::vector<std::vector<std::string>> flags;  // one list an event
};

struct StoredStatement {
  std::string statement;
  std::string signature;          // empty when unsigned
  std::string author_public_key;  // empty when unsigned
};

struct ReadOptions {
  uint32_t events_max = kReadBatchEventsDefault;
  size_t bytes_max = kReadBatchBytesDefault;  // at least one event is returned whatever its size
  bool headers_only = false;
  TreeSize until;  // exclusive end; never read beyond. REQUIRES: until <= head()
};

// Append is for the commit thread alone; everything else is safe from any thread and never waits
// for the writer. Reads give DataLoss EVENT_DAMAGED with the position where stored bytes fail their
// checksum or their place; for rows that belong to no one event STREAM_DAMAGED, REQUEST_DAMAGED,
// STATEMENT_DAMAGED or TILE_DAMAGED.
class EventLog {
 public:
  // Makes the directory (its parent must exist) and an empty ledger in it. AlreadyExists
  // LEDGER_EXISTS unless the directory is empty; NotFound PARENT_MISSING; else as Open.
  static absl::Status Create(const std::string& directory, const LedgerIdentity& identity);

  // Opens read-only, changing no byte, and checks the format, that every family ends at the head,
  // and of every event from options.checked on its position, revision, rows and leaf hash; then the
  // right edge and the root. The cost does not grow with what was checked before. NotFound
  // LEDGER_MISSING; FailedPrecondition FORMAT_UNKNOWN, LEDGER_OTHER, LEDGER_FOREIGN,
  // LEDGER_INCOMPLETE, LEDGER_NOT_A_DIRECTORY, COMPRESSION_MISSING; PermissionDenied
  // LEDGER_UNREADABLE; Unavailable LEDGER_LOCKED; DataLoss LEDGER_DAMAGED naming the position. What
  // was cut whole from the end of the write-ahead log it cannot see: the caller compares size and
  // root with what it keeps outside the directory.
  static absl::StatusOr<Inspection> Inspect(const std::string& directory,
                                            const InspectOptions& options);

  // Opens for appending; errors as of Inspect, and FailedPrecondition LEDGER_READ_ONLY,
  // ResourceExhausted DISK_FULL. Rewrites the write-ahead log into files: inspect, and compare,
  // first.
  static absl::StatusOr<std::unique_ptr<EventLog>> Open(const std::string& directory,
                                                        const EventLogOptions& options);

  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // Writes the record as one synced batch. ResourceExhausted DISK_RESERVE, and DataLoss
  // EVENT_DAMAGED where a payload that it erases cannot be read: nothing was written, later appends
  // may pass. Unavailable WRITE_FAILED leaves the disk unknown and latches: every
  // later call gives the same error, also where a flush or compaction failed in the background.
  // Reads go on. REQUIRES: record.prev_size == head().
  absl::Status Append(const CommitRecord& record);

  // Number of the append that is under way, counted from 1; 0 between two of them. One that stays
  // is stuck in the database or in the disk.
  uint64_t append_under_way() const;

  const LedgerIdentity& identity() const;
  // Durable events.
  TreeSize head() const;
  // Of the newest event; 0 on an empty ledger.
  UnixMicros last_recorded_at() const;
  // The tree of the head; events below its size can be read.
  merkle::CompactTree tree() const;

  // Shows each event of [from, until), and ends with the first status that is not OK. REQUIRES:
  // until <= head().
  absl::Status Visit(Position from, TreeSize until,
                     absl::FunctionRef<absl::Status(const EventView&)> visitor) const;

  // Events [from, ...) in position order; fewer than asked means options.until or a bound was
  // reached.
  absl::StatusOr<std::vector<StoredEvent>> Read(Position from, const ReadOptions& options) const;
  // Events below `end` in falling position order, down to `until` (inclusive); options.until is not
  // looked at. REQUIRES: end <= head().
  absl::StatusOr<std::vector<StoredEvent>> ReadBackward(TreeSize end, Position until,
                                                        const ReadOptions& options) const;
  // One event. OutOfRange POSITION_BEYOND_HEAD.
  absl::StatusOr<StoredEvent> ReadOne(Position position, bool headers_only) const;
  // Positions of a contract's events with revision >= from, in order, at most count_max; none where
  // it has no such.
  absl::StatusOr<std::vector<Position>> StreamPositions(absl::string_view contract_id,
                                                        Revision from, size_t count_max) const;
  // Filter entries of positions [from, from + result.size()), up to `until` and count_max.
  absl::StatusOr<std::vector<FilterEntry>> ReadFilters(Position from, TreeSize until,
                                                       size_t count_max) const;
  // None if no event below head() came with it. An error is an error, never "not seen".
  absl::StatusOr<std::optional<StoredRequest>> FindRequest(absl::string_view request_id) const;
  // Of the request whose first event stands there: a header's position less its statement_index.
  // STATEMENT_DAMAGED also where there is none, since every event was stored with one.
  absl::StatusOr<StoredStatement> ReadStatement(Position first) const;
  // Root of the perfect subtree `index` of 2^level leaves: at most one stored tile is read, and the
  // right edge comes from memory. REQUIRES: it lies within the head.
  absl::StatusOr<Digest> Node(int level, uint64_t index) const;
  // Root of the tree of the first `size` events. REQUIRES: size <= head().
  absl::StatusOr<Digest> RootAt(TreeSize size) const;
  // First position recorded at or after the instant; head() if none. A search by halves, since
  // recorded_at never falls.
  absl::StatusOr<TreeSize> FirstRecordedAtOrAfter(UnixMicros instant) const;

  // Erased events whose payloads may still be found in old files: those are written anew in the
  // background. 0 once every byte is gone.
  uint64_t erasures_pending() const;
  // Size up to which every column family has been flushed to files: what an open need not hash
  // again.
  TreeSize flushed_size() const;
  uint64_t disk_free_bytes() const;
  uint64_t disk_reserve_bytes() const;
  uint64_t database_bytes() const;

 private:
  struct Database;  // keeps RocksDB out of this header
  explicit EventLog(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_EVENT_LOG_H_
