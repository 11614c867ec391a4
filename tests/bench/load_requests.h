// This header defines the requests of the benchmarks: EvidenceSubmitted of kPayloadBytes each,
// salts drawn by the client, all made before the clock starts.
//
//   RequestMill mill("example.com/bench", contracts);
//   ASSIGN_OR_RETURN(const std::vector<v1::AppendRequest> unary, mill.Make(20000, 1, false));
#ifndef WAYMARK_TESTS_BENCH_LOAD_REQUESTS_H_
#define WAYMARK_TESTS_BENCH_LOAD_REQUESTS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/merkle/ed25519.h"
#include "waymark/v1/event.pb.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark::bench {

inline constexpr size_t kPayloadBytes = 256;

// Not synchronised.
class RequestMill {
 public:
  // `contracts` are registered with a matrix that has the focus PI-CS; requests go to them in turn.
  RequestMill(std::string ledger, std::vector<std::string> contracts);

  // `count` requests of `events` events each, never made before; signed with a key of the mill's
  // own where `with_signature`.
  absl::StatusOr<std::vector<v1::AppendRequest>> Make(size_t count, int events,
                                                      bool with_signature);

 private:
  v1::EvidenceSubmitted NextEvent();

  const std::string ledger_;
  const std::vector<std::string> contracts_;
  const merkle::PrivateKey key_;
  std::mt19937_64 random_;
  uint64_t events_made_ = 0;
  uint64_t requests_made_ = 0;
};

}  // namespace waymark::bench

#endif  // WAYMARK_TESTS_BENCH_LOAD_REQUESTS_H_
