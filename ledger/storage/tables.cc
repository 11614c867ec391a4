#include "ledger/storage/tables.h"

#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/storage/data_directory.h"
#include "ledger/storage/event_log.h"

namespace waymark {
namespace {

// RocksDB's own log file lies on the disk of the database. When that disk is full the file fails
// first, and Debian's build, which keeps its assertions, aborts on the next line. So what RocksDB
// has to say goes to the program's log.
class RocksLogger : public rocksdb::Logger {
 public:
  RocksLogger() : Logger(rocksdb::WARN_LEVEL), log_(Log()) {}

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    Logv(rocksdb::WARN_LEVEL, format, arguments);
  }
  // Prints the options at every open: nothing that a reader of the log asked for.
  void LogHeader(const char* format, va_list arguments) override {}
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel()) return;
    char line[1024];
    std::vsnprintf(line, sizeof(line), format, arguments);
    if (level <= rocksdb::WARN_LEVEL) {
      log_->warn("rocksdb: {}", line);
    } else {
      log_->error("rocksdb: {}", line);
    }
  }

 private:
  // The program's logger of that name, or one to standard error.
  static std::shared_ptr<spdlog::logger> Log() {
    static const std::shared_ptr<spdlog::logger> log = [] {
      std::shared_ptr<spdlog::logger> found = spdlog::get("rocksdb");
      return found != nullptr ? found : spdlog::stderr_logger_mt("rocksdb");
    }();
    return log;
  }

  const std::shared_ptr<spdlog::logger> log_;
};

rocksdb::DBOptions DatabaseOptions(const Tables::Options& ours) {
  rocksdb::DBOptions options;
  options.create_if_missing = ours.mode == Tables::Mode::kCreate;
  options.create_missing_column_families = options.create_if_missing;
  options.error_if_exists = options.create_if_missing;
  options.info_log = std::make_shared<RocksLogger>();
  if (ours.listener != nullptr) options.listeners.push_back(ours.listener);
  // A torn last record is a power cut and is dropped; any other damage refuses to open. What this
  // mode cannot see, a record missing whole, the anchor outside the database does.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.manual_wal_flush = false;
  options.enable_pipelined_write = false;
  options.unordered_write = false;
  options.two_write_queues = false;
  options.recycle_log_file_num = 0;
  options.wal_compression = rocksdb::kNoCompression;
  options.track_and_verify_wals_in_manifest = false;
  options.WAL_ttl_seconds = 0;
  options.paranoid_checks = true;
  options.flush_verify_memtable_count = true;
  options.verify_sst_unique_id_in_manifest = true;
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  // Rewrites what was recovered into new files: pages that a failed sync left marked clean are not
  // trusted.
  options.avoid_flush_during_recovery = false;
  options.avoid_flush_during_shutdown = false;
  options.atomic_flush = false;
  options.max_bgerror_resume_count = 0;
  options.max_background_jobs = 2;
  options.max_total_wal_size = kDatabaseLogBytesMax;
  options.max_open_files = kDatabaseOpenFilesMax;
  // Otherwise every open starts sixteen threads for each column family that holds a file.
  options.max_file_opening_threads = 1;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.allow_mmap_reads = false;
  options.allow_mmap_writes = false;
  return options;
}

