// This header defines the timeline of one focus: the record of its level, day by day, cut into
// segments.
//
//   const Timeline now = BuildTimeline(state, "PI-CS", Knowledge{head}, as_of, {});
//   for (const Segment& segment : now.segments) ...  // one beside the other, oldest first
//   const HeldDay* held = now.On(as_of);             // null: nothing determined yet
//
// Pure. Safe from any thread on a state that no one changes.
#ifndef WAYMARK_LEDGER_CONTRACT_TIMELINE_H_
#define WAYMARK_LEDGER_CONTRACT_TIMELINE_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/contract/focus_facts.h"
#include "ledger/contract/held_days.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/state.h"

namespace waymark {

// Neighbouring days of which the record says the same.
struct Segment {
  DayRange days;
  HeldDay held;
};

struct Timeline {
  // Without holes or overlaps, from the first determination's effective day to the last day asked
  // for or the last day of the contract, whichever is sooner. Neighbours differ. Empty before the
  // first determination.
  std::vector<Segment> segments;
  // Last day of the contract, as known.
  std::optional<absl::CivilDay> contract_last_day;

  // What is held on a day; null on a day outside the segments.
  const HeldDay* On(absl::CivilDay day) const;
};

// The timeline up to `through`, by what was recorded by the end of `by` (CivilDay::max() for all
// the facts).
Timeline BuildTimeline(const FocusFacts& facts, absl::CivilDay by, absl::CivilDay through);
// The same for a single question. O(n log n) for n facts, whatever the number of days.
Timeline BuildTimeline(const ContractState& state, absl::string_view focus, Knowledge knowledge,
                       absl::CivilDay through, const CountingRules& rules);

// What could be said of each day at its end: each day of `days` as known by the end of that day.
// Days on which nothing was determined yet are UNDETERMINED here. REQUIRES: days.first <=
// days.last.
std::vector<Segment> BuildTimelineAsItWasKnown(const FocusFacts& facts, DayRange days);

// Whether some day of `days` has no determination that speaks for it, by all the facts. A
// determination also speaks for days before its level begins, and for days that a newer matrix
// version leaves without a level. REQUIRES: days.first <= days.last.
bool HasUncoveredDay(const FocusFacts& facts, DayRange days);

// A determination that is known and gives no level to any day.
struct LeftOut {
  Position determination;
  // The event that superseded it; absent if it is left out for being provisional.
  std::optional<Position> superseded_by;
};

// In position order.
std::vector<LeftOut> FindLeftOut(const ContractState& state, absl::string_view focus,
                                 Knowledge knowledge);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_TIMELINE_H_
