// What was promised and planned, what is owed on the way, and what reports and measures say of it.

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/level_rules.h"
#include "ledger/contract/lookup.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

bool Overlap(const DayRange& a, const DayRange& b) {
  return a.first <= b.last && b.first <= a.last;
}

// ---- CommitmentRecorded ----

void CheckCommitment(const v1::CommitmentRecorded& event, ShapeCheck* check) {
  check->Id(event.commitment_id(), "commitment_id");
  check->Choice(event.stage(), "stage");
  check->Text(event.words(), "words");
  if (event.stage() != v1::COMMITMENT_STAGE_PROMISED) {
    check->OptionalSha256(event.source(), "source");
  } else if (event.source().size() != kDigestBytes) {
    check->Refuse("SOURCE_HASH_MISSING", "source",
                  "give the SHA-256 of the bid or the variation, 32 bytes");
  }
  check->Id(event.focus(), "focus");
  check->Level(event.level(), "level");
  if (event.has_period()) check->Days(true, event.period(), "period");
  check->OptionalDay(event.has_forecast(), event.forecast(), "forecast");
}

void DecideCommitment(const v1::CommitmentRecorded& event, Ruling* ruling) {
  ruling->CheckRole(event.stage() == v1::COMMITMENT_STAGE_PROGRESS
                        ? Roles({v1::ROLE_CM, v1::ROLE_PRL})
                        : Roles({v1::ROLE_CM}),
                    "stage", "the contract manager records promises and closes them");
  ruling->CheckFocus(event.focus(), "focus");
  const auto place = ruling->state().commitments.find(event.commitment_id());
  if (place == ruling->state().commitments.end()) {
    if (event.stage() == v1::COMMITMENT_STAGE_PROMISED) return;
    return ruling->NotFound("REF_UNKNOWN", "commitment_id",
                            absl::StrCat("'", event.commitment_id(), "' was not promised"));
  }
  if (place->second.stages.back().stage == v1::COMMITMENT_STAGE_CLOSED) {
    ruling->Forbid("COMMITMENT_CLOSED", "commitment_id",
                   absl::StrCat("'", event.commitment_id(), "' is closed"));
  }
}

void EvolveCommitment(const v1::CommitmentRecorded& event, const Fact& fact, StateEdit* edit) {
  edit->Focus(event.focus(), fact);
  Commitment& commitment = edit->FindOrAdd(&edit->state().commitments, event.commitment_id());
  if (commitment.stages.empty()) edit->Set(&commitment.commitment_id, event.commitment_id());
  Commitment::Stage stage{fact.known, event.stage(), event.focus(), {}};
  if (event.has_period()) stage.due = RealDay(event.period().last());
  edit->Append(&commitment.stages, std::move(stage));
}

// ---- AnnualPlanAdopted ----

void CheckPlanCommitment(const v1::PlanCommitment& commitment, const std::string& field,
                         ShapeCheck* check) {
  check->Id(commitment.commitment_id(), field + ".commitment_id");
  check->Id(commitment.focus(), field + ".focus");
  check->Level(commitment.level(), field + ".level");
  if (commitment.has_criterion()) check->Id(commitment.criterion(), field + ".criterion");
  if (commitment.has_level() == commitment.has_criterion()) {
    check->Refuse(commitment.has_level() ? "FIELD_UNEXPECTED" : "FIELD_MISSING",
                  field + ".criterion", "name a level or a criterion, one of the two");
  }
  check->Day(commitment.has_due(), commitment.due(), field + ".due");
}

