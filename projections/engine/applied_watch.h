// This header defines how a question waits for a projection: by callback, so that no thread stands
// and waits.
//
//   uint64_t ticket = watch.CallWhenReached(TreeSize{258}, deadline, [](absl::Status reached) { ...
//   }); watch.Publish(TreeSize{300});
#ifndef WAYMARK_PROJECTIONS_ENGINE_APPLIED_WATCH_H_
#define WAYMARK_PROJECTIONS_ENGINE_APPLIED_WATCH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"

namespace waymark {

// Called exactly once, and must neither block nor take long.
using AppliedCallback = std::function<void(absl::Status)>;

// Safe from any thread. Callbacks run on the thread whose call made them due.
class AppliedWatch {
 public:
  // Waits until `size` events are applied: OK, on this thread if they are already. `deadline`
  // passed by the next call of Expire: DeadlineExceeded POSITION_NOT_APPLIED with what was reached.
  // Returns a ticket for Cancel, 0 if the callback has run.
  uint64_t CallWhenReached(TreeSize size, absl::Time deadline, AppliedCallback callback);
  // True if the callback had not run and now never will.
  bool Cancel(uint64_t ticket);

  // `applied` events are applied; it may fall, when a view is dropped.
  void Publish(TreeSize applied);
  // Answers the waiters whose deadline has come; `head` is what the answer names beside what is
  // applied.
  void Expire(absl::Time now, TreeSize head);
  // Answers every waiter with `reason`, and every later one that cannot be answered at once. OK
  // ends that.
  void Fail(absl::Status reason);

  // When Expire has something to do; absl::InfiniteFuture() if nobody waits.
  absl::Time NextDeadline() const;

 private:
  struct Waiter {
    TreeSize size;
    absl::Time deadline;
    AppliedCallback callback;
  };

  mutable absl::Mutex mutex_;
  TreeSize applied_ ABSL_GUARDED_BY(mutex_);
  absl::Status failed_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_ticket_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_APPLIED_WATCH_H_
