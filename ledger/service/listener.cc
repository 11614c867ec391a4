#include "ledger/service/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"

namespace waymark {
namespace {

// How long the thread waits where the system has nothing to accept with.
constexpr absl::Duration kRetryAfter = absl::Milliseconds(100);

struct HostAndPort {
  std::string host;  // without brackets
  uint16_t port = 0;
};

absl::StatusOr<HostAndPort> Parse(absl::string_view listen) {
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
  return HostAndPort{std::string(host), static_cast<uint16_t>(*port)};
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

// The address as the system has it; its size is the result.
socklen_t AddressOf(const HostAndPort& at, sockaddr_storage* address) {
  *address = {};
  if (at.host == "::1") {
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(address);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(at.port);
    v6->sin6_addr = in6addr_loopback;
    return sizeof(*v6);
  }
  auto* const v4 = reinterpret_cast<sockaddr_in*>(address);
  v4->sin_family = AF_INET;
  v4->sin_port = htons(at.port);
  const std::string& host = at.host == "localhost" ? "127.0.0.1" : at.host;
  WAYMARK_CHECK(inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1);
  return sizeof(*v4);
}

bool Set(int socket, int level, int option, int value) {
  return setsockopt(socket, level, option, &value, sizeof(value)) == 0;
}

// A socket that listens at the address, with what its connections take over from it.
FileDescriptor Open(const sockaddr_storage& address, socklen_t size) {
  FileDescriptor file(socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const bool listens =
      file.valid() && Set(file.get(), SOL_SOCKET, SO_REUSEADDR, 1) &&
      Set(file.get(), IPPROTO_TCP, TCP_NODELAY, 1) &&
      Set(file.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, kKeepaliveTimeoutSeconds * 1000) &&
      bind(file.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
      listen(file.get(), SOMAXCONN) == 0;
  return listens ? std::move(file) : FileDescriptor();
}

int PortOf(int socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  WAYMARK_CHECK(getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

int DescriptorsMax() {
  rlimit limit;
  WAYMARK_CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlim_t reserve = std::min<rlim_t>(kDescriptorReserve, limit.rlim_cur / 2);
  return static_cast<int>(
      std::min<rlim_t>(limit.rlim_cur - reserve, kDescriptorReserve + kConnectionsMax));
}

}  // namespace

absl::Status CheckListenAddress(absl::string_view listen) {
  ASSIGN_OR_RETURN(const HostAndPort at, Parse(listen));
  if (IsLoopback(at.host)) return absl::OkStatus();
  return Refuse({.code = absl::StatusCode::kFailedPrecondition,
                 .reason = "TLS_REQUIRED",
                 .message = absl::StrCat("listen: ", at.host,
                                         " can be reached from other machines, and this build has "
                                         "no TLS; use 127.0.0.1"),
                 .field = "listen"});
}

void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Bind(absl::string_view listen) {
  RETURN_IF_ERROR(CheckListenAddress(listen));
  ASSIGN_OR_RETURN(const HostAndPort at, Parse(listen));
  sockaddr_storage address;
  const socklen_t size = AddressOf(at, &address);
  FileDescriptor file = Open(address, size);
  if (!file.valid()) {
    return Refuse({.code = absl::StatusCode::kUnavailable,
                   .reason = "PORT_NOT_BOUND",
                   .message = absl::StrCat("listen: ", listen, " cannot be bound: ",
                                           strerror(errno), "; another process may serve there"),
                   .field = "listen"});
  }
  const int port = PortOf(file.get());
  return absl::WrapUnique(new Listener(std::move(file), port));
}

Listener::Listener(FileDescriptor socket, int port)
    : socket_(std::move(socket)), port_(port), descriptors_max_(DescriptorsMax()) {}

Listener::~Listener() { Stop(); }

void Listener::Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor) {
  acceptor_ = std::move(acceptor);
  thread_ = std::thread([this] { Run(); });
}

void Listener::Stop() {
  if (!stopped_.HasBeenNotified()) stopped_.Notify();
  shutdown(socket_.get(), SHUT_RDWR);  // wakes the thread
  if (thread_.joinable()) thread_.join();
}

void Listener::Run() {
  while (!stopped_.HasBeenNotified()) {
    // Not in accept4 itself, which takes its descriptor before it waits.
    pollfd coming = {socket_.get(), POLLIN, 0};
    poll(&coming, 1, /*timeout=*/-1);
    FileDescriptor taken(accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!taken.valid()) {
      if (errno != EINTR && errno != EAGAIN && errno != ECONNABORTED) {
        stopped_.WaitForNotificationWithTimeout(kRetryAfter);
      }
      continue;
    }
    if (taken.get() >= descriptors_max_) continue;  // closes it
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = taken.release();
    acceptor_->HandleNewConnection(&connection);
  }
}

}  // namespace waymark
