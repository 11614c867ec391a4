#include "ledger/contract/shape_check.h"
#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

// ---- Underperformance ----

v1::UnderperformanceRecorded Matter(const World& world, v1::UnderperformanceStage stage) {
  const bool acts = stage == v1::UNDERPERFORMANCE_STAGE_CORRECTIVE_ACTION;
  auto event = acts ? MakeEvent<v1::UnderperformanceRecorded>("P", v1::ROLE_PRL)
                    : MakeEvent<v1::UnderperformanceRecorded>("X", v1::ROLE_CM);
  event.set_matter_id("UP-1");
  event.set_focus("PI-CS");
  event.set_stage(stage);
  *event.mutable_arose_on() = ToDate(world.today() - 20);
  *event.mutable_effective_on() = ToDate(world.today());
  event.set_what("calls were not answered");
  return event;
}

// The matter is identified, spoilt by `spoil`; what follows.
Play Identified(void (*spoil)(v1::UnderperformanceRecorded*)) {
  return [spoil](World& world) {
    auto event = Matter(world, v1::UNDERPERFORMANCE_STAGE_IDENTIFIED);
    spoil(&event);
    return world.Append(event);
  };
}
Play Followed(v1::UnderperformanceStage stage, void (*spoil)(v1::UnderperformanceRecorded*)) {
  return [=](World& world) {
    world.Must(Matter(world, v1::UNDERPERFORMANCE_STAGE_IDENTIFIED));
    auto event = Matter(world, stage);
    spoil(&event);
    return world.Append(event);
  };
}

std::vector<DecideRow> Matters() {
  using M = v1::UnderperformanceRecorded;
  const auto by_provider = [](M* event) {
    event->mutable_common()->set_party_id("P");
    event->mutable_common()->set_role(v1::ROLE_PRL);
  };
  return {
      Accepts<M>("identified by the authority", Identified([](M*) {})),
      Accepts<M>("identified by the provider, on the day it arose", Identified([](M* event) {
                   event->mutable_common()->set_party_id("P");
                   event->mutable_common()->set_role(v1::ROLE_PRD);
                   *event->mutable_arose_on() = event->effective_on();
                 })),
      Accepts<M>("citing what the authority owes",
                 [](World& world) {
                   auto owed = MakeEvent<v1::DependencyRecorded>("P", v1::ROLE_PRL);
                   owed.set_dependency_id("DEP-1");
                   owed.set_stage(v1::DEPENDENCY_STAGE_RAISED);
                   owed.set_owed_by("X");
                   owed.set_what("access");
                   *owed.mutable_due() = ToDate(world.today());
                   auto event = Matter(world, v1::UNDERPERFORMANCE_STAGE_IDENTIFIED);
                   *event.add_dependencies() = RefTo(world.Must(owed));
                   return world.Append(event);
                 }),
      Accepts<M>("corrected by the provider",
                 Followed(v1::UNDERPERFORMANCE_STAGE_CORRECTIVE_ACTION, [](M*) {})),
      Accepts<M>("closed by the service manager",
                 Followed(v1::UNDERPERFORMANCE_STAGE_CLOSED,
                          [](M* event) { event->mutable_common()->set_role(v1::ROLE_SM); })),
      Refuses<M>("IDENTIFIED_BEFORE_AROSE", Identified([](M* event) {
                   *event->mutable_effective_on() = ToDate(RealDay(event->arose_on()) - 1);
                 })),
      Refuses<M>("EFFECTIVE_IN_FUTURE", Identified([](M* event) {
                   *event->mutable_effective_on() = ToDate(RealDay(event->effective_on()) + 1);
                 })),
      Refuses<M>("MATTER_ID_USED", Followed(v1::UNDERPERFORMANCE_STAGE_IDENTIFIED, [](M*) {})),
      Refuses<M>(
          "MATTER_NOT_OPEN",
          [](World& world) {
            return world.Append(Matter(world, v1::UNDERPERFORMANCE_STAGE_CORRECTIVE_ACTION));
          },
          "not identified"),
      Refuses<M>(
          "MATTER_NOT_OPEN",
          [](World& world) {
            world.Must(Matter(world, v1::UNDERPERFORMANCE_STAGE_IDENTIFIED));
            world.Must(Matter(world, v1::UNDERPERFORMANCE_STAGE_CLOSED));
            return world.Append(Matter(world, v1::UNDERPERFORMANCE_STAGE_CORRECTIVE_ACTION));
          },
          "closed"),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Followed(v1::UNDERPERFORMANCE_STAGE_CORRECTIVE_ACTION,
                          [](M* event) {
                            event->mutable_common()->set_party_id("X");
                            event->mutable_common()->set_role(v1::ROLE_CM);
                          }),
                 "the authority corrects"),
      Refuses<M>("ROLE_NOT_ALLOWED", Followed(v1::UNDERPERFORMANCE_STAGE_CLOSED, by_provider),
                 "the provider closes"),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Identified([](M* event) { event->mutable_common()->set_role(v1::ROLE_ASR); }),
                 "an assessor identifies"),
      Refuses<M>("REF_UNKNOWN",
                 Identified([](M* event) { *event->add_dependencies() = RefTo(Position{3}); }),
                 "not a dependency"),
      Refuses<M>("FOCUS_UNKNOWN", Identified([](M* event) { event->set_focus("PI-XX"); })),
      Refuses<M>("FIELD_MISSING", Identified([](M* event) { event->clear_what(); })),
  };
}

