// This header defines what all reactors share: the ledger's parts, as the daemon hands them in, and
// the threads, timers and lists that serve the calls.
//
//   Workshop workshop({log, committer, publisher, head, published, clock}, {});
//   ... the services work on it ...
//   workshop.Close();   // after the gRPC server has ended
#ifndef WAYMARK_LEDGER_SERVICE_WORKSHOP_H_
#define WAYMARK_LEDGER_SERVICE_WORKSHOP_H_

#include <grpcpp/server_context.h>

#include <cstdint>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledger/base/clock.h"
#include "ledger/commit/committer.h"
#include "ledger/publish/publisher.h"
#include "ledger/service/calls_in_flight.h"
#include "ledger/service/claim_check.h"
#include "ledger/service/kept_clock.h"
#include "ledger/service/seen_values.h"
#include "ledger/service/stream_registry.h"
#include "ledger/service/task_pool.h"
#include "ledger/service/timers.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/head_watch.h"
#include "waymark/v1/proof.pb.h"

namespace waymark {

// What is served. All of it must outlive the workshop; the committer and the publisher must be shut
// down before the workshop is closed.
struct LedgerParts {
  const EventLog& log;
  Committer& committer;
  const Publisher& publisher;
  HeadWatch& head;
  HeadWatch& published;
  const Clock& clock;
  // Set on a rehearsal ledger; it is `clock`.
  KeptClock* rehearsal_clock = nullptr;
};

struct WorkshopOptions {
  StreamLimits streams;
  int reader_threads = 2;
  int question_threads = 2;
  // Set where events that claim something are taken.
  ClaimQueries claims = {};
};

// Hands the moves of one watch on to many waiters, from a reader thread: the commit thread pays for
// one notice, not for one a subscriber.
class HeadRelay {
 public:
  HeadRelay(HeadWatch& source, TaskPool& pool);
  HeadRelay(const HeadRelay&) = delete;
  HeadRelay& operator=(const HeadRelay&) = delete;

  // Follows the source, a moment behind. Wait here; read the size at the source.
  HeadWatch& relayed() { return relayed_; }
  // Stops following and ends all waiting: the source calls nothing more when it returns. Safe to
  // call twice.
  void Close();

 private:
  void Arm();
  bool AtRest() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !armed_; }

  HeadWatch& source_;
  TaskPool& pool_;
  HeadWatch relayed_;
  absl::Mutex arming_;  // one at a time, and Close; taken before mutex_
  uint64_t ticket_ ABSL_GUARDED_BY(arming_) = 0;
  bool closed_ ABSL_GUARDED_BY(arming_) = false;
  absl::Mutex mutex_;
  // The source has a callback of ours that it has not finished.
  bool armed_ ABSL_GUARDED_BY(mutex_) = false;
};

// Safe from any thread.
class Workshop {
 public:
  Workshop(const LedgerParts& parts, const WorkshopOptions& options);
  ~Workshop();  // Close()
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  const LedgerParts& ledger() const { return parts_; }
  const std::string& ledger_id() const { return parts_.log.identity().ledger_id; }
  // The ledger's own time: the clock, or the newest recorded_at where the clock lies behind it.
  UnixMicros Now() const;

  // For turns of streams; never full, since each stream has at most one entry.
  TaskPool& readers() { return readers_; }
  // For unary calls.
  TaskPool& questions() { return questions_; }
  Timers& timers() { return timers_; }
  StreamRegistry& streams() { return streams_; }
  CallsInFlight& calls() { return calls_; }
  SeenValues& seen() { return seen_; }
  const ClaimQueries& claims() const { return claims_; }

  // Where a stream of this level waits, and how far it may deliver now.
  HeadWatch& WatchOf(v1::AckLevel level);
  TreeSize VisibleHead(v1::AckLevel level) const;

  // Calls `done` once: OK as soon as `watch` is above `size`, DeadlineExceeded when the timeout
  // passes first, Unavailable DRAINING where waiting was ended. `done` must be short and must not
  // block.
  void WaitAbove(HeadWatch& watch, TreeSize size, absl::Duration timeout,
                 std::function<void(absl::Status)> done);

  // Answers whoever waits, now and later.
  void EndWaiting();
  // Ends the threads. Safe to call twice.
  void Close();

 private:
  const LedgerParts parts_;
  const ClaimQueries claims_;
  TaskPool readers_;
  TaskPool questions_;
  Timers timers_;
  StreamRegistry streams_;
  CallsInFlight calls_;
  SeenValues seen_;
  HeadRelay head_relay_;
  HeadRelay published_relay_;
};

// DURABLE and PUBLISHED pass; unset is DURABLE. FailedPrecondition WITNESSES_NOT_CONFIGURED,
// InvalidArgument ACK_LEVEL_UNKNOWN; both name `field`.
absl::StatusOr<v1::AckLevel> CheckLevel(v1::AckLevel level, absl::string_view field);

// What is left of a unary call's time, at most kUnaryDeadlineSecondsMax whatever the caller asked
// for. DeadlineExceeded DEADLINE_EXPIRED if nothing is.
absl::StatusOr<absl::Duration> TimeLeft(const grpc::CallbackServerContext& context);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_WORKSHOP_H_
