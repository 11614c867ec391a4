#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/shape_check.h"
#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

// ---- Commitments ----

v1::CommitmentRecorded Commitment(v1::CommitmentStage stage, const std::string& id = "BID-1") {
  auto event = MakeEvent<v1::CommitmentRecorded>("X", v1::ROLE_CM);
  event.set_commitment_id(id);
  event.set_stage(stage);
  event.set_words("a survey every quarter");
  if (stage == v1::COMMITMENT_STAGE_PROMISED) event.set_source(SomeDigest());
  event.set_focus("PI-CS");
  return event;
}

// A promise, spoilt by `spoil`; what follows one; what follows one that is closed.
Play Promised(void (*spoil)(v1::CommitmentRecorded*)) {
  return [spoil](World& world) {
    v1::CommitmentRecorded event = Commitment(v1::COMMITMENT_STAGE_PROMISED);
    spoil(&event);
    return world.Append(event);
  };
}
Play Later(v1::CommitmentStage stage, void (*spoil)(v1::CommitmentRecorded*)) {
  return [=](World& world) {
    world.Must(Commitment(v1::COMMITMENT_STAGE_PROMISED));
    v1::CommitmentRecorded event = Commitment(stage);
    spoil(&event);
    return world.Append(event);
  };
}
Play AfterClosing(v1::CommitmentStage stage) {
  return [=](World& world) {
    world.Must(Commitment(v1::COMMITMENT_STAGE_PROMISED), Commitment(v1::COMMITMENT_STAGE_CLOSED));
    return world.Append(Commitment(stage));
  };
}

void ByProvider(v1::CommitmentRecorded* event) {
  event->mutable_common()->set_party_id("P");
  event->mutable_common()->set_role(v1::ROLE_PRL);
}

std::vector<DecideRow> Commitments() {
  using M = v1::CommitmentRecorded;
  return {
      Accepts<M>("promised for a level and days to come", Promised([](M* event) {
                   event->set_level(3);
                   SetDays(Day(2024, 4, 1), Day(2026, 3, 31), event->mutable_period());
                   *event->mutable_forecast() = ToDate(Day(2025, 12, 31));
                 })),
      Accepts<M>("promised again, as a variation does",
                 Later(v1::COMMITMENT_STAGE_PROMISED, [](M*) {})),
      Accepts<M>("progress, by the contract manager",
                 Later(v1::COMMITMENT_STAGE_PROGRESS, [](M*) {})),
      Accepts<M>("progress, by the provider", Later(v1::COMMITMENT_STAGE_PROGRESS, ByProvider)),
      Accepts<M>("closed", Later(v1::COMMITMENT_STAGE_CLOSED, [](M*) {})),
      Refuses<M>("SOURCE_HASH_MISSING", Promised([](M* event) { event->clear_source(); })),
      Refuses<M>("SOURCE_HASH_MISSING", Promised([](M* event) { event->set_source("short"); }),
                 "not a SHA-256"),
      Refuses<M>("DIGEST_INVALID", Later(v1::COMMITMENT_STAGE_PROGRESS,
                                         [](M* event) { event->set_source("short"); })),
      Refuses<M>("COMMITMENT_CLOSED", AfterClosing(v1::COMMITMENT_STAGE_PROGRESS)),
      Refuses<M>("COMMITMENT_CLOSED", AfterClosing(v1::COMMITMENT_STAGE_CLOSED), "twice"),
      Refuses<M>("COMMITMENT_CLOSED", AfterClosing(v1::COMMITMENT_STAGE_PROMISED),
                 "promised again"),
      Refuses<M>(
          "REF_UNKNOWN",
          [](World& world) { return world.Append(Commitment(v1::COMMITMENT_STAGE_PROGRESS)); }),
      Refuses<M>("ROLE_NOT_ALLOWED", Promised(ByProvider), "the provider records the promise"),
      Refuses<M>("ROLE_NOT_ALLOWED", Later(v1::COMMITMENT_STAGE_CLOSED, ByProvider),
                 "the provider closes"),
      Refuses<M>("FOCUS_UNKNOWN", Promised([](M* event) { event->set_focus("PI-XX"); })),
      Refuses<M>("LEVEL_OUT_OF_RANGE", Promised([](M* event) { event->set_level(6); })),
      Refuses<M>("PERIOD_REVERSED", Promised([](M* event) {
                   SetDays(Day(2026, 4, 1), Day(2025, 3, 31), event->mutable_period());
                 })),
      Refuses<M>("FIELD_MISSING", Promised([](M* event) { event->clear_words(); })),
  };
}

