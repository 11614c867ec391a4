// What is made of the record: notices, disclosures, exports, annotations, holds; and what an
// administrator does to the ledger and what vouches for it.

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

using Positions = google::protobuf::RepeatedField<uint64_t>;

bool IsEmpty(absl::string_view text) { return absl::StripAsciiWhitespace(text).empty(); }

// REF_UNKNOWN for each place at which this contract has no earlier event, up to as many as a
// refusal lists.
void CheckRecorded(const Positions& positions, absl::string_view field, Ruling* ruling) {
  size_t unknown = 0;
  for (int i = 0; i < positions.size() && unknown < kViolationsMax; ++i) {
    if (FindEvent(ruling->state(), Position{positions[i]}) != nullptr) continue;
    ++unknown;
    ruling->NotFound("REF_UNKNOWN", absl::StrCat(field, "[", i, "]"),
                     absl::StrCat("this contract has no event at position ", positions[i]));
  }
}

void ForbidMarked(Position position, absl::string_view field, Ruling* ruling) {
  ruling->Forbid("MARKING_BREACH", field,
                 absl::StrCat("the event at position ", position.value,
                              " is marked COMMERCIAL or PERSONAL; withhold it"));
}

// ---- PerformanceNoticeRecorded ----

// What the notice of regulation 39 of the Procurement Regulations 2024 says beside its period and
// rating; by these names among the fields.
constexpr std::array<absl::string_view, 6> kNoticeFields = {
    "authority", "kpis", "procurement_ids", "procurement_title", "statement", "supplier"};

void CheckNotice(const v1::PerformanceNoticeRecorded& event, ShapeCheck* check) {
  check->Id(event.notice_id(), "notice_id");
  check->Choice(event.stage(), "stage");
  check->Days(event.has_period(), event.period(), "period");
  if (event.rating() == v1::NOTICE_RATING_UNSPECIFIED) {
    check->Refuse("RATING_UNKNOWN", "rating", "a person chooses one of the five");
  }
  if (IsEmpty(event.mapping_reason())) {
    check->Refuse("FIELD_MISSING", "mapping_reason", "say why that rating");
  }
  if (!check->Count(event.fields_size(), kListValuesMax, "fields")) return;
  for (int i = 0; i < event.fields_size(); ++i) {
    const std::string field = absl::StrCat("fields[", i, "].name");
    check->Id(event.fields(i).name(), field);
    if (i == 0 || event.fields(i - 1).name() < event.fields(i).name()) continue;
    check->Refuse("LIST_NOT_ASCENDING", field, "names stand sorted, each once");
  }
}

void DecideNotice(const v1::PerformanceNoticeRecorded& event, Ruling* ruling) {
  for (const absl::string_view name : kNoticeFields) {
    const bool given = std::any_of(event.fields().begin(), event.fields().end(),
                                   [&](const v1::NoticeField& field) {
                                     return field.name() == name && !IsEmpty(field.value());
                                   });
    if (!given) {
      ruling->Forbid("NOTICE_FIELD_MISSING", "fields", absl::StrCat("'", name, "' is not given"));
    }
  }
  if (ruling->state().registration->regime != v1::REGIME_PA2023) {
    ruling->Forbid("REGIME_EXCLUDES_NOTICE", "notice_id",
                   "only a contract under the Procurement Act 2023 has such notices");
  }
}

void EvolveNotice(const v1::PerformanceNoticeRecorded& event, const Fact& fact, StateEdit* edit) {
  PerformanceNotice notice{
      fact.known, event.notice_id(), event.stage(), RealDays(event.period()), {}};
  for (const v1::EventRef& cause : event.common().caused_by()) {
    notice.causes.push_back(fact.Resolve(cause));
  }
  edit->Append(&edit->state().performance_notices, std::move(notice));
}

// ---- DisclosureMade ----

void CheckDisclosure(const v1::DisclosureMade& event, ShapeCheck* check) {
  check->Choice(event.kind(), "kind");
  check->Text(event.audience(), "audience");
  check->Text(event.form(), "form");
  check->Text(event.channel(), "channel");
  check->Sha256(event.content(), "content");
  check->OptionalDay(event.has_due(), event.due(), "due");
  if (!check->Count(event.redactions_size(), kListValuesMax, "redactions")) return;
  std::set<uint64_t> seen;
  for (int i = 0; i < event.redactions_size(); ++i) {
    const v1::Redaction& redaction = event.redactions(i);
    const std::string field = absl::StrCat("redactions[", i, "]");
    if (!seen.insert(redaction.position()).second) {
      check->Refuse("FIELD_REPEATED", absl::StrCat(field, ".position"), "this event stands twice");
    }
    if (IsEmpty(redaction.exemption())) {
      check->Refuse("EXEMPTION_MISSING", absl::StrCat(field, ".exemption"),
                    "name the law that lets it be withheld");
    }
  }
}

