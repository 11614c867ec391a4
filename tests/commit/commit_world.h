// This header defines the small world in which commits are tested: a ledger in a directory of its
// own, a clock that stands where it is set, and verbs for what callers do.
//
//   CommitWorld world;
//   ASSERT_OK(world.Append(world.Register("A")));
//   ASSERT_OK_AND_ASSIGN(CommitOutcome outcome, world.Append(world.Evidence("A", "req-1", {"E-1",
//   "E-2"})));
#ifndef WAYMARK_TESTS_COMMIT_COMMIT_WORLD_H_
#define WAYMARK_TESTS_COMMIT_COMMIT_WORLD_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/message.h"
#include "ledger/base/clock.h"
#include "ledger/commit/committer.h"
#include "ledger/merkle/ed25519.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/head_watch.h"
#include "tests/support/temp_dir.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark::test {

inline constexpr char kCommitLedgerId[] = "example.com/commit";

// Both clocks stand until they are moved. Safe from any thread.
class ManualClock : public Clock {
 public:
  UnixMicros Now() const override { return UnixMicros{wall_.load()}; }
  int64_t MonotonicMicros() const override { return monotonic_.load(); }
  void SetWall(UnixMicros wall) { wall_ = wall.value; }
  // Time passes: both clocks go on.
  void Advance(int64_t micros) {
    wall_ += static_cast<uint64_t>(micros);
    monotonic_ += micros;
  }

 private:
  std::atomic<uint64_t> wall_{1720000000000000};  // 2024-07-03
  std::atomic<int64_t> monotonic_{0};
};

// The key that test ledgers sign with.
merkle::PrivateKey TestLedgerKey();

// An event as a caller offers it, with a salt that no other event has (or none).
void AddEvent(const google::protobuf::Message& event, bool salted, v1::AppendRequest* request);

// Signs the request as its author; its events must be salted.
void SignRequest(const merkle::PrivateKey& key, v1::AppendRequest* request);

// The events that a new contract needs before evidence can be submitted: registration and a drafted
// matrix.
v1::AppendRequest RegisterRequest(const std::string& contract_id, const std::string& request_id);
// One EvidenceSubmitted an id, client-salted.
v1::AppendRequest EvidenceRequest(const std::string& contract_id, const std::string& request_id,
                                  const std::vector<std::string>& evidence_ids);
// The same unsalted.
v1::AppendRequest UnsaltedEvidenceRequest(const std::string& contract_id,
                                          const std::string& request_id,
                                          const std::vector<std::string>& evidence_ids);

class CommitWorld {
 public:
  explicit CommitWorld(CommitterOptions options = {},
                       EventLogOptions log_options = {.disk_reserve_bytes = 1});
  ~CommitWorld();

  // Stops and opens everything again, as a restart does.
  void Restart();

  // Accepts, submits and waits for the answer.
  absl::StatusOr<CommitOutcome> Append(v1::AppendRequest request);
  // Submits; the answer comes to `answer`.
  void Submit(v1::AppendRequest request, Committer::Answer answer, uint64_t order_tag = 0);

  EventLog& log() { return *log_; }
  Committer& committer() { return *committer_; }
  ManualClock& clock() { return clock_; }
  HeadWatch& head() { return *head_; }
  const std::string& directory() const { return data_directory_; }
  // What on_failure was told, one each time.
  std::vector<absl::Status> failures() const;

 private:
  void Open();

  TempDir temp_;
  const std::string data_directory_;
  const CommitterOptions options_;
  const EventLogOptions log_options_;
  ManualClock clock_;
  mutable absl::Mutex mutex_;
  std::vector<absl::Status> failures_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<HeadWatch> head_;
  std::unique_ptr<Committer> committer_;
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_COMMIT_COMMIT_WORLD_H_
