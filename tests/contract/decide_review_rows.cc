// What became of decisions: carried out, their basis changed, reviewed.

#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

constexpr v1::ClauseOutcome kYes = v1::CLAUSE_OUTCOME_SATISFIED;
constexpr v1::ClauseOutcome kNo = v1::CLAUSE_OUTCOME_NOT_SATISFIED;

// A reward of 1,000.00 on clause K1, as decided.
Position Rewarded(World& world, v1::DecisionChoice choice = v1::DECISION_CHOICE_APPLY) {
  world.Must(world.ClauseSet("K1"));
  const Position evaluation = world.Must(world.Evaluation("K1", kYes));
  auto event = world.Deciding<v1::RewardDecided>("K1", evaluation, choice);
  world.Agree(&event);
  return world.Must(event);
}

v1::DecisionCarriedOut Act(const World& world, v1::DecisionAct act, int64_t pence) {
  auto event = MakeEvent<v1::DecisionCarriedOut>("X", v1::ROLE_CM);
  event.set_act(act);
  *event.mutable_effective_on() = ToDate(world.today());
  event.mutable_amount()->set_pence(pence);
  event.set_reference("BACS 1");
  return event;
}
v1::DecisionCarriedOut ActOn(const World& world, Position decision, v1::DecisionAct act,
                             int64_t pence) {
  v1::DecisionCarriedOut event = Act(world, act, pence);
  *event.mutable_decision() = RefTo(decision);
  return event;
}

v1::DecisionBasisChanged BasisChange(Position decision, Position before, Position after,
                                     Position cause) {
  auto event = MakeEvent<v1::DecisionBasisChanged>("operator", v1::ROLE_SYS);
  *event.mutable_decision() = RefTo(decision);
  *event.mutable_old_evaluation() = RefTo(before);
  *event.mutable_new_evaluation() = RefTo(after);
  *event.mutable_cause() = RefTo(cause);
  event.set_change(v1::BASIS_CHANGE_OUTCOME);
  return event;
}

// A reward whose basis has changed since: not yet said, but for the new evaluation.
struct Changed {
  Position decision, before, cause, after;
  v1::DecisionBasisChanged event() const { return BasisChange(decision, before, after, cause); }
};
Changed Change(World& world, v1::ClauseOutcome outcome = kNo) {
  Changed changed;
  changed.decision = Rewarded(world);
  changed.before = world.state().decisions.at(changed.decision).evaluation;
  changed.cause = world.Must(world.Evidence("E1"));
  changed.after = world.Must(world.Evaluation("K1", outcome));
  return changed;
}

// The same of an offer to extend.
Changed ChangeOfOffer(World& world) {
  world.Must(world.ClauseSet("X1", v1::CLAUSE_KIND_EXTENSION));
  Changed changed;
  changed.before = world.Must(world.Evaluation("X1", kYes));
  const v1::ExtensionOffered offer = world.Offering("O1", "X1", changed.before);
  world.AssentTo(FakeHash(offer.SerializeAsString()), "X");
  changed.decision = world.Must(offer);
  changed.cause = world.Must(world.Evidence("E1"));
  changed.after = world.Must(world.Evaluation("X1", kNo));
  return changed;
}

absl::StatusOr<Decision> Reviewed(World& world, v1::DecisionReviewed event) {
  world.Agree(&event);
  return world.Append(event);
}

// A reward reviewed so; its position.
Position RewardReviewed(World& world, v1::ReviewOutcome outcome,
                        std::vector<v1::DecisionCarriedOut> before = {}) {
  const Changed changed = Change(world);
  for (v1::DecisionCarriedOut& act : before) {
    *act.mutable_decision() = RefTo(changed.decision);
    world.Must(act);
  }
  v1::DecisionReviewed review = world.Review(changed.decision, world.Must(changed.event()));
  review.set_outcome(outcome);
  world.Agree(&review);
  world.Must(review);
  return changed.decision;
}

// ---- Carried out ----

