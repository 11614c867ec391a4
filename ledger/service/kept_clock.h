// This header defines the clock of an open rehearsal ledger: what it was set to outlives the
// process, also where nothing has been recorded since. A start that put it back would take away
// days that could be asked about before.
//
//   ASSIGN_OR_RETURN(const auto clock, KeptClock::Open("/var/lib/waymark",
//   log.last_recorded_at())); RETURN_IF_ERROR(clock->Set(UnixMicros{1711962000000000}));
#ifndef WAYMARK_LEDGER_SERVICE_KEPT_CLOCK_H_
#define WAYMARK_LEDGER_SERVICE_KEPT_CLOCK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "ledger/base/clock.h"
#include "ledger/base/types.h"

namespace waymark {

// Safe from any thread.
class KeptClock : public Clock {
 public:
  // Stands at what `directory` keeps, never before `recorded`, the newest recorded_at. DataLoss
  // CLOCK_FILE_DAMAGED.
  static absl::StatusOr<std::unique_ptr<KeptClock>> Open(const std::string& directory,
                                                         UnixMicros recorded);

  UnixMicros Now() const override { return clock_.Now(); }
  int64_t MonotonicMicros() const override { return clock_.MonotonicMicros(); }

  // Kept first, then shown. Writes the disk. FailedPrecondition CLOCK_BACKWARDS; Unavailable
  // CLOCK_NOT_KEPT where it cannot be written: the clock stands as before.
  absl::Status Set(UnixMicros now);

 private:
  KeptClock(std::string directory, UnixMicros start)
      : directory_(std::move(directory)), clock_(start) {}

  const std::string directory_;
  absl::Mutex setting_;  // one at a time, so that the file never goes back
  RehearsalClock clock_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_KEPT_CLOCK_H_
