#include "ledger/base/civil_day.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/base/refusal.h"

namespace waymark {

absl::StatusOr<absl::TimeZone> FindTimeZone(absl::string_view name) {
  absl::TimeZone zone;
  // A path would make the database read any file.
  const bool safe = !name.empty() && name.size() <= 64 && name[0] != '/' && name[0] != ':' &&
                    name.find("..") == absl::string_view::npos;
  if (!safe || !absl::LoadTimeZone(std::string(name), &zone)) {
    return Refuse({absl::StatusCode::kInvalidArgument, "TIME_ZONE_UNKNOWN",
                   absl::StrCat("time_zone: \"", name,
                                "\" is not in the time zone database; give an IANA name "
                                "such as Europe/London"),
                   -1, "time_zone"});
  }
  return zone;
}

absl::CivilDay CivilDayIn(const absl::TimeZone& zone, UnixMicros instant) {
  return absl::ToCivilDay(absl::FromUnixMicros(static_cast<int64_t>(instant.value)), zone);
}

UnixMicros EndOfDay(const absl::TimeZone& zone, absl::CivilDay day) {
  const int64_t next = absl::ToUnixMicros(absl::FromCivil(day + 1, zone));
  return UnixMicros{next <= 0 ? 0 : static_cast<uint64_t>(next - 1)};
}

std::string FormatDay(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text) {
  int year = 0, month = 0, day = 0;
  const auto digits = [](absl::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return absl::ascii_isdigit(c); });
  };
  if (text.size() == 10 && text[4] == '-' && text[7] == '-' && digits(text.substr(0, 4)) &&
      digits(text.substr(5, 2)) && digits(text.substr(8, 2)) &&
      absl::SimpleAtoi(text.substr(0, 4), &year) && absl::SimpleAtoi(text.substr(5, 2), &month) &&
      absl::SimpleAtoi(text.substr(8, 2), &day)) {
    const absl::CivilDay parsed(year, month, day);
    // CivilDay carries 31 February over into March; a record must not.
    if (parsed.year() == year && parsed.month() == month && parsed.day() == day) return parsed;
  }
  return Refuse({absl::StatusCode::kInvalidArgument, "DATE_INVALID",
                 absl::StrCat("\"", text, "\" is not a day; write YYYY-MM-DD")});
}

}  // namespace waymark
