#include "ledger/storage/payload_purge.h"

#include <rocksdb/transaction_log.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/storage/rows.h"

namespace waymark {
namespace {

// Between two looks at whether a file is gone, and after an attempt that failed.
constexpr absl::Duration kLookAgain = absl::Milliseconds(20);
constexpr absl::Duration kTryAgain = absl::Seconds(1);

absl::Status StatusOf(const rocksdb::Status& status) {
  return status.ok() ? absl::OkStatus() : absl::UnavailableError(status.ToString());
}

absl::Status Damaged(Position position, absl::string_view what) {
  return Refuse({absl::StatusCode::kDataLoss, "EVENT_DAMAGED",
                 absl::StrCat("position ", position.value, ": its payload cannot be erased: ", what,
                              "; nothing was written, restore the ledger from a copy first")});
}

// The key of the row that holds the position's payload.
absl::StatusOr<std::string> RowOf(const Scan& rows, Position position) {
  rows->SeekForPrev(SliceOf(EventKey(position)));
  if (rows->Valid()) return rows->key().ToString();
  return Damaged(position, rows->status().ok() ? "no row holds it" : rows->status().ToString());
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> RowsWithout(
    const Tables& tables, absl::Span<const Position> positions) {
  std::map<std::string, std::string> changed;
  Scan rows(tables, Family::kPayloads);
  for (const Position position : positions) {
    ASSIGN_OR_RETURN(const std::string key, RowOf(rows, position));
    const absl::StatusOr<Position> first = DecodeEventKey(key);
    if (!first.ok()) return Damaged(position, first.status().message());
    std::string& value = changed[key];
    if (value.empty()) value = rows->value().ToString();
    absl::StatusOr<PayloadRow> row = DecodePayloads(value);
    if (!row.ok()) return Damaged(position, row.status().message());
    const uint64_t index = position.value - first->value;
    if (index >= row->count) return Damaged(position, "no row holds it");
    row->payloads[index] = {.erased = true};
    value = EncodePayloads(*row);
  }
  return changed;
}

PayloadPurge::PayloadPurge(const Tables& tables) : tables_(tables) {
  Load();
  thread_ = std::thread([this] { Run(); });
}

PayloadPurge::~PayloadPurge() {
  stopping_.store(true);
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void PayloadPurge::Note(Position commit, std::vector<Position> erased) {
  absl::MutexLock lock(&mutex_);
  pending_[commit] = std::move(erased);
}

uint64_t PayloadPurge::pending() const {
  absl::MutexLock lock(&mutex_);
  uint64_t count = 0;
  for (const auto& [commit, erased] : pending_) count += erased.size();
  return count;
}

void PayloadPurge::Load() {
  const std::string prefix = ErasurePrefix();
  Scan rows(tables_, Family::kMeta);
  absl::MutexLock lock(&mutex_);
  for (rows->Seek(SliceOf(prefix)); rows->Valid() && rows->key().starts_with(prefix);
       rows->Next()) {
    absl::StatusOr<Position> commit = DecodeEventKey(ViewOf(rows->key()).substr(prefix.size()));
    absl::StatusOr<std::vector<Position>> erased = DecodeErasure(ViewOf(rows->value()));
    // A row that cannot be read stays: VerifyData names what is not as an event says.
    if (commit.ok() && erased.ok()) pending_[*commit] = *std::move(erased);
  }
}

void PayloadPurge::Run() {
  for (;;) {
    Erasures erasures;
    {
      absl::MutexLock lock(&mutex_);
      const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return stop_ || !pending_.empty();
      };
      mutex_.Await(absl::Condition(&has_work));
      if (stop_) return;
      erasures = pending_;
    }
    const absl::Status purged = Purge(erasures);
    absl::MutexLock lock(&mutex_);
    if (purged.ok()) {
      for (const auto& [commit, erased] : erasures) pending_.erase(commit);
    } else if (!stop_) {
      spdlog::warn("erased payloads are not yet out of all files: {}", purged.ToString());
      mutex_.AwaitWithTimeout(absl::Condition(&stop_), kTryAgain);
    }
  }
}

absl::Status PayloadPurge::Purge(const Erasures& erasures) {
  std::set<std::string> keys;
  {
    Scan rows(tables_, Family::kPayloads);
    for (const auto& [commit, erased] : erasures) {
      for (const Position position : erased) {
        ASSIGN_OR_RETURN(std::string key, RowOf(rows, position));
        keys.insert(std::move(key));
      }
    }
  }
  // The logs are listed before the flush that makes them useless, the tables after the flush that
  // may have made one of them.
  rocksdb::VectorLogPtr logs;
  RETURN_IF_ERROR(StatusOf(tables_.db().GetSortedWalFiles(logs)));
  RETURN_IF_ERROR(Flush());
  ASSIGN_OR_RETURN(std::set<std::string> old, OldFiles(keys));
  for (const auto& log : logs) old.insert(absl::StrCat(tables_.directory(), log->PathName()));
  RETURN_IF_ERROR(Compact(keys));
  RETURN_IF_ERROR(AwaitGone(old));
  return Forget(erasures);
}

absl::Status PayloadPurge::Flush() {
  for (size_t i = 0; i < kFamilyCount; ++i) {
    RETURN_IF_ERROR(
        StatusOf(tables_.db().Flush(rocksdb::FlushOptions(), tables_.of(static_cast<Family>(i)))));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::set<std::string>> PayloadPurge::OldFiles(
    const std::set<std::string>& keys) const {
  std::vector<rocksdb::LiveFileMetaData> files;
  tables_.db().GetLiveFilesMetaData(&files);
  std::set<std::string> old;
  for (const rocksdb::LiveFileMetaData& file : files) {
    if (file.column_family_name != kFamilyNames[static_cast<size_t>(Family::kPayloads)]) continue;
    const auto key = keys.lower_bound(file.smallestkey);
    if (key != keys.end() && *key <= file.largestkey) {
      old.insert(absl::StrCat(tables_.directory(), file.name));
    }
  }
  return old;
}

absl::Status PayloadPurge::Compact(const std::set<std::string>& keys) {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  // Files of the last level as well, but none twice.
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.canceled = &stopping_;
  for (const std::string& key : keys) {
    const rocksdb::Slice slice = SliceOf(key);
    RETURN_IF_ERROR(StatusOf(
        tables_.db().CompactRange(options, tables_.of(Family::kPayloads), &slice, &slice)));
  }
  return absl::OkStatus();
}

absl::Status PayloadPurge::AwaitGone(const std::set<std::string>& files) {
  for (;;) {
    // The second call deletes at once what nobody reads any more.
    RETURN_IF_ERROR(StatusOf(tables_.db().DisableFileDeletions()));
    RETURN_IF_ERROR(StatusOf(tables_.db().EnableFileDeletions(/*force=*/false)));
    bool there = false;
    for (const std::string& file : files) there |= ::access(file.c_str(), F_OK) == 0;
    if (!there) return absl::OkStatus();
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stop_), kLookAgain)) {
      return absl::CancelledError("the ledger is closing");
    }
  }
}

absl::Status PayloadPurge::Forget(const Erasures& erasures) {
  rocksdb::WriteOptions options;
  options.sync = true;
  for (const auto& [commit, erased] : erasures) {
    RETURN_IF_ERROR(StatusOf(
        tables_.db().Delete(options, tables_.of(Family::kMeta), SliceOf(ErasureKey(commit)))));
  }
  return absl::OkStatus();
}

}  // namespace waymark
