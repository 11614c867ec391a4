#include "ledger/base/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using ::waymark::test::RefusedWith;

TEST(RehearsalClock, StandsWhereItWasSet) {
  RehearsalClock clock(UnixMicros{1000});
  EXPECT_EQ(clock.Now(), UnixMicros{1000});
  ASSERT_OK(clock.Set(UnixMicros{2000}));
  EXPECT_EQ(clock.Now(), UnixMicros{2000});
  EXPECT_EQ(clock.MonotonicMicros(), 2000);
  ASSERT_OK(clock.Set(UnixMicros{2000}));
}

TEST(RehearsalClock, GoesForwardOnly) {
  RehearsalClock clock(UnixMicros{1000});
  EXPECT_THAT(clock.Set(UnixMicros{999}), RefusedWith("CLOCK_BACKWARDS"));
  EXPECT_EQ(clock.Now(), UnixMicros{1000});
}

TEST(SystemClock, MonotonicTimeNeverGoesBack) {
  const SystemClock clock;
  int64_t last = clock.MonotonicMicros();
  for (int i = 0; i < 1000; ++i) {
    const int64_t now = clock.MonotonicMicros();
    ASSERT_GE(now, last);
    last = now;
  }
  // After 2020: the wall clock is read, in microseconds.
  EXPECT_GT(clock.Now().value, uint64_t{1577836800} * 1000000);
}

}  // namespace
}  // namespace waymark
