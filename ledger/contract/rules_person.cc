// What keeps a person from acting, and which roles a principal holds.

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/conflicts.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// ---- ConflictRecorded ----

void CheckConflict(const v1::ConflictRecorded& event, ShapeCheck* check) {
  check->PrincipalRef(event.person_ref(), "person_ref");
  const bool few = check->Count(event.scope().focuses_size(), kListValuesMax, "scope.focuses");
  for (int i = 0; few && i < event.scope().focuses_size(); ++i) {
    check->Id(event.scope().focuses(i), absl::StrCat("scope.focuses[", i, "]"));
  }
  check->Count(event.scope().positions_size(), kListValuesMax, "scope.positions");
  check->Choice(event.stage(), "stage");
  const auto first = check->Day(event.has_first(), event.first(), "first");
  const auto last = check->OptionalDay(event.has_last(), event.last(), "last");
  if (first && last && *last < *first) {
    check->Refuse("PERIOD_REVERSED", "last", "it lies before first");
  }
}

// A board of the contract sat, with enough members, and the minute says so.
bool IsMinuted(const Ruling& ruling) {
  if (!ruling.common().has_governance()) return false;
  const auto& meetings = ruling.state().meetings;
  const auto place = meetings.find(ruling.common().governance().meeting_id());
  return place != meetings.end() &&
         IsQuorate(ruling.state(), place->second, {},
                   ruling.PolicyNumber(v1::POLICY_KEY_QUORUM_PER_AUTHORITY));
}

void DecideConflict(const v1::ConflictRecorded& event, Ruling* ruling) {
  const bool dispensed = event.stage() == v1::CONFLICT_STAGE_DISPENSED;
  const bool own = event.person_ref() == ruling->principal();
  if (dispensed && (own || event.common().role() != v1::ROLE_SEC)) {
    ruling->Deny("ROLE_NOT_ALLOWED", "stage", "a secretary records that a board dispensed another");
  } else if (!dispensed && !own) {
    ruling->Deny("ROLE_NOT_ALLOWED", "person_ref", "people declare and close their own conflicts");
  }
  for (int i = 0; i < event.scope().focuses_size(); ++i) {
    ruling->CheckFocus(event.scope().focuses(i), absl::StrCat("scope.focuses[", i, "]"));
  }
  for (int i = 0; i < event.scope().positions_size(); ++i) {
    const Position place{event.scope().positions(i)};
    if (FindEvent(ruling->state(), place) != nullptr) continue;
    ruling->NotFound("REF_UNKNOWN", absl::StrCat("scope.positions[", i, "]"),
                     absl::StrCat("this contract has no event at position ", place.value));
  }
  ruling->CheckNotInFuture(RealDay(event.first()), "first");
  if (dispensed && !IsMinuted(*ruling)) {
    ruling->Forbid("DISPENSATION_NOT_MINUTED", "common.governance",
                   "cite the minute of a quorate meeting that is on record");
  }
}

void EvolveConflict(const v1::ConflictRecorded& event, const Fact& fact, StateEdit* edit) {
  ConflictEntry entry{.known = fact.known,
                      .stage = event.stage(),
                      .focuses = {event.scope().focuses().begin(), event.scope().focuses().end()},
                      .first = RealDay(event.first())};
  for (const uint64_t place : event.scope().positions()) entry.positions.insert(Position{place});
  if (event.has_last()) entry.last = RealDay(event.last());
  edit->Append(&edit->FindOrAdd(&edit->state().conflicts, event.person_ref()), std::move(entry));
}

// ---- RoleChanged ----

void CheckRole(const v1::RoleChanged& event, ShapeCheck* check) {
  check->PrincipalRef(event.principal(), "principal");
  check->PrincipalRef(event.person_ref(), "person_ref");
  check->Id(event.party_id(), "party_id");
  check->Choice(event.role(), "role");
  check->Choice(event.change(), "change");
  if (event.has_contract_id()) check->Id(event.contract_id(), "contract_id");
  if (event.has_period()) check->Days(true, event.period(), "period");
}

