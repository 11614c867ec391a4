#include "ledger/commit/committer.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "ledger/base/limits.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/storage/verify.h"
#include "tests/commit/commit_world.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark {
namespace {

using test::CommitWorld;
using test::EvidenceRequest;
using test::RegisterRequest;
using test::UnsaltedEvidenceRequest;

v1::AppendRequest Expecting(uint64_t revision, v1::AppendRequest request) {
  request.set_expected_revision(revision);
  return request;
}

// Every stored event, its header decoded.
std::vector<merkle::EntryHeader> HeadersOf(const EventLog& log) {
  std::vector<merkle::EntryHeader> headers;
  for (uint64_t p = 0; p < log.head().value; ++p) {
    const absl::StatusOr<StoredEvent> event = log.ReadOne(Position{p}, /*headers_only=*/true);
    EXPECT_OK(event);
    headers.push_back(merkle::DecodeEntryHeader(event->header).value());
  }
  return headers;
}

TEST(Committer, StoresWhatItTakesAndSaysWhereItStands) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  ASSERT_OK_AND_ASSIGN(const CommitOutcome outcome,
                       world.Append(EvidenceRequest("A", "e", {"E-1", "E-2"})));
  EXPECT_EQ(outcome.receipt.head(), 4u);
  EXPECT_EQ(outcome.receipt.events(1).position(), 3u);
  EXPECT_EQ(outcome.receipt.events(1).revision(), 3u);
  EXPECT_EQ(outcome.flags.size(), 2u);
  EXPECT_FALSE(outcome.repeated);
  EXPECT_EQ(world.log().head(), TreeSize{4});
  EXPECT_EQ(world.head().size(), TreeSize{4});
  ASSERT_OK_AND_ASSIGN(const StoredEvent event, world.log().ReadOne(Position{3}, false));
  EXPECT_EQ(event.payload, EvidenceRequest("A", "e", {"E-1", "E-2"}).events(1).payload());
  ASSERT_OK_AND_ASSIGN(const std::vector<FilterEntry> filters,
                       world.log().ReadFilters(Position{3}, TreeSize{4}, 1));
  EXPECT_EQ(filters.at(0).focuses, std::vector<std::string>{"PI-CS"});
}

TEST(Committer, T2ARefusedRequestLeavesNothingBehind) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  EXPECT_THAT(world.Append(EvidenceRequest("X", "x", {"E-1"})),
              test::RefusedWith("CONTRACT_UNKNOWN"));
  EXPECT_THAT(world.Append(Expecting(7, EvidenceRequest("A", "x", {"E-1"}))),
              test::RefusedWith("REVISION_STALE"));
  EXPECT_EQ(world.log().head(), TreeSize{2});
  ASSERT_OK_AND_ASSIGN(const CommitOutcome outcome,
                       world.Append(EvidenceRequest("A", "x", {"E-1"})));
  EXPECT_EQ(outcome.receipt.events(0).position(), 2u);
  EXPECT_EQ(outcome.receipt.events(0).revision(), 2u);
}

TEST(Committer, T18ARepeatGetsTheFirstReceiptByteForByteAlsoAfterARestartTenYearsOn) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  for (const bool salted : {true, false}) {
    const std::string id = salted ? "with" : "without";
    const auto request = [&] {
      const std::vector<std::string> ids = {id + "-1", id + "-2", id + "-3"};
      return salted ? EvidenceRequest("A", id, ids) : UnsaltedEvidenceRequest("A", id, ids);
    };
    ASSERT_OK_AND_ASSIGN(const CommitOutcome first, world.Append(request()));
    for (int i = 0; i < 50; ++i) {
      ASSERT_OK(
          world.Append(EvidenceRequest("A", absl::StrCat(id, "/", i), {absl::StrCat(id, "/", i)})));
    }
    ASSERT_OK_AND_ASSIGN(const CommitOutcome again, world.Append(request()));
    EXPECT_EQ(again.receipt.SerializeAsString(), first.receipt.SerializeAsString());
    EXPECT_EQ(again.flags, first.flags);
    EXPECT_TRUE(again.repeated);
    world.clock().Advance(int64_t{10} * 365 * 86400 * 1000000);
    world.Restart();
    const TreeSize head = world.log().head();
    ASSERT_OK_AND_ASSIGN(const CommitOutcome later, world.Append(request()));
    EXPECT_EQ(later.receipt.SerializeAsString(), first.receipt.SerializeAsString());
    EXPECT_EQ(world.log().head(), head);
  }
}

