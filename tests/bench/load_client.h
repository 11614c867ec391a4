// This header defines the load: requests made beforehand, sent as fast as the answers allow. A
// ledger and the server that does nothing get the same bytes from the same code.
//
//   LoadClient load("127.0.0.1:7443");
//   ASSIGN_OR_RETURN(const double seconds, load.Unary(requests, 64));
#ifndef WAYMARK_TESTS_BENCH_LOAD_CLIENT_H_
#define WAYMARK_TESTS_BENCH_LOAD_CLIENT_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "waymark/v1/ledger.grpc.pb.h"

namespace waymark::bench {

class LoadClient {
 public:
  // Opens kConnections connections.
  explicit LoadClient(const std::string& address);

  // Seconds from the first request sent to the last answer, with `in_flight` unanswered at any
  // time. The first refusal ends the run and is the result.
  absl::StatusOr<double> Unary(const std::vector<v1::AppendRequest>& requests, int in_flight) const;

  // The same over one AppendStream a connection, each with at most `window` unanswered.
  absl::StatusOr<double> Stream(const std::vector<v1::AppendRequest>& requests, int window) const;

 private:
  static constexpr int kConnections = 2;

  std::vector<std::unique_ptr<v1::LedgerService::Stub>> stubs_;
};

}  // namespace waymark::bench

#endif  // WAYMARK_TESTS_BENCH_LOAD_CLIENT_H_
