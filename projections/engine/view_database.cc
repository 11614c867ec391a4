#include "projections/engine/view_database.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/table.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark {
namespace {

// Takes the place of RocksDB's log file, which ends the process by an assertion once its disk is
// full. What is an error comes back as a status; only that is worth a line.
class ErrorLogger : public rocksdb::Logger {
 public:
  ErrorLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::ERROR_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    char line[1024];
    std::vsnprintf(line, sizeof(line), format, arguments);
    std::fprintf(stderr, "views: %s\n", line);
  }
};

// Appended bytes follow one another; nothing shows where one append ended.
class Concatenation : public rocksdb::MergeOperator {
 public:
  const char* Name() const override { return "waymark.Concatenation"; }
  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    size_t size = in.existing_value == nullptr ? 0 : in.existing_value->size();
    for (const rocksdb::Slice& operand : in.operand_list) size += operand.size();
    std::string& value = out->new_value;
    value.clear();
    value.reserve(size);
    if (in.existing_value != nullptr) {
      value.append(in.existing_value->data(), in.existing_value->size());
    }
    for (const rocksdb::Slice& operand : in.operand_list) {
      value.append(operand.data(), operand.size());
    }
    return true;
  }
  bool PartialMergeMulti(const rocksdb::Slice& key, const std::deque<rocksdb::Slice>& operands,
                         std::string* value, rocksdb::Logger* logger) const override {
    value->clear();
    for (const rocksdb::Slice& operand : operands) value->append(operand.data(), operand.size());
    return true;
  }
};

// Tells of the first background error, and of no other.
class FailureWatch : public rocksdb::EventListener {
 public:
  explicit FailureWatch(std::function<void(absl::Status)> on_failure)
      : on_failure_(std::move(on_failure)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override {
    if (!told_.exchange(true)) on_failure_(FromRocksDb(*error, "background work"));
  }

 private:
  const std::function<void(absl::Status)> on_failure_;
  std::atomic<bool> told_ = false;
};

rocksdb::DBOptions DbOptions(const ViewStoreOptions& view_options) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.info_log = std::make_shared<ErrorLogger>();
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.paranoid_checks = true;
  options.flush_verify_memtable_count = true;
  options.verify_sst_unique_id_in_manifest = true;
  options.track_and_verify_wals_in_manifest = false;
  options.recycle_log_file_num = 0;
  options.max_bgerror_resume_count = 0;
  options.max_background_jobs = 2;
  options.max_total_wal_size = 16 << 20;
  options.max_open_files = 256;
  options.max_file_opening_threads = 1;
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  // Rows have no write-ahead log, so a clean close has to write them.
  options.avoid_flush_during_shutdown = false;
  if (view_options.on_failure != nullptr) {
    options.listeners.push_back(std::make_shared<FailureWatch>(view_options.on_failure));
  }
  return options;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const ViewStoreOptions& view_options) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = view_options.write_buffer_bytes;
  options.max_write_buffer_number = 2;
  options.memtable_protection_bytes_per_key = 8;
  options.level_compaction_dynamic_level_bytes = true;
  options.paranoid_file_checks = true;
  options.force_consistency_checks = true;
  options.merge_operator = std::make_shared<Concatenation>();
  const std::vector<rocksdb::CompressionType> supported = rocksdb::GetSupportedCompressions();
  const auto has = [&](rocksdb::CompressionType type) {
    return std::find(supported.begin(), supported.end(), type) != supported.end();
  };
  options.compression =
      has(rocksdb::kLZ4Compression) ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  if (has(rocksdb::kZSTD)) options.bottommost_compression = rocksdb::kZSTD;
  rocksdb::BlockBasedTableOptions table;
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_cache = rocksdb::NewLRUCache(view_options.block_cache_bytes);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

}  // namespace

