// The engine with a small projection of its own, on a real ledger: T23, T24, T26, T27, T29 of the
// feed's test list.
#include <algorithm>
#include <atomic>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "ledger/merkle/entry_header.h"
#include "tests/projections/test_ledger.h"
#include "tests/projections/trail_projection.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using TrailRows = std::vector<std::pair<std::string, std::string>>;

ProjectionEngineOptions SmallBatches(uint32_t following, uint32_t catching_up) {
  ProjectionEngineOptions options;
  options.store.disk_reserve_bytes = 0;
  options.store.write_buffer_bytes = 64 << 10;
  options.follower.reading = {(following + 1) / 2, 1 << 20};
  options.follower.following_events_max = following;
  options.follower.catching_up_events_max = catching_up;
  return options;
}

class EngineTest : public ::testing::Test {
 protected:
  // Random events of a few contracts, in commits of several.
  void Record(int commits) {
    for (int i = 0; i < commits; ++i) {
      std::vector<OfferedPayload> events;
      for (uint64_t n = 1 + random_() % 4; n > 0; --n) {
        events.push_back(
            {absl::StrCat("waymark.v1.Type", random_() % 3), std::string(random_() % 200, 'x')});
      }
      ledger_.SetNow(UnixMicros{ledger_.now().value + random_() % 1000});
      ledger_.Append(absl::StrCat("C-", random_() % 3), events);
    }
  }

  std::unique_ptr<ProjectionEngine> Open(std::vector<std::unique_ptr<Projection>> projections,
                                         uint32_t following = 4, uint32_t catching_up = 16) {
    auto engine =
        ProjectionEngine::Open(ledger_.views_directory(), ledger_.log(), ledger_.head(),
                               std::move(projections), SmallBatches(following, catching_up));
    EXPECT_OK(engine);
    return engine.ok() ? *std::move(engine) : nullptr;
  }

  // What the rows must be for the first `size` events, by the projection's words alone.
  TrailRows Expected(TreeSize size, uint32_t version = 1) {
    std::map<std::string, std::string> rows;
    ReadOptions read;
    read.until = size;
    read.events_max = 100000;
    read.bytes_max = size_t{1} << 30;
    const auto events = ledger_.log().Read(Position{0}, read);
    EXPECT_OK(events);
    for (const StoredEvent& stored : *events) {
      const auto header = merkle::DecodeEntryHeader(stored.header);
      EXPECT_OK(header);
      const uint64_t position = stored.position.value;
      absl::StrAppend(&rows[absl::StrCat("trail", version, "/", header->contract_id)], position,
                      ":", header->revision.value, ":", stored.payload.size(), " ");
      rows[absl::StrCat("last", version, "/", header->contract_id)] = absl::StrCat(
          header->event_type, " ", header->recorded_at.value, " ", header->statement_index);
      rows[absl::StrCat("type", version, "/", position % 7)] = stored.payload;
    }
    return {rows.begin(), rows.end()};
  }

  // "name version state applied", one a view.
  static std::vector<std::string> StatusOf(const ProjectionEngine& engine) {
    std::vector<std::string> lines;
    for (const v1::ProjectionStatus& status : engine.Status()) {
      lines.push_back(absl::StrCat(status.name(), " ", status.version(), " ", status.state(), " ",
                                   status.applied(), " lag ", status.lag()));
    }
    return lines;
  }

  std::mt19937_64 random_{20240401};
  TestLedger ledger_;
};

TEST_F(EngineTest, AnEmptyLedgerIsServedFromTheFirstMoment) {
  const auto engine = Open(Trails(TrailOptions{}));
  EXPECT_THAT(StatusOf(*engine), ElementsAre("trail 1 SERVING 0 lag 0"));
  EXPECT_THAT(RowsOf(*engine, "trail"), IsEmpty());
  EXPECT_THAT(engine->Serving("other").status(), RefusedWith("PROJECTION_UNKNOWN"));
}

TEST_F(EngineTest, RowsAtEveryPrefixAreThoseOfARebuildFromZero) {
  Record(40);
  const auto engine = Open(Trails(TrailOptions{}), 3, 5);
  for (uint64_t size = 1; size <= ledger_.size().value; ++size) {
    ledger_.Publish(TreeSize{size});
    ASSERT_OK(AwaitApplied(*engine, "trail", TreeSize{size}));
    ASSERT_EQ(RowsOf(*engine, "trail"), Expected(TreeSize{size})) << "prefix of " << size;
    if (size % 7 == 0) {
      ASSERT_OK_AND_ASSIGN(const v1::RebuildProjectionReply rebuilt,
                           RebuildAndWait(*engine, "trail"));
      EXPECT_EQ(rebuilt.applied(), size);
      ASSERT_EQ(RowsOf(*engine, "trail"), Expected(TreeSize{size})) << "rebuilt prefix of " << size;
    }
  }
}

