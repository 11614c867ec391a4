// Payloads that leave the disk: what remains, what is gone from every file, and what a crash does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ledger/base/refusal.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/rows.h"
#include "ledger/storage/tables.h"
#include "ledger/storage/verify.h"
#include "tests/storage/directory_bytes.h"
#include "tests/storage/sample_ledger.h"
#include "tests/storage/storage_child.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const EventLogOptions kOptions = {.disk_reserve_bytes = 0};

// Names of the files in which the bytes stand.
std::vector<std::string> FilesWith(const std::string& directory, const std::string& bytes) {
  std::vector<std::string> names;
  for (const auto& [name, content] : BytesOfDirectory(directory)) {
    if (content.find(bytes) != std::string::npos) names.push_back(name);
  }
  return names;
}

// False if it takes a minute.
bool IsPurged(const EventLog& log) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (log.erasures_pending() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
  return log.erasures_pending() == 0;
}

void ExpectOnlyTheseErased(const EventLog& log, const SampleLedger& sample,
                           const std::vector<Position>& erased) {
  for (uint64_t p = 0; p < log.head().value; ++p) {
    ASSERT_OK_AND_ASSIGN(const StoredEvent event, log.ReadOne(Position{p}, false));
    const CommitEvent& before = sample.events()[p];
    EXPECT_EQ(event.header, before.header) << p;
    const bool gone = std::find(erased.begin(), erased.end(), Position{p}) != erased.end();
    EXPECT_EQ(event.state, gone ? StoredPayload::kErased : StoredPayload::kPresent) << p;
    EXPECT_EQ(event.payload, gone ? "" : before.payload) << p;
    EXPECT_EQ(event.salt, gone ? "" : before.salt) << p;
  }
}

std::vector<std::string> FaultsIn(const std::string& directory, uint64_t* erased) {
  std::vector<std::string> faults;
  const absl::StatusOr<VerifyReport> report = VerifyData(
      directory, {.on_fault = [&](const Fault& fault) { faults.push_back(FormatFault(fault)); }});
  EXPECT_OK(report);
  *erased = report.ok() ? report->payloads_erased : 0;
  return faults;
}

class ErasureTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK(EventLog::Create(directory_, SampleIdentity())); }
  std::unique_ptr<EventLog> Open() { return *EventLog::Open(directory_, kOptions); }
  const std::string& SaltOf(uint64_t position) const { return sample_.events()[position].salt; }

  TempDir temp_;
  const std::string directory_ = temp_.path() + "/data";
  SampleLedger sample_{5, /*payload_bytes_max=*/60};
};

// The write-ahead log holds them, then files do; some share a row with what stays.
TEST_F(ErasureTest, LeavesNoByteOfPayloadOrSaltInAnyFileAndEverythingElseAsItWas) {
  std::unique_ptr<EventLog> log = Open();
  ASSERT_OK(log->Append(sample_.Next(100)));
  log.reset();
  log = Open();
  ASSERT_OK(log->Append(sample_.Next(100)));
  const std::vector<Position> erased = {Position{0}, Position{31}, Position{32}, Position{150}};
  for (const Position position : erased) {
    EXPECT_THAT(FilesWith(directory_, SaltOf(position.value)), SizeIs(1)) << position.value;
  }
  ASSERT_OK(log->Append(sample_.NextErasing(erased)));
  ExpectOnlyTheseErased(*log, sample_, erased);
  ASSERT_TRUE(IsPurged(*log));
  for (const Position position : erased) {
    EXPECT_THAT(FilesWith(directory_, SaltOf(position.value)), IsEmpty()) << position.value;
    EXPECT_THAT(FilesWith(directory_, sample_.events()[position.value].payload), IsEmpty());
  }
  EXPECT_THAT(FilesWith(directory_, SaltOf(30)), SizeIs(1));
  log.reset();
  log = Open();
  EXPECT_EQ(log->erasures_pending(), 0u);
  ExpectOnlyTheseErased(*log, sample_, erased);
  EXPECT_EQ(log->tree().Root(), sample_.tree().Root());
  log.reset();
  uint64_t count = 0;
  EXPECT_THAT(FaultsIn(directory_, &count), IsEmpty());
  EXPECT_EQ(count, erased.size());
}

TEST_F(ErasureTest, IsPendingWhileAReaderHoldsTheOldFile) {
  std::unique_ptr<EventLog> log = Open();
  ASSERT_OK(log->Append(sample_.Next(40)));
  log.reset();
  log = Open();
  ASSERT_OK(log->Visit(Position{3}, TreeSize{4}, [&](const EventView& event) {
    EXPECT_OK(log->Append(sample_.NextErasing({Position{3}})));
    EXPECT_EQ(log->erasures_pending(), 1u);
    EXPECT_EQ(event.salt, SaltOf(3));
    EXPECT_THAT(FilesWith(directory_, SaltOf(3)), SizeIs(1));
    return absl::OkStatus();
  }));
  ASSERT_TRUE(IsPurged(*log));
  EXPECT_THAT(FilesWith(directory_, SaltOf(3)), IsEmpty());
}

TEST_F(ErasureTest, GoesOnAfterACrashThatLeftTheOldFile) {
  SampleLedger sample(9, /*payload_bytes_max=*/60);
  {
    StorageChild child({"append", directory_, "9", "0", "20"});
    for (int i = 0; i < 20; ++i) ASSERT_NE(child.ReadLine(), "");
  }
  Open().reset();  // Into files.
  StorageChild probe({"read", directory_, "9", "20"});
  ASSERT_EQ(probe.ReadLine().substr(0, 5), "HOLDS");
  std::string salt;
  {
    const std::unique_ptr<EventLog> log = Open();
    salt = log->ReadOne(Position{3}, false)->salt;
  }
  StorageChild child({"erase", directory_, "9", "20", "3"});
  ASSERT_EQ(child.ReadLine(), "READY");
  EXPECT_EQ(child.Kill(), -9);
  EXPECT_THAT(FilesWith(directory_, salt), SizeIs(1));
  const std::unique_ptr<EventLog> log = Open();
  EXPECT_EQ(log->ReadOne(Position{3}, false)->state, StoredPayload::kErased);
  ASSERT_TRUE(IsPurged(*log));
  EXPECT_THAT(FilesWith(directory_, salt), IsEmpty());
}

TEST_F(ErasureTest, RefusesToEraseFromARowThatCannotBeReadAndGoesOn) {
  std::unique_ptr<EventLog> log = Open();
  ASSERT_OK(log->Append(sample_.Next(40)));
  log.reset();
  {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Tables> tables,
                         Tables::Open(directory_, {.mode = Tables::Mode::kReadWrite}));
    ASSERT_TRUE(
        tables->db().Put({}, tables->of(Family::kPayloads), EventKey(Position{0}), "\x01").ok());
  }
  log = Open();
  SampleLedger other = sample_;
  const absl::Status refused = log->Append(sample_.NextErasing({Position{3}}));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(ReasonOf(refused), "EVENT_DAMAGED");
  EXPECT_EQ(log->head(), TreeSize{40});
  EXPECT_EQ(log->erasures_pending(), 0u);
  EXPECT_OK(log->Append(other.NextErasing({Position{33}})));
  EXPECT_TRUE(IsPurged(*log));
}

}  // namespace
}  // namespace waymark::test
