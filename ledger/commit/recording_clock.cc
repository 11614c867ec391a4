#include "ledger/commit/recording_clock.h"

#include <algorithm>

#include "ledger/base/limits.h"

namespace waymark {

RecordingClock::RecordingClock(UnixMicros last_recorded_at, ClockReading start)
    : last_recorded_at_(last_recorded_at),
      believed_{std::max(last_recorded_at, start.wall), start.monotonic_micros} {}

UnixMicros RecordingClock::Expected(int64_t monotonic_micros) const {
  const int64_t passed = std::max<int64_t>(0, monotonic_micros - believed_.monotonic_micros);
  return UnixMicros{believed_.wall.value + static_cast<uint64_t>(passed)};
}

RecordingTime RecordingClock::Read(ClockReading now) const {
  RecordingTime time{.recorded_at = now.wall, .clock = now.wall};
  const UnixMicros expected = Expected(now.monotonic_micros);
  if (now.wall.value > expected.value + kClockAheadMicrosMax) {
    time.ahead = true;
    time.recorded_at = expected;
  }
  if (time.recorded_at < last_recorded_at_) {
    time.back = true;
    time.recorded_at = last_recorded_at_;
  }
  return time;
}

void RecordingClock::Recorded(const RecordingTime& time, ClockReading now) {
  last_recorded_at_ = time.recorded_at;
  // Only ever moved up: while the wall clock is behind, the time that passes still counts, so that
  // the clock is believed again once someone has set it right.
  if (time.recorded_at > Expected(now.monotonic_micros)) {
    believed_ = {time.recorded_at, now.monotonic_micros};
  }
}

}  // namespace waymark
