// The score change.

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/assents.h"
#include "ledger/contract/conflicts.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/held_days.h"
#include "ledger/contract/level_rules.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/months.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

bool IsMigrated(const v1::LevelDetermined& event) { return event.ground() == v1::GROUND_MIGRATED; }

void CheckDetermined(const v1::LevelDetermined& event, ShapeCheck* check) {
  check->Id(event.focus(), "focus");
  check->Level(event.level(), "level");
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
  check->Days(event.has_period(), event.period(), "period");
  check->Day(event.has_assessed_on(), event.assessed_on(), "assessed_on");
  check->Day(event.has_decided_on(), event.decided_on(), "decided_on");
  check->Refs(event.basis(), "basis");
  check->Evidence(event.evidence());
  check->OptionalDay(event.has_coverage_to(), event.coverage_to(), "coverage_to");
  check->Refs(event.supersedes(), "supersedes");
  if (event.evidence_override() && absl::StripAsciiWhitespace(event.common().reason()).empty()) {
    check->Refuse("REASON_MISSING", "common.reason", "overriding the evidence rule needs one");
  }
  if (IsMigrated(event) && absl::StripAsciiWhitespace(event.common().reason()).empty() &&
      absl::StripAsciiWhitespace(event.retro_reason()).empty()) {
    check->Refuse("REASON_MISSING", "common.reason", "a migrated level needs one");
  }
  if ((!event.supersedes().empty() || IsMigrated(event)) &&
      (!event.has_ground() || event.approved_by().empty())) {
    check->Refuse("GROUND_MISSING", event.has_ground() ? "approved_by" : "ground",
                  "superseding and migrating need a ground and who approved it");
  }
}

// What the cited assessments say, those of this focus that were moderated.
struct ModeratedBasis {
  std::vector<const Assessment*> assessments;
  std::set<std::string> criteria_met;
  bool confidence = false;
};

ModeratedBasis GatherBasis(const FocusHistory* history, const std::vector<Position>& basis) {
  ModeratedBasis moved;
  if (history == nullptr) return moved;
  for (const Position place : basis) {
    const Assessment* assessment = FindAssessment(*history, place);
    if (assessment == nullptr || assessment->moderations.empty()) continue;
    moved.assessments.push_back(assessment);
    moved.criteria_met.insert(assessment->criteria_met.begin(), assessment->criteria_met.end());
    moved.confidence = moved.confidence || assessment->authority_confidence;
  }
  return moved;
}

bool BoardSpokeFor(const ContractState& state, const std::vector<Position>& basis) {
  return std::any_of(
      state.board_matters.begin(), state.board_matters.end(), [&](const BoardMatter& matter) {
        return matter.outcome != v1::MATTER_OUTCOME_DISCUSSED &&
               std::find(basis.begin(), basis.end(), matter.known.position) != basis.end();
      });
}

// PermissionDenied where one person moderated and decides, and nobody else approved.
void CheckDecider(const v1::LevelDetermined& event, const ModeratedBasis& moved,
                  const std::vector<Position>& basis, Ruling* ruling) {
  const absl::string_view decider = ruling->principal();
  const bool moderated = std::any_of(
      moved.assessments.begin(), moved.assessments.end(), [&](const Assessment* assessment) {
        return std::any_of(assessment->moderations.begin(), assessment->moderations.end(),
                           [&](const Assessment::Moderation& moderation) {
                             return moderation.moderator == decider;
                           });
      });
  const bool approved = !event.approved_by().empty() && event.approved_by() != decider;
  if (!moderated || approved || BoardSpokeFor(ruling->state(), basis)) return;
  ruling->Deny("MODERATOR_ALONE_RATIFIES", "principal",
               absl::StrCat(decider, " moderated the assessment; somebody else has to decide"));
}

