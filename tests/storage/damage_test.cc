// Real files are cut, flipped, holed and lost, disks fill up and processes die: an event log must
// then hold what was written, or a prefix of it where only an anchor outside can tell, or refuse.
// Never other bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ledger/storage/event_log.h"
#include "tests/storage/directory_bytes.h"
#include "tests/storage/sample_ledger.h"
#include "tests/storage/storage_child.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const EventLogOptions kNoReserve = {.disk_reserve_bytes = 0};
// RocksDB's write-ahead log: blocks, and records in up to as many fragments with a header each.
constexpr uint64_t kLogBlockBytes = 32768;

uint64_t SizeOf(const std::string& file) { return std::filesystem::file_size(file); }

class DamageTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK(EventLog::Create(directory_, SampleIdentity())); }

  // Appends `commits` commits of one event each and copies the directory as a power cut would leave
  // it.
  void MakeKilled(int commits) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<EventLog> log,
                         EventLog::Open(directory_, kNoReserve));
    for (int i = 0; i < commits; ++i) {
      ASSERT_OK(log->Append(sample_.NextSingle(700)));
      log_sizes_.push_back(SizeOf(FilesEndingIn(directory_, ".log").back()));
    }
    CopyDirectory(directory_, killed_);
    log_file_ = FilesEndingIn(killed_, ".log").back();
  }

  void DamageLog(const std::function<void(std::string*)>& damage) {
    CopyDirectory(directory_copy_, killed_);
    std::string bytes = BytesOfFile(log_file_);
    damage(&bytes);
    WriteFile(log_file_, bytes);
  }

  // The size that an inspection finds, with the right root for it.
  void ExpectHoldsPrefix(uint64_t size) {
    ASSERT_OK_AND_ASSIGN(const Inspection found, EventLog::Inspect(killed_, {}));
    EXPECT_EQ(found.size.value, size);
    EXPECT_EQ(found.root, sample_.roots()[size]);
    EXPECT_EQ(found.tree.Root(), found.root);
  }

  TempDir temp_;
  SampleLedger sample_{21};
  const std::string directory_ = temp_.path() + "/data";
  const std::string killed_ = temp_.path() + "/killed";
  const std::string directory_copy_ = temp_.path() + "/copy";
  std::string log_file_;
  std::vector<uint64_t> log_sizes_;  // of the write-ahead log after each commit
};

// What opening says to each damage of the live write-ahead log. Where it holds a prefix, the anchor
// refuses.
TEST_F(DamageTest, TheWriteAheadLogIsRefusedOrHoldsAPrefix) {
  constexpr int kCommits = 200;
  MakeKilled(kCommits);
  CopyDirectory(killed_, directory_copy_);
  ExpectHoldsPrefix(kCommits);

  DamageLog([](std::string* bytes) { bytes->resize(bytes->size() - 100); });
  ExpectHoldsPrefix(kCommits - 1);  // A torn tail: what a power cut leaves.

  DamageLog([](std::string* bytes) { bytes->resize(bytes->size() / 2); });
  ASSERT_OK_AND_ASSIGN(const Inspection half, EventLog::Inspect(killed_, {}));
  EXPECT_LT(half.size.value, kCommits * 2 / 3);
  ExpectHoldsPrefix(half.size.value);

  DamageLog([](std::string* bytes) { (*bytes)[bytes->size() / 2] ^= 1; });
  EXPECT_THAT(EventLog::Inspect(killed_, {}), RefusedWith("LEDGER_DAMAGED"));

  DamageLog([](std::string* bytes) { (*bytes)[bytes->size() - 50] ^= 1; });
  EXPECT_THAT(EventLog::Inspect(killed_, {}), RefusedWith("LEDGER_DAMAGED"));

  DamageLog([](std::string* bytes) {
    bytes->replace(bytes->size() / 3, 65536, std::string(65536, '\0'));
  });
  EXPECT_THAT(EventLog::Inspect(killed_, {}), RefusedWith("LEDGER_DAMAGED"));

  DamageLog([](std::string* bytes) { bytes->clear(); });
  ExpectHoldsPrefix(0);

  CopyDirectory(directory_copy_, killed_);
  std::filesystem::remove(log_file_);
  ExpectHoldsPrefix(0);
}

TEST_F(DamageTest, ATailTornAtAnyByteLeavesThePrefixBeforeIt) {
  constexpr int kCommits = 8;
  MakeKilled(kCommits);
  CopyDirectory(killed_, directory_copy_);
  for (uint64_t cut = log_sizes_[kCommits - 2]; cut <= log_sizes_[kCommits - 1]; cut += 13) {
    DamageLog([&](std::string* bytes) { bytes->resize(cut); });
    ExpectHoldsPrefix(cut == log_sizes_[kCommits - 1] ? kCommits : kCommits - 1);
  }
}

