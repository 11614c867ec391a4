#include "ledger/commit/state_fold.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/evolve.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"

namespace waymark {
namespace {

absl::Status Damaged(Position position, absl::string_view what) {
  return Refuse({absl::StatusCode::kDataLoss,
                 "EVENT_DAMAGED",
                 absl::StrCat("position ", position.value, ": ", what),
                 -1,
                 "",
                 {{"position", absl::StrCat(position.value)}}});
}

// Folds one contract's events as they come.
class Folder {
 public:
  Folder(const EventLog& log, absl::string_view contract_id) : log_(log) {
    state_.contract_id = std::string(contract_id);
  }

  absl::Status Take(const StoredEvent& event) {
    const auto header = merkle::DecodeEntryHeaderView(event.header);
    if (!header.ok()) return Damaged(event.position, header.status().message());
    if (header->contract_id != state_.contract_id || header->position != event.position ||
        header->revision != state_.next_revision) {
      return Damaged(event.position, absl::StrCat("not revision ", state_.next_revision.value,
                                                  " of ", state_.contract_id));
    }
    RETURN_IF_ERROR(FindPrincipal(*header));
    std::optional<ParsedEvent> parsed;
    if (event.state == StoredPayload::kPresent) {
      auto result = ParseRecorded(header->event_type, event.payload, merkle::Sha256);
      if (!result.ok()) return Damaged(event.position, result.status().message());
      parsed = *std::move(result);
    }
    const absl::Status evolved =
        Evolve({.position = event.position,
                .first_position = Position{event.position.value - header->statement_index},
                .recorded_at = header->recorded_at,
                .event_type = header->event_type,
                .principal = principal_,
                .event = parsed.has_value() ? &*parsed : nullptr},
               &state_);
    return evolved.ok() ? evolved : Damaged(event.position, evolved.message());
  }

  ContractState Finish() && { return std::move(state_); }

 private:
  // The principal stands in the Statement, once a request.
  absl::Status FindPrincipal(const merkle::EntryHeaderView& header) {
    if (header.statement_digest == statement_digest_ && !principal_.empty()) {
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const StoredStatement stored,
                     log_.ReadStatement(Position{header.position.value - header.statement_index}));
    auto statement = merkle::DecodeStatement(stored.statement);
    if (!statement.ok()) return Damaged(header.position, statement.status().message());
    principal_ = std::move(statement->principal);
    statement_digest_ = header.statement_digest;
    return absl::OkStatus();
  }

  const EventLog& log_;
  ContractState state_;
  Digest statement_digest_ = {};
  std::string principal_;
};

// The next of `places`, from `first` on, that one read takes in: a gap of less than a chunk is
// cheaper read than skipped.
size_t RunLength(const std::vector<Position>& places, size_t first) {
  size_t end = first + 1;
  while (end < places.size() && places[end].value - places[end - 1].value < kChunkEventsMax &&
         places[end].value - places[first].value < kReadBatchEventsMax) {
    ++end;
  }
  return end - first;
}

absl::Status FoldRun(const EventLog& log, const std::vector<Position>& places, size_t first,
                     size_t count, Folder* folder) {
  size_t taken = 0;
  ReadOptions options;
  options.events_max = kReadBatchEventsMax;
  options.bytes_max = kReadBatchBytesMax;
  options.until = SizeThrough(places[first + count - 1]);
  Position from = places[first];
  while (taken < count) {
    ASSIGN_OR_RETURN(const std::vector<StoredEvent> events, log.Read(from, options));
    if (events.empty()) return Damaged(from, "no event is stored there");
    for (const StoredEvent& event : events) {
      if (event.position != places[first + taken]) continue;
      RETURN_IF_ERROR(folder->Take(event));
      if (++taken == count) return absl::OkStatus();
    }
    from = Position{events.back().position.value + 1};
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ContractState> FoldState(const EventLog& log, absl::string_view contract_id) {
  Folder folder(log, contract_id);
  Revision next;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<Position> places,
                     log.StreamPositions(contract_id, next, kReadBatchEventsMax));
    if (places.empty()) return std::move(folder).Finish();
    for (size_t first = 0; first < places.size();) {
      const size_t count = RunLength(places, first);
      RETURN_IF_ERROR(FoldRun(log, places, first, count, &folder));
      first += count;
    }
    next.value += places.size();
  }
}

}  // namespace waymark
