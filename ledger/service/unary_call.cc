#include "ledger/service/unary_call.h"

namespace waymark {

absl::Status QuestionsFull() {
  return Refuse({.code = absl::StatusCode::kResourceExhausted,
                 .reason = "QUESTIONS_FULL",
                 .message = "too many questions wait for an answer; ask again later"});
}

}  // namespace waymark
