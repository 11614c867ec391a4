// This header defines the contract that is asked about while the ledger around it grows: the same
// life in a ledger of any size, told on a rehearsal ledger by the rules, and the questions about
// it.
//
//   WatchedContract watched(client, ledger_id, matrix);
//   RETURN_IF_ERROR(watched.Begin());
//   RETURN_IF_ERROR(watched.Live(0));      // a quarter of its life; others' events between
//   WatchedQuestions questions(address, watched.id(), watched.middle());
//   ASSIGN_OR_RETURN(const double micros, questions.Ask("standings", "now", 100));
#ifndef WAYMARK_TESTS_BENCH_WATCHED_CONTRACT_H_
#define WAYMARK_TESTS_BENCH_WATCHED_CONTRACT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "clients/cpp/client.h"
#include "tests/end_to_end/golden_fixture.h"
#include "waymark/v1/maturity.grpc.pb.h"

namespace waymark::bench {

class WatchedContract {
 public:
  static constexpr int kQuarters = 22;
  // Of the ledger's clock before the first quarter.
  static constexpr char kClock[] = "2024-06-30T09:00:00Z";

  // The client must outlive it.
  WatchedContract(const Client& client, const std::string& ledger,
                  const golden::MatrixVersion& matrix);

  // Registers it, with a clause that reads all its ladders. REQUIRES: once, before any quarter.
  absl::Status Begin();
  // Sets the clock to the quarter and records two determinations with all that they rest on; every
  // fifth time one that corrects an earlier one. REQUIRES: each once, in order.
  absl::Status Live(int quarter);

  const std::string& id() const { return id_; }
  // The newest event in the middle of its life.
  uint64_t middle() const { return middle_; }

 private:
  absl::Status Determine(const std::string& focus, int level, int64_t supersedes);

  const Client& client_;
  uint64_t newest_position_ = 0;
  golden::Fixture fixture_;
  std::string id_;
  absl::CivilDay today_;
  uint64_t middle_ = 0;
  uint64_t determinations_ = 0;
};

class WatchedQuestions {
 public:
  // Connects, and waits for that.
  WatchedQuestions(const std::string& address, std::string contract_id, uint64_t middle);

  // Waits until every event below `head` is applied.
  absl::Status AwaitApplied(uint64_t head);
  // Asks `count` times, one after the other; microseconds of the median answer. Kinds: standings,
  // longevity, evaluation. Moments: now; past, an as_of in the middle of its life; past-known, the
  // same by what was known then.
  absl::StatusOr<double> Ask(const std::string& kind, const std::string& moment, int count);

 private:
  absl::Status AskOnce(const std::string& kind, const v1::Question& question);

  const std::string contract_id_;
  const uint64_t middle_;
  std::unique_ptr<v1::MaturityService::Stub> stub_;
};

}  // namespace waymark::bench

#endif  // WAYMARK_TESTS_BENCH_WATCHED_CONTRACT_H_
