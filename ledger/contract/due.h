// This header defines what is due on a contract: what somebody has to do by a day, and what was to
// be done by a day and is not on record.
//
//   for (const DueItem& item : FindDue(state, as_of, known, kDaysAheadDefault)) {
//     std::cout << FormatDay(item.due) << " " << item.words << "\n";
//   }
//
// Reminders only: nothing is decided, refused or computed from them. How the rules are read where
// their words leave room:
// - A period is due on its last day, so it is overdue, or missing, from the day after. Periods are
//   counted from the start of service by the month rule, with the cadence in force on as_of, and
//   the last one ends with the contract. One is done when reports speak for each of its days.
// - An assessment is due on the last day for which the newest determination in force speaks, or on
//   the day before a matrix version that carries no level over.
// - The newest event that gives a commitment a day decides: a plan's newest revision, or the
//   promise.
// - A decision whose basis changed is due on the day on which that was recorded.
// - A breach behind a termination, a settlement or a notice that was not cured gives thirty days,
//   the day itself among them; a published notice answers it that names the event as its cause.
// - Once the record is closed nothing is due but what may still be recorded: the steps of disputes
//   and the review of decisions.
// - Requests for information stand nowhere before they are answered, so none is due here.
//
// Pure; safe from any thread on a state that no one changes.
#ifndef WAYMARK_LEDGER_CONTRACT_DUE_H_
#define WAYMARK_LEDGER_CONTRACT_DUE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/base/types.h"
#include "ledger/contract/state.h"
#include "waymark/v1/report.pb.h"

namespace waymark {

// How many days ahead of as_of are looked at: a quarter unless asked otherwise, ten years at most.
inline constexpr int kDaysAheadDefault = 90;
inline constexpr int kDaysAheadMax = 3653;
// Whole months that are left of the service period when its extension is to be considered.
inline constexpr int kExtensionReviewMonths = 12;
// Procurement Act 2023, s.71: from one publication of indicators to the next, and days to publish a
// notice of a breach.
inline constexpr int kPerformanceNoticeMonths = 12;
inline constexpr int kBreachNoticeDays = 30;

struct DueItem {
  v1::DueKind kind = v1::DUE_KIND_UNSPECIFIED;
  absl::CivilDay due;
  // A focus, a period such as "2025-04-01..2025-06-30", or an id.
  std::string subject;
  // One line: what, since when, by whom.
  std::string words;
  // Party id; empty where no party or more than one may act.
  std::string owed_by;
  // The event that it follows from; absent for what follows from a cadence alone.
  std::optional<Position> position;
  // Of a statutory count: the days it left out, and its calendar.
  std::vector<absl::CivilDay> left_out;
  std::string calendar;
};

// All that is overdue on as_of and what falls due in the `days_ahead` days after it, by due day,
// then kind, then subject. `known` is how many events are known; a reminder should know what was
// recorded by the end of as_of, and whoever asks cuts it so. REQUIRES: 0 <= days_ahead.
std::vector<DueItem> FindDue(const ContractState& state, absl::CivilDay as_of, TreeSize known,
                             int days_ahead);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_DUE_H_
