// Who the authorities are, what they and the provider let their people do, what they agree to, and
// how the contract is mobilised.

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/contract/assents.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/parties.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// ---- PartyChanged ----

void CheckParty(const v1::PartyChanged& event, ShapeCheck* check) {
  check->Id(event.party().party_id(), "party.party_id");
  check->Choice(event.change(), "change");
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
}

AuthorityChange ChangeIn(const v1::PartyChanged& event, const Known& known) {
  return {known, event.party().party_id(), event.change() == v1::PARTY_CHANGE_ADDED,
          RealDay(event.effective_on())};
}

// Whether some day would be without an authority. Only a change leaves one, so only their days
// count.
bool LeavesNone(const Registration& registration, const AuthorityChange& change) {
  Registration after = registration;
  after.authority_changes.push_back(change);
  return std::any_of(
      after.authority_changes.begin(), after.authority_changes.end(),
      [&](const AuthorityChange& each) { return AuthoritiesOn(after, each.effective_on).empty(); });
}

void DecideParty(const v1::PartyChanged& event, Ruling* ruling) {
  const std::string& party = event.party().party_id();
  const AuthorityChange change = ChangeIn(event, {ruling->position(), ruling->today()});
  if (change.joins) {
    if (!ruling->IsProvider(party)) return;
    return ruling->Forbid("PARTY_ON_BOTH_SIDES", "party.party_id",
                          "the provider cannot be an authority");
  }
  if (!IsAuthorityOn(*ruling->state().registration, party, change.effective_on)) {
    return ruling->NotFound(
        "REF_UNKNOWN", "party.party_id",
        absl::StrCat("'", party, "' is no authority on ", FormatDay(change.effective_on)));
  }
  if (LeavesNone(*ruling->state().registration, change)) {
    ruling->Forbid("LAST_AUTHORITY", "party.party_id",
                   absl::StrCat("without '", party, "' a day would have no authority"));
  }
}

void EvolveParty(const v1::PartyChanged& event, const Fact& fact, StateEdit* edit) {
  auto& registration = edit->state().registration;
  if (!registration) return;
  edit->Append(&registration->authority_changes, ChangeIn(event, fact.known));
}

// ---- DelegationChanged ----

// Powers that are a role's own. What nobody of the side may do cannot be handed on.
bool HasPower(v1::Role role, int power) {
  switch (power) {
    case v1::POWER_ASSENT:
      return true;
    case v1::POWER_ANSWER_EXTENSION:
      return role == v1::ROLE_PRD;
    default:
      return role == v1::ROLE_DEC;
  }
}

void CheckDelegation(const v1::DelegationChanged& event, ShapeCheck* check) {
  check->Id(event.delegation_id(), "delegation_id");
  check->Choice(event.change(), "change");
  // Taking back names what is taken back, and that is enough.
  if (event.change() != v1::RIGHT_CHANGE_GRANTED) return;
  check->PrincipalRef(event.person_ref(), "person_ref");
  check->Choice(event.role(), "role");
  if (event.powers().empty()) check->Refuse("FIELD_MISSING", "powers", "name at least one");
  const bool few = check->Count(event.powers_size(), kListValuesMax, "powers");
  std::set<int> seen;
  for (int i = 0; few && i < event.powers_size(); ++i) {
    const std::string field = absl::StrCat("powers[", i, "]");
    check->Choice(event.powers(i), field);
    if (!seen.insert(event.powers(i)).second) {
      check->Refuse("FIELD_REPEATED", field, "this power stands twice");
    }
  }
  if (event.has_limit() && event.limit().pence() < 0) {
    check->Refuse("AMOUNT_NEGATIVE", "limit", "a limit is an amount of money or absent");
  }
  check->Days(event.has_period(), event.period(), "period");
}

void DecideGranting(const v1::DelegationChanged& event, Ruling* ruling) {
  const v1::Role role = ruling->common().role();
  if (event.role() != role) {
    ruling->Deny("GRANTER_LACKS_POWER", "role", "a capacity other than one's own");
  }
  for (int i = 0; i < event.powers_size(); ++i) {
    if (HasPower(role, event.powers(i))) continue;
    ruling->Deny(
        "GRANTER_LACKS_POWER", absl::StrCat("powers[", i, "]"),
        absl::StrCat(v1::Role_Name(role), " cannot hand on ", v1::Power_Name(event.powers(i))));
  }
  if (event.person_ref() == ruling->principal()) {
    ruling->Deny("SELF_GRANT", "person_ref", "nobody grants themselves powers");
  }
  if (ruling->state().delegations.count(event.delegation_id()) > 0) {
    ruling->Forbid("DELEGATION_ID_USED", "delegation_id",
                   absl::StrCat("'", event.delegation_id(), "' is taken"));
  }
}

