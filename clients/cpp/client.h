// This header defines the C++ client: one channel to one ledger, with errors as absl::Status that
// carry the server's reasons.
//
//   const Client client("127.0.0.1:7443");
//   absl::StatusOr<v1::GetStandingsReply> standings = client.GetStandings(request);
#ifndef WAYMARK_CLIENTS_CPP_CLIENT_H_
#define WAYMARK_CLIENTS_CPP_CLIENT_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "waymark/v1/admin.grpc.pb.h"
#include "waymark/v1/ledger.grpc.pb.h"
#include "waymark/v1/maturity.grpc.pb.h"
#include "waymark/v1/transparency.grpc.pb.h"

namespace waymark {

// The server's answer as a status: code, message, and every ErrorInfo as a violation
// (ledger/base/refusal.h).
absl::Status FromGrpc(const grpc::Status& status);

// A document made of an answer.
struct ExportedFile {
  v1::ExportHead head;
  std::string content;
};

// Safe from any thread. A question is Unavailable at once where nobody listens, and waits at most
// `timeout` for its answer. A DeadlineExceeded or Unavailable from Append means that the outcome is
// unknown: send the same request again.
class Client {
 public:
  struct Options {
    absl::Duration timeout = absl::Seconds(30);
    // Send an Append again while the answer is Unavailable, so that it outlives a restart of the
    // server. Without it the call fails as soon as the server is gone.
    bool retry = true;
  };

  // Does not connect yet: the first call does.
  explicit Client(const std::string& address);
  Client(const std::string& address, const Options& options);

  // Whether somebody listens, now or before the timeout is over.
  bool WaitUntilServed() const;

  // Sends the same bytes again, with a pause that doubles, while the answer is Unavailable and the
  // timeout lasts.
  absl::StatusOr<v1::AppendReply> Append(const v1::AppendRequest& request) const;

  absl::StatusOr<v1::GetMatrixReply> GetMatrix(const v1::GetMatrixRequest& request) const;
  absl::StatusOr<v1::GetStandingsReply> GetStandings(const v1::GetStandingsRequest& request) const;
  absl::StatusOr<v1::GetLongevityReply> GetLongevity(const v1::GetLongevityRequest& request) const;
  absl::StatusOr<v1::GetTimelineReply> GetTimeline(const v1::GetTimelineRequest& request) const;
  // From the page asked for on, every page put together; the timeout is each page's.
  absl::StatusOr<v1::GetTimelineReply> GetWholeTimeline(v1::GetTimelineRequest request) const;
  absl::StatusOr<v1::ListEvidenceReply> ListEvidence(const v1::ListEvidenceRequest& request) const;
  absl::StatusOr<v1::EvaluateClauseReply> EvaluateClause(
      const v1::EvaluateClauseRequest& request) const;
  // The whole document, checked against the size and the SHA-256 that its head names: DataLoss
  // EXPORT_DAMAGED. The timeout is for all of it.
  absl::StatusOr<ExportedFile> Export(const v1::ExportRequest& request) const;
  absl::StatusOr<v1::ListDueReply> ListDue(const v1::ListDueRequest& request) const;
  absl::StatusOr<v1::ListDecisionsReply> ListDecisions(
      const v1::ListDecisionsRequest& request) const;
  // From the page asked for on, every page put together; the timeout is each page's.
  absl::StatusOr<v1::ListDecisionsReply> ListAllDecisions(v1::ListDecisionsRequest request) const;
  absl::StatusOr<v1::ExplainDecisionReply> ExplainDecision(
      const v1::ExplainDecisionRequest& request) const;
  absl::StatusOr<v1::DiffKnowledgeReply> DiffKnowledge(
      const v1::DiffKnowledgeRequest& request) const;
  absl::StatusOr<v1::GetCheckpointReply> GetCheckpoint(
      const v1::GetCheckpointRequest& request) const;
  absl::StatusOr<v1::ProveInclusionReply> ProveInclusion(
      const v1::ProveInclusionRequest& request) const;
  absl::StatusOr<v1::ProveConsistencyReply> ProveConsistency(
      const v1::ProveConsistencyRequest& request) const;
  absl::StatusOr<v1::GetStatusReply> GetStatus() const;
  absl::StatusOr<v1::SetRehearsalClockReply> SetRehearsalClock(
      const v1::SetRehearsalClockRequest& request) const;

  // Calls `take` with each message until it returns false, the stream ends or `context` is
  // cancelled. Without timeout.
  absl::Status Read(const v1::ReadRequest& request, grpc::ClientContext* context,
                    const std::function<bool(const v1::ReadReply&)>& take) const;
  absl::Status Subscribe(const v1::SubscribeRequest& request, grpc::ClientContext* context,
                         const std::function<bool(const v1::SubscribeReply&)>& take) const;
  absl::Status RebuildProjection(
      const v1::RebuildProjectionRequest& request, grpc::ClientContext* context,
      const std::function<bool(const v1::RebuildProjectionReply&)>& take) const;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  Options options_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
  std::unique_ptr<v1::MaturityService::Stub> maturity_;
  std::unique_ptr<v1::TransparencyService::Stub> transparency_;
  std::unique_ptr<v1::AdminService::Stub> admin_;
};

}  // namespace waymark

#endif  // WAYMARK_CLIENTS_CPP_CLIENT_H_
