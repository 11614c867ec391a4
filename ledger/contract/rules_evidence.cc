// Evidence: submitted, verified, and what became of it.

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/event_types.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// The item, or REF_UNKNOWN.
const EvidenceItem* FindItem(const std::string& evidence_id, Ruling* ruling) {
  const auto place = ruling->state().evidence.find(evidence_id);
  if (place != ruling->state().evidence.end()) return &place->second;
  ruling->NotFound("REF_UNKNOWN", "evidence_id",
                   absl::StrCat("no evidence '", evidence_id, "' was submitted"));
  return nullptr;
}

// The item and every focus it speaks about learn of the event.
EvidenceItem* TouchItem(const std::string& evidence_id, const Fact& fact, StateEdit* edit) {
  const auto place = edit->state().evidence.find(evidence_id);
  // The submission's payload may have been erased.
  if (place == edit->state().evidence.end()) return nullptr;
  for (const std::string& focus : place->second.focuses) edit->Focus(focus, fact);
  return &place->second;
}

// ---- EvidenceSubmitted ----

void CheckSubmitted(const v1::EvidenceSubmitted& event, ShapeCheck* check) {
  check->Id(event.evidence_id(), "evidence_id");
  if (event.focuses().empty()) check->Refuse("FIELD_MISSING", "focuses", "name at least one");
  // A matrix has no more, and each is compared with those before it.
  const bool few =
      check->Count(event.focuses_size(), static_cast<int>(kMatrixFocusesMax), "focuses");
  for (int i = 0; few && i < event.focuses_size(); ++i) {
    check->Id(event.focuses(i), absl::StrCat("focuses[", i, "]"));
    if (std::find(event.focuses().begin(), event.focuses().begin() + i, event.focuses(i)) !=
        event.focuses().begin() + i) {
      check->Refuse("FIELD_REPEATED", absl::StrCat("focuses[", i, "]"), "this focus stands twice");
    }
  }
  check->Text(event.media_type(), "media_type");
  check->Text(event.issuer(), "issuer");
  check->Text(event.received_via(), "received_via");
  check->Days(event.has_period(), event.period(), "period");
  if (event.artefact().size() != kDigestBytes) {
    check->Refuse("HASH_MISSING", "artefact", "give the SHA-256 of the file, 32 bytes");
  }
  if (event.evidence_type() == v1::EVIDENCE_TYPE_UNSPECIFIED) {
    check->Refuse("EVIDENCE_TYPE_UNKNOWN", "evidence_type", "not given");
  }
  if (event.evidence_type() == v1::EVIDENCE_TYPE_OTHER &&
      absl::StripAsciiWhitespace(event.common().reason()).empty()) {
    check->Refuse("REASON_MISSING", "common.reason", "evidence of type OTHER needs one");
  }
  if (event.evidence_type() == v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION) {
    check->Choice(event.subtype(), "subtype");
  }
  const auto from = check->OptionalDay(event.has_valid_from(), event.valid_from(), "valid_from");
  const auto to = check->OptionalDay(event.has_valid_to(), event.valid_to(), "valid_to");
  if (from && to && *to < *from) {
    check->Refuse("VALIDITY_REVERSED", "valid_to", "it lies before valid_from");
  }
  check->OptionalDay(event.has_due(), event.due(), "due");
}

void DecideSubmitted(const v1::EvidenceSubmitted& event, Ruling* ruling) {
  if (event.common().role() == v1::ROLE_STK &&
      event.evidence_type() != v1::EVIDENCE_TYPE_STAKEHOLDER_FEEDBACK) {
    ruling->Deny("ROLE_NOT_ALLOWED", "evidence_type", "a stakeholder submits feedback only");
  }
  for (int i = 0; i < event.focuses_size(); ++i) {
    // The path is built only where it is needed: a million items come this way.
    if (ruling->state().focus_codes.count(event.focuses(i)) > 0) continue;
    ruling->CheckFocus(event.focuses(i), absl::StrCat("focuses[", i, "]"));
  }
  if (ruling->state().evidence.contains(event.evidence_id())) {
    ruling->Forbid(
        "EVIDENCE_ID_USED", "evidence_id",
        absl::StrCat("'", event.evidence_id(), "' is taken; changed bytes are a new item"));
  }
}

std::optional<absl::CivilDay> DayIf(bool present, const v1::Date& date) {
  return present ? std::optional<absl::CivilDay>(RealDay(date)) : std::nullopt;
}

void EvolveSubmitted(const v1::EvidenceSubmitted& event, const Fact& fact, StateEdit* edit) {
  EvidenceItem& item = edit->FindOrAdd(&edit->state().evidence, event.evidence_id());
  item.known = fact.known;
  item.recorded_at = fact.recorded_at;
  item.evidence_id = event.evidence_id();
  item.type = event.evidence_type();
  item.subtype = event.subtype();
  item.focuses.assign(event.focuses().begin(), event.focuses().end());
  item.submitter = event.common().party_id();
  item.submitter_person = std::string(fact.principal);
  item.artefact = RealDigest(event.artefact());
  item.valid_from = DayIf(event.has_valid_from(), event.valid_from());
  item.valid_to = DayIf(event.has_valid_to(), event.valid_to());
  item.due = DayIf(event.has_due(), event.due());
  for (const std::string& focus : event.focuses()) edit->Focus(focus, fact);
}

