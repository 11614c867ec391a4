#include "ledger/service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"

namespace waymark {
namespace {

constexpr int kMillisPerSecond = 1000;

// The host of HOST:PORT, without brackets.
absl::StatusOr<absl::string_view> HostOf(absl::string_view listen) {
  const size_t colon = listen.rfind(':');
  absl::string_view host;
  absl::StatusOr<uint64_t> port = absl::InvalidArgumentError("none");
  if (colon != absl::string_view::npos) {
    host = listen.substr(0, colon);
    port = merkle::FromDecimal(listen.substr(colon + 1));
  }
  const bool bracketed = absl::ConsumePrefix(&host, "[");
  if (!port.ok() || *port > 65535 || host.empty() ||
      (bracketed && !absl::ConsumeSuffix(&host, "]")) ||
      (!bracketed && absl::StrContains(host, ":"))) {
    return Refuse({.reason = "LISTEN_INVALID",
                   .message = absl::StrCat("listen: found \"", listen,
                                           "\"; HOST:PORT such as 127.0.0.1:7443 or [::1]:7443"),
                   .field = "listen"});
  }
  return host;
}

// Four decimal bytes, the first 127. A name other than localhost may resolve to anything.
bool IsLoopback(absl::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  const std::vector<absl::string_view> bytes = absl::StrSplit(host, '.');
  return bytes.size() == 4 && bytes[0] == "127" &&
         std::all_of(bytes.begin(), bytes.end(), [](absl::string_view byte) {
           const absl::StatusOr<uint64_t> value = merkle::FromDecimal(byte);
           return value.ok() && *value <= 255;
         });
}

void SetBounds(grpc::ServerBuilder* builder) {
  grpc::ResourceQuota quota("waymark");
  quota.Resize(kGrpcMemoryBytesMax);
  builder->SetResourceQuota(quota);
  builder->SetMaxReceiveMessageSize(static_cast<int>(kReceiveMessageBytesMax));
  // A second server on the same port must fail to bind, not share its connections.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
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

absl::Status CheckListenAddress(absl::string_view listen) {
  ASSIGN_OR_RETURN(const absl::string_view host, HostOf(listen));
  if (IsLoopback(host)) return absl::OkStatus();
  return Refuse({.code = absl::StatusCode::kFailedPrecondition,
                 .reason = "TLS_REQUIRED",
                 .message = absl::StrCat("listen: ", host,
                                         " can be reached from other machines, and this build has "
                                         "no TLS; use 127.0.0.1"),
                 .field = "listen"});
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const LedgerParts& parts,
                                                      MaturityQueries queries,
                                                      ProjectionControls projections,
                                                      const ServerOptions& options) {
  RETURN_IF_ERROR(CheckListenAddress(options.listen));
  grpc::EnableDefaultHealthCheckService(true);
  static const bool reflection = [] {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(reflection);

  std::unique_ptr<Server> server(new Server());
  server->workshop_ = std::make_unique<Workshop>(parts, options.workshop);
  Workshop& workshop = *server->workshop_;
  server->ledger_ = std::make_unique<LedgerService>(workshop);
  server->maturity_ = std::make_unique<MaturityService>(workshop, std::move(queries));
  server->transparency_ = std::make_unique<TransparencyService>(workshop);
  server->admin_ = std::make_unique<AdminService>(workshop, std::move(projections));

  grpc::ServerBuilder builder;
  SetBounds(&builder);
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &server->port_);
  builder.RegisterService(server->ledger_.get());
  builder.RegisterService(server->maturity_.get());
  builder.RegisterService(server->transparency_.get());
  builder.RegisterService(server->admin_.get());
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || server->port_ == 0) {
    return Refuse({.code = absl::StatusCode::kUnavailable,
                   .reason = "PORT_NOT_BOUND",
                   .message = absl::StrCat("listen: ", options.listen,
                                           " cannot be bound; another process may serve there"),
                   .field = "listen"});
  }
  server->address_ =
      absl::StrCat(options.listen.substr(0, options.listen.rfind(':')), ":", server->port_);
  grpc::HealthCheckServiceInterface& health = *server->server_->GetHealthCheckService();
  health.SetServingStatus(true);
  for (const char* service :
       {v1::LedgerService::service_full_name(), v1::MaturityService::service_full_name(),
        v1::TransparencyService::service_full_name(), v1::AdminService::service_full_name()}) {
    health.SetServingStatus(service, true);
  }
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
    // Never returns while a reactor is unfinished; the daemon's watchdog stands behind it.
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(kShutdownSeconds));
    workshop_->streams().WaitUntilEmpty(absl::Seconds(kShutdownSeconds));
  }
  if (workshop_ != nullptr) workshop_->Close();
}

}  // namespace waymark
