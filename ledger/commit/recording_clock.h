// This header defines which instant a commit is recorded at. Order comes from positions; this only
// sees to it that recorded_at never decreases, and that one wrong reading of the wall clock does
// not push every later event into the future.
//
//   RecordingClock recording(log.last_recorded_at(), {clock.Now(), clock.MonotonicMicros()});
//   const ClockReading reading = {clock.Now(), clock.MonotonicMicros()};
//   const RecordingTime time = recording.Read(reading);
//   ... time.recorded_at goes into the headers of a plan; before the next one is made:
//   recording.Recorded(time, reading);
#ifndef WAYMARK_LEDGER_COMMIT_RECORDING_CLOCK_H_
#define WAYMARK_LEDGER_COMMIT_RECORDING_CLOCK_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "ledger/base/types.h"

namespace waymark {

// The flags of every event that is recorded at another instant than the wall clock said.
inline constexpr absl::string_view kClockBackFlag = "CLOCK_BACK";
inline constexpr absl::string_view kClockAheadFlag = "CLOCK_AHEAD";

// Both clocks, read together.
struct ClockReading {
  UnixMicros wall;
  int64_t monotonic_micros = 0;
};

struct RecordingTime {
  UnixMicros recorded_at;
  // What the wall clock said.
  UnixMicros clock;
  // The wall clock lies behind the newest event; recorded_at stands still until it has caught up.
  bool back = false;
  // The wall clock ran further ahead than kClockAheadMicrosMax; recorded_at goes on by the
  // monotonic clock.
  bool ahead = false;
};

// Pure: no clock is read here. One thread at a time.
class RecordingClock {
 public:
  // `start` is believed however far it lies ahead: nothing is known of the time the process did not
  // run.
  RecordingClock(UnixMicros last_recorded_at, ClockReading start);

  // The time for a commit planned now. Changes nothing.
  RecordingTime Read(ClockReading now) const;

  // A commit with this time is on its way.
  void Recorded(const RecordingTime& time, ClockReading now);

 private:
  // Where a clock would be that had run on from the furthest believed reading.
  UnixMicros Expected(int64_t monotonic_micros) const;

  UnixMicros last_recorded_at_;
  ClockReading believed_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_RECORDING_CLOCK_H_
