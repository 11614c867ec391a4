// What the view store keeps over a crash, and what it refuses to open.
#include "projections/engine/view_store.h"

#include <rocksdb/db.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "tests/projections/test_ledger.h"
#include "tests/projections/trail_projection.h"
#include "tests/storage/coming_tables.h"
#include "tests/storage/directory_bytes.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ViewStoreOptions SmallStore() {
  ViewStoreOptions options;
  options.disk_reserve_bytes = 0;
  options.write_buffer_bytes = 64 << 10;
  return options;
}

std::map<std::string, std::string> RowsIn(const View& view, absl::string_view prefix = "",
                                          absl::string_view from = "") {
  std::map<std::string, std::string> rows;
  EXPECT_OK(view.Scan(prefix, from, [&rows](absl::string_view key, absl::string_view value) {
    rows.emplace(key, value);
    return true;
  }));
  return rows;
}

class ViewStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<ViewStore> Open(const std::string& ledger_id = "waymark.example/a") {
    auto store = ViewStore::Open(directory_.path() + "/views", ledger_id, SmallStore());
    EXPECT_OK(store);
    return store.ok() ? *std::move(store) : nullptr;
  }
  bool IsInFiles(const std::string& bytes) const {
    for (const auto& [name, content] : BytesOfDirectory(directory_.path() + "/views")) {
      if (content.find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  TempDir directory_;
};

TEST_F(ViewStoreTest, RowsAndPositionComeBackTogether) {
  {
    const auto store = Open();
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<View> view, store->CreateBuilding("p", 3));
    Rows rows;
    rows.Put("a", "1");
    rows.Append("b", "x");
    ASSERT_OK(store->Commit(*view, rows, TreeSize{7}, "header-6"));
    rows.Clear();
    rows.Append("b", "y");
    rows.Put("c", "old");
    rows.Append("c", "er");
    ASSERT_OK(store->Commit(*view, rows, TreeSize{9}, "header-8"));
    EXPECT_EQ(store->Serving("p"), nullptr);
    ASSERT_OK(store->Flip("p"));
  }
  const auto store = Open();
  const std::shared_ptr<View> view = store->Serving("p");
  ASSERT_NE(view, nullptr);
  EXPECT_EQ(store->Building("p"), nullptr);
  EXPECT_EQ(view->version(), 3u);
  EXPECT_EQ(view->applied(), TreeSize{9});
  EXPECT_EQ(view->last_header(), "header-8");
  EXPECT_THAT(RowsIn(*view),
              ::testing::UnorderedElementsAre(::testing::Pair("a", "1"), ::testing::Pair("b", "xy"),
                                              ::testing::Pair("c", "older")));
}

// Forty bytes that no compression shortens, others for each key.
std::string WordOf(const std::string& key) {
  std::mt19937_64 random(static_cast<uint64_t>(key[0]));
  std::string word(40, '\0');
  for (char& byte : word) byte = static_cast<char>(random());
  return word;
}

TEST_F(ViewStoreTest, ADeletedRowLeavesEveryFileBeforeTheViewMovesOn) {
  {
    const auto store = Open();
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<View> view, store->CreateBuilding("p", 1));
    Rows rows;
    for (const char* key : {"a", "b", "c", "d"}) rows.Put(key, WordOf(key));
    ASSERT_OK(store->Commit(*view, rows, TreeSize{7}, "header-6"));
    ASSERT_OK(store->Flip("p"));
  }
  const auto store = Open();
  const std::shared_ptr<View> view = store->Serving("p");
  EXPECT_TRUE(IsInFiles(WordOf("b")));
  Rows rows;
  rows.Put("b", "new");
  rows.Delete("b");
  rows.Delete("c");
  rows.Delete("d");
  rows.Append("d", "again");
  rows.Delete("none");
  ASSERT_OK(store->Commit(*view, rows, TreeSize{8}, "header-7"));
  for (const char* key : {"b", "c", "d"}) EXPECT_FALSE(IsInFiles(WordOf(key))) << key;
  EXPECT_TRUE(IsInFiles(WordOf("a")));
  EXPECT_THAT(RowsIn(*view), ::testing::UnorderedElementsAre(::testing::Pair("a", WordOf("a")),
                                                             ::testing::Pair("d", "again")));
  EXPECT_EQ(view->applied(), TreeSize{8});
}

