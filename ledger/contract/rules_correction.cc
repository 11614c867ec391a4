// What is said of determinations afterwards: that one has left the record, and why none speaks for
// some days.

#include <set>

#include "absl/strings/str_cat.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/timeline.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// ---- DeterminationSuperseded ----

void CheckSupersedes(const v1::DeterminationSuperseded& event, ShapeCheck* check) {
  if (event.old().empty()) check->Refuse("FIELD_MISSING", "old", "name what is superseded");
  check->Refs(event.old(), "old");
  check->Choice(event.ground(), "ground");
  if (event.ground() == v1::GROUND_MIGRATED) {
    check->Refuse("ENUM_UNKNOWN", "ground", "MIGRATED is a ground of LevelDetermined alone");
  }
}

void DecideSupersedes(const v1::DeterminationSuperseded& event, Ruling* ruling) {
  if (event.common().role() == v1::ROLE_REG && event.ground() != v1::GROUND_ADJUDICATION) {
    ruling->Deny("ROLE_NOT_ALLOWED", "ground",
                 "the registrar records adjudication and nothing else");
  }
  std::set<Position> seen;
  for (int i = 0; i < event.old_size(); ++i) {
    const std::string field = absl::StrCat("old[", i, "]");
    const auto place = ruling->Resolve(event.old(i), field);
    if (!place) continue;
    const auto focus = FocusOfDetermination(ruling->state(), *place);
    if (!focus) {
      ruling->NotFound("REF_UNKNOWN", field,
                       absl::StrCat("position ", place->value, " holds no determination"));
      continue;
    }
    const Supersession* earlier = FindSupersession(*FindHistory(ruling->state(), *focus), *place);
    if (earlier != nullptr || !seen.insert(*place).second) {
      ruling->Forbid(
          "ALREADY_SUPERSEDED", field,
          absl::StrCat("the determination at position ", place->value, " has left the record"));
    }
  }
  if (event.approved_by().empty()) {
    ruling->Forbid("APPROVAL_MISSING", "approved_by", "name who approved it");
  }
  ruling->Flag("SUPERSEDES");
}

void EvolveSupersedes(const v1::DeterminationSuperseded& event, const Fact& fact, StateEdit* edit) {
  for (const v1::EventRef& ref : event.old()) {
    const Position old = fact.Resolve(ref);
    const auto focus = FocusOfDetermination(edit->state(), old);
    if (!focus) continue;
    edit->Append(&edit->Focus(*focus, fact).supersessions,
                 Supersession{fact.known, old, fact.known.position, event.ground()});
  }
}

// ---- CoverageGapExplained ----

void CheckGap(const v1::CoverageGapExplained& event, ShapeCheck* check) {
  check->Id(event.focus(), "focus");
  check->Days(event.has_period(), event.period(), "period");
  check->Choice(event.gap_reason(), "gap_reason");
}

void DecideGap(const v1::CoverageGapExplained& event, Ruling* ruling) {
  if (!ruling->CheckFocus(event.focus(), "focus")) return;
  const FocusFacts facts(ruling->state(), event.focus(), TreeSize{ruling->position().value}, {});
  if (HasUncoveredDay(facts, RealDays(event.period()))) return;
  ruling->Forbid("NO_GAP", "period", "a determination speaks for every day of it");
}

void EvolveGap(const v1::CoverageGapExplained& event, const Fact& fact, StateEdit* edit) {
  edit->Append(&edit->Focus(event.focus(), fact).gap_explanations,
               GapExplanation{fact.known, RealDays(event.period()), event.gap_reason()});
}

constexpr EventRules kRows[] = {
    RulesFor<v1::DeterminationSuperseded, CheckSupersedes, DecideSupersedes, EvolveSupersedes>(
        {.roles = Roles({v1::ROLE_DEC, v1::ROLE_REG}),
         .needs_reason = true,
         .after_close = true,
         .power = v1::POWER_DETERMINE_LEVEL}),
    RulesFor<v1::CoverageGapExplained, CheckGap, DecideGap, EvolveGap>(
        {.roles = Roles({v1::ROLE_DEC, v1::ROLE_REG}),
         .needs_reason = true,
         .power = v1::POWER_DETERMINE_LEVEL}),
};

}  // namespace

absl::Span<const EventRules> CorrectionRules() { return kRows; }

}  // namespace waymark
