// Read and Subscribe: order, completeness, resume points, filters, cursors.
#include <algorithm>
#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/service/cursor.h"
#include "ledger/service/feed_start.h"
#include "tests/service/live_ledger.h"
#include "tests/service/sample_requests.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

uint64_t PositionOf(const v1::RecordedEvent& event) {
  return merkle::DecodeEntryHeaderView(event.header())->position.value;
}

// One open subscription and what it has sent.
class Subscriber {
 public:
  Subscriber(LiveLedger& ledger, const v1::SubscribeRequest& request)
      : reader_(ledger.ledger().Subscribe(&context_, request)) {}
  ~Subscriber() { context_.TryCancel(); }

  // The next message; the resume position never goes down.
  bool Next() {
    const uint64_t before = message.resume().position();
    if (!reader_->Read(&message)) return false;
    EXPECT_GE(message.resume().position(), before);
    EXPECT_LE(message.resume().position(), message.resume().visible_head());
    EXPECT_LE(message.resume().visible_head(), message.resume().head());
    events.insert(events.end(), message.batch().events().begin(), message.batch().events().end());
    return true;
  }
  // Reads on until the message after which the position is `size` and nothing is left to catch up
  // with.
  void ReadUntilCaughtUp(uint64_t size) {
    while (!(message.has_caught_up() && message.resume().position() >= size)) {
      ASSERT_TRUE(Next()) << FromGrpc(Finish());
    }
  }
  grpc::Status Finish() { return reader_->Finish(); }
  void Cancel() { context_.TryCancel(); }
  const std::multimap<grpc::string_ref, grpc::string_ref>& trailers() const {
    return context_.GetServerTrailingMetadata();
  }

  v1::SubscribeReply message;
  std::vector<v1::RecordedEvent> events;

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::SubscribeReply>> reader_;
};

std::vector<uint64_t> PositionsOf(const std::vector<v1::RecordedEvent>& events) {
  std::vector<uint64_t> positions;
  for (const v1::RecordedEvent& event : events) positions.push_back(PositionOf(event));
  return positions;
}

class Feed : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(ledger_.Start());
    ASSERT_OK(ledger_.Seed("C-1"));
  }

  void SubmitOne(const std::string& contract, const std::string& id,
                 const std::string& focus = "PI-CS") {
    ASSERT_OK(ledger_.Append(SubmitEvidence(contract, id, 1, focus)).status());
  }

  LiveLedger ledger_;
};

// T1
TEST_F(Feed, ShowsEachPositionOnceInOrderWhileSixtyFourWrite) {
  constexpr int kWriters = 64;
  constexpr int kRequests = 12;
  Subscriber subscriber(ledger_, {});
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kRequests; ++i) {
        const std::string id = absl::StrCat("w", writer, "-", i);
        ASSERT_OK(i % 3 == 0 ? ledger_.Append(RegisterContract(id)).status()
                             : ledger_.Append(SubmitEvidence("C-1", id, 1 + i % 4)).status());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const uint64_t head = ledger_.head();
  subscriber.ReadUntilCaughtUp(head);
  ASSERT_EQ(subscriber.events.size(), head);
  for (uint64_t i = 0; i < head; ++i) ASSERT_EQ(PositionOf(subscriber.events[i]), i);
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::RecordedEvent> read, ledger_.ReadAll());
  ASSERT_EQ(read.size(), head);
  for (uint64_t i = 0; i < head; ++i) {
    ASSERT_EQ(read[i].SerializeAsString(), subscriber.events[i].SerializeAsString());
  }
}

// T4
TEST_F(Feed, ShowsARequestWholeOrNotAtAllUpToTheStatedHead) {
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 60; ++i) {
      ASSERT_OK(ledger_.Append(SubmitEvidence("C-1", absl::StrCat("r-", i), 7)).status());
    }
    done = true;
  });
  const uint64_t first = 3;  // LedgerCreated, ContractRegistered, MatrixVersionDrafted
  while (!done) {
    ASSERT_OK_AND_ASSIGN(const std::vector<v1::ReadReply> replies, ledger_.Read({}));
    const uint64_t end = replies.back().resume().position();
    EXPECT_EQ((end - first) % 7, 0u) << end;
    EXPECT_EQ((replies[0].resume().head() - first) % 7, 0u);
  }
  writer.join();
  // And with a batch limit inside the requests and a resume from every message.
  v1::SubscribeRequest request;
  request.set_max_events(4);
  std::vector<uint64_t> positions;
  while (positions.size() < ledger_.head()) {
    Subscriber subscriber(ledger_, request);
    ASSERT_TRUE(subscriber.Next());
    ASSERT_TRUE(subscriber.Next());
    for (const uint64_t position : PositionsOf(subscriber.events)) positions.push_back(position);
    ASSERT_LE(subscriber.events.size(), 4u);
    request.mutable_start()->set_cursor(subscriber.message.resume().cursor());
  }
  for (uint64_t i = 0; i < positions.size(); ++i) ASSERT_EQ(positions[i], i);
}

