// Clauses as they were evaluated, and the rewards and sanctions that people decided on them. An
// evaluation decides nothing.

#include <algorithm>
#include <numeric>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/assents.h"
#include "ledger/contract/clause_basis.h"
#include "ledger/contract/clause_explanation.h"
#include "ledger/contract/decision_flags.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/parties.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// A share of the whole and no more, in lowest terms.
bool IsShare(const v1::Rational& fraction) {
  return fraction.den() > 0 && fraction.num() >= 0 &&
         static_cast<uint64_t>(fraction.num()) <= fraction.den() &&
         std::gcd(static_cast<uint64_t>(fraction.num()), fraction.den()) == 1;
}

// ---- ClauseEvaluated ----

std::string ExplanationOf(const google::protobuf::Message& message) {
  return static_cast<const v1::ClauseEvaluated&>(message).explanation();
}

void CheckEvaluated(const v1::ClauseEvaluated& event, ShapeCheck* check) {
  check->Id(event.clause_id(), "clause_id");
  if (event.clause_version() == 0) check->Refuse("FIELD_MISSING", "clause_version", "not given");
  check->Day(event.has_as_of(), event.as_of(), "as_of");
  check->Choice(event.outcome(), "outcome");
  check->Text(event.explanation(), "explanation");
  check->Sha256(event.explanation_digest(), "explanation_digest");
  check->Id(event.engine(), "engine");
}

// Whether the moment asked about is one that can be asked about.
bool CheckMoment(const v1::ClauseEvaluated& event, Ruling* ruling) {
  const bool recorded = Position{event.known_at()} < ruling->first_position();
  if (!recorded) {
    ruling->Refuse(absl::StatusCode::kOutOfRange, "KNOWN_AT_BEYOND_HEAD", "known_at",
                   absl::StrCat("position ", event.known_at(), " is not recorded yet"));
  }
  const bool passed = RealDay(event.as_of()) <= ruling->today();
  if (!passed) {
    ruling->Refuse(absl::StatusCode::kOutOfRange, "AS_OF_IN_FUTURE", "as_of",
                   "it lies after the recorded day");
  }
  return recorded && passed;
}

void DecideEvaluated(const v1::ClauseEvaluated& event, Ruling* ruling) {
  // Nothing more can be told of a moment that is not there.
  if (!CheckMoment(event, ruling)) return;
  const Position known_at{event.known_at()};
  if (FindClauseVersion(ruling->state(), event.clause_id(), event.clause_version(),
                        {SizeThrough(known_at)}) == nullptr) {
    ruling->NotFound("REF_UNKNOWN", "clause_version",
                     absl::StrCat("no version ", event.clause_version(), " of '", event.clause_id(),
                                  "' was on record at position ", known_at.value));
  }
  if (event.engine() != kClauseEngine) {
    ruling->NotFound("ENGINE_UNKNOWN", "engine", absl::StrCat("this ledger has ", kClauseEngine));
  }
  if (RealDigest(event.explanation_digest()) != ruling->digest()) {
    ruling->Forbid("EXPLANATION_MISMATCH", "explanation_digest", "not that of the explanation");
  } else if (ruling->claim() == Claim::kFalse) {
    ruling->Forbid("EXPLANATION_MISMATCH", "explanation", "computed again it comes out otherwise");
  }
}

void EvolveEvaluated(const v1::ClauseEvaluated& event, const Fact& fact, StateEdit* edit) {
  edit->Set(&edit->FindOrAdd(&edit->state().evaluations, fact.known.position),
            EvaluationRecord{.known = fact.known,
                             .clause_id = event.clause_id(),
                             .clause_version = event.clause_version(),
                             .as_of = RealDay(event.as_of()),
                             .known_at = Position{event.known_at()},
                             .outcome = event.outcome(),
                             .explanation_digest = event.explanation_digest()});
}

// ---- RewardDecided, SanctionDecided ----

template <typename Event>
constexpr v1::ClauseKind kKindOf =
    std::is_same_v<Event, v1::SanctionDecided> ? v1::CLAUSE_KIND_SANCTION : v1::CLAUSE_KIND_REWARD;

template <typename Event>
void CheckDecided(const Event& event, ShapeCheck* check) {
  check->Id(event.clause_id(), "clause_id");
  if (event.has_evaluation()) check->Ref(event.evaluation(), "evaluation");
  check->Choice(event.choice(), "choice");
  check->Amount(event.amount(), "amount");
  if (event.has_fraction() && !IsShare(event.fraction())) {
    check->Refuse("FRACTION_INVALID", "fraction", "a fraction from 0 to 1 in lowest terms");
  }
  check->Refs(event.assents(), "assents");
  check->PrincipalRef(event.proposer(), "proposer");
  check->PrincipalRef(event.decider(), "decider");
}

// Two people stand behind a decision, and no account of a machine.
template <typename Event>
void CheckPeople(const Event& event, Ruling* ruling) {
  const v1::Role role = event.common().role();
  if (role == v1::ROLE_SYS || role == v1::ROLE_ADM || ruling->principal() == kDaemonPrincipal ||
      event.proposer() == kDaemonPrincipal || event.decider() == kDaemonPrincipal) {
    ruling->Deny("SERVICE_ACCOUNT", "decider", "the software computes; people decide");
  }
  if (event.proposer() == event.decider()) {
    ruling->Deny("SINGLE_DECIDER", "decider", "whoever proposed it does not decide it alone");
  } else if (event.proposer() == ruling->principal()) {
    ruling->Deny("SINGLE_DECIDER", "proposer", "whoever proposed it does not record the decision");
  }
}

