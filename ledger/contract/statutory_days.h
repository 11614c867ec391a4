// This header defines how the law counts days from an event: beginning with the day after it, some
// days left out. The answer names the days that were, so that a reader can count again:
//
//   // Housing Grants, Construction and Regeneration Act 1996, s.116: Christmas Day, Good Friday
//   and
//   // bank holidays are left out, weekends are not.
//   CountDays({2025, 12, 18}, 7, DayCount::kConstructionAct, holidays).last;  // 2025-12-27
//   // Freedom of Information Act 2000, s.10: working days.
//   CountDays({2025, 12, 18}, 20, DayCount::kWorkingDays, holidays).last;
//
// Christmas Day and Good Friday are left out by the words of the Acts, so whether or not they are
// among the bank holidays. Pure; safe from any thread.
#ifndef WAYMARK_LEDGER_CONTRACT_STATUTORY_DAYS_H_
#define WAYMARK_LEDGER_CONTRACT_STATUTORY_DAYS_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "absl/types/span.h"

namespace waymark {

enum class DayCount {
  kConstructionAct,
  // Saturdays and Sundays are left out too.
  kWorkingDays,
};

struct CountedDays {
  // The last day counted.
  absl::CivilDay last;
  // Days behind the event and before `last` that were not counted, ascending.
  std::vector<absl::CivilDay> left_out;
};

// Counts `days` days from the event. O(days left out). REQUIRES: days >= 0, which for 0 gives the
// day of the event; bank holidays ascending; a year of the common era.
CountedDays CountDays(absl::CivilDay event, int days, DayCount count,
                      absl::Span<const absl::CivilDay> bank_holidays);

// Good Friday of a year of the Gregorian calendar.
absl::CivilDay GoodFriday(absl::civil_year_t year);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_STATUTORY_DAYS_H_