// T5: resuming from any message that was ever sent delivers every later match once.
TEST_F(Feed, ResumesFromEveryMessageWithoutGapOrRepeat) {
  ASSERT_OK(ledger_.Seed("C-2"));
  std::mt19937 random(7);
  for (int i = 0; i < 120; ++i) {
    SubmitOne(random() % 2 ? "C-1" : "C-2", absl::StrCat("r-", i),
              random() % 3 ? "PI-CS" : "SE-AM");
  }
  std::vector<v1::Filter> filters(5);
  filters[1].add_any_of()->add_contract_id("C-2");
  filters[2].add_any_of()->add_focus("SE-AM");
  filters[3].add_any_of()->add_contract_id("C-1");
  filters[3].mutable_any_of(0)->add_focus("PI-CS");
  filters[3].mutable_any_of(0)->add_party("P");
  filters[4].add_any_of()->add_focus("NEVER");
  for (const v1::Filter& filter : filters) {
    v1::SubscribeRequest request;
    *request.mutable_filter() = filter;
    request.set_max_events(1 + random() % 9);
    Subscriber whole(ledger_, request);
    std::vector<v1::SubscribeReply> messages;
    while (!whole.message.has_caught_up()) {
      ASSERT_TRUE(whole.Next());
      messages.push_back(whole.message);
    }
    const std::vector<uint64_t> all = PositionsOf(whole.events);
    for (const v1::SubscribeReply& message : messages) {
      for (const bool by_cursor : {true, false}) {
        v1::SubscribeRequest again = request;
        again.set_max_events(1 + random() % 9);
        if (by_cursor) {
          again.mutable_start()->set_cursor(message.resume().cursor());
        } else {
          again.mutable_start()->set_from_position(message.resume().position());
        }
        Subscriber rest(ledger_, again);
        rest.ReadUntilCaughtUp(ledger_.head());
        std::vector<uint64_t> expected;
        std::copy_if(all.begin(), all.end(), std::back_inserter(expected),
                     [&](uint64_t position) { return position >= message.resume().position(); });
        ASSERT_EQ(PositionsOf(rest.events), expected)
            << filter.ShortDebugString() << " from " << message.resume().position();
      }
    }
  }
}

// T6
TEST_F(Feed, TellsAFilterThatNeverMatchesWhereItStands) {
  v1::SubscribeRequest request;
  request.mutable_filter()->add_any_of()->add_focus("PI-SC");
  request.mutable_filter()->mutable_any_of(0)->add_contract_id("C-404");
  request.mutable_heartbeat()->set_seconds(1);
  Subscriber subscriber(ledger_, request);
  ASSERT_TRUE(subscriber.Next());
  ASSERT_TRUE(subscriber.message.has_opened());
  EXPECT_THAT(subscriber.message.opened().unknown_values(), testing::ElementsAre("C-404", "PI-SC"));
  EXPECT_EQ(subscriber.message.opened().max_events(), kReadBatchEventsDefault);
  ASSERT_TRUE(subscriber.Next());
  ASSERT_TRUE(subscriber.message.has_caught_up());
  EXPECT_EQ(subscriber.message.resume().position(), 3u);
  ASSERT_TRUE(subscriber.Next());
  ASSERT_TRUE(subscriber.message.has_heartbeat());
  EXPECT_EQ(subscriber.message.resume().position(), 3u);
  SubmitOne("C-1", "r-1");
  ASSERT_TRUE(subscriber.Next());
  EXPECT_TRUE(subscriber.message.has_caught_up());
  EXPECT_EQ(subscriber.message.resume().position(), 4u);
  EXPECT_TRUE(subscriber.events.empty());
}