// What an entry grants or takes back, the days aside.
auto HeldBy(const RoleEntry& entry) {
  return std::tie(entry.principal, entry.party_id, entry.role, entry.contract_id);
}

RoleEntry EntryIn(const v1::RoleChanged& event, const Known& known) {
  RoleEntry entry{.known = known,
                  .principal = event.principal(),
                  .person_ref = event.person_ref(),
                  .party_id = event.party_id(),
                  .role = event.role(),
                  .granted = event.change() == v1::RIGHT_CHANGE_GRANTED};
  if (event.has_contract_id()) entry.contract_id = event.contract_id();
  if (event.has_period()) entry.period = RealDays(event.period());
  return entry;
}

// Granted, not taken back since, and not run out before the day.
std::vector<const RoleEntry*> OpenGrants(const std::vector<RoleEntry>& entries,
                                         absl::CivilDay day) {
  std::vector<const RoleEntry*> open;
  for (const RoleEntry& entry : entries) {
    if (entry.granted) {
      if (!entry.period || day <= entry.period->last) open.push_back(&entry);
      continue;
    }
    open.erase(
        std::remove_if(open.begin(), open.end(),
                       [&](const RoleEntry* grant) { return HeldBy(*grant) == HeldBy(entry); }),
        open.end());
  }
  return open;
}

// Somebody else than the holder of `revoked` administers the whole ledger on the day.
bool AnotherAdministers(const std::vector<const RoleEntry*>& open, const RoleEntry& revoked,
                        absl::CivilDay day) {
  return std::any_of(open.begin(), open.end(), [&](const RoleEntry* grant) {
    return grant->role == v1::ROLE_ADM && !grant->contract_id &&
           HeldBy(*grant) != HeldBy(revoked) && (!grant->period || grant->period->first <= day);
  });
}

void DecideRole(const v1::RoleChanged& event, Ruling* ruling) {
  const RoleEntry entry = EntryIn(event, {ruling->position(), ruling->today()});
  if (entry.granted) {
    if (entry.principal == ruling->principal() || entry.person_ref == ruling->principal()) {
      ruling->Deny("SELF_GRANT", "principal", "nobody grants themselves a role");
    }
    return;
  }
  const auto open = OpenGrants(ruling->state().roles, ruling->today());
  const bool held = std::any_of(open.begin(), open.end(), [&](const RoleEntry* grant) {
    return HeldBy(*grant) == HeldBy(entry);
  });
  const bool administers = entry.role == v1::ROLE_ADM && !entry.contract_id;
  if (held && administers && !AnotherAdministers(open, entry, ruling->today())) {
    ruling->Forbid("LAST_ADMINISTRATOR", "principal", "nobody else administers the ledger today");
  }
  if (!held) {
    ruling->Forbid("ROLE_NOT_OPEN", "role",
                   absl::StrCat(entry.principal, " does not hold this role for ", entry.party_id));
  }
}

void EvolveRole(const v1::RoleChanged& event, const Fact& fact, StateEdit* edit) {
  edit->Append(&edit->state().roles, EntryIn(event, fact.known));
}

// Whoever can be conflicted, which is everybody who writes in a contract but stakeholders.
constexpr uint32_t kPeople =
    Roles({v1::ROLE_CM, v1::ROLE_SM, v1::ROLE_ASR, v1::ROLE_MOD, v1::ROLE_BRD, v1::ROLE_SEC,
           v1::ROLE_DEC, v1::ROLE_OFA, v1::ROLE_PRL, v1::ROLE_PRD, v1::ROLE_AUD, v1::ROLE_ADJ,
           v1::ROLE_REG, v1::ROLE_REC});

constexpr EventRules kRows[] = {
    RulesFor<v1::ConflictRecorded, CheckConflict, DecideConflict, EvolveConflict>(
        {.roles = kPeople}),
    RulesFor<v1::RoleChanged, CheckRole, DecideRole, EvolveRole>(
        {.roles = Roles({v1::ROLE_ADM}), .needs_reason = true, .ledger_stream = true}),
};

}  // namespace

absl::Span<const EventRules> PersonRules() { return kRows; }

}  // namespace waymark
