// Evaluations, and the rewards and sanctions decided on them.

#include "ledger/base/limits.h"
#include "ledger/contract/parties.h"
#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

constexpr v1::ClauseOutcome kYes = v1::CLAUSE_OUTCOME_SATISFIED;
constexpr v1::ClauseOutcome kNo = v1::CLAUSE_OUTCOME_NOT_SATISFIED;
constexpr v1::DecisionChoice kApply = v1::DECISION_CHOICE_APPLY;
constexpr v1::DecisionChoice kWaive = v1::DECISION_CHOICE_WAIVE;

// ---- Evaluations ----

// Of clause K1, spoilt by `spoil`.
Play Evaluated(void (*spoil)(v1::ClauseEvaluated*)) {
  return [spoil](World& world) {
    world.Must(world.ClauseSet("K1"));
    v1::ClauseEvaluated event = world.Evaluation("K1", kYes);
    spoil(&event);
    return world.Append(event);
  };
}

Play EvaluatedBy(const char* party, v1::Role role) {
  return [=](World& world) {
    world.Must(world.ClauseSet("K1"));
    v1::ClauseEvaluated event = world.Evaluation("K1", kYes);
    event.mutable_common()->set_party_id(party);
    event.mutable_common()->set_role(role);
    return world.Append(event);
  };
}

Play Claimed(Claim claim) {
  return [claim](World& world) {
    world.Must(world.ClauseSet("K1"));
    world.set_claim(claim);
    return world.Append(world.Evaluation("K1", kYes));
  };
}

std::vector<DecideRow> Evaluations() {
  using M = v1::ClauseEvaluated;
  return {
      Accepts<M>("by the contract manager", Evaluated([](M*) {})),
      Accepts<M>("by the provider", EvaluatedBy("P", v1::ROLE_PRL)),
      Accepts<M>("by an auditor", EvaluatedBy("AUDIT", v1::ROLE_AUD)),
      Accepts<M>("by the daemon", EvaluatedBy("operator", v1::ROLE_SYS)),
      Accepts<M>("recomputed to the same bytes", Claimed(Claim::kTrue)),
      Accepts<M>("once the record is closed",
                 [](World& world) {
                   world.Must(world.ClauseSet("K1"));
                   world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                   world.Must(world.Ending(v1::END_CAUSE_CLOSED));
                   return world.Append(world.Evaluation("K1", kYes));
                 }),
      Refuses<M>("KNOWN_AT_BEYOND_HEAD",
                 Evaluated([](M* event) { event->set_known_at(event->known_at() + 1); })),
      Refuses<M>(
          "KNOWN_AT_BEYOND_HEAD",
          [](World& world) {
            world.Must(world.ClauseSet("K1"));
            v1::ClauseEvaluated event = world.Evaluation("K1", kYes);
            event.set_known_at(event.known_at() + 1);
            return world.Append(world.Evidence("E1"), event);
          },
          "an event of its own request"),
      Refuses<M>("AS_OF_IN_FUTURE", Evaluated([](M* event) {
                   event->mutable_as_of()->set_year(event->as_of().year() + 1);
                 })),
      Refuses<M>("ENGINE_UNKNOWN", Evaluated([](M* event) { event->set_engine("other/1"); })),
      Refuses<M>("EXPLANATION_MISMATCH", Claimed(Claim::kFalse), "recomputed to other bytes"),
      Refuses<M>("EXPLANATION_MISMATCH", Evaluated([](M* event) { event->set_explanation("{}"); }),
                 "a digest of something else"),
      Refuses<M>("REF_UNKNOWN", Evaluated([](M* event) { event->set_clause_id("K9"); }),
                 "no such clause"),
      Refuses<M>("REF_UNKNOWN", Evaluated([](M* event) { event->set_clause_version(2); }),
                 "no such version"),
      Refuses<M>("REF_UNKNOWN", Evaluated([](M* event) { event->set_known_at(4); }),
                 "not yet on record at known_at"),
      Refuses<M>("FIELD_MISSING", Evaluated([](M* event) { event->clear_explanation(); })),
      Refuses<M>("FIELD_MISSING", Evaluated([](M* event) { event->clear_clause_version(); }),
                 "no version"),
      Refuses<M>("FIELD_MISSING",
                 Evaluated([](M* event) { event->mutable_common()->clear_matrix_version(); }),
                 "no matrix version"),
      Refuses<M>("ROLE_NOT_ALLOWED", EvaluatedBy("X", v1::ROLE_ADM)),
  };
}

