// This header defines PlanCommit: from a batch of requests to the one record that holds what
// becomes of them. It is pure but for the states, which it moves on: no clock, no store, no
// randomness. The same arguments give the same bytes on any machine.
//
//   CommitPlan plan = PlanCommit(batch, {.tree = log.tree(), .time = time, .ledger_id = id});
//   RETURN_IF_ERROR(log.Append(plan.record));
#ifndef WAYMARK_LEDGER_COMMIT_PLAN_H_
#define WAYMARK_LEDGER_COMMIT_PLAN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ledger/commit/append_request.h"
#include "ledger/commit/recording_clock.h"
#include "ledger/contract/state.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/storage/commit_record.h"

namespace waymark {

// A request with what the plan has to know about it. One that erases is the only new one of its
// batch: what it erases is in the log already.
struct PlannedRequest {
  // Its sealed part is consumed if it is taken.
  AppendRequest* request = nullptr;
  // Of its contract; requests of one contract share it. May be null where is_known.
  ContractState* state = nullptr;
  // The ledger has a row of its request id.
  bool is_known = false;
};

struct PlanStart {
  // Of the head.
  merkle::CompactTree tree;
  RecordingTime time;
  std::string ledger_id;
};

enum class Verdict {
  // It is record.requests[record_index].
  kTaken,
  // It is record.requests[record_index] sent again, in the same batch.
  kTakenInThisBatch,
  // Its id is on record: the ledger's row tells whether it is the same (AnswerRepeat).
  kKnown,
  // Nothing of it is in the record.
  kRefused,
};

struct PlannedOutcome {
  Verdict verdict = Verdict::kRefused;
  size_t record_index = 0;
  absl::Status refusal;  // OK unless kRefused
};

struct CommitPlan {
  // Without requests if none was taken.
  CommitRecord record;
  merkle::CompactTree tree;
  // One a request, in the order of the batch.
  std::vector<PlannedOutcome> outcomes;
};

// Takes or refuses each request on its own, in the order of the batch: a known request id first,
// then the rules, which see what the requests before it left. What passes gets the next positions,
// revisions and the one time of the commit. A refused request consumes nothing. The states have
// taken in what was taken: where the record does not become durable, they must be thrown away.
CommitPlan PlanCommit(absl::Span<const PlannedRequest> batch, const PlanStart& start);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_PLAN_H_
