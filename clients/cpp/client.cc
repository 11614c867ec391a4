#include "clients/cpp/client.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

std::chrono::system_clock::time_point DeadlineIn(absl::Duration timeout) {
  return std::chrono::system_clock::now() + absl::ToChronoMicroseconds(timeout);
}

// One unary call with a deadline. It fails at once where nobody listens.
template <typename Reply, typename Stub, typename Method, typename Request>
absl::StatusOr<Reply> Call(absl::Duration timeout, Stub& stub, Method method,
                           const Request& request) {
  grpc::ClientContext context;
  context.set_deadline(DeadlineIn(timeout));
  Reply reply;
  const grpc::Status status = (stub.*method)(&context, request, &reply);
  if (!status.ok()) return FromGrpc(status);
  return reply;
}

template <typename Reply>
absl::Status Drain(std::unique_ptr<grpc::ClientReader<Reply>> reader, grpc::ClientContext* context,
                   const std::function<bool(const Reply&)>& take) {
  Reply reply;
  while (reader->Read(&reply)) {
    if (take(reply)) continue;
    context->TryCancel();
    while (reader->Read(&reply)) {
    }
    reader->Finish();
    return absl::OkStatus();
  }
  return FromGrpc(reader->Finish());
}

}  // namespace

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  std::vector<Violation> violations;
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : details.details()) {
      google::rpc::ErrorInfo info;
      if (!detail.UnpackTo(&info)) continue;
      Violation violation{code, info.reason(), status.error_message()};
      for (const auto& [name, value] : info.metadata()) {
        if (name == "event_index") {
          if (!absl::SimpleAtoi(value, &violation.event_index)) violation.event_index = -1;
        } else if (name == "field") {
          violation.field = value;
        } else if (name == "message") {
          violation.message = value;
        } else {
          violation.metadata.emplace_back(name, value);
        }
      }
      std::sort(violation.metadata.begin(), violation.metadata.end());
      violations.push_back(std::move(violation));
    }
  }
  if (violations.empty()) return absl::Status(code, status.error_message());
  return Refuse(violations);
}

Client::Client(const std::string& address) : Client(address, Options()) {}

Client::Client(const std::string& address, const Options& options) : options_(options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(kReceiveMessageBytesMax));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  channel_ = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  ledger_ = v1::LedgerService::NewStub(channel_);
  maturity_ = v1::MaturityService::NewStub(channel_);
  transparency_ = v1::TransparencyService::NewStub(channel_);
  admin_ = v1::AdminService::NewStub(channel_);
}

absl::StatusOr<v1::AppendReply> Client::Append(const v1::AppendRequest& request) const {
  const auto give_up = DeadlineIn(options_.timeout);
  absl::Duration pause = kFirstPause;
  for (;;) {
    const auto left = absl::FromChrono(give_up - std::chrono::system_clock::now());
    absl::StatusOr<v1::AppendReply> reply = Call<v1::AppendReply>(
        std::max(left, absl::Milliseconds(1)), *ledger_, &v1::LedgerService::Stub::Append, request);
    const bool again =
        options_.retry && absl::IsUnavailable(reply.status()) && DeadlineIn(pause) < give_up;
    if (!again) return reply;
    std::this_thread::sleep_for(absl::ToChronoMicroseconds(pause));
    pause = std::min(pause * 2, kLongestPause);
  }
}

absl::StatusOr<v1::GetMatrixReply> Client::GetMatrix(const v1::GetMatrixRequest& request) const {
  return Call<v1::GetMatrixReply>(options_.timeout, *maturity_,
                                  &v1::MaturityService::Stub::GetMatrix, request);
}
absl::StatusOr<v1::GetStandingsReply> Client::GetStandings(
    const v1::GetStandingsRequest& request) const {
  return Call<v1::GetStandingsReply>(options_.timeout, *maturity_,
                                     &v1::MaturityService::Stub::GetStandings, request);
}
absl::StatusOr<v1::GetLongevityReply> Client::GetLongevity(
    const v1::GetLongevityRequest& request) const {
  return Call<v1::GetLongevityReply>(options_.timeout, *maturity_,
                                     &v1::MaturityService::Stub::GetLongevity, request);
}
absl::StatusOr<v1::GetTimelineReply> Client::GetTimeline(
    const v1::GetTimelineRequest& request) const {
  return Call<v1::GetTimelineReply>(options_.timeout, *maturity_,
                                    &v1::MaturityService::Stub::GetTimeline, request);
}
absl::StatusOr<v1::GetTimelineReply> Client::GetWholeTimeline(
    v1::GetTimelineRequest request) const {
  v1::GetTimelineReply whole;
  do {
    ASSIGN_OR_RETURN(const v1::GetTimelineReply page, GetTimeline(request));
    whole.clear_next_page_token();  // what a merge finds empty it leaves as it was
    whole.MergeFrom(page);
    request.set_page_token(whole.next_page_token());
  } while (!request.page_token().empty());
  return whole;
}
absl::StatusOr<v1::ListEvidenceReply> Client::ListEvidence(
    const v1::ListEvidenceRequest& request) const {
  return Call<v1::ListEvidenceReply>(options_.timeout, *maturity_,
                                     &v1::MaturityService::Stub::ListEvidence, request);
}
absl::StatusOr<v1::EvaluateClauseReply> Client::EvaluateClause(
    const v1::EvaluateClauseRequest& request) const {
  return Call<v1::EvaluateClauseReply>(options_.timeout, *maturity_,
                                       &v1::MaturityService::Stub::EvaluateClause, request);
}
absl::StatusOr<ExportedFile> Client::Export(const v1::ExportRequest& request) const {
  grpc::ClientContext context;
  context.set_deadline(DeadlineIn(options_.timeout));
  ExportedFile file;
  const auto take = [&file](const v1::ExportPiece& piece) {
    if (piece.has_head()) file.head = piece.head();
    file.content += piece.content();
    return true;
  };
  RETURN_IF_ERROR(Drain<v1::ExportPiece>(maturity_->Export(&context, request), &context, take));
  const Digest digest = merkle::Sha256(file.content);
  if (file.content.size() != file.head.size() || merkle::BytesOf(digest) != file.head.digest()) {
    return Refuse({absl::StatusCode::kDataLoss, "EXPORT_DAMAGED",
                   "content: what came is not what its head names; ask again"});
  }
  return file;
}

