#include "clients/cli/answer_text.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "clients/cli/command.h"

namespace waymark::cli {

absl::string_view NameOf(v1::LevelState state) {
  return absl::StripPrefix(v1::LevelState_descriptor()->FindValueByNumber(state)->name(),
                           "LEVEL_STATE_");
}

absl::string_view NameOf(v1::TargetStatus status) {
  return absl::StripPrefix(v1::TargetStatus_descriptor()->FindValueByNumber(status)->name(),
                           "TARGET_STATUS_");
}

Colour ColourOf(v1::LevelState state) {
  switch (state) {
    case v1::LEVEL_STATE_DETERMINED:
      return Colour::kGreen;
    case v1::LEVEL_STATE_STALE:
    case v1::LEVEL_STATE_DISPUTED:
      return Colour::kYellow;
    default:
      return Colour::kDim;
  }
}

Colour ColourOf(v1::TargetStatus status) {
  switch (status) {
    case v1::TARGET_STATUS_MET:
      return Colour::kGreen;
    case v1::TARGET_STATUS_MISSED:
      return Colour::kRed;
    case v1::TARGET_STATUS_NOT_YET_DETERMINED:
    case v1::TARGET_STATUS_INDETERMINATE:
      return Colour::kYellow;
    default:
      return Colour::kNone;
  }
}

std::string MonthsOf(bool present, const v1::Span& span) {
  return present ? absl::StrCat(span.months(), " m, ", span.days(), " d") : "–";
}

std::string Counted(uint64_t number, absl::string_view thing) {
  return absl::StrCat(number, " ", thing, number == 1 ? "" : "s");
}

std::string SpanText(bool present, const v1::Span& span) {
  if (!present) return "none";
  std::string text = absl::StrCat(
      Day(span.has_since(), span.since()), " to ", Day(span.has_through(), span.through()), ", ",
      Counted(span.months(), "month"), ", ", Counted(span.days(), "day"));
  if (span.net_days() != 0 && span.net_days() != span.days()) {
    absl::StrAppend(&text, " (", span.net_days(), " at the level, the rest bridged)");
  }
  return text;
}

std::string InstantText(const google::protobuf::Timestamp& instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(instant.seconds()),
                          absl::UTCTimeZone());
}

void PrintBasis(const v1::Basis& basis, absl::string_view title) {
  if (basis.rehearsal()) {
    std::cout << Paint("REHEARSAL: nothing on this ledger is a record.", Colour::kYellow) << "\n";
  }
  std::cout << Paint(Printable(basis.contract_id()), Colour::kBold);
  if (!title.empty()) std::cout << ", " << Printable(title);
  std::cout << "\nAs of " << Day(basis.has_as_of(), basis.as_of());
  if (basis.known() == 0) {
    std::cout << ", with nothing known";
  } else {
    std::cout << ", as known at position " << basis.known() - 1;
  }
  std::cout << " (" << basis.time_zone() << ", " << basis.projection() << ", " << basis.ledger()
            << ")\n\n";
}

}  // namespace waymark::cli