// A record of type zero is skipped by RocksDB without a word, so a hole that begins and ends with a
// record loses the commits in it and nothing else. It is found because positions have no gaps.
TEST_F(DamageTest, AHoleAlignedToRecordsIsRefused) {
  {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<EventLog> log,
                         EventLog::Open(directory_, kNoReserve));
    const std::string file = FilesEndingIn(directory_, ".log").back();
    ASSERT_OK(log->Append(sample_.NextSingle(1000)));
    const uint64_t before = SizeOf(file);
    ASSERT_OK(log->Append(sample_.NextSingle(1000)));
    const uint64_t commit_bytes = SizeOf(file) - before - 1000;
    // Two commits in a row that end where a block ends.
    for (int edges = 0; edges < 2; ++edges) {
      uint64_t left = kLogBlockBytes - SizeOf(file) % kLogBlockBytes;
      while (left > 12000) {
        ASSERT_OK(log->Append(sample_.NextSingle(5000)));
        left = kLogBlockBytes - SizeOf(file) % kLogBlockBytes;
      }
      ASSERT_GT(left, commit_bytes + 200);
      ASSERT_OK(log->Append(sample_.NextSingle(left - commit_bytes)));
      ASSERT_EQ(SizeOf(file) % kLogBlockBytes, 0u)
          << "the cost of a commit has changed with its size";
    }
    for (int i = 0; i < 3; ++i) ASSERT_OK(log->Append(sample_.NextSingle(1000)));
    CopyDirectory(directory_, killed_);
  }
  const std::string file = FilesEndingIn(killed_, ".log").back();
  std::string bytes = BytesOfFile(file);
  const uint64_t last_edge = bytes.size() / kLogBlockBytes * kLogBlockBytes;
  bytes.replace(last_edge - kLogBlockBytes, kLogBlockBytes, std::string(kLogBlockBytes, '\0'));
  WriteFile(file, bytes);
  const absl::StatusOr<Inspection> found = EventLog::Inspect(killed_, {});
  EXPECT_THAT(found, RefusedWith("LEDGER_DAMAGED"));
  EXPECT_THAT(std::string(found.status().message()), HasSubstr("position"));
}

// One family had been flushed, because it was full, when the log with everything else was lost.
TEST_F(DamageTest, FamiliesThatEndAtDifferentPlacesAreRefused) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<EventLog> log, EventLog::Open(directory_, kNoReserve));
  const size_t files = FilesEndingIn(directory_, ".sst").size();
  absl::Status found;
  // A file counts once the manifest names it, which may be a little after it is there.
  for (int i = 0; i < 200 && found.ok(); ++i) {
    ASSERT_OK(log->Append(sample_.NextSingle(1 << 20)));
    if (FilesEndingIn(directory_, ".sst").size() == files) continue;
    CopyDirectory(directory_, killed_);
    for (const std::string& file : FilesEndingIn(killed_, ".log")) std::filesystem::remove(file);
    found = EventLog::Inspect(killed_, {}).status();
  }
  EXPECT_EQ(log->flushed_size(), TreeSize{0});
  EXPECT_THAT(found, RefusedWith("LEDGER_DAMAGED"));
  EXPECT_THAT(std::string(found.message()), HasSubstr("payloads end at"));
}

TEST_F(DamageTest, WhatAKilledProcessAcknowledgedIsThere) {
  uint64_t acknowledged = 0;
  uint64_t commits = 0;
  for (int round = 0; round < 6; ++round) {
    StorageChild child({"append", directory_, "5", absl::StrCat(commits), "1000"});
    uint64_t seen = 0;
    for (int i = 0; i < 5 + round * 7; ++i) {
      ASSERT_TRUE(absl::SimpleAtoi(child.ReadLine(), &acknowledged));
      ++commits;
      ++seen;
    }
    EXPECT_EQ(child.Kill(), -9);
    const std::string outcome = StorageChild({"read", directory_, "5", "2000"}).ReadLine();
    ASSERT_THAT(outcome, StartsWith("HOLDS "));
    uint64_t held = 0;
    ASSERT_TRUE(absl::SimpleAtoi(outcome.substr(6), &held));
    EXPECT_GE(held, acknowledged);
    // A commit may have been made that nobody was told of: go on from what is there.
    SampleLedger sample(5, 60);
    commits = 0;
    while (sample.size().value < held) {
      sample.Next(commits % 8 == 5 ? 120 : 1 + commits % 11);
      ++commits;
    }
    ASSERT_EQ(sample.size().value, held);
  }
}

