// This header defines MaturityService: translation to the query functions that the daemon hands in.
// This folder knows no projection.
#ifndef WAYMARK_LEDGER_SERVICE_MATURITY_SERVICE_H_
#define WAYMARK_LEDGER_SERVICE_MATURITY_SERVICE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"
#include "ledger/service/export_stream.h"
#include "ledger/service/workshop.h"
#include "waymark/v1/maturity.grpc.pb.h"

namespace waymark {

// All set, safe from any thread. `now` is the ledger's own time.
struct MaturityQueries {
  template <typename Request, typename Reply>
  using Query = std::function<absl::StatusOr<Reply>(const Request& request, UnixMicros now)>;
  Query<v1::GetMatrixRequest, v1::GetMatrixReply> get_matrix;
  Query<v1::GetStandingsRequest, v1::GetStandingsReply> get_standings;
  Query<v1::GetLongevityRequest, v1::GetLongevityReply> get_longevity;
  Query<v1::GetTimelineRequest, v1::GetTimelineReply> get_timeline;
  Query<v1::ListEvidenceRequest, v1::ListEvidenceReply> list_evidence;
  Query<v1::EvaluateClauseRequest, v1::EvaluateClauseReply> evaluate_clause;
  // Reads what the log holds, applied or not.
  Query<v1::ExportRequest, ExportedDocument> make_export;
  Query<v1::ListDueRequest, v1::ListDueReply> list_due;
  Query<v1::ListDecisionsRequest, v1::ListDecisionsReply> list_decisions;
  Query<v1::ExplainDecisionRequest, v1::ExplainDecisionReply> explain_decision;
  Query<v1::DiffKnowledgeRequest, v1::DiffKnowledgeReply> diff_knowledge;
  // Calls `ready` once: OK as soon as the answers include the event at the position, else why not.
  // Does not block.
  std::function<void(Position position, absl::Time deadline,
                     std::function<void(absl::Status)> ready)>
      wait_for;
};

using MaturityServiceBase = v1::MaturityService::WithRawCallbackMethod_GetMatrix<
    v1::MaturityService::WithRawCallbackMethod_GetStandings<
        v1::MaturityService::WithRawCallbackMethod_GetLongevity<
            v1::MaturityService::WithRawCallbackMethod_GetTimeline<
                v1::MaturityService::WithRawCallbackMethod_ListEvidence<
                    v1::MaturityService::WithRawCallbackMethod_EvaluateClause<
                        v1::MaturityService::WithRawCallbackMethod_ListDecisions<
                            v1::MaturityService::WithRawCallbackMethod_ExplainDecision<
                                v1::MaturityService::WithRawCallbackMethod_DiffKnowledge<
                                    v1::MaturityService::WithRawCallbackMethod_ListDue<
                                        v1::MaturityService::WithRawCallbackMethod_Export<
                                            v1::MaturityService::Service>>>>>>>>>>>;

class MaturityService : public MaturityServiceBase {
 public:
  // `workshop` must outlive the server that runs this.
  MaturityService(Workshop& workshop, MaturityQueries queries)
      : workshop_(workshop), queries_(std::move(queries)) {}

  grpc::ServerUnaryReactor* GetMatrix(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* GetStandings(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* GetLongevity(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* GetTimeline(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* ListEvidence(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* EvaluateClause(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* in,
                                           grpc::ByteBuffer* out) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Export(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* in) override;
  grpc::ServerUnaryReactor* ListDue(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* ListDecisions(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* ExplainDecision(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* in,
                                            grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* DiffKnowledge(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override;

 private:
  template <typename Request, typename Query>
  grpc::ServerUnaryReactor* Ask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* in,
                                grpc::ByteBuffer* out, const Query& query);

  Workshop& workshop_;
  const MaturityQueries queries_;
  // Exports that are being made or taken; a stream may outlive the service by a moment.
  const std::shared_ptr<std::atomic<int>> exports_open_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_MATURITY_SERVICE_H_
