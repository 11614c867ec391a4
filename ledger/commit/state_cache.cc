#include "ledger/commit/state_cache.h"

#include <utility>

#include "ledger/base/check.h"

namespace waymark {

ContractState* StateCache::Find(absl::string_view contract_id) {
  const auto found = places_.find(contract_id);
  if (found == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  Count(&*found->second);
  return &found->second->state;
}

ContractState* StateCache::Insert(ContractState state) {
  entries_.push_front({std::move(state)});
  Entry& entry = entries_.front();
  const bool fresh = places_.emplace(entry.state.contract_id, entries_.begin()).second;
  WAYMARK_CHECK(fresh);
  Count(&entry);
  return &entry.state;
}

void StateCache::Count(Entry* entry) {
  events_ += entry->state.events.size() - entry->counted;
  entry->counted = entry->state.events.size();
}

void StateCache::Drop(absl::string_view contract_id) {
  if (const auto found = places_.find(contract_id); found != places_.end()) Take(found->second);
}

std::vector<ContractState> StateCache::Trim() {
  std::vector<ContractState> gone;
  while (entries_.size() > 1 &&
         (entries_.size() > bounds_.states_max || events_ > bounds_.events_max)) {
    gone.push_back(Take(std::prev(entries_.end())));
  }
  return gone;
}

ContractState StateCache::Take(std::list<Entry>::iterator place) {
  events_ -= place->counted;
  places_.erase(place->state.contract_id);
  ContractState state = std::move(place->state);
  entries_.erase(place);
  return state;
}

}  // namespace waymark