TEST_F(DamageTest, AProcessThatEndsWithoutClosingLosesNothing) {
  StorageChild child({"append", directory_, "6", "0", "30"});
  std::string last;
  for (int i = 0; i < 30; ++i) last = child.ReadLine();
  EXPECT_EQ(child.Finish(), 0);
  EXPECT_EQ(StorageChild({"read", directory_, "6", "30"}).ReadLine(), "HOLDS " + last);
}

// Flips one bit at every so many bytes of the files named, each in a copy of its own, and returns
// how often each outcome came. WAYMARK_FLIP_STRIDE sets another stride: 1 flips in every byte.
std::map<std::string, int> FlipEverywhere(const std::string& directory, const std::string& work,
                                          int commits, uint64_t stride,
                                          const std::vector<std::string>& files) {
  if (const char* const wanted = std::getenv("WAYMARK_FLIP_STRIDE")) {
    EXPECT_TRUE(absl::SimpleAtoi(wanted, &stride));
  }
  std::map<std::string, int> outcomes;
  uint64_t next = 0;
  for (bool is_done = false; !is_done;) {
    std::vector<std::string> words = {"flip",
                                      directory,
                                      work,
                                      "7",
                                      absl::StrCat(commits),
                                      absl::StrCat(stride),
                                      absl::StrCat(next)};
    words.insert(words.end(), files.begin(), files.end());
    StorageChild child(words);
    std::string tried;
    for (std::string line = child.ReadLine(); !line.empty(); line = child.ReadLine()) {
      if (absl::StartsWith(line, "TRY ")) {
        tried = line;
        const std::vector<std::string> parts = absl::StrSplit(line, ' ');
        EXPECT_TRUE(absl::SimpleAtoi(parts[1], &next));
        ++next;
        continue;
      }
      EXPECT_FALSE(absl::StartsWith(line, "WRONG")) << tried << ": " << line;
      ++outcomes[line];
      tried.clear();
    }
    const int result = child.Finish();
    is_done = result == 0;
    if (is_done) continue;
    // Debian's RocksDB has its assertions on: to die over damage is to refuse it. To hang is not.
    EXPECT_EQ(result, -6) << tried;
    ++outcomes["ABORTED"];
    if (result != -6 && outcomes["ABORTED"] > 100) break;
  }
  return outcomes;
}

std::string Listed(const std::map<std::string, int>& outcomes) {
  return absl::StrJoin(outcomes, ", ", [](std::string* out, const auto& outcome) {
    absl::StrAppend(out, outcome.first, ": ", outcome.second);
  });
}

class FlipTest : public DamageTest {
 protected:
  // Half of the commits in files, half in the live log.
  void SetUp() override {
    DamageTest::SetUp();
    for (const int skip : {0, kCommits / 2}) {
      StorageChild child(
          {"append", directory_, "7", absl::StrCat(skip), absl::StrCat(kCommits / 2)});
      for (int i = 0; i < kCommits / 2; ++i) whole_ = child.ReadLine();
      ASSERT_EQ(child.Finish(), 0);
    }
    ASSERT_EQ(StorageChild({"read", directory_ + "/.", "7", absl::StrCat(kCommits)}).ReadLine(),
              "HOLDS " + whole_);
    // That read has closed it cleanly; the last commits go back into a log.
    StorageChild child({"append", directory_, "7", absl::StrCat(kCommits), "3"});
    for (int i = 0; i < 3; ++i) whole_ = child.ReadLine();
    ASSERT_EQ(child.Finish(), 0);
  }

  std::vector<std::string> NamesOf(const std::string& part) const {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : BytesOfDirectory(directory_)) {
      if (absl::StrContains(name, part) && !bytes.empty()) names.push_back(name);
    }
    return names;
  }

  static constexpr int kCommits = 24;
  std::string whole_;  // the size of the ledger, in decimal
};

TEST_F(FlipTest, AFlippedBitInADataFileIsNeverServed) {
  const auto outcomes = FlipEverywhere(directory_, killed_, kCommits + 3, 211, NamesOf(".sst"));
  for (const auto& [outcome, count] : outcomes) {
    EXPECT_THAT(outcome, AnyOf("REFUSED LEDGER_DAMAGED", StartsWith("DAMAGED "), "HOLDS " + whole_,
                               "ABORTED"));
  }
  EXPECT_GT(outcomes.count("REFUSED LEDGER_DAMAGED"), 0u) << Listed(outcomes);
  RecordProperty("outcomes", Listed(outcomes));
}

TEST_F(FlipTest, AFlippedBitInTheManifestOrCurrentIsNeverServed) {
  std::vector<std::string> names = NamesOf("MANIFEST");
  names.push_back("CURRENT");
  const auto outcomes = FlipEverywhere(directory_, killed_, kCommits + 3, 31, names);
  for (const auto& [outcome, count] : outcomes) {
    // Whatever is left of the manifest, nobody must be told that there is nothing to lose.
    EXPECT_THAT(outcome, AnyOf("REFUSED LEDGER_DAMAGED", StartsWith("DAMAGED "), "HOLDS " + whole_,
                               "ABORTED"));
  }
  EXPECT_GT(outcomes.count("REFUSED LEDGER_DAMAGED"), 0u) << Listed(outcomes);
  RecordProperty("outcomes", Listed(outcomes));
}

