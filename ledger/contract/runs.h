// This header defines the runs in a timeline: the unbroken days at or above a level, or below it,
// and what lies between them.
//
//   RunFacts facts = FindRuns(timeline.segments, as_of, {.level = 3, .grace_days = 30});
//   if (facts.run) ... facts.run->since, facts.run->net_days
//
// Pure; linear in the number of segments, whatever the number of days.
#ifndef WAYMARK_LEDGER_CONTRACT_RUNS_H_
#define WAYMARK_LEDGER_CONTRACT_RUNS_H_

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/contract/timeline.h"

namespace waymark {

// Which days are asked for. UNDETERMINED days are on no side.
enum class LevelSide { kAtOrAbove, kBelow, kExactly };

struct RunQuestion {
  int level = 0;
  LevelSide side = LevelSide::kAtOrAbove;
  // Longest lapse that is bridged, in days.
  int grace_days = 0;
};

// An unbroken stretch of days.
struct Span {
  absl::CivilDay since;
  // Last day counted.
  absl::CivilDay through;
  // Whole months beginning with `since`.
  int months = 0;
  // Days from since to through, bridged ones included; and without them.
  int days = 0;
  int net_days = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

// The span of days that all count.
Span SpanOf(absl::CivilDay since, absl::CivilDay through);

// Days between two runs, or without a level.
struct Lapse {
  absl::CivilDay first;
  // Absent while it lasts.
  std::optional<absl::CivilDay> last;
  int days = 0;
  bool bridged = false;
  friend bool operator==(const Lapse&, const Lapse&) = default;
};

struct RunFacts {
  // The run that lasts on as_of; while it is paused, up to the pause.
  std::optional<Span> run;
  // The newest run that has ended; absent while one lasts.
  std::optional<Span> last_run;
  // First day of the run that lasts on as_of, whether or not it counted.
  std::optional<absl::CivilDay> held_since;
  // First day of the pause that as_of lies in.
  std::optional<absl::CivilDay> paused_since;
  // Counted days of the run that lasts on as_of, on both sides of its holes and bridges; absent
  // where none lasts.
  std::optional<int> counted_days;
  // Counted days of all runs.
  int cumulative_days = 0;
  std::vector<Lapse> lapses;        // oldest first; the last one may be open
  std::vector<Lapse> undetermined;  // likewise
  friend bool operator==(const RunFacts&, const RunFacts&) = default;
};

// What the segments up to as_of say. Segments are as a Timeline holds them; as_of may lie past the
// last.
RunFacts FindRuns(const std::vector<Segment>& segments, absl::CivilDay as_of,
                  const RunQuestion& question);

// The day is on the side asked for and counts.
bool CountsFor(const HeldDay& held, const RunQuestion& question);

struct DayCounts {
  // Counted days on the side asked for and on the other; and days that are not counted,
  // UNDETERMINED, or outside the segments.
  int on_side = 0;
  int off_side = 0;
  int unknown = 0;
  friend bool operator==(const DayCounts&, const DayCounts&) = default;
};

// The days of a window. REQUIRES: window.first <= window.last.
DayCounts CountDays(const std::vector<Segment>& segments, DayRange window,
                    const RunQuestion& question);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_RUNS_H_
