#include "projections/maturity/maturity_rows.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/refusal.h"

namespace waymark::maturity {
namespace {

// clang-format off
// contract := size:u8 bytes
//
// 'F' contract position:u64be               -> recorded_at:u64be request_index:u32be
//                                              size:u8 event_type payload
// 'E' contract block:u64be                  -> (position:u64be focus_marks:u16be)*
//                                              block = position / 4096
// 'I' contract epoch:u8 bucket:u64be        -> (check:u32be position:u64be)*
//                                              check = upper half of the id's hash
// 'S' contract id_hash:u64be position:u64be ->
// 'N' contract                              -> position:u64be
// 'L' contract                              -> position:u64be
// clang-format on
//
// Rows of 'E' and 'I' are only ever appended to, in position order. A contract's index grows by
// epochs: epoch e takes the events of 4096 * 2^e revisions, in 2^e buckets by the lower bits of the
// hash. So a bucket has about as many entries however large the contract is, and an id is found in
// as many reads as there are epochs.
constexpr char kFact = 'F';
constexpr char kEvidenceList = 'E';
constexpr char kEvidenceIndex = 'I';
constexpr char kEvidenceEvent = 'S';
constexpr char kNewestChange = 'N';
constexpr char kNewestFact = 'L';
constexpr uint64_t kPositionsPerListRow = 4096;
constexpr uint64_t kRevisionsOfFirstEpoch = 4096;
constexpr size_t kPlaceBytes = 10;
constexpr size_t kIndexEntryBytes = 12;

template <int kWidth>
void StoreBigEndian(uint64_t value, char* out) {
  for (int i = 0; i < kWidth; ++i) out[i] = static_cast<char>(value >> (8 * (kWidth - 1 - i)));
}

uint64_t Number(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

RowKey Of(char kind, absl::string_view contract_id) {
  WAYMARK_CHECK(!contract_id.empty() && contract_id.size() <= kContractIdBytesMax);
  RowKey key;
  key.Byte(static_cast<uint8_t>(kind)).Byte(static_cast<uint8_t>(contract_id.size()));
  return key.Text(contract_id);
}

int EpochOf(uint64_t revision) {
  int epoch = 0;
  for (uint64_t above = revision / kRevisionsOfFirstEpoch + 1; above > 1; above >>= 1) ++epoch;
  return epoch;
}

RowKey IndexKey(absl::string_view contract_id, int epoch, uint64_t id_hash) {
  const uint64_t bucket = id_hash & ((uint64_t{1} << epoch) - 1);
  return Of(kEvidenceIndex, contract_id).Byte(static_cast<uint8_t>(epoch)).Number(bucket);
}

absl::Status Damaged(absl::string_view what) {
  return Refuse({absl::StatusCode::kDataLoss, "VIEW_DAMAGED",
                 absl::StrCat("maturity: ", what, "; rebuild the projection")});
}

}  // namespace

RowKey& RowKey::Byte(uint8_t value) {
  bytes_[size_++] = static_cast<char>(value);
  return *this;
}

RowKey& RowKey::Text(absl::string_view text) {
  std::memcpy(bytes_ + size_, text.data(), text.size());
  size_ += text.size();
  return *this;
}

RowKey& RowKey::Number(uint64_t value) {
  StoreBigEndian<8>(value, bytes_ + size_);
  size_ += 8;
  return *this;
}

RowKey NewestFactKey(absl::string_view contract_id) { return Of(kNewestFact, contract_id); }

RowKey NewestFactPrefix() {
  RowKey key;
  return key.Byte(static_cast<uint8_t>(kNewestFact));
}

absl::string_view ContractOfNewestFact(absl::string_view key) { return key.substr(2); }

RowKey FactPrefix(absl::string_view contract_id) { return Of(kFact, contract_id); }

RowKey FactKey(absl::string_view contract_id, Position position) {
  return FactPrefix(contract_id).Number(position.value);
}

RowKey EvidenceListPrefix(absl::string_view contract_id) { return Of(kEvidenceList, contract_id); }

RowKey EvidenceListKey(absl::string_view contract_id, Position position) {
  return EvidenceListPrefix(contract_id).Number(position.value / kPositionsPerListRow);
}

RowKey EvidenceIndexKey(absl::string_view contract_id, Revision revision, uint64_t id_hash) {
  return IndexKey(contract_id, EpochOf(revision.value), id_hash);
}

std::vector<RowKey> EvidenceIndexKeys(absl::string_view contract_id, uint64_t id_hash,
                                      uint64_t revisions) {
  std::vector<RowKey> keys;
  if (revisions == 0) return keys;
  for (int epoch = 0; epoch <= EpochOf(revisions - 1); ++epoch) {
    keys.push_back(IndexKey(contract_id, epoch, id_hash));
  }
  return keys;
}

RowKey EvidenceEventPrefix(absl::string_view contract_id, uint64_t id_hash) {
  return Of(kEvidenceEvent, contract_id).Number(id_hash);
}

RowKey EvidenceEventKey(absl::string_view contract_id, uint64_t id_hash, Position position) {
  return EvidenceEventPrefix(contract_id, id_hash).Number(position.value);
}

RowKey NewestChangeKey(absl::string_view contract_id) { return Of(kNewestChange, contract_id); }

uint64_t HashOf(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : text) {
    hash ^= static_cast<uint8_t>(byte);
    hash *= 0x100000001b3;
  }
  return hash;
}

std::string EncodeFact(const FactRow& fact) {
  char fixed[13];
  StoreBigEndian<8>(fact.recorded_at.value, fixed);
  StoreBigEndian<4>(fact.request_index, fixed + 8);
  StoreBigEndian<1>(fact.event_type.size(), fixed + 12);
  return absl::StrCat(absl::string_view(fixed, sizeof(fixed)), fact.event_type, fact.payload);
}

absl::StatusOr<FactRow> DecodeFact(absl::string_view value) {
  if (value.size() < 13) return Damaged("a fact of less than 13 bytes");
  FactRow fact;
  fact.recorded_at = UnixMicros{Number(value.substr(0, 8))};
  fact.request_index = static_cast<uint32_t>(Number(value.substr(8, 4)));
  const size_t type_size = Number(value.substr(12, 1));
  value.remove_prefix(13);
  if (value.size() < type_size) return Damaged("a fact that ends within its type");
  fact.event_type = value.substr(0, type_size);
  fact.payload = value.substr(type_size);
  return fact;
}

Position PositionOfKey(absl::string_view key) {
  WAYMARK_CHECK(key.size() > 8);
  return Position{Number(key.substr(key.size() - 8))};
}

uint16_t FocusMark(absl::string_view focus) {
  return static_cast<uint16_t>(1u << (HashOf(focus) & 15));
}

std::string EncodePlace(const EvidencePlace& place) {
  char bytes[kPlaceBytes];
  StoreBigEndian<8>(place.position.value, bytes);
  StoreBigEndian<2>(place.focus_marks, bytes + 8);
  return std::string(bytes, sizeof(bytes));
}

absl::StatusOr<std::vector<EvidencePlace>> DecodePlaces(absl::string_view value) {
  if (value.size() % kPlaceBytes != 0) return Damaged("an evidence list that ends within an item");
  std::vector<EvidencePlace> places;
  places.reserve(value.size() / kPlaceBytes);
  for (; !value.empty(); value.remove_prefix(kPlaceBytes)) {
    places.push_back(
        {Position{Number(value.substr(0, 8))}, static_cast<uint16_t>(Number(value.substr(8, 2)))});
  }
  return places;
}

std::string EncodeIndexEntry(uint64_t id_hash, Position position) {
  char bytes[kIndexEntryBytes];
  StoreBigEndian<4>(id_hash >> 32, bytes);
  StoreBigEndian<8>(position.value, bytes + 4);
  return std::string(bytes, sizeof(bytes));
}

absl::StatusOr<std::vector<Position>> FindInIndex(absl::string_view value, uint64_t id_hash) {
  if (value.size() % kIndexEntryBytes != 0) return Damaged("an index that ends within an entry");
  char check[4];
  StoreBigEndian<4>(id_hash >> 32, check);
  std::vector<Position> found;
  for (; !value.empty(); value.remove_prefix(kIndexEntryBytes)) {
    if (std::memcmp(value.data(), check, sizeof(check)) == 0) {
      found.push_back(Position{Number(value.substr(4, 8))});
    }
  }
  return found;
}

std::string EncodePosition(Position position) {
  char bytes[8];
  StoreBigEndian<8>(position.value, bytes);
  return std::string(bytes, sizeof(bytes));
}

absl::StatusOr<Position> DecodePosition(absl::string_view value) {
  if (value.size() != 8) return Damaged("a position that is not 8 bytes");
  return Position{Number(value)};
}

}  // namespace waymark::maturity
