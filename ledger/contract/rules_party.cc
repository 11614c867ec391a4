// The ledger's beginning, a contract's beginning and end, and its policies.

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/contract/assents.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/policy.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

constexpr absl::string_view kTimeZoneDefault = "Europe/London";

absl::string_view ZoneNameOf(const v1::ContractRegistered& event) {
  return event.time_zone().empty() ? kTimeZoneDefault : absl::string_view(event.time_zone());
}

// ---- LedgerCreated ----

void CheckCreated(const v1::LedgerCreated& event, ShapeCheck* check) {
  check->PrincipalRef(event.ledger(), "ledger");
  check->Sha256(event.key(), "key");
  check->PrincipalRef(event.first_administrator(), "first_administrator");
  if (event.has_predecessor()) {
    check->PrincipalRef(event.predecessor().ledger(), "predecessor.ledger");
    check->Text(event.predecessor().checkpoint(), "predecessor.checkpoint");
  }
}

void DecideCreated(const v1::LedgerCreated& event, Ruling* ruling) {
  if (ruling->position() == Position{0}) return;
  ruling->Forbid("LEDGER_ALREADY_CREATED", "event_type",
                 "a ledger begins once, with its event at position 0");
}

void EvolveCreated(const v1::LedgerCreated& event, const Fact& fact, StateEdit* edit) {
  edit->Append(&edit->state().roles, RoleEntry{.known = fact.known,
                                               .principal = event.first_administrator(),
                                               .person_ref = event.first_administrator(),
                                               .party_id = event.common().party_id(),
                                               .role = v1::ROLE_ADM,
                                               .granted = true});
}

// ---- ContractRegistered ----

void CheckParties(const v1::ContractRegistered& event, ShapeCheck* check) {
  if (event.authorities().empty()) {
    check->Refuse("AUTHORITY_MISSING", "authorities", "name at least one");
  }
  const bool few = check->Count(event.authorities_size(), kListValuesMax, "authorities");
  std::set<absl::string_view> seen;
  for (int i = 0; few && i < event.authorities_size(); ++i) {
    const std::string field = absl::StrCat("authorities[", i, "].party_id");
    check->Id(event.authorities(i).party_id(), field);
    if (!seen.insert(event.authorities(i).party_id()).second) {
      check->Refuse("FIELD_REPEATED", field, "this authority is named twice");
    }
  }
  check->Id(event.provider().party_id(), "provider.party_id");
  if (!seen.insert(event.provider().party_id()).second) {
    check->Refuse("PARTY_ON_BOTH_SIDES", "provider.party_id",
                  "an authority cannot be the provider");
  }
}

void CheckRegistered(const v1::ContractRegistered& event, ShapeCheck* check) {
  check->Text(event.title(), "title");
  CheckParties(event, check);
  check->Choice(event.form(), "form");
  check->Choice(event.regime(), "regime");
  const auto starts = check->Day(event.has_starts_on(), event.starts_on(), "starts_on");
  const auto ends = check->Day(event.has_ends_on(), event.ends_on(), "ends_on");
  const auto latest = check->Day(event.has_latest_end(), event.latest_end(), "latest_end");
  if (starts && ends && *ends <= *starts) {
    check->Refuse("END_NOT_AFTER_START", "ends_on", "the last day has to lie after the first");
  }
  if (ends && latest && *latest < *ends) {
    check->Refuse("LATEST_END_BEFORE_END", "latest_end", "it lies before ends_on");
  }
  if (!FindTimeZone(ZoneNameOf(event)).ok()) {
    check->Refuse("TIME_ZONE_UNKNOWN", "time_zone",
                  absl::StrCat("'", event.time_zone(), "' is no IANA time zone of this machine"));
  }
  if (!event.calendar_id().empty()) check->Id(event.calendar_id(), "calendar_id");
  if (event.has_year_starts()) {
    v1::Date date;
    date.set_year(2001);  // Not a leap year, so 29 February is no day.
    date.set_month(event.year_starts().month());
    date.set_day(event.year_starts().day());
    check->Day(true, date, "year_starts");
  }
}

void DecideRegistered(const v1::ContractRegistered& event, Ruling* ruling) {
  const std::string& party = event.common().party_id();
  const bool authority =
      std::any_of(event.authorities().begin(), event.authorities().end(),
                  [&](const v1::Party& candidate) { return candidate.party_id() == party; });
  if (!authority) {
    ruling->Deny("PARTY_UNKNOWN", "common.party_id",
                 absl::StrCat("'", party, "' is not among the authorities it registers"));
  }
  if (event.common().role() != v1::ROLE_CM) {
    ruling->Deny("ROLE_NOT_ALLOWED", "common.role", "a contract manager registers a contract");
  }
  if (ruling->state().registration) {
    ruling->Forbid("ALREADY_REGISTERED", "contract_id", "this contract is registered already");
  }
}

