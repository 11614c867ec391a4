#include "ledger/service/maturity_service.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/service/unary_call.h"

namespace waymark {
namespace {

// How many events an answer would have needed that came too early; 0 for any other.
TreeSize NeededBy(const absl::Status& answered) {
  uint64_t needed = 0;
  if (ReasonOf(answered) != "PROJECTION_BEHIND") return TreeSize{0};
  const std::vector<Violation> violations = ViolationsOf(answered);
  for (const auto& [name, value] : violations[0].metadata) {
    if (name == "needed" && !absl::SimpleAtoi(value, &needed)) needed = 0;
  }
  return TreeSize{needed};
}

}  // namespace

// A position that is not recorded at all is refused at once; one that the projection has not
// reached is waited for, and so is what known_at asks to be known.
template <typename Request, typename Query>
grpc::ServerUnaryReactor* MaturityService::Ask(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* in, grpc::ByteBuffer* out,
                                               const Query& query) {
  const std::function<absl::StatusOr<WaitStep>(const Request&)> wait =
      [this](const Request& request) -> absl::StatusOr<WaitStep> {
    if (!request.question().has_min_position()) return WaitStep();
    const Position wanted{request.question().min_position()};
    const TreeSize head = workshop_.ledger().head.size();
    if (wanted.value >= head.value) {
      return Refuse({.code = absl::StatusCode::kOutOfRange,
                     .reason = "MIN_POSITION_BEYOND_HEAD",
                     .message = absl::StrCat("question.min_position: ", wanted.value,
                                             " lies beyond the head ", head.value),
                     .field = "question.min_position",
                     .metadata = {{"head", absl::StrCat(head.value)}}});
    }
    return WaitStep([this, wanted](absl::Duration left, Ready ready) {
      queries_.wait_for(wanted, absl::Now() + left, std::move(ready));
    });
  };
  // Named as min_position, what had to be known is enough when asked again, whatever was recorded
  // since.
  const AskAgain<Request> again = [this](const absl::Status& answered,
                                         Request* request) -> WaitStep {
    const TreeSize needed = std::min(NeededBy(answered), workshop_.ledger().head.size());
    if (needed.value == 0) return nullptr;
    const Position wanted{needed.value - 1};
    request->mutable_question()->set_min_position(wanted.value);
    return [this, wanted](absl::Duration left, Ready ready) {
      queries_.wait_for(wanted, absl::Now() + left, std::move(ready));
    };
  };
  return AnswerUnary<Request>(
      workshop_, context, in, out,
      [this, &query](const Request& request) { return query(request, workshop_.Now()); }, wait,
      again);
}

grpc::ServerUnaryReactor* MaturityService::GetMatrix(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* in,
                                                     grpc::ByteBuffer* out) {
  return Ask<v1::GetMatrixRequest>(context, in, out, queries_.get_matrix);
}

grpc::ServerUnaryReactor* MaturityService::GetStandings(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* in,
                                                        grpc::ByteBuffer* out) {
  return Ask<v1::GetStandingsRequest>(context, in, out, queries_.get_standings);
}

grpc::ServerUnaryReactor* MaturityService::GetLongevity(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* in,
                                                        grpc::ByteBuffer* out) {
  return Ask<v1::GetLongevityRequest>(context, in, out, queries_.get_longevity);
}

grpc::ServerUnaryReactor* MaturityService::GetTimeline(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* in,
                                                       grpc::ByteBuffer* out) {
  return Ask<v1::GetTimelineRequest>(context, in, out, queries_.get_timeline);
}

grpc::ServerUnaryReactor* MaturityService::ListEvidence(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* in,
                                                        grpc::ByteBuffer* out) {
  return Ask<v1::ListEvidenceRequest>(context, in, out, queries_.list_evidence);
}

grpc::ServerUnaryReactor* MaturityService::EvaluateClause(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* in,
                                                          grpc::ByteBuffer* out) {
  return Ask<v1::EvaluateClauseRequest>(context, in, out, queries_.evaluate_clause);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* MaturityService::Export(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* in) {
  const absl::StatusOr<v1::ExportRequest> request = DecodeRequest<v1::ExportRequest>(*in);
  if (!request.ok()) return RefuseStream(request.status());
  const std::shared_ptr<void> slot(exports_open_.get(), [open = exports_open_](void*) { --*open; });
  if (++*exports_open_ > kExportsOpenMax) {
    return RefuseStream(Refuse(
        {absl::StatusCode::kResourceExhausted, "EXPORTS_FULL",
         absl::StrCat(kExportsOpenMax, " exports are being made or taken; try again later")}));
  }
  auto stream = std::make_shared<ExportStream>(workshop_, context, slot);
  grpc::ServerWriteReactor<grpc::ByteBuffer>* const reactor = StartStream(workshop_, stream);
  if (reactor != stream.get()) return reactor;
  const bool taken = workshop_.questions().Schedule([this, request = *request,
                                                     waiting = std::weak_ptr<PullStream>(stream)] {
    // Whoever has gone wants no document.
    const std::shared_ptr<PullStream> open = waiting.lock();
    if (open == nullptr) return;
    static_cast<ExportStream*>(open.get())->Deliver(queries_.make_export(request, workshop_.Now()));
  });
  if (!taken) stream->Deliver(QuestionsFull());
  return reactor;
}

grpc::ServerUnaryReactor* MaturityService::ListDue(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* in,
                                                   grpc::ByteBuffer* out) {
  return Ask<v1::ListDueRequest>(context, in, out, queries_.list_due);
}

grpc::ServerUnaryReactor* MaturityService::ListDecisions(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* in,
                                                         grpc::ByteBuffer* out) {
  return Ask<v1::ListDecisionsRequest>(context, in, out, queries_.list_decisions);
}

grpc::ServerUnaryReactor* MaturityService::ExplainDecision(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* in,
                                                           grpc::ByteBuffer* out) {
  return Ask<v1::ExplainDecisionRequest>(context, in, out, queries_.explain_decision);
}

grpc::ServerUnaryReactor* MaturityService::DiffKnowledge(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* in,
                                                         grpc::ByteBuffer* out) {
  return Ask<v1::DiffKnowledgeRequest>(context, in, out, queries_.diff_knowledge);
}

}  // namespace waymark
