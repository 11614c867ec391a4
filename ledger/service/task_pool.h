// This header defines the bounded pool of threads on which everything runs that may touch the disk:
// no gRPC thread ever does.
//
//   TaskPool readers(/*threads=*/2, /*waiting_max=*/4096);
//   if (!readers.Schedule([stream] { stream->Turn(); })) ...  // full or closed
#ifndef WAYMARK_LEDGER_SERVICE_TASK_POOL_H_
#define WAYMARK_LEDGER_SERVICE_TASK_POOL_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace waymark {

// Safe from any thread. Tasks start in the order they were scheduled.
class TaskPool {
 public:
  TaskPool(int threads, size_t waiting_max);
  ~TaskPool();  // Close()
  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;

  // False where `waiting_max` tasks wait already or Close was called: then the task never runs.
  // Never blocks.
  bool Schedule(std::function<void()> task);

  // Runs what waits, then ends the threads. Safe to call twice; never from a task.
  void Close();

  size_t waiting() const;

 private:
  void Work();
  bool HasWork() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return closed_ || !tasks_.empty(); }

  const size_t waiting_max_;
  mutable absl::Mutex mutex_;
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // Close alone joins them
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_TASK_POOL_H_