// The levels below whose criteria have to be met, by the policy cumulative_rule.
bool AsksFor(absl::string_view rule, int lower, int level) {
  if (rule == "ALL") return lower < level;
  return rule == "L2_ONLY" && level == 2 && lower == 1;
}

void CheckLadder(const v1::LevelDetermined& event, const v1::Matrix& matrix,
                 const ModeratedBasis& moved, Ruling* ruling) {
  const int level = static_cast<int>(event.level());
  const absl::string_view rule = ruling->Policy(v1::POLICY_KEY_CUMULATIVE_RULE);
  std::vector<std::string> unmet;
  for (int lower = 0; lower < level; ++lower) {
    const v1::Cell* cell = FindCell(matrix, event.focus(), lower);
    if (cell == nullptr || !AsksFor(rule, lower, level)) continue;
    for (const v1::Criterion& criterion : cell->criteria()) {
      if (moved.criteria_met.count(criterion.id()) == 0) unmet.push_back(criterion.id());
    }
  }
  if (!unmet.empty()) {
    ruling->Forbid("LOWER_LEVEL_UNMET", "level",
                   absl::StrCat("not found met or carried: ", absl::StrJoin(unmet, ", ")));
  }
  if (level == 2 && !moved.confidence) {
    ruling->Forbid("CONFIDENCE_MISSING", "level",
                   "level 2 rests on the Authority's confidence, stated in the assessment");
  }
}

void CheckEffectiveDay(const v1::LevelDetermined& event, Ruling* ruling) {
  const absl::CivilDay effective = RealDay(event.effective_on());
  const DayRange period = RealDays(event.period());
  const auto end = LastContractDay(ruling->state(), Knowledge{TreeSize{ruling->position().value}});
  if (end && effective > *end) {
    ruling->Forbid("EFFECTIVE_AFTER_END", "effective_on",
                   absl::StrCat("the contract's last day is ", FormatDay(*end)));
  }
  if (effective < period.first) {
    if (IsMigrated(event)) return;
    if (event.has_ground() && !event.retro_reason().empty() && !event.approved_by().empty()) {
      return ruling->Flag("RETROACTIVE");
    }
    return ruling->Forbid(
        "EFFECTIVE_BEFORE_PERIOD", "effective_on",
        absl::StrCat(FormatDay(effective), " lies before the period, which begins on ",
                     FormatDay(period.first), "; that needs ground, retro_reason and approved_by"));
  }
  const bool usual = ruling->Policy(v1::POLICY_KEY_EFFECTIVE_DATE_RULE) == "WITHIN_PERIOD"
                         ? effective <= period.last
                         : effective == period.last + 1;
  if (!usual && event.effective_basis().empty()) {
    ruling->Forbid("EFFECTIVE_BASIS_MISSING", "effective_basis",
                   "the policy effective_date_rule names another day; say why this one");
  }
}

// The determinations that the event says it replaces.
struct Replaced {
  struct Named {
    std::string field;
    Position place;
  };
  std::vector<Named> determinations;
  // It names itself, or what comes after it.
  bool reaches_forward = false;

  bool Holds(Position place) const {
    return std::any_of(determinations.begin(), determinations.end(),
                       [&](const Named& named) { return named.place == place; });
  }
};

Replaced FindReplaced(const v1::LevelDetermined& event, const FocusHistory* history,
                      Ruling* ruling) {
  Replaced replaced;
  for (int i = 0; i < event.supersedes_size(); ++i) {
    const std::string field = absl::StrCat("supersedes[", i, "]");
    const Position place = ruling->PlaceOf(event.supersedes(i));
    if (event.supersedes(i).has_index() && place >= ruling->position()) {
      replaced.reaches_forward = true;
      continue;
    }
    if (!ruling->Resolve(event.supersedes(i), field)) continue;
    if (history == nullptr || FindDetermination(*history, place) == nullptr) {
      ruling->NotFound(
          "REF_UNKNOWN", field,
          absl::StrCat("position ", place.value, " holds no determination of ", event.focus()));
      continue;
    }
    replaced.determinations.push_back({field, place});
  }
  return replaced;
}

