// The first stage of a rebuild, on a real ledger.
#include "projections/engine/read_ahead.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/storage/rows.h"
#include "ledger/storage/tables.h"
#include "tests/projections/test_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::IsEmpty;

constexpr BatchBounds kRoomy = {1000, 1 << 20};

class ReadAheadTest : public ::testing::Test {
 protected:
  // Events of `sizes`, each a commit, so a row, of its own.
  void Record(const std::vector<size_t>& sizes) {
    for (const size_t size : sizes) {
      ledger_.Append("C-1", {{"waymark.v1.Type", std::string(size, 'a' + size % 26)}});
    }
  }

  std::vector<StoredEvent> Events(Position from) {
    ReadOptions options;
    options.until = ledger_.size();
    auto events = ledger_.log().Read(from, options);
    EXPECT_OK(events);
    return *std::move(events);
  }

  void Damage(Position position) {
    ledger_.Close();
    {
      const auto tables = Tables::Open(ledger_.directory(), {.mode = Tables::Mode::kReadWrite});
      ASSERT_OK(tables);
      ASSERT_TRUE((*tables)
                      ->db()
                      .Put({}, (*tables)->of(Family::kPayloads), EventKey(position), "\x01")
                      .ok());
    }
    ledger_.Reopen();
  }

  TestLedger ledger_;
};

void ExpectSame(const EventView& seen, const StoredEvent& stored) {
  EXPECT_EQ(seen.position, stored.position);
  EXPECT_EQ(seen.header, stored.header);
  EXPECT_EQ(seen.state, stored.state);
  EXPECT_EQ(seen.payload, stored.payload);
}

TEST_F(ReadAheadTest, GivesEveryEventInOrderWhateverABatchHolds) {
  std::vector<size_t> sizes;
  for (size_t i = 0; i < 60; ++i) sizes.push_back(i % 7 == 0 ? 5000 : i * 10);
  Record(sizes);
  constexpr Position kFrom{3};
  const std::vector<StoredEvent> stored = Events(kFrom);
  for (const BatchBounds bounds : {kRoomy, BatchBounds{1, 1 << 20}, BatchBounds{7, 1 << 20},
                                   BatchBounds{1000, 1500}, BatchBounds{1000, 1}}) {
    SCOPED_TRACE(absl::StrCat(bounds.events_max, " events, ", bounds.bytes_max, " bytes"));
    ReadAhead ahead(ledger_.log(), kFrom, ledger_.size(), bounds);
    EventBatch batch;
    size_t seen = 0;
    for (;;) {
      ASSERT_OK(ahead.Next(&batch));
      if (batch.events().empty()) break;
      size_t bytes = 0;
      for (const EventView& event : batch.events()) {
        ASSERT_LT(seen, stored.size());
        ExpectSame(event, stored[seen++]);
        bytes += event.header.size() + event.payload.size();
      }
      EXPECT_LE(batch.events().size(), bounds.events_max);
      EXPECT_TRUE(batch.events().size() == 1 || bytes <= bounds.bytes_max) << bytes;
    }
    EXPECT_EQ(seen, stored.size());
    ASSERT_OK(ahead.Next(&batch));
    EXPECT_THAT(batch.events(), IsEmpty()) << "the end stays the end";
  }
}

TEST_F(ReadAheadTest, ABatchThatIsMovedKeepsWhatItsViewsShow) {
  Record({10, 0, 20});
  const std::vector<StoredEvent> stored = Events(Position{0});
  EventBatch batch;
  for (const StoredEvent& event : stored) {
    EXPECT_TRUE(batch.Add({.position = event.position,
                           .header = event.header,
                           .state = event.state,
                           .payload = event.payload},
                          kRoomy));
  }
  const EventBatch moved = std::move(batch);
  ASSERT_EQ(moved.events().size(), stored.size());
  for (size_t i = 0; i < stored.size(); ++i) ExpectSame(moved.events()[i], stored[i]);
}

TEST_F(ReadAheadTest, GivesWhatStandsBeforeDamageAndThenTheErrorAlone) {
  Record({1, 2, 3, 4, 5, 6});
  Damage(Position{4});
  ReadAhead ahead(ledger_.log(), Position{0}, ledger_.size(), {3, 1 << 20});
  EventBatch batch;
  ASSERT_OK(ahead.Next(&batch));
  EXPECT_EQ(batch.events().size(), 3u);
  ASSERT_OK(ahead.Next(&batch));
  ASSERT_EQ(batch.events().size(), 1u);
  EXPECT_EQ(batch.events()[0].position, Position{3});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(ahead.Next(&batch), RefusedWith("EVENT_DAMAGED"));
    EXPECT_THAT(batch.events(), IsEmpty());
  }
}

TEST_F(ReadAheadTest, EndsWithMoreReadThanAnybodyTook) {
  Record(std::vector<size_t>(40, 8));
  ReadAhead untouched(ledger_.log(), Position{0}, ledger_.size(), {1, 1 << 20});
  ReadAhead begun(ledger_.log(), Position{0}, ledger_.size(), {1, 1 << 20});
  EventBatch batch;
  ASSERT_OK(begun.Next(&batch));
}

}  // namespace
}  // namespace waymark::test
