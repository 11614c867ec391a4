// What the provider says: of itself, and of what was found of it.

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/level_rules.h"
#include "ledger/contract/lookup.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// ---- SelfAssessmentSubmitted ----

void CheckSelfAssessed(const v1::SelfAssessmentSubmitted& event, ShapeCheck* check) {
  check->Id(event.focus(), "focus");
  check->Days(event.has_period(), event.period(), "period");
  check->Level(event.level(), "level");
  check->Findings(event.findings());
  check->Evidence(event.evidence());
}

void DecideSelfAssessed(const v1::SelfAssessmentSubmitted& event, Ruling* ruling) {
  if (ruling->CheckFocus(event.focus(), "focus")) {
    CheckCriteria(event.focus(), event.findings(), ruling);
  }
  CheckSubmitted(event.evidence(), ruling);
  const absl::CivilDay closes =
      RealDay(event.period().last()) + ruling->PolicyNumber(v1::POLICY_KEY_SELF_ASSESSMENT_DAYS);
  if (ruling->today() > closes) {
    ruling->Forbid(
        "WINDOW_CLOSED", "period",
        absl::StrCat("a self-assessment of it could be recorded until ", FormatDay(closes)));
  }
}

// Never enters a figure; the focus alone remembers that something was said.
void EvolveSelfAssessed(const v1::SelfAssessmentSubmitted& event, const Fact& fact,
                        StateEdit* edit) {
  edit->Focus(event.focus(), fact);
}

// ---- RepresentationMade ----

void CheckRepresentation(const v1::RepresentationMade& event, ShapeCheck* check) {
  check->Ref(event.about(), "about");
  check->Sha256(event.text(), "text");
  check->Evidence(event.evidence());
}

// The window opens on the day a determination is recorded: before it, the provider could not know
// of it.
void CheckWindow(Position about, Ruling* ruling) {
  const auto focus = FocusOfDetermination(ruling->state(), about);
  if (!focus) return;
  const absl::CivilDay closes =
      FindDetermination(*FindHistory(ruling->state(), *focus), about)->known.recorded_on +
      ruling->PolicyNumber(v1::POLICY_KEY_REPRESENTATION_DAYS);
  if (ruling->today() > closes) {
    ruling->Forbid("WINDOW_CLOSED", "about",
                   absl::StrCat("a representation could be made until ", FormatDay(closes),
                                "; later, a decision-maker can admit it"));
  }
}

void DecideRepresentation(const v1::RepresentationMade& event, Ruling* ruling) {
  ruling->CheckRole(
      event.admitted_late() ? Roles({v1::ROLE_DEC}) : Roles({v1::ROLE_PRD, v1::ROLE_PRL}),
      "admitted_late", "the provider makes a representation; a decision-maker admits a late one");
  const auto about = ruling->Resolve(event.about(), "about");
  CheckSubmitted(event.evidence(), ruling);
  if (about && !event.admitted_late()) CheckWindow(*about, ruling);
}

void EvolveRepresentation(const v1::RepresentationMade& event, const Fact& fact, StateEdit* edit) {
  const Position about = fact.Resolve(event.about());
  if (const auto focus = FocusOfDetermination(edit->state(), about)) edit->Focus(*focus, fact);
  if (const auto focus = FocusOfAssessment(edit->state(), about)) edit->Focus(*focus, fact);
}

constexpr EventRules kRows[] = {
    RulesFor<v1::SelfAssessmentSubmitted, CheckSelfAssessed, DecideSelfAssessed,
             EvolveSelfAssessed>({.roles = Roles({v1::ROLE_PRL, v1::ROLE_PRD}),
                                  .provider_only = true,
                                  .needs_matrix_version = true}),
    RulesFor<v1::RepresentationMade, CheckRepresentation, DecideRepresentation,
             EvolveRepresentation>({.roles = Roles({v1::ROLE_PRD, v1::ROLE_PRL, v1::ROLE_DEC})}),
};

}  // namespace

absl::Span<const EventRules> ProviderRules() { return kRows; }

}  // namespace waymark
