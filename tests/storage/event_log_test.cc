#include "ledger/storage/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "ledger/storage/data_directory.h"
#include "tests/storage/coming_tables.h"
#include "tests/storage/directory_bytes.h"
#include "tests/storage/sample_ledger.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark::test {
namespace {

using ::testing::HasSubstr;

class EventLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = temp_.path() + "/data";
    ASSERT_OK(EventLog::Create(directory_, SampleIdentity()));
    Reopen();
  }

  void Reopen() {
    log_.reset();
    options_.disk_reserve_bytes = 0;
    absl::StatusOr<std::unique_ptr<EventLog>> opened = EventLog::Open(directory_, options_);
    ASSERT_OK(opened);
    log_ = *std::move(opened);
  }

  void Append(SampleLedger* sample, size_t events) {
    ASSERT_OK(log_->Append(sample->Next(events)));
  }

  TempDir temp_;
  std::string directory_;
  EventLogOptions options_;
  std::unique_ptr<EventLog> log_;
};

TEST_F(EventLogTest, AnEmptyLedgerHoldsNothing) {
  SampleLedger sample(1);
  ExpectHolds(*log_, sample);
  Reopen();
  ExpectHolds(*log_, sample);
  log_.reset();
  ASSERT_OK_AND_ASSIGN(const Inspection found, EventLog::Inspect(directory_, {}));
  EXPECT_EQ(found.size, TreeSize{});
  EXPECT_EQ(found.root, merkle::CompactTree().Root());
  EXPECT_TRUE(found.identity.rehearsal);
  EXPECT_EQ(found.identity.public_key, SampleIdentity().public_key);
}

TEST_F(EventLogTest, HoldsWhatRandomCommitsWrote) {
  SampleLedger sample(2);
  for (const size_t events : {1, 1, 31, 32, 33, 2, 150, 6, 1, 255, 256, 700, 1, 64}) {
    Append(&sample, events);
    if (HasFatalFailure()) return;
  }
  ExpectHolds(*log_, sample);
  Reopen();
  ExpectHolds(*log_, sample);
  for (int i = 0; i < 40; ++i) Append(&sample, 1 + i % 7);
  ExpectHolds(*log_, sample);
}

TEST_F(EventLogTest, HoldsATreeWhoseTilesReachTheThirdLevel) {
  SampleLedger sample(3, /*payload_bytes_max=*/0);
  while (sample.size().value < 66000) Append(&sample, 4000);
  Append(&sample, 3);
  ExpectHolds(*log_, sample);
  Reopen();
  ExpectHolds(*log_, sample);
  log_.reset();
  for (const uint64_t checked :
       {uint64_t{0}, uint64_t{65536}, uint64_t{66000}, sample.size().value}) {
    ASSERT_OK_AND_ASSIGN(const Inspection found,
                         EventLog::Inspect(directory_, {.checked = TreeSize{checked}}));
    EXPECT_EQ(found.size, sample.size());
    EXPECT_EQ(found.tree.Root(), sample.tree().Root());
  }
}

TEST_F(EventLogTest, EveryCommitCanBeReopenedAndInspected) {
  SampleLedger sample(4);
  for (int i = 0; i < 12; ++i) {
    Append(&sample, 1 + 40 * i);
    log_.reset();
    ASSERT_OK_AND_ASSIGN(const Inspection found, EventLog::Inspect(directory_, {}));
    ASSERT_EQ(found.size, sample.size());
    ASSERT_EQ(found.root, sample.roots().back());
    Reopen();
    ASSERT_EQ(log_->tree().Root(), sample.tree().Root());
  }
  ExpectHolds(*log_, sample);
}

TEST_F(EventLogTest, InspectingChangesNoByte) {
  SampleLedger sample(5);
  for (int i = 0; i < 5; ++i) Append(&sample, 100);
  // With a log that was never flushed: what a killed process leaves.
  const std::string copy = temp_.path() + "/killed";
  CopyDirectory(directory_, copy);
  const DirectoryBytes before = BytesOfDirectory(copy);
  ASSERT_OK_AND_ASSIGN(const Inspection found, EventLog::Inspect(copy, {}));
  EXPECT_EQ(found.size, sample.size());
  EXPECT_EQ(BytesOfDirectory(copy), before);
}

TEST_F(EventLogTest, ReadingStopsAtItsBounds) {
  SampleLedger sample(6);
  Append(&sample, 200);
  ReadOptions options;
  options.until = TreeSize{100};
  options.events_max = 1000;
  EXPECT_EQ(log_->Read(Position{40}, options)->size(), 60u);
  EXPECT_EQ(log_->Read(Position{100}, options)->size(), 0u);
  options.events_max = 7;
  EXPECT_EQ(log_->Read(Position{40}, options)->size(), 7u);
  options.bytes_max = 1;
  EXPECT_EQ(log_->Read(Position{40}, options)->size(), 1u);
  options.headers_only = true;
  ASSERT_OK_AND_ASSIGN(const std::vector<StoredEvent> headers, log_->Read(Position{40}, options));
  EXPECT_EQ(headers[0].state, StoredPayload::kNotRead);
  EXPECT_EQ(headers[0].header, sample.events()[40].header);
  EXPECT_EQ(headers[0].payload, "");
  const auto& [contract, positions] = *sample.streams().begin();
  ASSERT_GT(positions.size(), 5u);
  EXPECT_EQ(log_->StreamPositions(contract, Revision{3}, 2)->size(), 2u);
  EXPECT_THAT(log_->ReadOne(Position{200}, false), RefusedWith("POSITION_BEYOND_HEAD"));
}

