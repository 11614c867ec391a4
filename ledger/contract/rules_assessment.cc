// What assessors found of levels and of standing conditions, and what moderators said of that.

#include <algorithm>
#include <map>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "ledger/contract/conflicts.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/level_rules.h"
#include "ledger/contract/lookup.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// ---- AssessmentRecorded ----

void CheckAssessed(const v1::AssessmentRecorded& event, ShapeCheck* check) {
  check->Id(event.focus(), "focus");
  check->Days(event.has_period(), event.period(), "period");
  check->Day(event.has_assessed_on(), event.assessed_on(), "assessed_on");
  check->Level(event.level(), "level");
  check->Findings(event.findings());
  check->Narrative(event.narrative());
  check->Evidence(event.evidence());
  if (event.has_plan()) check->Ref(event.plan(), "plan");
  check->Day(event.longevity().has_as_of(), event.longevity().as_of(), "longevity.as_of");
  check->Text(event.longevity().engine(), "longevity.engine");
  check->Sha256(event.longevity().digest(), "longevity.digest");
  check->Text(event.weighing(), "weighing");
}

void CheckSnapshot(const v1::AssessmentRecorded& event, Ruling* ruling) {
  const Position known_at{event.longevity().known_at()};
  if (known_at >= ruling->first_position()) {
    ruling->Refuse(absl::StatusCode::kOutOfRange, "KNOWN_AT_BEYOND_HEAD", "longevity.known_at",
                   absl::StrCat("position ", known_at.value, " is not recorded yet"));
  }
  const FocusHistory* history = FindHistory(ruling->state(), event.focus());
  if (history != nullptr && history->last_event && *history->last_event > known_at) {
    ruling->Forbid("SNAPSHOT_STALE", "longevity.known_at",
                   absl::StrCat(event.focus(), " has an event at position ",
                                history->last_event->value, ", past ", known_at.value));
  }
}

void DecideAssessed(const v1::AssessmentRecorded& event, Ruling* ruling) {
  CheckConflicts({event.focus(), {}}, ruling);
  if (event.has_confidence() && !ruling->IsAuthority(event.common().party_id())) {
    ruling->Deny("CONFIDENCE_NOT_AUTHORITY", "confidence", "only an authority can state it");
  }
  const v1::Matrix* matrix = ruling->PinnedMatrix();
  const bool known = ruling->CheckFocus(event.focus(), "focus");
  if (known) CheckCriteria(event.focus(), event.findings(), ruling);
  if (event.has_plan()) {
    ruling->ResolveTo(v1::AnnualPlanAdopted::descriptor(), event.plan(), "plan");
  }
  ruling->CheckNotInFuture(RealDay(event.assessed_on()), "assessed_on");
  if (known && matrix != nullptr) {
    CheckLevelDefined(*matrix, event.focus(), event.level(), event.provisional(), ruling);
  }
  CheckEvidence(known ? matrix : nullptr, event.focus(), event.level(), event.evidence(), ruling);
  CheckSnapshot(event, ruling);
}

// Criteria with nothing against them and a good finding for every side that they bind.
std::set<std::string> CriteriaMet(const v1::AssessmentRecorded& event, const v1::Matrix* matrix) {
  struct Tally {
    int good_sides = 0;
    bool failed = false;
  };
  std::map<std::string, Tally> tallies;
  for (const v1::Finding& finding : event.findings()) {
    Tally& tally = tallies[finding.criterion()];
    if (finding.outcome() == v1::FINDING_OUTCOME_NOT_MET) {
      tally.failed = true;
    } else {
      // The two sides are the two bits of SIDE_BOTH.
      tally.good_sides |= finding.party();
    }
  }
  absl::flat_hash_map<absl::string_view, const v1::Criterion*> criteria;
  if (matrix != nullptr) criteria = CriteriaOf(*matrix, event.focus());
  std::set<std::string> met;
  for (const auto& [id, tally] : tallies) {
    const auto criterion = criteria.find(id);
    const int bound = criterion == criteria.end() ? 0 : criterion->second->binds();
    if (!tally.failed && (tally.good_sides & bound) == bound) met.insert(id);
  }
  return met;
}
static_assert((v1::SIDE_AUTHORITY | v1::SIDE_PROVIDER) == v1::SIDE_BOTH);

void EvolveAssessed(const v1::AssessmentRecorded& event, const Fact& fact, StateEdit* edit) {
  Assessment assessment;
  assessment.known = fact.known;
  assessment.level = static_cast<int>(event.level());
  assessment.period = RealDays(event.period());
  assessment.assessed_on = RealDay(event.assessed_on());
  assessment.assessor = std::string(fact.principal);
  assessment.authority_confidence = event.confidence().confident();
  assessment.provisional = event.provisional();
  assessment.criteria_met =
      CriteriaMet(event, FindMatrix(edit->state(), event.common().matrix_version()));
  for (const v1::EvidenceUse& use : event.evidence()) {
    assessment.evidence.push_back({use.evidence_id(), use.mandatory()});
  }
  edit->Append(&edit->Focus(event.focus(), fact).assessments, std::move(assessment));
}

