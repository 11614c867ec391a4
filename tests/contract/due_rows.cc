#include "tests/contract/due_rows.h"

#include <utility>

namespace waymark::test {

ContractFacts Registered(v1::Regime regime) {
  ContractFacts facts;
  facts.On("2024-04-01");
  Registration registration;
  registration.known = facts.Record();
  registration.authorities = {"X", "Y"};
  registration.provider = "P";
  registration.starts_on = Day("2024-04-01");
  registration.ends_on = Day("2027-03-31");
  registration.latest_end = Day("2029-03-31");
  registration.regime = regime;
  registration.calendar_id = "england-and-wales";
  facts.state.registration = registration;
  MatrixDraft draft;
  draft.known = facts.Record();
  draft.version_hash = "v1";
  for (const char* code : {"PI-CS", "SE-DD"}) {
    v1::Focus* focus = draft.matrix.add_focuses();
    focus->set_code(code);
    focus->set_kind(code[0] == 'P' ? v1::FOCUS_KIND_LADDER : v1::FOCUS_KIND_ENDURING);
    for (uint32_t level = 0; level <= 5; ++level) {
      v1::Cell* cell = draft.matrix.add_cells();
      cell->set_focus(code);
      cell->set_level(level);
      cell->set_state(code[0] == 'P' ? v1::CELL_STATE_DEFINED : v1::CELL_STATE_ENDURING);
    }
  }
  facts.state.drafts.push_back(draft);
  facts.Adopt("v1", "2024-04-01");
  return facts;
}

void Report(ContractFacts& facts, const char* first, const char* last,
            std::optional<Position> supersedes) {
  facts.state.reports.push_back({facts.Record(), "COR", {Day(first), Day(last)}, supersedes});
}

void Notify(ContractFacts& facts, v1::NoticeStage stage, const char* first, const char* last,
            std::vector<Position> causes) {
  facts.state.performance_notices.push_back(
      {facts.Record(), "UK9", stage, {Day(first), Day(last)}, std::move(causes)});
}

void End(ContractFacts& facts, v1::EndCause cause, const char* on) {
  facts.state.endings.push_back({facts.Record(), cause, Day(on)});
}

ExtensionOffer& Offer(ContractFacts& facts) {
  ExtensionOffer& offer = facts.state.offers["O-1"];
  offer.known = facts.Record();
  offer.offer_id = "O-1";
  offer.period = {Day("2027-04-01"), Day("2028-03-31")};
  offer.respond_by = Day("2026-03-01");
  return offer;
}

void Answer(ContractFacts& facts, v1::ExtensionAnswer answer) {
  facts.state.offers["O-1"].answer = {facts.Record(), answer};
}

ImprovementNotice& Serve(ContractFacts& facts) {
  ImprovementNotice& notice = facts.state.notices["N-1"];
  notice = {facts.Record(), "N-1", "PI-CS", "C-1", 3, facts.today, Day("2025-04-04"), {}};
  return notice;
}

void Step(ContractFacts& facts, v1::ImprovementStep step) {
  facts.state.notices["N-1"].steps.push_back({facts.Record(), step, facts.today});
}

Dispute& Disputed(ContractFacts& facts) {
  Dispute& dispute = facts.state.disputes["D-1"];
  dispute.notified = facts.Record();
  dispute.dispute_id = "D-1";
  dispute.side = v1::SIDE_PROVIDER;
  dispute.notified_on = facts.today;
  return dispute;
}

void Step(ContractFacts& facts, v1::DisputeStep step, int days) {
  facts.state.disputes["D-1"].steps.push_back(
      {facts.Record(), step, facts.today, days, v1::SIDE_UNSPECIFIED});
}

void Holidays(ContractFacts& facts) {
  facts.state.calendars["england-and-wales"].push_back(
      {facts.Record(), 2, {Day("2025-12-25"), Day("2025-12-26"), Day("2026-01-01")}});
}

void SetTarget(ContractFacts& facts, int level, const char* due) {
  Target target;
  target.known = facts.Record();
  target.level = level;
  target.due = Day(due);
  facts.state.focuses["PI-CS"].targets.push_back(target);
}

Dependency& Owe(ContractFacts& facts) {
  Dependency& dependency = facts.state.dependencies["DEP-1"];
  dependency = {facts.Record(), "DEP-1", "Y", Day("2025-01-31"), {}, {}};
  return dependency;
}

ClauseDecision& Decide(ContractFacts& facts) {
  ClauseDecision decision;
  decision.known = facts.Record();
  decision.kind = v1::CLAUSE_KIND_SANCTION;
  decision.clause_id = "C-1";
  return facts.state.decisions[decision.known.position] = decision;
}

void ChangeBasis(ContractFacts& facts) {
  ClauseDecision& decision = facts.state.decisions.begin()->second;
  decision.basis_changes.push_back({facts.Record(), {}, {}, {}, v1::BASIS_CHANGE_OUTCOME});
}

void Review(ContractFacts& facts) {
  ClauseDecision& decision = facts.state.decisions.begin()->second;
  decision.reviews.push_back(
      {facts.Record(), decision.basis_changes.back().known.position, v1::REVIEW_OUTCOME_UPHELD});
}

void Promise(ContractFacts& facts, std::optional<absl::CivilDay> due, v1::CommitmentStage stage) {
  Commitment& commitment = facts.state.commitments["BID-1"];
  commitment.commitment_id = "BID-1";
  commitment.stages.push_back({facts.Record(), stage, "PI-CS", due});
}

void Plan(ContractFacts& facts, uint32_t revision, std::map<std::string, absl::CivilDay> due) {
  facts.state.plans["AP"].push_back({facts.Record(), revision, {}, std::move(due)});
}

}  // namespace waymark::test
