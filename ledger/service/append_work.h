// This header defines the way of one append through the service: from its bytes to its answer.
// Unary calls and streams share it.
//
//   TakeAppend(workshop, bytes, {.time_left = left}, [reactor](AppendAnswer answer) { ... });
#ifndef WAYMARK_LEDGER_SERVICE_APPEND_WORK_H_
#define WAYMARK_LEDGER_SERVICE_APPEND_WORK_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/service/workshop.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark {

struct AppendAnswer {
  // As far as it could be read.
  std::string request_id;
  absl::StatusOr<v1::AppendReply> reply;
};

struct AppendTerms {
  // A request that is still queued after this long is refused; one that is recorded and waits for
  // its checkpoint gets DeadlineExceeded PUBLISHED_NOT_REACHED, and its events stand.
  absl::Duration time_left;
  // Requests of one stream share a number other than 0 and are taken in order, if each is given
  // after the one before it was handed over.
  uint64_t order_tag = 0;
  // Called once, before `done`: the request is refused, or queued for the committer. May be null.
  std::function<void()> handed_over = nullptr;
};

// Parses, checks, hashes and hands over, all on this thread, where nothing touches the disk; only a
// request that claims something of the past (claim_check.h) is handed over from another. `done` is
// called exactly once: on this thread where the request is refused before it is queued, else on
// another one. The level to wait for is settled before anything is recorded:
// WITNESSES_NOT_CONFIGURED leaves nothing behind.
void TakeAppend(Workshop& workshop, const grpc::ByteBuffer& bytes, const AppendTerms& terms,
                std::function<void(AppendAnswer)> done);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_APPEND_WORK_H_
