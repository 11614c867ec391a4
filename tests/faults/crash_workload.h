// This header defines what is appended while the daemon is killed, and what the daemon acknowledged
// before it died. It lives in another process than the daemon, so that what it remembers survives.
#ifndef WAYMARK_TESTS_FAULTS_CRASH_WORKLOAD_H_
#define WAYMARK_TESTS_FAULTS_CRASH_WORKLOAD_H_

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "clients/cpp/client.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark::faults {

// A request that was acknowledged, and the fixed part of its receipt as it first came.
struct Acknowledged {
  v1::AppendRequest request;
  std::string receipt;
};

class CrashWorkload {
 public:
  CrashWorkload(std::string ledger, uint64_t seed) : ledger_(std::move(ledger)), random_(seed) {}

  // Registers the contracts that the rounds append to.
  absl::Status Begin(const Client& client);

  // Appends from several threads, one request after the other each, until the daemon stops
  // answering or `enough` requests were acknowledged in this round; then calls `kill` once, while
  // the others go on.
  void Run(const std::string& address, uint64_t enough, const std::function<void()>& kill);

  // Sends every acknowledged request of the last round again, and every one whose outcome is
  // unknown: the first must give their receipts byte for byte; the second may now be recorded.
  // Aborted naming what differs.
  absl::Status SettleRound(const Client& client);

  // All since the start.
  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }

 private:
  v1::AppendRequest NextRequest();

  const std::string ledger_;
  absl::Mutex mutex_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
  uint64_t requests_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Acknowledged> acknowledged_;
  size_t settled_ = 0;  // of acknowledged_
  std::vector<v1::AppendRequest> unknown_;
};

}  // namespace waymark::faults

#endif  // WAYMARK_TESTS_FAULTS_CRASH_WORKLOAD_H_
