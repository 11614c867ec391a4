// This header defines how one event's message is checked as far as that needs no state: what is
// there, whole, real and within its bounds. A rule names each field once; what is wrong is
// gathered, not returned.
//
//   void CheckTargetSet(const v1::TargetSet& event, ShapeCheck* check) {
//     check->Id(event.focus(), "focus");
//     check->Level(event.level(), "level");
//     check->Day(event.has_due(), event.due(), "due");
//   }
#ifndef WAYMARK_LEDGER_CONTRACT_SHAPE_CHECK_H_
#define WAYMARK_LEDGER_CONTRACT_SHAPE_CHECK_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/repeated_field.h"
#include "ledger/contract/state.h"
#include "ledger/contract/violations.h"
#include "waymark/v1/values.pb.h"

namespace waymark {

// The day that a Date names; absent if there is no such day.
std::optional<absl::CivilDay> DayOf(const v1::Date& date);

// REQUIRES: a day, a period, that passed a shape check.
absl::CivilDay RealDay(const v1::Date& date);
DayRange RealDays(const v1::Period& period);
// REQUIRES: 32 bytes, which passed a shape check.
Digest RealDigest(absl::string_view bytes);

// Bytes of a decimal number: more digits than any measure has.
inline constexpr size_t kDecimalBytesMax = 40;

// Not synchronised. The violations must outlive it.
class ShapeCheck {
 public:
  ShapeCheck(int event_index, Violations* violations)
      : event_index_(event_index), violations_(violations) {}

  void Refuse(absl::string_view reason, absl::string_view field, absl::string_view what);

  // LIST_TOO_LONG beyond `most` values: then it is not looked into. True if it is no longer.
  bool Count(int values, int most, absl::string_view field);
  // FIELD_MISSING if empty; ids also FIELD_TOO_LONG beyond kCodeBytesMax, TEXT_INVALID with control
  // characters or of blanks alone.
  void Text(absl::string_view text, absl::string_view field);
  void Id(absl::string_view id, absl::string_view field);
  void PrincipalRef(absl::string_view principal, absl::string_view field);
  // An enum that has to be given, as its number. FIELD_MISSING for UNSPECIFIED.
  void Choice(int value, absl::string_view field);
  // FIELD_MISSING if empty, DIGEST_INVALID if not 32 bytes; OptionalDigest takes an empty one.
  void Sha256(absl::string_view digest, absl::string_view field);
  void OptionalSha256(absl::string_view digest, absl::string_view field);
  // AMOUNT_NEGATIVE, AMOUNT_TOO_LARGE beyond kClausePenceMax; takes an absent one.
  void Amount(const v1::Money& amount, absl::string_view field);
  // LEVEL_OUT_OF_RANGE beyond 5.
  void Level(uint32_t level, absl::string_view field);
  // FIELD_MISSING if empty, DECIMAL_INVALID unless it is a minus or none, digits without leading
  // zeros, a point with digits behind it or none, in at most kDecimalBytesMax bytes.
  void Decimal(absl::string_view text, absl::string_view field);
  // FIELD_MISSING, DATE_INVALID; OptionalDay takes an absent one. The day, where it is a real one.
  std::optional<absl::CivilDay> Day(bool present, const v1::Date& date, absl::string_view field);
  std::optional<absl::CivilDay> OptionalDay(bool present, const v1::Date& date,
                                            absl::string_view field);
  // FIELD_MISSING, DATE_INVALID, PERIOD_REVERSED.
  void Days(bool present, const v1::Period& period, absl::string_view field);
  // FIELD_MISSING if it names nothing. Lists: LIST_TOO_LONG beyond kListValuesMax.
  void Ref(const v1::EventRef& ref, absl::string_view field);
  void Refs(const google::protobuf::RepeatedPtrField<v1::EventRef>& refs, absl::string_view field);
  // Every item by an id; one item at most once (FIELD_REPEATED).
  void Evidence(const google::protobuf::RepeatedPtrField<v1::EvidenceUse>& uses);
  void Findings(const google::protobuf::RepeatedPtrField<v1::Finding>& findings);
  // NARRATIVE_MISSING for each of the four that says nothing.
  void Narrative(const v1::Narrative& narrative);

 private:
  const int event_index_;
  Violations* const violations_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_SHAPE_CHECK_H_
