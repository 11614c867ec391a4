// What became of rewards, sanctions and offers to extend: how they were carried out, and how a
// person reviewed them once their basis changed. Nothing here takes a decision away but a review.

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/contract/assents.h"
#include "ledger/contract/clause_basis.h"
#include "ledger/contract/decision_flags.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// The decision or offer that a reference names; REF_UNKNOWN and none if there is none.
std::optional<BasedAct> ResolveAct(const v1::EventRef& ref, Ruling* ruling) {
  const auto place = ruling->Resolve(ref, "decision");
  if (!place) return std::nullopt;
  std::optional<BasedAct> act = FindBasedAct(ruling->state(), *place);
  if (!act) {
    ruling->NotFound(
        "REF_UNKNOWN", "decision",
        absl::StrCat("position ", place->value, " holds no reward, sanction or offer to extend"));
  }
  return act;
}

// Where the decision that a reference names keeps what became of it; null if it was erased.
ClauseDecision* PlaceOf(const v1::EventRef& ref, const Fact& fact, StateEdit* edit) {
  const auto place = edit->state().decisions.find(fact.Resolve(ref));
  return place == edit->state().decisions.end() ? nullptr : &place->second;
}

// Adds to what became of the decision or offer that a reference names, unless that was erased.
template <typename Item>
void AddToAct(const v1::EventRef& ref, std::vector<Item> ClauseDecision::*of_decision,
              std::vector<Item> ExtensionOffer::*of_offer, Item item, const Fact& fact,
              StateEdit* edit) {
  if (ClauseDecision* const decision = PlaceOf(ref, fact, edit)) {
    return edit->Append(&(decision->*of_decision), std::move(item));
  }
  for (auto& [id, offer] : edit->state().offers) {
    if (offer.known.position != fact.Resolve(ref)) continue;
    return edit->Append(&(offer.*of_offer), std::move(item));
  }
}

// ---- DecisionCarriedOut ----

void CheckCarriedOut(const v1::DecisionCarriedOut& event, ShapeCheck* check) {
  if (event.has_decision()) check->Ref(event.decision(), "decision");
  check->Choice(event.act(), "act");
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
  if (event.act() == v1::DECISION_ACT_PAID && !event.has_amount()) {
    check->Refuse("FIELD_MISSING", "amount", "not given");
  }
  check->Amount(event.amount(), "amount");
  check->Text(event.reference(), "reference");
}

ClauseDecision::CarriedOut ActOf(const v1::DecisionCarriedOut& event, const Known& known) {
  ClauseDecision::CarriedOut act{.known = known,
                                 .act = event.act(),
                                 .effective_on = RealDay(event.effective_on()),
                                 .reference = event.reference()};
  if (event.has_amount()) act.amount_pence = event.amount().pence();
  return act;
}

void DecideCarriedOut(const v1::DecisionCarriedOut& event, Ruling* ruling) {
  ruling->CheckNotInFuture(RealDay(event.effective_on()), "effective_on");
  const ClauseDecision* decision = nullptr;
  if (event.has_decision()) {
    const auto place = ruling->Resolve(event.decision(), "decision");
    if (place) decision = FindDecision(ruling->state(), *place);
  }
  // It happened, whatever the record says of it.
  const Known now{ruling->position(), ruling->today()};
  if (decision == nullptr || IsBeyondDecision(*decision, ActOf(event, now))) {
    ruling->Flag("IRREGULAR");
  }
}

void EvolveCarriedOut(const v1::DecisionCarriedOut& event, const Fact& fact, StateEdit* edit) {
  ClauseDecision* decision = event.has_decision() ? PlaceOf(event.decision(), fact, edit) : nullptr;
  if (decision == nullptr) return;
  edit->Append(&decision->carried_out, ActOf(event, fact.known));
}

// ---- DecisionBasisChanged ----

void CheckBasis(const v1::DecisionBasisChanged& event, ShapeCheck* check) {
  check->Ref(event.decision(), "decision");
  check->Ref(event.old_evaluation(), "old_evaluation");
  check->Ref(event.new_evaluation(), "new_evaluation");
  check->Ref(event.cause(), "cause");
  check->Choice(event.change(), "change");
}

// An evaluation of the act's clause, at the as_of of the one that it cites.
const EvaluationRecord* ResolveEvaluation(const v1::EventRef& ref, const BasedAct& act,
                                          absl::string_view field, Ruling* ruling) {
  const auto place = ruling->ResolveTo(v1::ClauseEvaluated::descriptor(), ref, field);
  if (!place) return nullptr;
  const EvaluationRecord* cited = FindEvaluation(ruling->state(), act.evaluation);
  const EvaluationRecord* named = FindEvaluation(ruling->state(), *place);
  if (cited != nullptr && named != nullptr && named->clause_id == cited->clause_id &&
      named->as_of == cited->as_of) {
    return named;
  }
  ruling->NotFound("REF_UNKNOWN", field, "no evaluation of the same clause at the same as_of");
  return nullptr;
}

