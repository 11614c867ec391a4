// This header defines how it is found whether what an event claims of the ledger's past is so: that
// the explanation record of a ClauseEvaluated is what comes out of computing it again, that the
// root of a CheckpointAnchored is the tree's. What was known at a past position never changes, so
// the commit thread need not look.
//
//   if (MakesClaims(request)) {
//     CheckClaims(workshop, std::move(request), time_left,
//                 [](absl::StatusOr<AppendRequest> checked) { ... submit it ... });
//   }
#ifndef WAYMARK_LEDGER_SERVICE_CLAIM_CHECK_H_
#define WAYMARK_LEDGER_SERVICE_CLAIM_CHECK_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"
#include "ledger/commit/append_request.h"
#include "waymark/v1/decision.pb.h"

namespace waymark {

class Workshop;

// What the read models are asked for; both as in MaturityQueries.
struct ClaimQueries {
  std::function<absl::StatusOr<v1::EvaluateClauseReply>(const v1::EvaluateClauseRequest& request,
                                                        UnixMicros now)>
      evaluate;
  std::function<void(Position position, absl::Time deadline,
                     std::function<void(absl::Status)> ready)>
      wait_for;
};

// Whether an event of the request claims something of the past. Hardly any does.
bool MakesClaims(const AppendRequest& request);

// Calls `done` once, with each claim marked true or false, once the read models know what was
// known; on a question thread unless they cannot be asked. Nothing here blocks. A claim about what
// lies beyond the head is left to the rules, which refuse it. Unavailable or DeadlineExceeded where
// the read models cannot be asked; ResourceExhausted QUESTIONS_FULL.
void CheckClaims(Workshop& workshop, AppendRequest request, absl::Duration time_left,
                 std::function<void(absl::StatusOr<AppendRequest>)> done);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_CLAIM_CHECK_H_
