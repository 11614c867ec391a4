#include "ledger/commit/state_cache.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace waymark {
namespace {

ContractState StateOf(const std::string& contract_id, size_t events) {
  ContractState state{.contract_id = contract_id};
  state.events.resize(events);
  return state;
}

TEST(StateCache, ForgetsTheStateUsedLongestAgo) {
  StateCache cache({.states_max = 2, .events_max = 1000});
  cache.Insert(StateOf("A", 1));
  cache.Insert(StateOf("B", 1));
  EXPECT_NE(cache.Find("A"), nullptr);
  cache.Insert(StateOf("C", 1));
  const std::vector<ContractState> gone = cache.Trim();
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].contract_id, "B");
  EXPECT_EQ(cache.Find("B"), nullptr);
  EXPECT_NE(cache.Find("A"), nullptr);
  EXPECT_NE(cache.Find("C"), nullptr);
}

TEST(StateCache, CountsTheEventsThatStatesGrowBy) {
  StateCache cache({.states_max = 10, .events_max = 100});
  cache.Insert(StateOf("A", 10));
  cache.Insert(StateOf("B", 10));
  cache.Find("A")->events.resize(95);
  cache.Find("B");
  EXPECT_TRUE(cache.Trim().empty()) << "the growth of A has not been seen yet";
  cache.Find("A");
  EXPECT_EQ(cache.Trim().size(), 1u);
  EXPECT_EQ(cache.Find("B"), nullptr);
}

TEST(StateCache, KeepsTheNewestStateWhateverItsSize) {
  StateCache cache({.states_max = 10, .events_max = 100});
  cache.Insert(StateOf("A", 1));
  cache.Insert(StateOf("B", 1000));
  EXPECT_EQ(cache.Trim().size(), 1u);
  EXPECT_NE(cache.Find("B"), nullptr);
  EXPECT_TRUE(cache.Trim().empty());
}

TEST(StateCache, KeepsAStateInItsPlaceUntilItIsTrimmed) {
  StateCache cache({.states_max = 1, .events_max = 1000});
  ContractState* const first = cache.Insert(StateOf("A", 1));
  for (int i = 0; i < 100; ++i) cache.Insert(StateOf("B" + std::to_string(i), 1));
  EXPECT_EQ(cache.Find("A"), first);
}

TEST(StateCache, DropsWhatSaysMoreThanTheLog) {
  StateCache cache({.states_max = 10, .events_max = 1000});
  cache.Insert(StateOf("A", 1));
  cache.Drop("A");
  cache.Drop("A");
  EXPECT_EQ(cache.Find("A"), nullptr);
  cache.Insert(StateOf("A", 2));
  EXPECT_EQ(cache.Find("A")->events.size(), 2u);
}

}  // namespace
}  // namespace waymark