// ---- EvidenceVerified ----

void CheckVerified(const v1::EvidenceVerified& event, ShapeCheck* check) {
  check->Id(event.evidence_id(), "evidence_id");
  check->Choice(event.outcome(), "outcome");
  check->Text(event.method(), "method");
}

void DecideVerified(const v1::EvidenceVerified& event, Ruling* ruling) {
  const EvidenceItem* item = FindItem(event.evidence_id(), ruling);
  if (item == nullptr || item->submitter_person != ruling->principal()) return;
  ruling->Deny(
      "SELF_VERIFICATION", "principal",
      absl::StrCat(ruling->principal(), " submitted this item; somebody else verifies it"));
}

void EvolveVerified(const v1::EvidenceVerified& event, const Fact& fact, StateEdit* edit) {
  EvidenceItem* item = TouchItem(event.evidence_id(), fact, edit);
  if (item == nullptr) return;
  edit->Append(&item->verifications, EvidenceItem::Verification{fact.known, event.outcome()});
}

// ---- EvidenceStatusChanged ----

void CheckStatus(const v1::EvidenceStatusChanged& event, ShapeCheck* check) {
  check->Id(event.evidence_id(), "evidence_id");
  check->Choice(event.change(), "change");
  const auto from = check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
  if (event.change() == v1::EVIDENCE_CHANGE_RENEWED) {
    const auto to = check->Day(event.has_valid_to(), event.valid_to(), "valid_to");
    if (from && to && *to < *from) {
      check->Refuse("VALIDITY_REVERSED", "valid_to", "it lies before effective_on");
    }
  } else if (event.has_valid_to()) {
    check->Refuse("FIELD_UNEXPECTED", "valid_to", "only a renewal moves the last day");
  }
}

// Withdrawn for good; expired until renewed.
bool IsOpen(const EvidenceItem& item, v1::EvidenceChange change) {
  for (auto earlier = item.changes.rbegin(); earlier != item.changes.rend(); ++earlier) {
    if (earlier->change == v1::EVIDENCE_CHANGE_WITHDRAWN) return false;
    if (earlier->change == v1::EVIDENCE_CHANGE_RENEWED) return true;
    if (earlier->change == v1::EVIDENCE_CHANGE_EXPIRED) {
      return change != v1::EVIDENCE_CHANGE_EXPIRED;
    }
  }
  return true;
}

void DecideStatus(const v1::EvidenceStatusChanged& event, Ruling* ruling) {
  const EvidenceItem* item = FindItem(event.evidence_id(), ruling);
  const bool daemon = event.common().role() == v1::ROLE_SYS;
  if (daemon && event.change() != v1::EVIDENCE_CHANGE_EXPIRED) {
    ruling->Deny("ROLE_NOT_ALLOWED", "common.role", "the daemon records expiry and nothing else");
  }
  if (item != nullptr && !daemon && item->submitter != event.common().party_id()) {
    ruling->Deny("ROLE_NOT_ALLOWED", "common.party_id",
                 absl::StrCat("only ", item->submitter, ", who submitted the item, changes it"));
  }
  ruling->CheckNotInFuture(RealDay(event.effective_on()), "effective_on");
  if (event.change() == v1::EVIDENCE_CHANGE_DELETED) {
    ruling->Forbid("EVIDENCE_DELETE_REFUSED", "change", "evidence is never deleted; withdraw it");
  }
  if (item != nullptr && !IsOpen(*item, event.change())) {
    ruling->Forbid(
        "EVIDENCE_NOT_OPEN", "evidence_id",
        absl::StrCat("'", event.evidence_id(), "' was withdrawn, or has expired already"));
  }
}

void EvolveStatus(const v1::EvidenceStatusChanged& event, const Fact& fact, StateEdit* edit) {
  EvidenceItem* item = TouchItem(event.evidence_id(), fact, edit);
  if (item == nullptr) return;
  edit->Append(&item->changes,
               EvidenceItem::StatusChange{fact.known, event.change(), RealDay(event.effective_on()),
                                          DayIf(event.has_valid_to(), event.valid_to())});
}

constexpr uint32_t kSubmitters =
    Roles({v1::ROLE_PRL, v1::ROLE_PRD, v1::ROLE_CM, v1::ROLE_SM, v1::ROLE_ASR, v1::ROLE_STK});

constexpr EventRules kRows[] = {
    RulesFor<v1::EvidenceSubmitted, CheckSubmitted, DecideSubmitted, EvolveSubmitted>(
        {.roles = kSubmitters}),
    RulesFor<v1::EvidenceVerified, CheckVerified, DecideVerified, EvolveVerified>(
        {.roles = Roles({v1::ROLE_CM, v1::ROLE_SM, v1::ROLE_ASR}), .needs_reason = true}),
    RulesFor<v1::EvidenceStatusChanged, CheckStatus, DecideStatus, EvolveStatus>(
        {.roles = kSubmitters | Roles({v1::ROLE_SYS}), .needs_reason = true}),
};

}  // namespace

absl::Span<const EventRules> EvidenceRules() { return kRows; }

}  // namespace waymark