// As a crash leaves it: the rows are deleted, a file with their bytes is still there.
TEST_F(ViewStoreTest, WhatACrashLeftOfDeletedRowsIsGoneAfterTheNextOpen) {
  {
    const auto store = Open();
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<View> view, store->CreateBuilding("p", 1));
    Rows rows;
    for (const char* key : {"a", "b"}) rows.Put(key, WordOf(key));
    ASSERT_OK(store->Commit(*view, rows, TreeSize{7}, "header-6"));
    ASSERT_OK(store->Flip("p"));
  }
  {
    rocksdb::DB* opened = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    ASSERT_TRUE(rocksdb::DB::Open({}, directory_.path() + "/views", {{"default", {}}, {"1", {}}},
                                  &families, &opened)
                    .ok());
    const std::unique_ptr<rocksdb::DB> database(opened);
    ASSERT_TRUE(database->Delete({}, families[1], "b").ok());
    const std::string range("\0\0\0\1bb", 6);
    ASSERT_TRUE(database->Put({}, families[1], std::string("\0\1", 2), range).ok());
    for (rocksdb::ColumnFamilyHandle* family : families) delete family;
  }
  EXPECT_TRUE(IsInFiles(WordOf("b")));
  const auto store = Open();
  EXPECT_FALSE(IsInFiles(WordOf("b")));
  EXPECT_TRUE(IsInFiles(WordOf("a")));
  EXPECT_EQ(RowsIn(*store->Serving("p")).size(), 1u);
}

TEST_F(ViewStoreTest, AScanKeepsToItsPrefixAndItsStart) {
  const auto store = Open();
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<View> view, store->CreateBuilding("p", 1));
  Rows rows;
  for (const char* key : {"a", "b1", "b2", "b\xff", "c", "\xff\xff"}) rows.Put(key, "");
  ASSERT_OK(store->Commit(*view, rows, TreeSize{1}, ""));
  EXPECT_EQ(RowsIn(*view).size(), 6u);
  EXPECT_EQ(RowsIn(*view, "b").size(), 3u);
  EXPECT_EQ(RowsIn(*view, "b", "b2").size(), 2u);
  EXPECT_EQ(RowsIn(*view, "b", "a").size(), 3u);
  EXPECT_EQ(RowsIn(*view, "\xff").size(), 1u);
  EXPECT_EQ(RowsIn(*view, "d").size(), 0u);
}

TEST_F(ViewStoreTest, WhatNoCatalogueRowNamesIsGoneAfterTheNextOpen) {
  {
    const auto store = Open();
    Rows rows;
    rows.Put("a", "1");
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<View> first, store->CreateBuilding("p", 1));
    ASSERT_OK(store->Commit(*first, rows, TreeSize{1}, ""));
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<View> second, store->CreateBuilding("p", 1));
    EXPECT_THAT(RowsIn(*second), ::testing::IsEmpty());
    EXPECT_NE(first->generation(), second->generation());
    // Its rows live as long as somebody holds it.
    EXPECT_EQ(RowsIn(*first).size(), 1u);
    ASSERT_OK(store->DropBuilding("p"));
    ASSERT_OK(store->DropBuilding("p"));
  }
  const auto store = Open();
  EXPECT_EQ(store->Building("p"), nullptr);
  EXPECT_EQ(store->Serving("p"), nullptr);
}

