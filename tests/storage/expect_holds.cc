// The comparison of a log with the plain vectors, in every way that a log can be read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ledger/merkle/hash.h"
#include "ledger/storage/tile_edge.h"
#include "tests/storage/sample_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark {

bool operator==(const FilterEntry& a, const FilterEntry& b) {
  return a.focuses == b.focuses && a.category == b.category && a.party == b.party &&
         a.marking == b.marking;
}

namespace test {
namespace {

void ExpectEvent(const StoredEvent& found, const CommitEvent& want, Position position) {
  ASSERT_EQ(found.position, position);
  ASSERT_EQ(found.header, want.header) << "position " << position.value;
  ASSERT_EQ(found.state, StoredPayload::kPresent);
  ASSERT_EQ(found.payload, want.payload) << "position " << position.value;
  ASSERT_EQ(found.salt, want.salt);
}

void ExpectReadsForward(const EventLog& log, const SampleLedger& sample, TreeSize size) {
  uint64_t next = 0;
  uint32_t step = 1;
  while (next < size.value) {
    ReadOptions options;
    options.until = size;
    options.events_max = step;
    ASSERT_OK_AND_ASSIGN(const std::vector<StoredEvent> events, log.Read(Position{next}, options));
    ASSERT_FALSE(events.empty());
    for (const StoredEvent& event : events) {
      ExpectEvent(event, sample.events()[next], Position{next});
      ++next;
    }
    step = step * 3 % 97 + 1;
  }
}

void ExpectReadsBackward(const EventLog& log, const SampleLedger& sample, TreeSize size) {
  ReadOptions options;
  options.events_max = 1 << 20;
  options.bytes_max = size_t{1} << 40;
  ASSERT_OK_AND_ASSIGN(const std::vector<StoredEvent> events,
                       log.ReadBackward(size, Position{size.value / 3}, options));
  ASSERT_EQ(events.size(), size.value - size.value / 3);
  for (size_t i = 0; i < events.size(); ++i) {
    const Position position{size.value - 1 - i};
    ExpectEvent(events[i], sample.events()[position.value], position);
  }
}

void ExpectStreams(const EventLog& log, const SampleLedger& sample, TreeSize size) {
  for (const auto& [contract, all] : sample.streams()) {
    std::vector<Position> want = all;
    want.erase(std::lower_bound(want.begin(), want.end(), Position{size.value}), want.end());
    for (const size_t from : {size_t{0}, want.size() / 2, want.size(), want.size() + 5}) {
      const size_t begin = std::min(from, want.size());
      ASSERT_OK_AND_ASSIGN(const std::vector<Position> found,
                           log.StreamPositions(contract, Revision{from}, 1 << 20));
      ASSERT_EQ(found, std::vector<Position>(want.begin() + begin, want.end())) << contract;
    }
  }
  EXPECT_THAT(log.StreamPositions("no such contract", Revision{}, 10).value(),
              ::testing::IsEmpty());
}

void ExpectRequests(const EventLog& log, const SampleLedger& sample, TreeSize size) {
  for (const SampleRequest& want : sample.requests()) {
    ASSERT_OK_AND_ASSIGN(const std::optional<StoredRequest> found,
                         log.FindRequest(want.request_id));
    ASSERT_EQ(found.has_value(), want.stored.head <= size) << want.request_id;
    if (!found.has_value()) continue;
    ASSERT_EQ(found->contract_id, want.stored.contract_id);
    ASSERT_EQ(found->statement_digest, want.stored.statement_digest);
    ASSERT_EQ(found->first_position, want.stored.first_position);
    ASSERT_EQ(found->first_revision, want.stored.first_revision);
    ASSERT_EQ(found->event_count, want.stored.event_count);
    ASSERT_EQ(found->recorded_at, want.stored.recorded_at);
    ASSERT_EQ(found->clock, want.stored.clock);
    ASSERT_EQ(found->head, want.stored.head);
    ASSERT_EQ(found->salts_from_server, want.stored.salts_from_server);
    ASSERT_EQ(found->flags, want.stored.flags);
    ASSERT_OK_AND_ASSIGN(const StoredStatement statement,
                         log.ReadStatement(want.stored.first_position));
    ASSERT_EQ(statement.statement, want.statement.statement);
    ASSERT_EQ(statement.signature, want.statement.signature);
    ASSERT_EQ(statement.author_public_key, want.statement.author_public_key);
  }
  EXPECT_EQ(log.FindRequest("never sent").value(), std::nullopt);
}

void ExpectFilters(const EventLog& log, const SampleLedger& sample, TreeSize size) {
  for (uint64_t next = 0, step = 1; next < size.value; step = step * 5 % 331 + 1) {
    ASSERT_OK_AND_ASSIGN(const std::vector<FilterEntry> found,
                         log.ReadFilters(Position{next}, size, step));
    ASSERT_EQ(found.size(), std::min<uint64_t>(step, size.value - next));
    for (const FilterEntry& filter : found) ASSERT_EQ(filter, sample.events()[next++].filter);
  }
}

void ExpectNodes(const EventLog& log, const SampleLedger& sample, TreeSize size) {
  std::vector<Digest> row(sample.leaves().begin(), sample.leaves().begin() + size.value);
  for (int level = 0; !row.empty(); ++level) {
    for (uint64_t i = 0; i < row.size(); i += 1 + i / 7) {
      ASSERT_OK_AND_ASSIGN(const Digest node, log.Node(level, i));
      ASSERT_EQ(node, row[i]) << "node " << level << "/" << i;
    }
    std::vector<Digest> above;
    for (size_t i = 0; i + 1 < row.size(); i += 2)
      above.push_back(merkle::NodeHash(row[i], row[i + 1]));
    row = std::move(above);
  }
}

void ExpectTimes(const EventLog& log, const SampleLedger& sample, TreeSize size) {
  const auto begin = sample.recorded_at().begin();
  const auto end = begin + size.value;
  for (uint64_t i = 0; i < size.value; i += 1 + size.value / 20) {
    for (const uint64_t shift : {0, 1}) {
      const UnixMicros instant{sample.recorded_at()[i].value + shift};
      ASSERT_OK_AND_ASSIGN(const TreeSize found, log.FirstRecordedAtOrAfter(instant));
      ASSERT_EQ(found.value, static_cast<uint64_t>(std::lower_bound(begin, end, instant) - begin));
    }
  }
}

}  // namespace

void ExpectHolds(const EventLog& log, const SampleLedger& sample, TreeSize size) {
  ASSERT_EQ(log.head(), size);
  const auto commit = std::find(sample.sizes().begin(), sample.sizes().end(), size);
  ASSERT_NE(commit, sample.sizes().end());
  EXPECT_EQ(log.tree().Root(), sample.roots()[commit - sample.sizes().begin()]);
  EXPECT_EQ(log.last_recorded_at(),
            size.value == 0 ? UnixMicros{} : sample.recorded_at()[size.value - 1]);
  EXPECT_EQ(log.identity().ledger_id, kSampleLedgerId);
  ExpectReadsForward(log, sample, size);
  ExpectReadsBackward(log, sample, size);
  ExpectStreams(log, sample, size);
  ExpectRequests(log, sample, size);
  ExpectFilters(log, sample, size);
  ExpectNodes(log, sample, size);
  ExpectTimes(log, sample, size);
  EXPECT_THAT(log.ReadOne(Position{size.value}, true), RefusedWith("POSITION_BEYOND_HEAD"));
}

void ExpectHolds(const EventLog& log, const SampleLedger& sample) {
  ExpectHolds(log, sample, sample.size());
}

}  // namespace test
}  // namespace waymark
