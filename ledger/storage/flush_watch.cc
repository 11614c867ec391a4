#include "ledger/storage/flush_watch.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"

namespace waymark {

void FlushWatch::Start(uint64_t sequence, TreeSize size) {
  absl::MutexLock lock(&mutex_);
  commits_.clear();
  flushed_ = {sequence, size};
  in_files_.fill(sequence);
}

void FlushWatch::NoteCommit(uint64_t sequence, TreeSize size, bool wrote_tiles) {
  absl::MutexLock lock(&mutex_);
  commits_.push_back({sequence, size, wrote_tiles});
}

TreeSize FlushWatch::flushed_size() const {
  absl::MutexLock lock(&mutex_);
  return flushed_.size;
}

absl::Status FlushWatch::failure() const {
  absl::MutexLock lock(&mutex_);
  return failure_;
}

void FlushWatch::OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo& flush) {
  absl::MutexLock lock(&mutex_);
  for (size_t family = 0; family < kFamilyCount; ++family) {
    if (flush.cf_name == kFamilyNames[family]) {
      in_files_[family] = std::max(in_files_[family], flush.largest_seqno);
    }
  }
  // A commit's rows follow the end of the commit before. A family that has a later row than that in
  // files has this commit's there too.
  while (!commits_.empty()) {
    for (size_t family = 0; family < kFamilyCount; ++family) {
      const bool wrote =
          family != static_cast<size_t>(Family::kTiles) || commits_.front().wrote_tiles;
      if (wrote && in_files_[family] <= flushed_.sequence) return;
    }
    flushed_ = commits_.front();
    commits_.pop_front();
  }
}

void FlushWatch::OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) {
  const absl::Status failure =
      Refuse({absl::StatusCode::kUnavailable, "WRITE_FAILED",
              absl::StrCat("the database failed in the background: ", error->ToString(),
                           "; nothing is written any more, restart after finding the cause")});
  {
    absl::MutexLock lock(&mutex_);
    if (!failure_.ok()) return;
    failure_ = failure;
  }
  if (on_failure_ != nullptr) on_failure_(failure);
}

}  // namespace waymark