void CheckConflict(const v1::LevelDetermined& event, const FocusHistory* history,
                   const Replaced& replaced, Ruling* ruling) {
  if (history == nullptr) return;
  for (const Determination& other : history->determinations) {
    if (other.effective_on != RealDay(event.effective_on())) continue;
    // A provisional score holds no day, so it stands in nobody's way.
    if (other.provisional != event.provisional()) continue;
    const Position place = other.known.position;
    if (FindSupersession(*history, place) != nullptr || replaced.Holds(place)) continue;
    ruling->Forbid("CONFLICTING_EFFECTIVE_DATE", "effective_on",
                   absl::StrCat("the determination at position ", place.value,
                                " holds from the same day; supersede it"));
  }
}

// Only what still stands can be replaced, and only by what comes after it. Events of one request
// may replace one determination together.
void CheckReplaced(const Replaced& replaced, const FocusHistory* history, Ruling* ruling) {
  std::set<Position> seen;
  for (const auto& [field, place] : replaced.determinations) {
    const Supersession* earlier = FindSupersession(*history, place);
    if (earlier != nullptr && earlier->by < ruling->first_position()) {
      ruling->Forbid("ALREADY_SUPERSEDED", field,
                     absl::StrCat("position ", earlier->by.value, " superseded it"));
    } else if (!seen.insert(place).second) {
      ruling->Forbid("ALREADY_SUPERSEDED", field,
                     absl::StrCat("position ", place.value, " is named twice"));
    }
  }
  if (replaced.reaches_forward) {
    ruling->Forbid("SUPERSEDE_CYCLE", "supersedes", "a determination replaces only earlier ones");
  }
}

void CheckCoverage(const v1::LevelDetermined& event, Ruling* ruling) {
  const int months = ruling->PolicyNumber(v1::POLICY_KEY_COVERAGE_MONTHS);
  if (months == 0) {
    if (!event.has_coverage_to()) return;
    return ruling->Forbid("COVERAGE_MISMATCH", "coverage_to",
                          "leave it out: the policy coverage_months sets no limit");
  }
  const absl::CivilDay due = LastDayOfMonths(RealDay(event.period().last()) + 1, months);
  if (event.has_coverage_to() && RealDay(event.coverage_to()) == due) return;
  ruling->Forbid("COVERAGE_MISMATCH", "coverage_to",
                 absl::StrCat("by the policy coverage_months it is ", FormatDay(due)));
}

void CheckScored(const v1::LevelDetermined& event, const v1::Matrix& matrix,
                 const ModeratedBasis& moved, Ruling* ruling) {
  const v1::Focus* focus = FindFocus(matrix, event.focus());
  if (focus->kind() == v1::FOCUS_KIND_ENDURING) {
    ruling->Forbid("FOCUS_IS_ENDURING", "focus",
                   absl::StrCat(event.focus(), " is a standing condition and has no levels"));
  }
  CheckLevelDefined(matrix, event.focus(), event.level(), event.provisional(), ruling);
  if (moved.assessments.empty() && !IsMigrated(event)) {
    ruling->Forbid("NOT_MODERATED", "basis", "cite an assessment of this focus that was moderated");
  }
}

// A level found before the contract joined the ledger rests on a document that both sides agreed
// to, whatever the evidence rule asks.
void CheckMigrated(const v1::LevelDetermined& event, const std::vector<Position>& basis,
                   Ruling* ruling) {
  ruling->Flag("MIGRATED");
  bool cited = false;
  bool agreed = false;
  for (const v1::EvidenceUse& use : event.evidence()) {
    const EvidenceItem* document = FindUsableEvidence(ruling->state(), use.evidence_id());
    if (document == nullptr) continue;
    cited = true;
    agreed = agreed || BothSidesAssent(*ruling, document->artefact, basis);
  }
  if (!cited && event.evidence_override()) {
    ruling->Forbid("EVIDENCE_MISSING", "evidence", "cite the document that the level comes from");
  }
  if (!agreed) {
    ruling->Forbid("ASSENT_MISSING", "basis",
                   "cite the assents of both sides to the digest of a document among `evidence`");
  }
}