// ---- Rewards and sanctions ----

template <typename M>
constexpr v1::ClauseKind kKind = v1::CLAUSE_KIND_REWARD;
template <>
constexpr v1::ClauseKind kKind<v1::SanctionDecided> = v1::CLAUSE_KIND_SANCTION;

// Both parties assent to the event as it stands, and it is recorded.
template <typename M>
absl::StatusOr<Decision> Agreed(World& world, M event) {
  world.Agree(&event);
  return world.Append(event);
}

// On clause K1, evaluated just now; spoilt by `spoil` before anybody assents.
template <typename M>
Play Decided(void (*spoil)(M*), v1::DecisionChoice choice = kApply,
             v1::ClauseOutcome outcome = kYes) {
  return [=](World& world) {
    world.Must(world.ClauseSet("K1", kKind<M>));
    M event = world.Deciding<M>("K1", world.Must(world.Evaluation("K1", outcome)), choice);
    spoil(&event);
    return Agreed(world, event);
  };
}

// After something that follows the evaluation.
template <typename M>
Play DecidedAfter(
    void (*happens)(World&), void (*change)(v1::Clause*) = [](v1::Clause*) {}) {
  return [=](World& world) {
    v1::ClauseSetRecorded set = world.ClauseSet("K1", kKind<M>);
    change(set.mutable_clauses(0));
    world.Agree(&set);
    world.Must(set);
    const Position evaluation = world.Must(world.Evaluation("K1", kYes));
    happens(world);
    return Agreed(world, world.Deciding<M>("K1", evaluation, kApply));
  };
}

template <typename M>
Play DecidedAs(const char* principal) {
  return [=](World& world) {
    world.Must(world.ClauseSet("K1", kKind<M>));
    M event = world.Deciding<M>("K1", world.Must(world.Evaluation("K1", kYes)), kApply);
    world.Agree(&event);
    return world.AppendAs(principal, event);
  };
}

// Under a delegation to X-2 that allows `limit` pence.
template <typename M>
Play Delegated(int64_t limit, void (*spoil)(M*)) {
  return [=](World& world) {
    world.Must(world.ClauseSet("K1", kKind<M>));
    v1::DelegationChanged delegation =
        world.Delegation("DG1", "X-2", {v1::POWER_DECIDE_REWARD, v1::POWER_DECIDE_SANCTION});
    delegation.mutable_limit()->set_pence(limit);
    world.Must(delegation);
    M event = world.Deciding<M>("K1", world.Must(world.Evaluation("K1", kYes)), kApply);
    event.mutable_common()->set_delegation_id("DG1");
    spoil(&event);
    world.Agree(&event);
    return world.AppendAs("X-2", event);
  };
}

// With a second authority Y, and the assents of `parties` alone.
template <typename M>
Play Jointly(const char* policy, std::vector<std::string> parties) {
  return [=](World& world) {
    world.Must(world.ClauseSet("K1", kKind<M>));
    world.Must(world.PartyChange("Y", v1::PARTY_CHANGE_ADDED));
    world.Must(world.Policy(v1::POLICY_KEY_JOINT_DECISIONS, policy));
    M event = world.Deciding<M>("K1", world.Must(world.Evaluation("K1", kYes)), kApply);
    const Digest subject = FakeHash(event.SerializeAsString());
    for (const std::string& party : parties) {
      *event.add_assents() = RefTo(world.AssentTo(subject, party));
    }
    return world.Append(event);
  };
}

