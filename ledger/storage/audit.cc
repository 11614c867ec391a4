#include "ledger/storage/audit.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/storage/event_cursor.h"
#include "ledger/storage/rows.h"

namespace waymark {
namespace {

constexpr uint64_t kProgressEvents = 8192;

class Walk {
 public:
  Walk(const Tables& tables, const LedgerMeta& meta, const AuditPlan& plan, FaultLog* faults)
      : tables_(tables),
        meta_(meta),
        plan_(plan),
        faults_(*faults),
        events_(tables, meta.identity, plan.depth, faults),
        cursor_(tables, meta.head.size, EventCursor::Parts::kHeaders) {}

  AuditOutcome Run() {
    Begin();
    for (Position at{begin_}; at.value < meta_.head.size.value && !Stopped();) {
      if (cursor_.MoveTo(at).ok()) {
        events_.Check(at, cursor_);
        AddLeaf(merkle::LeafHash(cursor_.header(at)));
        ++outcome_.events;
        ++at.value;
      } else {
        at = SkipUnreadable(at);
      }
      if (plan_.progress && at.value % kProgressEvents == 0)
        plan_.progress(TreeSize{at.value}, meta_.head.size);
    }
    if (!Stopped()) End();
    outcome_.requests = events_.requests();
    outcome_.signatures = events_.signatures();
    outcome_.erased = events_.erased();
    return std::move(outcome_);
  }

 private:
  bool Stopped() const { return plan_.stop_at_fault && faults_.count() > 0; }

  void Begin() {
    begin_ = plan_.start.value < meta_.head.size.value ? plan_.start.value : meta_.head.size.value;
    begin_ &= ~(kTileWidth - 1);
    outcome_.begin = TreeSize{begin_};
    absl::StatusOr<TileEdge> edge = TileEdge::Load(
        TreeSize{begin_},
        [this](int level, uint64_t index) { return ReadTile(tables_, level, index); });
    if (edge.ok()) {
      outcome_.edge = *std::move(edge);
    } else {
      ReportTile(std::string(edge.status().message()));
    }
    while (next_checkpoint_ < plan_.checkpoints.size() &&
           plan_.checkpoints[next_checkpoint_].size.value < begin_) {
      ++next_checkpoint_;
    }
    CompareCheckpoints();
  }

  void ReportTile(std::string got) {
    Fault fault;
    fault.what = "tile";
    fault.got = std::move(got);
    faults_.Report(std::move(fault));
  }

  void AddLeaf(const Digest& leaf) {
    if (!outcome_.edge.has_value()) return;
    std::vector<CompletedTile> completed;
    outcome_.edge->Append(leaf, &completed);
    for (const CompletedTile& tile : completed) CompareTile(tile);
    CompareCheckpoints();
  }

  void CompareTile(const CompletedTile& tile) {
    const std::string key = TileKey(tile.level, tile.index);
    const absl::StatusOr<std::vector<Digest>> stored = ReadTile(tables_, tile.level, tile.index);
    if (!stored.ok()) {
      Fault fault;
      fault.what = "tile";
      fault.got = std::string(stored.status().message());
      return faults_.Report(std::move(fault), Family::kTiles, key);
    }
    for (size_t i = 0; i < kTileWidth; ++i) {
      if ((*stored)[i] == tile.hashes[i]) continue;
      Fault fault;
      fault.what = tile.level == 0 ? "leaf_hash" : "tile";
      fault.value_byte = 1 + i * kDigestBytes;
      fault.want = merkle::ToHex((*stored)[i]);
      fault.got = merkle::ToHex(tile.hashes[i]);
      // A leaf's position leads to the header, which is what more likely changed.
      if (tile.level == 0) fault.position = Position{tile.index * kTileWidth + i};
      faults_.Report(std::move(fault), Family::kTiles, key);
    }
  }

  void CompareCheckpoints() {
    if (!outcome_.edge.has_value()) return;
    const TreeSize size = outcome_.edge->size();
    for (; next_checkpoint_ < plan_.checkpoints.size() &&
           plan_.checkpoints[next_checkpoint_].size == size;
         ++next_checkpoint_) {
      ++outcome_.checkpoints;
      CompareRoot("checkpoint_root", plan_.checkpoints[next_checkpoint_].root);
    }
  }

  void CompareRoot(absl::string_view what, const Digest& want) {
    const Digest root = outcome_.edge->Tree().Root();
    if (root == want) return;
    Fault fault;
    fault.what = std::string(what);
    fault.want = merkle::ToHex(want);
    fault.got = absl::StrCat(merkle::ToHex(root), " of ", outcome_.edge->size().value, " events");
    faults_.Report(std::move(fault));
  }

