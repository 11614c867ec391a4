// This header defines the contract states that the commit thread keeps in memory.
//
//   ContractState* state = cache.Find("A");   // null: have a loader thread fold it, then
//   cache.Insert(std::move(folded));
#ifndef WAYMARK_LEDGER_COMMIT_STATE_CACHE_H_
#define WAYMARK_LEDGER_COMMIT_STATE_CACHE_H_

#include <cstddef>
#include <list>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "ledger/base/limits.h"
#include "ledger/contract/state.h"

namespace waymark {

// Bounded by the number of states and by the events behind them; the state used longest ago goes
// first. One thread at a time. A state stays where it is until Trim or Drop.
class StateCache {
 public:
  struct Bounds {
    size_t states_max = kContractStatesInMemoryMax;
    size_t events_max = kContractEventsInMemoryMax;
  };
  explicit StateCache(Bounds bounds) : bounds_(bounds) {}

  // Null if it is not here. Counts as a use.
  ContractState* Find(absl::string_view contract_id);
  // REQUIRES: it is not here.
  ContractState* Insert(ContractState state);
  // Forgets a state, if it is here: it says what the log does not.
  void Drop(absl::string_view contract_id);
  // Keeps the bounds, and returns what had to go: freeing a large state takes a while, so it is for
  // another thread. The newest used state stays whatever its size.
  std::vector<ContractState> Trim();

  size_t size() const { return places_.size(); }

 private:
  struct Entry {
    ContractState state;
    // state.events.size() when last counted.
    size_t counted = 0;
  };
  ContractState Take(std::list<Entry>::iterator place);
  void Count(Entry* entry);

  const Bounds bounds_;
  // Newest used first.
  std::list<Entry> entries_;
  size_t events_ = 0;
  // By contract id, which lies in the entry.
  absl::flat_hash_map<absl::string_view, std::list<Entry>::iterator> places_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_STATE_CACHE_H_