// ---- Plans ----

v1::AnnualPlanAdopted Plan(const std::string& id, int year, uint32_t revision) {
  auto event = MakeEvent<v1::AnnualPlanAdopted>("X", v1::ROLE_DEC);
  event.mutable_common()->mutable_governance()->set_meeting_id("SB-7");
  event.mutable_common()->mutable_governance()->set_minute("5");
  event.set_plan_id(id);
  event.set_year(year);
  event.set_plan_revision(revision);
  SetDays(Day(year, 4, 1), Day(year + 1, 3, 31), event.mutable_period());
  v1::PlanCommitment* commitment = event.add_commitments();
  commitment->set_commitment_id("BID-1");
  commitment->set_focus("PI-CS");
  commitment->set_level(3);
  *commitment->mutable_due() = ToDate(Day(year, 12, 31));
  return event;
}

// A plan with its commitment on record, spoilt by `spoil`; the same behind plan AP-24.
Play Planned(void (*spoil)(v1::AnnualPlanAdopted*)) {
  return [spoil](World& world) {
    world.Must(Commitment(v1::COMMITMENT_STAGE_PROMISED));
    v1::AnnualPlanAdopted event = Plan("AP-24", 2024, 1);
    spoil(&event);
    return world.Append(event);
  };
}
Play Replanned(const std::string& id, int year, uint32_t revision) {
  return [=](World& world) {
    world.Must(Commitment(v1::COMMITMENT_STAGE_PROMISED));
    world.Must(Plan("AP-24", 2024, 2));
    return world.Append(Plan(id, year, revision));
  };
}

void NameCriterion(const std::string& criterion, v1::AnnualPlanAdopted* event) {
  event->mutable_commitments(0)->clear_level();
  event->mutable_commitments(0)->set_criterion(criterion);
}

std::vector<DecideRow> Plans() {
  using M = v1::AnnualPlanAdopted;
  return {
      Accepts<M>("with a commitment to a level", Planned([](M*) {})),
      Accepts<M>("with a commitment to a criterion",
                 Planned([](M* event) { NameCriterion("PI-CS.L1.2", event); })),
      Accepts<M>("its next revision", Replanned("AP-24", 2024, 3)),
      Accepts<M>("the next year's", Replanned("AP-25", 2025, 1)),
      Accepts<v1::AssessmentRecorded>("that read a revision of the plan",
                                      [](World& world) {
                                        world.Must(Commitment(v1::COMMITMENT_STAGE_PROMISED));
                                        const Position plan = world.Must(Plan("AP-24", 2024, 1));
                                        world.Must(world.Evidence("E-0"));
                                        v1::AssessmentRecorded event = world.Assessment("PI-CS", 3);
                                        *event.mutable_plan() = RefTo(plan);
                                        return world.Append(event);
                                      }),
      Refuses<M>("YEAR_OVERLAP", Replanned("OTHER", 2024, 1), "two plans"),
      Refuses<M>("YEAR_OVERLAP", Replanned("AP-24", 2024, 2), "a revision twice"),
      Refuses<M>("YEAR_OVERLAP", Replanned("AP-24", 2024, 1), "an older revision"),
      Refuses<M>("COMMITMENT_ORPHAN",
                 [](World& world) { return world.Append(Plan("AP-24", 2024, 1)); }),
      Refuses<M>("FIELD_MISSING",
                 Planned([](M* event) { event->mutable_commitments(0)->clear_level(); }),
                 "neither level nor criterion"),
      Refuses<M>("FIELD_UNEXPECTED", Planned([](M* event) {
                   event->mutable_commitments(0)->set_criterion("PI-CS.L1.1");
                 })),
      Refuses<M>("FIELD_MISSING",
                 Planned([](M* event) { event->mutable_commitments(0)->clear_due(); }), "no day"),
      Refuses<M>("FIELD_MISSING",
                 Planned([](M* event) { event->mutable_common()->clear_governance(); }),
                 "no minute"),
      Refuses<M>("FIELD_MISSING", Planned([](M* event) { event->clear_plan_revision(); }),
                 "no revision"),
      Refuses<M>("DATE_INVALID", Planned([](M* event) { event->set_year(2025); })),
      Refuses<M>("FOCUS_UNKNOWN",
                 Planned([](M* event) { event->mutable_commitments(0)->set_focus("PI-XX"); })),
      Refuses<M>("REF_UNKNOWN", Planned([](M* event) { NameCriterion("PI-CS.L9.1", event); }),
                 "a criterion that no version has"),
      Refuses<M>(
          "REF_UNKNOWN",
          [](World& world) {
            v1::Matrix other = SmallMatrix();
            other.set_version_id("other");
            for (v1::Cell& cell : *other.mutable_cells()) cell.clear_criteria();
            world.Must(world.Draft(other), Commitment(v1::COMMITMENT_STAGE_PROMISED));
            v1::AnnualPlanAdopted event = Plan("AP-24", 2024, 1);
            NameCriterion("PI-CS.L1.2", &event);
            event.mutable_common()->set_matrix_version(world.state().drafts.back().version_hash);
            return world.Append(event);
          },
          "a criterion that the pinned version has not"),
      Refuses<M>("LEVEL_OUT_OF_RANGE",
                 Planned([](M* event) { event->mutable_commitments(0)->set_level(6); })),
      Refuses<M>("LIST_TOO_LONG", Planned([](M* event) {
                   for (int i = 0; i < kListValuesMax; ++i) {
                     *event->add_commitments() = event->commitments(0);
                   }
                 })),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Planned([](M* event) { event->mutable_common()->set_role(v1::ROLE_CM); })),
  };
}

