// This header defines the watch over the thread that writes. The database has known ways to hold a
// write up for ever, and then nothing is recorded, refused or reported any more: better the process
// ends and starts again.
//
//   const CommitWatchdog watchdog(*log, [](absl::Status why) { End(why); });
#ifndef WAYMARK_LEDGER_SERVICE_COMMIT_WATCHDOG_H_
#define WAYMARK_LEDGER_SERVICE_COMMIT_WATCHDOG_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/base/limits.h"
#include "ledger/service/timers.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// Looks are counted and not time, so that a process that was stopped for a while is not ended when
// it goes on.
struct CommitWatchdogOptions {
  absl::Duration look_every = absl::Seconds(1);
  // Looks at one append after which it is given up.
  int looks_max = kCommitStalledSeconds;
};

class CommitWatchdog {
 public:
  // `on_failure` is told Unavailable COMMIT_STALLED, once and on a thread of the watchdog; whether
  // the append is on disk is not known then, and the process must end. `log` must outlive it.
  CommitWatchdog(const EventLog& log, std::function<void(absl::Status)> on_failure,
                 const CommitWatchdogOptions& options = {});
  CommitWatchdog(const CommitWatchdog&) = delete;
  CommitWatchdog& operator=(const CommitWatchdog&) = delete;

 private:
  void Look();

  const EventLog& log_;
  const std::function<void(absl::Status)> on_failure_;
  const CommitWatchdogOptions options_;
  // Of the timer thread alone: the append seen last, and how often it was seen again.
  uint64_t seen_ = 0;
  int looks_ = 0;
  Timers timers_;  // the last member, since its thread uses the others
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_COMMIT_WATCHDOG_H_
