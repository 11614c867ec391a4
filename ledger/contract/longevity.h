// This header defines longevity: how long a focus has held a level, at any as_of, as known at any
// moment.
//
//   Longevity longevity = FindLongevity(state, {.focus = "PI-CS", .as_of = day, .known = head}, 3);
//   if (longevity.numbers.sustained) ... longevity.numbers.sustained->months
//
// Several levels of one focus are asked of one LongevityReader, which reads the record once. Whole
// civil days only; no clock, no locale, no floating point. Pure; safe from any thread on a state
// that no one changes.
//
// How the rules are read where their words leave room:
// - A run is unbroken days whose held level is on the side asked for, counted or not. Its figure is
//   the counted stretch that as_of ends or, while paused, that the pause ended. A paused run
//   without such a stretch has no figure.
// - A lapse is bridged if it is short enough, has ended, every day of it counts, and a counted day
//   of a run lies on either side. So no bridge starts or ends at a hole, and none holds one.
// - Days below the level before the first run are no lapse. A fall that UNDETERMINED days end is a
//   closed lapse.
// - An as_of past the last day of the contract is replaced by that day throughout, also as the day
//   that cuts sustained-as-known.
// - last_run is given only while no run lasts, and only of a run that has a figure.
// - Coverage is what in-force determinations say; a superseded or provisional one speaks for no
//   day.
// - The newest explanation of a hole replaces older ones. A query's own gap policy does not touch
//   what the policy authority_default_gap says of a hole that the Authority caused.
// - A renewal makes an item valid from its effective day to its new last day, so a late one leaves
//   days expired between. Withdrawn is not expired.
// - A determination made under a version that is adopted later than its effective day crosses none
//   before it. One made under no adopted version is taken to be made under the version in force on
//   its effective day. A focus without a carry rule follows carry_default as it stood when the
//   adoption was recorded; NONE leaves it UNDETERMINED.
#ifndef WAYMARK_LEDGER_CONTRACT_LONGEVITY_H_
#define WAYMARK_LEDGER_CONTRACT_LONGEVITY_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/base/types.h"
#include "ledger/contract/runs.h"
#include "ledger/contract/state.h"
#include "ledger/contract/timeline.h"

namespace waymark {

struct LongevityQuestion {
  // Code of the focus; one that has no determination is UNDETERMINED.
  std::string focus;
  // The end of this day, inclusive.
  absl::CivilDay as_of;
  // Number of events known: 0 for nothing, SizeThrough(p) for a known_at of position p.
  TreeSize known;
  CountingRules rules = {};
};

struct Flags {
  bool disputed = false;
  bool evidence_expired = false;
  bool contract_ended = false;
  friend bool operator==(const Flags&, const Flags&) = default;
};

// The flags in the words of the catalogue, sorted: CONTRACT_ENDED, DISPUTED, EVIDENCE_EXPIRED.
std::vector<std::string> FlagWords(const Flags& flags);

// Always side by side; each absent where there is no such run.
struct ThreeNumbers {
  // The run that lasts on as_of, by all that is known.
  std::optional<Span> sustained;
  // The same by what was recorded by the end of as_of.
  std::optional<Span> sustained_as_known;
  // The days before as_of, or before the pause, each of which was held and counted by all that is
  // known and also by what was recorded by its own end. Never bridged.
  std::optional<Span> demonstrated;
  friend bool operator==(const ThreeNumbers&, const ThreeNumbers&) = default;
};

struct Longevity {
  // Of the day answered for: as_of, or the last day of the contract if that is sooner.
  absl::CivilDay answered_on;
  HeldDay held;
  Flags flags;
  ThreeNumbers numbers;
  // Everything else that the runs on T(known) say: lapses, last run, pauses, counted days.
  RunFacts facts;
  // Days at exactly the level asked for, up to as_of; absent if another level is held.
  std::optional<Span> spell;
  // First days of the present unbroken stretches; absent where as_of is not in one.
  std::optional<absl::CivilDay> stale_since;
  std::optional<absl::CivilDay> evidence_expired_since;
  // Positions of the determinations that hold a day of the run or the day before it, or as_of where
  // there is no run; sorted. A dispute over one of them is a dispute over the answer.
  std::vector<Position> rests_on;
};

class LongevityReader {
 public:
  LongevityReader(const ContractState& state, LongevityQuestion question);

  // The answer for one level. REQUIRES: level in [0, 5].
  Longevity At(int level, LevelSide side = LevelSide::kAtOrAbove) const;

  // The run that lasts on `day`, by all that is known. REQUIRES: day <= answered_on().
  RunFacts RunsOn(absl::CivilDay day, int level) const;

  absl::CivilDay answered_on() const { return answered_on_; }
  int grace_days() const { return grace_days_; }
  // T(known) up to answered_on.
  const Timeline& now() const { return now_; }
  // The same as known by the end of answered_on.
  const Timeline& as_known() const { return as_known_; }

 private:
  std::optional<Span> Demonstrated(int level, LevelSide side) const;

  const LongevityQuestion question_;
  Timeline now_;
  absl::CivilDay answered_on_;
  int grace_days_ = 0;
  Timeline as_known_;
  int as_known_grace_days_ = 0;
  std::vector<Segment> as_it_was_known_;
};

// REQUIRES: level in [0, 5].
Longevity FindLongevity(const ContractState& state, const LongevityQuestion& question, int level,
                        LevelSide side = LevelSide::kAtOrAbove);

// A set is at or above the level on the days on which every member is.
struct SetLongevity {
  // Since the latest of the members' since-days, through the earliest of their last counted days.
  ThreeNumbers numbers;
  // The focus that the set waits for: the first that has no run, else the one whose run began last.
  std::string limiting_focus;
  std::vector<std::pair<std::string, Longevity>> focuses;  // in the order asked
};

// `question.focus` is not read. REQUIRES: focuses not empty, level in [0, 5].
SetLongevity FindLongevityOfAll(const ContractState& state, const std::vector<std::string>& focuses,
                                const LongevityQuestion& question, int level);

// Where a focus stands: the three numbers at the level it holds, or at level 0 (any level) where it
// holds none.
Longevity FindStanding(const LongevityReader& reader);

// The rules with every value filled in: what the question names, else the policy in force on as_of,
// as known.
CountingRules RulesInForce(const ContractState& state, const LongevityQuestion& question);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_LONGEVITY_H_