// ---- Reports ----

v1::ClientOverviewReportIssued Report(const std::string& id, Day first, Day last) {
  auto event = MakeEvent<v1::ClientOverviewReportIssued>("X", v1::ROLE_CM);
  event.set_id(id);
  SetDays(first, last, event.mutable_period());
  event.set_document(SomeDigest());
  return event;
}

v1::ClientOverviewReportIssued Quarter(const std::string& id) {
  return Report(id, Day(2024, 4, 1), Day(2024, 6, 30));
}

std::vector<DecideRow> Reports() {
  using M = v1::ClientOverviewReportIssued;
  return {
      Accepts<M>("one beside another",
                 [](World& world) {
                   world.Must(Quarter("COR-1"));
                   return world.Append(Report("COR-2", Day(2024, 7, 1), Day(2024, 9, 30)));
                 }),
      Accepts<M>("in place of another",
                 [](World& world) {
                   M event = Quarter("COR-1a");
                   *event.mutable_supersedes() = RefTo(world.Must(Quarter("COR-1")));
                   return world.Append(event);
                 }),
      Refuses<M>("REPORT_OVERLAP",
                 [](World& world) {
                   world.Must(Quarter("COR-1"));
                   return world.Append(Report("COR-2", Day(2024, 6, 30), Day(2024, 9, 30)));
                 }),
      Refuses<M>(
          "REPORT_OVERLAP",
          [](World& world) {
            M event = Quarter("COR-1a");
            *event.mutable_supersedes() = RefTo(world.Must(Quarter("COR-1")));
            world.Must(event);
            return world.Append(Quarter("COR-1b"));
          },
          "with the one that replaced another"),
      Refuses<M>("ALREADY_SUPERSEDED",
                 [](World& world) {
                   M event = Report("COR-1a", Day(2024, 4, 1), Day(2024, 4, 30));
                   *event.mutable_supersedes() = RefTo(world.Must(Quarter("COR-1")));
                   world.Must(event);
                   SetDays(Day(2024, 5, 1), Day(2024, 6, 30), event.mutable_period());
                   return world.Append(event);
                 }),
      Refuses<M>(
          "REF_UNKNOWN",
          [](World& world) {
            M event = Quarter("COR-1");
            *event.mutable_supersedes() = RefTo(world.last());
            return world.Append(event);
          },
          "not a report"),
      Refuses<M>("FIELD_MISSING",
                 [](World& world) {
                   M event = Quarter("COR-1");
                   event.clear_document();
                   return world.Append(event);
                 }),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 [](World& world) {
                   M event = Quarter("COR-1");
                   event.mutable_common()->set_role(v1::ROLE_SM);
                   return world.Append(event);
                 }),
  };
}

// ---- Measures ----

v1::MeasureRecorded Measure(const World& world) {
  auto event = MakeEvent<v1::MeasureRecorded>("P", v1::ROLE_PRL);
  event.set_scheme(v1::MEASURE_SCHEME_KPI);
  event.set_scheme_version("2024.1");
  event.set_measure("defects closed in time");
  event.set_unit("%");
  event.set_value("97.25");
  SetDays(world.today() - 30, world.today(), event.mutable_period());
  return event;
}