TEST_F(Feed, StartsAtTheHeadOnlyWhenAsked) {
  v1::SubscribeRequest request;
  request.mutable_start()->mutable_at_head();
  Subscriber subscriber(ledger_, request);
  ASSERT_TRUE(subscriber.Next());
  EXPECT_EQ(subscriber.message.resume().position(), 3u);
  SubmitOne("C-1", "r-1");
  subscriber.ReadUntilCaughtUp(4);
  EXPECT_THAT(PositionsOf(subscriber.events), testing::ElementsAre(3));
}

// T12 in small, T7: the batches of a catch-up carry the scan's own place.
TEST_F(Feed, TellsALiveStreamThatItFellBehindAndCatchesUp) {
  v1::SubscribeRequest request;
  request.set_max_events(100);
  Subscriber subscriber(ledger_, request);
  subscriber.ReadUntilCaughtUp(3);
  // Not read while they are written: the transport's window fills, and the stream stands still.
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 7; ++i) {
        ASSERT_OK(ledger_.Append(SubmitEvidence("C-1", absl::StrCat("b", writer, "-", i), 1000))
                      .status());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  bool fell_behind = false;
  while (subscriber.events.size() < ledger_.head()) {
    ASSERT_TRUE(subscriber.Next());
    if (subscriber.message.has_fell_behind()) {
      fell_behind = true;
      EXPECT_GT(subscriber.message.fell_behind().behind(), kFellBehindPositions);
    }
    ASSERT_EQ(subscriber.events.size(), subscriber.message.resume().position());
  }
  EXPECT_TRUE(fell_behind);
  subscriber.ReadUntilCaughtUp(ledger_.head());
  for (uint64_t i = 0; i < subscriber.events.size(); ++i) {
    ASSERT_EQ(PositionOf(subscriber.events[i]), i);
  }
}

// T9, T10
TEST_F(Feed, RefusesCursorsOfOtherFeedsAndHistories) {
  v1::SubscribeRequest request;
  Subscriber subscriber(ledger_, request);
  subscriber.ReadUntilCaughtUp(3);
  const std::string cursor = subscriber.message.resume().cursor();
  const auto refusal = [&](const std::string& with, const v1::Filter& filter = {}) {
    v1::SubscribeRequest again;
    again.mutable_start()->set_cursor(with);
    *again.mutable_filter() = filter;
    Subscriber other(ledger_, again);
    EXPECT_FALSE(other.Next());
    return FromGrpc(other.Finish());
  };
  v1::Filter filter;
  filter.add_any_of()->add_party("P");
  EXPECT_THAT(refusal(cursor, filter), RefusedWith("CURSOR_OTHER_FILTER"));
  EXPECT_THAT(refusal("not a cursor"), RefusedWith("CURSOR_MALFORMED"));

  ASSERT_OK_AND_ASSIGN(Cursor changed, DecodeCursor(cursor));
  changed.leaf[0] ^= 1;
  const absl::Status history = refusal(EncodeCursor(changed));
  EXPECT_THAT(history, RefusedWith("CURSOR_OTHER_HISTORY"));
  EXPECT_THAT(history, StatusIs(absl::StatusCode::kDataLoss));

  ASSERT_OK_AND_ASSIGN(changed, DecodeCursor(cursor));
  changed.position.value = 4;
  const absl::Status beyond = refusal(EncodeCursor(changed));
  EXPECT_THAT(beyond, RefusedWith("CURSOR_BEYOND_HEAD"));
  EXPECT_THAT(beyond, StatusIs(absl::StatusCode::kOutOfRange, testing::HasSubstr("head 3")));
  const auto facts = ViolationsOf(beyond)[0].metadata;
  for (const char* name : {"ledger", "head", "checkpoint_size", "checkpoint_root"}) {
    EXPECT_TRUE(std::any_of(facts.begin(), facts.end(), [&](const auto& fact) {
      return fact.first == name;
    })) << name;
  }

  LiveLedger other({.ledger_id = "example.com/other"});
  ASSERT_OK(other.Start());
  ASSERT_OK(other.Seed("C-1"));
  v1::SubscribeRequest foreign;
  foreign.mutable_start()->set_cursor(cursor);
  Subscriber there(other, foreign);
  EXPECT_FALSE(there.Next());
  EXPECT_THAT(FromGrpc(there.Finish()), RefusedWith("CURSOR_OTHER_LEDGER"));
}