// An act under a delegation is worth no more than that allows; a share of the whole that is not
// said in money cannot be told to be.
template <typename Event>
void CheckLimit(const Event& event, Ruling* ruling) {
  const auto place = ruling->state().delegations.find(event.common().delegation_id());
  if (place == ruling->state().delegations.end() || !place->second.limit_pence) return;
  const int64_t limit = *place->second.limit_pence;
  if (event.has_amount() ? event.amount().pence() <= limit : !event.has_fraction()) return;
  ruling->Deny(
      "DELEGATION_LIMIT", "amount",
      absl::StrCat("the delegation allows ", limit, " pence, and the amount is ",
                   event.has_amount() ? absl::StrCat(event.amount().pence()) : "not said"));
}

// The provider has been able to answer each determination that the evaluation read.
void CheckRepresentations(const EvaluationRecord& evaluation, Ruling* ruling) {
  const int days = ruling->PolicyNumber(v1::POLICY_KEY_REPRESENTATION_DAYS);
  std::optional<absl::CivilDay> closes;
  for (const std::string& focus : FocusesReadBy(ruling->state(), evaluation)) {
    const FocusHistory* history = FindHistory(ruling->state(), focus);
    if (history == nullptr) continue;
    for (const Determination& one : history->determinations) {
      if (one.known.position > evaluation.known_at) break;
      if (one.provisional || one.effective_on > evaluation.as_of) continue;
      if (FindSupersession(*history, one.known.position) != nullptr) continue;
      closes = std::max(closes, std::optional(one.known.recorded_on + days));
    }
  }
  if (!closes || ruling->today() > *closes) return;
  ruling->Forbid("REPRESENTATIONS_OPEN", "choice",
                 absl::StrCat("the provider can make representations until ", FormatDay(*closes)));
}

template <typename Event>
void DecideDecided(const Event& event, Ruling* ruling) {
  const ContractState& state = ruling->state();
  const bool sanctions =
      kKindOf<Event> == v1::CLAUSE_KIND_SANCTION && event.choice() == v1::DECISION_CHOICE_APPLY;
  CheckPeople(event, ruling);
  CheckLimit(event, ruling);
  RequireClauseOf(event.clause_id(), kKindOf<Event>, ruling);
  const EvaluationRecord* evaluation = RequireEvaluation(event, ruling);
  if (evaluation != nullptr && IsOvertaken(state, *evaluation, ruling->position())) {
    ruling->Forbid("EVALUATION_SUPERSEDED", "evaluation",
                   "what it read has changed since; evaluate the clause again");
  }
  const ImprovementNotice* cure =
      sanctions ? FindRunningCure(state, event.clause_id(), ruling->today()) : nullptr;
  if (cure != nullptr) {
    ruling->Forbid("CURE_RUNNING", "choice",
                   absl::StrCat("the time to cure notice '", cure->notice_id, "' runs until ",
                                FormatDay(cure->cure_to)));
  }
  const std::vector<Position> assents = ruling->ResolveAll(event.assents(), "assents");
  if (!AuthoritiesAssent(*ruling, ruling->digest(), assents)) {
    ruling->Forbid("ASSENT_MISSING", "assents",
                   "the authorities have to assent to this very event");
  }
  if (evaluation == nullptr) return;
  if (sanctions) CheckRepresentations(*evaluation, ruling);
  if (IsAgainstOutcome(state, *evaluation, event.choice())) ruling->Flag("AGAINST_OUTCOME");
}

template <typename Event>
void EvolveDecided(const Event& event, const Fact& fact, StateEdit* edit) {
  ClauseDecision decision{.known = fact.known,
                          .kind = kKindOf<Event>,
                          .clause_id = event.clause_id(),
                          .evaluation = fact.Resolve(event.evaluation()),
                          .choice = event.choice(),
                          .proposer = event.proposer(),
                          .decider = event.decider(),
                          .reason = event.common().reason()};
  if (event.has_amount()) decision.amount_pence = event.amount().pence();
  if (event.has_fraction()) decision.fraction = event.fraction();
  edit->Set(&edit->FindOrAdd(&edit->state().decisions, fact.known.position), decision);
}

constexpr EventRules kRows[] = {
    RulesFor<v1::ClauseEvaluated, CheckEvaluated, DecideEvaluated, EvolveEvaluated>(
        {.roles = kReaderRoles | Roles({v1::ROLE_SYS}),
         .needs_matrix_version = true,
         .after_close = true,
         .hashed_bytes = ExplanationOf}),
    RulesFor<v1::RewardDecided, CheckDecided, DecideDecided, EvolveDecided>(
        {.roles = Roles({v1::ROLE_DEC}),
         .authority_only = true,
         .needs_reason = true,
         .needs_governance = true,
         .power = v1::POWER_DECIDE_REWARD,
         .hashed_bytes = MessageWithoutAssents<v1::RewardDecided>}),
    RulesFor<v1::SanctionDecided, CheckDecided, DecideDecided, EvolveDecided>(
        {.roles = Roles({v1::ROLE_DEC}),
         .authority_only = true,
         .needs_reason = true,
         .needs_governance = true,
         .power = v1::POWER_DECIDE_SANCTION,
         .hashed_bytes = MessageWithoutAssents<v1::SanctionDecided>}),
};

}  // namespace

absl::Span<const EventRules> DecisionRules() { return kRows; }

}  // namespace waymark
