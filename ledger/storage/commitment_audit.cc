#include "ledger/storage/commitment_audit.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/storage/event_cursor.h"
#include "ledger/storage/ledger_state.h"
#include "ledger/storage/rows.h"

namespace waymark {
namespace {

// What is kept of a commitment. Two that begin alike are read again and compared whole.
struct Seen {
  uint64_t beginning = 0;
  Position position;
  friend bool operator<(const Seen& a, const Seen& b) {
    return std::tie(a.beginning, a.position) < std::tie(b.beginning, b.position);
  }
};

uint64_t BeginningOf(const Digest& commitment) {
  return merkle::GetU64be(merkle::BytesOf(commitment).substr(0, 8));
}

// Calls `take` with the place of every header that can be read, and with the header.
template <typename Take>
void ForEachHeader(const Tables& tables, TreeSize size, Take take) {
  Scan rows(tables, Family::kEntries, EventKey(Position{size.value}));
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const absl::StatusOr<Position> first = DecodeEventKey(ViewOf(rows->key()));
    const absl::StatusOr<EntryRow> row = DecodeEntries(ViewOf(rows->value()));
    if (!first.ok() || !row.ok()) continue;
    for (uint32_t i = 0; i < row->count && first->value + i < size.value; ++i) {
      const auto header = merkle::DecodeEntryHeaderView(row->headers[i]);
      if (header.ok()) take(Position{first->value + i}, *header);
    }
  }
}

class Comparison {
 public:
  Comparison(const Tables& tables, TreeSize size, TreeSize start, FaultLog* faults)
      : cursor_(tables, size, EventCursor::Parts::kHeaders), start_(start), faults_(*faults) {}

  // Of those that begin alike, in order of position.
  void Compare(const Seen* first, const Seen* end) {
    for (const Seen* later = first + 1; later < end; ++later) {
      if (later->position.value < start_.value) continue;
      for (const Seen* earlier = first; earlier < later; ++earlier) {
        if (Report(earlier->position, later->position)) break;
      }
    }
  }

 private:
  // True if both have the same commitment.
  bool Report(Position earlier, Position later) {
    const std::string before = HeaderAt(earlier);
    const std::string after = HeaderAt(later);
    const auto first = merkle::DecodeEntryHeaderView(before);
    const auto second = merkle::DecodeEntryHeaderView(after);
    if (!first.ok() || !second.ok() || first->payload_commitment != second->payload_commitment) {
      return false;
    }
    Fault fault;
    fault.position = later;
    fault.contract_id = std::string(second->contract_id);
    fault.revision = second->revision;
    fault.what = "commitment_repeated";
    fault.want = "one that no other event has";
    fault.got = absl::StrCat("that of position ", earlier.value);
    faults_.Report(std::move(fault), Family::kEntries, EventKey(cursor_.first()));
    return true;
  }

  std::string HeaderAt(Position position) {
    return cursor_.MoveTo(position).ok() ? std::string(cursor_.header(position)) : "";
  }

  EventCursor cursor_;
  const TreeSize start_;
  FaultLog& faults_;
};

}  // namespace

void CheckCommitmentsDiffer(const Tables& tables, TreeSize size, TreeSize start, FaultLog* faults,
                            size_t in_memory_max) {
  size = EndOfEntries(tables, size);
  Comparison comparison(tables, size, start, faults);
  // Commitments spread evenly, so each turn takes about its share; equal ones share a turn.
  const uint64_t turns = 1 + size.value / in_memory_max;
  std::vector<Seen> seen;
  for (uint64_t turn = 0; turn < turns; ++turn) {
    seen.clear();
    ForEachHeader(tables, size, [&](Position position, const merkle::EntryHeaderView& header) {
      const uint64_t beginning = BeginningOf(header.payload_commitment);
      if (beginning % turns == turn) seen.push_back({beginning, position});
    });
    std::sort(seen.begin(), seen.end());
    for (auto first = seen.begin(); first != seen.end();) {
      const auto end = std::find_if(first, seen.end(), [&](const Seen& other) {
        return other.beginning != first->beginning;
      });
      comparison.Compare(&*first, &*first + (end - first));
      first = end;
    }
  }
}

}  // namespace waymark
