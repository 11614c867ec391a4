// This header defines the port: what may be bound, and how many connections there may be. gRPC's
// own listener takes connections until the process has no descriptor left and then never takes one
// again, so the ones here are accepted by a thread of ours and handed over.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<Listener> listener, Listener::Bind("127.0.0.1:0"));
//   listener->Start(builder.experimental().AddExternalConnectionAcceptor(...));   // once it serves
#ifndef WAYMARK_LEDGER_SERVICE_LISTENER_H_
#define WAYMARK_LEDGER_SERVICE_LISTENER_H_

#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "ledger/publish/synced_file.h"

namespace waymark {

// FailedPrecondition TLS_REQUIRED unless the host is a loopback address: nothing else may be bound
// without TLS. InvalidArgument LISTEN_INVALID for what is no HOST:PORT.
absl::Status CheckListenAddress(absl::string_view listen);

// As many descriptors as the process may ask for.
void RaiseDescriptorLimit();

class Listener {
 public:
  // HOST:PORT; port 0 takes a free one, "localhost" is 127.0.0.1. Errors: those of
  // CheckListenAddress; Unavailable PORT_NOT_BOUND.
  static absl::StatusOr<std::unique_ptr<Listener>> Bind(absl::string_view listen);
  ~Listener();  // Stop()
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return port_; }

  // Hands every connection to `acceptor`, whose server has started. Call it once.
  void Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor);
  // Takes no more connections. Safe to call twice.
  void Stop();

 private:
  Listener(FileDescriptor socket, int port);
  void Run();

  const FileDescriptor socket_;
  const int port_;
  // A descriptor has the lowest free number, so one this high says that all below are taken.
  const int descriptors_max_;
  absl::Notification stopped_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::thread thread_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_LISTENER_H_
