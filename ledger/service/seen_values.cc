#include "ledger/service/seen_values.h"

#include <algorithm>
#include <set>

#include "ledger/base/limits.h"
#include "ledger/base/status_macros.h"

namespace waymark {

absl::StatusOr<bool> SeenValues::Advance(const EventLog& log, TreeSize until) {
  absl::MutexLock lock(&mutex_);
  if (scanned_ >= until) return true;
  ASSIGN_OR_RETURN(const std::vector<FilterEntry> entries,
                   log.ReadFilters(Position{scanned_.value}, until, kScanTurnEventsMax));
  if (entries.empty()) return absl::DataLossError("filters: a row below the head is missing");
  for (const FilterEntry& entry : entries) {
    focuses_.insert(entry.focuses.begin(), entry.focuses.end());
    if (!entry.category.empty()) categories_.insert(entry.category);
    if (!entry.party.empty()) parties_.insert(entry.party);
  }
  scanned_.value += entries.size();
  return scanned_ >= until;
}

absl::StatusOr<std::vector<std::string>> SeenValues::Unknown(
    const EventLog& log, const EventFilter::Values& asked) const {
  std::set<std::string> unknown;
  for (const std::string& contract : asked.contracts) {
    ASSIGN_OR_RETURN(const std::vector<Position> first,
                     log.StreamPositions(contract, Revision{0}, 1));
    if (first.empty()) unknown.insert(contract);
  }
  const auto add = [&](const std::vector<std::string>& values,
                       const absl::flat_hash_set<std::string>& seen) {
    for (const std::string& value : values) {
      if (!seen.contains(value)) unknown.insert(value);
    }
  };
  absl::MutexLock lock(&mutex_);
  add(asked.focuses, focuses_);
  add(asked.categories, categories_);
  add(asked.parties, parties_);
  return std::vector<std::string>(unknown.begin(), unknown.end());
}

}  // namespace waymark