void EachOfAll(v1::Clause* clause) {
  v1::EachRule* each = clause->mutable_rule()->mutable_each();
  each->mutable_focuses()->set_word("ALL");
  each->mutable_rule()->mutable_level_at_least()->set_level(3);
}
void CategoryMean(v1::Clause* clause) {
  v1::CategoryMeanRule* mean = clause->mutable_rule()->mutable_category_mean();
  mean->set_category("PI");
  mean->mutable_at_least()->set_num(3);
  mean->mutable_at_least()->set_den(1);
}
void WeightedMean(v1::Clause* clause) {
  v1::WeightedMeanRule* mean = clause->mutable_rule()->mutable_weighted_mean();
  mean->mutable_at_least()->set_num(3);
  mean->mutable_at_least()->set_den(1);
  v1::FocusWeight* weight = mean->add_weights();
  weight->set_focus("PI-IV");
  weight->set_weight(100);
}

void RecordOfOther(World& world) { world.Must(world.Evidence("E1", "PI-IV")); }

template <typename M>
std::vector<DecideRow> OnEvaluations() {
  return {
      Accepts<M>("with events of other focuses since", DecidedAfter<M>(RecordOfOther)),
      Accepts<M>("with a policy since that no evaluation reads", DecidedAfter<M>([](World& world) {
                   world.Must(world.Policy(v1::POLICY_KEY_CADENCE_MONTHS, "6"));
                 })),
      Accepts<M>("with a policy since that takes effect later", DecidedAfter<M>([](World& world) {
                   auto event = world.Policy(v1::POLICY_KEY_GRACE_DAYS, "7");
                   *event.mutable_effective_on() = ToDate(world.today() + 1);
                   world.Must(event);
                 })),
      Accepts<M>("with the same outcome known since",
                 DecidedAfter<M>([](World& world) { world.Must(world.Evaluation("K1", kYes)); })),
      Refuses<M>("EVALUATION_MISSING", Decided<M>([](M* event) { event->clear_evaluation(); })),
      Refuses<M>("EVALUATION_MISSING",
                 Decided<M>([](M* event) { *event->mutable_evaluation() = RefTo(Position{3}); }),
                 "another event"),
      Refuses<M>(
          "EVALUATION_MISSING",
          [](World& world) {
            world.Must(world.ClauseSet("K1", kKind<M>));
            world.Must(world.ClauseSet("K2", kKind<M>));
            const Position evaluation = world.Must(world.Evaluation("K2", kYes));
            return Agreed(world, world.Deciding<M>("K1", evaluation, kApply));
          },
          "of another clause"),
      Refuses<M>("EVALUATION_SUPERSEDED",
                 DecidedAfter<M>([](World& world) { world.Must(world.Evidence("E1")); }),
                 "evidence of its focus"),
      Refuses<M>("EVALUATION_SUPERSEDED", DecidedAfter<M>(RecordOfOther, EachOfAll),
                 "a focus of its set"),
      Refuses<M>("EVALUATION_SUPERSEDED", DecidedAfter<M>(RecordOfOther, CategoryMean),
                 "a focus of its category"),
      Refuses<M>("EVALUATION_SUPERSEDED", DecidedAfter<M>(RecordOfOther, WeightedMean),
                 "a focus of its weights"),
      Refuses<M>("EVALUATION_SUPERSEDED", DecidedAfter<M>([](World& world) {
                   world.Must(world.Policy(v1::POLICY_KEY_GRACE_DAYS, "7"));
                 }),
                 "a policy"),
      Refuses<M>("EVALUATION_SUPERSEDED", DecidedAfter<M>([](World& world) {
                   auto event = world.Variation("K1");
                   event.mutable_clause()->set_kind(kKind<M>);
                   world.Agree(&event);
                   world.Must(event);
                 }),
                 "the clause was varied"),
      Refuses<M>("EVALUATION_SUPERSEDED", DecidedAfter<M>([](World& world) {
                   auto event = world.Ending(v1::END_CAUSE_TERMINATED);
                   *event.mutable_effective_on() = ToDate(world.today() - 1);
                   world.Must(event);
                 }),
                 "the contract ended before"),
      Refuses<M>("EVALUATION_SUPERSEDED",
                 DecidedAfter<M>([](World& world) { world.Must(world.Evaluation("K1", kNo)); }),
                 "it came out otherwise since"),
  };
}

