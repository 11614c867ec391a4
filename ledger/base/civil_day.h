// This header defines the civil day on which an instant falls in a named time zone:
//
//   ASSIGN_OR_RETURN(absl::TimeZone zone, FindTimeZone("Europe/London"));
//   absl::CivilDay day = CivilDayIn(zone, recorded_at);
#ifndef WAYMARK_LEDGER_BASE_CIVIL_DAY_H_
#define WAYMARK_LEDGER_BASE_CIVIL_DAY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"

namespace waymark {

// The IANA zone of that name, from the machine's time zone database; kept once read.
// InvalidArgument TIME_ZONE_UNKNOWN if there is none. Safe from any thread.
absl::StatusOr<absl::TimeZone> FindTimeZone(absl::string_view name);

absl::CivilDay CivilDayIn(const absl::TimeZone& zone, UnixMicros instant);

// The last microsecond of `day` in `zone`.
UnixMicros EndOfDay(const absl::TimeZone& zone, absl::CivilDay day);

// `YYYY-MM-DD`, and the way back. Only that form and only real days: InvalidArgument DATE_INVALID.
std::string FormatDay(absl::CivilDay day);
absl::StatusOr<absl::CivilDay> ParseDay(absl::string_view text);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_BASE_CIVIL_DAY_H_