TEST_F(EngineTest, RowsDoNotDependOnTheSizeOfBatches) {
  Record(60);
  ledger_.Publish();
  for (const uint32_t batch : {1u, 2u, 3u, 7u, 31u, 32u, 33u, 1000u}) {
    TestLedger other;  // only for its directory
    auto engine = ProjectionEngine::Open(other.views_directory(), ledger_.log(), ledger_.head(),
                                         Trails(TrailOptions{}), SmallBatches(batch, batch + 3));
    ASSERT_OK(engine);
    ASSERT_OK(AwaitApplied(**engine, "trail", ledger_.size()));
    EXPECT_EQ(RowsOf(**engine, "trail"), Expected(ledger_.size())) << "batches of " << batch;
  }
}

TEST_F(EngineTest, GoesOnFromWhereItStoodAfterACleanEnd) {
  Record(20);
  ledger_.Publish(TreeSize{10});
  { EXPECT_OK(AwaitApplied(*Open(Trails(TrailOptions{})), "trail", TreeSize{10})); }
  // Whoever began again from 0 would meet the poison.
  ledger_.Publish();
  const auto engine = Open(Trails(TrailOptions{.poison = 9}));
  ASSERT_OK(AwaitApplied(*engine, "trail", ledger_.size()));
  EXPECT_EQ(RowsOf(*engine, "trail"), Expected(ledger_.size()));
}

TEST_F(EngineTest, ANewVersionIsBuiltBesideTheOldAndTheFlipIsAtomic) {
  Record(20);
  ledger_.Publish();
  { EXPECT_OK(AwaitApplied(*Open(Trails(TrailOptions{})), "trail", ledger_.size())); }
  absl::Notification open_gate;
  const auto engine =
      Open(Trails(TrailOptions{}, TrailOptions{.version = 2, .gate = 5, .opened = &open_gate}));
  // The old version answers while the new one stands at the gate.
  EXPECT_EQ((*engine->Serving("trail"))->version(), 1u);
  EXPECT_EQ(RowsOf(*engine, "trail"), Expected(ledger_.size(), 1));
  const std::shared_ptr<const View> held = *engine->Serving("trail");
  absl::Notification flipped;
  engine->Rebuild("trail", [&](absl::StatusOr<v1::RebuildProjectionReply> report) {
    ASSERT_OK(report);
    EXPECT_EQ(report->version(), 2u);
    if (report->flipped()) flipped.Notify();
  });
  open_gate.Notify();
  flipped.WaitForNotification();
  EXPECT_EQ(RowsOf(*engine, "trail"), Expected(ledger_.size(), 2));
  EXPECT_THAT(StatusOf(*engine),
              ElementsAre(absl::StrCat("trail 2 SERVING ", ledger_.size().value, " lag 0")));
  // A question that began before the flip ends on the rows it began with.
  EXPECT_EQ(held->version(), 1u);
  ASSERT_OK_AND_ASSIGN(const std::optional<std::string> row, held->Get("last1/C-0"));
  EXPECT_TRUE(row.has_value());
}

TEST_F(EngineTest, ANewVersionCanBeRolledBack) {
  Record(20);
  ledger_.Publish();
  for (const uint32_t wanted : {1, 2, 1}) {
    const auto engine =
        Open(Trails(TrailOptions{.version = 3 - wanted}, TrailOptions{.version = wanted}));
    ASSERT_OK(AwaitApplied(*engine, "trail", ledger_.size()));
    if ((*engine->Serving("trail"))->version() != wanted) {
      ASSERT_OK(RebuildAndWait(*engine, "trail"));
    }
    EXPECT_EQ((*engine->Serving("trail"))->version(), wanted);
    EXPECT_EQ(RowsOf(*engine, "trail"), Expected(ledger_.size(), wanted));
  }
}