// ---- Notices ----

// Under clause C8, which is on record.
v1::ImprovementNoticeServed Notice(World& world) {
  if (world.state().clauses.count("C8") == 0) {
    world.Must(world.ClauseSet("C8", v1::CLAUSE_KIND_SANCTION));
  }
  return world.Notice("C8");
}

Play Served(void (*spoil)(v1::ImprovementNoticeServed*)) {
  return [spoil](World& world) {
    v1::ImprovementNoticeServed event = Notice(world);
    spoil(&event);
    return world.Append(event);
  };
}
// While `level` is held since today; served on a day so many days from then.
Play ServedAt(uint32_t level, int days) {
  return [=](World& world) {
    world.Determine("PI-CS", level);
    v1::ImprovementNoticeServed event = Notice(world);
    *event.mutable_served_on() = ToDate(world.today() + days);
    return world.Append(event);
  };
}

// Under a clause that gives 60 days to cure the focus named, or each of a set where it is empty.
Play ServedUnderCure(const char* focus, int days) {
  return [=](World& world) {
    v1::ClauseSetRecorded set = world.ClauseSet("C8", v1::CLAUSE_KIND_SANCTION);
    v1::Rule* rule = set.mutable_clauses(0)->mutable_rule();
    rule->clear_node();
    v1::Rule* inner = rule->mutable_all()->add_rules();
    if (*focus == '\0') {
      inner->mutable_each()->mutable_focuses()->set_word("LADDER");
      inner = inner->mutable_each()->mutable_rule();
    }
    inner->mutable_cure()->set_focus(focus);
    inner->mutable_cure()->set_level(3);
    inner->mutable_cure()->set_days(60);
    inner->mutable_cure()->set_basis(v1::CURE_BASIS_LEVEL);
    world.Agree(&set);
    world.Must(set);
    v1::ImprovementNoticeServed event = Notice(world);
    *event.mutable_cure_to() = ToDate(world.today() + days);
    return world.Append(event);
  };
}