template <typename M>
std::vector<DecideRow> ByPeople() {
  return {
      Refuses<M>("NOT_AUTHORITY", Decided<M>([](M* event) {
                   event->mutable_common()->set_party_id("P");
                   event->mutable_common()->set_role(v1::ROLE_PRD);
                 })),
      Refuses<M>("NOT_AUTHORITY",
                 Decided<M>([](M* event) { event->mutable_common()->set_party_id("Z"); }),
                 "a stranger"),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Decided<M>([](M* event) { event->mutable_common()->set_role(v1::ROLE_SYS); }),
                 "the daemon"),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Decided<M>([](M* event) { event->mutable_common()->set_role(v1::ROLE_CM); }),
                 "the contract manager"),
      Refuses<M>("SERVICE_ACCOUNT", DecidedAs<M>(kDaemonPrincipal.data())),
      Refuses<M>("SERVICE_ACCOUNT", Decided<M>([](M* event) { event->set_decider("waymarkd"); }),
                 "named to decide"),
      Refuses<M>("SERVICE_ACCOUNT", Decided<M>([](M* event) { event->set_proposer("waymarkd"); }),
                 "named to propose"),
      Refuses<M>("SINGLE_DECIDER",
                 Decided<M>([](M* event) { event->set_decider(event->proposer()); })),
      Refuses<M>("SINGLE_DECIDER", DecidedAs<M>("X-1"), "the proposer records it"),
      Accepts<M>("within a delegation's limit", Delegated<M>(100000, [](M*) {})),
      Accepts<M>("under a limit, about something else than money",
                 Delegated<M>(1, [](M* event) { event->clear_amount(); })),
      Refuses<M>("DELEGATION_LIMIT", Delegated<M>(99999, [](M*) {})),
      Refuses<M>("DELEGATION_LIMIT",
                 Delegated<M>(100000,
                              [](M* event) {
                                event->clear_amount();
                                event->mutable_fraction()->set_num(1);
                                event->mutable_fraction()->set_den(2);
                              }),
                 "a share that is not said in money"),
      Accepts<M>("each authority assents", Jointly<M>("EACH_ASSENTS", {"X", "Y"})),
      Accepts<M>("the lead authority assents", Jointly<M>("LEAD_AUTHORITY", {"X"})),
      Refuses<M>("ASSENT_MISSING", Jointly<M>("EACH_ASSENTS", {"X", "P"})),
      Refuses<M>("ASSENT_MISSING", Jointly<M>("SEPARATE", {"Y"}), "not the one that acts"),
  };
}

