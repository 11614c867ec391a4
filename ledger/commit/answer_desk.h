// This header defines who calls the callers: threads of their own, so that building receipts and
// finishing calls costs the commit thread nothing.
//
//   AnswerDesk desk(log, queue, readers);
//   desk.Refuse(std::move(pending), refusal);
//   desk.Answer(std::move(batch), plan);       // once the plan's record is durable
#ifndef WAYMARK_LEDGER_COMMIT_ANSWER_DESK_H_
#define WAYMARK_LEDGER_COMMIT_ANSWER_DESK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/commit/commit_queue.h"
#include "ledger/commit/plan.h"
#include "ledger/commit/receipt.h"
#include "ledger/commit/worker_pool.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// Safe from any thread. Each answer is given once, and the queue is told of it.
class AnswerDesk {
 public:
  // `readers` do what may wait for the disk; they must be finished before the desk is.
  AnswerDesk(const EventLog& log, CommitQueue& queue, WorkerPool& readers);

  void Refuse(std::unique_ptr<PendingAppend> pending, absl::Status refusal);

  // A request whose id has this row: its first receipt is read back, or it is refused.
  void AnswerKnown(std::unique_ptr<PendingAppend> pending, StoredRequest row);

  // One request for each of the plan's outcomes; null where it was answered as known. The record is
  // durable.
  void Answer(std::vector<std::unique_ptr<PendingAppend>> pending,
              std::shared_ptr<const CommitPlan> plan);

  // Gives what is left to give, then ends the threads. Safe to call twice, from one thread.
  void Finish();

 private:
  absl::StatusOr<CommitOutcome> OutcomeOf(const CommitPlan& plan, size_t index) const;
  void Give(std::unique_ptr<PendingAppend> pending, absl::StatusOr<CommitOutcome> outcome);

  const EventLog& log_;
  const std::string ledger_id_;
  CommitQueue& queue_;
  WorkerPool& readers_;
  WorkerPool answerers_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_ANSWER_DESK_H_
