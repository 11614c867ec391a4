// This header defines how evidence is read: the view knows where items stand, the ledger what they
// say, and the contract's own rules what became of them.
//
//   const EvidenceItems items(view, log, Sha256, "C-1", zone);
//   ASSIGN_OR_RETURN(const std::optional<EvidenceItem> item, items.Find("E-258"));
//   ASSIGN_OR_RETURN(const std::optional<Position> next, items.List({.until = known}, take));
#ifndef WAYMARK_PROJECTIONS_MATURITY_EVIDENCE_ITEMS_H_
#define WAYMARK_PROJECTIONS_MATURITY_EVIDENCE_ITEMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/state.h"
#include "ledger/storage/event_log.h"
#include "projections/engine/view_store.h"

namespace waymark::maturity {

// Whether the item names the focus; every item names the empty one.
bool Names(const EvidenceItem& item, absl::string_view focus);

struct EvidenceListing {
  Position from;
  // Items at or beyond it are not listed.
  TreeSize until;
  // Only items that name it; empty = all.
  std::string focus;
  // Items that may be looked at before the listing ends without being complete.
  uint32_t examined_max = 0;
};

// Safe from any thread. Reads the disk. What it refers to must outlive it. Errors: DataLoss of view
// or log.
class EvidenceItems {
 public:
  EvidenceItems(const View& view, const EventLog& log, HashFunction hash, std::string contract_id,
                absl::TimeZone zone);

  // The item with everything that is applied about it; none if there is no such item. Costs a few
  // reads, however many items there are.
  absl::StatusOr<std::optional<EvidenceItem>> Find(absl::string_view evidence_id) const;

  // Calls `take` for each item in position order, with everything that is applied about it,
  // whenever that was recorded, until it returns false: then it has not taken that one. The place
  // to go on from; none at the end.
  absl::StatusOr<std::optional<Position>> List(
      const EvidenceListing& listing, absl::FunctionRef<bool(const EvidenceItem& item)> take) const;

  // Position of the last event that changed any item of the contract; none if nothing did.
  absl::StatusOr<std::optional<Position>> NewestChange() const;

 private:
  absl::StatusOr<ContractState> Fold(std::vector<Position> positions) const;
  absl::Status Learn(Position position, ContractState* state) const;
  absl::Status AddEventsOf(absl::string_view evidence_id, std::vector<Position>* positions) const;
  absl::StatusOr<std::optional<EvidenceItem>> ReadAt(Position submitted) const;

  const View& view_;
  const EventLog& log_;
  const HashFunction hash_;
  const std::string contract_id_;
  const absl::TimeZone zone_;
};

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_EVIDENCE_ITEMS_H_
