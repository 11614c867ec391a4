// This header defines TransparencyService: checkpoints and the two proofs, made from stored nodes.
#ifndef WAYMARK_LEDGER_SERVICE_TRANSPARENCY_SERVICE_H_
#define WAYMARK_LEDGER_SERVICE_TRANSPARENCY_SERVICE_H_

#include <string>

#include "absl/status/statusor.h"
#include "ledger/service/unary_call.h"
#include "ledger/service/workshop.h"
#include "waymark/v1/transparency.grpc.pb.h"

namespace waymark {

using TransparencyServiceBase = v1::TransparencyService::WithRawCallbackMethod_GetCheckpoint<
    v1::TransparencyService::WithRawCallbackMethod_ProveInclusion<
        v1::TransparencyService::WithRawCallbackMethod_ProveConsistency<
            v1::TransparencyService::Service>>>;

class TransparencyService : public TransparencyServiceBase {
 public:
  // `workshop` must outlive the server that runs this.
  explicit TransparencyService(Workshop& workshop);

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* in,
                                          grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* ProveInclusion(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* in,
                                           grpc::ByteBuffer* out) override;
  grpc::ServerUnaryReactor* ProveConsistency(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* in,
                                             grpc::ByteBuffer* out) override;

 private:
  absl::StatusOr<WaitStep> AwaitSize(const v1::GetCheckpointRequest& request);
  absl::StatusOr<v1::GetCheckpointReply> Checkpoint() const;
  absl::StatusOr<v1::ProveInclusionReply> Inclusion(const v1::ProveInclusionRequest& request) const;
  absl::StatusOr<v1::ProveConsistencyReply> Consistency(
      const v1::ProveConsistencyRequest& request) const;

  Workshop& workshop_;
  const std::string vkey_;
};

// The ledger's verifier key.
std::string VkeyOf(const LedgerIdentity& identity);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_TRANSPARENCY_SERVICE_H_