TEST(Committer, T19T20OtherBytesUnderAUsedIdAreRefusedNamingBothDigests) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  ASSERT_OK(world.Append(EvidenceRequest("A", "e", {"E-1", "E-2"})));
  ASSERT_OK(world.Append(UnsaltedEvidenceRequest("A", "u", {"E-3", "E-4"})));
  ASSERT_OK_AND_ASSIGN(const std::optional<StoredRequest> row, world.log().FindRequest("e"));
  for (const v1::AppendRequest& other :
       {EvidenceRequest("A", "e", {"E-1"}), EvidenceRequest("A", "e", {"E-1", "E-2", "E-5"}),
        EvidenceRequest("A", "e", {"E-2", "E-1"}),
        UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2"}),
        EvidenceRequest("B", "e", {"E-1", "E-2"}), UnsaltedEvidenceRequest("A", "u", {"E-3"}),
        UnsaltedEvidenceRequest("A", "u", {"E-3", "E-5"})}) {
    const absl::StatusOr<CommitOutcome> refused = world.Append(other);
    EXPECT_THAT(refused, test::StatusIs(absl::StatusCode::kAlreadyExists));
    ASSERT_THAT(refused, test::RefusedWith("REQUEST_ID_REUSED"));
    const auto metadata = ViolationsOf(refused.status())[0].metadata;
    ASSERT_EQ(metadata.size(), 2u);
    if (other.request_id() == "e") {
      EXPECT_EQ(metadata[0].second, merkle::ToHex(row->statement_digest));
    }
    EXPECT_NE(metadata[0].second, metadata[1].second);
  }
  EXPECT_EQ(world.log().head(), TreeSize{6});
}

TEST(Committer, T21ARepeatIsAnsweredWhateverRevisionItExpects) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  ASSERT_OK_AND_ASSIGN(const CommitOutcome first,
                       world.Append(Expecting(2, EvidenceRequest("A", "e", {"E-1"}))));
  for (const uint64_t revision : {2u, 3u, 99u}) {
    ASSERT_OK_AND_ASSIGN(const CommitOutcome again,
                         world.Append(Expecting(revision, EvidenceRequest("A", "e", {"E-1"}))));
    EXPECT_EQ(again.receipt.SerializeAsString(), first.receipt.SerializeAsString());
  }
}

