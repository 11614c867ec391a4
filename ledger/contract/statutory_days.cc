#include "ledger/contract/statutory_days.h"

#include <algorithm>

#include "ledger/base/check.h"

namespace waymark {
namespace {

// The first of Christmas Day and Good Friday behind `day`.
absl::CivilDay NextNamedHoliday(absl::CivilDay day) {
  const absl::CivilDay good_friday = GoodFriday(day.year());
  if (day < good_friday) return good_friday;
  const absl::CivilDay christmas(day.year(), 12, 25);
  return day < christmas ? christmas : GoodFriday(day.year() + 1);
}

absl::CivilDay NextWeekendDay(absl::CivilDay day) {
  const bool saturday = absl::GetWeekday(day) == absl::Weekday::saturday;
  return saturday ? day + 1 : absl::NextWeekday(day, absl::Weekday::saturday);
}

}  // namespace

// Easter is the Sunday behind the full moon of a computed calendar, on or after 21 March. Computed
// as in D. E. Knuth, The Art of Computer Programming, volume 1, section 1.3.2, exercise 14, after
// Aloysius Lilius and Christopher Clavius. The Calendar (New Style) Act 1750 fixes the same days.
absl::CivilDay GoodFriday(absl::civil_year_t year) {
  const absl::civil_year_t golden = year % 19 + 1;
  const absl::civil_year_t century = year / 100 + 1;
  // Leap days dropped since, and how far the moon has moved against its cycle of 19 years.
  const absl::civil_year_t dropped = 3 * century / 4 - 12;
  const absl::civil_year_t moved = (8 * century + 5) / 25 - 5;
  // Age of the moon on 1 January, less a day or so.
  absl::civil_year_t epact = (11 * golden + 20 + moved - dropped) % 30;
  if (epact < 0) epact += 30;
  if (epact == 24 || (epact == 25 && golden > 11)) ++epact;
  // As a day of March.
  const absl::civil_year_t full_moon = epact <= 23 ? 44 - epact : 74 - epact;
  const absl::CivilDay moon_day = absl::CivilDay(year, 3, 1) + (full_moon - 1);
  return absl::NextWeekday(moon_day, absl::Weekday::sunday) - 2;
}

CountedDays CountDays(absl::CivilDay event, int days, DayCount count,
                      absl::Span<const absl::CivilDay> bank_holidays) {
  WAYMARK_CHECK(days >= 0);
  const auto next_left_out = [&](absl::CivilDay day) {
    absl::CivilDay next = NextNamedHoliday(day);
    const auto holiday = std::upper_bound(bank_holidays.begin(), bank_holidays.end(), day);
    if (holiday != bank_holidays.end()) next = std::min(next, *holiday);
    if (count == DayCount::kWorkingDays) next = std::min(next, NextWeekendDay(day));
    return next;
  };
  CountedDays counted{event + days, {}};
  // Each day left out moves the last one by a day, which may bring in another.
  for (absl::CivilDay day = next_left_out(event); day <= counted.last; day = next_left_out(day)) {
    counted.left_out.push_back(day);
    ++counted.last;
  }
  return counted;
}

}  // namespace waymark