rocksdb::ColumnFamilyOptions FamilyOptions(Family family,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.checksum = rocksdb::kXXH3;
  // About one chunk of events a block, so that reading one event unpacks one chunk and not four.
  table.block_size = 4 << 10;
  // Asked by keys that mostly are not there.
  const bool asked_at_random = family == Family::kRequests;
  if (asked_at_random) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::ColumnFamilyOptions options;
  if (asked_at_random) {
    options.memtable_prefix_bloom_size_ratio = 0.1;
    options.memtable_whole_key_filtering = true;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  // Small files, so that erasing one payload rewrites little.
  options.write_buffer_size = 16 << 20;
  options.target_file_size_base = 16 << 20;
  options.max_write_buffer_number = 2;
  options.level0_slowdown_writes_trigger = 40;
  options.level0_stop_writes_trigger = 64;
  options.compression = rocksdb::kLZ4Compression;
  // These five grow at the end only. Their files never overlap, so that with one compression for
  // all levels they are moved down and not rewritten: the stronger one would cost twice the append
  // itself.
  const bool grows_at_end = family == Family::kEntries || family == Family::kPayloads ||
                            family == Family::kFilters || family == Family::kStatements ||
                            family == Family::kTiles;
  options.bottommost_compression = grows_at_end ? rocksdb::kLZ4Compression : rocksdb::kZSTD;
  options.level_compaction_dynamic_level_bytes = true;
  options.force_consistency_checks = true;
  options.paranoid_file_checks = true;
  options.memtable_protection_bytes_per_key = 8;
  options.prefix_extractor = nullptr;
  return options;
}

absl::Status RefuseOpen(absl::StatusCode code, absl::string_view reason,
                        const std::string& directory, absl::string_view message) {
  return Refuse({code, std::string(reason),
                 absl::StrCat("data directory ", directory, ": ", message), -1, "directory"});
}

// What the compiled-in RocksDB lacks would show only at the first flush.
absl::Status CheckCompressions(const std::string& directory) {
  const std::vector<rocksdb::CompressionType> known = rocksdb::GetSupportedCompressions();
  for (const auto& [type, name] :
       {std::make_pair(rocksdb::kLZ4Compression, "LZ4"), std::make_pair(rocksdb::kZSTD, "ZSTD")}) {
    if (std::find(known.begin(), known.end(), type) == known.end()) {
      return RefuseOpen(
          absl::StatusCode::kFailedPrecondition, "COMPRESSION_MISSING", directory,
          absl::StrCat("the installed RocksDB lacks ", name, "; install one with it"));
    }
  }
  return absl::OkStatus();
}

// Tells a ledger from another program's database, and from a format that this build does not know.
absl::Status CheckFamilies(const std::string& directory, const std::vector<std::string>& found) {
  size_t ours = 0;
  std::string foreign;
  bool has_meta = false;
  for (const std::string& name : found) {
    if (name == rocksdb::kDefaultColumnFamilyName) continue;
    const bool known =
        std::find(kFamilyNames.begin(), kFamilyNames.end(), name) != kFamilyNames.end();
    ours += known ? 1 : 0;
    has_meta |= name == kFamilyNames[static_cast<size_t>(Family::kMeta)];
    if (!known) foreign = name;
  }
  if (ours == 0) {
    return RefuseOpen(absl::StatusCode::kFailedPrecondition, "LEDGER_FOREIGN", directory,
                      "holds another program's database; name another directory");
  }
  if (has_meta && !foreign.empty()) {
    return RefuseOpen(absl::StatusCode::kFailedPrecondition, "FORMAT_UNKNOWN", directory,
                      absl::StrCat("has a column family ", foreign, " that format ", kStorageFormat,
                                   " does not; open it with a newer build"));
  }
  if (!has_meta && !HasDataFiles(directory)) {
    // Made last: without it nothing was ever recorded.
    return RefuseOpen(absl::StatusCode::kFailedPrecondition, "LEDGER_INCOMPLETE", directory,
                      "its making was cut short and it holds nothing; remove it and make it again");
  }
  if (ours < kFamilyCount || !has_meta) {
    return RefuseOpen(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", directory,
                      "lacks a column family; restore it from a copy");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RefusalOf(const rocksdb::Status& status, const std::string& directory) {
  // One line, whatever the file names hold.
  const std::string text = absl::StrReplaceAll(status.ToString(), {{"\n", " "}, {"\r", " "}});
  if (status.IsNoSpace() || absl::StrContains(text, "No space left")) {
    return RefuseOpen(absl::StatusCode::kResourceExhausted, "DISK_FULL", directory,
                      absl::StrCat(text, "; free some space"));
  }
  if (status.IsIOError() && absl::StrContains(text, "LOCK")) {
    const bool readable = !absl::StrContains(text, "Permission denied") &&
                          !absl::StrContains(text, "Read-only file system");
    return RefuseOpen(
        readable ? absl::StatusCode::kUnavailable : absl::StatusCode::kFailedPrecondition,
        readable ? "LEDGER_LOCKED" : "LEDGER_READ_ONLY", directory,
        absl::StrCat("cannot be locked: ", text, "; stop the process that uses it"));
  }
  if (absl::StrContains(text, "Permission denied")) {
    return RefuseOpen(absl::StatusCode::kPermissionDenied, "LEDGER_UNREADABLE", directory, text);
  }
  if (absl::StrContains(text, "Read-only file system")) {
    return RefuseOpen(absl::StatusCode::kFailedPrecondition, "LEDGER_READ_ONLY", directory, text);
  }
  return RefuseOpen(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", directory,
                    absl::StrCat(text, "; keep the files as they are and restore a copy"));
}

absl::StatusOr<std::unique_ptr<Tables>> Tables::Open(const std::string& directory,
                                                     const Options& options) {
  RETURN_IF_ERROR(CheckCompressions(directory));
  const rocksdb::DBOptions database_options = DatabaseOptions(options);
  if (options.mode != Mode::kCreate) {
    RETURN_IF_ERROR(CheckDataDirectory(
        directory, options.mode == Mode::kReadOnly ? DirectoryUse::kRead : DirectoryUse::kWrite));
    std::vector<std::string> found;
    if (const rocksdb::Status listed =
            rocksdb::DB::ListColumnFamilies(database_options, directory, &found);
        !listed.ok()) {
      return RefusalOf(listed, directory);
    }
    RETURN_IF_ERROR(CheckFamilies(directory, found));
  }
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, FamilyOptions(Family::kMeta, cache)}};
  // Backwards, so that meta is made last.
  for (size_t i = kFamilyCount; i-- > 0;) {
    families.emplace_back(kFamilyNames[i], FamilyOptions(static_cast<Family>(i), cache));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened =
      options.mode == Mode::kReadOnly
          ? rocksdb::DB::OpenForReadOnly(database_options, directory, families, &handles, &db)
          : rocksdb::DB::Open(database_options, directory, families, &handles, &db);
  if (!opened.ok()) return RefusalOf(opened, directory);
  std::unique_ptr<Tables> tables(new Tables());
  tables->directory_ = directory;
  tables->db_.reset(db);
  tables->default_handle_ = handles[0];
  for (size_t i = 0; i < kFamilyCount; ++i) tables->handles_[kFamilyCount - 1 - i] = handles[i + 1];
  return tables;
}

Tables::~Tables() {
  for (rocksdb::ColumnFamilyHandle* const handle : handles_) delete handle;
  delete default_handle_;
  // Every acknowledged write was synced, so a failed close loses nothing; the log has it.
  db_->Close().PermitUncheckedError();
}

rocksdb::Status Tables::Get(Family family, absl::string_view key,
                            rocksdb::PinnableSlice* value) const {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  return db_->Get(options, of(family), SliceOf(key), value);
}

namespace {

// Above every key: none is as long.
const rocksdb::Slice& EndOfFamily() {
  static const std::string bytes(64, '\xff');
  static const rocksdb::Slice slice(bytes);
  return slice;
}

}  // namespace

Scan::Scan(const Tables& tables, Family family, std::string end, Blocks blocks)
    : end_(std::move(end)), end_slice_(end_.empty() ? EndOfFamily() : rocksdb::Slice(end_)) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.total_order_seek = true;
  options.fill_cache = blocks == Blocks::kKept;
  options.iterate_upper_bound = &end_slice_;
  iterator_.reset(tables.db().NewIterator(options, tables.of(family)));
}

}  // namespace waymark
