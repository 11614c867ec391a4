// This header defines the threads that work for the commit thread: they answer callers, fold states
// and free memory, so that it does not.
//
//   WorkerPool answers(kAnswerThreads);
//   answers.Schedule([...] { ... });
#ifndef WAYMARK_LEDGER_COMMIT_WORKER_POOL_H_
#define WAYMARK_LEDGER_COMMIT_WORKER_POOL_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace waymark {

// Safe from any thread. Tasks begin in the order in which they were scheduled. The queue has no
// bound of its own: each task stands for requests, and those are counted against the committer's.
class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  ~WorkerPool();  // Finish()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // REQUIRES: Finish was not called.
  void Schedule(std::function<void()> task);

  // Runs what is scheduled, then ends the threads. Safe to call twice, from one thread.
  void Finish();

 private:
  void Run();

  absl::Mutex mutex_;
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool finishing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_WORKER_POOL_H_
