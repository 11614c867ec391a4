// This header defines where time comes from. Only the daemon reads a clock; folds and rules get
// instants and days as arguments. Order never comes from a clock.
#ifndef WAYMARK_LEDGER_BASE_CLOCK_H_
#define WAYMARK_LEDGER_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "ledger/base/types.h"

namespace waymark {

// Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // What the wall clock says; may step back or jump.
  virtual UnixMicros Now() const = 0;
  // Microseconds from some fixed moment; never goes back.
  virtual int64_t MonotonicMicros() const = 0;
};

class SystemClock : public Clock {
 public:
  UnixMicros Now() const override;
  int64_t MonotonicMicros() const override;
};

// The clock of a rehearsal ledger: it stands where it was set, and is set forward only. Monotonic
// time follows it, so that a long step forward is believed.
class RehearsalClock : public Clock {
 public:
  explicit RehearsalClock(UnixMicros start) : now_(start.value) {}
  UnixMicros Now() const override { return UnixMicros{now_.load()}; }
  int64_t MonotonicMicros() const override { return static_cast<int64_t>(now_.load()); }
  // FailedPrecondition CLOCK_BACKWARDS if `now` lies before what the clock says.
  absl::Status Set(UnixMicros now);

 private:
  std::atomic<uint64_t> now_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_BASE_CLOCK_H_
