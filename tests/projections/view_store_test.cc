// What the view store keeps over a crash, and what it refuses to open.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "projections/engine/view_store.h"
#include "tests/projections/test_ledger.h"
#include "tests/projections/trail_projection.h"
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
  EXPECT_THAT(RowsIn(*view), ::testing::UnorderedElementsAre(
                                 ::testing::Pair("a", "1"), ::testing::Pair("b", "xy"),
                                 ::testing::Pair("c", "older")));
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
  EXPECT_THAT(ViewStore::Open(directory_.path() + "/views", "waymark.example/a", SmallStore()).status(),
              RefusedWith("VIEWS_LOCKED"));
  const std::string elsewhere = directory_.path() + "/other";
  { ASSERT_OK(ViewStore::Open(elsewhere, "waymark.example/a", SmallStore())); }
  const absl::Status refused = ViewStore::Open(elsewhere, "waymark.example/b", SmallStore()).status();
  EXPECT_THAT(refused, RefusedWith("VIEWS_OF_ANOTHER_LEDGER"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("waymark.example/a"));
  EXPECT_THAT(ViewStore::Open(directory_.path() + "/no/such", "waymark.example/a", SmallStore()).status(),
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
  const auto store = ViewStore::Open(directory_.path() + "/views", "waymark.example/a", SmallStore());
  if (!store.ok()) {
    EXPECT_THAT(store.status(), RefusedWith("VIEW_DAMAGED"));
    return;
  }
  EXPECT_THAT((*store)->Serving("p")->Scan("", "", [](absl::string_view, absl::string_view) { return true; }),
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

// T23: a process that dies at any moment loses nothing that the log cannot give again.
TEST(ViewCrash, AfterADeathAtAnyMomentTheRowsAreThoseOfARebuild) {
  TestLedger ledger;
  std::mt19937_64 random(7);
  for (int i = 0; i < 600; ++i) {
    ledger.Append(absl::StrCat("C-", random() % 5), {{"waymark.v1.T", std::string(random() % 900, 'p')},
                                                     {"waymark.v1.U", std::string(random() % 9, 'q')}});
  }
  ProjectionEngineOptions options;
  options.store = SmallStore();
  options.follower.following = options.follower.catching_up = {16, 1 << 20};
  const TreeSize size = ledger.size();
  ledger.Publish();
  const auto wanted = [&] {
    TestLedger other;
    auto engine = ProjectionEngine::Open(other.views_directory(), ledger.log(), ledger.head(),
                                         Trails(TrailOptions{}), options);
    EXPECT_OK(engine);
    EXPECT_OK(AwaitApplied(**engine, "trail", size));
    return RowsOf(**engine, "trail");
  }();
  uint64_t resumed = 0;
  for (int round = 0; round < 12; ++round) {
    const TreeSize dies_at{1 + random() % size.value};
    const bool rebuilds = round % 3 == 2;
    ledger.Close();
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ledger.Reopen(rebuilds ? size : dies_at);
      auto engine = ProjectionEngine::Open(ledger.views_directory(), ledger.log(), ledger.head(),
                                           Trails(TrailOptions{}), options);
      if (!engine.ok()) _exit(1);
      if (rebuilds) {
        (*engine)->Rebuild("trail", [&](absl::StatusOr<v1::RebuildProjectionReply> report) {
          if (!report.ok() || report->flipped() || report->applied() >= dies_at.value) _exit(0);
        });
        absl::Notification().WaitForNotification();
      }
      (void)AwaitApplied(**engine, "trail", dies_at);
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ledger.Reopen(size);
    if (round % 2 == 0) continue;  // the next one finds what two deaths left
    auto engine = ProjectionEngine::Open(ledger.views_directory(), ledger.log(), ledger.head(),
                                         Trails(TrailOptions{}), options);
    ASSERT_OK(engine);
    resumed += (*engine)->Status()[0].applied();
    ASSERT_OK(AwaitApplied(**engine, "trail", size));
    ASSERT_EQ(RowsOf(**engine, "trail"), wanted) << "round " << round;
  }
  // Not every round began from 0.
  EXPECT_GT(resumed, 0u);
}

}  // namespace
}  // namespace waymark::test
