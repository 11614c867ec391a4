// This header defines whether targets are met: per focus, and for all of them together.
//
//   const auto standing = FindTargetStanding(state, "PI-CS", as_of, known);
//   if (!standing) ...                                       // no target: that is no failing
//   if (standing->status == TargetStatus::kMet) ...          // standing->met_on
//
// How the rules are read where their words leave room:
// - The target asked about is the last one recorded by the end of as_of, or the first one known
//   where all were recorded later. One that was withdrawn is none.
// - Held means DETERMINED or DISPUTED at the level. A STALE day shows the level without meeting the
//   target, and does not miss it either.
// - A finding for the due day may take effect later: a determination whose period reaches the due
//   day counts as showing less by the level it has when it takes effect, even if that lies after
//   as_of.
// - decided_on is that of the determination that holds the due day; under REACHED_BY, the first day
//   that reached.
//
// Pure; safe from any thread on a state that no one changes.
#ifndef WAYMARK_LEDGER_CONTRACT_TARGET_STATUS_H_
#define WAYMARK_LEDGER_CONTRACT_TARGET_STATUS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/contract/longevity.h"
#include "ledger/contract/state.h"

namespace waymark {

enum class TargetStatus {
  // The level is not defined in the matrix version in force.
  kIndeterminate,
  kNotDue,
  kMet,
  kMissed,
  kNotYetDetermined,
};

struct TargetStanding {
  TargetStatus status = TargetStatus::kNotYetDetermined;
  Target target;
  // MET: first day of the run that met it. NOT_DUE: first day of the run that has reached it
  // already.
  std::optional<absl::CivilDay> met_on;
  std::optional<absl::CivilDay> reached_on;
  // MET: when that was decided, and how many days after the due day; negative before it.
  std::optional<absl::CivilDay> decided_on;
  std::optional<int> decided_after_days;
  // At the target's level, on as_of.
  ThreeNumbers numbers;
};

// Absent where the focus has no target.
std::optional<TargetStanding> FindTargetStanding(const ContractState& state,
                                                 absl::string_view focus, absl::CivilDay as_of,
                                                 TreeSize known);

struct AllTargets {
  // The first that is true: MISSED, INDETERMINATE, NOT_DUE or NOT_YET_DETERMINED if one focus is;
  // MET if all are. Absent where no focus that counts has a target.
  std::optional<TargetStatus> status;
  // Each focus that counts, in matrix order. One whose levels are all undefined counts as
  // INDETERMINATE, with or without a target, unless the policy unladdered_in_all leaves it out.
  std::vector<std::pair<std::string, TargetStatus>> focuses;
};

AllTargets FindAllTargets(const ContractState& state, absl::CivilDay as_of, TreeSize known);

// The matrix version in force on a day, as known; null if none was adopted by then.
const MatrixDraft* VersionInForce(const ContractState& state, absl::CivilDay day,
                                  Knowledge knowledge);
// The matrix of it.
const v1::Matrix* MatrixInForce(const ContractState& state, absl::CivilDay day,
                                Knowledge knowledge);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_TARGET_STATUS_H_