TEST_F(ViewStoreTest, RefusesAnotherLedgersViewsAndASecondProcess) {
  const auto store = Open();
  EXPECT_THAT(
      ViewStore::Open(directory_.path() + "/views", "waymark.example/a", SmallStore()).status(),
      RefusedWith("VIEWS_LOCKED"));
  const std::string elsewhere = directory_.path() + "/other";
  { ASSERT_OK(ViewStore::Open(elsewhere, "waymark.example/a", SmallStore())); }
  const absl::Status refused =
      ViewStore::Open(elsewhere, "waymark.example/b", SmallStore()).status();
  EXPECT_THAT(refused, RefusedWith("VIEWS_OF_ANOTHER_LEDGER"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("waymark.example/a"));
  EXPECT_THAT(
      ViewStore::Open(directory_.path() + "/no/such", "waymark.example/a", SmallStore()).status(),
      RefusedWith("DIRECTORY_UNUSABLE"));
}

TEST_F(ViewStoreTest, ADamagedFileIsFoundAndNeverServed) {
  {
    const auto store = Open();
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<View> view, store->CreateBuilding("p", 1));
    Rows rows;
    for (int i = 0; i < 2000; ++i) rows.Put(absl::StrCat("row-", i), absl::StrCat("value of ", i));
    ASSERT_OK(store->Commit(*view, rows, TreeSize{1}, ""));
    ASSERT_OK(store->Flip("p"));
  }
  int damaged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path() + "/views")) {
    if (entry.path().extension() != ".sst" || entry.file_size() < 4000) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(1000);
    const char byte = static_cast<char>(file.get());
    file.seekp(1000);
    file.put(static_cast<char>(byte ^ 1));
    ++damaged;
  }
  ASSERT_GT(damaged, 0);
  const auto store =
      ViewStore::Open(directory_.path() + "/views", "waymark.example/a", SmallStore());
  if (!store.ok()) {
    EXPECT_THAT(store.status(), RefusedWith("VIEW_DAMAGED"));
    return;
  }
  EXPECT_THAT((*store)->Serving("p")->Scan(
                  "", "", [](absl::string_view, absl::string_view) { return true; }),
              RefusedWith("VIEW_DAMAGED"));
}

TEST_F(ViewStoreTest, RowsAreRefusedBelowTheDiskReserveAndTakenAboveIt) {
  ViewStoreOptions options = SmallStore();
  options.disk_reserve_bytes = UINT64_MAX;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ViewStore> store,
                       ViewStore::Open(directory_.path() + "/views", "waymark.example/a", options));
  ASSERT_OK_AND_ASSIGN(const std::shared_ptr<View> view, store->CreateBuilding("p", 1));
  EXPECT_THAT(store->Commit(*view, Rows(), TreeSize{1}, ""), RefusedWith("DISK_RESERVE"));
  EXPECT_EQ(view->applied(), TreeSize{0});
}

TEST_F(ViewStoreTest, AFlushThatFailsIsToldOfOnceAndWhatWasStoredBeforeServesAfterARestart) {
  absl::Notification told;
  ViewStoreOptions options = SmallStore();
  options.on_failure = [&told](const absl::Status& why) {
    EXPECT_THAT(why, RefusedWith("VIEW_STORE_FAILED"));
    told.Notify();  // a second call would abort
  };
  const std::string directory = directory_.path() + "/views";
  std::vector<std::string> in_the_way;
  {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ViewStore> store,
                         ViewStore::Open(directory, "waymark.example/a", options));
    ASSERT_OK_AND_ASSIGN(const std::shared_ptr<View> view, store->CreateBuilding("p", 1));
    Rows rows;
    rows.Put("kept", "1");
    ASSERT_OK(store->Commit(*view, rows, TreeSize{1}, ""));
    ASSERT_OK(store->Flip("p"));
    in_the_way = ComingTables(directory);
    for (const std::string& path : in_the_way) std::filesystem::create_directory(path);
    // More than the memory for rows holds, so that RocksDB begins to write a file by itself.
    rows.Clear();
    rows.Put("lost", std::string(1 << 20, 'x'));
    absl::Status stored;
    for (uint64_t applied = 2; stored.ok() && !told.HasBeenNotified(); ++applied) {
      stored = store->Commit(*view, rows, TreeSize{applied}, "");
    }
    EXPECT_TRUE(told.WaitForNotificationWithTimeout(absl::Minutes(1)));
    EXPECT_THAT(store->Commit(*view, rows, TreeSize{1 << 20}, ""),
                RefusedWith("VIEW_STORE_FAILED"));
    EXPECT_THAT(store->Flush(*view), RefusedWith("VIEW_STORE_FAILED"));
  }
  for (const std::string& path : in_the_way) std::filesystem::remove(path);
  const auto store = Open();
  ASSERT_NE(store->Serving("p"), nullptr);
  EXPECT_EQ(store->Serving("p")->applied(), TreeSize{1});
  EXPECT_THAT(RowsIn(*store->Serving("p")), ::testing::ElementsAre(::testing::Pair("kept", "1")));
}

