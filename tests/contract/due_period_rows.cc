// What is due by a cadence.

#include <utility>

#include "tests/contract/due_rows.h"

namespace waymark::test {
namespace {

using F = ContractFacts;

std::vector<DueRow> AssessmentRows() {
  constexpr v1::DueKind kKind = v1::DUE_KIND_ASSESSMENT;
  const auto covered = [](const char* to) {
    return [to](F& facts) {
      Determination& one = facts.On("2024-07-15").Determine("PI-CS", 3, "2024-07-01");
      one.period = {Day("2024-04-01"), Day("2024-06-30")};
      one.coverage_to = Day(to);
    };
  };
  return {
      {"nothing determined: a cadence from the start",
       kKind,
       [](F&) {},
       "2024-05-01",
       {"2024-06-30 PI-CS X"}},
      {"nothing determined, with another cadence",
       kKind,
       [](F& facts) { facts.SetPolicy(v1::POLICY_KEY_CADENCE_MONTHS, "1", "2024-04-01"); },
       "2024-05-01",
       {"2024-04-30 PI-CS X"}},
      {"covered to a day", kKind, covered("2024-12-31"), "2024-12-31", {"2024-12-31 PI-CS X"}},
      {"covered no more", kKind, covered("2024-12-31"), "2025-03-01", {"2024-12-31 PI-CS X"}},
      {"covered for long", kKind, covered("2024-12-31"), "2024-07-20", {}},
      {"covered to the end of the contract", kKind, covered("2027-03-31"), "2027-03-30", {}},
      {"covered without limit",
       kKind,
       [](F& facts) { facts.On("2024-07-15").Determine("PI-CS", 3, "2024-07-01"); },
       "2026-03-01",
       {}},
      {"the newest by effective day counts",
       kKind,
       [covered](F& facts) {
         covered("2024-12-31")(facts);
         facts.On("2024-10-15").Determine("PI-CS", 2, "2024-10-01").coverage_to = Day("2025-03-31");
       },
       "2025-01-15",
       {"2025-03-31 PI-CS X"}},
      {"what was superseded covers nothing",
       kKind,
       [covered](F& facts) {
         covered("2024-12-31")(facts);
         facts.On("2024-10-15").Determine("PI-CS", 2, "2024-10-01").coverage_to = Day("2025-03-31");
         FocusHistory& history = facts.state.focuses["PI-CS"];
         history.supersessions.push_back({facts.Record(),
                                          history.determinations.back().known.position,
                                          Position{facts.head.value - 1}, v1::GROUND_ERROR});
       },
       "2025-01-15",
       {"2024-12-31 PI-CS X"}},
      {"what is provisional covers nothing",
       kKind,
       [covered](F& facts) {
         covered("2024-12-31")(facts);
         Determination& one = facts.On("2024-10-15").Determine("PI-CS", 2, "2024-10-01");
         one.coverage_to = Day("2025-03-31");
         one.provisional = true;
       },
       "2025-01-15",
       {"2024-12-31 PI-CS X"}},
      {"a version that carries nothing over",
       kKind,
       [covered](F& facts) {
         covered("2024-12-31")(facts);
         facts.On("2024-09-01").Adopt("v1", "2024-10-01").carry["PI-CS"].rule =
             v1::CARRY_RULE_REASSESS;
       },
       "2024-09-15",
       {"2024-09-30 PI-CS X"}},
      {"a version that carries the level",
       kKind,
       [covered](F& facts) {
         covered("2024-12-31")(facts);
         facts.On("2024-09-01").Adopt("v1", "2024-10-01").carry["PI-CS"].rule =
             v1::CARRY_RULE_CARRY;
       },
       "2024-10-15",
       {"2024-12-31 PI-CS X"}},
  };
}

std::vector<DueRow> ReportRows() {
  constexpr v1::DueKind kKind = v1::DUE_KIND_REPORT;
  return {
      {"the first period", kKind, [](F&) {}, "2024-04-15", {"2024-06-30 2024-04-01..2024-06-30 X"}},
      {"each one missing, and the next",
       kKind,
       [](F&) {},
       "2024-11-01",
       {"2024-06-30 2024-04-01..2024-06-30 X", "2024-09-30 2024-07-01..2024-09-30 X",
        "2024-12-31 2024-10-01..2024-12-31 X"}},
      {"on its last day it is due, not missing",
       kKind,
       [](F&) {},
       "2024-06-30",
       {"2024-06-30 2024-04-01..2024-06-30 X"}},
      {"issued early, so the one behind it is next",
       kKind,
       [](F& facts) {
         facts.SetPolicy(v1::POLICY_KEY_CADENCE_MONTHS, "1", "2024-04-01");
         Report(facts.On("2024-04-20"), "2024-04-01", "2024-04-30");
       },
       "2024-04-25",
       {"2024-05-31 2024-05-01..2024-05-31 X"}},
      {"monthly reports cover a quarter",
       kKind,
       [](F& facts) {
         Report(facts.On("2024-07-05"), "2024-05-01", "2024-06-30");
         Report(facts, "2024-04-01", "2024-04-30");
       },
       "2024-07-10",
       {"2024-09-30 2024-07-01..2024-09-30 X"}},
      {"a day without a report leaves its period open",
       kKind,
       [](F& facts) { Report(facts.On("2024-07-05"), "2024-04-01", "2024-06-29"); },
       "2024-07-10",
       {"2024-06-30 2024-04-01..2024-06-30 X", "2024-09-30 2024-07-01..2024-09-30 X"}},
      {"a report that was replaced covers nothing",
       kKind,
       [](F& facts) {
         Report(facts.On("2024-07-05"), "2024-04-01", "2024-06-30");
         Report(facts, "2024-04-01", "2024-05-31", Position{facts.head.value - 1});
       },
       "2024-07-10",
       {"2024-06-30 2024-04-01..2024-06-30 X", "2024-09-30 2024-07-01..2024-09-30 X"}},
      {"by another cadence",
       kKind,
       [](F& facts) { facts.SetPolicy(v1::POLICY_KEY_CADENCE_MONTHS, "6", "2024-04-01"); },
       "2024-08-01",
       {"2024-09-30 2024-04-01..2024-09-30 X"}},
      {"the last period ends with the contract",
       kKind,
       [](F& facts) {
         Report(facts.On("2025-01-05"), "2024-04-01", "2024-12-31");
         End(facts, v1::END_CAUSE_TERMINATED, "2025-02-15");
       },
       "2025-06-01",
       {"2025-02-15 2025-01-01..2025-02-15 X"}},
      {"nothing once the record is closed",
       kKind,
       [](F& facts) {
         End(facts.On("2025-02-01"), v1::END_CAUSE_TERMINATED, "2025-02-15");
         End(facts.On("2025-03-01"), v1::END_CAUSE_CLOSED, "2025-03-01");
       },
       "2025-03-01",
       {}},
  };
}

std::vector<DueRow> NoticeRows() {
  constexpr v1::DueKind kKind = v1::DUE_KIND_PERFORMANCE_NOTICE;
  constexpr v1::Regime kAct = v1::REGIME_PA2023;
  const auto terminated = [](F& facts) {
    Notify(facts.On("2025-03-20"), v1::NOTICE_STAGE_PUBLISHED, "2024-04-01", "2025-03-31");
    End(facts.On("2025-06-01"), v1::END_CAUSE_TERMINATED, "2025-06-30");
  };
  return {
      {"every twelve months",
       kKind,
       [](F&) {},
       "2025-02-01",
       {"2025-03-31 2024-04-01..2025-03-31 X"},
       kAct},
      {"not under another regime", kKind, [](F&) {}, "2025-02-01", {}},
      {"prepared is not published",
       kKind,
       [](F& facts) {
         Notify(facts.On("2025-03-20"), v1::NOTICE_STAGE_PREPARED, "2024-04-01", "2025-03-31");
       },
       "2025-04-20",
       {"2025-03-31 2024-04-01..2025-03-31 X"},
       kAct},
      {"published",
       kKind,
       [](F& facts) {
         Notify(facts.On("2025-03-20"), v1::NOTICE_STAGE_PUBLISHED, "2024-04-01", "2025-03-31");
       },
       "2026-01-15",
       {"2026-03-31 2025-04-01..2026-03-31 X"},
       kAct},
      {"on termination, and a notice of the breach",
       kKind,
       terminated,
       "2025-06-15",
       {"2025-06-30 2025-04-01..2025-06-30 X", "2025-07-29 termination X"},
       kAct},
      {"a notice that covers the days but names no cause",
       kKind,
       [terminated](F& facts) {
         terminated(facts);
         Notify(facts.On("2025-07-01"), v1::NOTICE_STAGE_PUBLISHED, "2025-04-01", "2025-06-30");
       },
       "2025-08-15",
       {"2025-07-29 termination X"},
       kAct},
      {"a notice that names the termination as its cause",
       kKind,
       [terminated](F& facts) {
         terminated(facts);
         const Position cause = facts.state.endings.back().known.position;
         Notify(facts.On("2025-07-01"), v1::NOTICE_STAGE_PUBLISHED, "2025-04-01", "2025-06-30",
                {cause});
       },
       "2025-08-15",
       {},
       kAct},
      {"a notice to improve that was not cured",
       kKind,
       [](F& facts) {
         Notify(facts.On("2024-04-02"), v1::NOTICE_STAGE_PUBLISHED, "2024-04-01", "2027-03-31");
         Serve(facts.On("2025-02-03"));
         Step(facts.On("2025-04-10"), v1::IMPROVEMENT_STEP_NOT_CURED);
       },
       "2025-04-20",
       {"2025-05-09 N-1 X"},
       kAct},
      {"a dispute that was settled",
       kKind,
       [](F& facts) {
         Notify(facts.On("2024-04-02"), v1::NOTICE_STAGE_PUBLISHED, "2024-04-01", "2027-03-31");
         Dispute& dispute = Disputed(facts.On("2025-02-03"));
         dispute.outcomes.push_back(
             {facts.On("2025-03-01").Record(), v1::DISPUTE_OUTCOME_KIND_SETTLEMENT});
         dispute.closed = dispute.outcomes[0].known;
       },
       "2025-03-05",
       {"2025-03-30 D-1 X"},
       kAct},
  };
}

}  // namespace

std::vector<DueRow> PeriodRows() {
  std::vector<DueRow> all;
  for (const auto rows : {AssessmentRows, ReportRows, NoticeRows}) {
    for (DueRow& row : rows()) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace waymark::test