template <typename M>
std::vector<DecideRow> OfEitherKind() {
  return {
      Accepts<M>("applied as it came out", Decided<M>([](M*) {})),
      Accepts<M>("deferred", Decided<M>([](M*) {}, v1::DECISION_CHOICE_DEFER)),
      Accepts<M>("waived where nothing is due", Decided<M>([](M*) {}, kWaive, kNo)),
      Accepts<M>("applied against the outcome", Decided<M>([](M*) {}, kApply, kNo),
                 {"AGAINST_OUTCOME"}),
      Accepts<M>("applied while it is open",
                 Decided<M>([](M*) {}, kApply, v1::CLAUSE_OUTCOME_INDETERMINATE),
                 {"AGAINST_OUTCOME"}),
      Accepts<M>("waived though it is due", Decided<M>([](M*) {}, kWaive), {"AGAINST_OUTCOME"}),
      Accepts<M>("waived where it only makes eligible",
                 [](World& world) {
                   v1::ClauseSetRecorded set = world.ClauseSet("K1", kKind<M>);
                   set.mutable_clauses(0)->set_effect(v1::CLAUSE_EFFECT_MAKES_ELIGIBLE);
                   world.Agree(&set);
                   world.Must(set);
                   const Position evaluation = world.Must(world.Evaluation("K1", kYes));
                   return Agreed(world, world.Deciding<M>("K1", evaluation, kWaive));
                 }),
      Accepts<M>("of a share", Decided<M>([](M* event) {
                   event->mutable_fraction()->set_num(1);
                   event->mutable_fraction()->set_den(1);
                 })),
      Refuses<M>("FRACTION_INVALID", Decided<M>([](M* event) {
                   event->mutable_fraction()->set_num(3);
                   event->mutable_fraction()->set_den(2);
                 })),
      Refuses<M>("FRACTION_INVALID", Decided<M>([](M* event) {
                   event->mutable_fraction()->set_num(2);
                   event->mutable_fraction()->set_den(4);
                 }),
                 "not in lowest terms"),
      Refuses<M>("FRACTION_INVALID", Decided<M>([](M* event) {
                   event->mutable_fraction()->set_num(-1);
                   event->mutable_fraction()->set_den(2);
                 }),
                 "negative"),
      Refuses<M>("FRACTION_INVALID", Decided<M>([](M* event) { event->mutable_fraction(); }),
                 "of nothing"),
      Refuses<M>("AMOUNT_NEGATIVE",
                 Decided<M>([](M* event) { event->mutable_amount()->set_pence(-1); })),
      Accepts<M>("of the largest amount",
                 Decided<M>([](M* event) { event->mutable_amount()->set_pence(kClausePenceMax); })),
      Refuses<M>("AMOUNT_TOO_LARGE", Decided<M>([](M* event) {
                   event->mutable_amount()->set_pence(kClausePenceMax + 1);
                 })),
      Refuses<M>("REASON_MISSING",
                 Decided<M>([](M* event) { event->mutable_common()->clear_reason(); })),
      Refuses<M>("FIELD_MISSING",
                 Decided<M>([](M* event) { event->mutable_common()->clear_governance(); })),
      Refuses<M>("FIELD_MISSING", Decided<M>([](M* event) { event->clear_proposer(); }),
                 "no proposer"),
      Refuses<M>("REF_UNKNOWN", Decided<M>([](M* event) { event->set_clause_id("K9"); })),
      Refuses<M>("CLAUSE_KIND_MISMATCH",
                 [](World& world) {
                   world.Must(world.ClauseSet("K1", v1::CLAUSE_KIND_INFORMATION));
                   const Position evaluation = world.Must(world.Evaluation("K1", kYes));
                   return Agreed(world, world.Deciding<M>("K1", evaluation, kApply));
                 }),
      Refuses<M>("CONTRACT_CLOSED",
                 [](World& world) {
                   world.Must(world.ClauseSet("K1", kKind<M>));
                   const Position evaluation = world.Must(world.Evaluation("K1", kYes));
                   world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                   world.Must(world.Ending(v1::END_CAUSE_CLOSED));
                   return world.Append(world.Deciding<M>("K1", evaluation, kApply));
                 }),
  };
}

// A sanction so many days after a notice under its clause, when `happens` has happened.
Play SanctionedAfterNotice(
    int days, v1::DecisionChoice choice, void (*happens)(World&) = [](World&) {}) {
  return [=](World& world) {
    world.Must(world.ClauseSet("K1", v1::CLAUSE_KIND_SANCTION));
    world.Must(world.Notice("K1"));
    world.SetToday(world.today() + days);
    happens(world);
    const Position evaluation = world.Must(world.Evaluation("K1", kYes));
    return Agreed(world, world.Deciding<v1::SanctionDecided>("K1", evaluation, choice));
  };
}

