#include "ledger/contract/shape_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/limits.h"
#include "ledger/contract/matrix_words.h"

namespace waymark {
namespace {

constexpr int kYearMax = 9999;

bool HasControl(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
}

// The digits that `text` begins with are taken from it; false if there are none.
bool TakeDigits(absl::string_view* text) {
  size_t count = 0;
  while (count < text->size() && absl::ascii_isdigit((*text)[count])) ++count;
  text->remove_prefix(count);
  return count > 0;
}

bool IsDecimal(absl::string_view text) {
  absl::ConsumePrefix(&text, "-");
  // A zero stands alone before the point.
  const bool whole = absl::ConsumePrefix(&text, "0") || TakeDigits(&text);
  if (whole && absl::ConsumePrefix(&text, ".") && !TakeDigits(&text)) return false;
  return whole && text.empty();
}

}  // namespace

std::optional<absl::CivilDay> DayOf(const v1::Date& date) {
  if (date.year() < 1 || date.year() > kYearMax) return std::nullopt;
  // A civil day carries over what lies outside a month, so a real day is one that stays as given.
  const absl::CivilDay day(date.year(), date.month(), date.day());
  if (day.month() != date.month() || day.day() != date.day()) return std::nullopt;
  return day;
}

absl::CivilDay RealDay(const v1::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

DayRange RealDays(const v1::Period& period) {
  return {RealDay(period.first()), RealDay(period.last())};
}

Digest RealDigest(absl::string_view bytes) {
  Digest digest = {};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

void ShapeCheck::Refuse(absl::string_view reason, absl::string_view field, absl::string_view what) {
  violations_->Add({absl::StatusCode::kInvalidArgument, std::string(reason),
                    absl::StrCat(field, ": ", what), event_index_, std::string(field)});
}

bool ShapeCheck::Count(int values, int most, absl::string_view field) {
  if (values <= most) return true;
  Refuse("LIST_TOO_LONG", field, absl::StrCat(values, " values, at most ", most));
  return false;
}

void ShapeCheck::Text(absl::string_view text, absl::string_view field) {
  if (text.empty()) Refuse("FIELD_MISSING", field, "not given");
}

void ShapeCheck::Id(absl::string_view id, absl::string_view field) {
  if (id.empty()) return Refuse("FIELD_MISSING", field, "not given");
  if (id.size() > kCodeBytesMax) {
    Refuse("FIELD_TOO_LONG", field, absl::StrCat(id.size(), " bytes, at most ", kCodeBytesMax));
  }
  if (HasControl(id)) Refuse("TEXT_INVALID", field, "an id has no control characters");
  if (IsBlank(id)) Refuse("TEXT_INVALID", field, "an id is more than blanks");
}

void ShapeCheck::PrincipalRef(absl::string_view principal, absl::string_view field) {
  if (principal.empty()) return Refuse("FIELD_MISSING", field, "not given");
  if (principal.size() > kPrincipalBytesMax) {
    Refuse("FIELD_TOO_LONG", field,
           absl::StrCat(principal.size(), " bytes, at most ", kPrincipalBytesMax));
  }
  if (HasControl(principal)) {
    Refuse("TEXT_INVALID", field, "a principal has no control characters");
  }
}

void ShapeCheck::Choice(int value, absl::string_view field) {
  if (value == 0) Refuse("FIELD_MISSING", field, "not given");
}

void ShapeCheck::Sha256(absl::string_view digest, absl::string_view field) {
  if (digest.empty()) return Refuse("FIELD_MISSING", field, "not given");
  OptionalSha256(digest, field);
}

void ShapeCheck::OptionalSha256(absl::string_view digest, absl::string_view field) {
  if (digest.empty() || digest.size() == kDigestBytes) return;
  Refuse("DIGEST_INVALID", field,
         absl::StrCat(digest.size(), " bytes; a SHA-256 has ", kDigestBytes));
}

void ShapeCheck::Amount(const v1::Money& amount, absl::string_view field) {
  if (amount.pence() < 0) Refuse("AMOUNT_NEGATIVE", field, "no less than nothing, or absent");
  if (amount.pence() <= kClausePenceMax) return;
  Refuse("AMOUNT_TOO_LARGE", field,
         absl::StrCat(amount.pence(), " pence, at most ", kClausePenceMax));
}

void ShapeCheck::Level(uint32_t level, absl::string_view field) {
  if (level <= kLevelMax) return;
  Refuse("LEVEL_OUT_OF_RANGE", field, absl::StrCat(level, ", but levels are 0 to ", kLevelMax));
}

void ShapeCheck::Decimal(absl::string_view text, absl::string_view field) {
  if (text.empty()) return Refuse("FIELD_MISSING", field, "not given");
  if (text.size() <= kDecimalBytesMax && IsDecimal(text)) return;
  Refuse("DECIMAL_INVALID", field,
         absl::StrCat("write it as -12.50 is written, in at most ", kDecimalBytesMax, " bytes"));
}

std::optional<absl::CivilDay> ShapeCheck::Day(bool present, const v1::Date& date,
                                              absl::string_view field) {
  if (!present) Refuse("FIELD_MISSING", field, "not given");
  return OptionalDay(present, date, field);
}

std::optional<absl::CivilDay> ShapeCheck::OptionalDay(bool present, const v1::Date& date,
                                                      absl::string_view field) {
  if (!present) return std::nullopt;
  std::optional<absl::CivilDay> day = DayOf(date);
  if (!day) {
    Refuse("DATE_INVALID", field,
           absl::StrCat("there is no day ", date.year(), "-", date.month(), "-", date.day()));
  }
  return day;
}

void ShapeCheck::Days(bool present, const v1::Period& period, absl::string_view field) {
  if (!present) return Refuse("FIELD_MISSING", field, "not given");
  const auto first = Day(period.has_first(), period.first(), absl::StrCat(field, ".first"));
  const auto last = Day(period.has_last(), period.last(), absl::StrCat(field, ".last"));
  if (first && last && *last < *first) {
    Refuse("PERIOD_REVERSED", field, "its last day lies before its first");
  }
}

void ShapeCheck::Ref(const v1::EventRef& ref, absl::string_view field) {
  if (ref.ref_case() == v1::EventRef::REF_NOT_SET) {
    Refuse("FIELD_MISSING", field, "names no event; give a position or an index");
  }
}

void ShapeCheck::Refs(const google::protobuf::RepeatedPtrField<v1::EventRef>& refs,
                      absl::string_view field) {
  if (!Count(refs.size(), kListValuesMax, field)) return;
  for (int i = 0; i < refs.size(); ++i) Ref(refs[i], absl::StrCat(field, "[", i, "]"));
}

void ShapeCheck::Evidence(const google::protobuf::RepeatedPtrField<v1::EvidenceUse>& uses) {
  if (!Count(uses.size(), kListValuesMax, "evidence")) return;
  std::set<absl::string_view> seen;
  for (int i = 0; i < uses.size(); ++i) {
    const std::string field = absl::StrCat("evidence[", i, "].evidence_id");
    Id(uses[i].evidence_id(), field);
    if (!seen.insert(uses[i].evidence_id()).second) {
      Refuse("FIELD_REPEATED", field, absl::StrCat(uses[i].evidence_id(), " is cited twice"));
    }
  }
}

void ShapeCheck::Findings(const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  if (!Count(findings.size(), kListValuesMax, "findings")) return;
  std::set<std::pair<absl::string_view, int>> seen;
  for (int i = 0; i < findings.size(); ++i) {
    const v1::Finding& finding = findings[i];
    const std::string field = absl::StrCat("findings[", i, "]");
    Id(finding.criterion(), absl::StrCat(field, ".criterion"));
    Choice(finding.party(), absl::StrCat(field, ".party"));
    Choice(finding.outcome(), absl::StrCat(field, ".outcome"));
    if (finding.party() == v1::SIDE_BOTH) {
      Refuse("ENUM_UNKNOWN", absl::StrCat(field, ".party"),
             "a finding is about one side; give one for each");
    }
    if (!seen.insert({finding.criterion(), finding.party()}).second) {
      Refuse("FIELD_REPEATED", field,
             absl::StrCat(finding.criterion(), " has two findings for one side"));
    }
  }
}

void ShapeCheck::Narrative(const v1::Narrative& narrative) {
  for (const auto& [name, text] :
       {std::pair<absl::string_view, absl::string_view>{"impact", narrative.impact()},
        {"progress", narrative.progress()},
        {"performance", narrative.performance()},
        {"value_for_money", narrative.value_for_money()}}) {
    if (!absl::StripAsciiWhitespace(text).empty()) continue;
    Refuse("NARRATIVE_MISSING", absl::StrCat("narrative.", name), "not given");
  }
}

}  // namespace waymark
