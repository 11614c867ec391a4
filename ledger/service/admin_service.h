// This header defines AdminService: the operator's view of one daemon, rebuilding a projection, and
// the clock of a rehearsal ledger.
#ifndef WAYMARK_LEDGER_SERVICE_ADMIN_SERVICE_H_
#define WAYMARK_LEDGER_SERVICE_ADMIN_SERVICE_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/service/workshop.h"
#include "waymark/v1/admin.grpc.pb.h"

namespace waymark {

// What the daemon hands in of its projections. All set; safe from any thread; only settle blocks.
struct ProjectionControls {
  std::function<std::vector<v1::ProjectionStatus>()> status;
  // `progress` is called after every step; its last call has `flipped` set or is an error.
  std::function<void(const std::string& name,
                     std::function<void(absl::StatusOr<v1::RebuildProjectionReply>)> progress)>
      rebuild;
  // Returns once the daemon has recorded what follows from the ledger and the clock as they are, or
  // after the timeout.
  std::function<void(absl::Duration timeout)> settle;
};

using AdminServiceBase = v1::AdminService::WithRawCallbackMethod_GetStatus<
    v1::AdminService::WithRawCallbackMethod_RebuildProjection<
        v1::AdminService::WithRawCallbackMethod_SetRehearsalClock<v1::AdminService::Service>>>;

class AdminService : public AdminServiceBase {
 public:
  // `workshop` must outlive the server that runs this.
  AdminService(Workshop& workshop, ProjectionControls projections);

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* in, grpc::ByteBuffer* out) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* RebuildProjection(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* in) override;
  grpc::ServerUnaryReactor* SetRehearsalClock(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* in,
                                              grpc::ByteBuffer* out) override;

 private:
  absl::StatusOr<v1::GetStatusReply> Status() const;
  absl::StatusOr<v1::SetRehearsalClockReply> SetClock(
      const v1::SetRehearsalClockRequest& request) const;

  Workshop& workshop_;
  const ProjectionControls projections_;
  const UnixMicros started_at_;
};

// Such as "0.1.0", and the compiler and libraries this was built with.
std::string VersionText();
std::string BuildText();

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_ADMIN_SERVICE_H_