void FindNotCured(World& world) {
  auto event = MakeEvent<v1::ImprovementStepRecorded>("X", v1::ROLE_ASR);
  event.set_notice_id("IN-1");
  event.set_step(v1::IMPROVEMENT_STEP_NOT_CURED);
  *event.mutable_effective_on() = ToDate(world.today());
  world.Must(event);
}

// So many days after a level of PI-CS was determined.
template <typename M>
Play DecidedAfterDetermination(int days, v1::DecisionChoice choice = kApply) {
  return [=](World& world) {
    world.Must(world.ClauseSet("K1", kKind<M>));
    world.Determine("PI-CS", 1);
    world.SetToday(world.today() + days);
    const Position evaluation = world.Must(world.Evaluation("K1", kYes));
    return Agreed(world, world.Deciding<M>("K1", evaluation, choice));
  };
}

std::vector<DecideRow> Sanctions() {
  using M = v1::SanctionDecided;
  return {
      Refuses<M>("CURE_RUNNING", SanctionedAfterNotice(0, kApply), "on the day of service"),
      Refuses<M>("CURE_RUNNING", SanctionedAfterNotice(60, kApply), "on the last day"),
      Accepts<M>("the day after the cure", SanctionedAfterNotice(61, kApply)),
      Accepts<M>("once it was found not cured", SanctionedAfterNotice(10, kApply, FindNotCured)),
      Accepts<M>("waived while the cure runs", SanctionedAfterNotice(0, kWaive),
                 {"AGAINST_OUTCOME"}),
      Accepts<M>("deferred while the cure runs",
                 SanctionedAfterNotice(0, v1::DECISION_CHOICE_DEFER)),
      Accepts<M>("while a cure under another clause runs",
                 [](World& world) {
                   world.Must(world.ClauseSet("K1", v1::CLAUSE_KIND_SANCTION));
                   world.Must(world.ClauseSet("K2", v1::CLAUSE_KIND_SANCTION));
                   world.Must(world.Notice("K2"));
                   const Position evaluation = world.Must(world.Evaluation("K1", kYes));
                   return Agreed(world, world.Deciding<M>("K1", evaluation, kApply));
                 }),
      Refuses<M>("REPRESENTATIONS_OPEN", DecidedAfterDetermination<M>(0)),
      Refuses<M>("REPRESENTATIONS_OPEN", DecidedAfterDetermination<M>(14), "on the last day"),
      Accepts<M>("the day after representations close", DecidedAfterDetermination<M>(15)),
      Accepts<M>("waived before", DecidedAfterDetermination<M>(0, kWaive), {"AGAINST_OUTCOME"}),
      Accepts<v1::RewardDecided>("for which nobody waits",
                                 DecidedAfterDetermination<v1::RewardDecided>(0)),
      Accepts<M>("with a determination since superseded",
                 [](World& world) {
                   world.Must(world.ClauseSet("K1", v1::CLAUSE_KIND_SANCTION));
                   world.Must(world.Superseding(world.Determine("PI-CS", 1)));
                   const Position evaluation = world.Must(world.Evaluation("K1", kYes));
                   return Agreed(world, world.Deciding<M>("K1", evaluation, kApply));
                 }),
  };
}

}  // namespace

std::vector<DecideRow> DecisionTable() {
  std::vector<DecideRow> rows = Evaluations();
  for (auto table :
       {OfEitherKind<v1::RewardDecided>(), OfEitherKind<v1::SanctionDecided>(),
        ByPeople<v1::RewardDecided>(), ByPeople<v1::SanctionDecided>(),
        OnEvaluations<v1::RewardDecided>(), OnEvaluations<v1::SanctionDecided>(), Sanctions()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
