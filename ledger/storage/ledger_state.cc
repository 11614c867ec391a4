#include "ledger/storage/ledger_state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/storage/data_directory.h"
#include "ledger/storage/event_cursor.h"

namespace waymark {
namespace {

absl::Status RefuseLedger(absl::string_view reason, const Tables& tables, absl::string_view what) {
  return Refuse({absl::StatusCode::kFailedPrecondition, std::string(reason),
                 absl::StrCat("data directory ", tables.directory(), ": ", what), -1, "directory"});
}

absl::StatusOr<std::string> ReadMetaRow(const Tables& tables, uint8_t name) {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = tables.Get(Family::kMeta, MetaKey(name), &value);
  if (!status.ok()) {
    return LedgerDamaged(tables, absl::StrCat("meta row ", name, ": ", status.ToString()));
  }
  return value.ToString();
}

absl::Status CheckFormat(const Tables& tables) {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = tables.Get(Family::kMeta, MetaKey(kMetaFormat), &value);
  if (status.IsNotFound()) {
    Scan entries(tables, Family::kEntries);
    entries->SeekToFirst();
    if (!entries->Valid() && entries->status().ok() && !HasDataFiles(tables.directory())) {
      return RefuseLedger(
          "LEDGER_INCOMPLETE", tables,
          "its making was cut short and it holds nothing; remove it and make it again");
    }
    return LedgerDamaged(tables, "holds files but no format");
  }
  if (!status.ok()) return LedgerDamaged(tables, absl::StrCat("meta format: ", status.ToString()));
  const absl::StatusOr<uint32_t> format = DecodeFormat(ViewOf(value));
  if (!format.ok()) return LedgerDamaged(tables, format.status().message());
  if (*format != kStorageFormat) {
    return RefuseLedger("FORMAT_UNKNOWN", tables,
                        absl::StrCat("format ", *format, ", this build knows ", kStorageFormat,
                                     "; open it with a build that knows it"));
  }
  return absl::OkStatus();
}

// One past the last position that a family covers; none if it holds no row.
absl::StatusOr<TreeSize> EndOf(const Tables& tables, Family family) {
  Scan rows(tables, family);
  rows->SeekToLast();
  if (!rows->Valid()) {
    if (!rows->status().ok()) return absl::DataLossError(rows->status().ToString());
    return TreeSize{};
  }
  ASSIGN_OR_RETURN(const Position first, DecodeEventKey(ViewOf(rows->key())));
  const absl::string_view value = ViewOf(rows->value());
  uint64_t count = 0;
  if (family == Family::kEntries) {
    ASSIGN_OR_RETURN(const EntryRow row, DecodeEntries(value));
    count = row.count;
  } else if (family == Family::kPayloads) {
    ASSIGN_OR_RETURN(const PayloadRow row, DecodePayloads(value));
    count = row.count;
  } else {
    ASSIGN_OR_RETURN(const FilterRow row, DecodeFilters(value));
    count = row.index.size();
  }
  return TreeSize{first.value + count};
}

}  // namespace

absl::Status LedgerDamaged(const Tables& tables, absl::string_view what) {
  return Refuse({absl::StatusCode::kDataLoss, "LEDGER_DAMAGED",
                 absl::StrCat("data directory ", tables.directory(), ": ", what,
                              "; keep the files as they are and restore a copy"),
                 -1, "directory"});
}

absl::StatusOr<LedgerMeta> ReadMeta(const Tables& tables, const std::string& expected_ledger_id) {
  RETURN_IF_ERROR(CheckFormat(tables));
  ASSIGN_OR_RETURN(const std::string identity_row, ReadMetaRow(tables, kMetaIdentity));
  absl::StatusOr<LedgerIdentity> identity = DecodeIdentity(identity_row);
  if (!identity.ok()) return LedgerDamaged(tables, identity.status().message());
  if (!expected_ledger_id.empty() && identity->ledger_id != expected_ledger_id) {
    return RefuseLedger("LEDGER_OTHER", tables,
                        absl::StrCat("holds ledger ", identity->ledger_id, ", not ",
                                     expected_ledger_id, "; name the directory of that one"));
  }
  ASSIGN_OR_RETURN(const std::string head_row, ReadMetaRow(tables, kMetaHead));
  const absl::StatusOr<HeadRow> head = DecodeHead(head_row);
  if (!head.ok()) return LedgerDamaged(tables, head.status().message());
  return LedgerMeta{*std::move(identity), *head};
}

absl::Status CheckEnds(const Tables& tables, TreeSize size) {
  for (const Family family : {Family::kEntries, Family::kPayloads, Family::kFilters}) {
    const char* const name = kFamilyNames[static_cast<size_t>(family)];
    const absl::StatusOr<TreeSize> end = EndOf(tables, family);
    if (!end.ok()) {
      return LedgerDamaged(tables, absl::StrCat(name, ": last row: ", end.status().message()));
    }
    if (*end == size) continue;
    return LedgerDamaged(tables,
                         absl::StrCat(name, " end at ", end->value, ", the head is ", size.value,
                                      ": positions ", std::min(end->value, size.value), " to ",
                                      std::max(end->value, size.value) - 1, " are at stake"));
  }
  for (int level = 0; level < kFullTileLevels; ++level) {
    const uint64_t first_beyond = size.value >> (kTileHeight * (level + 1));
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = tables.Get(Family::kTiles, TileKey(level, first_beyond), &value);
    if (status.IsNotFound()) continue;
    return LedgerDamaged(
        tables, absl::StrCat("tile ", level, "/", first_beyond, " lies beyond the head of ",
                             size.value, ": ", status.ToString()));
  }
  return absl::OkStatus();
}

TreeSize EndOfEntries(const Tables& tables, TreeSize size) {
  Scan rows(tables, Family::kEntries);
  rows->SeekToLast();
  if (!rows->Valid()) return rows->status().ok() ? TreeSize{} : size;
  const absl::StatusOr<Position> last = DecodeEventKey(ViewOf(rows->key()));
  if (!last.ok() || last->value >= size.value) return size;
  return std::min(size, TreeSize{last->value + kChunkEventsMax});
}

absl::StatusOr<std::vector<Digest>> ReadTile(const Tables& tables, int level, uint64_t index) {
  const auto damaged = [&](absl::string_view what) {
    return Refuse({absl::StatusCode::kDataLoss, "TILE_DAMAGED",
                   absl::StrCat("tile ", level, "/", index, ": ", what)});
  };
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = tables.Get(Family::kTiles, TileKey(level, index), &value);
  if (!status.ok()) return damaged(status.ToString());
  const absl::StatusOr<absl::string_view> hashes = DecodeTile(ViewOf(value));
  if (!hashes.ok()) return damaged(hashes.status().message());
  std::vector<Digest> tile(kTileWidth);
  for (size_t i = 0; i < kTileWidth; ++i) {
    const absl::string_view hash = hashes->substr(i * kDigestBytes, kDigestBytes);
    std::copy(hash.begin(), hash.end(), tile[i].begin());
  }
  return tile;
}

absl::StatusOr<RightEdge> RebuildRightEdge(const Tables& tables, const HeadRow& head) {
  RETURN_IF_ERROR(CheckEnds(tables, head.size));
  const auto read = [&tables](int level, uint64_t index) { return ReadTile(tables, level, index); };
  absl::StatusOr<TileEdge> edge = TileEdge::Load(head.size, read);
  if (!edge.ok()) return LedgerDamaged(tables, edge.status().message());
  RightEdge result{*std::move(edge), UnixMicros{}};
  EventCursor cursor(tables, head.size, EventCursor::Parts::kHeaders);
  std::vector<CompletedTile> completed;
  const uint64_t first = result.edge.size().value;
  for (Position position{first}; position.value < head.size.value; ++position.value) {
    if (absl::Status moved = cursor.MoveTo(position); !moved.ok()) {
      return LedgerDamaged(tables, moved.message());
    }
    result.edge.Append(merkle::LeafHash(cursor.header(position)), &completed);
  }
  if (head.size.value > 0) {
    const Position last{head.size.value - 1};
    if (absl::Status moved = cursor.MoveTo(last); !moved.ok()) {
      return LedgerDamaged(tables, moved.message());
    }
    const absl::StatusOr<merkle::EntryHeaderView> header =
        merkle::DecodeEntryHeaderView(cursor.header(last));
    if (!header.ok()) {
      return LedgerDamaged(tables,
                           absl::StrCat("position ", last.value, ": ", header.status().message()));
    }
    result.last_recorded_at = header->recorded_at;
  }
  const Digest root = result.edge.Tree().Root();
  if (root != head.root) {
    return LedgerDamaged(
        tables, absl::StrCat("the tree of ", head.size.value, " events has root ",
                             merkle::ToHex(root), ", recorded was ", merkle::ToHex(head.root),
                             ": the tiles, or positions ", first, " and above, are damaged"));
  }
  return result;
}

}  // namespace waymark
