// This header defines the first of a rebuild's two stages: a thread that reads the log while
// another applies what it has read.
//
//   ReadAhead ahead(log, from, until, bounds);
//   ASSIGN_OR_RETURN(events, ahead.Next(std::move(events)));   // empty: `until` was reached
#ifndef WAYMARK_PROJECTIONS_ENGINE_READ_AHEAD_H_
#define WAYMARK_PROJECTIONS_ENGINE_READ_AHEAD_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// How much one batch holds; at least one event, whatever its size.
struct BatchBounds {
  uint32_t events_max = 0;
  size_t bytes_max = 0;
};

class ReadAhead {
 public:
  // Reads [from, until). The log must outlive this. REQUIRES: until <= log.head().
  ReadAhead(const EventLog& log, Position from, TreeSize until, BatchBounds bounds);
  // Ends the thread, after at most one read.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // The next events in position order; blocks until they are read. Empty once `until` is reached.
  // After an error, only that error. `spent` is what the caller is done with: it is freed where it
  // was allocated, which costs a fraction of freeing it elsewhere.
  absl::StatusOr<std::vector<StoredEvent>> Next(std::vector<StoredEvent> spent);

 private:
  // Batches that wait to be applied: enough to keep both threads busy, few enough to stay small.
  static constexpr size_t kBatchesMax = 8;

  void Run(Position from, TreeSize until, BatchBounds bounds);
  bool CanPut() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return cancelled_ || batches_.size() < kBatchesMax;
  }
  bool CanTake() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !batches_.empty(); }

  const EventLog& log_;
  absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<absl::StatusOr<std::vector<StoredEvent>>> batches_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::vector<StoredEvent>> spent_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_READ_AHEAD_H_
