#include "projections/engine/applied_watch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"

namespace waymark {

uint64_t AppliedWatch::CallWhenReached(TreeSize size, absl::Time deadline,
                                       AppliedCallback callback) {
  absl::Status answer;
  {
    absl::MutexLock lock(&mutex_);
    if (applied_ < size) {
      if (failed_.ok()) {
        const uint64_t ticket = next_ticket_++;
        waiters_[ticket] = {size, deadline, std::move(callback)};
        return ticket;
      }
      answer = failed_;
    }
  }
  callback(answer);
  return 0;
}

bool AppliedWatch::Cancel(uint64_t ticket) {
  absl::MutexLock lock(&mutex_);
  return waiters_.erase(ticket) > 0;
}

void AppliedWatch::Publish(TreeSize applied) {
  std::vector<AppliedCallback> due;
  {
    absl::MutexLock lock(&mutex_);
    applied_ = applied;
    for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
      if (waiter->second.size <= applied) {
        due.push_back(std::move(waiter->second.callback));
        waiter = waiters_.erase(waiter);
      } else {
        ++waiter;
      }
    }
  }
  for (const AppliedCallback& callback : due) callback(absl::OkStatus());
}

void AppliedWatch::Expire(absl::Time now, TreeSize head) {
  std::vector<AppliedCallback> due;
  TreeSize applied;
  {
    absl::MutexLock lock(&mutex_);
    applied = applied_;
    for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
      if (waiter->second.deadline <= now) {
        due.push_back(std::move(waiter->second.callback));
        waiter = waiters_.erase(waiter);
      } else {
        ++waiter;
      }
    }
  }
  if (due.empty()) return;
  Violation late{absl::StatusCode::kDeadlineExceeded, "POSITION_NOT_APPLIED",
                 absl::StrCat("min_position: the projection has applied ", applied.value, " of ",
                              head.value, " events; ask again later"),
                 -1, "min_position"};
  late.metadata = {{"applied", absl::StrCat(applied.value)}, {"head", absl::StrCat(head.value)}};
  for (const AppliedCallback& callback : due) callback(Refuse(late));
}

void AppliedWatch::Fail(absl::Status reason) {
  std::map<uint64_t, Waiter> waiters;
  {
    absl::MutexLock lock(&mutex_);
    failed_ = reason;
    if (!reason.ok()) waiters.swap(waiters_);
  }
  for (const auto& [ticket, waiter] : waiters) waiter.callback(reason);
}

absl::Time AppliedWatch::NextDeadline() const {
  absl::MutexLock lock(&mutex_);
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [ticket, waiter] : waiters_) next = std::min(next, waiter.deadline);
  return next;
}

}  // namespace waymark
