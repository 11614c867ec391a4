// This header defines the gRPC server: its bounds, its services, and how it stops.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Server> server, Server::Start(parts, queries, projections,
//   {"127.0.0.1:7443"}));
//   ... until a signal ...
//   server->Drain(stop_committing);
#ifndef WAYMARK_LEDGER_SERVICE_SERVER_H_
#define WAYMARK_LEDGER_SERVICE_SERVER_H_

#include <grpcpp/server.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/base/limits.h"
#include "ledger/service/admin_service.h"
#include "ledger/service/ledger_service.h"
#include "ledger/service/listener.h"
#include "ledger/service/maturity_service.h"
#include "ledger/service/transparency_service.h"
#include "ledger/service/workshop.h"

namespace waymark {

struct ServerOptions {
  // HOST:PORT; port 0 takes a free one.
  std::string listen = "127.0.0.1:7443";
  WorkshopOptions workshop;
  // How long calls and streams get to end when the server stops.
  absl::Duration drain_max = absl::Seconds(kShutdownSeconds);
};

class Server {
 public:
  // Serves from when it returns: health answers SERVING. Errors: those of Listener::Bind.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const LedgerParts& parts,
                                                       MaturityQueries queries,
                                                       ProjectionControls projections,
                                                       const ServerOptions& options);
  ~Server();  // Drain(nullptr)
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port that was bound, and HOST:PORT with it.
  int port() const { return listener_->port(); }
  const std::string& address() const { return address_; }
  Workshop& workshop() { return *workshop_; }

  // Stops in order: health NOT_SERVING and no new streams; `stop_writing`, which answers what is
  // queued and signs it; every stream ended with Unavailable DRAINING and its cursor; calls that
  // are under way get ServerOptions::drain_max to end, new ones are refused DRAINING. Idle
  // connections are not waited for. Safe to call twice.
  void Drain(const std::function<void()>& stop_writing);

 private:
  explicit Server(absl::Duration drain_max) : drain_max_(drain_max) {}

  const absl::Duration drain_max_;
  std::unique_ptr<Workshop> workshop_;
  std::unique_ptr<LedgerService> ledger_;
  std::unique_ptr<MaturityService> maturity_;
  std::unique_ptr<TransparencyService> transparency_;
  std::unique_ptr<AdminService> admin_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Listener> listener_;
  std::string address_;
  bool drained_ = false;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_SERVER_H_
