#include "ledger/service/admin_service.h"

#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/service/feed_start.h"
#include "ledger/service/message_codec.h"
#include "ledger/service/rebuild_stream.h"
#include "ledger/service/transparency_service.h"
#include "ledger/service/unary_call.h"

namespace waymark {

namespace {

// How long a clock that is set waits for what follows from it; then it goes on all the same.
constexpr absl::Duration kRehearsalSettleMax = absl::Seconds(10);

}  // namespace

std::string VersionText() { return WAYMARK_VERSION; }

std::string BuildText() {
  return absl::StrCat("g++ " __VERSION__ ", gRPC ", grpc::Version(), ", Protobuf ",
                      google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION));
}

AdminService::AdminService(Workshop& workshop, ProjectionControls projections)
    : workshop_(workshop),
      projections_(std::move(projections)),
      started_at_{static_cast<uint64_t>(absl::ToUnixMicros(absl::Now()))} {}

grpc::ServerUnaryReactor* AdminService::GetStatus(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* in,
                                                  grpc::ByteBuffer* out) {
  return AnswerUnary<v1::GetStatusRequest>(
      workshop_, context, in, out, [this](const v1::GetStatusRequest&) { return Status(); });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* AdminService::RebuildProjection(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* in) {
  const absl::StatusOr<v1::RebuildProjectionRequest> request =
      DecodeRequest<v1::RebuildProjectionRequest>(*in);
  if (!request.ok()) return RefuseStream(request.status());
  auto stream = std::make_shared<RebuildStream>(workshop_, context);
  grpc::ServerWriteReactor<grpc::ByteBuffer>* const reactor = StartStream(workshop_, stream);
  if (reactor != stream.get()) return reactor;
  projections_.rebuild(request->name(), [stream = std::weak_ptr<PullStream>(stream)](
                                            absl::StatusOr<v1::RebuildProjectionReply> progress) {
    const std::shared_ptr<PullStream> open = stream.lock();
    if (open == nullptr) return;
    static_cast<RebuildStream*>(open.get())->Report(std::move(progress));
  });
  return reactor;
}

grpc::ServerUnaryReactor* AdminService::SetRehearsalClock(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* in,
                                                          grpc::ByteBuffer* out) {
  return AnswerUnary<v1::SetRehearsalClockRequest>(
      workshop_, context, in, out,
      [this](const v1::SetRehearsalClockRequest& request) { return SetClock(request); });
}

absl::StatusOr<v1::GetStatusReply> AdminService::Status() const {
  const LedgerParts& ledger = workshop_.ledger();
  const EventLog& log = ledger.log;
  const Released newest = ledger.publisher.newest();
  const CommitterStatus committer = ledger.committer.status();
  const UnixMicros now = workshop_.Now();
  v1::GetStatusReply reply;
  reply.set_ledger(workshop_.ledger_id());
  reply.set_rehearsal(log.identity().rehearsal);
  reply.set_vkey(VkeyOf(log.identity()));
  reply.set_head(ledger.head.size().value);
  reply.set_published_size(newest.checkpoint.size.value);
  *reply.mutable_published_at() = ToTimestamp(UnixMicros{
      static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixMicros(newest.released_at)))});
  reply.set_disk_free_bytes(log.disk_free_bytes());
  reply.set_disk_reserve_bytes(log.disk_reserve_bytes());
  reply.set_database_bytes(log.database_bytes());
  reply.set_version(VersionText());
  reply.set_build(BuildText());
  *reply.mutable_started_at() = ToTimestamp(started_at_);
  *reply.mutable_now() = ToTimestamp(now);
  *reply.mutable_last_recorded_at() = ToTimestamp(log.last_recorded_at());
  reply.set_format_version(kStorageFormat);
  reply.set_erasures_pending(log.erasures_pending());
  reply.set_queued_requests(static_cast<uint32_t>(committer.queued_requests));

  std::vector<std::string> alarms;
  const auto alarm = [&](bool on, const char* word) {
    if (on) alarms.push_back(word);
  };
  alarm(committer.clock_back, "CLOCK_BACK");
  alarm(committer.clock_ahead, "CLOCK_AHEAD");
  alarm(!committer.failed.ok(), "COMMITTER_STOPPED");
  alarm(log.disk_free_bytes() < log.disk_reserve_bytes(), "DISK_LOW");
  alarm(!ledger.publisher.status().ok(), "PUBLISHER_STOPPED");
  alarm(ledger.publisher.behind() > absl::Seconds(kCheckpointLateSeconds), "CHECKPOINT_LATE");
  bool stopped = false;
  for (v1::ProjectionStatus& projection : projections_.status()) {
    stopped |= !projection.fault().empty();
    *reply.add_projections() = std::move(projection);
  }
  alarm(stopped, "PROJECTION_STOPPED");
  std::sort(alarms.begin(), alarms.end());
  reply.mutable_alarms()->Add(alarms.begin(), alarms.end());
  return reply;
}

absl::StatusOr<v1::SetRehearsalClockReply> AdminService::SetClock(
    const v1::SetRehearsalClockRequest& request) const {
  KeptClock* const clock = workshop_.ledger().rehearsal_clock;
  if (clock == nullptr) {
    return Refuse({.code = absl::StatusCode::kFailedPrecondition,
                   .reason = "NOT_A_REHEARSAL",
                   .message = absl::StrCat("the clock of ", workshop_.ledger_id(),
                                           " is the machine's; only a ledger made with init "
                                           "--rehearsal has one that is set")});
  }
  if (!request.has_now()) {
    return Refuse({.reason = "INSTANT_INVALID", .message = "now: not set", .field = "now"});
  }
  ASSIGN_OR_RETURN(const UnixMicros now, ToUnixMicros(request.now(), "now"));
  // What the past brought about is recorded before it is past, and what the new day brings before
  // anybody goes on: a story plays the same each time.
  projections_.settle(kRehearsalSettleMax);
  RETURN_IF_ERROR(clock->Set(now));
  projections_.settle(kRehearsalSettleMax);
  v1::SetRehearsalClockReply reply;
  *reply.mutable_now() = ToTimestamp(clock->Now());
  return reply;
}

}  // namespace waymark
