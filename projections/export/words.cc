#include "projections/export/words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "ledger/contract/shape_check.h"

namespace waymark::exports {

// Every enum's value 0 is its prefix and UNSPECIFIED.
std::string EnumWord(const google::protobuf::EnumDescriptor& type, int value) {
  const auto* const named = type.FindValueByNumber(value);
  if (named == nullptr || value == 0) return "";
  const std::string& zero = type.FindValueByNumber(0)->name();
  const absl::string_view prefix = absl::StripSuffix(zero, "UNSPECIFIED");
  return std::string(absl::StripPrefix(named->name(), prefix));
}

std::string StandingWord(const v1::FocusStanding& standing) {
  if (!standing.has_condition()) return Word(standing.state());
  return standing.condition().met() ? "condition MET" : "condition NOT MET";
}

std::optional<absl::CivilDay> DayIn(bool present, const v1::Date& date) {
  if (!present) return std::nullopt;
  return DayOf(date);
}

std::string InstantText(UnixMicros instant) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ",
                          absl::FromUnixMicros(static_cast<int64_t>(instant.value)),
                          absl::UTCTimeZone());
}

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

std::string Hex(const Digest& digest) {
  return Hex(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::string Escaped(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (absl::ascii_iscntrl(c) && c != '\n' && c != '\t' && c != '\r') {
          out += "\xef\xbf\xbd";
        } else {
          out += c;
        }
    }
  }
  return out;
}

std::string Inert(absl::string_view text) {
  const bool live =
      !text.empty() && absl::string_view("=+-@\t\r\n").find(text[0]) != absl::string_view::npos;
  return absl::StrCat(live ? "'" : "", text);
}

}  // namespace waymark::exports
