// This header defines what the record says of single days of one focus: which determination holds
// the day, at which level, whether any determination speaks for it, and whether it counts. Days are
// read forwards while knowledge only grows, so that one pass can also follow what was known at the
// end of each day:
//
//   const FocusFacts facts(state, "PI-CS", known, rules);
//   HeldDays days(facts);
//   for (absl::CivilDay day = first; day <= last; ++day) {
//     days.LearnBy(day);                   // what was recorded by the end of `day`
//     const HeldDay held = days.At(day);   // the same on every day up to the next turn
//   }
//
// Not synchronised. The facts must outlive it.
#ifndef WAYMARK_LEDGER_CONTRACT_HELD_DAYS_H_
#define WAYMARK_LEDGER_CONTRACT_HELD_DAYS_H_

#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/contract/focus_facts.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/state.h"

namespace waymark {

// In the order in which they apply: the first that is true is shown.
enum class HeldState { kUndetermined, kStale, kDisputed, kDetermined };

struct HeldDay {
  HeldState state = HeldState::kUndetermined;
  // Absent when UNDETERMINED; never level 0 in its place.
  std::optional<int> level = {};
  // The determination whose segment holds the day; under LAPSE it holds a day that is UNDETERMINED.
  std::optional<Position> determination = {};
  // Some determination speaks for the day. This and the rest is false on a day that none holds.
  bool covered = false;
  bool counted = false;
  bool disputed = false;
  bool evidence_expired = false;
  // Why the day is uncovered, as last explained.
  v1::GapReason explained = v1::GAP_REASON_UNSPECIFIED;

  friend bool operator==(const HeldDay&, const HeldDay&) = default;
};

// Last day of the contract: its termination, else the end as extended; absent while none is known.
std::optional<absl::CivilDay> LastContractDay(const ContractState& state, Knowledge knowledge);

class HeldDays {
 public:
  explicit HeldDays(const FocusFacts& facts);

  // Adds what was recorded on `day` or before. REQUIRES: not before an earlier call's day.
  void LearnBy(absl::CivilDay day);

  // The day as known by the last LearnBy. REQUIRES: not before an earlier call's day. A pass over d
  // days and n facts takes O(n log n + d), but for what is rare: policies, versions, explanations
  // of one hole.
  HeldDay At(absl::CivilDay day);

  // Whether some determination speaks for the day, as known by the last LearnBy; also asked of days
  // that none holds. REQUIRES: not before an earlier call's day, here or of At.
  bool IsCovered(absl::CivilDay day);

  // The timeline's determinations as known by the last LearnBy, by effective day.
  std::vector<const Determination*> InForce() const;

  // Level that `determination` gives to `day`, carried over the matrix versions adopted since it
  // was made; absent where a version asks for a new assessment.
  std::optional<int> LevelOn(const Determination& determination, absl::CivilDay day) const;

 private:
  void Enter(int candidate);
  void Leave(int candidate);
  // Moves on to what begins or begins to speak by `day`.
  void Advance(absl::CivilDay day);
  GapPolicy GapPolicyOn(absl::CivilDay day, v1::GapReason explained) const;
  EvidenceExpiry EvidenceExpiryOn(absl::CivilDay day) const;
  v1::GapReason ExplanationOf(absl::CivilDay day) const;

  const FocusFacts& facts_;
  Knowledge knowledge_;
  size_t changes_learned_ = 0;
  std::vector<char> in_force_;  // by candidate
  std::optional<absl::CivilDay> day_;
  // Candidates [0, begun_) have begun by day_; the last of them in force holds it, -1 if none is.
  int begun_ = 0;
  int holder_ = -1;
  // The first so many of by_speaks_from speak by day_. Those in force are queued by speaks_to, with
  // some that have left since.
  int speaking_ = 0;
  std::priority_queue<std::pair<absl::CivilDay, int>> speakers_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_HELD_DAYS_H_