void CheckPlan(const v1::AnnualPlanAdopted& event, ShapeCheck* check) {
  check->Id(event.plan_id(), "plan_id");
  if (event.year() == 0) check->Refuse("FIELD_MISSING", "year", "not given");
  if (event.plan_revision() == 0)
    check->Refuse("FIELD_MISSING", "plan_revision", "they start at 1");
  check->Days(event.has_period(), event.period(), "period");
  if (event.year() != 0 && event.has_period() &&
      event.period().first().year() != static_cast<int64_t>(event.year())) {
    check->Refuse("DATE_INVALID", "year", "the period does not begin in it");
  }
  const bool few = check->Count(event.commitments_size(), kListValuesMax, "commitments");
  for (int i = 0; few && i < event.commitments_size(); ++i) {
    CheckPlanCommitment(event.commitments(i), absl::StrCat("commitments[", i, "]"), check);
  }
}

// Whether the version that the event pins, or where it pins none some draft, asks for the
// criterion.
bool IsAsked(const v1::PlanCommitment& commitment, const Ruling& ruling) {
  if (ruling.common().has_matrix_version()) {
    const v1::Matrix* matrix = ruling.PinnedMatrix();
    // A version that is not known is refused for itself.
    return matrix == nullptr ||
           CriteriaOf(*matrix, commitment.focus()).contains(commitment.criterion());
  }
  const auto& drafts = ruling.state().drafts;
  return std::any_of(drafts.begin(), drafts.end(), [&](const MatrixDraft& draft) {
    return CriteriaOf(draft.matrix, commitment.focus()).contains(commitment.criterion());
  });
}

// No day has two plans, and no plan a revision twice.
void CheckYear(const v1::AnnualPlanAdopted& event, Ruling* ruling) {
  for (const auto& [id, revisions] : ruling->state().plans) {
    const PlanRevision& newest = revisions.back();
    if (id != event.plan_id() && Overlap(newest.period, RealDays(event.period()))) {
      ruling->Forbid("YEAR_OVERLAP", "period",
                     absl::StrCat("plan '", id, "' speaks for days of it"));
    }
    if (id == event.plan_id() && event.plan_revision() <= newest.revision) {
      ruling->Forbid("YEAR_OVERLAP", "plan_revision",
                     absl::StrCat("the plan has revision ", newest.revision, " already"));
    }
  }
}

void DecidePlan(const v1::AnnualPlanAdopted& event, Ruling* ruling) {
  CheckYear(event, ruling);
  for (int i = 0; i < event.commitments_size(); ++i) {
    const v1::PlanCommitment& commitment = event.commitments(i);
    const std::string field = absl::StrCat("commitments[", i, "]");
    const bool known = ruling->CheckFocus(commitment.focus(), field + ".focus");
    if (known && commitment.has_criterion() && !IsAsked(commitment, *ruling)) {
      ruling->NotFound(
          "REF_UNKNOWN", field + ".criterion",
          absl::StrCat(commitment.focus(), " has no criterion '", commitment.criterion(), "'"));
    }
    if (ruling->state().commitments.count(commitment.commitment_id()) == 0) {
      ruling->Forbid("COMMITMENT_ORPHAN", field + ".commitment_id",
                     absl::StrCat("no bid or variation on record promises '",
                                  commitment.commitment_id(), "'"));
    }
  }
}

void EvolvePlan(const v1::AnnualPlanAdopted& event, const Fact& fact, StateEdit* edit) {
  PlanRevision plan{fact.known, event.plan_revision(), RealDays(event.period()), {}};
  std::set<std::string> focuses;
  for (const v1::PlanCommitment& commitment : event.commitments()) {
    focuses.insert(commitment.focus());
    // What it names more than once is due in parts, the first of which comes first.
    const absl::CivilDay due = RealDay(commitment.due());
    const auto place = plan.due.emplace(commitment.commitment_id(), due).first;
    place->second = std::min(place->second, due);
  }
  for (const std::string& focus : focuses) edit->Focus(focus, fact);
  edit->Append(&edit->FindOrAdd(&edit->state().plans, event.plan_id()), std::move(plan));
}

// ---- ClientOverviewReportIssued ----

