// What can be wrong with a data directory: each has one clear refusal with a reason of its own, and
// changes nothing.
#include "ledger/storage/data_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

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

class DataDirectoryTest : public ::testing::Test {
 protected:
  void MakeLedger() {
    ASSERT_OK(EventLog::Create(directory_, SampleIdentity()));
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<EventLog> log,
                         EventLog::Open(directory_, {.disk_reserve_bytes = 0}));
    SampleLedger sample(1);
    ASSERT_OK(log->Append(sample.Next(20)));
  }

  // However a ledger is opened, it must be refused alike, in one line that names the directory.
  void ExpectRefused(const std::string& reason) {
    for (const absl::Status& status :
         {EventLog::Inspect(directory_, {}).status(), EventLog::Open(directory_, {}).status(),
          VerifyData(directory_, {}).status()}) {
      EXPECT_THAT(status, RefusedWith(reason));
      EXPECT_NE(status.message().find(directory_), absl::string_view::npos) << status;
      EXPECT_EQ(status.message().find('\n'), absl::string_view::npos) << status;
    }
  }

  void PutMeta(uint8_t name, const std::string& value) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Tables> tables,
                         Tables::Open(directory_, {.mode = Tables::Mode::kReadWrite}));
    ASSERT_TRUE(tables->db().Put({}, tables->of(Family::kMeta), MetaKey(name), value).ok());
  }

  TempDir temp_;
  const std::string directory_ = temp_.path() + "/data";
};

TEST_F(DataDirectoryTest, AMissingDirectoryIsRefusedAndNotMade) {
  ExpectRefused("LEDGER_MISSING");
  EXPECT_FALSE(std::filesystem::exists(directory_));
}

TEST_F(DataDirectoryTest, AnEmptyDirectoryHoldsNoLedger) {
  std::filesystem::create_directory(directory_);
  ExpectRefused("LEDGER_MISSING");
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
  EXPECT_OK(EventLog::Create(directory_, SampleIdentity()));  // But one can be made in it.
}

TEST_F(DataDirectoryTest, AFileIsNotADirectory) {
  WriteFile(directory_, "text");
  ExpectRefused("LEDGER_NOT_A_DIRECTORY");
  EXPECT_THAT(EventLog::Create(directory_, SampleIdentity()),
              RefusedWith("LEDGER_NOT_A_DIRECTORY"));
}

TEST_F(DataDirectoryTest, ADirectoryOfOtherFilesIsForeign) {
  std::filesystem::create_directory(directory_);
  WriteFile(directory_ + "/letter.txt", "text");
  WriteFile(directory_ + "/server.log", "a log, but not of a database");
  ExpectRefused("LEDGER_FOREIGN");
  EXPECT_THAT(EventLog::Create(directory_, SampleIdentity()), RefusedWith("LEDGER_EXISTS"));
  EXPECT_EQ(BytesOfDirectory(directory_).size(), 2u);
}

TEST_F(DataDirectoryTest, AnotherProgramsDatabaseIsForeign) {
  rocksdb::DB* db = nullptr;
  rocksdb::Options options;
  options.create_if_missing = true;
  ASSERT_TRUE(rocksdb::DB::Open(options, directory_, &db).ok());
  ASSERT_TRUE(db->Put({}, "key", "value").ok());
  delete db;
  const DirectoryBytes before = BytesOfDirectory(directory_);
  ExpectRefused("LEDGER_FOREIGN");
  EXPECT_EQ(BytesOfDirectory(directory_), before);
}

TEST_F(DataDirectoryTest, TheDirectoryAboveMustExist) {
  EXPECT_THAT(EventLog::Create(temp_.path() + "/no/data", SampleIdentity()),
              RefusedWith("PARENT_MISSING"));
}

TEST_F(DataDirectoryTest, ANewerOrAnOlderFormatIsRefused) {
  MakeLedger();
  for (const uint32_t other : {kStorageFormat + 1, kStorageFormat - 1}) {
    PutMeta(kMetaFormat, EncodeFormat(other));
    ExpectRefused("FORMAT_UNKNOWN");
  }
}

