#include "ledger/commit/commit_queue.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"

namespace waymark {

absl::Status CommitQueue::Push(std::unique_ptr<PendingAppend>& pending) {
  absl::MutexLock lock(&mutex_);
  if (!closed_.ok()) return closed_;
  if (draining_) {
    return Refuse({absl::StatusCode::kUnavailable,
                   "DRAINING",
                   "the ledger is shutting down; send the same request id again later",
                   -1,
                   "",
                   {{"outcome", "NOT_EXECUTED"}}});
  }
  if (requests_ >= requests_max_ || bytes_ + pending->bytes > bytes_max_) {
    return Refuse({absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
                   absl::StrCat("queue: ", requests_, " requests of ", bytes_, " bytes, at most ",
                                requests_max_, " and ", bytes_max_,
                                "; send the same request id again later")});
  }
  ++requests_;
  bytes_ += pending->bytes;
  intake_.requests.push_back(std::move(pending));
  return absl::OkStatus();
}

void CommitQueue::PushLoaded(LoadedState loaded) {
  absl::MutexLock lock(&mutex_);
  intake_.loaded.push_back(std::move(loaded));
}

Intake CommitQueue::Take(Wait wait) {
  const auto ready = [this, wait]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return !intake_.requests.empty() || !intake_.loaded.empty() ||
           (draining_ && wait == Wait::kUnlessDraining);
  };
  absl::MutexLock lock(&mutex_);
  if (wait != Wait::kNo) mutex_.Await(absl::Condition(&ready));
  return std::exchange(intake_, {});
}

void CommitQueue::Answered(size_t bytes) {
  absl::MutexLock lock(&mutex_);
  --requests_;
  bytes_ -= bytes;
}

void CommitQueue::Drain() {
  absl::MutexLock lock(&mutex_);
  draining_ = true;
}

void CommitQueue::Close(absl::Status why) {
  absl::MutexLock lock(&mutex_);
  closed_ = std::move(why);
}

bool CommitQueue::drained() const {
  absl::MutexLock lock(&mutex_);
  return draining_ && intake_.requests.empty() && intake_.loaded.empty();
}

size_t CommitQueue::requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

size_t CommitQueue::bytes() const {
  absl::MutexLock lock(&mutex_);
  return bytes_;
}

bool WaitingRoom::Blocks(const AppendRequest& request) const {
  if (waiting_.empty()) return false;
  return contracts_.contains(request.sealed.contract_id) ||
         (request.order_tag != 0 && order_tags_.contains(request.order_tag));
}

void WaitingRoom::Add(std::unique_ptr<PendingAppend> pending) {
  contracts_.insert(pending->request.sealed.contract_id);
  if (pending->request.order_tag != 0) order_tags_.insert(pending->request.order_tag);
  waiting_.push_back(std::move(pending));
}

void WaitingRoom::Release(PendingAppends* pending) {
  while (!waiting_.empty()) {
    pending->push_front(std::move(waiting_.back()));
    waiting_.pop_back();
  }
  contracts_.clear();
  order_tags_.clear();
}

}  // namespace waymark