// Of a reward, the acts one after the other; the last is looked at.
Play Acts(std::vector<std::pair<v1::DecisionAct, int64_t>> acts,
          v1::DecisionChoice choice = v1::DECISION_CHOICE_APPLY) {
  return [=](World& world) {
    const Position decision = Rewarded(world, choice);
    for (size_t i = 0; i + 1 < acts.size(); ++i) {
      world.Must(ActOn(world, decision, acts[i].first, acts[i].second));
    }
    return world.Append(ActOn(world, decision, acts.back().first, acts.back().second));
  };
}
Play Spoilt(void (*spoil)(v1::DecisionCarriedOut*)) {
  return [spoil](World& world) {
    v1::DecisionCarriedOut event = ActOn(world, Rewarded(world), v1::DECISION_ACT_PAID, 1);
    spoil(&event);
    return world.Append(event);
  };
}
Play ActedAfterReview(v1::ReviewOutcome outcome, v1::DecisionAct act, int64_t pence) {
  return [=](World& world) {
    const Position decision =
        RewardReviewed(world, outcome, {Act(world, v1::DECISION_ACT_PAID, 60000)});
    return world.Append(ActOn(world, decision, act, pence));
  };
}

std::vector<DecideRow> CarriedOut() {
  using M = v1::DecisionCarriedOut;
  constexpr v1::DecisionAct kPaid = v1::DECISION_ACT_PAID;
  constexpr v1::DecisionAct kApplied = v1::DECISION_ACT_APPLIED;
  constexpr v1::DecisionAct kReversed = v1::DECISION_ACT_REVERSED;
  const std::vector<std::string> irregular = {"IRREGULAR"};
  return {
      Accepts<M>("paid in full", Acts({{kPaid, 100000}})),
      Accepts<M>("paid in parts", Acts({{kPaid, 40000}, {kPaid, 60000}})),
      Accepts<M>("applied, then paid", Acts({{kApplied, 100000}, {kPaid, 100000}})),
      Accepts<M>("above its amount", Acts({{kPaid, 100001}}), irregular),
      Accepts<M>("above its amount together", Acts({{kPaid, 40000}, {kPaid, 60001}}), irregular),
      Accepts<M>("of a decision that was deferred", Acts({{kPaid, 1}}, v1::DECISION_CHOICE_DEFER),
                 irregular),
      Accepts<M>(
          "of no decision", [](World& world) { return world.Append(Act(world, kPaid, 1)); },
          irregular),
      Accepts<M>(
          "of what is no decision",
          [](World& world) { return world.Append(ActOn(world, Position{3}, kPaid, 1)); },
          irregular),
      Accepts<M>("reversed without a review", Acts({{kPaid, 10}, {kReversed, 10}}), irregular),
      Accepts<M>("reversed though upheld",
                 ActedAfterReview(v1::REVIEW_OUTCOME_UPHELD, kReversed, 60000), irregular),
      Accepts<M>("reversed after a review",
                 ActedAfterReview(v1::REVIEW_OUTCOME_REVERSED, kReversed, 60000)),
      Accepts<M>("more reversed than was paid",
                 ActedAfterReview(v1::REVIEW_OUTCOME_REVERSED, kReversed, 60001), irregular),
      Accepts<M>("paid though reversed", ActedAfterReview(v1::REVIEW_OUTCOME_REVERSED, kPaid, 1),
                 irregular),
      Accepts<M>("paid on after it was upheld",
                 ActedAfterReview(v1::REVIEW_OUTCOME_UPHELD, kPaid, 40000)),
      Accepts<M>("paid again after part was reversed",
                 [](World& world) {
                   const Position decision = RewardReviewed(world, v1::REVIEW_OUTCOME_VARIED,
                                                            {Act(world, kPaid, 100000)});
                   world.Must(ActOn(world, decision, kReversed, 30000));
                   return world.Append(ActOn(world, decision, kPaid, 30000));
                 }),
      Accepts<M>("applied, without money", Spoilt([](M* event) {
                   event->set_act(v1::DECISION_ACT_APPLIED);
                   event->clear_amount();
                 })),
      Accepts<M>("once the record is closed",
                 [](World& world) {
                   const Position decision = Rewarded(world);
                   world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                   world.Must(world.Ending(v1::END_CAUSE_CLOSED));
                   return world.Append(ActOn(world, decision, kPaid, 1));
                 }),
      Refuses<M>("EFFECTIVE_IN_FUTURE", Spoilt([](M* event) {
                   event->mutable_effective_on()->set_year(event->effective_on().year() + 1);
                 })),
      Refuses<M>("FIELD_MISSING", Spoilt([](M* event) { event->clear_amount(); })),
      Refuses<M>("FIELD_MISSING", Spoilt([](M* event) { event->clear_reference(); }),
                 "no reference"),
      Refuses<M>("AMOUNT_NEGATIVE",
                 Spoilt([](M* event) { event->mutable_amount()->set_pence(-1); })),
      Refuses<M>("REF_UNKNOWN",
                 Spoilt([](M* event) { *event->mutable_decision() = RefTo(Position{900}); })),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Spoilt([](M* event) { event->mutable_common()->set_role(v1::ROLE_DEC); })),
  };
}

