#include "ledger/storage/head_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace waymark::test {
namespace {

using ::testing::ElementsAre;

TEST(HeadWatch, SizesNeverFall) {
  HeadWatch watch(TreeSize{5});
  watch.Publish(TreeSize{7});
  watch.Publish(TreeSize{6});
  EXPECT_EQ(watch.size(), TreeSize{7});
}

TEST(HeadWatch, CallsBackOnceWhenTheSizeIsAbove) {
  HeadWatch watch(TreeSize{5});
  std::vector<int> calls;
  watch.CallWhenAbove(TreeSize{4}, [&] { calls.push_back(4); });  // Already so: at once.
  EXPECT_THAT(calls, ElementsAre(4));
  watch.CallWhenAbove(TreeSize{6}, [&] { calls.push_back(6); });
  watch.CallWhenAbove(TreeSize{5}, [&] { calls.push_back(5); });
  watch.Publish(TreeSize{6});
  EXPECT_THAT(calls, ElementsAre(4, 5));
  watch.Publish(TreeSize{9});
  EXPECT_THAT(calls, ElementsAre(4, 5, 6));
  watch.Publish(TreeSize{10});
  EXPECT_THAT(calls, ElementsAre(4, 5, 6));
}

TEST(HeadWatch, ACallbackMayWaitAgain) {
  HeadWatch watch(TreeSize{0});
  std::vector<uint64_t> seen;
  std::function<void()> turn = [&] {
    seen.push_back(watch.size().value);
    if (seen.size() < 3) watch.CallWhenAbove(watch.size(), turn);
  };
  watch.CallWhenAbove(TreeSize{0}, turn);
  for (uint64_t size = 1; size <= 5; ++size) watch.Publish(TreeSize{size});
  EXPECT_THAT(seen, ElementsAre(1, 2, 3));
}

TEST(HeadWatch, WhatIsCancelledNeverRuns) {
  HeadWatch watch(TreeSize{0});
  int calls = 0;
  const uint64_t ticket = watch.CallWhenAbove(TreeSize{0}, [&] { ++calls; });
  const uint64_t other = watch.CallWhenAbove(TreeSize{0}, [&] { calls += 10; });
  EXPECT_TRUE(watch.Cancel(ticket));
  EXPECT_FALSE(watch.Cancel(ticket));
  watch.Publish(TreeSize{1});
  EXPECT_EQ(calls, 10);
  EXPECT_FALSE(watch.Cancel(other));
}

TEST(HeadWatch, CloseEndsAllWaitingNowAndLater) {
  HeadWatch watch(TreeSize{0});
  int calls = 0;
  watch.CallWhenAbove(TreeSize{0}, [&] { ++calls; });
  std::thread waiter(
      [&] { EXPECT_FALSE(watch.WaitUntilAbove(TreeSize{0}, absl::InfiniteFuture())); });
  watch.Close();
  waiter.join();
  EXPECT_EQ(calls, 1);
  watch.CallWhenAbove(TreeSize{0}, [&] { ++calls; });
  EXPECT_EQ(calls, 2);
  EXPECT_FALSE(watch.WaitUntilAbove(TreeSize{0}, absl::InfiniteFuture()));
}

TEST(HeadWatch, WaitingEndsAtTheDeadline) {
  HeadWatch watch(TreeSize{3});
  EXPECT_TRUE(watch.WaitUntilAbove(TreeSize{2}, absl::InfinitePast()));
  EXPECT_FALSE(watch.WaitUntilAbove(TreeSize{3}, absl::Now() + absl::Milliseconds(1)));
}

TEST(HeadWatch, EveryWaiterOnManyThreadsIsWokenExactlyOnce) {
  constexpr int kThreads = 4;
  constexpr uint64_t kSizes = 500;
  HeadWatch watch(TreeSize{0});
  std::atomic<uint64_t> calls{0};
  std::atomic<uint64_t> cancelled{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (uint64_t size = 0; size < kSizes; ++size) {
        const uint64_t ticket = watch.CallWhenAbove(TreeSize{size}, [&] { ++calls; });
        if (thread == 0 && size % 3 == 0 && watch.Cancel(ticket)) ++cancelled;
      }
      EXPECT_TRUE(watch.WaitUntilAbove(TreeSize{kSizes - 1}, absl::InfiniteFuture()));
    });
  }
  for (uint64_t size = 1; size <= kSizes; ++size) watch.Publish(TreeSize{size});
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(calls + cancelled, kThreads * kSizes);
}

}  // namespace
}  // namespace waymark::test