Play Measured(void (*spoil)(v1::MeasureRecorded*)) {
  return [spoil](World& world) {
    v1::MeasureRecorded event = Measure(world);
    spoil(&event);
    return world.Append(event);
  };
}
// Behind a figure of the same measure.
Play MeasuredAgain(void (*spoil)(v1::MeasureRecorded*)) {
  return [spoil](World& world) {
    v1::MeasureRecorded event = Measure(world);
    world.Must(event);
    spoil(&event);
    return world.Append(event);
  };
}
Play Valued(const std::string& value) {
  return [=](World& world) {
    v1::MeasureRecorded event = Measure(world);
    event.set_value(value);
    return world.Append(event);
  };
}

std::vector<DecideRow> Measures() {
  using M = v1::MeasureRecorded;
  const auto social_value = [](M* event) {
    event->set_scheme(v1::MEASURE_SCHEME_TOMS);
    event->set_proxy_version("2023");
  };
  std::vector<DecideRow> rows = {
      Accepts<M>("a KPI, by the provider", Measured([](M*) {})),
      Accepts<M>("a KPI with target and forecast, by the contract manager", Measured([](M* event) {
                   event->mutable_common()->set_party_id("X");
                   event->mutable_common()->set_role(v1::ROLE_CM);
                   event->set_target("98");
                   event->set_forecast_final("97.5");
                 })),
      Accepts<M>("a TOMs result", Measured(social_value)),
      Accepts<M>("again in its unit", MeasuredAgain([](M*) {})),
      Accepts<M>("another unit in another version", MeasuredAgain([](M* event) {
                   event->set_scheme_version("2025.1");
                   event->set_unit("days");
                 })),
      Accepts<M>("another unit in another scheme", MeasuredAgain([](M* event) {
                   event->set_scheme(v1::MEASURE_SCHEME_TOMS);
                   event->set_proxy_version("2023");
                   event->set_unit("GBP");
                 })),
      Refuses<M>("MEASURE_UNKNOWN", MeasuredAgain([](M* event) { event->set_unit("days"); })),
      Refuses<M>("PERIOD_UNFINISHED",
                 Measured([](M* event) { event->mutable_period()->mutable_last()->set_day(16); })),
      Refuses<M>("FIELD_MISSING",
                 Measured([](M* event) { event->set_scheme(v1::MEASURE_SCHEME_TOMS); }),
                 "TOMs without the version of the proxy values"),
      Refuses<M>("FIELD_MISSING", Measured([](M* event) { event->clear_scheme_version(); }),
                 "no version"),
      Refuses<M>("FIELD_MISSING", Measured([](M* event) { event->clear_value(); }), "no value"),
      Refuses<M>("DECIMAL_INVALID", Measured([](M* event) { event->set_target("high"); }),
                 "in the target"),
      Refuses<M>("DECIMAL_INVALID", Measured([](M* event) { event->set_forecast_final("1e3"); }),
                 "in the forecast"),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Measured([](M* event) { event->mutable_common()->set_role(v1::ROLE_PRD); })),
  };
  for (const std::string& value : {std::string("0"), std::string("-0.50"), std::string("10"),
                                   std::string("0.007"), std::string(kDecimalBytesMax, '9')}) {
    rows.push_back(Accepts<M>(value, Valued(value)));
  }
  for (const std::string& value :
       {std::string("-"), std::string("."), std::string(".5"), std::string("5."),
        std::string("007"), std::string("-01"), std::string("+1"), std::string("1,5"),
        std::string("1.2.3"), std::string("--1"), std::string(" 1"), std::string("1 "),
        std::string("1e3"), std::string("NaN"), std::string(kDecimalBytesMax + 1, '9')}) {
    rows.push_back(Refuses<M>("DECIMAL_INVALID", Valued(value), value));
  }
  return rows;
}

// ---- Dependencies ----

v1::DependencyRecorded Dependency(v1::DependencyStage stage) {
  auto event = MakeEvent<v1::DependencyRecorded>("P", v1::ROLE_PRL);
  event.set_dependency_id("DEP-1");
  event.set_stage(stage);
  event.set_owed_by("X");
  event.set_what("the asset register");
  *event.mutable_due() = ToDate(Day(2024, 9, 30));
  event.set_focus("PI-CS");
  return event;
}