// ---- Basis changed ----

Play Said(void (*spoil)(v1::DecisionBasisChanged*), v1::ClauseOutcome outcome = kNo) {
  return [=](World& world) {
    v1::DecisionBasisChanged event = Change(world, outcome).event();
    spoil(&event);
    return world.Append(event);
  };
}

std::vector<DecideRow> BasisChanges() {
  using M = v1::DecisionBasisChanged;
  return {
      Accepts<M>("the outcome", Said([](M*) {})),
      Accepts<M>("facts alone",
                 Said([](M* event) { event->set_change(v1::BASIS_CHANGE_FACTS_ONLY); }, kYes)),
      Accepts<M>("with the new evaluation in one request",
                 [](World& world) {
                   const Position decision = Rewarded(world);
                   const Position cause = world.Must(world.Evidence("E1"));
                   auto evaluated = world.Evaluation("K1", kNo);
                   evaluated.mutable_common()->set_role(v1::ROLE_SYS);
                   M event = BasisChange(decision, world.state().decisions.at(decision).evaluation,
                                         Position{}, cause);
                   *event.mutable_new_evaluation() = RefToIndex(0);
                   return world.Append(evaluated, event);
                 }),
      Accepts<M>("a second time",
                 [](World& world) {
                   const Changed first = Change(world);
                   world.Must(first.event());
                   const Position cause = world.Must(world.Evidence("E2"));
                   const Position after = world.Must(world.Evaluation("K1", kYes));
                   return world.Append(BasisChange(first.decision, first.after, after, cause));
                 }),
      Accepts<M>("of an offer to extend",
                 [](World& world) { return world.Append(ChangeOfOffer(world).event()); }),
      Refuses<M>(
          "BASIS_UNCHANGED",
          [](World& world) {
            const Changed changed = ChangeOfOffer(world);
            world.Must(changed.event());
            return world.Append(changed.event());
          },
          "on record of an offer"),
      Accepts<M>("once the record is closed",
                 [](World& world) {
                   const Changed changed = Change(world);
                   world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                   world.Must(world.Ending(v1::END_CAUSE_CLOSED));
                   return world.Append(changed.event());
                 }),
      Refuses<M>(
          "BASIS_UNCHANGED",
          [](World& world) {
            const Changed changed = Change(world);
            world.Must(changed.event());
            return world.Append(changed.event());
          },
          "on record"),
      Refuses<M>("BASIS_UNCHANGED",
                 Said([](M* event) { *event->mutable_new_evaluation() = event->old_evaluation(); }),
                 "the same evaluation"),
      Refuses<M>("BASIS_UNCHANGED",
                 Said([](M* event) { *event->mutable_cause() = RefTo(Position{3}); }),
                 "a cause that was known"),
      Refuses<M>("BASIS_UNCHANGED",
                 Said([](M* event) { *event->mutable_cause() = event->new_evaluation(); }),
                 "a cause that the new one does not know"),
      Refuses<M>("BASIS_CHANGE_MISMATCH",
                 Said([](M* event) { event->set_change(v1::BASIS_CHANGE_FACTS_ONLY); })),
      Refuses<M>("BASIS_CHANGE_MISMATCH", Said([](M*) {}, kYes), "the outcome is the same"),
      Refuses<M>("REF_UNKNOWN",
                 Said([](M* event) { *event->mutable_decision() = event->old_evaluation(); }),
                 "no decision"),
      Refuses<M>("REF_UNKNOWN",
                 Said([](M* event) { *event->mutable_new_evaluation() = event->cause(); }),
                 "no evaluation"),
      Refuses<M>(
          "REF_UNKNOWN",
          [](World& world) {
            M event = Change(world).event();
            world.SetToday(world.today() + 1);
            *event.mutable_new_evaluation() = RefTo(world.Must(world.Evaluation("K1", kNo)));
            return world.Append(event);
          },
          "at another as_of"),
      Refuses<M>(
          "REF_UNKNOWN",
          [](World& world) {
            M event = Change(world).event();
            world.Must(world.ClauseSet("K2"));
            *event.mutable_new_evaluation() = RefTo(world.Must(world.Evaluation("K2", kNo)));
            return world.Append(event);
          },
          "of another clause"),
      Refuses<M>("ROLE_NOT_ALLOWED", Said([](M* event) {
                   event->mutable_common()->set_party_id("X");
                   event->mutable_common()->set_role(v1::ROLE_DEC);
                 })),
      Refuses<M>("FIELD_MISSING", Said([](M* event) { event->clear_cause(); })),
  };
}

