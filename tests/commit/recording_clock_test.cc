#include "ledger/commit/recording_clock.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

#include "ledger/base/limits.h"

namespace waymark {
namespace {

constexpr uint64_t kStart = 1720000000000000;
constexpr int64_t kSecond = 1000000;
constexpr int64_t kHour = 3600 * kSecond;

// A wall clock that can be pushed about, and a monotonic one that cannot.
struct Clocks {
  int64_t wall = kStart;
  int64_t monotonic = 77;
  ClockReading Read() const { return {UnixMicros{static_cast<uint64_t>(wall)}, monotonic}; }
  void Pass(int64_t micros) {
    wall += micros;
    monotonic += micros;
  }
};

RecordingTime Commit(const Clocks& clocks, RecordingClock* recording) {
  const RecordingTime time = recording->Read(clocks.Read());
  recording->Recorded(time, clocks.Read());
  return time;
}

TEST(RecordingClock, RecordsWhatAGoodClockSays) {
  Clocks clocks;
  RecordingClock recording(UnixMicros{0}, clocks.Read());
  for (const int64_t passed : {int64_t{0}, kSecond, 24 * kHour}) {
    clocks.Pass(passed);
    const RecordingTime time = Commit(clocks, &recording);
    EXPECT_EQ(time.recorded_at.value, static_cast<uint64_t>(clocks.wall));
    EXPECT_EQ(time.clock, time.recorded_at);
    EXPECT_FALSE(time.back);
    EXPECT_FALSE(time.ahead);
  }
}

TEST(RecordingClock, T30StandsStillAndFlagsAClockThatStepsBack) {
  Clocks clocks;
  RecordingClock recording(UnixMicros{0}, clocks.Read());
  Commit(clocks, &recording);
  clocks.wall -= kHour;
  const RecordingTime time = Commit(clocks, &recording);
  EXPECT_EQ(time.recorded_at.value, kStart);
  EXPECT_EQ(time.clock.value, kStart - kHour) << "the raw reading is kept";
  EXPECT_TRUE(time.back);
  EXPECT_FALSE(time.ahead);
  // Caught up again: goes on, and says nothing.
  clocks.Pass(kHour + kSecond);
  const RecordingTime later = Commit(clocks, &recording);
  EXPECT_EQ(later.recorded_at.value, kStart + kSecond);
  EXPECT_FALSE(later.back);
}

TEST(RecordingClock, T30TakesAFrozenClockAsItIs) {
  Clocks clocks;
  RecordingClock recording(UnixMicros{0}, clocks.Read());
  for (int i = 0; i < 3; ++i) {
    clocks.monotonic += kHour;
    const RecordingTime time = Commit(clocks, &recording);
    EXPECT_EQ(time.recorded_at.value, kStart);
    EXPECT_FALSE(time.back);
  }
}

TEST(RecordingClock, T31DoesNotBelieveAClockThatRunsAhead) {
  Clocks clocks;
  RecordingClock recording(UnixMicros{0}, clocks.Read());
  Commit(clocks, &recording);
  clocks.Pass(kSecond);
  clocks.wall += 24 * kHour;
  const RecordingTime time = Commit(clocks, &recording);
  EXPECT_TRUE(time.ahead);
  EXPECT_FALSE(time.back);
  EXPECT_EQ(time.recorded_at.value, kStart + kSecond) << "goes on by the monotonic clock";
  EXPECT_EQ(time.clock.value, static_cast<uint64_t>(clocks.wall));
  clocks.Pass(kSecond);
  EXPECT_EQ(Commit(clocks, &recording).recorded_at.value, kStart + 2 * kSecond);
  // Mended: nothing later was pushed into the future.
  clocks.wall -= 24 * kHour;
  clocks.Pass(kSecond);
  const RecordingTime mended = Commit(clocks, &recording);
  EXPECT_EQ(mended.recorded_at.value, kStart + 3 * kSecond);
  EXPECT_FALSE(mended.ahead);
  EXPECT_FALSE(mended.back);
}

TEST(RecordingClock, T31BelievesUpToTheBoundAndNoFurther) {
  Clocks clocks;
  const RecordingClock recording(UnixMicros{0}, clocks.Read());
  clocks.wall += kClockAheadMicrosMax;
  EXPECT_FALSE(recording.Read(clocks.Read()).ahead);
  clocks.wall += 1;
  EXPECT_TRUE(recording.Read(clocks.Read()).ahead);
}

TEST(RecordingClock, BelievesAnyClockAfterTheProcessLayStill) {
  Clocks clocks;
  const RecordingClock recording(UnixMicros{kStart - 1000 * static_cast<uint64_t>(kHour)},
                                 clocks.Read());
  EXPECT_FALSE(recording.Read(clocks.Read()).ahead);
  EXPECT_EQ(recording.Read(clocks.Read()).recorded_at.value, kStart);
}

TEST(RecordingClock, BelievesAClockThatIsSetRightAfterAStepBack) {
  Clocks clocks;
  RecordingClock recording(UnixMicros{0}, clocks.Read());
  Commit(clocks, &recording);
  clocks.wall -= 2 * kHour;
  for (int i = 0; i < 60; ++i) {
    clocks.Pass(60 * kSecond);
    Commit(clocks, &recording);
  }
  clocks.wall += 2 * kHour;
  const RecordingTime time = Commit(clocks, &recording);
  EXPECT_FALSE(time.ahead) << "an hour passed while it was wrong";
  EXPECT_EQ(time.recorded_at.value, kStart + kHour);
}

TEST(RecordingClock, ACommitThatIsGivenUpLeavesNoTrace) {
  Clocks clocks;
  const RecordingClock recording(UnixMicros{0}, clocks.Read());
  clocks.Pass(kSecond);
  EXPECT_EQ(recording.Read(clocks.Read()).recorded_at.value, kStart + kSecond);
  clocks.wall -= kSecond;
  EXPECT_EQ(recording.Read(clocks.Read()).recorded_at.value, kStart);
}

TEST(RecordingClock, NeverGoesDownWhateverTheClocksDo) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    Clocks clocks;
    RecordingClock recording(UnixMicros{kStart / 2}, clocks.Read());
    uint64_t last = 0;
    for (int i = 0; i < 200; ++i) {
      clocks.Pass(static_cast<int64_t>(random() % 1000) * 1000);
      const int64_t step = static_cast<int64_t>(random() % 7200) * kSecond;
      if (random() % 8 == 0) clocks.wall += random() % 2 == 0 ? step : -step;
      const RecordingTime time = Commit(clocks, &recording);
      ASSERT_GE(time.recorded_at.value, last);
      ASSERT_EQ(time.clock.value, static_cast<uint64_t>(clocks.wall));
      last = time.recorded_at.value;
    }
  }
}

}  // namespace
}  // namespace waymark
