#include "ledger/contract/months.h"

#include <algorithm>

#include "ledger/base/check.h"

namespace waymark {
namespace {

int LengthOf(absl::CivilMonth month) {
  return static_cast<int>(absl::CivilDay(month + 1) - absl::CivilDay(month));
}

}  // namespace

absl::CivilDay LastDayOfMonths(absl::CivilDay first, int months) {
  WAYMARK_CHECK(months >= 0);
  const absl::CivilMonth later = absl::CivilMonth(first) + months;
  if (first.day() > LengthOf(later)) return absl::CivilDay(later + 1) - 1;
  return absl::CivilDay(later) + (first.day() - 2);
}

int CompleteMonths(absl::CivilDay first, absl::CivilDay last) {
  if (last < first) return 0;
  // From the first of a month the count can be one more than the calendar months between.
  int months = static_cast<int>(absl::CivilMonth(last) - absl::CivilMonth(first)) + 1;
  while (LastDayOfMonths(first, months) > last) --months;
  return months;
}

int DaysFromTo(absl::CivilDay first, absl::CivilDay last) {
  return last < first ? 0 : static_cast<int>(last - first) + 1;
}

absl::CivilDay WindowFirstDay(absl::CivilDay as_of, int months) {
  WAYMARK_CHECK(months >= 1);
  const absl::CivilDay after = as_of + 1;
  const absl::CivilMonth earlier = absl::CivilMonth(after) - months;
  absl::CivilDay first = absl::CivilDay(earlier) + (std::min(after.day(), LengthOf(earlier)) - 1);
  while (LastDayOfMonths(first, months) > as_of) --first;
  // Several first days share a last day where the later month is shorter; the window takes the
  // latest of them.
  while (LastDayOfMonths(first + 1, months) <= as_of) ++first;
  return first;
}

absl::CivilDay WindowFirstDayOfDays(absl::CivilDay as_of, int days) {
  WAYMARK_CHECK(days >= 1);
  return as_of - (days - 1);
}

}  // namespace waymark
