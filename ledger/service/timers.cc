#include "ledger/service/timers.h"

#include <algorithm>

namespace waymark {
namespace {

// Far enough to mean "never", near enough that no clock arithmetic overflows.
constexpr absl::Duration kDelayMax = absl::Hours(24 * 365);

}  // namespace

absl::Duration MonotonicNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

Timers::Timers() : thread_([this] { Work(); }) {}

Timers::~Timers() { Close(); }

uint64_t Timers::CallAfter(absl::Duration delay, std::function<void()> callback) {
  const absl::Duration bounded = std::clamp(delay, absl::ZeroDuration(), kDelayMax);
  const Clock::time_point due = Clock::now() + absl::ToChronoNanoseconds(bounded);
  const std::lock_guard<std::mutex> lock(mutex_);
  const uint64_t ticket = next_ticket_++;
  if (closed_) return ticket;
  by_ticket_.emplace(ticket, due);
  const auto added = due_.emplace(std::make_pair(due, ticket), std::move(callback)).first;
  if (added == due_.begin()) changed_.notify_one();
  return ticket;
}

bool Timers::Cancel(uint64_t ticket) {
  std::function<void()>
      dropped;  // destroyed outside the lock: it may own what it would have called
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_ticket_.find(ticket);
  if (found == by_ticket_.end()) return false;
  const auto entry = due_.find({found->second, ticket});
  dropped = std::move(entry->second);
  due_.erase(entry);
  by_ticket_.erase(found);
  return true;
}

void Timers::Close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  std::map<std::pair<Clock::time_point, uint64_t>, std::function<void()>> dropped;
  const std::lock_guard<std::mutex> lock(mutex_);
  dropped.swap(due_);
  by_ticket_.clear();
}

size_t Timers::waiting() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return due_.size();
}

void Timers::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!closed_) {
    if (due_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = due_.begin();
    if (first->first.first > Clock::now()) {
      // A copy: the entry may be cancelled while this thread waits.
      const Clock::time_point until = first->first.first;
      changed_.wait_until(lock, until);
      continue;
    }
    std::function<void()> callback = std::move(first->second);
    by_ticket_.erase(first->first.second);
    due_.erase(first);
    lock.unlock();
    callback();
    callback = nullptr;
    lock.lock();
  }
}

}  // namespace waymark
