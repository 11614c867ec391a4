#include "ledger/service/task_pool.h"

#include <utility>

#include "ledger/base/check.h"

namespace waymark {

TaskPool::TaskPool(int threads, size_t waiting_max) : waiting_max_(waiting_max) {
  WAYMARK_CHECK(threads > 0 && waiting_max > 0);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

TaskPool::~TaskPool() { Close(); }

bool TaskPool::Schedule(std::function<void()> task) {
  absl::MutexLock lock(&mutex_);
  if (closed_ || tasks_.size() >= waiting_max_) return false;
  tasks_.push_back(std::move(task));
  return true;
}

void TaskPool::Close() {
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

size_t TaskPool::waiting() const {
  absl::MutexLock lock(&mutex_);
  return tasks_.size();
}

void TaskPool::Work() {
  for (;;) {
    std::function<void()> task;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &TaskPool::HasWork));
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace waymark