// A publication is of the events that it names as its cause, and of the whole record where it names
// none. What is marked COMMERCIAL or PERSONAL among them has to be redacted.
void CheckPublication(const v1::DisclosureMade& event, const std::set<Position>& redacted,
                      Ruling* ruling) {
  const auto& causes = event.common().caused_by();
  const std::vector<Position>& restricted = ruling->state().restricted;
  if (causes.empty()) {
    for (const Position position : restricted) {
      if (redacted.count(position) > 0) continue;
      return ForbidMarked(position, "redactions", ruling);
    }
  }
  for (int i = 0; i < causes.size(); ++i) {
    const Position position = ruling->PlaceOf(causes[i]);
    if (redacted.count(position) > 0) continue;
    if (!std::binary_search(restricted.begin(), restricted.end(), position)) continue;
    ForbidMarked(position, absl::StrCat("common.caused_by[", i, "]"), ruling);
  }
}

void DecideDisclosure(const v1::DisclosureMade& event, Ruling* ruling) {
  std::set<Position> redacted;
  for (int i = 0; i < event.redactions_size(); ++i) {
    const Position position{event.redactions(i).position()};
    redacted.insert(position);
    if (FindEvent(ruling->state(), position) != nullptr) continue;
    ruling->NotFound("REF_UNKNOWN", absl::StrCat("redactions[", i, "].position"),
                     absl::StrCat("this contract has no event at position ", position.value));
  }
  if (event.kind() == v1::DISCLOSURE_KIND_PUBLICATION) CheckPublication(event, redacted, ruling);
}

// ---- ExportIssued ----

void CheckExport(const v1::ExportIssued& event, ShapeCheck* check) {
  check->Choice(event.form(), "form");
  check->Text(event.scope(), "scope");
  check->Text(event.why(), "why");
  check->Day(event.has_as_of(), event.as_of(), "as_of");
  check->Sha256(event.content(), "content");
  if (!check->Count(event.withheld_size(), kWithheldMax, "withheld")) return;
  const Positions& withheld = event.withheld();
  if (std::adjacent_find(withheld.begin(), withheld.end(), std::greater_equal<>()) !=
      withheld.end()) {
    check->Refuse("LIST_NOT_ASCENDING", "withheld", "positions stand in order, each once");
  }
}

void DecideExport(const v1::ExportIssued& event, Ruling* ruling) {
  const Position known_at{event.known_at()};
  if (known_at >= ruling->first_position()) {
    ruling->Refuse(absl::StatusCode::kOutOfRange, "KNOWN_AT_BEYOND_HEAD", "known_at",
                   absl::StrCat("position ", known_at.value, " is not recorded yet"));
  }
  if (RealDay(event.as_of()) > ruling->today()) {
    ruling->Refuse(absl::StatusCode::kOutOfRange, "AS_OF_IN_FUTURE", "as_of",
                   "it lies after the recorded day");
  }
  CheckRecorded(event.withheld(), "withheld", ruling);
  if (event.common().marking() != v1::MARKING_PUBLIC) return;
  // Both lists ascend, so one pass finds the first that is missing.
  auto withheld = event.withheld().begin();
  for (const Position position : ruling->state().restricted) {
    if (position > known_at) return;
    withheld = std::lower_bound(withheld, event.withheld().end(), position.value);
    if (withheld == event.withheld().end() || *withheld != position.value) {
      return ForbidMarked(position, "withheld", ruling);
    }
  }
}

// ---- AnnotationAdded ----

void CheckAnnotation(const v1::AnnotationAdded& event, ShapeCheck* check) {
  check->Ref(event.about(), "about");
  if (IsEmpty(event.text())) check->Refuse("FIELD_MISSING", "text", "not given");
}

void DecideAnnotation(const v1::AnnotationAdded& event, Ruling* ruling) {
  ruling->Resolve(event.about(), "about");
}

// ---- LegalHoldChanged ----

void CheckHold(const v1::LegalHoldChanged& event, ShapeCheck* check) {
  check->Id(event.hold_id(), "hold_id");
  check->Count(event.scope().positions_size(), kListValuesMax, "scope.positions");
  if (!check->Count(event.scope().focuses_size(), kListValuesMax, "scope.focuses")) return;
  for (int i = 0; i < event.scope().focuses_size(); ++i) {
    check->Id(event.scope().focuses(i), absl::StrCat("scope.focuses[", i, "]"));
  }
}

