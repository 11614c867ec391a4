// This header defines what the database tells the event log from its background threads: which
// commits have reached files, and that something failed.
//
//   watch->NoteCommit(db.GetLatestSequenceNumber(), TreeSize{258}, /*wrote_tiles=*/false);
//   anchor.NoteFlushed(watch->flushed_size());
#ifndef WAYMARK_LEDGER_STORAGE_FLUSH_WATCH_H_
#define WAYMARK_LEDGER_STORAGE_FLUSH_WATCH_H_

#include <rocksdb/listener.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "ledger/base/types.h"
#include "ledger/storage/tables.h"

namespace waymark {

// Safe from any thread. A commit's rows of one family all go into one memtable, so a flush takes a
// commit whole or not at all; sequence numbers tell which.
class FlushWatch : public rocksdb::EventListener {
 public:
  // `on_failure` is told of the first background error, on the thread that met it; it may be null.
  explicit FlushWatch(std::function<void(absl::Status)> on_failure)
      : on_failure_(std::move(on_failure)) {}

  // An open flushes what it recovers: everything up to here is in files.
  void Start(uint64_t sequence, TreeSize size);
  // After each write, in order. `sequence` is that of the last row written.
  void NoteCommit(uint64_t sequence, TreeSize size, bool wrote_tiles);

  // Size up to which every family is in files.
  TreeSize flushed_size() const;
  // OK, or the first background error.
  absl::Status failure() const;

  void OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo& flush) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;

 private:
  struct Commit {
    uint64_t sequence = 0;
    TreeSize size;
    bool wrote_tiles = false;  // the one family that not every commit writes to
  };

  const std::function<void(absl::Status)> on_failure_;
  mutable absl::Mutex mutex_;
  // Commits that some family may still hold in memory only, oldest first. Bounded by the bytes of
  // the log.
  std::deque<Commit> commits_ ABSL_GUARDED_BY(mutex_);
  // The newest commit that is in files whole.
  Commit flushed_ ABSL_GUARDED_BY(mutex_);
  // Last sequence number in files, per family.
  std::array<uint64_t, kFamilyCount> in_files_ ABSL_GUARDED_BY(mutex_) = {};
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_FLUSH_WATCH_H_
