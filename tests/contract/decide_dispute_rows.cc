#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

// A dispute D1 about a determination.
void Notify(World& world) { world.Must(world.Dispute("D1", world.Determine("PI-CS", 3))); }

// Notified, referred and decided.
void Decided(World& world) {
  Notify(world);
  world.Must(world.Step("D1", v1::DISPUTE_STEP_REFERRED));
  world.Must(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_ADJUDICATOR_DECISION));
}

std::vector<DecideRow> Notices() {
  return {
      Accepts<v1::DisputeNotified>("by the provider",
                                   [](World& world) {
                                     return world.Append(
                                         world.Dispute("D1", world.Determine("PI-CS", 3)));
                                   }),
      Accepts<v1::DisputeNotified>("by the authority",
                                   [](World& world) {
                                     auto event = world.Dispute("D1", world.Determine("PI-CS", 3));
                                     event.mutable_common()->set_party_id("X");
                                     event.mutable_common()->set_role(v1::ROLE_CM);
                                     event.set_party(v1::SIDE_AUTHORITY);
                                     return world.Append(event);
                                   }),
      Accepts<v1::DisputeNotified>("after the record was closed",
                                   [](World& world) {
                                     const Position matter = world.Determine("PI-CS", 3);
                                     world.Must(world.Ending(v1::END_CAUSE_EXPIRED));
                                     world.Must(world.Ending(v1::END_CAUSE_CLOSED));
                                     return world.Append(world.Dispute("D1", matter));
                                   }),
      Refuses<v1::DisputeNotified>("MATTER_MISSING",
                                   [](World& world) {
                                     auto event = world.Dispute("D1", world.last());
                                     event.clear_matters();
                                     return world.Append(event);
                                   }),
      Refuses<v1::DisputeNotified>(
          "REF_UNKNOWN",
          [](World& world) { return world.Append(world.Dispute("D1", Position{900})); }),
      Refuses<v1::DisputeNotified>("DISPUTE_ID_USED",
                                   [](World& world) {
                                     world.Must(world.Dispute("D1", world.last()));
                                     return world.Append(world.Dispute("D1", world.last()));
                                   }),
      Refuses<v1::DisputeNotified>(
          "ROLE_NOT_ALLOWED",
          [](World& world) {
            auto event = world.Dispute("D1", world.last());
            event.set_party(v1::SIDE_AUTHORITY);
            return world.Append(event);
          },
          "in the other side's name"),
      Refuses<v1::DisputeNotified>("ENUM_UNKNOWN",
                                   [](World& world) {
                                     auto event = world.Dispute("D1", world.last());
                                     event.set_party(v1::SIDE_BOTH);
                                     return world.Append(event);
                                   }),
      Refuses<v1::DisputeNotified>("EFFECTIVE_IN_FUTURE",
                                   [](World& world) {
                                     auto event = world.Dispute("D1", world.last());
                                     *event.mutable_notified_on() = ToDate(world.today() + 1);
                                     return world.Append(event);
                                   }),
  };
}

std::vector<DecideRow> Outcomes() {
  return {
      Accepts<v1::DisputeOutcomeRecorded>("settled",
                                          [](World& world) {
                                            Notify(world);
                                            return world.Append(world.Outcome(
                                                "D1", v1::DISPUTE_OUTCOME_KIND_SETTLEMENT));
                                          }),
      Accepts<v1::DisputeOutcomeRecorded>(
          "decided, once referred",
          [](World& world) {
            Notify(world);
            world.Must(world.Step("D1", v1::DISPUTE_STEP_REFERRED));
            return world.Append(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_ADJUDICATOR_DECISION));
          }),
      Accepts<v1::DisputeOutcomeRecorded>(
          "two slips of a decision corrected",
          [](World& world) {
            Decided(world);
            world.Must(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_SLIP_CORRECTION));
            return world.Append(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_SLIP_CORRECTION));
          }),
      Accepts<v1::DisputeOutcomeRecorded>(
          "finally determined after a decision",
          [](World& world) {
            Decided(world);
            return world.Append(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_FINAL_DETERMINATION));
          }),
      Accepts<v1::DisputeOutcomeRecorded>("settled after a decision",
                                          [](World& world) {
                                            Decided(world);
                                            return world.Append(world.Outcome(
                                                "D1", v1::DISPUTE_OUTCOME_KIND_SETTLEMENT));
                                          }),
      Refuses<v1::DisputeOutcomeRecorded>(
          "NOT_REFERRED",
          [](World& world) {
            Notify(world);
            return world.Append(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_ADJUDICATOR_DECISION));
          }),
      Refuses<v1::DisputeOutcomeRecorded>(
          "NOT_REFERRED",
          [](World& world) {
            Notify(world);
            return world.Append(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_SLIP_CORRECTION));
          },
          "a slip in no decision"),
      Refuses<v1::DisputeOutcomeRecorded>("DECISION_MISSING",
                                          [](World& world) {
                                            Notify(world);
                                            world.Must(world.Step("D1", v1::DISPUTE_STEP_REFERRED));
                                            return world.Append(world.Outcome(
                                                "D1", v1::DISPUTE_OUTCOME_KIND_SLIP_CORRECTION));
                                          }),
      Refuses<v1::DisputeOutcomeRecorded>(
          "DISPUTE_CLOSED",
          [](World& world) {
            Decided(world);
            return world.Append(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_ADJUDICATOR_DECISION));
          },
          "decided twice"),
      Refuses<v1::DisputeOutcomeRecorded>(
          "DISPUTE_CLOSED",
          [](World& world) {
            Decided(world);
            return world.Append(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_WITHDRAWN));
          },
          "withdrawn once decided"),
      Refuses<v1::DisputeOutcomeRecorded>(
          "DISPUTE_CLOSED",
          [](World& world) {
            Decided(world);
            world.Must(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_FINAL_DETERMINATION));
            return world.Append(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_SLIP_CORRECTION));
          },
          "a slip once finally determined"),
      Refuses<v1::DisputeOutcomeRecorded>(
          "DISPUTE_CLOSED",
          [](World& world) {
            Notify(world);
            world.Must(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_WITHDRAWN));
            return world.Append(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_SETTLEMENT));
          }),
      Refuses<v1::DisputeOutcomeRecorded>("REF_UNKNOWN",
                                          [](World& world) {
                                            return world.Append(world.Outcome(
                                                "D9", v1::DISPUTE_OUTCOME_KIND_SETTLEMENT));
                                          }),
      Refuses<v1::DisputeOutcomeRecorded>("ROLE_NOT_ALLOWED",
                                          [](World& world) {
                                            Notify(world);
                                            auto event = world.Outcome(
                                                "D1", v1::DISPUTE_OUTCOME_KIND_SETTLEMENT);
                                            event.mutable_common()->set_party_id("X");
                                            event.mutable_common()->set_role(v1::ROLE_DEC);
                                            return world.Append(event);
                                          }),
      Refuses<v1::DisputeOutcomeRecorded>("FIELD_MISSING",
                                          [](World& world) {
                                            Notify(world);
                                            auto event = world.Outcome(
                                                "D1", v1::DISPUTE_OUTCOME_KIND_SETTLEMENT);
                                            event.clear_document();
                                            return world.Append(event);
                                          }),
  };
}

}  // namespace

std::vector<DecideRow> DisputeTable() {
  std::vector<DecideRow> rows = Notices();
  const std::vector<DecideRow> outcomes = Outcomes();
  rows.insert(rows.end(), outcomes.begin(), outcomes.end());
  return rows;
}

}  // namespace waymark::test
