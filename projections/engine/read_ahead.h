// This header defines the first of a rebuild's two stages: a thread that reads the log while
// another applies what it has read.
//
//   ReadAhead ahead(log, from, until, bounds);
//   EventBatch batch;
//   RETURN_IF_ERROR(ahead.Next(&batch));   // no events: `until` was reached
#ifndef WAYMARK_PROJECTIONS_ENGINE_READ_AHEAD_H_
#define WAYMARK_PROJECTIONS_ENGINE_READ_AHEAD_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// How much one batch holds; at least one event, whatever its size.
struct BatchBounds {
  uint32_t events_max = 0;
  size_t bytes_max = 0;
};

// Events in position order, without their salts, side by side in memory that is used again: a
// million events cost no more allocations than the first few hundred.
class EventBatch {
 public:
  EventBatch() = default;
  EventBatch(EventBatch&&) = default;  // its views stay what they are
  EventBatch& operator=(EventBatch&&) = default;

  // A copy of the event; false if it is one too many.
  bool Add(const EventView& event, const BatchBounds& bounds);
  void Clear();
  // Views that stand until the batch is changed.
  absl::Span<const EventView> events() const { return events_; }

 private:
  absl::string_view Keep(absl::string_view bytes);

  std::vector<char> bytes_;
  std::vector<EventView> events_;
};

class ReadAhead {
 public:
  // Reads [from, until). The log must outlive this. REQUIRES: until <= log.head().
  ReadAhead(const EventLog& log, Position from, TreeSize until, BatchBounds bounds);
  // Ends the thread, after at most one batch.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // Puts the next events in position order into `batch`, in place of what it held; blocks until
  // they are read. None once `until` is reached. After an error, only that error.
  absl::Status Next(EventBatch* batch);

 private:
  // Batches that wait to be applied: enough to keep both threads busy, few enough to stay small.
  static constexpr size_t kBatchesMax = 8;

  void Run(Position from, TreeSize until, BatchBounds bounds);
  // Hands the batch over and gives one that may be filled in its place. False once cancelled.
  bool Put(EventBatch* batch);
  bool CanPut() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return cancelled_ || batches_.size() < kBatchesMax;
  }
  bool CanTake() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ended_.has_value() || !batches_.empty();
  }

  const EventLog& log_;
  absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<EventBatch> batches_ ABSL_GUARDED_BY(mutex_);
  std::vector<EventBatch> spent_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> ended_ ABSL_GUARDED_BY(mutex_);  // what comes after the batches
  std::thread thread_;
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_READ_AHEAD_H_