void CheckReport(const v1::ClientOverviewReportIssued& event, ShapeCheck* check) {
  check->Id(event.id(), "id");
  check->Days(event.has_period(), event.period(), "period");
  check->Sha256(event.document(), "document");
  if (event.has_supersedes()) check->Ref(event.supersedes(), "supersedes");
}

void DecideReport(const v1::ClientOverviewReportIssued& event, Ruling* ruling) {
  std::set<Position> replaced;
  for (const OverviewReport& report : ruling->state().reports) {
    if (report.supersedes) replaced.insert(*report.supersedes);
  }
  if (event.has_supersedes()) {
    const auto old = ruling->ResolveTo(v1::ClientOverviewReportIssued::descriptor(),
                                       event.supersedes(), "supersedes");
    if (old && !replaced.insert(*old).second) {
      ruling->Forbid("ALREADY_SUPERSEDED", "supersedes", "another report replaced it");
    }
  }
  for (const OverviewReport& report : ruling->state().reports) {
    if (replaced.count(report.known.position) > 0) continue;
    if (!Overlap(report.period, RealDays(event.period()))) continue;
    ruling->Forbid("REPORT_OVERLAP", "period",
                   absl::StrCat("report '", report.report_id, "' speaks for days of it"));
  }
}

void EvolveReport(const v1::ClientOverviewReportIssued& event, const Fact& fact, StateEdit* edit) {
  OverviewReport report{fact.known, event.id(), RealDays(event.period()), {}};
  if (event.has_supersedes()) report.supersedes = fact.Resolve(event.supersedes());
  edit->Append(&edit->state().reports, std::move(report));
}

// ---- MeasureRecorded ----

void CheckMeasure(const v1::MeasureRecorded& event, ShapeCheck* check) {
  check->Choice(event.scheme(), "scheme");
  check->Id(event.scheme_version(), "scheme_version");
  check->Id(event.measure(), "measure");
  check->Id(event.unit(), "unit");
  check->Decimal(event.value(), "value");
  if (event.has_target()) check->Decimal(event.target(), "target");
  if (event.has_forecast_final()) check->Decimal(event.forecast_final(), "forecast_final");
  if (event.has_proxy_version() || event.scheme() == v1::MEASURE_SCHEME_TOMS) {
    check->Id(event.proxy_version(), "proxy_version");
  }
  check->Days(event.has_period(), event.period(), "period");
}

// A scheme's name has no blank, so no two sets share a key.
std::string KeyOfSet(const v1::MeasureRecorded& event) {
  return absl::StrCat(event.scheme() == v1::MEASURE_SCHEME_KPI ? "KPI " : "TOMS ",
                      event.scheme_version());
}

// No event says what a set holds, so the first figure of a measure in a version does.
void DecideMeasure(const v1::MeasureRecorded& event, Ruling* ruling) {
  const auto set = ruling->state().measure_sets.find(KeyOfSet(event));
  if (set != ruling->state().measure_sets.end()) {
    const auto measure = set->second.measures.find(event.measure());
    if (measure != set->second.measures.end() && measure->second.unit != event.unit()) {
      ruling->NotFound("MEASURE_UNKNOWN", "measure",
                       absl::StrCat(set->first, " has '", event.measure(), "' in ",
                                    measure->second.unit, ", not in ", event.unit()));
    }
  }
  ruling->CheckFinished(RealDay(event.period().last()), "period.last");
}

void EvolveMeasure(const v1::MeasureRecorded& event, const Fact& fact, StateEdit* edit) {
  MeasureSet& set = edit->FindOrAdd(&edit->state().measure_sets, KeyOfSet(event));
  MeasureSet::Measure& measure = edit->FindOrAdd(&set.measures, event.measure());
  if (measure.unit.empty()) edit->Set(&measure, MeasureSet::Measure{fact.known, event.unit()});
}

// ---- DependencyRecorded ----

