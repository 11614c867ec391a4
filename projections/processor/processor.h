// This header defines the processor: it follows the maturity view and has the daemon record what
// nobody else does (system_events.h), once each, soon after it came about.
//
//   Processor processor(engine, log, clock, merkle::Sha256, append);
//   ... the ledger serves ...
//   processor.Stop();   // before the committer shuts down
//
// It never decides: what it appends goes through the same rules as any request. What is refused is
// left alone until the contract changes or its next day comes.
#ifndef WAYMARK_PROJECTIONS_PROCESSOR_PROCESSOR_H_
#define WAYMARK_PROJECTIONS_PROCESSOR_PROCESSOR_H_

#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledger/base/clock.h"
#include "ledger/storage/event_log.h"
#include "projections/engine/engine.h"
#include "projections/maturity/viewed_contracts.h"
#include "projections/processor/system_events.h"

namespace waymark::processor {

// Appends a request for the daemon and gives the size of the ledger after it. Blocks until it is
// durable or refused.
using AppendFunction = std::function<absl::StatusOr<TreeSize>(v1::AppendRequest request)>;

// Safe from any thread. What it is given must outlive it.
class Processor {
 public:
  // `hash` is SHA-256; `clock` gives the civil day.
  Processor(ProjectionEngine& engine, const EventLog& log, const Clock& clock, HashFunction hash,
            AppendFunction append);
  ~Processor();  // Stop()
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  // Returns when everything recorded before the call, at the clock's present day, has been looked
  // at and what follows from it is recorded; or after `timeout`, or when it stops.
  void Settle(absl::Duration timeout);

  // Ends the thread. Safe to call twice.
  void Stop();

 private:
  // What is known of a contract since it was last looked at.
  struct Seen {
    Position newest;
    std::optional<absl::CivilDay> next_day;
    // What was appended for it; nothing is looked for before the view holds it.
    TreeSize appended;
  };
  struct Round {
    TreeSize applied;
    UnixMicros now;
  };

  void Work();
  // One look at every contract that changed, or whose day came. True if nothing was appended and no
  // contract waits for the view.
  bool LookAround(const View& view, UnixMicros now);
  // False if something was appended.
  bool LookAt(const View& view, const std::string& contract_id, Position newest, UnixMicros now);
  bool AppendAll(const std::string& contract_id, const std::vector<v1::AppendRequest>& requests);

  ProjectionEngine& engine_;
  const EventLog& log_;
  const Clock& clock_;
  const HashFunction hash_;
  const AppendFunction append_;
  maturity::ViewedContracts contracts_;
  absl::flat_hash_map<std::string, Seen> seen_;  // the thread's own

  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // Somebody waits: look at once.
  bool hurried_ ABSL_GUARDED_BY(mutex_) = false;
  // The newest round that found nothing left to do.
  std::optional<Round> quiet_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// How often the view and the day are looked at when nobody waits.
inline constexpr absl::Duration kLookEvery = absl::Milliseconds(500);
// Contracts whose states it keeps.
inline constexpr size_t kContractsInMemoryMax = 64;

}  // namespace waymark::processor

#endif  // WAYMARK_PROJECTIONS_PROCESSOR_PROCESSOR_H_
