#include "ledger/contract/timeline.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "ledger/base/check.h"

namespace waymark {
namespace {

void Extend(std::vector<Segment>& segments, DayRange days, const HeldDay& held) {
  if (!segments.empty() && segments.back().held == held) {
    segments.back().days.last = days.last;
  } else {
    segments.push_back({days, held});
  }
}

// Calls visit(stretch) for the parts of `days` between turns, oldest first.
template <typename Visit>
void ForEachStretch(const std::vector<absl::CivilDay>& turns, DayRange days, Visit visit) {
  absl::CivilDay first = days.first;
  for (auto turn = std::upper_bound(turns.begin(), turns.end(), first);
       turn != turns.end() && *turn <= days.last; ++turn) {
    visit(DayRange{first, *turn - 1});
    first = *turn;
  }
  visit(DayRange{first, days.last});
}

}  // namespace

const HeldDay* Timeline::On(absl::CivilDay day) const {
  const auto after =
      std::partition_point(segments.begin(), segments.end(),
                           [&](const Segment& segment) { return segment.days.last < day; });
  if (after == segments.end() || day < after->days.first) return nullptr;
  return &after->held;
}

Timeline BuildTimeline(const FocusFacts& facts, absl::CivilDay by, absl::CivilDay through) {
  Timeline timeline;
  timeline.contract_last_day = LastContractDay(facts.state, Knowledge{facts.known, by});
  HeldDays days(facts);
  days.LearnBy(by);
  const std::vector<const Determination*> in_force = days.InForce();
  const absl::CivilDay last = std::min(through, timeline.contract_last_day.value_or(through));
  if (in_force.empty() || in_force.front()->effective_on > last) return timeline;
  ForEachStretch(facts.turns, {in_force.front()->effective_on, last}, [&](DayRange stretch) {
    Extend(timeline.segments, stretch, days.At(stretch.first));
  });
  return timeline;
}

Timeline BuildTimeline(const ContractState& state, absl::string_view focus, Knowledge knowledge,
                       absl::CivilDay through, const CountingRules& rules) {
  return BuildTimeline(FocusFacts(state, focus, knowledge.known, rules), knowledge.by, through);
}

std::vector<Segment> BuildTimelineAsItWasKnown(const FocusFacts& facts, DayRange days) {
  WAYMARK_CHECK(days.first <= days.last);
  std::vector<absl::CivilDay> turns;
  std::set_union(facts.turns.begin(), facts.turns.end(), facts.recorded.begin(),
                 facts.recorded.end(), std::back_inserter(turns));
  std::vector<Segment> segments;
  HeldDays held_days(facts);
  ForEachStretch(turns, days, [&](DayRange stretch) {
    held_days.LearnBy(stretch.first);
    Extend(segments, stretch, held_days.At(stretch.first));
  });
  return segments;
}

bool HasUncoveredDay(const FocusFacts& facts, DayRange days) {
  WAYMARK_CHECK(days.first <= days.last);
  HeldDays held_days(facts);
  held_days.LearnBy(absl::CivilDay::max());
  bool found = false;
  ForEachStretch(facts.turns, days,
                 [&](DayRange stretch) { found = found || !held_days.IsCovered(stretch.first); });
  return found;
}

std::vector<LeftOut> FindLeftOut(const ContractState& state, absl::string_view focus,
                                 Knowledge knowledge) {
  std::vector<LeftOut> left_out;
  const auto history = state.focuses.find(std::string(focus));
  if (history == state.focuses.end()) return left_out;
  absl::flat_hash_map<uint64_t, Position> superseded_by;
  for (const Supersession& supersession : history->second.supersessions) {
    if (knowledge.Has(supersession.known)) {
      superseded_by.try_emplace(supersession.old.value, supersession.by);
    }
  }
  for (const Determination& determination : history->second.determinations) {
    if (!knowledge.Has(determination.known)) continue;
    const auto superseded = superseded_by.find(determination.known.position.value);
    if (superseded != superseded_by.end()) {
      left_out.push_back({determination.known.position, superseded->second});
    } else if (determination.provisional) {
      left_out.push_back({determination.known.position, std::nullopt});
    }
  }
  return left_out;
}

}  // namespace waymark