void DecideDelegation(const v1::DelegationChanged& event, Ruling* ruling) {
  if (event.change() == v1::RIGHT_CHANGE_GRANTED) return DecideGranting(event, ruling);
  const auto place = ruling->state().delegations.find(event.delegation_id());
  const bool open = place != ruling->state().delegations.end() && !place->second.revoked &&
                    place->second.party_id == ruling->common().party_id() &&
                    ruling->today() <= place->second.period.last;
  if (open) return;
  ruling->Forbid("DELEGATION_NOT_OPEN", "delegation_id",
                 absl::StrCat(ruling->common().party_id(), " has no open delegation '",
                              event.delegation_id(), "'"));
}

void EvolveDelegation(const v1::DelegationChanged& event, const Fact& fact, StateEdit* edit) {
  auto& delegations = edit->state().delegations;
  if (event.change() == v1::RIGHT_CHANGE_REVOKED) {
    const auto place = delegations.find(event.delegation_id());
    if (place == delegations.end()) return;
    return edit->Set(&place->second.revoked, std::optional<Known>(fact.known));
  }
  Delegation delegation{.known = fact.known,
                        .party_id = event.common().party_id(),
                        .person_ref = event.person_ref(),
                        .role = event.role(),
                        .period = RealDays(event.period())};
  for (const int power : event.powers()) {
    delegation.powers.push_back(static_cast<v1::Power>(power));
  }
  if (event.has_limit()) delegation.limit_pence = event.limit().pence();
  edit->Set(&edit->FindOrAdd(&delegations, event.delegation_id()), std::move(delegation));
}

// ---- AssentRecorded ----

void CheckAssent(const v1::AssentRecorded& event, ShapeCheck* check) {
  check->Sha256(event.subject(), "subject");
  check->Id(event.party_id(), "party_id");
  check->PrincipalRef(event.person_ref(), "person_ref");
}

void DecideAssent(const v1::AssentRecorded& event, Ruling* ruling) {
  if (event.party_id() != ruling->common().party_id()) {
    ruling->Deny(
        "NOT_OWN_PARTY", "party_id",
        absl::StrCat(ruling->common().party_id(), " cannot answer for ", event.party_id()));
  }
  // Others may rest on it, so it is not taken back; a refusal can become an assent.
  if (HasAssent(ruling->state(), RealDigest(event.subject()), event.party_id())) {
    ruling->Forbid("ASSENT_ALREADY_GIVEN", "subject",
                   absl::StrCat(event.party_id(), " agreed to this before"));
  }
}

void EvolveAssent(const v1::AssentRecorded& event, const Fact& fact, StateEdit* edit) {
  edit->Append(&edit->FindOrAdd(&edit->state().assents, RealDigest(event.subject())),
               Assent{fact.known, event.party_id(), event.person_ref(), event.assents()});
}

// ---- MobilisationRecorded ----

void CheckMobilisation(const v1::MobilisationRecorded& event, ShapeCheck* check) {
  check->Choice(event.stage(), "stage");
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
  const bool few = check->Count(event.deliverables_size(), kListValuesMax, "deliverables");
  for (int i = 0; few && i < event.deliverables_size(); ++i) {
    const std::string field = absl::StrCat("deliverables[", i, "]");
    check->Text(event.deliverables(i).name(), field + ".name");
    check->OptionalSha256(event.deliverables(i).digest(), field + ".digest");
  }
}

void DecideMobilisation(const v1::MobilisationRecorded& event, Ruling* ruling) {
  const auto& past = ruling->state().mobilisations;
  if (event.stage() == v1::MOBILISATION_STAGE_STARTED) {
    if (past.empty()) return;
    return ruling->Forbid("ALREADY_STARTED", "stage", "a contract is mobilised once");
  }
  if (past.empty() || past.back().stage != v1::MOBILISATION_STAGE_STARTED) {
    ruling->Forbid("NOT_STARTED", "stage", "no mobilisation is under way");
  }
  if (ruling->state().adoptions.empty()) {
    ruling->Forbid("MATRIX_NOT_ADOPTED", "stage", "mobilisation ends with an adopted matrix");
  }
}

void EvolveMobilisation(const v1::MobilisationRecorded& event, const Fact& fact, StateEdit* edit) {
  edit->Append(&edit->state().mobilisations,
               Mobilisation{fact.known, event.stage(), RealDay(event.effective_on())});
}

constexpr EventRules kRows[] = {
    RulesFor<v1::PartyChanged, CheckParty, DecideParty, EvolveParty>(
        {.roles = Roles({v1::ROLE_CM})}),
    RulesFor<v1::DelegationChanged, CheckDelegation, DecideDelegation, EvolveDelegation>(
        {.roles = Roles({v1::ROLE_DEC, v1::ROLE_PRD})}),
    RulesFor<v1::AssentRecorded, CheckAssent, DecideAssent, EvolveAssent>(
        {.roles = Roles({v1::ROLE_DEC, v1::ROLE_PRD}), .power = v1::POWER_ASSENT}),
    RulesFor<v1::MobilisationRecorded, CheckMobilisation, DecideMobilisation, EvolveMobilisation>(
        {.roles = Roles({v1::ROLE_CM})}),
};

}  // namespace

absl::Span<const EventRules> GovernanceRules() { return kRows; }

}  // namespace waymark
