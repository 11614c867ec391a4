// This header defines the one shape of every unary call that reads: parsed and refused here, waited
// for without a thread, answered on a question thread.
//
//   return AnswerUnary<v1::GetStatusRequest>(workshop, context, in, out,
//       [this](const v1::GetStatusRequest&) -> absl::StatusOr<v1::GetStatusReply> { ... });
#ifndef WAYMARK_LEDGER_SERVICE_UNARY_CALL_H_
#define WAYMARK_LEDGER_SERVICE_UNARY_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/base/refusal.h"
#include "ledger/service/message_codec.h"
#include "ledger/service/status_translation.h"
#include "ledger/service/workshop.h"

namespace waymark {

// Called once, with OK when the answer may be made; must be short and must not block.
using Ready = std::function<void(absl::Status)>;

// What is left of the call's time, and whom to tell.
using WaitStep = std::function<void(absl::Duration time_left, Ready ready)>;

absl::Status QuestionsFull();

// `wait` (may be null) is called with the parsed request and returns what to wait for, or a null
// step for nothing; `answer` then runs on a question thread. Both are called at most once.
// Refusals: those of DecodeRequest and TimeLeft, ResourceExhausted QUESTIONS_FULL, and whatever the
// two give.
template <typename Request, typename Answer>
grpc::ServerUnaryReactor* AnswerUnary(
    Workshop& workshop, grpc::CallbackServerContext* context, const grpc::ByteBuffer* in,
    grpc::ByteBuffer* out, Answer answer,
    const std::function<absl::StatusOr<WaitStep>(const Request&)>& wait = nullptr) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const auto refuse = [reactor](const absl::Status& why) {
    reactor->Finish(ToGrpc(why));
    return reactor;
  };
  const absl::StatusOr<absl::Duration> left = TimeLeft(*context);
  if (!left.ok()) return refuse(left.status());
  absl::StatusOr<Request> parsed = DecodeRequest<Request>(*in);
  if (!parsed.ok()) return refuse(parsed.status());
  WaitStep step;
  if (wait != nullptr) {
    absl::StatusOr<WaitStep> found = wait(*parsed);
    if (!found.ok()) return refuse(found.status());
    step = *std::move(found);
  }
  auto request = std::make_shared<const Request>(*std::move(parsed));
  const Ready ready = [&workshop, context, reactor, out, request,
                       answer = std::move(answer)](const absl::Status& status) {
    if (!status.ok()) return reactor->Finish(ToGrpc(status));
    const bool taken = workshop.questions().Schedule([context, reactor, out, request, answer] {
      // Whoever has gone, or waited in vain, must not hold up those who still wait.
      if (context->IsCancelled()) return reactor->Finish(grpc::Status::CANCELLED);
      const auto reply = answer(*request);
      if (reply.ok()) *out = ToBytes(*reply);
      reactor->Finish(ToGrpc(reply.status()));
    });
    if (!taken) reactor->Finish(ToGrpc(QuestionsFull()));
  };
  if (step == nullptr) {
    ready(absl::OkStatus());
  } else {
    step(*left, ready);
  }
  return reactor;
}

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_UNARY_CALL_H_