absl::StatusOr<v1::ListDueReply> Client::ListDue(const v1::ListDueRequest& request) const {
  return Call<v1::ListDueReply>(options_.timeout, *maturity_, &v1::MaturityService::Stub::ListDue,
                                request);
}
absl::StatusOr<v1::ListDecisionsReply> Client::ListDecisions(
    const v1::ListDecisionsRequest& request) const {
  return Call<v1::ListDecisionsReply>(options_.timeout, *maturity_,
                                      &v1::MaturityService::Stub::ListDecisions, request);
}
absl::StatusOr<v1::ListDecisionsReply> Client::ListAllDecisions(
    v1::ListDecisionsRequest request) const {
  v1::ListDecisionsReply whole;
  do {
    ASSIGN_OR_RETURN(const v1::ListDecisionsReply page, ListDecisions(request));
    whole.clear_next_page_token();  // what a merge finds empty it leaves as it was
    whole.MergeFrom(page);
    request.set_page_token(whole.next_page_token());
  } while (!request.page_token().empty());
  return whole;
}
absl::StatusOr<v1::ExplainDecisionReply> Client::ExplainDecision(
    const v1::ExplainDecisionRequest& request) const {
  return Call<v1::ExplainDecisionReply>(options_.timeout, *maturity_,
                                        &v1::MaturityService::Stub::ExplainDecision, request);
}
absl::StatusOr<v1::DiffKnowledgeReply> Client::DiffKnowledge(
    const v1::DiffKnowledgeRequest& request) const {
  return Call<v1::DiffKnowledgeReply>(options_.timeout, *maturity_,
                                      &v1::MaturityService::Stub::DiffKnowledge, request);
}
absl::StatusOr<v1::GetCheckpointReply> Client::GetCheckpoint(
    const v1::GetCheckpointRequest& request) const {
  return Call<v1::GetCheckpointReply>(options_.timeout, *transparency_,
                                      &v1::TransparencyService::Stub::GetCheckpoint, request);
}
absl::StatusOr<v1::ProveInclusionReply> Client::ProveInclusion(
    const v1::ProveInclusionRequest& request) const {
  return Call<v1::ProveInclusionReply>(options_.timeout, *transparency_,
                                       &v1::TransparencyService::Stub::ProveInclusion, request);
}
absl::StatusOr<v1::ProveConsistencyReply> Client::ProveConsistency(
    const v1::ProveConsistencyRequest& request) const {
  return Call<v1::ProveConsistencyReply>(options_.timeout, *transparency_,
                                         &v1::TransparencyService::Stub::ProveConsistency, request);
}
absl::StatusOr<v1::GetStatusReply> Client::GetStatus() const {
  return Call<v1::GetStatusReply>(options_.timeout, *admin_, &v1::AdminService::Stub::GetStatus,
                                  v1::GetStatusRequest());
}
bool Client::WaitUntilServed() const {
  return channel_->WaitForConnected(DeadlineIn(options_.timeout));
}
absl::StatusOr<v1::SetRehearsalClockReply> Client::SetRehearsalClock(
    const v1::SetRehearsalClockRequest& request) const {
  return Call<v1::SetRehearsalClockReply>(options_.timeout, *admin_,
                                          &v1::AdminService::Stub::SetRehearsalClock, request);
}

absl::Status Client::Read(const v1::ReadRequest& request, grpc::ClientContext* context,
                          const std::function<bool(const v1::ReadReply&)>& take) const {
  return Drain(ledger_->Read(context, request), context, take);
}
absl::Status Client::Subscribe(const v1::SubscribeRequest& request, grpc::ClientContext* context,
                               const std::function<bool(const v1::SubscribeReply&)>& take) const {
  return Drain(ledger_->Subscribe(context, request), context, take);
}
absl::Status Client::RebuildProjection(
    const v1::RebuildProjectionRequest& request, grpc::ClientContext* context,
    const std::function<bool(const v1::RebuildProjectionReply&)>& take) const {
  return Drain(admin_->RebuildProjection(context, request), context, take);
}

}  // namespace waymark