// ---- AssessmentModerated ----

void CheckModerated(const v1::AssessmentModerated& event, ShapeCheck* check) {
  check->Ref(event.assessment(), "assessment");
  check->Choice(event.outcome(), "outcome");
  check->Level(event.level(), "level");
  const bool proposed = event.outcome() == v1::MODERATION_OUTCOME_PROPOSED;
  if (proposed && !event.has_level()) {
    check->Refuse("FIELD_MISSING", "level", "name the level that is proposed");
  }
  if (!proposed && event.has_level()) {
    check->Refuse("FIELD_UNEXPECTED", "level", "only a proposal names one");
  }
}

// The assessment that a moderation names, where it stands in the record.
const Assessment* AssessmentAt(const ContractState& state, Position position) {
  const auto focus = FocusOfAssessment(state, position);
  if (!focus) return nullptr;
  const Assessment* assessment = FindAssessment(*FindHistory(state, *focus), position);
  return assessment->known.position == position ? assessment : nullptr;
}

void DecideModerated(const v1::AssessmentModerated& event, Ruling* ruling) {
  const auto place = ruling->Resolve(event.assessment(), "assessment");
  if (!place) return;
  const Assessment* assessment = AssessmentAt(ruling->state(), *place);
  if (assessment == nullptr) {
    ruling->NotFound("REF_UNKNOWN", "assessment",
                     absl::StrCat("position ", place->value, " holds no assessment"));
  } else if (assessment->assessor == ruling->principal()) {
    ruling->Deny("MODERATOR_IS_ASSESSOR", "principal",
                 absl::StrCat(ruling->principal(), " made the assessment"));
  }
  CheckConflicts(ActedUponAt(ruling->state(), *place), ruling);
}

void EvolveModerated(const v1::AssessmentModerated& event, const Fact& fact, StateEdit* edit) {
  const Position place = fact.Resolve(event.assessment());
  const auto code = FocusOfAssessment(edit->state(), place);
  if (!code) return;
  std::vector<Assessment>& assessments = edit->Focus(*code, fact).assessments;
  const auto assessment =
      std::find_if(assessments.begin(), assessments.end(),
                   [&](const Assessment& candidate) { return candidate.known.position == place; });
  if (assessment == assessments.end()) return;
  Assessment::Moderation moderation{fact.known, std::string(fact.principal), event.outcome(), {}};
  if (event.has_level()) moderation.level = static_cast<int>(event.level());
  edit->AppendWithin(&assessments, assessment - assessments.begin(), &Assessment::moderations,
                     std::move(moderation));
}

// ---- EnduringConditionAssessed ----

void CheckCondition(const v1::EnduringConditionAssessed& event, ShapeCheck* check) {
  check->Id(event.focus(), "focus");
  check->Days(event.has_period(), event.period(), "period");
  check->Narrative(event.narrative());
  check->Refs(event.measures(), "measures");
}

void DecideCondition(const v1::EnduringConditionAssessed& event, Ruling* ruling) {
  for (int i = 0; i < event.measures_size(); ++i) {
    ruling->ResolveTo(v1::MeasureRecorded::descriptor(), event.measures(i),
                      absl::StrCat("measures[", i, "]"));
  }
  const v1::Matrix* matrix = ruling->PinnedMatrix();
  if (ruling->CheckFocus(event.focus(), "focus") && matrix != nullptr &&
      FindFocus(*matrix, event.focus())->kind() != v1::FOCUS_KIND_ENDURING) {
    ruling->Forbid("FOCUS_NOT_ENDURING", "focus",
                   absl::StrCat(event.focus(), " is no standing condition"));
  }
  ruling->CheckFinished(RealDay(event.period().last()), "period.last");
}

void EvolveCondition(const v1::EnduringConditionAssessed& event, const Fact& fact,
                     StateEdit* edit) {
  edit->Append(&edit->Focus(event.focus(), fact).conditions,
               ConditionFinding{fact.known, RealDays(event.period()), event.met()});
}

constexpr EventRules kRows[] = {
    RulesFor<v1::AssessmentRecorded, CheckAssessed, DecideAssessed, EvolveAssessed>(
        {.roles = Roles({v1::ROLE_ASR}), .needs_matrix_version = true}),
    RulesFor<v1::AssessmentModerated, CheckModerated, DecideModerated, EvolveModerated>(
        {.roles = Roles({v1::ROLE_MOD}), .needs_reason = true, .needs_matrix_version = true}),
    RulesFor<v1::EnduringConditionAssessed, CheckCondition, DecideCondition, EvolveCondition>(
        {.roles = Roles({v1::ROLE_ASR}), .needs_matrix_version = true}),
};

}  // namespace

absl::Span<const EventRules> AssessmentRules() { return kRows; }

}  // namespace waymark
