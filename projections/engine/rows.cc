#include "projections/engine/rows.h"

#include <algorithm>

#include "ledger/base/check.h"

namespace waymark {

Rows::Pending& Rows::At(absl::string_view key) {
  WAYMARK_CHECK(!key.empty() && key[0] != '\0');
  Map::value_type*& newest = newest_[static_cast<uint8_t>(key[0]) % newest_.size()];
  if (newest == nullptr || newest->first != key) newest = &*pending_.try_emplace(key).first;
  return newest->second;
}

void Rows::Clear() {
  newest_ = {};
  pending_.clear();
}

void Rows::Put(absl::string_view key, absl::string_view value) {
  Pending& pending = At(key);
  pending.replaces = true;
  pending.deletes = false;
  pending.bytes.assign(value.data(), value.size());
}

void Rows::Append(absl::string_view key, absl::string_view bytes) {
  Pending& pending = At(key);
  pending.deletes = false;
  pending.bytes.append(bytes.data(), bytes.size());
}

void Rows::Delete(absl::string_view key) {
  Pending& pending = At(key);
  pending.replaces = true;
  pending.deletes = true;
  pending.bytes.clear();
}

std::vector<Rows::Change> Rows::Sorted() const {
  std::vector<Change> changes;
  changes.reserve(pending_.size());
  for (const auto& [key, pending] : pending_) changes.push_back({key, &pending});
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.key < b.key; });
  return changes;
}

}  // namespace waymark
