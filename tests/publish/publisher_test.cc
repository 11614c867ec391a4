#include "ledger/publish/publisher.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "ledger/merkle/note_key.h"
#include "ledger/merkle/proof.h"
#include "tests/publish/publish_world.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using test::PublishWorld;

constexpr PublisherOptions kAtOnce = {.interval = absl::ZeroDuration()};
constexpr PublisherOptions kOnceAnHour = {.interval = absl::Hours(1)};

void FailTest(absl::Status status) { ADD_FAILURE() << status; }

bool WaitFor(HeadWatch& watch, uint64_t size) {
  return watch.WaitUntilAbove(TreeSize{size - 1}, absl::Now() + absl::Seconds(60));
}

TEST(Publisher, StartsWithWhatTheAnchorHolds) {
  PublishWorld world;
  Publisher publisher(world.log(), world.anchor(), PublishWorld::Key(), world.head(),
                      world.published(), FailTest);
  EXPECT_EQ(publisher.newest().checkpoint, world.anchor().checkpoint());
  EXPECT_OK(publisher.NoteOf(TreeSize{0}));
  publisher.Shutdown();
  EXPECT_EQ(publisher.newest().checkpoint.size, TreeSize{0});
}

TEST(Publisher, PublishesTheFirstAppendAfterAnIdleTimeAtOnce) {
  PublishWorld world;
  Publisher publisher(world.log(), world.anchor(), PublishWorld::Key(), world.head(),
                      world.published(), FailTest, kOnceAnHour);
  world.Append(10);
  const uint64_t size = world.log().head().value;
  ASSERT_TRUE(WaitFor(world.published(), size));
  EXPECT_EQ(publisher.newest().checkpoint.size.value, size);
}

TEST(Publisher, WaitsOutItsIntervalAndSignsTheRestAtShutdown) {
  PublishWorld world;
  Publisher publisher(world.log(), world.anchor(), PublishWorld::Key(), world.head(),
                      world.published(), FailTest, kOnceAnHour);
  world.Append(10);
  const TreeSize first = world.log().head();
  ASSERT_TRUE(WaitFor(world.published(), first.value));
  world.Append(10);
  EXPECT_EQ(publisher.newest().checkpoint.size, first);
  publisher.Shutdown();
  EXPECT_EQ(publisher.newest().checkpoint.size, world.log().head());
  EXPECT_EQ(world.published().size(), world.log().head());
  EXPECT_EQ(world.anchor().checkpoint().size, world.log().head());
  publisher.Shutdown();
}

TEST(Publisher, CatchesUpWithWhatWasAppendedBeforeItBegan) {
  PublishWorld world;
  world.Append(500);
  Publisher publisher(world.log(), world.anchor(), PublishWorld::Key(), world.head(),
                      world.published(), FailTest, kOnceAnHour);
  EXPECT_TRUE(WaitFor(world.published(), world.log().head().value));
}

TEST(Publisher, ReleasesOneGrowingHistory) {
  PublishWorld world;
  Publisher publisher(world.log(), world.anchor(), PublishWorld::Key(), world.head(),
                      world.published(), FailTest, kAtOnce);
  std::vector<Released> seen = {publisher.newest()};
  for (int i = 0; i < 60; ++i) {
    world.Append(static_cast<size_t>(1 + i * 5 % 40));
    if (i % 4 == 0) {
      ASSERT_TRUE(WaitFor(world.published(), world.log().head().value));
    }
    const Released newest = publisher.newest();
    if (newest.checkpoint != seen.back().checkpoint) seen.push_back(newest);
  }
  publisher.Shutdown();
  seen.push_back(publisher.newest());
  const auto node = [&](int level, uint64_t index) { return world.log().Node(level, index); };
  const merkle::VerifierKey key = merkle::ParseVkey(PublishWorld::Vkey()).value();
  for (size_t i = 0; i < seen.size(); ++i) {
    const merkle::Checkpoint& older = seen[i].checkpoint;
    const merkle::Checkpoint& newest = seen.back().checkpoint;
    EXPECT_OK(merkle::OpenCheckpoint(seen[i].note, key));
    ASSERT_OK_AND_ASSIGN(const std::string note, publisher.NoteOf(older.size));
    EXPECT_EQ(note, seen[i].note);
    if (older.size.value == 0) continue;
    ASSERT_OK_AND_ASSIGN(const std::vector<Digest> proof,
                         merkle::ProveConsistency(older.size, newest.size, node));
    EXPECT_OK(merkle::VerifyConsistency(older.size, newest.size, proof, older.root, newest.root));
  }
  EXPECT_THAT(publisher.NoteOf(TreeSize{world.log().head().value + 1}),
              test::RefusedWith("CHECKPOINT_NONE"));
}

TEST(Publisher, EndsOnABreachAndSaysSoOnce) {
  PublishWorld world;
  world.Append(10);
  // The file is not what this process knows.
  const std::string path = world.anchor_directory() + "/anchor";
  ASSERT_EQ(rename(path.c_str(), (path + ".away").c_str()), 0);
  absl::Mutex mutex;
  std::vector<absl::Status> failures;
  absl::Notification failed;
  Publisher publisher(
      world.log(), world.anchor(), PublishWorld::Key(), world.head(), world.published(),
      [&](absl::Status status) {
        absl::MutexLock lock(&mutex);
        failures.push_back(status);
        if (failures.size() == 1) failed.Notify();
      },
      kAtOnce);
  failed.WaitForNotification();
  world.Append(10);
  publisher.Shutdown();
  absl::MutexLock lock(&mutex);
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_THAT(failures[0], test::RefusedWith("ANCHOR_MISSING"));
  EXPECT_THAT(publisher.status(), test::RefusedWith("ANCHOR_MISSING"));
  EXPECT_EQ(publisher.newest().checkpoint.size, TreeSize{0});
  EXPECT_EQ(world.published().size(), TreeSize{0}) << "nothing was released";
}

TEST(Publisher, SaysHowLongItHasBeenAtWork) {
  PublishWorld world;
  Publisher publisher(
      world.log(), world.anchor(), PublishWorld::Key(), world.head(), world.published(),
      [](const absl::Status&) {}, kAtOnce);
  world.Append(10);
  ASSERT_TRUE(WaitFor(world.published(), world.log().head().value));
  const std::string path = world.anchor_directory() + "/anchor";
  ASSERT_EQ(rename(path.c_str(), (path + ".away").c_str()), 0);
  world.Append(10);
  publisher.Shutdown();
  EXPECT_THAT(publisher.status(), test::RefusedWith("ANCHOR_MISSING"));
  const absl::Duration behind = publisher.behind();
  EXPECT_GT(behind, absl::ZeroDuration());
  EXPECT_GT(publisher.behind(), behind) << "it goes on for as long as nothing comes out";
}

TEST(Publisher, IsNotBehindOnceAllIsSigned) {
  PublishWorld world;
  world.Append(10);
  Publisher publisher(world.log(), world.anchor(), PublishWorld::Key(), world.head(),
                      world.published(), FailTest, kAtOnce);
  publisher.Shutdown();
  EXPECT_EQ(publisher.newest().checkpoint.size, world.log().head());
  EXPECT_EQ(publisher.behind(), absl::ZeroDuration());
}

}  // namespace
}  // namespace waymark