void DecideHold(const v1::LegalHoldChanged& event, Ruling* ruling) {
  for (int i = 0; i < event.scope().focuses_size(); ++i) {
    ruling->CheckFocus(event.scope().focuses(i), absl::StrCat("scope.focuses[", i, "]"));
  }
  CheckRecorded(event.scope().positions(), "scope.positions", ruling);
  const auto place = ruling->state().holds.find(event.hold_id());
  const bool used = place != ruling->state().holds.end();
  if (event.placed()) {
    if (!used) return;
    return ruling->Forbid("HOLD_ID_USED", "hold_id",
                          absl::StrCat("'", event.hold_id(), "' is taken"));
  }
  if (!used || place->second.lifted) {
    return ruling->Forbid("HOLD_NOT_OPEN", "hold_id",
                          absl::StrCat("no hold '", event.hold_id(), "' stands"));
  }
  // A hold is lifted whole, so an event that names a part of it would mislead.
  if (event.has_scope() &&
      event.scope().SerializeAsString() != place->second.scope.SerializeAsString()) {
    ruling->Forbid("HOLD_SCOPE_MISMATCH", "scope", "it was placed with another scope");
  }
}

void EvolveHold(const v1::LegalHoldChanged& event, const Fact& fact, StateEdit* edit) {
  if (event.placed()) {
    edit->Set(&edit->FindOrAdd(&edit->state().holds, event.hold_id()),
              LegalHold{fact.known, event.scope(), {}});
    return;
  }
  const auto place = edit->state().holds.find(event.hold_id());
  if (place == edit->state().holds.end()) return;
  edit->Set(&place->second.lifted, std::optional<Known>(fact.known));
}

// ---- AdminActionRecorded ----

void CheckAdminAction(const v1::AdminActionRecorded& event, ShapeCheck* check) {
  check->Text(event.action(), "action");
  check->Id(event.person_ref(), "person_ref");
}

void DecideAdminAction(const v1::AdminActionRecorded&, Ruling*) {}

// ---- CheckpointAnchored ----

void CheckAnchored(const v1::CheckpointAnchored& event, ShapeCheck* check) {
  if (event.size() == 0) check->Refuse("FIELD_MISSING", "size", "name a checkpoint with events");
  check->Sha256(event.root(), "root");
  check->Sha256(event.token(), "token");
}

// Whether the root is the tree's is found where the request arrives; no tree is known here.
void DecideAnchored(const v1::CheckpointAnchored& event, Ruling* ruling) {
  if (event.size() > ruling->first_position().value) {
    return ruling->Refuse(
        absl::StatusCode::kOutOfRange, "SIZE_BEYOND_HEAD", "size",
        absl::StrCat("the ledger has ", ruling->first_position().value, " events"));
  }
  if (ruling->claim() == Claim::kTrue) return;
  ruling->Refuse(absl::StatusCode::kDataLoss, "ROOT_MISMATCH", "root",
                 absl::StrCat("it is not the root of the first ", event.size(),
                              " events; compare the checkpoint with the ledger before anything "
                              "else is done"));
}

// That it happened is all there is to know.
template <typename M>
void EvolveNothing(const M&, const Fact&, StateEdit*) {}

constexpr EventRules kRows[] = {
    RulesFor<v1::PerformanceNoticeRecorded, CheckNotice, DecideNotice, EvolveNotice>(
        {.roles = Roles({v1::ROLE_CM, v1::ROLE_DEC})}),
    RulesFor<v1::DisclosureMade, CheckDisclosure, DecideDisclosure, EvolveNothing>(
        {.roles = Roles({v1::ROLE_CM, v1::ROLE_REC}), .after_close = true}),
    RulesFor<v1::ExportIssued, CheckExport, DecideExport, EvolveNothing>(
        {.roles = kReaderRoles | Roles({v1::ROLE_SYS}), .after_close = true}),
    RulesFor<v1::AnnotationAdded, CheckAnnotation, DecideAnnotation, EvolveNothing>(
        {.roles = kReaderRoles, .after_close = true}),
    RulesFor<v1::LegalHoldChanged, CheckHold, DecideHold, EvolveHold>(
        {.roles = Roles({v1::ROLE_REC, v1::ROLE_OFA}), .needs_reason = true, .after_close = true}),
    RulesFor<v1::AdminActionRecorded, CheckAdminAction, DecideAdminAction, EvolveNothing>(
        {.roles = Roles({v1::ROLE_ADM}), .needs_reason = true, .ledger_stream = true}),
    RulesFor<v1::CheckpointAnchored, CheckAnchored, DecideAnchored, EvolveNothing>(
        {.roles = Roles({v1::ROLE_SYS}), .ledger_stream = true}),
};

}  // namespace

absl::Span<const EventRules> RecordRules() { return kRows; }

}  // namespace waymark