TEST_F(FlipTest, AFlippedBitInTheLogIsRefusedOrCutsItsTail) {
  const auto outcomes = FlipEverywhere(directory_, killed_, kCommits + 3, 29, NamesOf(".log"));
  for (const auto& [outcome, count] : outcomes) {
    EXPECT_THAT(outcome, AnyOf("REFUSED LEDGER_DAMAGED", StartsWith("HOLDS "), "ABORTED"));
  }
  EXPECT_GT(outcomes.count("REFUSED LEDGER_DAMAGED"), 0u) << Listed(outcomes);
  RecordProperty("outcomes", Listed(outcomes));
}

// A small disk of its own.
class FullDiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    disk_ = temp_.path() + "/disk";
    std::filesystem::create_directory(disk_);
    is_mounted_ = mount("none", disk_.c_str(), "tmpfs", 0, "size=24m") == 0;
    if (!is_mounted_) GTEST_SKIP() << "a mount is not permitted here";
    ASSERT_OK(EventLog::Create(disk_ + "/data", SampleIdentity()));
  }
  void TearDown() override {
    if (is_mounted_) {
      EXPECT_EQ(umount(disk_.c_str()), 0);
    }
  }
  void ExpectWhole(uint64_t at_least) {
    ASSERT_OK_AND_ASSIGN(const Inspection found, EventLog::Inspect(disk_ + "/data", {}));
    EXPECT_GE(found.size.value, at_least);
    SampleLedger sample(1);
    while (sample.size() < found.size) sample.NextSingle(60000);
    EXPECT_EQ(found.root, sample.tree().Root());
  }
  // Appends until it is refused: the head, and the reasons of the first two refusals.
  std::vector<std::string> Fill(const std::string& reserve, const std::string& file_bytes_max) {
    StorageChild child({"fill", disk_ + "/data", reserve, file_bytes_max});
    const std::string line = child.ReadLine();
    EXPECT_EQ(child.Finish(), 0) << "it must refuse, and not abort";
    return absl::StrSplit(line, ' ');
  }

  TempDir temp_;
  std::string disk_;
  bool is_mounted_ = false;
};

TEST_F(FullDiskTest, AppendsEndBeforeTheDiskIsFullAndGoOnOnceThereIsSpace) {
  WriteFile(disk_ + "/ballast", std::string(4 << 20, 'b'));
  const std::vector<std::string> full = Fill("8388608", "0");
  ASSERT_EQ(full.size(), 3u);
  EXPECT_EQ(full[1], "DISK_RESERVE");
  EXPECT_EQ(full[2], "DISK_RESERVE");
  uint64_t head = 0;
  ASSERT_TRUE(absl::SimpleAtoi(full[0], &head));
  EXPECT_GT(head, 20u);
  ExpectWhole(head);
  std::filesystem::remove(disk_ + "/ballast");
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<EventLog> log,
                       EventLog::Open(disk_ + "/data", {.disk_reserve_bytes = 1 << 20}));
  SampleLedger sample(1);
  while (sample.size() < log->head()) sample.NextSingle(60000);
  EXPECT_OK(log->Append(sample.NextSingle(60000)));
}

TEST_F(FullDiskTest, ADiskThatFillsUpLatchesAndLosesNothing) {
  WriteFile(disk_ + "/ballast", std::string(4 << 20, 'b'));
  const std::vector<std::string> full = Fill("0", "0");
  ASSERT_EQ(full.size(), 3u);
  EXPECT_EQ(full[1], "WRITE_FAILED");
  EXPECT_EQ(full[2], "WRITE_FAILED");
  uint64_t head = 0;
  ASSERT_TRUE(absl::SimpleAtoi(full[0], &head));
  std::filesystem::remove(disk_ + "/ballast");
  ExpectWhole(head);
}

TEST_F(FullDiskTest, AFileThatMayNotGrowLatchesAndLosesNothing) {
  const std::vector<std::string> full = Fill("0", "2000000");
  ASSERT_EQ(full.size(), 3u);
  EXPECT_EQ(full[1], "WRITE_FAILED");
  EXPECT_EQ(full[2], "WRITE_FAILED");
  uint64_t head = 0;
  ASSERT_TRUE(absl::SimpleAtoi(full[0], &head));
  EXPECT_GT(head, 10u);
  ExpectWhole(head);
}

}  // namespace
}  // namespace waymark::test
