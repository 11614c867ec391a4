#include "ledger/service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark {
namespace {

constexpr int kMillisPerSecond = 1000;
// The pauses of a drain are no bounds that a caller meets (that is kShutdownSeconds), so they stand
// here. For what has been answered to leave, and for word to the clients that the server goes; gRPC
// waits this long for connections whose clients do nothing.
constexpr auto kLastBytesWait = std::chrono::milliseconds(250);
// For the calls that the last answers bring about: they are told DRAINING. Once gRPC shuts down it
// ends such a call with CANCELLED, which says nothing.
constexpr absl::Duration kLateCallsWait = absl::Milliseconds(50);

void SetBounds(grpc::ServerBuilder* builder) {
  grpc::ResourceQuota quota("waymark");
  quota.Resize(kGrpcMemoryBytesMax);
  // Reflection, which is not ours, holds a thread for each of its streams; nothing else does.
  quota.SetMaxThreads(kReflectionThreadsMax);
  builder->SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder->SetResourceQuota(quota);
  builder->SetMaxReceiveMessageSize(static_cast<int>(kReceiveMessageBytesMax));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kConcurrentStreamsPerConnectionMax);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(kMetadataBytesMax));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                              kConnectionIdleSecondsMax * kMillisPerSecond);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                              kConnectionAgeSecondsMax * kMillisPerSecond);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                              kConnectionAgeSecondsMax * kMillisPerSecond);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveSeconds * kMillisPerSecond);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                              kKeepaliveTimeoutSeconds * kMillisPerSecond);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              kClientPingSecondsMin * kMillisPerSecond);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const LedgerParts& parts,
                                                      MaturityQueries queries,
                                                      ProjectionControls projections,
                                                      const ServerOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Listener> listener, Listener::Bind(options.listen));
  grpc::EnableDefaultHealthCheckService(true);
  static const bool reflection = [] {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(reflection);

  std::unique_ptr<Server> server(new Server(options.drain_max));
  WorkshopOptions workshop_options = options.workshop;
  workshop_options.claims = {queries.evaluate_clause, queries.wait_for};
  server->workshop_ = std::make_unique<Workshop>(parts, workshop_options);
  Workshop& workshop = *server->workshop_;
  server->ledger_ = std::make_unique<LedgerService>(workshop);
  server->maturity_ = std::make_unique<MaturityService>(workshop, std::move(queries));
  server->transparency_ = std::make_unique<TransparencyService>(workshop);
  server->admin_ = std::make_unique<AdminService>(workshop, std::move(projections));

  grpc::ServerBuilder builder;
  SetBounds(&builder);
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor =
      builder.experimental().AddExternalConnectionAcceptor(
          grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
          grpc::InsecureServerCredentials());
  builder.RegisterService(server->ledger_.get());
  builder.RegisterService(server->maturity_.get());
  builder.RegisterService(server->transparency_.get());
  builder.RegisterService(server->admin_.get());
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return Refuse({.code = absl::StatusCode::kInternal,
                   .reason = "SERVER_NOT_STARTED",
                   .message = "gRPC did not start; its own words are in the log"});
  }
  server->address_ =
      absl::StrCat(options.listen.substr(0, options.listen.rfind(':')), ":", listener->port());
  grpc::HealthCheckServiceInterface& health = *server->server_->GetHealthCheckService();
  health.SetServingStatus(true);
  for (const char* service :
       {v1::LedgerService::service_full_name(), v1::MaturityService::service_full_name(),
        v1::TransparencyService::service_full_name(), v1::AdminService::service_full_name()}) {
    health.SetServingStatus(service, true);
  }
  server->listener_ = std::move(listener);
  server->listener_->Start(std::move(acceptor));
  return server;
}

Server::~Server() { Drain(nullptr); }

void Server::Drain(const std::function<void()>& stop_writing) {
  if (drained_) return;
  drained_ = true;
  if (server_ != nullptr) {
    server_->GetHealthCheckService()->SetServingStatus(false);
    workshop_->streams().Close();
    if (stop_writing != nullptr) stop_writing();
    workshop_->streams().EndAll(DrainingStatus());
    // What could be signed is; whoever still waits for more waits in vain.
    workshop_->EndWaiting();
    listener_->Stop();
    workshop_->calls().Close();
    const absl::Duration until = MonotonicNow() + drain_max_;
    workshop_->calls().WaitUntilNone(drain_max_);
    workshop_->streams().WaitUntilEmpty(until - MonotonicNow());
    absl::SleepFor(kLateCallsWait);
    // Cuts off whoever is left. Never returns while a reactor is unfinished; the daemon's watchdog
    // stands behind it.
    server_->Shutdown(std::chrono::system_clock::now() + kLastBytesWait);
    workshop_->streams().WaitUntilEmpty(drain_max_);
  }
  if (workshop_ != nullptr) workshop_->Close();
}

}  // namespace waymark
