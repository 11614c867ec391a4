#include "ledger/commit/answer_desk.h"

#include <algorithm>
#include <utility>

#include "ledger/base/failpoint.h"
#include "ledger/base/limits.h"

namespace waymark {
namespace {

// Answers that one thread gives before another may take over.
constexpr size_t kAnswersPerTask = 64;

}  // namespace

AnswerDesk::AnswerDesk(const EventLog& log, CommitQueue& queue, WorkerPool& readers)
    : log_(log),
      ledger_id_(log.identity().ledger_id),
      queue_(queue),
      readers_(readers),
      answerers_(kAnswerThreads) {}

void AnswerDesk::Refuse(std::unique_ptr<PendingAppend> pending, absl::Status refusal) {
  answerers_.Schedule([this, pending = pending.release(), refusal = std::move(refusal)] {
    Give(std::unique_ptr<PendingAppend>(pending), refusal);
  });
}

void AnswerDesk::AnswerKnown(std::unique_ptr<PendingAppend> pending, StoredRequest row) {
  readers_.Schedule([this, pending = pending.release(), row = std::move(row)] {
    std::unique_ptr<PendingAppend> owned(pending);
    const absl::StatusOr<FirstTime> first = ReadFirstTime(log_, row);
    if (!first.ok()) return Give(std::move(owned), first.status());
    absl::StatusOr<CommitOutcome> outcome = AnswerRepeat(owned->request.sealed, *first, ledger_id_);
    Give(std::move(owned), std::move(outcome));
  });
}

void AnswerDesk::Answer(std::vector<std::unique_ptr<PendingAppend>> pending,
                        std::shared_ptr<const CommitPlan> plan) {
  const auto shared =
      std::make_shared<std::vector<std::unique_ptr<PendingAppend>>>(std::move(pending));
  for (size_t first = 0; first < shared->size(); first += kAnswersPerTask) {
    const size_t end = std::min(first + kAnswersPerTask, shared->size());
    answerers_.Schedule([this, shared, plan, first, end] {
      for (size_t i = first; i < end; ++i) {
        if ((*shared)[i] != nullptr) Give(std::move((*shared)[i]), OutcomeOf(*plan, i));
      }
    });
  }
}

void AnswerDesk::Finish() { answerers_.Finish(); }

absl::StatusOr<CommitOutcome> AnswerDesk::OutcomeOf(const CommitPlan& plan, size_t index) const {
  const PlannedOutcome& planned = plan.outcomes[index];
  if (planned.verdict == Verdict::kRefused) return planned.refusal;
  return CommitOutcome{.receipt = ReceiptOf(plan.record, planned.record_index, ledger_id_),
                       .flags = plan.record.requests[planned.record_index].flags,
                       .repeated = planned.verdict == Verdict::kTakenInThisBatch};
}

void AnswerDesk::Give(std::unique_ptr<PendingAppend> pending,
                      absl::StatusOr<CommitOutcome> outcome) {
  WAYMARK_FAILPOINT("before_answer");
  queue_.Answered(pending->bytes);
  pending->answer(std::move(outcome));
  WAYMARK_FAILPOINT("after_answer");
}

}  // namespace waymark
