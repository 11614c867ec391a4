// This header defines the open database: RocksDB with Waymark's column families, its options and
// nothing of its meaning. Included by the .cc files of this folder only.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Tables> tables, Tables::Open(directory, {.mode =
//   Tables::Mode::kReadOnly})); Scan scan(*tables, Family::kEntries, EventKey(until)); for
//   (scan->SeekToFirst(); scan->Valid(); scan->Next()) ...
#ifndef WAYMARK_LEDGER_STORAGE_TABLES_H_
#define WAYMARK_LEDGER_STORAGE_TABLES_H_

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <array>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace waymark {

inline rocksdb::Slice SliceOf(absl::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline absl::string_view ViewOf(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

enum class Family {
  kMeta,
  kEntries,
  kPayloads,
  kStreams,
  kRequests,
  kStatements,
  kFilters,
  kTiles
};
inline constexpr size_t kFamilyCount = 8;
inline constexpr std::array<const char*, kFamilyCount> kFamilyNames = {
    "meta", "entries", "payloads", "streams", "requests", "statements", "filters", "tiles"};

class Tables {
 public:
  // kCreate and kReadWrite take the lock and, where there is a write-ahead log, rewrite it into
  // files; kReadOnly takes no lock and changes no byte.
  enum class Mode { kCreate, kReadWrite, kReadOnly };
  struct Options {
    Mode mode = Mode::kReadOnly;
    uint64_t block_cache_bytes = 64 << 20;
    // Told of flushes and background errors; may be null.
    std::shared_ptr<rocksdb::EventListener> listener = nullptr;
  };

  // NotFound LEDGER_MISSING; FailedPrecondition LEDGER_FOREIGN, FORMAT_UNKNOWN, LEDGER_READ_ONLY,
  // COMPRESSION_MISSING; PermissionDenied LEDGER_UNREADABLE; Unavailable LEDGER_LOCKED;
  // ResourceExhausted DISK_FULL; DataLoss LEDGER_DAMAGED. Opens nothing that is not a ledger.
  static absl::StatusOr<std::unique_ptr<Tables>> Open(const std::string& directory,
                                                      const Options& options);
  ~Tables();
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* of(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }
  const std::string& directory() const { return directory_; }

  // Checksums on. NotFound is a status like any other here.
  rocksdb::Status Get(Family family, absl::string_view key, rocksdb::PinnableSlice* value) const;

 private:
  Tables() = default;

  std::string directory_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_ = {};
  rocksdb::ColumnFamilyHandle* default_handle_ = nullptr;
};

// An iterator over the keys of one family below `end`, with checksums on. Holds the bound that
// RocksDB points to.
class Scan {
 public:
  // What becomes of a block that this unpacks: kept in memory for the next reader, or let go of, as
  // suits who passes over the whole ledger once.
  enum class Blocks { kKept, kPassed };

  // An empty `end` means the whole family.
  Scan(const Tables& tables, Family family, std::string end = "", Blocks blocks = Blocks::kKept);
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  rocksdb::Iterator* operator->() const { return iterator_.get(); }

 private:
  const std::string end_;
  const rocksdb::Slice end_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// What a failed open or write means to the operator, as a refusal naming the directory.
absl::Status RefusalOf(const rocksdb::Status& status, const std::string& directory);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_TABLES_H_