TEST_F(EngineTest, RowsThatNobodyCanReadAreNotServed) {
  Record(10);
  ledger_.Publish();
  { EXPECT_OK(AwaitApplied(*Open(Trails(TrailOptions{})), "trail", ledger_.size())); }
  absl::Notification open_gate;
  const auto engine = Open(Trails(TrailOptions{.version = 2, .gate = 5, .opened = &open_gate}));
  EXPECT_THAT(engine->Serving("trail").status(), RefusedWith("PROJECTION_BUILDING"));
  EXPECT_THAT(engine->CancelRebuild("trail"), RefusedWith("BUILD_NEEDED"));
  open_gate.Notify();
  ASSERT_OK(AwaitApplied(*engine, "trail", ledger_.size()));
  EXPECT_EQ(RowsOf(*engine, "trail"), Expected(ledger_.size(), 2));
}

TEST_F(EngineTest, SmallCommitsAreStoredTogetherUnlessSomebodyWaits) {
  constexpr int kCommits = 200;
  std::atomic<int> batches = 0;
  ProjectionEngineOptions options = SmallBatches(1000, 1000);
  // Only who waits, an order or the end can cut the rest short.
  options.follower.rest = absl::Hours(1);
  const auto engine =
      ProjectionEngine::Open(ledger_.views_directory(), ledger_.log(), ledger_.head(),
                             Trails(TrailOptions{.batches = &batches}), options);
  ASSERT_OK(engine);
  for (int i = 0; i < kCommits; ++i) {
    ledger_.Append("C-1", {{"waymark.v1.Type", "x"}});
    ledger_.Publish();
  }
  ASSERT_OK(AwaitApplied(**engine, "trail", ledger_.size()));
  EXPECT_EQ(RowsOf(**engine, "trail"), Expected(ledger_.size()));
  // The first commit wakes the thread; the rest of them waits for whoever waits.
  EXPECT_LE(batches, 2);
}

TEST_F(EngineTest, ListenersToABuildAreBounded) {
  Record(20);
  ledger_.Publish();
  { EXPECT_OK(AwaitApplied(*Open(Trails(TrailOptions{})), "trail", ledger_.size())); }
  absl::Notification open_gate;
  const auto engine = Open(Trails(TrailOptions{.gate = 0, .opened = &open_gate}), 4, 4);
  constexpr int kListeners = 300;
  std::vector<absl::Status> ends(kListeners);
  absl::BlockingCounter heard(kListeners);
  for (int i = 0; i < kListeners; ++i) {
    engine->Rebuild("trail", [&, i](absl::StatusOr<v1::RebuildProjectionReply> report) {
      if (report.ok() && !report->flipped()) return;
      ends[i] = report.status();
      heard.DecrementCount();
    });
  }
  open_gate.Notify();
  heard.Wait();
  // The ones who came first gave way, and whoever came last saw the end.
  for (int i = 0; i < kListeners; ++i) {
    if (i < kListeners - 64) {
      EXPECT_THAT(ends[i], RefusedWith("REBUILD_LISTENERS_FULL")) << i;
    } else {
      EXPECT_OK(ends[i]);
    }
  }
}

TEST_F(EngineTest, ACancelledRebuildLeavesNoRowsAndCanBeStartedAgain) {
  Record(20);
  ledger_.Publish();
  { EXPECT_OK(AwaitApplied(*Open(Trails(TrailOptions{})), "trail", ledger_.size())); }
  const auto engine = Open(Trails(TrailOptions{}), 4, 4);
  EXPECT_THAT(engine->CancelRebuild("trail"), RefusedWith("NOT_BUILDING"));
  absl::Notification ended;
  absl::Status cancelled = absl::UnknownError("not asked"), how;
  // Called behind the first of five batches, on the thread that builds: nothing can end before.
  engine->Rebuild("trail", [&](absl::StatusOr<v1::RebuildProjectionReply> report) {
    if (report.ok() && !report->flipped()) {
      cancelled = engine->CancelRebuild("trail");
      return;
    }
    how = report.status();
    ended.Notify();
  });
  ended.WaitForNotification();
  EXPECT_OK(cancelled);
  EXPECT_THAT(how, RefusedWith("REBUILD_CANCELLED"));
  EXPECT_EQ(RowsOf(*engine, "trail"), Expected(ledger_.size()));
  EXPECT_THAT(StatusOf(*engine),
              ElementsAre(absl::StrCat("trail 1 SERVING ", ledger_.size().value, " lag 0")));
  ASSERT_OK(RebuildAndWait(*engine, "trail"));
  EXPECT_EQ(RowsOf(*engine, "trail"), Expected(ledger_.size()));
}