  // Reports the events from `at` on that cannot be read and returns the first that can.
  Position SkipUnreadable(Position at) {
    const absl::Status why = cursor_.MoveTo(at);
    if (!rows_end_.has_value()) rows_end_ = EndOfEntries(tables_, meta_.head.size);
    if (at.value >= rows_end_->value) {
      // The head may say that it reaches any distance beyond.
      ReportUnreadable(at, Position{meta_.head.size.value}, why);
      outcome_.edge.reset();
      return Position{meta_.head.size.value};
    }
    Position next{at.value + 1};
    while (next.value < rows_end_->value && !Stopped() && !cursor_.MoveTo(next).ok()) ++next.value;
    ReportUnreadable(at, next, why);
    for (Position missing = at; missing < next; ++missing.value) AddLeafFromTile(missing);
    return next;
  }

  void ReportUnreadable(Position at, Position end, const absl::Status& why) {
    Fault fault;
    fault.position = at;
    fault.what = "entry_row";
    fault.got = absl::StrCat("positions ", at.value, " to ", end.value - 1, ": ", why.message());
    faults_.Report(std::move(fault), Family::kEntries, EventKey(at));
  }

  // The tile vouches for a header that is gone, so that the tree above it can still be checked.
  void AddLeafFromTile(Position position) {
    if (!outcome_.edge.has_value()) return;
    const absl::StatusOr<std::vector<Digest>> tile =
        ReadTile(tables_, 0, position.value / kTileWidth);
    if (!tile.ok()) {
      outcome_.edge.reset();
      return;
    }
    AddLeaf((*tile)[position.value % kTileWidth]);
  }

  void End() {
    events_.Finish(Position{begin_});
    if (outcome_.edge.has_value()) CompareRoot("root", meta_.head.root);
    if (const absl::Status ends = CheckEnds(tables_, meta_.head.size); !ends.ok()) {
      Fault fault;
      fault.what = "rows_beyond_head";
      fault.got = std::string(ends.message());
      faults_.Report(std::move(fault));
    }
    for (; next_checkpoint_ < plan_.checkpoints.size(); ++next_checkpoint_) {
      const ReleasedCheckpoint& checkpoint = plan_.checkpoints[next_checkpoint_];
      Fault fault;
      fault.what = "checkpoint_root";
      fault.want =
          absl::StrCat(merkle::ToHex(checkpoint.root), " of ", checkpoint.size.value, " events");
      fault.got = outcome_.edge.has_value()
                      ? absl::StrCat("only ", meta_.head.size.value, " events")
                      : "not computable";
      faults_.Report(std::move(fault));
    }
    // A row that no event leads to shows in the number of rows; after a fault that says nothing.
    if (begin_ > 0 || faults_.count() > 0 || plan_.depth == EventAudit::Depth::kRows) return;
    CompareCount(Family::kEntries, events_.chunk_rows());
    CompareCount(Family::kPayloads, events_.chunk_rows());
    CompareCount(Family::kFilters, events_.filter_rows());
    CompareCount(Family::kStreams, events_.stream_rows());
    CompareCount(Family::kRequests, events_.requests());
    CompareCount(Family::kStatements, events_.requests());
    uint64_t tiles = 0;
    for (int level = 0; level < kFullTileLevels; ++level) {
      tiles += meta_.head.size.value >> (kTileHeight * (level + 1));
    }
    CompareCount(Family::kTiles, tiles);
  }

  void CompareCount(Family family, uint64_t want) {
    Scan rows(tables_, family);
    uint64_t count = 0;
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) ++count;
    if (rows->status().ok() && count == want) return;
    Fault fault;
    fault.what = "row_count";
    fault.want = absl::StrCat(want);
    fault.got = absl::StrCat(kFamilyNames[static_cast<size_t>(family)], ": ",
                             rows->status().ok() ? absl::StrCat(count) : rows->status().ToString());
    faults_.Report(std::move(fault));
  }

  const Tables& tables_;
  const LedgerMeta& meta_;
  const AuditPlan& plan_;
  FaultLog& faults_;
  EventAudit events_;
  EventCursor cursor_;
  uint64_t begin_ = 0;
  size_t next_checkpoint_ = 0;
  std::optional<TreeSize> rows_end_;
  AuditOutcome outcome_;
};

}  // namespace

AuditOutcome Audit(const Tables& tables, const LedgerMeta& meta, const AuditPlan& plan,
                   FaultLog* faults) {
  return Walk(tables, meta, plan, faults).Run();
}

}  // namespace waymark
