// Where performance fell short: what was done about it, notices to improve, and their cure.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/rule_tree.h"
#include "ledger/contract/timeline.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// ---- UnderperformanceRecorded ----

void CheckUnderperformance(const v1::UnderperformanceRecorded& event, ShapeCheck* check) {
  check->Id(event.matter_id(), "matter_id");
  check->Id(event.focus(), "focus");
  check->Choice(event.stage(), "stage");
  const auto arose = check->Day(event.has_arose_on(), event.arose_on(), "arose_on");
  const auto stage = check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
  if (arose && stage && *stage < *arose) {
    check->Refuse("IDENTIFIED_BEFORE_AROSE", "effective_on", "it lies before arose_on");
  }
  check->Text(event.what(), "what");
  check->Refs(event.dependencies(), "dependencies");
}

uint32_t RolesOfStage(v1::UnderperformanceStage stage) {
  switch (stage) {
    case v1::UNDERPERFORMANCE_STAGE_CORRECTIVE_ACTION:
      return Roles({v1::ROLE_PRL});
    case v1::UNDERPERFORMANCE_STAGE_CLOSED:
      return Roles({v1::ROLE_CM, v1::ROLE_SM});
    default:
      return kEitherPartyRoles;
  }
}

void DecideUnderperformance(const v1::UnderperformanceRecorded& event, Ruling* ruling) {
  ruling->CheckRole(RolesOfStage(event.stage()), "stage",
                    "either party identifies, the provider acts, the contract or service manager "
                    "closes");
  ruling->CheckFocus(event.focus(), "focus");
  for (int i = 0; i < event.dependencies_size(); ++i) {
    ruling->ResolveTo(v1::DependencyRecorded::descriptor(), event.dependencies(i),
                      absl::StrCat("dependencies[", i, "]"));
  }
  ruling->CheckNotInFuture(RealDay(event.effective_on()), "effective_on");
  const auto place = ruling->state().underperformances.find(event.matter_id());
  const bool identified = place != ruling->state().underperformances.end();
  if (event.stage() == v1::UNDERPERFORMANCE_STAGE_IDENTIFIED) {
    if (!identified) return;
    return ruling->Forbid("MATTER_ID_USED", "matter_id",
                          absl::StrCat("'", event.matter_id(), "' is taken"));
  }
  if (!identified || place->second.stages.back().stage == v1::UNDERPERFORMANCE_STAGE_CLOSED) {
    ruling->Forbid("MATTER_NOT_OPEN", "matter_id",
                   absl::StrCat("'", event.matter_id(), "' was ",
                                identified ? "closed already" : "not identified"));
  }
}

void EvolveUnderperformance(const v1::UnderperformanceRecorded& event, const Fact& fact,
                            StateEdit* edit) {
  edit->Focus(event.focus(), fact);
  const Underperformance::Stage stage{fact.known, event.stage(), RealDay(event.effective_on())};
  if (event.stage() == v1::UNDERPERFORMANCE_STAGE_IDENTIFIED) {
    return edit->Set(
        &edit->FindOrAdd(&edit->state().underperformances, event.matter_id()),
        Underperformance{event.matter_id(), event.focus(), RealDay(event.arose_on()), {stage}});
  }
  const auto place = edit->state().underperformances.find(event.matter_id());
  // The payload that identified it may have been erased.
  if (place == edit->state().underperformances.end()) return;
  edit->Append(&place->second.stages, stage);
}

// ---- ImprovementNoticeServed ----

void CheckNotice(const v1::ImprovementNoticeServed& event, ShapeCheck* check) {
  check->Id(event.notice_id(), "notice_id");
  check->Id(event.focus(), "focus");
  check->Id(event.clause_id(), "clause_id");
  check->Level(event.level(), "level");
  check->Day(event.has_served_on(), event.served_on(), "served_on");
  check->Day(event.has_cure_to(), event.cure_to(), "cure_to");
  check->Text(event.method(), "method");
}

// The most days from service that a rule gives to cure this focus; 0 where it gives none.
int CureDays(const v1::Rule& rule, absl::string_view focus) {
  int days = 0;
  // A cure without a focus takes it from a set.
  if (rule.has_cure() && (rule.cure().focus().empty() || rule.cure().focus() == focus)) {
    days = static_cast<int>(rule.cure().days());
  }
  for (const InnerRule& inner : InnerRules(rule)) {
    days = std::max(days, CureDays(*inner.rule, focus));
  }
  return days;
}

void CheckCureTime(const v1::ImprovementNoticeServed& event, Ruling* ruling) {
  const absl::CivilDay served_on = RealDay(event.served_on());
  const ClauseVersion* version = FindClause(ruling->state(), event.clause_id(), served_on,
                                            {TreeSize{ruling->position().value}});
  if (version == nullptr) {
    return ruling->NotFound("REF_UNKNOWN", "clause_id",
                            absl::StrCat("no clause '", event.clause_id(), "' is on record"));
  }
  const absl::CivilDay earliest = served_on + CureDays(version->clause.rule(), event.focus());
  if (RealDay(event.cure_to()) >= earliest) return;
  ruling->Forbid("CURE_TOO_SHORT", "cure_to",
                 absl::StrCat("the clause gives time until ", FormatDay(earliest)));
}