TEST_F(EngineTest, APoisonEventStopsOneProjectionWithPositionAndReason) {
  Record(20);
  ledger_.Publish();
  const auto engine =
      Open(Trails(TrailOptions{.name = "bad", .poison = 13}, TrailOptions{.name = "good"}));
  ASSERT_OK(AwaitApplied(*engine, "good", ledger_.size()));
  // The first view of "bad" cannot be finished, so there is nothing to wait for.
  EXPECT_THAT(AwaitApplied(*engine, "bad", TreeSize{14}), RefusedWith("PROJECTION_STOPPED"));
  const std::vector<v1::ProjectionStatus> status = engine->Status();
  ASSERT_EQ(status.size(), 2u);
  EXPECT_EQ(status[0].name(), "bad");
  EXPECT_EQ(status[0].state(), "STOPPED");
  EXPECT_EQ(status[0].applied(), 13u);
  EXPECT_THAT(status[0].fault(), HasSubstr("position 13"));
  EXPECT_THAT(status[0].fault(), HasSubstr("this event is poison"));
  EXPECT_EQ(status[1].state(), "SERVING");
  EXPECT_EQ(RowsOf(*engine, "good"), Expected(ledger_.size()));
}

TEST_F(EngineTest, AStoppedViewStillAnswersForWhatItHasAndGoesOnWithBetterCode) {
  Record(20);
  ledger_.Publish(TreeSize{5});
  {
    const auto engine = Open(Trails(TrailOptions{.poison = 13}), 6);
    ASSERT_OK(AwaitApplied(*engine, "trail", TreeSize{5}));
    ledger_.Publish();
    EXPECT_THAT(AwaitApplied(*engine, "trail", ledger_.size()), RefusedWith("PROJECTION_STOPPED"));
    EXPECT_OK(AwaitApplied(*engine, "trail", TreeSize{13}));
    // Not a row of the event that failed, and all of those before it.
    EXPECT_EQ(RowsOf(*engine, "trail"), Expected(TreeSize{13}));
    // A rebuild meets the same event and changes nothing for those who ask.
    EXPECT_THAT(RebuildAndWait(*engine, "trail").status(), RefusedWith("EVENT_NOT_APPLICABLE"));
    EXPECT_EQ(RowsOf(*engine, "trail"), Expected(TreeSize{13}));
  }
  const auto engine = Open(Trails(TrailOptions{}));
  ASSERT_OK(AwaitApplied(*engine, "trail", ledger_.size()));
  EXPECT_EQ(RowsOf(*engine, "trail"), Expected(ledger_.size()));
}

TEST_F(EngineTest, AQuestionWithMinPositionWaitsForTheProjection) {
  Record(10);
  ledger_.Publish(TreeSize{3});
  const auto engine = Open(Trails(TrailOptions{}));
  // Not recorded, as far as anybody was told.
  EXPECT_THAT(AwaitApplied(*engine, "trail", TreeSize{4}), RefusedWith("MIN_POSITION_BEYOND_HEAD"));
  EXPECT_THAT(AwaitApplied(*engine, "other", TreeSize{1}), RefusedWith("PROJECTION_UNKNOWN"));
  ASSERT_OK(AwaitApplied(*engine, "trail", TreeSize{3}));
  ledger_.Publish();
  ASSERT_OK(AwaitApplied(*engine, "trail", ledger_.size()));
}

