// This header defines the rows of the maturity view: where they stand and what their bytes mean.
// Six kinds, the first five of one contract side by side:
//
//   facts              what the fold reads, evidence left out; few, and read in one scan
//   evidence list      the place of every item, in position order
//   evidence index     from an item's id to its place
//   evidence events    what became of an item, by its id
//   newest change      the last of those in the contract
//   newest fact        of each contract the last fact or evidence event; all contracts side by side
//
// Evidence is kept as places only: an item's words are read from the ledger, so a contract's
// standings do not depend on how much evidence it has, and a view holds no second copy of what may
// have to be erased.
#ifndef WAYMARK_PROJECTIONS_MATURITY_MATURITY_ROWS_H_
#define WAYMARK_PROJECTIONS_MATURITY_MATURITY_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/limits.h"
#include "ledger/base/types.h"

namespace waymark::maturity {

// A key in memory of its own, so that writing one costs no allocation.
class RowKey {
 public:
  operator absl::string_view() const { return absl::string_view(bytes_, size_); }  // NOLINT
  std::string ToString() const { return std::string(bytes_, size_); }
  RowKey& Byte(uint8_t value);
  RowKey& Text(absl::string_view text);
  // Eight bytes, big-endian, so that byte order is the order of the numbers.
  RowKey& Number(uint64_t value);

 private:
  char bytes_[2 + kContractIdBytesMax + 16];
  size_t size_ = 0;
};

// REQUIRES of all: contract_id of 1 to kContractIdBytesMax bytes.
RowKey FactPrefix(absl::string_view contract_id);
RowKey FactKey(absl::string_view contract_id, Position position);
RowKey EvidenceListPrefix(absl::string_view contract_id);
// The row that holds the item at `position`.
RowKey EvidenceListKey(absl::string_view contract_id, Position position);
RowKey EvidenceIndexKey(absl::string_view contract_id, Revision revision, uint64_t id_hash);
RowKey EvidenceEventPrefix(absl::string_view contract_id, uint64_t id_hash);
RowKey EvidenceEventKey(absl::string_view contract_id, uint64_t id_hash, Position position);
RowKey NewestChangeKey(absl::string_view contract_id);
RowKey NewestFactKey(absl::string_view contract_id);
// Before the newest facts of all contracts, and whose one of them is.
RowKey NewestFactPrefix();
absl::string_view ContractOfNewestFact(absl::string_view key);

// Every row of the index that can hold the id, for a stream of at most `revisions` events.
std::vector<RowKey> EvidenceIndexKeys(absl::string_view contract_id, uint64_t id_hash,
                                      uint64_t revisions);

// 64-bit FNV-1a: the same on every machine. Two ids may share one.
uint64_t HashOf(absl::string_view text);

// An event as the fold needs it.
struct FactRow {
  UnixMicros recorded_at;
  uint32_t request_index = 0;
  absl::string_view event_type;
  absl::string_view payload;
};
std::string EncodeFact(const FactRow& fact);
// Points into `value`. DataLoss VIEW_DAMAGED.
absl::StatusOr<FactRow> DecodeFact(absl::string_view value);
// The position at the end of a key of a fact or an evidence event.
Position PositionOfKey(absl::string_view key);

// One item of the evidence list. `focus_marks` has a bit for each focus named, several of which may
// share one: what is not marked is not named.
struct EvidencePlace {
  Position position;
  uint16_t focus_marks = 0;
};
uint16_t FocusMark(absl::string_view focus);
std::string EncodePlace(const EvidencePlace& place);
absl::StatusOr<std::vector<EvidencePlace>> DecodePlaces(absl::string_view value);

// One item of the index.
std::string EncodeIndexEntry(uint64_t id_hash, Position position);
// Positions whose id has this hash.
absl::StatusOr<std::vector<Position>> FindInIndex(absl::string_view value, uint64_t id_hash);

std::string EncodePosition(Position position);
absl::StatusOr<Position> DecodePosition(absl::string_view value);

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_MATURITY_ROWS_H_
