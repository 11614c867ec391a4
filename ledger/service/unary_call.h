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
#include "absl/time/clock.h"
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

// Ends a call that Workshop::calls let in. The workshop is not touched after the answer has gone,
// since the server may then be stopping.
void FinishCall(Workshop& workshop, grpc::ServerUnaryReactor* reactor, const grpc::Status& status);

// What to wait for before a question is asked once more, given what its answer came to; a null step
// for an answer that stands. May change the request.
template <typename Request>
using AskAgain = std::function<WaitStep(const absl::Status& answered, Request* request)>;

// One call on its way to its answer, kept alive by whoever works on it or waits for it.
template <typename Request, typename Answer>
class UnaryQuestion : public std::enable_shared_from_this<UnaryQuestion<Request, Answer>> {
 public:
  UnaryQuestion(Workshop& workshop, grpc::CallbackServerContext* context, grpc::ByteBuffer* out,
                Request request, Answer answer, AskAgain<Request> again)
      : workshop_(workshop),
        context_(context),
        reactor_(context->DefaultReactor()),
        out_(out),
        request_(std::move(request)),
        answer_(std::move(answer)),
        again_(std::move(again)) {}

  // Waits for the step, if it is not null, and answers on a question thread.
  void Ask(const WaitStep& step, absl::Time deadline) {
    const Ready ready = [self = this->shared_from_this(), deadline](const absl::Status& status) {
      if (!status.ok()) return self->Finish(ToGrpc(status));
      const bool taken =
          self->workshop_.questions().Schedule([self, deadline] { self->Run(deadline); });
      if (!taken) self->Finish(ToGrpc(QuestionsFull()));
    };
    if (step == nullptr) return ready(absl::OkStatus());
    step(deadline - absl::Now(), ready);
  }

 private:
  void Run(absl::Time deadline) {
    // Whoever has gone, or waited in vain, must not hold up those who still wait.
    if (context_->IsCancelled()) return Finish(grpc::Status::CANCELLED);
    const auto reply = answer_(request_);
    if (const AskAgain<Request> again = std::exchange(again_, nullptr); again != nullptr) {
      if (const WaitStep step = again(reply.status(), &request_)) return Ask(step, deadline);
    }
    if (reply.ok()) *out_ = ToBytes(*reply);
    Finish(ToGrpc(reply.status()));
  }

  void Finish(const grpc::Status& status) { FinishCall(workshop_, reactor_, status); }

  Workshop& workshop_;
  grpc::CallbackServerContext* const context_;
  grpc::ServerUnaryReactor* const reactor_;
  grpc::ByteBuffer* const out_;
  Request request_;
  const Answer answer_;
  AskAgain<Request> again_;
};

// `wait` (may be null) is called once with the parsed request and returns what to wait for, or a
// null step for nothing; `answer` then runs on a question thread, and once more if `again` (may be
// null) asks for that. Refusals: Unavailable DRAINING, those of DecodeRequest and TimeLeft,
// ResourceExhausted QUESTIONS_FULL, and whatever these give.
template <typename Request, typename Answer>
grpc::ServerUnaryReactor* AnswerUnary(
    Workshop& workshop, grpc::CallbackServerContext* context, const grpc::ByteBuffer* in,
    grpc::ByteBuffer* out, Answer answer,
    const std::function<absl::StatusOr<WaitStep>(const Request&)>& wait = nullptr,
    AskAgain<Request> again = nullptr) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  if (!workshop.calls().Enter()) {
    reactor->Finish(ToGrpc(DrainingStatus()));
    return reactor;
  }
  const auto refuse = [&workshop, reactor](const absl::Status& why) {
    FinishCall(workshop, reactor, ToGrpc(why));
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
  const auto question = std::make_shared<UnaryQuestion<Request, Answer>>(
      workshop, context, out, *std::move(parsed), std::move(answer), std::move(again));
  question->Ask(step, absl::Now() + *left);
  return reactor;
}

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_UNARY_CALL_H_