void DecideDetermined(const v1::LevelDetermined& event, Ruling* ruling) {
  const v1::Matrix* matrix = ruling->PinnedMatrix();
  const bool known = ruling->CheckFocus(event.focus(), "focus") && matrix != nullptr;
  const FocusHistory* history = FindHistory(ruling->state(), event.focus());
  const std::vector<Position> basis = ruling->ResolveAll(event.basis(), "basis");
  const ModeratedBasis moved = GatherBasis(history, basis);
  CheckDecider(event, moved, basis, ruling);
  CheckConflicts({event.focus(), basis}, ruling);
  // A correction stays possible when the record is closed.
  if (event.supersedes().empty()) ruling->CheckOpen();
  ruling->CheckNotInFuture(RealDay(event.effective_on()), "effective_on");
  ruling->CheckNotInFuture(RealDay(event.assessed_on()), "assessed_on");
  ruling->CheckNotInFuture(RealDay(event.decided_on()), "decided_on");

  if (known) CheckScored(event, *matrix, moved, ruling);
  if (!event.evidence_override()) {
    CheckEvidence(known ? matrix : nullptr, event.focus(), event.level(), event.evidence(), ruling);
    if (RestsOnProviderAlone(event.evidence(), *ruling)) ruling->Flag("PROVIDER_ONLY_EVIDENCE");
  }
  if (known && !IsMigrated(event)) CheckLadder(event, *matrix, moved, ruling);
  CheckEffectiveDay(event, ruling);
  const Replaced replaced = FindReplaced(event, history, ruling);
  CheckConflict(event, history, replaced, ruling);
  CheckReplaced(replaced, history, ruling);
  CheckCoverage(event, ruling);
  if (IsMigrated(event)) CheckMigrated(event, basis, ruling);
  if (!event.supersedes().empty()) ruling->Flag("SUPERSEDES");
}

void EvolveDetermined(const v1::LevelDetermined& event, const Fact& fact, StateEdit* edit) {
  FocusHistory& history = edit->Focus(event.focus(), fact);
  Determination determination{.known = fact.known,
                              .level = static_cast<int>(event.level()),
                              .effective_on = RealDay(event.effective_on()),
                              .period = RealDays(event.period()),
                              .assessed_on = RealDay(event.assessed_on()),
                              .decided_on = RealDay(event.decided_on()),
                              .provisional = event.provisional(),
                              .matrix_version = event.common().matrix_version()};
  if (event.has_coverage_to()) determination.coverage_to = RealDay(event.coverage_to());
  for (const v1::EvidenceUse& use : event.evidence()) {
    determination.evidence.push_back({use.evidence_id(), use.mandatory()});
  }
  for (const v1::EventRef& ref : event.supersedes()) {
    const Position old = fact.Resolve(ref);
    determination.supersedes.push_back(old);
    edit->Append(&history.supersessions,
                 Supersession{fact.known, old, fact.known.position, event.ground()});
  }
  edit->Append(&history.determinations, std::move(determination));
}

constexpr EventRules kRows[] = {
    RulesFor<v1::LevelDetermined, CheckDetermined, DecideDetermined, EvolveDetermined>(
        {.roles = Roles({v1::ROLE_DEC}),
         .needs_matrix_version = true,
         .needs_governance = true,
         .after_close = true,
         .power = v1::POWER_DETERMINE_LEVEL}),
};

}  // namespace

absl::Span<const EventRules> DeterminationRules() { return kRows; }

}  // namespace waymark
