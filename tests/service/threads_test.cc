// The pool, the timers and the waits that the reactors stand on.
#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "ledger/service/task_pool.h"
#include "ledger/service/timers.h"
#include "ledger/service/workshop.h"
#include "ledger/storage/head_watch.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

TEST(TaskPool, RefusesWhatItsBoundDoesNotHold) {
  TaskPool pool(1, 2);
  absl::Notification busy, go_on;
  ASSERT_TRUE(pool.Schedule([&] {
    busy.Notify();
    go_on.WaitForNotification();
  }));
  busy.WaitForNotification();
  EXPECT_TRUE(pool.Schedule([] {}));
  EXPECT_TRUE(pool.Schedule([] {}));
  EXPECT_FALSE(pool.Schedule([] {}));
  go_on.Notify();
}

TEST(TaskPool, RunsWhatWaitsBeforeItCloses) {
  std::atomic<int> ran{0};
  TaskPool pool(2, 100);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.Schedule([&] { ++ran; }));
  pool.Close();
  EXPECT_EQ(ran, 100);
  EXPECT_FALSE(pool.Schedule([] {}));
}

TEST(Timers, CallInTheOrderOfTheirTimes) {
  Timers timers;
  absl::Mutex mutex;
  std::vector<int> order;
  absl::BlockingCounter left(3);
  const auto note = [&](int number) {
    return [&, number] {
      absl::MutexLock lock(&mutex);
      order.push_back(number);
      left.DecrementCount();
    };
  };
  timers.CallAfter(absl::Milliseconds(30), note(3));
  timers.CallAfter(absl::Milliseconds(10), note(1));
  timers.CallAfter(absl::Milliseconds(20), note(2));
  left.Wait();
  EXPECT_THAT(order, testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(timers.waiting(), 0);
}

TEST(Timers, DoNotCallWhatWasCancelled) {
  Timers timers;
  std::atomic<bool> called{false};
  const uint64_t ticket = timers.CallAfter(absl::Hours(1), [&] { called = true; });
  EXPECT_EQ(timers.waiting(), 1);
  EXPECT_TRUE(timers.Cancel(ticket));
  EXPECT_FALSE(timers.Cancel(ticket));
  EXPECT_EQ(timers.waiting(), 0);
  absl::Notification fired;
  const uint64_t done = timers.CallAfter(absl::ZeroDuration(), [&] { fired.Notify(); });
  fired.WaitForNotification();
  EXPECT_FALSE(timers.Cancel(done));
  EXPECT_FALSE(called);
}

TEST(Timers, LetACallbackArmAndCancelOthers) {
  Timers timers;
  absl::Notification second;
  timers.CallAfter(absl::ZeroDuration(), [&] {
    const uint64_t never = timers.CallAfter(absl::Hours(1), [] {});
    timers.Cancel(never);
    timers.CallAfter(absl::ZeroDuration(), [&] { second.Notify(); });
  });
  second.WaitForNotification();
}

TEST(Timers, TakeAnInfiniteDelayForNever) {
  Timers timers;
  timers.CallAfter(absl::InfiniteDuration(), [] { FAIL(); });
  timers.CallAfter(-absl::InfiniteDuration(), [] {});
  timers.Close();
}

TEST(HeadRelay, IsNotCalledOnceItIsClosed) {
  HeadWatch source(TreeSize{0});
  std::atomic<bool> over{false};
  std::thread mover([&] {
    for (uint64_t size = 1; !over; ++size) source.Publish(TreeSize{size});
  });
  for (int round = 0; round < 3000; ++round) {
    TaskPool pool(1, 16);
    HeadRelay relay(source, pool);
    if (round % 2 == 0) {
      relay.relayed().WaitUntilAbove(relay.relayed().size(), absl::Now() + absl::Minutes(1));
    }
    relay.Close();
    pool.Close();
    // From here on its memory is another's.
  }
  over = true;
  mover.join();
}

}  // namespace
}  // namespace waymark
