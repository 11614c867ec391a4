// This header defines how values read in a document: enumerators without their prefix, days as ISO
// 8601 has them, digests in hex, and texts made safe for the place where they stand.
//
// Pure; safe from any thread.
#ifndef WAYMARK_PROJECTIONS_EXPORT_WORDS_H_
#define WAYMARK_PROJECTIONS_EXPORT_WORDS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "ledger/base/types.h"
#include "waymark/v1/standing.pb.h"
#include "waymark/v1/values.pb.h"

namespace waymark::exports {

// "NOT_DUE" for TARGET_STATUS_NOT_DUE; empty for the value 0, which says nothing.
std::string EnumWord(const google::protobuf::EnumDescriptor& type, int value);
template <typename Enum>
std::string Word(Enum value) {
  return EnumWord(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

// The word of a focus without a level: of a standing condition whether it is met, else its state.
std::string StandingWord(const v1::FocusStanding& standing);

// The day where `present`.
std::optional<absl::CivilDay> DayIn(bool present, const v1::Date& date);
// "2025-03-31T10:00:00Z", with the microseconds where there are some.
std::string InstantText(UnixMicros instant);

std::string Hex(absl::string_view bytes);
std::string Hex(const Digest& digest);

// Text between tags, or in an attribute between double quotes, of HTML, SVG or XML. Control
// characters that no such document may hold become U+FFFD.
std::string Escaped(absl::string_view text);

// Text that no spreadsheet takes for a formula: one that begins with = + - @, a tab, CR or LF gets
// an apostrophe in front.
std::string Inert(absl::string_view text);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_WORDS_H_