TEST(Committer, T22ThirtyTwoIdenticalRequestsAtOnceCommitOnce) {
  for (const bool salted : {true, false}) {
    CommitWorld world;
    ASSERT_OK(world.Append(RegisterRequest("A", "a")));
    world.Restart();  // so that the state has to be folded while they wait
    constexpr int kRepeats = 32;
    std::vector<std::string> receipts(kRepeats);
    std::vector<std::thread> threads;
    for (int i = 0; i < kRepeats; ++i) {
      threads.emplace_back([&, i] {
        const absl::StatusOr<CommitOutcome> outcome =
            world.Append(salted ? EvidenceRequest("A", "e", {"E-1", "E-2"})
                                : UnsaltedEvidenceRequest("A", "e", {"E-1", "E-2"}));
        EXPECT_OK(outcome);
        receipts[static_cast<size_t>(i)] = outcome->receipt.SerializeAsString();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(receipts, ::testing::Each(receipts[0]));
    EXPECT_EQ(world.log().head(), TreeSize{4});
  }
}

TEST(Committer, T1SixtyFourWritersGetPlacesWithoutGapOrRepeat) {
  CommitWorld world;
  constexpr int kWriters = 64;
  constexpr int kRequests = 25;
  std::vector<std::vector<v1::ReceiptFixed>> receipts(kWriters);
  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] {
      // Eight writers a contract; the first to register it wins.
      const std::string contract = absl::StrCat("C-", w % 8);
      EXPECT_OK(world.Append(RegisterRequest(contract, "register-" + contract)));
      for (int i = 0; i < kRequests; ++i) {
        std::vector<std::string> ids;
        for (int n = 0; n <= i % 3; ++n) ids.push_back(absl::StrCat("E-", w, "-", i, "-", n));
        const auto outcome = world.Append(EvidenceRequest(contract, absl::StrCat(w, "/", i), ids));
        ASSERT_OK(outcome);
        receipts[static_cast<size_t>(w)].push_back(outcome->receipt);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<merkle::EntryHeader> headers = HeadersOf(world.log());
  std::map<std::string, uint64_t> revisions;
  for (uint64_t p = 0; p < headers.size(); ++p) {
    EXPECT_EQ(headers[p].position.value, p);
    EXPECT_EQ(headers[p].revision.value, revisions[headers[p].contract_id]++);
  }
  std::set<uint64_t> acknowledged;
  for (const auto& of_writer : receipts) {
    uint64_t last = 0;
    for (const v1::ReceiptFixed& receipt : of_writer) {
      EXPECT_GT(receipt.events(0).position(), last) << "a writer's own requests keep their order";
      last = receipt.events(receipt.events_size() - 1).position();
      EXPECT_LT(last, receipt.head());
      for (const v1::EventPlace& place : receipt.events()) {
        EXPECT_TRUE(acknowledged.insert(place.position()).second);
      }
    }
  }
  EXPECT_EQ(acknowledged.size() + 16, headers.size()) << "all but the eight registrations";
}

TEST(Committer, FoldsAStateAgainThatItNoLongerHolds) {
  CommitWorld world({.states = {.states_max = 2, .events_max = 1000}});
  for (const char* contract : {"A", "B", "C", "D"}) {
    ASSERT_OK(world.Append(RegisterRequest(contract, contract)));
  }
  for (int round = 0; round < 3; ++round) {
    for (const char* contract : {"A", "B", "C", "D"}) {
      const std::string id = absl::StrCat(contract, round);
      ASSERT_OK_AND_ASSIGN(const CommitOutcome outcome,
                           world.Append(EvidenceRequest(contract, id, {id})));
      EXPECT_EQ(outcome.receipt.events(0).revision(), static_cast<uint64_t>(2 + round));
      EXPECT_THAT(world.Append(EvidenceRequest(contract, id + "x", {id})),
                  test::RefusedWith("EVIDENCE_ID_USED"));
    }
  }
}

TEST(Committer, FoldsAStreamLongerThanOneReadWithOthersInBetween) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  ASSERT_OK(world.Append(RegisterRequest("B", "b")));
  int next = 0;
  for (int i = 0; i < 12; ++i) {
    std::vector<std::string> ids;
    for (int n = 0; n < 400; ++n) ids.push_back(absl::StrCat("E-", next++));
    ASSERT_OK(world.Append(EvidenceRequest("A", absl::StrCat("a", i), ids)));
    ids.resize(static_cast<size_t>(1 + i * 7));
    ASSERT_OK(world.Append(EvidenceRequest("B", absl::StrCat("b", i), {absl::StrCat("B-", i)})));
  }
  world.Restart();
  ASSERT_OK_AND_ASSIGN(const CommitOutcome outcome,
                       world.Append(EvidenceRequest("A", "last", {"E-new"})));
  EXPECT_EQ(outcome.receipt.events(0).revision(), 2u + 12 * 400);
  EXPECT_THAT(world.Append(EvidenceRequest("A", "x", {"E-4799"})),
              test::RefusedWith("EVIDENCE_ID_USED"));
  ASSERT_OK_AND_ASSIGN(const CommitOutcome other,
                       world.Append(EvidenceRequest("B", "lastb", {"B-new"})));
  EXPECT_EQ(other.receipt.events(0).revision(), 14u);
}

// Gathers answers in the order in which they belong.
class Answers {
 public:
  explicit Answers(int count) : positions_(static_cast<size_t>(count)), left_(count) {}
  Committer::Answer At(int index) {
    return [this, index](absl::StatusOr<CommitOutcome> outcome) {
      EXPECT_OK(outcome);
      if (outcome.ok()) {
        positions_[static_cast<size_t>(index)] = outcome->receipt.events(0).position();
      }
      left_.DecrementCount();
    };
  }
  const std::vector<uint64_t>& Wait() {
    left_.Wait();
    return positions_;
  }

 private:
  std::vector<uint64_t> positions_;
  absl::BlockingCounter left_;
};

TEST(Committer, KeepsTheOrderOfAStreamAcrossContractsThatHaveToBeFolded) {
  CommitWorld world;
  constexpr int kContracts = 20;
  for (int c = 0; c < kContracts; ++c) {
    ASSERT_OK(world.Append(RegisterRequest(absl::StrCat("C-", c), absl::StrCat("register", c))));
  }
  for (int round = 0; round < 5; ++round) {
    world.Restart();
    constexpr int kRequests = 200;
    Answers answers(kRequests);
    for (int i = 0; i < kRequests; ++i) {
      const std::string id = absl::StrCat(round, "-", i);
      world.Submit(EvidenceRequest(absl::StrCat("C-", i * 7 % kContracts), id, {id}), answers.At(i),
                   /*order_tag=*/5);
    }
    const std::vector<uint64_t>& positions = answers.Wait();
    EXPECT_TRUE(std::is_sorted(positions.begin(), positions.end()));
  }
}

TEST(Committer, CommitsNoMoreAtOnceThanABatchHolds) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  world.Restart();  // so that all of them wait for the state together
  constexpr int kRequests = 30;
  Answers answers(kRequests);
  for (int i = 0; i < kRequests; ++i) {
    std::vector<std::string> ids;
    for (size_t n = 0; n + 7 < kRequestEventsMax; ++n) ids.push_back(absl::StrCat(i, "-", n));
    world.Submit(EvidenceRequest("A", absl::StrCat("e", i), ids), answers.At(i));
  }
  const std::vector<uint64_t>& positions = answers.Wait();
  EXPECT_TRUE(std::is_sorted(positions.begin(), positions.end()));
  EXPECT_EQ(world.log().head().value, 2 + kRequests * (kRequestEventsMax - 7));
}

// Commits of many requests are written while the next one is planned. What is looked up in the log
// meanwhile, a request's first time or a state that was evicted, must be found there.
TEST(Committer, PlansAheadWithoutTakingARequestTwiceOrFoldingTooLittle) {
  CommitWorld world({.states = {.states_max = 1}});
  const std::vector<std::string> contracts = {"A", "B", "C"};
  for (const std::string& id : contracts) ASSERT_OK(world.Append(RegisterRequest(id, id)));
  constexpr size_t kRequests = 36;
  constexpr size_t kEvents = 500;
  std::vector<v1::AppendRequest> requests;
  for (size_t i = 0; i < kRequests; ++i) {
    std::vector<std::string> ids;
    for (size_t n = 0; n < kEvents; ++n) ids.push_back(absl::StrCat(i, "-", n));
    requests.push_back(EvidenceRequest(contracts[i % 3], absl::StrCat("e", i), ids));
  }
  // Every request is sent twice, the second time some requests later.
  std::vector<absl::StatusOr<CommitOutcome>> answers(2 * kRequests, absl::UnknownError("none"));
  absl::BlockingCounter left(2 * kRequests);
  const auto submit = [&](size_t request, size_t answer) {
    world.Submit(requests[request], [&, answer](absl::StatusOr<CommitOutcome> outcome) {
      answers[answer] = std::move(outcome);
      left.DecrementCount();
    });
  };
  constexpr size_t kLater = 4;
  for (size_t i = 0; i < kRequests + kLater; ++i) {
    if (i < kRequests) submit(i, i);
    if (i >= kLater) submit(i - kLater, kRequests + i - kLater);
  }
  left.Wait();
  for (size_t i = 0; i < kRequests; ++i) {
    ASSERT_OK(answers[i]);
    ASSERT_OK(answers[kRequests + i]);
    EXPECT_EQ(answers[i]->receipt.SerializeAsString(),
              answers[kRequests + i]->receipt.SerializeAsString());
    EXPECT_NE(answers[i]->repeated, answers[kRequests + i]->repeated);
  }
  EXPECT_EQ(world.log().head().value, 2 * contracts.size() + kRequests * kEvents);
  std::map<std::string, uint64_t> next;
  for (const merkle::EntryHeader& header : HeadersOf(world.log())) {
    EXPECT_EQ(header.revision.value, next[header.contract_id]++);
  }
}

TEST(Committer, KeepsTheOrderOfAContractWithoutATag) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  world.Restart();
  constexpr int kRequests = 300;
  Answers answers(kRequests);
  for (int i = 0; i < kRequests; ++i) {
    const std::string id = absl::StrCat("e-", i);
    // The condition holds only if every request before it has gone before it.
    world.Submit(Expecting(static_cast<uint64_t>(2 + i), EvidenceRequest("A", id, {id})),
                 answers.At(i));
  }
  answers.Wait();
}

TEST(Committer, T30RecordsNoEarlierTimeWhenTheClockStepsBackAndSaysSo) {
  CommitWorld world;
  ASSERT_OK_AND_ASSIGN(const CommitOutcome first, world.Append(RegisterRequest("A", "a")));
  EXPECT_FALSE(world.committer().status().clock_back);
  world.clock().SetWall(UnixMicros{world.clock().Now().value - 3600u * 1000000});
  ASSERT_OK_AND_ASSIGN(const CommitOutcome second,
                       world.Append(EvidenceRequest("A", "e", {"E-1"})));
  EXPECT_EQ(second.receipt.recorded_at().SerializeAsString(),
            first.receipt.recorded_at().SerializeAsString());
  EXPECT_TRUE(world.committer().status().clock_back);
  // For good: with the event, and for every repeat.
  EXPECT_EQ(second.flags.at(0), std::vector<std::string>{"CLOCK_BACK"});
  const UnixMicros wall = world.clock().Now();
  world.Restart();
  ASSERT_OK_AND_ASSIGN(const CommitOutcome again, world.Append(EvidenceRequest("A", "e", {"E-1"})));
  EXPECT_EQ(again.flags, second.flags);
  ASSERT_OK_AND_ASSIGN(const std::optional<StoredRequest> row, world.log().FindRequest("e"));
  EXPECT_EQ(row->clock, wall);
  EXPECT_GT(row->recorded_at, wall);
}

TEST(Committer, T31AClockThatRunsAheadIsNotBelieved) {
  CommitWorld world;
  ASSERT_OK_AND_ASSIGN(const CommitOutcome first, world.Append(RegisterRequest("A", "a")));
  const UnixMicros good = world.clock().Now();
  world.clock().SetWall(UnixMicros{good.value + uint64_t{86400} * 1000000});
  ASSERT_OK_AND_ASSIGN(const CommitOutcome second,
                       world.Append(EvidenceRequest("A", "e", {"E-1"})));
  EXPECT_EQ(second.receipt.recorded_at().seconds(), first.receipt.recorded_at().seconds());
  EXPECT_TRUE(world.committer().status().clock_ahead);
  EXPECT_EQ(second.flags.at(0), std::vector<std::string>{"CLOCK_AHEAD"});
  world.clock().SetWall(good);
  world.clock().Advance(1000000);
  ASSERT_OK_AND_ASSIGN(const CommitOutcome third, world.Append(EvidenceRequest("A", "f", {"E-2"})));
  EXPECT_EQ(third.receipt.recorded_at().seconds(), first.receipt.recorded_at().seconds() + 1);
  EXPECT_FALSE(world.committer().status().clock_ahead);
  EXPECT_EQ(third.flags.at(0), std::vector<std::string>{});
}

TEST(Committer, T32AnExpiredDeadlineIsRefusedAtOnceAndNothingIsWritten) {
  CommitWorld world;
  ASSERT_OK_AND_ASSIGN(AppendRequest request,
                       AcceptRequest(RegisterRequest("A", "a"), test::kCommitLedgerId));
  request.deadline = absl::Now() - absl::Seconds(1);
  absl::Status answer;
  world.committer().Submit(std::move(request), [&](absl::StatusOr<CommitOutcome> outcome) {
    answer = outcome.status();
  });
  EXPECT_THAT(answer, test::StatusIs(absl::StatusCode::kDeadlineExceeded)) << "on this thread";
  EXPECT_EQ(world.log().head(), TreeSize{0});
}

TEST(Committer, RefusesWhatItsQueueCannotHold) {
  CommitWorld world({.queue_requests_max = 0});
  EXPECT_THAT(world.Append(RegisterRequest("A", "a")), test::RefusedWith("QUEUE_FULL"));
  CommitWorld small({.queue_bytes_max = 100});
  EXPECT_THAT(small.Append(RegisterRequest("A", "a")), test::RefusedWith("QUEUE_FULL"));
  EXPECT_EQ(small.committer().status().queued_requests, 0u);
}

TEST(Committer, AnswersOthersWhileOneCallerHoldsItsAnswerUp) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  absl::Notification answering;
  absl::Notification go_on;
  world.Submit(EvidenceRequest("A", "e", {"E-1"}), [&](absl::StatusOr<CommitOutcome>) {
    answering.Notify();
    go_on.WaitForNotification();
  });
  answering.WaitForNotification();
  for (int i = 0; i < 10; ++i) {
    const std::string id = absl::StrCat("f", i);
    EXPECT_OK(world.Append(EvidenceRequest("A", id, {id})));
  }
  go_on.Notify();
}