Play Raised(void (*spoil)(v1::DependencyRecorded*)) {
  return [spoil](World& world) {
    v1::DependencyRecorded event = Dependency(v1::DEPENDENCY_STAGE_RAISED);
    spoil(&event);
    return world.Append(event);
  };
}
Play Discharged(void (*spoil)(v1::DependencyRecorded*)) {
  return [spoil](World& world) {
    world.Must(Dependency(v1::DEPENDENCY_STAGE_RAISED));
    v1::DependencyRecorded event = Dependency(v1::DEPENDENCY_STAGE_DISCHARGED);
    spoil(&event);
    return world.Append(event);
  };
}

void ByAuthority(v1::DependencyRecorded* event) {
  event->mutable_common()->set_party_id("X");
  event->mutable_common()->set_role(v1::ROLE_SM);
}

std::vector<DecideRow> Dependencies() {
  using M = v1::DependencyRecorded;
  return {
      Accepts<M>("raised by the provider", Raised([](M*) {})),
      Accepts<M>("raised by the authority, owed by the provider, on no focus", Raised([](M* event) {
                   ByAuthority(event);
                   event->set_owed_by("P");
                   event->clear_focus();
                 })),
      Accepts<M>("discharged by its owner", Discharged([](M* event) {
                   ByAuthority(event);
                   *event->mutable_effective_on() = ToDate(Day(2024, 7, 1));
                 })),
      Accepts<M>("discharged by the other party", Discharged([](M*) {})),
      Refuses<M>("OWNER_MISSING", Raised([](M* event) { event->clear_owed_by(); })),
      Refuses<M>(
          "DEPENDENCY_NOT_OPEN",
          [](World& world) { return world.Append(Dependency(v1::DEPENDENCY_STAGE_DISCHARGED)); },
          "never raised"),
      Refuses<M>(
          "DEPENDENCY_NOT_OPEN",
          [](World& world) {
            world.Must(Dependency(v1::DEPENDENCY_STAGE_RAISED),
                       Dependency(v1::DEPENDENCY_STAGE_DISCHARGED));
            return world.Append(Dependency(v1::DEPENDENCY_STAGE_DISCHARGED));
          },
          "discharged before"),
      Refuses<M>("DEPENDENCY_ID_USED",
                 Discharged([](M* event) { event->set_stage(v1::DEPENDENCY_STAGE_RAISED); })),
      Refuses<M>("PARTY_UNKNOWN", Raised([](M* event) { event->set_owed_by("Y"); }),
                 "owed by no party"),
      Refuses<M>("FOCUS_UNKNOWN", Raised([](M* event) { event->set_focus("PI-XX"); })),
      Refuses<M>("FIELD_MISSING", Raised([](M* event) { event->clear_due(); })),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Raised([](M* event) { event->mutable_common()->set_role(v1::ROLE_BRD); })),
  };
}

// A request whose last event is refused takes back everything before it, also from what was on
// record already.
std::vector<DecideRow> TakenBack() {
  return {
      Refuses<v1::CommitmentRecorded>(
          "COMMITMENT_CLOSED",
          [](World& world) {
            world.Must(Commitment(v1::COMMITMENT_STAGE_PROMISED), Plan("AP-24", 2024, 1),
                       Measure(world), Dependency(v1::DEPENDENCY_STAGE_RAISED));
            v1::ClientOverviewReportIssued report = Quarter("COR-1a");
            *report.mutable_supersedes() = RefTo(world.Must(Quarter("COR-1")));
            v1::MeasureRecorded other = Measure(world);
            other.set_measure("calls answered");
            return world.Append(
                Commitment(v1::COMMITMENT_STAGE_PROGRESS), Plan("AP-24", 2024, 2), report,
                Measure(world), other, Dependency(v1::DEPENDENCY_STAGE_DISCHARGED),
                Commitment(v1::COMMITMENT_STAGE_CLOSED), Commitment(v1::COMMITMENT_STAGE_PROGRESS));
          },
          "and all before it taken back"),
      Refuses<v1::CommitmentRecorded>(
          "COMMITMENT_CLOSED",
          [](World& world) {
            return world.Append(
                Commitment(v1::COMMITMENT_STAGE_PROMISED), Plan("AP-24", 2024, 1), Quarter("COR-1"),
                Measure(world), Dependency(v1::DEPENDENCY_STAGE_RAISED),
                Commitment(v1::COMMITMENT_STAGE_CLOSED), Commitment(v1::COMMITMENT_STAGE_PROGRESS));
          },
          "and all before it taken back, which began with it"),
  };
}

}  // namespace

std::vector<DecideRow> PlanTable() {
  std::vector<DecideRow> rows;
  for (auto table : {Commitments(), Plans(), Reports(), Measures(), Dependencies(), TakenBack()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