TEST_F(EngineTest, AWaitEndsAtItsDeadlineWithThePositionReached) {
  Record(10);
  ledger_.Publish(TreeSize{4});
  absl::Notification open_gate;
  const auto engine = Open(Trails(TrailOptions{.gate = 6, .opened = &open_gate}), 1, 1);
  ASSERT_OK(AwaitApplied(*engine, "trail", TreeSize{4}));
  ledger_.Publish(TreeSize{8});
  absl::Notification late, in_time;
  absl::Status how;
  engine->CallWhenApplied("trail", TreeSize{8}, absl::InfinitePast(), [&](absl::Status status) {
    how = std::move(status);
    late.Notify();
  });
  engine->CallWhenApplied("trail", TreeSize{8}, absl::InfiniteFuture(), [&](absl::Status status) {
    EXPECT_OK(status);
    in_time.Notify();
  });
  const uint64_t ticket = engine->CallWhenApplied("trail", TreeSize{8}, absl::InfiniteFuture(),
                                                  [](absl::Status) { FAIL() << "was cancelled"; });
  EXPECT_TRUE(engine->CancelCall("trail", ticket));
  EXPECT_FALSE(engine->CancelCall("trail", ticket));
  open_gate.Notify();
  late.WaitForNotification();
  in_time.WaitForNotification();
  EXPECT_THAT(how, RefusedWith("POSITION_NOT_APPLIED"));
  EXPECT_EQ(how.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(ViolationsOf(how)[0].metadata, ::testing::Contains(::testing::Pair("head", "8")));
}

TEST_F(EngineTest, ShutdownAnswersThoseWhoWait) {
  Record(5);
  ledger_.Publish(TreeSize{2});
  absl::Notification open_gate;
  auto engine = Open(Trails(TrailOptions{.gate = 3, .opened = &open_gate}), 1, 1);
  ASSERT_OK(AwaitApplied(*engine, "trail", TreeSize{2}));
  ledger_.Publish();
  absl::Notification answered;
  engine->CallWhenApplied("trail", ledger_.size(), absl::InfiniteFuture(),
                          [&](absl::Status status) {
                            // It may just have got there.
                            EXPECT_TRUE(status.ok() || ReasonOf(status) == "DRAINING") << status;
                            answered.Notify();
                          });
  open_gate.Notify();
  engine->Shutdown();
  answered.WaitForNotification();
  engine->Shutdown();
  EXPECT_OK(engine->Serving("trail"));
}

TEST_F(EngineTest, AClosedHeadWatchIsNoReasonToSpinOrToHang) {
  Record(5);
  ledger_.Publish();
  const auto engine = Open(Trails(TrailOptions{}));
  ASSERT_OK(AwaitApplied(*engine, "trail", ledger_.size()));
  ledger_.head().Close();
  // Orders still reach the thread.
  ASSERT_OK(RebuildAndWait(*engine, "trail"));
  EXPECT_EQ(RowsOf(*engine, "trail"), Expected(ledger_.size()));
}

TEST_F(EngineTest, ViewsOfALedgerThatWasRestoredToAnEarlierSizeAreBuiltAnew) {
  Record(20);
  ledger_.Publish();
  { EXPECT_OK(AwaitApplied(*Open(Trails(TrailOptions{})), "trail", ledger_.size())); }
  // The same ledger id with another history, first shorter than the view and then of its size.
  TestLedger other;
  for (const uint64_t size : {ledger_.size().value / 2, ledger_.size().value}) {
    while (other.size().value < size) other.Append("C-9", {{"waymark.v1.TypeX", "other"}});
    other.Publish();
    auto engine = ProjectionEngine::Open(ledger_.views_directory(), other.log(), other.head(),
                                         Trails(TrailOptions{}), SmallBatches(4, 16));
    ASSERT_OK(engine);
    ASSERT_OK(AwaitApplied(**engine, "trail", other.size()));
    for (const auto& [key, value] : RowsOf(**engine, "trail")) {
      EXPECT_THAT(key, ::testing::Not(HasSubstr("C-0"))) << "a row of the other history";
    }
    engine->reset();
    { EXPECT_OK(AwaitApplied(*Open(Trails(TrailOptions{})), "trail", ledger_.size())); }
  }
}

TEST_F(EngineTest, EveryHeaderReadsAsTheLeafsOwnCodecReadsIt) {
  Record(30);
  ReadOptions read;
  read.until = ledger_.size();
  ASSERT_OK_AND_ASSIGN(const std::vector<StoredEvent> events,
                       ledger_.log().Read(Position{0}, read));
  for (StoredEvent stored : events) {
    ASSERT_OK_AND_ASSIGN(const LedgerEvent seen, ViewOf(stored));
    ASSERT_OK_AND_ASSIGN(const merkle::EntryHeader header,
                         merkle::DecodeEntryHeader(stored.header));
    EXPECT_EQ(seen.position, header.position);
    EXPECT_EQ(seen.recorded_at, header.recorded_at);
    EXPECT_EQ(seen.contract_id, header.contract_id);
    EXPECT_EQ(seen.revision, header.revision);
    EXPECT_EQ(seen.event_type, header.event_type);
    EXPECT_EQ(seen.request_index, header.statement_index);
    const std::string whole = stored.header;
    for (size_t size = 0; size < whole.size(); ++size) {
      stored.header = whole.substr(0, size);
      EXPECT_THAT(ViewOf(stored).status(), RefusedWith("EVENT_DAMAGED"));
    }
    stored.header = whole + "x";
    EXPECT_THAT(ViewOf(stored).status(), RefusedWith("EVENT_DAMAGED"));
    stored.header = whole;
    stored.position.value += 1;
    EXPECT_THAT(ViewOf(stored).status(), RefusedWith("EVENT_DAMAGED"));
  }
}

}  // namespace
}  // namespace waymark::test