ProjectionEngineOptions CrashOptions() {
  ProjectionEngineOptions options;
  options.store = SmallStore();
  options.follower.reading = {16, 1 << 20};
  options.follower.following_events_max = options.follower.catching_up_events_max = 16;
  return options;
}

// The process that dies: this program run again, since RocksDB's threads do not live through a
// fork. What to do is in the environment.
TEST(ViewCrash, DISABLED_DiesWhenSoMuchIsApplied) {
  uint64_t size = 0, dies_at = 0;
  ASSERT_TRUE(absl::SimpleAtoi(std::getenv("CRASH_SIZE"), &size));
  ASSERT_TRUE(absl::SimpleAtoi(std::getenv("CRASH_AT"), &dies_at));
  const bool rebuilds = std::getenv("CRASH_REBUILDS") == absl::string_view("1");
  EventLogOptions log_options;
  log_options.disk_reserve_bytes = 0;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<EventLog> log,
                       EventLog::Open(std::getenv("CRASH_LEDGER"), log_options));
  HeadWatch head(TreeSize{rebuilds ? size : dies_at});
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ProjectionEngine> engine,
                       ProjectionEngine::Open(std::getenv("CRASH_VIEWS"), *log, head,
                                              Trails(TrailOptions{}), CrashOptions()));
  if (rebuilds) {
    engine->Rebuild("trail", [&](absl::StatusOr<v1::RebuildProjectionReply> report) {
      if (!report.ok() || report->flipped() || report->applied() >= dies_at) _exit(0);
    });
    absl::Notification().WaitForNotification();
  }
  (void)AwaitApplied(*engine, "trail", TreeSize{dies_at});
  _exit(0);
}

// T23: a process that dies at any moment loses nothing that the log cannot give again.
TEST(ViewCrash, AfterADeathAtAnyMomentTheRowsAreThoseOfARebuild) {
  TestLedger ledger;
  std::mt19937_64 random(7);
  for (int i = 0; i < 600; ++i) {
    const std::string contract = absl::StrCat("C-", random() % 5);
    const size_t size = random() % 900;
    ledger.Append(contract, {{"waymark.v1.T", std::string(size, 'p')}, {"waymark.v1.U", "q"}});
  }
  const TreeSize size = ledger.size();
  ledger.Publish();
  const auto open = [&](const std::string& views) {
    return ProjectionEngine::Open(views, ledger.log(), ledger.head(), Trails(TrailOptions{}),
                                  CrashOptions());
  };
  std::vector<std::pair<std::string, std::string>> wanted;
  {
    TestLedger other;  // only for its directory
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ProjectionEngine> engine,
                         open(other.views_directory()));
    ASSERT_OK(AwaitApplied(*engine, "trail", size));
    wanted = RowsOf(*engine, "trail");
  }
  setenv("CRASH_LEDGER", ledger.directory().c_str(), 1);
  setenv("CRASH_VIEWS", ledger.views_directory().c_str(), 1);
  setenv("CRASH_SIZE", absl::StrCat(size.value).c_str(), 1);
  uint64_t resumed = 0;
  for (int round = 0; round < 12; ++round) {
    setenv("CRASH_AT", absl::StrCat(1 + random() % size.value).c_str(), 1);
    setenv("CRASH_REBUILDS", round % 3 == 2 ? "1" : "0", 1);
    ledger.Close();
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      execl("/proc/self/exe", "projections_test", "--gtest_also_run_disabled_tests",
            "--gtest_filter=ViewCrash.DISABLED_DiesWhenSoMuchIsApplied", "--gtest_brief=1",
            nullptr);
      _exit(127);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ledger.Reopen(size);
    if (round % 2 == 0) continue;  // the next one finds what two deaths left
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<ProjectionEngine> engine,
                         open(ledger.views_directory()));
    resumed += engine->Status()[0].applied();
    ASSERT_OK(AwaitApplied(*engine, "trail", size));
    ASSERT_EQ(RowsOf(*engine, "trail"), wanted) << "round " << round;
  }
  // Not every round began from 0.
  EXPECT_GT(resumed, 0u);
}

}  // namespace
}  // namespace waymark::test