TEST_F(EventLogTest, WhoHasSeenATreeFindsItsEvents) {
  SampleLedger sample(12, /*payload_bytes_max=*/0);
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const TreeSize size = log_->tree().size();
        ASSERT_LE(size, log_->head());
      }
    });
  }
  for (int i = 0; i < 3000; ++i) Append(&sample, 1);
  done = true;
  for (std::thread& reader : readers) reader.join();
}

TEST_F(EventLogTest, RefusesToWriteIntoTheDiskReserveAndGoesOnOnceThereIsSpace) {
  SampleLedger sample(7);
  Append(&sample, 10);
  options_.disk_reserve_bytes = std::numeric_limits<uint64_t>::max();
  log_.reset();
  ASSERT_OK_AND_ASSIGN(log_, EventLog::Open(directory_, options_));
  const CommitRecord next = sample.Next(5);
  EXPECT_THAT(log_->Append(next), RefusedWith("DISK_RESERVE"));
  EXPECT_THAT(log_->Append(next),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("bytes free")));
  EXPECT_EQ(log_->head(), TreeSize{10});
  Reopen();
  EXPECT_OK(log_->Append(next));
  ExpectHolds(*log_, sample);
}

TEST_F(EventLogTest, KnowsWhatHasReachedFiles) {
  SampleLedger sample(8);
  Append(&sample, 300);
  EXPECT_EQ(log_->flushed_size(), TreeSize{});
  Reopen();  // An open rewrites the log into files.
  EXPECT_EQ(log_->flushed_size(), TreeSize{300});
  // Every buffer of every family is filled several times over by 16 MB and the bound on the log.
  SampleLedger& big = sample;
  for (int i = 0; i < 4; ++i) Append(&big, 200);
  EXPECT_EQ(log_->flushed_size(), TreeSize{300});
  EXPECT_GT(log_->database_bytes(), 300u * 100);
  EXPECT_GT(log_->disk_free_bytes(), 0u);
  EXPECT_EQ(log_->disk_reserve_bytes(), 0u);
}

TEST_F(EventLogTest, ASecondOpenInTheSameProcessIsRefused) {
  EXPECT_THAT(EventLog::Open(directory_, options_), RefusedWith("LEDGER_LOCKED"));
  EXPECT_THAT(EventLog::Inspect(directory_, {}), RefusedWith("LEDGER_LOCKED"));
  SampleLedger sample(9);
  Append(&sample, 3);  // The first is unharmed.
  ExpectHolds(*log_, sample);
}

TEST_F(EventLogTest, CreatingTwiceIsRefusedAndChangesNothing) {
  SampleLedger sample(10);
  Append(&sample, 3);
  log_.reset();
  const DirectoryBytes before = BytesOfDirectory(directory_);
  EXPECT_THAT(EventLog::Create(directory_, SampleIdentity()), RefusedWith("LEDGER_EXISTS"));
  EXPECT_EQ(BytesOfDirectory(directory_), before);
}

TEST_F(EventLogTest, AnotherLedgerIsRefused) {
  log_.reset();
  EXPECT_THAT(EventLog::Inspect(directory_, {.ledger_id = "other.example/log"}),
              RefusedWith("LEDGER_OTHER"));
  options_.ledger_id = "other.example/log";
  EXPECT_THAT(EventLog::Open(directory_, options_), RefusedWith("LEDGER_OTHER"));
  options_.ledger_id = kSampleLedgerId;
  EXPECT_OK(EventLog::Open(directory_, options_));
}

size_t LogFiles(const std::string& directory) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    count += entry.path().extension() == ".log" ? 1 : 0;
  }
  return count;
}

TEST_F(EventLogTest, AFlushThatFailsIsToldOfWithoutAnotherAppend) {
  absl::Notification told;
  options_.on_failure = [&told](const absl::Status& why) {
    EXPECT_THAT(why, RefusedWith("WRITE_FAILED"));
    told.Notify();
  };
  Reopen();
  const std::vector<std::string> in_the_way = ComingTables(directory_);
  for (const std::string& path : in_the_way) std::filesystem::create_directory(path);
  SampleLedger sample(11);
  // A second log is begun when a flush is.
  const size_t logs = LogFiles(directory_);
  while (LogFiles(directory_) == logs && log_->Append(sample.NextSingle(1 << 20)).ok()) {
  }
  EXPECT_TRUE(told.WaitForNotificationWithTimeout(absl::Minutes(1)));
  EXPECT_THAT(log_->Append(sample.NextSingle(1)), RefusedWith("WRITE_FAILED"));
  const TreeSize head = log_->head();
  EXPECT_GT(head.value, 10u);
  for (const std::string& path : in_the_way) std::filesystem::remove(path);
  options_.on_failure = nullptr;
  Reopen();
  EXPECT_GE(log_->head(), head) << "what was acknowledged is in the log";
}

}  // namespace
}  // namespace waymark::test