TEST_F(Feed, KeepsCursorsOverARestart) {
  v1::SubscribeRequest request;
  {
    Subscriber subscriber(ledger_, request);
    subscriber.ReadUntilCaughtUp(3);
    request.mutable_start()->set_cursor(subscriber.message.resume().cursor());
  }
  ledger_.Stop();
  ASSERT_OK(ledger_.Start());
  SubmitOne("C-1", "r-1");
  Subscriber again(ledger_, request);
  again.ReadUntilCaughtUp(4);
  EXPECT_THAT(PositionsOf(again.events), testing::ElementsAre(3));
}

TEST_F(Feed, HoldsEventsBackUntilTheyArePublished) {
  v1::SubscribeRequest request;
  request.set_deliver_at(v1::ACK_LEVEL_PUBLISHED);
  Subscriber subscriber(ledger_, request);
  while (subscriber.events.size() < 3) {
    ASSERT_TRUE(subscriber.Next());
    EXPECT_LE(subscriber.message.resume().visible_head(), ledger_.parts().published->size().value);
  }
  EXPECT_THAT(PositionsOf(subscriber.events), testing::ElementsAre(0, 1, 2));
  request.set_deliver_at(v1::ACK_LEVEL_WITNESSED);
  Subscriber witnessed(ledger_, request);
  EXPECT_FALSE(witnessed.Next());
  EXPECT_THAT(FromGrpc(witnessed.Finish()), RefusedWith("WITNESSES_NOT_CONFIGURED"));
}

using Reading = Feed;

TEST_F(Reading, GoesBackwardsOverTheSameEvents) {
  ASSERT_OK(ledger_.Seed("C-2"));
  for (int i = 0; i < 50; ++i) SubmitOne(i % 3 ? "C-1" : "C-2", absl::StrCat("r-", i));
  for (const char* contract : {"", "C-2"}) {
    for (const char* party : {"", "P"}) {
      v1::ReadRequest request;
      if (*contract || *party) {
        v1::Term& term = *request.mutable_filter()->add_any_of();
        if (*contract) term.add_contract_id(contract);
        if (*party) term.add_party(party);
      }
      ASSERT_OK_AND_ASSIGN(const std::vector<v1::ReadReply> forward, ledger_.Read(request));
      request.set_direction(v1::DIRECTION_BACKWARD);
      ASSERT_OK_AND_ASSIGN(const std::vector<v1::ReadReply> backward, ledger_.Read(request));
      std::vector<std::string> up, down;
      for (const auto& reply : forward) {
        for (const auto& event : reply.batch().events()) up.push_back(event.SerializeAsString());
      }
      for (const auto& reply : backward) {
        for (const auto& event : reply.batch().events()) down.push_back(event.SerializeAsString());
      }
      std::reverse(down.begin(), down.end());
      EXPECT_FALSE(up.empty());
      EXPECT_EQ(up, down) << contract << party;
      EXPECT_TRUE(backward.back().has_end());
      EXPECT_EQ(backward.back().resume().position(), 0u);
    }
  }
}