std::vector<DecideRow> Notices() {
  using M = v1::ImprovementNoticeServed;
  return {
      Accepts<M>("while no level is determined", Served([](M*) {})),
      Accepts<M>("while a lower level is held", ServedAt(1, 0)),
      Accepts<M>("while the level is held", ServedAt(3, 0), {"NOT_BELOW_LEVEL"}),
      Accepts<M>("while a higher one is, on a day to come", ServedAt(4, 30), {"NOT_BELOW_LEVEL"}),
      Accepts<M>("on the day before the level was held", ServedAt(3, -1)),
      Accepts<M>("while the level is disputed",
                 [](World& world) {
                   world.Must(world.Dispute("D1", world.Determine("PI-CS", 3)));
                   return world.Append(Notice(world));
                 },
                 {"NOT_BELOW_LEVEL"}),
      Refuses<M>("CURE_TOO_SHORT", Served([](M* event) {
                   *event->mutable_cure_to() = ToDate(RealDay(event->served_on()) - 1);
                 })),
      Accepts<M>("with the days that the clause gives", ServedUnderCure("PI-CS", 60)),
      Accepts<M>("where the clause gives them to another focus", ServedUnderCure("PI-IV", 0)),
      Refuses<M>("CURE_TOO_SHORT", ServedUnderCure("PI-CS", 59), "a day short"),
      Refuses<M>("CURE_TOO_SHORT", ServedUnderCure("", 59), "a day short, for each of a set"),
      Refuses<M>("REF_UNKNOWN", [](World& world) { return world.Append(world.Notice("C9")); }),
      Refuses<M>("NOTICE_ID_USED",
                 [](World& world) {
                   world.Must(Notice(world));
                   return world.Append(Notice(world));
                 }),
      Refuses<M>("FOCUS_UNKNOWN", Served([](M* event) { event->set_focus("PI-XX"); })),
      Refuses<M>("LEVEL_OUT_OF_RANGE", Served([](M* event) { event->set_level(6); })),
      Refuses<M>("FIELD_MISSING", Served([](M* event) { event->clear_method(); })),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Served([](M* event) { event->mutable_common()->set_role(v1::ROLE_DEC); })),
  };
}

// ---- Steps ----

v1::ImprovementStepRecorded Step(const World& world, v1::ImprovementStep step) {
  auto event = MakeEvent<v1::ImprovementStepRecorded>("X", v1::ROLE_CM);
  v1::Common* common = event.mutable_common();
  event.set_notice_id("IN-1");
  event.set_step(step);
  if (step == v1::IMPROVEMENT_STEP_PLAN_SUBMITTED) {
    common->set_party_id("P");
    common->set_role(v1::ROLE_PRL);
  }
  if (step == v1::IMPROVEMENT_STEP_CURED || step == v1::IMPROVEMENT_STEP_NOT_CURED) {
    common->set_role(v1::ROLE_ASR);
  } else {
    event.set_plan(SomeDigest());
  }
  *event.mutable_effective_on() = ToDate(world.today());
  return event;
}

// A step that follows a notice, spoilt by `spoil`.
Play Stepped(v1::ImprovementStep step, void (*spoil)(v1::ImprovementStepRecorded*)) {
  return [=](World& world) {
    world.Must(Notice(world));
    v1::ImprovementStepRecorded event = Step(world, step);
    spoil(&event);
    return world.Append(event);
  };
}
Play SteppedAfter(v1::ImprovementStep first, v1::ImprovementStep second) {
  return [=](World& world) {
    world.Must(Notice(world));
    world.Must(Step(world, first));
    return world.Append(Step(world, second));
  };
}

