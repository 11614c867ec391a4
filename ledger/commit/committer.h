// This header defines the committer: the one thread that gives events their places, and the one
// that writes them. Everything that appends goes through Submit.
//
//   Committer committer(*log, clock, head, [](absl::Status failure) { End(failure); });
//   committer.Submit(std::move(request), [reactor](absl::StatusOr<CommitOutcome> outcome) { ... });
#ifndef WAYMARK_LEDGER_COMMIT_COMMITTER_H_
#define WAYMARK_LEDGER_COMMIT_COMMITTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/clock.h"
#include "ledger/base/limits.h"
#include "ledger/commit/append_request.h"
#include "ledger/commit/receipt.h"
#include "ledger/commit/state_cache.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/head_watch.h"

namespace waymark {

struct CommitterStatus {
  // Submitted and not yet answered.
  size_t queued_requests = 0;
  size_t queued_bytes = 0;
  // The wall clock lies behind the last recorded_at, or further ahead than is believed; as of the
  // newest commit.
  bool clock_back = false;
  bool clock_ahead = false;
  // OK, or what stopped the committer for good.
  absl::Status failed;
};

struct CommitterOptions {
  size_t queue_requests_max = kCommitQueueRequestsMax;
  size_t queue_bytes_max = kCommitQueueBytesMax;
  StateCache::Bounds states;
};

// Safe from any thread.
//
// What an answer can be beside the refusals of the rules (PlanCommit):
//   ResourceExhausted QUEUE_FULL, QUEUE_WAIT_TOO_LONG, DISK_RESERVE: nothing was written, send it
//   again later. DeadlineExceeded DEADLINE_PASSED: it had passed when the request came; nothing was
//   written. Unavailable DRAINING: nothing was written, and nothing more will be by this process.
//   Unavailable COMMIT_FAILED, with metadata outcome = UNKNOWN where the request's events may or
//   may not be on disk, and NOT_EXECUTED where they are not: after a restart the same request id
//   settles it. DataLoss EVENT_DAMAGED where the contract's stream, the first answer to a repeat
//   or a payload that is to be erased cannot be read; nothing was written.
class Committer {
 public:
  using Answer = std::function<void(absl::StatusOr<CommitOutcome>)>;

  // `log`, `clock` and `head` must outlive the committer; nothing else may append to `log`.
  // `on_failure` runs once, on the commit thread, when an error leaves the disk unknown: the daemon
  // must end.
  Committer(EventLog& log, const Clock& clock, HeadWatch& head,
            std::function<void(absl::Status)> on_failure, CommitterOptions options = {});
  ~Committer();  // Shutdown()
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Hands a request to the commit thread. `answer` is called exactly once: on another thread as a
  // rule, on this one before Submit returns where the request is not taken in. It must not block.
  // Never blocks itself.
  void Submit(AppendRequest request, Answer answer);

  // Answers what is queued, takes nothing more, ends the threads. Safe to call twice.
  void Shutdown();

  CommitterStatus status() const;

 private:
  class Threads;
  std::unique_ptr<Threads> threads_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_COMMITTER_H_
