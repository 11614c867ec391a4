#include "ledger/commit/plan.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "ledger/base/check.h"
#include "ledger/base/civil_day.h"
#include "ledger/commit/filter_capture.h"
#include "ledger/commit/receipt.h"
#include "ledger/commit/record_builder.h"
#include "ledger/contract/decide.h"
#include "ledger/contract/retention.h"

namespace waymark {
namespace {

// What the rules raised, and what the clock did. In alphabetical order, as the rules leave theirs.
std::vector<std::vector<std::string>> FlagsByEvent(const Decision& decision, size_t event_count,
                                                   const RecordingTime& time) {
  std::vector<std::vector<std::string>> flags(event_count);
  for (const RaisedFlag& raised : decision.flags) {
    flags[static_cast<size_t>(raised.event_index)].emplace_back(raised.flag);
  }
  if (!time.back && !time.ahead) return flags;
  for (std::vector<std::string>& of_event : flags) {
    if (time.back) of_event.emplace_back(kClockBackFlag);
    if (time.ahead) of_event.emplace_back(kClockAheadFlag);
    std::sort(of_event.begin(), of_event.end());
  }
  return flags;
}

std::vector<FilterEntry> FiltersOf(const AppendRequest& request, Position first_position,
                                   UnixMicros recorded_at, const ContractState& state) {
  const absl::CivilDay today = CivilDayIn(state.time_zone, recorded_at);
  std::vector<FilterEntry> filters;
  filters.reserve(request.parsed.size());
  for (const ParsedEvent& event : request.parsed) {
    filters.push_back(CaptureFilter(event, first_position, today, state));
  }
  return filters;
}

// Of the whole request, in order; two of its events cannot erase the same.
std::vector<Position> ErasedBy(const AppendRequest& request) {
  std::vector<Position> erased;
  for (const ParsedEvent& event : request.parsed) {
    const std::vector<Position> positions = waymark::ErasedBy(event);
    erased.insert(erased.end(), positions.begin(), positions.end());
  }
  std::sort(erased.begin(), erased.end());
  return erased;
}

// One batch on its way to a record.
class Planner {
 public:
  Planner(absl::Span<const PlannedRequest> batch, const PlanStart& start)
      : ledger_id_(start.ledger_id), builder_(start.tree, start.time) {
    size_t events = 0;
    for (const PlannedRequest& planned : batch) events += planned.request->sealed.events.size();
    builder_.Reserve(batch.size(), events);
  }

  PlannedOutcome Plan(const PlannedRequest& planned) {
    if (planned.is_known) return {.verdict = Verdict::kKnown};
    AppendRequest& request = *planned.request;
    if (const auto first = taken_.find(request.sealed.request_id); first != taken_.end()) {
      return PlanRepeat(request.sealed, first->second);
    }
    WAYMARK_CHECK(planned.state != nullptr);
    ContractState& state = *planned.state;
    const Position first_position = builder_.next_position();
    const Revision first_revision = state.next_revision;
    const UnixMicros recorded_at = builder_.time().recorded_at;
    absl::StatusOr<Decision> decision = Decide({.contract_id = request.sealed.contract_id,
                                                .principal = request.sealed.principal,
                                                .is_signed = !request.sealed.signature.empty(),
                                                .expected_revision = request.expected_revision,
                                                .events = request.parsed,
                                                .first_position = first_position,
                                                .recorded_at = recorded_at},
                                               &state);
    if (!decision.ok()) return {.verdict = Verdict::kRefused, .refusal = decision.status()};
    const size_t index = builder_.requests().size();
    if (std::vector<Position> erased = ErasedBy(request); !erased.empty()) {
      builder_.Erase(std::move(erased));
    }
    std::vector<FilterEntry> filters = FiltersOf(request, first_position, recorded_at, state);
    builder_.Add(std::move(request.sealed), first_revision, std::move(filters),
                 FlagsByEvent(*decision, request.parsed.size(), builder_.time()));
    taken_.emplace(builder_.requests().back().request_id, index);
    return {.verdict = Verdict::kTaken, .record_index = index};
  }

  CommitPlan Finish(std::vector<PlannedOutcome> outcomes) && {
    merkle::CompactTree tree = builder_.tree();
    return {std::move(builder_).Finish(), std::move(tree), std::move(outcomes)};
  }

 private:
  PlannedOutcome PlanRepeat(const SealedRequest& repeat, size_t first) {
    absl::Status same = CheckRepeatInRecord(repeat, builder_.record(), first, ledger_id_);
    if (!same.ok()) return {.verdict = Verdict::kRefused, .refusal = std::move(same)};
    return {.verdict = Verdict::kTakenInThisBatch, .record_index = first};
  }

  const std::string& ledger_id_;
  RecordBuilder builder_;
  // By request id, which lies in the record: its requests do not move, for they were reserved.
  absl::flat_hash_map<absl::string_view, size_t> taken_;
};

}  // namespace

CommitPlan PlanCommit(absl::Span<const PlannedRequest> batch, const PlanStart& start) {
  Planner planner(batch, start);
  std::vector<PlannedOutcome> outcomes;
  outcomes.reserve(batch.size());
  for (const PlannedRequest& planned : batch) outcomes.push_back(planner.Plan(planned));
  return std::move(planner).Finish(std::move(outcomes));
}

}  // namespace waymark
