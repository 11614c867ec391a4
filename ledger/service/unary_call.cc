#include "ledger/service/unary_call.h"

namespace waymark {

absl::Status QuestionsFull() {
  return Refuse({.code = absl::StatusCode::kResourceExhausted,
                 .reason = "QUESTIONS_FULL",
                 .message = "too many questions wait for an answer; ask again later"});
}

void FinishCall(Workshop& workshop, grpc::ServerUnaryReactor* reactor, const grpc::Status& status) {
  workshop.calls().Leave();
  reactor->Finish(status);
}

}  // namespace waymark