void EvolveRegistered(const v1::ContractRegistered& event, const Fact& fact, StateEdit* edit) {
  Registration registration{.known = fact.known,
                            .title = event.title(),
                            .provider = event.provider().party_id(),
                            .starts_on = RealDay(event.starts_on()),
                            .ends_on = RealDay(event.ends_on()),
                            .latest_end = RealDay(event.latest_end()),
                            .time_zone_name = std::string(ZoneNameOf(event)),
                            .regime = event.regime(),
                            .as_deed = event.as_deed(),
                            .calendar_id = event.calendar_id(),
                            .year_starts_month = event.starts_on().month(),
                            .year_starts_day = event.starts_on().day()};
  if (event.has_year_starts()) {
    registration.year_starts_month = event.year_starts().month();
    registration.year_starts_day = event.year_starts().day();
  }
  for (const v1::Party& party : event.authorities()) {
    registration.authorities.push_back(party.party_id());
  }
  if (const auto zone = FindTimeZone(registration.time_zone_name); zone.ok()) {
    edit->Set(&edit->state().time_zone, *zone);
    // The contract's days begin with this event, so its own day is one of them.
    registration.known.recorded_on = CivilDayIn(*zone, fact.recorded_at);
  }
  edit->Set(&edit->state().registration, std::optional<Registration>(registration));
}

// ---- ContractEnded ----

void CheckEnded(const v1::ContractEnded& event, ShapeCheck* check) {
  check->Choice(event.cause(), "cause");
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
}

bool HasEnding(const ContractState& state, bool closed) {
  return std::any_of(state.endings.begin(), state.endings.end(), [&](const Ending& ending) {
    return (ending.cause == v1::END_CAUSE_CLOSED) == closed;
  });
}

void DecideEnded(const v1::ContractEnded& event, Ruling* ruling) {
  const ContractState& state = ruling->state();
  const bool closing = event.cause() == v1::END_CAUSE_CLOSED;
  if (event.common().role() == v1::ROLE_SYS && event.cause() != v1::END_CAUSE_EXPIRED) {
    ruling->Deny("ROLE_NOT_ALLOWED", "common.role", "the daemon records expiry and nothing else");
  }
  if (HasEnding(state, closing)) {
    ruling->Forbid("ALREADY_ENDED", "cause", "this is on record already");
  }
  if (!closing) return;
  const bool over = std::any_of(state.endings.begin(), state.endings.end(), [&](const Ending& end) {
    return end.cause != v1::END_CAUSE_CLOSED && end.effective_on <= RealDay(event.effective_on());
  });
  if (!over) {
    ruling->Forbid("NOT_ENDED", "cause", "the contract has to have ended before its record closes");
  }
  const bool disputed =
      std::any_of(state.disputes.begin(), state.disputes.end(),
                  [](const auto& entry) { return !entry.second.closed.has_value(); });
  if (disputed && absl::StripAsciiWhitespace(event.transfer_note()).empty()) {
    ruling->Forbid("DISPUTES_OPEN", "transfer_note", "say where the open disputes go on");
  }
}

void EvolveEnded(const v1::ContractEnded& event, const Fact& fact, StateEdit* edit) {
  edit->Append(&edit->state().endings,
               Ending{fact.known, event.cause(), RealDay(event.effective_on())});
}

// ---- PolicySet ----

void CheckPolicies(const v1::PolicySet& event, ShapeCheck* check) {
  if (event.values().empty()) check->Refuse("FIELD_MISSING", "values", "name at least one policy");
  std::set<int> seen;
  for (int i = 0; i < event.values_size(); ++i) {
    const v1::PolicyValue& entry = event.values(i);
    const std::string field = absl::StrCat("values[", i, "]");
    const absl::Status valid = ValidatePolicyValue(entry.key(), entry.value());
    if (!valid.ok()) check->Refuse(ReasonOf(valid), field, valid.message());
    if (!seen.insert(entry.key()).second) {
      check->Refuse("FIELD_REPEATED", field, "this policy is set twice");
    }
  }
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
  check->Refs(event.assents(), "assents");
}

void DecidePolicies(const v1::PolicySet& event, Ruling* ruling) {
  const std::vector<Position> assents = ruling->ResolveAll(event.assents(), "assents");
  if (RealDay(event.effective_on()) < ruling->today() &&
      !BothSidesAssent(*ruling, ruling->digest(), assents)) {
    ruling->Forbid("POLICY_RETROACTIVE", "effective_on",
                   absl::StrCat("before the recorded day, ", FormatDay(ruling->today()),
                                ", a policy needs the assent of both sides to this event"));
  }
}

void EvolvePolicies(const v1::PolicySet& event, const Fact& fact, StateEdit* edit) {
  for (const v1::PolicyValue& entry : event.values()) {
    edit->Append(&edit->state().policies, PolicyChange{fact.known, RealDay(event.effective_on()),
                                                       entry.key(), entry.value()});
  }
}

constexpr EventRules kRows[] = {
    RulesFor<v1::LedgerCreated, CheckCreated, DecideCreated, EvolveCreated>(
        {.roles = Roles({v1::ROLE_SYS, v1::ROLE_ADM}), .ledger_stream = true}),
    RulesFor<v1::ContractRegistered, CheckRegistered, DecideRegistered, EvolveRegistered>(
        {.roles = Roles({v1::ROLE_CM}), .starts_stream = true}),
    RulesFor<v1::ContractEnded, CheckEnded, DecideEnded, EvolveEnded>(
        {.roles = Roles({v1::ROLE_CM, v1::ROLE_SYS}), .after_close = true}),
    RulesFor<v1::PolicySet, CheckPolicies, DecidePolicies, EvolvePolicies>(
        {.roles = Roles({v1::ROLE_DEC}),
         .power = v1::POWER_SET_POLICY,
         .hashed_bytes = MessageWithoutAssents<v1::PolicySet>}),
};

}  // namespace

absl::Span<const EventRules> PartyRules() { return kRows; }

}  // namespace waymark