bool IsOnRecord(const BasedAct& act, Position before, Position after) {
  return std::any_of(act.basis_changes->begin(), act.basis_changes->end(),
                     [&](const ClauseDecision::BasisChanged& one) {
                       return one.old_evaluation == before && one.new_evaluation == after;
                     });
}

void DecideBasis(const v1::DecisionBasisChanged& event, Ruling* ruling) {
  const std::optional<BasedAct> act = ResolveAct(event.decision(), ruling);
  const auto cause = ruling->Resolve(event.cause(), "cause");
  if (!act) return;
  const EvaluationRecord* before =
      ResolveEvaluation(event.old_evaluation(), *act, "old_evaluation", ruling);
  const EvaluationRecord* after =
      ResolveEvaluation(event.new_evaluation(), *act, "new_evaluation", ruling);
  if (before == nullptr || after == nullptr || !cause) return;
  const bool same_outcome = before->outcome == after->outcome;
  if ((same_outcome && before->explanation_digest == after->explanation_digest) ||
      IsOnRecord(*act, before->known.position, after->known.position)) {
    ruling->Forbid("BASIS_UNCHANGED", "new_evaluation",
                   "it says the same, or this change is on record");
  } else if (*cause <= before->known_at || *cause > after->known_at) {
    ruling->Forbid("BASIS_UNCHANGED", "cause", "it does not lie between the two evaluations");
  } else if (same_outcome != (event.change() == v1::BASIS_CHANGE_FACTS_ONLY)) {
    ruling->Forbid("BASIS_CHANGE_MISMATCH", "change",
                   same_outcome ? "the outcome is the same" : "the outcome is another");
  }
}

void EvolveBasis(const v1::DecisionBasisChanged& event, const Fact& fact, StateEdit* edit) {
  AddToAct(event.decision(), &ClauseDecision::basis_changes, &ExtensionOffer::basis_changes,
           ClauseDecision::BasisChanged{fact.known, fact.Resolve(event.old_evaluation()),
                                        fact.Resolve(event.new_evaluation()),
                                        fact.Resolve(event.cause()), event.change()},
           fact, edit);
}

// ---- DecisionReviewed ----

void CheckReview(const v1::DecisionReviewed& event, ShapeCheck* check) {
  check->Ref(event.decision(), "decision");
  if (event.has_basis_change()) check->Ref(event.basis_change(), "basis_change");
  check->Choice(event.outcome(), "outcome");
  check->Refs(event.assents(), "assents");
}

// The change of the decision's basis that the review is about.
bool HasBasisChange(const v1::DecisionReviewed& event, const BasedAct& act, Ruling* ruling) {
  if (!event.has_basis_change()) return false;
  const auto place = ruling->Resolve(event.basis_change(), "basis_change");
  return place && std::any_of(act.basis_changes->begin(), act.basis_changes->end(),
                              [&](const auto& one) { return one.known.position == *place; });
}

void DecideReview(const v1::DecisionReviewed& event, Ruling* ruling) {
  const std::optional<BasedAct> act = ResolveAct(event.decision(), ruling);
  const std::vector<Position> assents = ruling->ResolveAll(event.assents(), "assents");
  if (act) {
    if (!HasBasisChange(event, *act, ruling)) {
      ruling->Forbid("NO_BASIS_CHANGE", "basis_change",
                     "cite the DecisionBasisChanged of this decision");
    } else if (std::any_of(act->reviews->begin(), act->reviews->end(),
                           [&](const ClauseDecision::Review& review) {
                             return review.basis_change == ruling->PlaceOf(event.basis_change());
                           })) {
      ruling->Forbid("ALREADY_REVIEWED", "basis_change", "a review of this change is on record");
    }
  }
  if (!AuthoritiesAssent(*ruling, ruling->digest(), assents)) {
    ruling->Forbid("ASSENT_MISSING", "assents",
                   "the authorities have to assent to this very event");
  }
}

void EvolveReview(const v1::DecisionReviewed& event, const Fact& fact, StateEdit* edit) {
  AddToAct(event.decision(), &ClauseDecision::reviews, &ExtensionOffer::reviews,
           ClauseDecision::Review{fact.known, fact.Resolve(event.basis_change()), event.outcome()},
           fact, edit);
}

constexpr EventRules kRows[] = {
    RulesFor<v1::DecisionCarriedOut, CheckCarriedOut, DecideCarriedOut, EvolveCarriedOut>(
        {.roles = Roles({v1::ROLE_CM}), .after_close = true}),
    RulesFor<v1::DecisionBasisChanged, CheckBasis, DecideBasis, EvolveBasis>(
        {.roles = Roles({v1::ROLE_SYS}), .after_close = true}),
    RulesFor<v1::DecisionReviewed, CheckReview, DecideReview, EvolveReview>(
        {.roles = Roles({v1::ROLE_DEC}),
         .authority_only = true,
         .needs_reason = true,
         .needs_governance = true,
         .after_close = true,
         .hashed_bytes = MessageWithoutAssents<v1::DecisionReviewed>}),
};

}  // namespace

absl::Span<const EventRules> ReviewRules() { return kRows; }

}  // namespace waymark