// ---- Reviewed ----

Play Review(void (*spoil)(v1::DecisionReviewed*)) {
  return [spoil](World& world) {
    const Changed changed = Change(world);
    v1::DecisionReviewed event = world.Review(changed.decision, world.Must(changed.event()));
    spoil(&event);
    return Reviewed(world, event);
  };
}

std::vector<DecideRow> Reviews() {
  using M = v1::DecisionReviewed;
  return {
      Accepts<M>("upheld", Review([](M*) {})),
      Accepts<M>("reversed",
                 Review([](M* event) { event->set_outcome(v1::REVIEW_OUTCOME_REVERSED); })),
      Accepts<M>("each of two changes",
                 [](World& world) {
                   const Changed first = Change(world);
                   v1::DecisionReviewed review =
                       world.Review(first.decision, world.Must(first.event()));
                   world.Agree(&review);
                   world.Must(review);
                   const Position cause = world.Must(world.Evidence("E2"));
                   const Position after = world.Must(world.Evaluation("K1", kYes));
                   const Position second =
                       world.Must(BasisChange(first.decision, first.after, after, cause));
                   return Reviewed(world, world.Review(first.decision, second));
                 }),
      Accepts<M>("of an offer to extend",
                 [](World& world) {
                   const Changed changed = ChangeOfOffer(world);
                   return Reviewed(world,
                                   world.Review(changed.decision, world.Must(changed.event())));
                 }),
      Refuses<M>(
          "ALREADY_REVIEWED",
          [](World& world) {
            const Changed changed = ChangeOfOffer(world);
            const v1::DecisionReviewed event =
                world.Review(changed.decision, world.Must(changed.event()));
            Reviewed(world, event).value();
            return Reviewed(world, event);
          },
          "of an offer"),
      Refuses<M>("ALREADY_REVIEWED",
                 [](World& world) {
                   const Changed changed = Change(world);
                   v1::DecisionReviewed event =
                       world.Review(changed.decision, world.Must(changed.event()));
                   world.Agree(&event);
                   world.Must(event);
                   event.set_outcome(v1::REVIEW_OUTCOME_REVERSED);
                   return Reviewed(world, event);
                 }),
      Refuses<M>("NO_BASIS_CHANGE", Review([](M* event) { event->clear_basis_change(); })),
      Refuses<M>("NO_BASIS_CHANGE",
                 Review([](M* event) { *event->mutable_basis_change() = event->decision(); }),
                 "another event"),
      Refuses<M>("REF_UNKNOWN",
                 Review([](M* event) { *event->mutable_decision() = event->basis_change(); })),
      Refuses<M>("ASSENT_MISSING",
                 [](World& world) {
                   const Changed changed = Change(world);
                   return world.Append(world.Review(changed.decision, world.Must(changed.event())));
                 }),
      Refuses<M>("NOT_AUTHORITY", Review([](M* event) {
                   event->mutable_common()->set_party_id("P");
                   event->mutable_common()->set_role(v1::ROLE_PRD);
                 })),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Review([](M* event) { event->mutable_common()->set_role(v1::ROLE_CM); })),
      Refuses<M>("REASON_MISSING",
                 Review([](M* event) { event->mutable_common()->clear_reason(); })),
      Refuses<M>("FIELD_MISSING",
                 Review([](M* event) { event->mutable_common()->clear_governance(); })),
      Refuses<M>(
          "NO_BASIS_CHANGE",
          [](World& world) {
            const Changed changed = Change(world);
            auto again =
                world.Deciding<v1::RewardDecided>("K1", changed.after, v1::DECISION_CHOICE_APPLY);
            world.Agree(&again);
            v1::DecisionReviewed review = world.Review(changed.decision, Position{});
            *review.mutable_basis_change() = RefToIndex(3);
            world.Agree(&review);
            v1::DecisionReviewed wrong = world.Review(changed.decision, changed.cause);
            world.Agree(&wrong);
            return world.AppendAs("X-9", again, world.Evaluation("K1", kNo),
                                  ActOn(world, changed.decision, v1::DECISION_ACT_PAID, 1),
                                  changed.event(), review, wrong);
          },
          "and all before it taken back"),
  };
}

}  // namespace

std::vector<DecideRow> ReviewTable() {
  std::vector<DecideRow> rows = CarriedOut();
  for (auto table : {BasisChanges(), Reviews()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