bool IsHeld(const ContractState& state, const v1::ImprovementNoticeServed& event, Position now) {
  const absl::CivilDay served_on = RealDay(event.served_on());
  const Timeline timeline =
      BuildTimeline(state, event.focus(), Knowledge{TreeSize{now.value}}, served_on, {});
  const HeldDay* held = timeline.On(served_on);
  return held != nullptr &&
         (held->state == HeldState::kDetermined || held->state == HeldState::kDisputed) &&
         *held->level >= static_cast<int>(event.level());
}

void DecideNotice(const v1::ImprovementNoticeServed& event, Ruling* ruling) {
  ruling->CheckFocus(event.focus(), "focus");
  CheckCureTime(event, ruling);
  if (ruling->state().notices.count(event.notice_id()) > 0) {
    ruling->Forbid("NOTICE_ID_USED", "notice_id",
                   absl::StrCat("'", event.notice_id(), "' is taken"));
  }
  if (IsHeld(ruling->state(), event, ruling->position())) ruling->Flag("NOT_BELOW_LEVEL");
}

void EvolveNotice(const v1::ImprovementNoticeServed& event, const Fact& fact, StateEdit* edit) {
  edit->Focus(event.focus(), fact);
  edit->Set(&edit->FindOrAdd(&edit->state().notices, event.notice_id()),
            ImprovementNotice{.known = fact.known,
                              .notice_id = event.notice_id(),
                              .focus = event.focus(),
                              .clause_id = event.clause_id(),
                              .level = static_cast<int>(event.level()),
                              .served_on = RealDay(event.served_on()),
                              .cure_to = RealDay(event.cure_to())});
}

// ---- ImprovementStepRecorded ----

// Whether a step ends a notice.
bool Ends(v1::ImprovementStep step) {
  return step == v1::IMPROVEMENT_STEP_CURED || step == v1::IMPROVEMENT_STEP_NOT_CURED;
}

void CheckStep(const v1::ImprovementStepRecorded& event, ShapeCheck* check) {
  check->Id(event.notice_id(), "notice_id");
  check->Choice(event.step(), "step");
  if (!Ends(event.step())) {
    check->Sha256(event.plan(), "plan");
  } else if (event.has_plan()) {
    check->Refuse("FIELD_UNEXPECTED", "plan", "the step is not about one");
  }
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
}

void CheckWhoSteps(v1::ImprovementStep step, Ruling* ruling) {
  const bool submits = step == v1::IMPROVEMENT_STEP_PLAN_SUBMITTED;
  if (!submits && ruling->IsProvider(ruling->common().party_id())) {
    return ruling->Deny(Ends(step) ? "OWN_CURE" : "OWN_PLAN", "step",
                        "the provider does not mark its own work");
  }
  ruling->CheckRole(submits      ? Roles({v1::ROLE_PRL})
                    : Ends(step) ? Roles({v1::ROLE_ASR})
                                 : Roles({v1::ROLE_CM, v1::ROLE_SM}),
                    "step",
                    "the provider submits a plan, the contract or service manager answers it, an "
                    "assessor finds the cure");
}

void DecideStep(const v1::ImprovementStepRecorded& event, Ruling* ruling) {
  CheckWhoSteps(event.step(), ruling);
  ruling->CheckNotInFuture(RealDay(event.effective_on()), "effective_on");
  const auto place = ruling->state().notices.find(event.notice_id());
  const bool served = place != ruling->state().notices.end();
  const bool ended =
      served && !place->second.steps.empty() && Ends(place->second.steps.back().step);
  if (!served || ended) {
    ruling->Forbid("NOTICE_NOT_OPEN", "notice_id",
                   absl::StrCat("'", event.notice_id(), "' was ",
                                served ? "found cured or not already" : "not served"));
  }
}

void EvolveStep(const v1::ImprovementStepRecorded& event, const Fact& fact, StateEdit* edit) {
  const auto place = edit->state().notices.find(event.notice_id());
  // The notice's payload may have been erased.
  if (place == edit->state().notices.end()) return;
  edit->Focus(place->second.focus, fact);
  edit->Append(&place->second.steps,
               ImprovementNotice::Step{fact.known, event.step(), RealDay(event.effective_on())});
}

constexpr EventRules kRows[] = {
    RulesFor<v1::UnderperformanceRecorded, CheckUnderperformance, DecideUnderperformance,
             EvolveUnderperformance>({.roles = kEitherPartyRoles}),
    RulesFor<v1::ImprovementNoticeServed, CheckNotice, DecideNotice, EvolveNotice>(
        {.roles = Roles({v1::ROLE_CM, v1::ROLE_SM})}),
    RulesFor<v1::ImprovementStepRecorded, CheckStep, DecideStep, EvolveStep>(
        {.roles = Roles({v1::ROLE_PRL, v1::ROLE_CM, v1::ROLE_SM, v1::ROLE_ASR})}),
};

}  // namespace

absl::Span<const EventRules> ImprovementRules() { return kRows; }

}  // namespace waymark
