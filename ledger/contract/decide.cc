#include "ledger/contract/decide.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/evolve.h"
#include "ledger/contract/lookup.h"

namespace waymark {
namespace {

// Roles that only one side's people can hold, and roles that the provider's cannot.
constexpr uint32_t kAuthorityRoles = Roles({v1::ROLE_CM, v1::ROLE_SM, v1::ROLE_DEC, v1::ROLE_OFA});
constexpr uint32_t kProviderRoles = Roles({v1::ROLE_PRL, v1::ROLE_PRD});
constexpr uint32_t kNeverProviderRoles = Roles({v1::ROLE_ASR, v1::ROLE_MOD});
// Roles of no person.
constexpr uint32_t kServiceRoles = Roles({v1::ROLE_SYS, v1::ROLE_ADM});
// Roles of somebody who sits for a party.
constexpr uint32_t kPartyRoles = kAuthorityRoles | kProviderRoles | Roles({v1::ROLE_BRD});

void CheckSignature(Ruling* ruling) {
  if (ruling->is_signed()) return;
  const absl::string_view required = ruling->Policy(v1::POLICY_KEY_SIGNATURE_REQUIRED);
  const absl::string_view party = ruling->common().party_id();
  if (required == "ALL" || (required == "PROVIDER" && ruling->IsProvider(party)) ||
      (required == "AUTHORITY" && ruling->IsAuthority(party))) {
    ruling->Deny("SIGNATURE_MISSING", "signature",
                 absl::StrCat("events of ", party, " have to be signed"));
  }
}

// Role and party fit each other and the act.
void CheckActor(const EventTraits& traits, Ruling* ruling) {
  const v1::Common& common = ruling->common();
  const uint32_t role = Roles({common.role()});
  const bool authority = ruling->IsAuthority(common.party_id());
  const bool provider = ruling->IsProvider(common.party_id());
  if (traits.provider_only && !provider) {
    return ruling->Deny("NOT_PROVIDER", "common.party_id", "only the provider records this");
  }
  // A service account is refused for its role, whichever party it names.
  if (traits.authority_only && !authority && !(role & kServiceRoles)) {
    return ruling->Deny("NOT_AUTHORITY", "common.party_id", "only an authority records this");
  }
  if ((role & kPartyRoles) && !authority && !provider) {
    ruling->Deny("PARTY_UNKNOWN", "common.party_id",
                 absl::StrCat("'", common.party_id(), "' is no party to this contract"));
  } else if (((role & kAuthorityRoles) && !authority) || ((role & kProviderRoles) && !provider) ||
             ((role & kNeverProviderRoles) && provider)) {
    ruling->Deny(
        "ROLE_NOT_HELD", "common.role",
        absl::StrCat("nobody of ", common.party_id(), " can be ", v1::Role_Name(common.role())));
  }
  if (!(role & traits.roles)) {
    ruling->Deny("ROLE_NOT_ALLOWED", "common.role",
                 absl::StrCat(v1::Role_Name(common.role()), " may not record this"));
  }
}

// An act under a delegation is the holder's, in the party, capacity and days that it names, and
// within its powers. Rules of events that bear money compare with its limit.
void CheckDelegation(const EventTraits& traits, Ruling* ruling) {
  const v1::Common& common = ruling->common();
  if (!common.has_delegation_id()) return;
  const auto place = ruling->state().delegations.find(common.delegation_id());
  if (place == ruling->state().delegations.end()) {
    return ruling->Deny("DELEGATION_EXPIRED", "common.delegation_id",
                        "no such delegation is on record");
  }
  const Delegation& delegation = place->second;
  if (delegation.revoked || ruling->today() < delegation.period.first ||
      ruling->today() > delegation.period.last) {
    return ruling->Deny("DELEGATION_EXPIRED", "common.delegation_id",
                        "it is not in force on the recorded day");
  }
  if (delegation.person_ref != ruling->principal() || delegation.party_id != common.party_id() ||
      delegation.role != common.role()) {
    return ruling->Deny("DELEGATION_EXPIRED", "common.delegation_id",
                        "it is for another person, party or role");
  }
  if (traits.power == v1::POWER_UNSPECIFIED ||
      std::find(delegation.powers.begin(), delegation.powers.end(), traits.power) ==
          delegation.powers.end()) {
    ruling->Deny("DELEGATION_LIMIT", "common.delegation_id", "it gives no power to record this");
  }
}

// What every event of a contract is asked, whatever its type.
void CheckShared(const EventTraits& traits, Ruling* ruling) {
  const v1::Common& common = ruling->common();
  CheckSignature(ruling);
  CheckActor(traits, ruling);
  ruling->ResolveAll(common.caused_by(), "common.caused_by");
  if (common.has_matrix_version()) {
    const bool known = traits.needs_matrix_version
                           ? IsAdopted(ruling->state(), common.matrix_version())
                           : FindMatrix(ruling->state(), common.matrix_version()) != nullptr;
    if (!known) {
      ruling->NotFound("MATRIX_VERSION_UNKNOWN", "common.matrix_version",
                       "no such version was adopted");
    }
  }
  if (!traits.after_close) ruling->CheckOpen();
}

void DecideEvent(const ParsedEvent& event, Ruling* ruling) {
  const EventRules& rules = *event.type().rules;
  CheckDelegation(rules.traits, ruling);
  if (rules.traits.ledger_stream) {
    // The ledger's own stream has no parties and no contract.
    if (!(Roles({event.common().role()}) & rules.traits.roles)) {
      ruling->Deny("ROLE_NOT_ALLOWED", "common.role",
                   absl::StrCat(v1::Role_Name(event.common().role()), " may not record this"));
    }
  } else if (!rules.traits.starts_stream) {
    if (!ruling->state().registration) {
      return ruling->NotFound("CONTRACT_UNKNOWN", "contract_id",
                              "register it first, with ContractRegistered");
    }
    CheckShared(rules.traits, ruling);
  }
  rules.decide(event.message(), ruling);
}

void CheckRevision(const Proposal& proposal, const ContractState& state, Violations* violations) {
  if (!proposal.expected_revision || *proposal.expected_revision == state.next_revision) return;
  violations->Add({absl::StatusCode::kAborted,
                   "REVISION_STALE",
                   absl::StrCat("expected_revision: ", proposal.expected_revision->value,
                                ", but the next revision is ", state.next_revision.value,
                                "; read the new events and decide again"),
                   -1,
                   "expected_revision",
                   {{"next_revision", absl::StrCat(state.next_revision.value)}}});
}

void Revert(UndoSteps* undo) {
  for (; !undo->empty(); undo->pop_back()) undo->back()();
}

// Alphabetical within an event, each once.
void Tidy(std::vector<RaisedFlag>* flags) {
  std::sort(flags->begin(), flags->end(), [](const RaisedFlag& a, const RaisedFlag& b) {
    return std::tie(a.event_index, a.flag) < std::tie(b.event_index, b.flag);
  });
  flags->erase(std::unique(flags->begin(), flags->end()), flags->end());
}

}  // namespace

absl::StatusOr<Decision> Decide(const Proposal& proposal, ContractState* state) {
  WAYMARK_CHECK(!proposal.events.empty());
  Decision decision;
  Violations violations;
  UndoSteps undo;
  CheckRevision(proposal, *state, &violations);
  for (size_t i = 0; i < proposal.events.size(); ++i) {
    const ParsedEvent& event = proposal.events[i];
    const Position position{proposal.first_position.value + i};
    Ruling ruling({.state = state,
                   .common = &event.common(),
                   .event_index = static_cast<int>(i),
                   .position = position,
                   .first_position = proposal.first_position,
                   .recorded_at = proposal.recorded_at,
                   .today = CivilDayIn(state->time_zone, proposal.recorded_at),
                   .principal = proposal.principal,
                   .is_signed = proposal.is_signed,
                   .digest = event.digest(),
                   .claim = event.claim()},
                  &violations, &decision.flags);
    DecideEvent(event, &ruling);
    if (!violations.empty()) {
      Revert(&undo);
      return violations.ToStatus();
    }
    // Nothing can be refused behind the last event, so nothing has to be taken back.
    const bool last = i + 1 == proposal.events.size();
    const absl::Status taken = Evolve({.position = position,
                                       .first_position = proposal.first_position,
                                       .recorded_at = proposal.recorded_at,
                                       .event_type = event.type().name,
                                       .principal = proposal.principal,
                                       .event = &event},
                                      state, last ? nullptr : &undo);
    if (!taken.ok()) {
      Revert(&undo);
      return taken;
    }
  }
  Tidy(&decision.flags);
  return decision;
}

}  // namespace waymark
