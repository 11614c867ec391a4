// This header defines the month rule of the contract and the windows that follow from it. Months
// are counted beginning with a first day: a month is complete at the end of the day before the
// corresponding date, or of the last day of the later month where that has no such date. Always
// from the first day, never from month to month:
//
//   CompleteMonths({2024, 2, 29}, {2025, 2, 27});  // 11
//   CompleteMonths({2024, 2, 29}, {2025, 2, 28});  // 12
//   LastDayOfMonths({2024, 8, 31}, 6);             // 2025-02-28
//   WindowFirstDay({2025, 3, 31}, 12);             // 2024-04-01
//
// Pure; safe from any thread.
#ifndef WAYMARK_LEDGER_CONTRACT_MONTHS_H_
#define WAYMARK_LEDGER_CONTRACT_MONTHS_H_

#include "absl/time/civil_time.h"

namespace waymark {

// Day at whose end `months` whole months beginning with `first` are complete; the day before
// `first` for 0. REQUIRES: months >= 0.
absl::CivilDay LastDayOfMonths(absl::CivilDay first, int months);

// Whole months that begin with `first` and are complete at the end of `last`; 0 if `last` lies
// before `first`.
int CompleteMonths(absl::CivilDay first, absl::CivilDay last);

// Days from `first` to `last`, both included; 0 if `last` lies before `first`.
int DaysFromTo(absl::CivilDay first, absl::CivilDay last);

// First day of the window of `months` months that ends with as_of: the latest day from which that
// many whole months are complete on as_of. So a run lasts `months` months on as_of exactly if it
// began by that day. REQUIRES: months >= 1.
absl::CivilDay WindowFirstDay(absl::CivilDay as_of, int months);

// First day of the window of as_of and the days - 1 days before it. REQUIRES: days >= 1.
absl::CivilDay WindowFirstDayOfDays(absl::CivilDay as_of, int days);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MONTHS_H_
