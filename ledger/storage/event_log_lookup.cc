// Looking up what is not kept by position: streams, requests, statements and nodes of the tree.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tile.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/event_log_database.h"
#include "ledger/storage/ledger_state.h"
#include "ledger/storage/rows.h"

namespace waymark {
namespace {

absl::Status Damaged(absl::string_view reason, absl::string_view what) {
  return Refuse({absl::StatusCode::kDataLoss, std::string(reason),
                 absl::StrCat(what, "; verify the data directory and restore a copy")});
}

struct StreamRow {
  uint64_t first_revision = 0;
  std::vector<PositionRange> ranges;
};

absl::StatusOr<StreamRow> DecodeStreamRow(const Scan& rows) {
  StreamRow row;
  row.first_revision = merkle::GetU64be(ViewOf(rows->key()).substr(kDigestBytes));
  ASSIGN_OR_RETURN(row.ranges, DecodeStream(ViewOf(rows->value())));
  return row;
}

}  // namespace

absl::StatusOr<std::vector<Position>> EventLog::StreamPositions(absl::string_view contract_id,
                                                                Revision from,
                                                                size_t count_max) const {
  const TreeSize size = head();
  const Digest contract = merkle::Sha256(contract_id);
  const std::string begin = StreamKey(contract, Revision{});
  // One past the last revision that a key can hold.
  Scan rows(*database_->tables, Family::kStreams,
            StreamKey(contract, Revision{~uint64_t{0}}) + '\0');
  const auto damaged = [&](absl::string_view what) {
    return Damaged("STREAM_DAMAGED", absl::StrCat("stream of ", contract_id, ": ", what));
  };
  const auto stands = [&] {
    return rows->Valid() && rows->key().starts_with(rocksdb::Slice(begin.data(), kDigestBytes));
  };
  // The row that holds `from` begins at it or before. A stream whose first row begins later has
  // lost one.
  rows->SeekForPrev(SliceOf(StreamKey(contract, from)));
  if (!stands() && rows->status().ok()) {
    rows->Seek(SliceOf(begin));
    if (stands()) return damaged("revision 0 is missing");
  }
  std::vector<Position> positions;
  std::optional<uint64_t> next;
  for (; stands() && positions.size() < count_max; rows->Next()) {
    const absl::StatusOr<StreamRow> row = DecodeStreamRow(rows);
    if (!row.ok()) return damaged(row.status().message());
    if (next.has_value() && row->first_revision != *next) {
      return damaged(absl::StrCat("revision ", *next, " is missing"));
    }
    uint64_t revision = row->first_revision;
    for (const PositionRange& range : row->ranges) {
      const uint64_t skip =
          from.value > revision ? std::min<uint64_t>(from.value - revision, range.count) : 0;
      for (uint64_t i = skip; i < range.count && positions.size() < count_max; ++i) {
        // A commit that the head does not cover yet.
        if (range.first.value + i >= size.value) return positions;
        positions.push_back(Position{range.first.value + i});
      }
      revision += range.count;
    }
    next = revision;
  }
  if (!rows->status().ok()) return damaged(rows->status().ToString());
  return positions;
}

absl::StatusOr<std::optional<StoredRequest>> EventLog::FindRequest(
    absl::string_view request_id) const {
  const TreeSize size = head();
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      database_->tables->Get(Family::kRequests, RequestKey(request_id), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) {
    return Damaged("REQUEST_DAMAGED",
                   absl::StrCat("request ", request_id, ": ", status.ToString()));
  }
  absl::StatusOr<StoredRequest> request = DecodeRequest(ViewOf(value));
  if (!request.ok()) {
    return Damaged("REQUEST_DAMAGED",
                   absl::StrCat("request ", request_id, ": ", request.status().message()));
  }
  // In a commit that the head does not cover yet.
  if (request->head > size) return std::nullopt;
  if (request->first_position.value >= request->head.value ||
      request->head.value - request->first_position.value < request->event_count) {
    return Damaged(
        "REQUEST_DAMAGED",
        absl::StrCat("request ", request_id, ": its events lie beyond ", "the head of its commit"));
  }
  return *std::move(request);
}

absl::StatusOr<StoredStatement> EventLog::ReadStatement(Position first) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      database_->tables->Get(Family::kStatements, EventKey(first), &value);
  const auto damaged = [&](absl::string_view what) {
    return Damaged("STATEMENT_DAMAGED",
                   absl::StrCat("statement of position ", first.value, ": ", what));
  };
  if (!status.ok()) return damaged(status.ToString());
  absl::StatusOr<StoredStatement> statement = DecodeStatementRow(ViewOf(value));
  if (!statement.ok()) return damaged(statement.status().message());
  return statement;
}

absl::StatusOr<Digest> EventLog::Node(int level, uint64_t index) const {
  WAYMARK_CHECK(level >= 0 && level < 64 && index < (head().value >> level));
  const merkle::NodePlace place = merkle::PlaceOfNode(level, index);
  {
    absl::MutexLock lock(&database_->mutex);
    const TileEdge& edge = database_->tree.edge;
    const uint64_t full_tiles = edge.size().value >> (kTileHeight * (place.tile_level + 1));
    if (place.tile_index >= full_tiles) {
      return RootOver(edge.Pending(place.tile_level).subspan(place.first, place.count));
    }
  }
  ASSIGN_OR_RETURN(const std::vector<Digest> tile,
                   ReadTile(*database_->tables, place.tile_level, place.tile_index));
  return RootOver(absl::Span<const Digest>(tile).subspan(place.first, place.count));
}

absl::StatusOr<Digest> EventLog::RootAt(TreeSize size) const {
  WAYMARK_CHECK(size <= head());
  return merkle::Root(size, [this](int level, uint64_t index) { return Node(level, index); });
}

}  // namespace waymark