TEST(Committer, AnswersWhatIsQueuedBeforeItShutsDownAndNothingAfter) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  world.Restart();
  std::atomic<int> taken = 0;
  for (int i = 0; i < 500; ++i) {
    const std::string id = absl::StrCat("e", i);
    world.Submit(EvidenceRequest("A", id, {id}), [&](absl::StatusOr<CommitOutcome> outcome) {
      if (outcome.ok()) ++taken;
    });
  }
  world.committer().Shutdown();
  EXPECT_EQ(taken, 500);
  EXPECT_EQ(world.log().head(), TreeSize{502});
  EXPECT_THAT(world.Append(EvidenceRequest("A", "late", {"late"})), test::RefusedWith("DRAINING"));
  world.committer().Shutdown();
}

TEST(Committer, RefusesBelowTheDiskReserveWithoutStoppingForGood) {
  CommitWorld world({}, {.disk_reserve_bytes = uint64_t{1} << 62});
  for (int i = 0; i < 3; ++i) {
    const absl::StatusOr<CommitOutcome> refused = world.Append(RegisterRequest("A", "a"));
    EXPECT_THAT(refused, test::StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_THAT(refused, test::RefusedWith("DISK_RESERVE"));
  }
  EXPECT_OK(world.committer().status().failed);
  EXPECT_TRUE(world.failures().empty());
  EXPECT_EQ(world.log().head(), TreeSize{0});
}

// Files may not grow beyond a bound, so that a write fails as on a broken disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = signal(SIGXFSZ, SIG_IGN);
    EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &old_), 0);
    const rlimit lowered = {bytes, old_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &lowered), 0);
  }
  ~FileSizeLimit() {
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &old_), 0);
    signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_;
  sighandler_t old_handler_;
};

