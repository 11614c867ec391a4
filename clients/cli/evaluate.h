// This header defines how an evaluation becomes the event that records it.
#ifndef WAYMARK_CLIENTS_CLI_EVALUATE_H_
#define WAYMARK_CLIENTS_CLI_EVALUATE_H_

#include "absl/status/statusor.h"
#include "waymark/v1/event.pb.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::cli {

// What was said, with the basis that lets anybody compute it again; of its common only the matrix
// version that was in force. FailedPrecondition NOTHING_KNOWN where the answer knew no event.
absl::StatusOr<v1::ClauseEvaluated> EventOf(const v1::EvaluateClauseReply& reply);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_EVALUATE_H_