void CheckDependency(const v1::DependencyRecorded& event, ShapeCheck* check) {
  check->Id(event.dependency_id(), "dependency_id");
  check->Choice(event.stage(), "stage");
  if (event.owed_by().empty()) {
    check->Refuse("OWNER_MISSING", "owed_by", "name the party that owes it");
  } else {
    check->Id(event.owed_by(), "owed_by");
  }
  check->Text(event.what(), "what");
  check->Day(event.has_due(), event.due(), "due");
  check->OptionalDay(event.has_effective_on(), event.effective_on(), "effective_on");
  if (event.has_focus()) check->Id(event.focus(), "focus");
}

void DecideDependency(const v1::DependencyRecorded& event, Ruling* ruling) {
  if (!ruling->IsAuthority(event.owed_by()) && !ruling->IsProvider(event.owed_by())) {
    ruling->Deny("PARTY_UNKNOWN", "owed_by",
                 absl::StrCat("'", event.owed_by(), "' is no party to this contract"));
  }
  if (event.has_focus()) ruling->CheckFocus(event.focus(), "focus");
  const auto place = ruling->state().dependencies.find(event.dependency_id());
  const bool raised = place != ruling->state().dependencies.end();
  if (event.stage() == v1::DEPENDENCY_STAGE_RAISED && raised) {
    ruling->Forbid("DEPENDENCY_ID_USED", "dependency_id",
                   absl::StrCat("'", event.dependency_id(), "' is taken"));
  }
  if (event.stage() == v1::DEPENDENCY_STAGE_DISCHARGED && (!raised || place->second.discharge)) {
    ruling->Forbid("DEPENDENCY_NOT_OPEN", "dependency_id",
                   absl::StrCat("'", event.dependency_id(), "' was ",
                                raised ? "discharged already" : "not raised"));
  }
}

void EvolveDependency(const v1::DependencyRecorded& event, const Fact& fact, StateEdit* edit) {
  if (event.has_focus()) edit->Focus(event.focus(), fact);
  if (event.stage() == v1::DEPENDENCY_STAGE_RAISED) {
    Dependency dependency{
        fact.known, event.dependency_id(), event.owed_by(), RealDay(event.due()), {}, {}};
    if (event.has_focus()) dependency.focus = event.focus();
    return edit->Set(&edit->FindOrAdd(&edit->state().dependencies, event.dependency_id()),
                     std::move(dependency));
  }
  const auto place = edit->state().dependencies.find(event.dependency_id());
  // The payload that raised it may have been erased.
  if (place == edit->state().dependencies.end()) return;
  Dependency::Discharge discharge{fact.known, {}};
  if (event.has_effective_on()) discharge.effective_on = RealDay(event.effective_on());
  if (place->second.focus) edit->Focus(*place->second.focus, fact);
  edit->Set(&place->second.discharge, std::optional<Dependency::Discharge>(discharge));
}

constexpr EventRules kRows[] = {
    RulesFor<v1::CommitmentRecorded, CheckCommitment, DecideCommitment, EvolveCommitment>(
        {.roles = Roles({v1::ROLE_CM, v1::ROLE_PRL})}),
    RulesFor<v1::AnnualPlanAdopted, CheckPlan, DecidePlan, EvolvePlan>(
        {.roles = Roles({v1::ROLE_DEC}), .needs_governance = true}),
    RulesFor<v1::ClientOverviewReportIssued, CheckReport, DecideReport, EvolveReport>(
        {.roles = Roles({v1::ROLE_CM})}),
    RulesFor<v1::MeasureRecorded, CheckMeasure, DecideMeasure, EvolveMeasure>(
        {.roles = Roles({v1::ROLE_PRL, v1::ROLE_CM})}),
    RulesFor<v1::DependencyRecorded, CheckDependency, DecideDependency, EvolveDependency>(
        {.roles = kEitherPartyRoles}),
};

}  // namespace

absl::Span<const EventRules> PlanRules() { return kRows; }

}  // namespace waymark