std::string OutcomeIn(const absl::Status& status) {
  for (const Violation& violation : ViolationsOf(status)) {
    for (const auto& [name, value] : violation.metadata) {
      if (name == "outcome") return value;
    }
  }
  return "none";
}

TEST(Committer, StopsForGoodAfterAFailedWriteAndTheRequestIdSettlesWhatHappened) {
  CommitWorld world;
  ASSERT_OK(world.Append(RegisterRequest("A", "a")));
  constexpr int kRequests = 60;
  const auto request = [](int i) {
    std::vector<std::string> ids;
    for (int n = 0; n < 200; ++n) ids.push_back(absl::StrCat("E-", i, "-", n));
    return EvidenceRequest("A", absl::StrCat("e", i), ids);
  };
  std::vector<absl::StatusOr<CommitOutcome>> answers(kRequests, absl::UnknownError("none"));
  {
    const FileSizeLimit limit(1 << 20);
    absl::BlockingCounter left(kRequests);
    for (int i = 0; i < kRequests; ++i) {
      world.Submit(request(i), [&, i](absl::StatusOr<CommitOutcome> outcome) {
        answers[static_cast<size_t>(i)] = std::move(outcome);
        left.DecrementCount();
      });
    }
    left.Wait();
    EXPECT_EQ(OutcomeIn(world.Append(request(kRequests)).status()), "NOT_EXECUTED");
    EXPECT_EQ(world.failures().size(), 1u);
    EXPECT_FALSE(world.committer().status().failed.ok());
  }
  int unknown = 0;
  for (const auto& answer : answers) {
    if (answer.ok()) continue;
    EXPECT_THAT(answer, test::StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_THAT(answer, test::RefusedWith("COMMIT_FAILED"));
    if (OutcomeIn(answer.status()) == "UNKNOWN") ++unknown;
  }
  EXPECT_GT(unknown, 0);
  EXPECT_LT(unknown, kRequests);
  world.Restart();
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_OK_AND_ASSIGN(const CommitOutcome outcome, world.Append(request(i)));
    const absl::StatusOr<CommitOutcome>& first = answers[static_cast<size_t>(i)];
    if (first.ok()) {
      EXPECT_EQ(outcome.receipt.SerializeAsString(), first->receipt.SerializeAsString());
    } else if (OutcomeIn(first.status()) == "NOT_EXECUTED") {
      EXPECT_FALSE(outcome.repeated);
    }
  }
  EXPECT_EQ(world.log().head().value, 2u + kRequests * 200);
}