TEST_F(DataDirectoryTest, AnUnknownColumnFamilyIsANewerFormat) {
  MakeLedger();
  {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Tables> tables,
                         Tables::Open(directory_, {.mode = Tables::Mode::kReadWrite}));
    rocksdb::ColumnFamilyHandle* added = nullptr;
    ASSERT_TRUE(tables->db().CreateColumnFamily({}, "artefacts", &added).ok());
    delete added;
  }
  const DirectoryBytes before = BytesOfDirectory(directory_);
  ExpectRefused("FORMAT_UNKNOWN");
  EXPECT_EQ(BytesOfDirectory(directory_), before);
}

TEST_F(DataDirectoryTest, AMakingThatWasCutShortSaysSo) {
  { ASSERT_OK(Tables::Open(directory_, {.mode = Tables::Mode::kCreate})); }
  ExpectRefused("LEDGER_INCOMPLETE");
}

TEST_F(DataDirectoryTest, DamagedMetaRowsAreRefused) {
  MakeLedger();
  PutMeta(kMetaIdentity, "nonsense");
  ExpectRefused("LEDGER_DAMAGED");
  PutMeta(kMetaIdentity, EncodeIdentity(SampleIdentity()));
  EXPECT_OK(EventLog::Inspect(directory_, {}));
  PutMeta(kMetaHead, EncodeHead({TreeSize{20}, Digest{}}));
  EXPECT_THAT(EventLog::Inspect(directory_, {}), RefusedWith("LEDGER_DAMAGED"));
  EXPECT_THAT(EventLog::Open(directory_, {}), RefusedWith("LEDGER_DAMAGED"));
}

TEST_F(DataDirectoryTest, AMissingCurrentFileIsDamageAndNotAnEmptyLedger) {
  MakeLedger();
  std::filesystem::remove(directory_ + "/CURRENT");
  ExpectRefused("LEDGER_DAMAGED");
}

TEST_F(DataDirectoryTest, AMissingDataFileIsDamage) {
  MakeLedger();
  for (const std::string& file : FilesEndingIn(directory_, ".sst")) std::filesystem::remove(file);
  ExpectRefused("LEDGER_DAMAGED");
}

TEST_F(DataDirectoryTest, ALedgerInUseByAnotherProcessNamesIt) {
  MakeLedger();
  StorageChild holder({"hold", directory_});
  ASSERT_EQ(holder.ReadLine(), "READY");
  ExpectRefused("LEDGER_LOCKED");
  EXPECT_THAT(EventLog::Open(directory_, {}).status().message(),
              ::testing::HasSubstr(absl::StrCat("process ", holder.pid())));
  EXPECT_EQ(holder.Finish(), 0);
  EXPECT_OK(EventLog::Open(directory_, {}));
}

TEST_F(DataDirectoryTest, AUserWithoutAccessIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  MakeLedger();
  EXPECT_EQ(StorageChild({"as-nobody", "open", directory_}).ReadLine(), "LEDGER_UNREADABLE");
  std::filesystem::permissions(temp_.path(), std::filesystem::perms::all);
  EXPECT_EQ(StorageChild({"as-nobody", "open", directory_}).ReadLine(), "LEDGER_UNREADABLE");
  EXPECT_EQ(StorageChild({"as-nobody", "inspect", directory_}).ReadLine(), "LEDGER_UNREADABLE");
  // May read, may not write.
  std::filesystem::permissions(directory_, std::filesystem::perms(0755));
  EXPECT_EQ(StorageChild({"as-nobody", "open", directory_}).ReadLine(), "LEDGER_READ_ONLY");
  EXPECT_EQ(StorageChild({"as-nobody", "inspect", directory_}).ReadLine(), "OK");
  EXPECT_OK(EventLog::Open(directory_, {}));
}

TEST_F(DataDirectoryTest, AReadOnlyFileSystemCanBeInspectedAndNotOpened) {
  MakeLedger();
  if (mount(directory_.c_str(), directory_.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    GTEST_SKIP() << "a mount is not permitted here";
  }
  const int read_only =
      mount(nullptr, directory_.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr);
  if (read_only == 0) {
    EXPECT_OK(EventLog::Inspect(directory_, {}));
    EXPECT_THAT(EventLog::Open(directory_, {}), RefusedWith("LEDGER_READ_ONLY"));
  }
  EXPECT_EQ(umount(directory_.c_str()), 0);
  if (read_only != 0) GTEST_SKIP() << "a read-only mount is not permitted here";
}

}  // namespace
}  // namespace waymark::test