TEST_F(Reading, TakesABoundedRangeAndPages) {
  for (int i = 0; i < 20; ++i) SubmitOne("C-1", absl::StrCat("r-", i));
  v1::ReadRequest request;
  request.mutable_start()->set_from_position(5);
  request.set_until(15);
  request.set_max_events(4);
  std::vector<uint64_t> positions;
  for (int page = 0; page < 3; ++page) {
    ASSERT_OK_AND_ASSIGN(const std::vector<v1::ReadReply> replies, ledger_.Read(request));
    for (const v1::ReadReply& reply : replies) {
      for (const auto& event : reply.batch().events()) positions.push_back(PositionOf(event));
    }
    ASSERT_TRUE(replies.back().has_end());
    request.mutable_start()->set_cursor(replies.back().resume().cursor());
  }
  EXPECT_THAT(positions, testing::ElementsAre(5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
}

TEST_F(Reading, LeavesPayloadsOutWhenAsked) {
  SubmitOne("C-1", "r-1");
  v1::ReadRequest request;
  request.set_headers_only(true);
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::ReadReply> replies, ledger_.Read(request));
  ASSERT_EQ(replies[0].batch().events_size(), 4);
  for (const v1::RecordedEvent& event : replies[0].batch().events()) {
    EXPECT_FALSE(event.header().empty());
    EXPECT_TRUE(event.payload().empty() && event.salt().empty());
    EXPECT_EQ(event.state(), v1::PAYLOAD_STATE_UNSPECIFIED);
  }
}

TEST_F(Reading, RefusesRangesThatAreNone) {
  const auto refused = [&](auto change) {
    v1::ReadRequest request;
    change(request);
    return ledger_.Read(request).status();
  };
  EXPECT_THAT(refused([](auto& r) { r.mutable_start()->set_from_position(4); }),
              RefusedWith("START_BEYOND_HEAD"));
  EXPECT_THAT(refused([](auto& r) { r.set_until(4); }), RefusedWith("UNTIL_BEYOND_HEAD"));
  EXPECT_THAT(refused([](auto& r) {
                r.mutable_start()->set_from_position(2);
                r.set_until(1);
              }),
              RefusedWith("RANGE_REVERSED"));
  EXPECT_THAT(refused([](auto& r) { r.set_min_position(3); }),
              RefusedWith("MIN_POSITION_BEYOND_HEAD"));
  EXPECT_THAT(refused([](auto& r) { r.set_direction(static_cast<v1::Direction>(9)); }),
              RefusedWith("DIRECTION_UNKNOWN"));
}

TEST_F(Reading, WaitsForThePositionItMustHaveSeen) {
  SubmitOne("C-1", "r-1");
  v1::ReadRequest request;
  request.set_min_position(3);
  request.set_deliver_at(v1::ACK_LEVEL_PUBLISHED);
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::ReadReply> replies, ledger_.Read(request));
  EXPECT_EQ(replies[0].batch().events_size(), 4);
}

// T39: a bound in time is on recorded_at, as the order is.
TEST(ReadingByTime, StartsAtTheFirstEventRecordedThen) {
  LiveLedger ledger({.ledger_id = "example.com/t/rehearsal", .rehearsal = true});
  ASSERT_OK(ledger.Start());
  KeptClock& clock = *ledger.parts().rehearsal_clock;
  const uint64_t base = clock.Now().value;
  for (int i = 1; i <= 5; ++i) {
    ASSERT_OK(clock.Set(UnixMicros{base + i * 1000000u}));
    ASSERT_OK(ledger.Append(RegisterContract(absl::StrCat("C-", i))).status());
  }
  const auto first_from = [&](uint64_t micros) -> absl::StatusOr<uint64_t> {
    v1::ReadRequest request;
    *request.mutable_start()->mutable_recorded_from() = ToTimestamp(UnixMicros{micros});
    ASSIGN_OR_RETURN(const std::vector<v1::ReadReply> replies, ledger.Read(request));
    return replies[0].resume().position() - replies[0].batch().events_size();
  };
  EXPECT_EQ(*first_from(0), 0u);
  EXPECT_EQ(*first_from(base + 3000000), 3u);
  EXPECT_EQ(*first_from(base + 3000001), 4u);
  EXPECT_EQ(*first_from(base + 5000000), 5u);
  EXPECT_THAT(first_from(base + 5000001), RefusedWith("RECORDED_FROM_IN_FUTURE"));
}

// T38
TEST_F(Reading, ComposesContractFocusTypeAndParty) {
  ASSERT_OK(ledger_.Seed("C-2"));
  SubmitOne("C-1", "r-1", "PI-CS");
  SubmitOne("C-1", "r-2", "SE-AM");
  SubmitOne("C-2", "r-3", "PI-CS");
  v1::ReadRequest request;
  v1::Term& term = *request.mutable_filter()->add_any_of();
  term.add_contract_id("C-1");
  term.add_focus("PI-CS");
  term.add_event_type("waymark.v1.EvidenceSubmitted");
  term.add_party("P");
  term.add_marking("COMMERCIAL");
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::ReadReply> replies, ledger_.Read(request));
  ASSERT_EQ(replies[0].batch().events_size(), 1);
  const auto header = merkle::DecodeEntryHeader(replies[0].batch().events(0).header());
  EXPECT_EQ(header->contract_id, "C-1");
  EXPECT_EQ(header->position.value, 5u);
  term.set_party(0, "X");
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::ReadReply> none, ledger_.Read(request));
  EXPECT_TRUE(none[0].has_end());
}

}  // namespace
}  // namespace waymark::test
