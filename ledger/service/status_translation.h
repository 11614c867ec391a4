// This header defines how a refusal leaves the process: an absl::Status becomes a gRPC status with
// a google.rpc.Status in its trailer, which holds one google.rpc.ErrorInfo a violation.
//
//   reactor->Finish(ToGrpc(Refuse({code, "LEVEL_NOT_DEFINED", "...", 0, "level"})));
//   // ErrorInfo{reason LEVEL_NOT_DEFINED, domain waymark.v1, metadata {event_index 0, field
//   level}}
//
// Safe from any thread; cannot fail.
#ifndef WAYMARK_LEDGER_SERVICE_STATUS_TRANSLATION_H_
#define WAYMARK_LEDGER_SERVICE_STATUS_TRANSLATION_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"

namespace waymark {

inline constexpr absl::string_view kErrorDomain = "waymark.v1";

// Every violation in order, the first one's code and message on top. A status without violations
// gets one whose reason is the name of its code, such as INTERNAL. Violations that would not fit
// into a trailer are counted by a last ErrorInfo, MORE_VIOLATIONS.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The same as a gRPC client sees it. OK stays OK.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_STATUS_TRANSLATION_H_