TEST(Committer, LeavesNothingForVerifyToName) {
  CommitWorld world;
  for (const char* contract : {"A", "B"}) {
    ASSERT_OK(world.Append(RegisterRequest(contract, contract)));
    ASSERT_OK(
        world.Append(UnsaltedEvidenceRequest(contract, absl::StrCat(contract, "-u"), {"E-1"})));
    v1::AppendRequest by_author =
        EvidenceRequest(contract, absl::StrCat(contract, "-s"), {"E-2", "E-3"});
    test::SignRequest(merkle::PrivateKey::FromSeed(std::string(32, 'a')).value(), &by_author);
    ASSERT_OK(world.Append(by_author));
    world.clock().SetWall(UnixMicros{world.clock().Now().value - 1000000});
  }
  const test::TempDir temp;
  const std::string copy = temp.path() + "/copy";
  std::filesystem::copy(world.directory(), copy);
  VerifyOptions options;
  options.on_fault = [](const Fault& fault) { ADD_FAILURE() << FormatFault(fault); };
  ASSERT_OK_AND_ASSIGN(const VerifyReport report, VerifyData(copy, options));
  EXPECT_EQ(report.fault_count, 0u);
  EXPECT_EQ(report.events_checked, world.log().head().value);
  EXPECT_EQ(report.signatures_checked, 2u);
}

TEST(Committer, KeepsTheLedgersOwnStreamLikeAnyOther) {
  CommitWorld world;
  v1::LedgerCreated created;
  v1::Common* const common = created.mutable_common();
  common->set_event_type("waymark.v1.LedgerCreated");
  common->set_party_id("operator");
  common->set_role(v1::ROLE_SYS);
  common->set_marking(v1::MARKING_PUBLIC);
  created.set_ledger(test::kCommitLedgerId);
  created.set_key(test::TestLedgerKey().public_key());
  created.set_first_administrator("admin-1");
  v1::AppendRequest request;
  request.set_request_id("ledger-created");
  request.set_contract_id("_ledger");
  request.set_principal("waymarkd");
  test::AddEvent(created, /*salted=*/true, &request);
  ASSERT_OK_AND_ASSIGN(const CommitOutcome outcome, world.Append(request));
  EXPECT_EQ(outcome.receipt.events(0).position(), 0u);
  request.set_request_id("again");
  EXPECT_THAT(world.Append(request), test::StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace waymark
