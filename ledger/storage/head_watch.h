// This header defines the one notice that readers wait on: the head moved. It carries no events; a
// waiter reads the log itself, at its own pace.
//
//   uint64_t ticket = watch.CallWhenAbove(TreeSize{5}, [] { pool.Schedule(turn); });
//   watch.Cancel(ticket);
#ifndef WAYMARK_LEDGER_STORAGE_HEAD_WATCH_H_
#define WAYMARK_LEDGER_STORAGE_HEAD_WATCH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"

namespace waymark {

// Safe from any thread. Serves for the durable head and, a second one, for the published size.
class HeadWatch {
 public:
  explicit HeadWatch(TreeSize size) : size_(size) {}

  TreeSize size() const;

  // Sizes never fall; a smaller one is ignored. Runs the callbacks that are due, on the calling
  // thread.
  void Publish(TreeSize size);

  // Runs `callback` once, when the size is above `size` (at once, on this thread, if it is
  // already), or on Close. It must be short and must not block. Returns a ticket for Cancel.
  uint64_t CallWhenAbove(TreeSize size, std::function<void()> callback);
  // True if the callback had not run and now never will. False also while it is running on another
  // thread.
  bool Cancel(uint64_t ticket);

  // Waits until the size is above `size`, the deadline passes or Close was called; true if above.
  // Never on a thread of the RPC library.
  bool WaitUntilAbove(TreeSize size, absl::Time deadline) const;

  // Ends all waiting, now and later: every callback runs, on the calling thread. Whoever is woken
  // asks size().
  void Close();

 private:
  mutable absl::Mutex mutex_;
  TreeSize size_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t next_ticket_ ABSL_GUARDED_BY(mutex_) = 1;
  // (size waited for, ticket) -> callback, so that those due stand in front.
  std::map<std::pair<uint64_t, uint64_t>, std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  // ticket -> size waited for
  absl::flat_hash_map<uint64_t, uint64_t> sizes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_HEAD_WATCH_H_