absl::Status FromRocksDb(const rocksdb::Status& status, absl::string_view doing) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsCorruption()) {
    return Refuse({absl::StatusCode::kDataLoss, "VIEW_DAMAGED",
                   absl::StrCat("views: ", doing, ": ", status.ToString(),
                                "; rebuild the projection, or remove the directory of the views "
                                "to have all of them built again")});
  }
  return Refuse({absl::StatusCode::kUnavailable, "VIEW_STORE_FAILED",
                 absl::StrCat("views: ", doing, ": ", status.ToString(),
                              "; free the disk or mend it, then restart")});
}

ViewDatabase::ViewDatabase(std::string directory, const ViewStoreOptions& options)
    : directory_(std::move(directory)),
      options_(options),
      db_options_(DbOptions(options)),
      family_options_(FamilyOptions(options)) {}

absl::StatusOr<std::shared_ptr<ViewDatabase>> ViewDatabase::Open(const std::string& directory,
                                                                 const ViewStoreOptions& options) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "DIRECTORY_UNUSABLE",
                   absl::StrCat("views: ", directory, ": ", std::strerror(errno))});
  }
  auto database = absl::WrapUnique(new ViewDatabase(directory, options));
  RETURN_IF_ERROR(database->OpenFamilies());
  return std::shared_ptr<ViewDatabase>(std::move(database));
}

absl::Status ViewDatabase::OpenFamilies() {
  std::vector<std::string> names;
  struct stat found;
  if (::stat(absl::StrCat(directory_, "/CURRENT").c_str(), &found) == 0) {
    RETURN_IF_ERROR(
        FromRocksDb(rocksdb::DB::ListColumnFamilies(db_options_, directory_, &names), "open"));
  } else {
    names.push_back(rocksdb::kDefaultColumnFamilyName);
  }
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : names) descriptors.emplace_back(name, family_options_);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened =
      rocksdb::DB::Open(db_options_, directory_, descriptors, &handles, &db);
  if (opened.IsIOError() && opened.ToString().find("LOCK") != std::string::npos) {
    return Refuse(
        {absl::StatusCode::kUnavailable, "VIEWS_LOCKED",
         absl::StrCat("views: ", directory_, " is in use by another process; end it first")});
  }
  RETURN_IF_ERROR(FromRocksDb(opened, "open"));
  db_.reset(db);
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == rocksdb::kDefaultColumnFamilyName) {
      catalogue_ = handles[i];
    } else {
      families_[names[i]] = handles[i];
    }
  }
  return absl::OkStatus();
}

ViewDatabase::~ViewDatabase() {
  for (const auto& [name, family] : families_) db_->DestroyColumnFamilyHandle(family);
  if (catalogue_ != nullptr) db_->DestroyColumnFamilyHandle(catalogue_);
}

std::map<std::string, rocksdb::ColumnFamilyHandle*> ViewDatabase::TakeFamilies() {
  return std::exchange(families_, {});
}

absl::StatusOr<rocksdb::ColumnFamilyHandle*> ViewDatabase::CreateFamily(const std::string& name) {
  rocksdb::ColumnFamilyHandle* family = nullptr;
  RETURN_IF_ERROR(
      FromRocksDb(db_->CreateColumnFamily(family_options_, name, &family), "create a view"));
  return family;
}

absl::Status ViewDatabase::DropFamily(rocksdb::ColumnFamilyHandle* family) {
  return FromRocksDb(db_->DropColumnFamily(family), "drop a view");
}

absl::Status ViewDatabase::CheckDiskReserve() const {
  struct statvfs disk;
  if (::statvfs(directory_.c_str(), &disk) != 0) {
    return Refuse({absl::StatusCode::kUnavailable, "VIEW_STORE_FAILED",
                   absl::StrCat("views: ", directory_, ": ", std::strerror(errno))});
  }
  const uint64_t free_bytes = uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free_bytes >= options_.disk_reserve_bytes) return absl::OkStatus();
  return Refuse({absl::StatusCode::kResourceExhausted, "DISK_RESERVE",
                 absl::StrCat("views: ", free_bytes, " bytes free, at least ",
                              options_.disk_reserve_bytes, " are kept; free some")});
}

}  // namespace waymark
