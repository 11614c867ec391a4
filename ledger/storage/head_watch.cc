#include "ledger/storage/head_watch.h"

#include <utility>
#include <vector>

namespace waymark {

TreeSize HeadWatch::size() const {
  absl::MutexLock lock(&mutex_);
  return size_;
}

void HeadWatch::Publish(TreeSize size) {
  std::vector<std::function<void()>> due;
  {
    absl::MutexLock lock(&mutex_);
    if (size <= size_) return;
    size_ = size;
    while (!waiting_.empty() && waiting_.begin()->first.first < size_.value) {
      due.push_back(std::move(waiting_.begin()->second));
      sizes_.erase(waiting_.begin()->first.second);
      waiting_.erase(waiting_.begin());
    }
  }
  // Outside the lock, because a callback may wait again.
  for (const std::function<void()>& callback : due) callback();
}

uint64_t HeadWatch::CallWhenAbove(TreeSize size, std::function<void()> callback) {
  uint64_t ticket = 0;
  {
    absl::MutexLock lock(&mutex_);
    ticket = next_ticket_++;
    if (size_ <= size && !closed_) {
      sizes_.emplace(ticket, size.value);
      waiting_.emplace(std::make_pair(size.value, ticket), std::move(callback));
      return ticket;
    }
  }
  callback();
  return ticket;
}

bool HeadWatch::Cancel(uint64_t ticket) {
  absl::MutexLock lock(&mutex_);
  const auto found = sizes_.find(ticket);
  if (found == sizes_.end()) return false;
  waiting_.erase(std::make_pair(found->second, ticket));
  sizes_.erase(found);
  return true;
}

bool HeadWatch::WaitUntilAbove(TreeSize size, absl::Time deadline) const {
  absl::MutexLock lock(&mutex_);
  const auto done = [this, size]()
                        ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return size_ > size || closed_; };
  mutex_.AwaitWithDeadline(absl::Condition(&done), deadline);
  return size_ > size;
}

void HeadWatch::Close() {
  std::vector<std::function<void()>> due;
  {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
    for (auto& [place, callback] : waiting_) due.push_back(std::move(callback));
    waiting_.clear();
    sizes_.clear();
  }
  for (const std::function<void()>& callback : due) callback();
}

}  // namespace waymark
