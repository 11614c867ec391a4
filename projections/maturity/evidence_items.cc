#include "projections/maturity/evidence_items.h"

#include <algorithm>
#include <utility>

#include "ledger/base/status_macros.h"
#include "ledger/contract/evolve.h"
#include "projections/engine/ledger_event.h"
#include "projections/maturity/maturity_rows.h"

namespace waymark::maturity {

bool Names(const EvidenceItem& item, absl::string_view focus) {
  return focus.empty() ||
         std::find(item.focuses.begin(), item.focuses.end(), focus) != item.focuses.end();
}

EvidenceItems::EvidenceItems(const View& view, const EventLog& log, HashFunction hash,
                             std::string contract_id, absl::TimeZone zone)
    : view_(view), log_(log), hash_(hash), contract_id_(std::move(contract_id)), zone_(zone) {}

// Adds the event at `position` to a state that holds evidence alone.
absl::Status EvidenceItems::Learn(Position position, ContractState* state) const {
  ASSIGN_OR_RETURN(const StoredEvent stored, log_.ReadOne(position, /*headers_only=*/false));
  ASSIGN_OR_RETURN(const LedgerEvent event, ViewOf(stored));
  if (event.state != StoredPayload::kPresent) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ParsedEvent parsed, ParseRecorded(event.event_type, event.payload, hash_));
  return Evolve({.position = event.position,
                 .first_position = Position{event.position.value - event.request_index},
                 .recorded_at = event.recorded_at,
                 .event_type = event.event_type,
                 .event = &parsed},
                state);
}

absl::StatusOr<ContractState> EvidenceItems::Fold(std::vector<Position> positions) const {
  std::sort(positions.begin(), positions.end());
  ContractState state{.contract_id = contract_id_, .time_zone = zone_};
  for (const Position position : positions) RETURN_IF_ERROR(Learn(position, &state));
  return state;
}

// Two ids may share a hash. An event of the other one finds no item in the fold and changes
// nothing.
absl::Status EvidenceItems::AddEventsOf(absl::string_view evidence_id,
                                        std::vector<Position>* positions) const {
  const RowKey prefix = EvidenceEventPrefix(contract_id_, HashOf(evidence_id));
  return view_.Scan(prefix, "", [positions](absl::string_view key, absl::string_view) {
    positions->push_back(PositionOfKey(key));
    return true;
  });
}

absl::StatusOr<std::optional<EvidenceItem>> EvidenceItems::Find(
    absl::string_view evidence_id) const {
  const uint64_t id_hash = HashOf(evidence_id);
  std::vector<Position> positions;
  // A stream is no longer than the ledger.
  for (const RowKey& key : EvidenceIndexKeys(contract_id_, id_hash, view_.applied().value)) {
    ASSIGN_OR_RETURN(const std::optional<std::string> bucket, view_.Get(key));
    if (!bucket) continue;
    ASSIGN_OR_RETURN(const std::vector<Position> found, FindInIndex(*bucket, id_hash));
    positions.insert(positions.end(), found.begin(), found.end());
  }
  if (positions.empty()) return std::optional<EvidenceItem>();
  RETURN_IF_ERROR(AddEventsOf(evidence_id, &positions));
  ASSIGN_OR_RETURN(const ContractState state, Fold(std::move(positions)));
  const auto item = state.evidence.find(std::string(evidence_id));
  if (item == state.evidence.end()) return std::optional<EvidenceItem>();
  return std::optional<EvidenceItem>(item->second);
}

absl::StatusOr<std::optional<EvidenceItem>> EvidenceItems::ReadAt(Position submitted) const {
  ASSIGN_OR_RETURN(const ContractState alone, Fold({submitted}));
  if (alone.evidence.empty()) return std::optional<EvidenceItem>();
  const EvidenceItem& item = alone.evidence.begin()->second;
  std::vector<Position> positions = {submitted};
  RETURN_IF_ERROR(AddEventsOf(item.evidence_id, &positions));
  if (positions.size() == 1) return std::optional<EvidenceItem>(item);
  ASSIGN_OR_RETURN(const ContractState state, Fold(std::move(positions)));
  return std::optional<EvidenceItem>(state.evidence.at(item.evidence_id));
}

absl::StatusOr<std::optional<Position>> EvidenceItems::List(
    const EvidenceListing& listing, absl::FunctionRef<bool(const EvidenceItem& item)> take) const {
  // What is wrong: a scan's visitor can only say whether to go on.
  absl::Status status;
  std::optional<Position> next;
  const uint16_t mark = listing.focus.empty() ? 0xffff : FocusMark(listing.focus);
  uint32_t examined = 0;
  const auto visit = [&](absl::string_view, absl::string_view value) {
    const absl::StatusOr<std::vector<EvidencePlace>> places = DecodePlaces(value);
    status = places.status();
    if (!status.ok()) return false;
    for (const EvidencePlace& place : *places) {
      if (place.position < listing.from || (place.focus_marks & mark) == 0) continue;
      if (place.position.value >= listing.until.value) return false;
      next = place.position;
      if (examined++ == listing.examined_max) return false;
      const absl::StatusOr<std::optional<EvidenceItem>> item = ReadAt(place.position);
      status = item.status();
      if (!status.ok()) return false;
      // An erased submission says nothing any more; marks only say which focuses are not named.
      if (*item && Names(**item, listing.focus) && !take(**item)) return false;
      next.reset();
    }
    return true;
  };
  RETURN_IF_ERROR(view_.Scan(EvidenceListPrefix(contract_id_),
                             EvidenceListKey(contract_id_, listing.from), visit));
  RETURN_IF_ERROR(status);
  return next;
}

absl::StatusOr<std::optional<Position>> EvidenceItems::NewestChange() const {
  ASSIGN_OR_RETURN(const std::optional<std::string> row, view_.Get(NewestChangeKey(contract_id_)));
  if (!row) return std::optional<Position>();
  ASSIGN_OR_RETURN(const Position position, DecodePosition(*row));
  return std::optional<Position>(position);
}

}  // namespace waymark::maturity