std::vector<DecideRow> Steps() {
  using M = v1::ImprovementStepRecorded;
  const auto by_provider = [](M* event) {
    event->mutable_common()->set_party_id("P");
    event->mutable_common()->set_role(v1::ROLE_PRL);
  };
  const auto as_is = [](M*) {};
  return {
      Accepts<M>("a plan submitted", Stepped(v1::IMPROVEMENT_STEP_PLAN_SUBMITTED, as_is)),
      Accepts<M>("a plan accepted", SteppedAfter(v1::IMPROVEMENT_STEP_PLAN_SUBMITTED,
                                                 v1::IMPROVEMENT_STEP_PLAN_ACCEPTED)),
      Accepts<M>("a plan rejected", SteppedAfter(v1::IMPROVEMENT_STEP_PLAN_SUBMITTED,
                                                 v1::IMPROVEMENT_STEP_PLAN_REJECTED)),
      Accepts<M>("cured",
                 SteppedAfter(v1::IMPROVEMENT_STEP_PLAN_ACCEPTED, v1::IMPROVEMENT_STEP_CURED)),
      Accepts<M>("not cured", Stepped(v1::IMPROVEMENT_STEP_NOT_CURED, as_is)),
      Refuses<M>(
          "NOTICE_NOT_OPEN",
          [](World& world) {
            return world.Append(Step(world, v1::IMPROVEMENT_STEP_PLAN_SUBMITTED));
          },
          "not served"),
      Refuses<M>("NOTICE_NOT_OPEN",
                 SteppedAfter(v1::IMPROVEMENT_STEP_CURED, v1::IMPROVEMENT_STEP_PLAN_SUBMITTED),
                 "cured"),
      Refuses<M>("NOTICE_NOT_OPEN",
                 SteppedAfter(v1::IMPROVEMENT_STEP_NOT_CURED, v1::IMPROVEMENT_STEP_CURED),
                 "found not cured"),
      Refuses<M>("OWN_PLAN", Stepped(v1::IMPROVEMENT_STEP_PLAN_ACCEPTED, by_provider)),
      Refuses<M>("OWN_PLAN", Stepped(v1::IMPROVEMENT_STEP_PLAN_REJECTED, by_provider), "rejected"),
      Refuses<M>("OWN_CURE", Stepped(v1::IMPROVEMENT_STEP_CURED, by_provider)),
      Refuses<M>("OWN_CURE", Stepped(v1::IMPROVEMENT_STEP_NOT_CURED, by_provider), "not cured"),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Stepped(v1::IMPROVEMENT_STEP_PLAN_SUBMITTED,
                         [](M* event) {
                           event->mutable_common()->set_party_id("X");
                           event->mutable_common()->set_role(v1::ROLE_CM);
                         }),
                 "the authority submits"),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Stepped(v1::IMPROVEMENT_STEP_PLAN_ACCEPTED,
                         [](M* event) { event->mutable_common()->set_role(v1::ROLE_ASR); }),
                 "an assessor answers the plan"),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Stepped(v1::IMPROVEMENT_STEP_CURED,
                         [](M* event) { event->mutable_common()->set_role(v1::ROLE_CM); }),
                 "the contract manager finds the cure"),
      Refuses<M>("EFFECTIVE_IN_FUTURE", Stepped(v1::IMPROVEMENT_STEP_CURED,
                                                [](M* event) {
                                                  *event->mutable_effective_on() =
                                                      ToDate(RealDay(event->effective_on()) + 1);
                                                })),
      Refuses<M>("FIELD_MISSING", Stepped(v1::IMPROVEMENT_STEP_PLAN_SUBMITTED,
                                          [](M* event) { event->clear_plan(); })),
      Refuses<M>("FIELD_UNEXPECTED", Stepped(v1::IMPROVEMENT_STEP_CURED,
                                             [](M* event) { event->set_plan(SomeDigest()); })),
      Refuses<M>(
          "NOTICE_NOT_OPEN",
          [](World& world) {
            world.Must(Notice(world));
            world.Must(Matter(world, v1::UNDERPERFORMANCE_STAGE_IDENTIFIED));
            v1::ImprovementNoticeServed second = Notice(world);
            second.set_notice_id("IN-2");
            auto other = Matter(world, v1::UNDERPERFORMANCE_STAGE_IDENTIFIED);
            other.set_matter_id("UP-2");
            return world.Append(Matter(world, v1::UNDERPERFORMANCE_STAGE_CLOSED), other, second,
                                Step(world, v1::IMPROVEMENT_STEP_CURED),
                                Step(world, v1::IMPROVEMENT_STEP_CURED));
          },
          "and all before it taken back"),
  };
}

}  // namespace

std::vector<DecideRow> ImprovementTable() {
  std::vector<DecideRow> rows = Matters();
  for (auto table : {Notices(), Steps()}) rows.insert(rows.end(), table.begin(), table.end());
  return rows;
}

}  // namespace waymark::test
