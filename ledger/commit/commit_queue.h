// This header defines the queue between those who submit requests and the commit thread, and the
// order in which the commit thread takes them up.
#ifndef WAYMARK_LEDGER_COMMIT_COMMIT_QUEUE_H_
#define WAYMARK_LEDGER_COMMIT_COMMIT_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "ledger/commit/append_request.h"
#include "ledger/commit/receipt.h"
#include "ledger/contract/state.h"

namespace waymark {

// A request between Submit and its answer.
struct PendingAppend {
  AppendRequest request;
  std::function<void(absl::StatusOr<CommitOutcome>)> answer;
  // Kept apart from the request, whose texts are consumed when it is taken.
  size_t bytes = 0;
};
using PendingAppends = std::deque<std::unique_ptr<PendingAppend>>;

// A state that a loader thread has folded, or why it could not.
struct LoadedState {
  std::string contract_id;
  absl::StatusOr<ContractState> state;
};

// What came in since the commit thread last asked.
struct Intake {
  PendingAppends requests;
  std::vector<LoadedState> loaded;
};

// Safe from any thread. Its bounds count a request from Push until Answered.
class CommitQueue {
 public:
  CommitQueue(size_t requests_max, size_t bytes_max)
      : requests_max_(requests_max), bytes_max_(bytes_max) {}

  // ResourceExhausted QUEUE_FULL, Unavailable DRAINING, or what Close was given: then `pending` is
  // untouched.
  absl::Status Push(std::unique_ptr<PendingAppend>& pending);
  void PushLoaded(LoadedState loaded);

  enum class Wait {
    kNo,
    // Until something comes.
    kForAnything,
    // Until something comes, or Drain: then there may be nothing.
    kUnlessDraining,
  };
  // All there is.
  Intake Take(Wait wait);

  // The request has its answer.
  void Answered(size_t bytes);

  // Nothing more is pushed: with this status, or DRAINING.
  void Drain();
  void Close(absl::Status why);
  // Drain was called, and all that was pushed has been taken.
  bool drained() const;

  size_t requests() const;
  size_t bytes() const;

 private:
  const size_t requests_max_;
  const size_t bytes_max_;
  mutable absl::Mutex mutex_;
  Intake intake_ ABSL_GUARDED_BY(mutex_);
  size_t requests_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status closed_ ABSL_GUARDED_BY(mutex_);
};

// Requests that wait for a state to be folded, and those that must keep behind them: the later ones
// of the same contract, and those with the same order tag. All others go past. Of the commit thread
// alone.
class WaitingRoom {
 public:
  // True if the request has to stay behind one that waits.
  bool Blocks(const AppendRequest& request) const;
  void Add(std::unique_ptr<PendingAppend> pending);

  // Sends all of them back to the front of `pending`, in their order, to be looked at again.
  void Release(PendingAppends* pending);

  bool empty() const { return waiting_.empty(); }

 private:
  PendingAppends waiting_;
  absl::flat_hash_set<std::string> contracts_;
  absl::flat_hash_set<uint64_t> order_tags_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_COMMIT_QUEUE_H_
