// What is due because an event gave it a day.

#include <utility>

#include "tests/contract/due_rows.h"

namespace waymark::test {
namespace {

using F = ContractFacts;

std::vector<DueRow> OfferRows() {
  constexpr v1::DueKind kOffer = v1::DUE_KIND_OFFER;
  constexpr v1::DueKind kReview = v1::DUE_KIND_EXTENSION_REVIEW;
  const auto offered = [](F& facts) { Offer(facts.On("2026-01-10")); };
  const auto answered = [](v1::ExtensionAnswer answer) {
    return [answer](F& facts) {
      Offer(facts.On("2026-01-10"));
      Answer(facts.On("2026-02-01"), answer);
    };
  };
  const auto lapsed = [](F& facts) {
    Offer(facts.On("2026-01-10"));
    facts.state.offers["O-1"].end = {facts.On("2026-03-02").Record(), v1::OFFER_END_CAUSE_LAPSED,
                                     Day("2026-03-02")};
  };
  const auto extended = [answered](F& facts) {
    answered(v1::EXTENSION_ANSWER_ACCEPTED)(facts);
    facts.state.offers["O-1"].extended = facts.On("2026-02-10").Record();
    facts.state.extensions.push_back({*facts.state.offers["O-1"].extended, Day("2028-03-31")});
  };
  return {
      {"open", kOffer, offered, "2026-01-11", {"2026-03-01 O-1 P"}},
      {"open past its day, until it lapses", kOffer, offered, "2026-03-02", {"2026-03-01 O-1 P"}},
      {"lapsed", kOffer, lapsed, "2026-03-02", {}},
      {"answered", kOffer, answered(v1::EXTENSION_ANSWER_DECLINED), "2026-02-02", {}},
      {"a year before the end", kReview, [](F&) {}, "2026-02-01", {"2026-03-31 2027-03-31 X"}},
      {"still to consider while service lasts",
       kReview,
       [](F&) {},
       "2027-03-31",
       {"2026-03-31 2027-03-31 X"}},
      {"too late", kReview, [](F&) {}, "2027-04-01", {}},
      {"an offer is open", kReview, offered, "2026-02-01", {}},
      {"an offer was accepted, without instrument yet",
       kReview,
       answered(v1::EXTENSION_ANSWER_ACCEPTED),
       "2026-04-02",
       {}},
      {"an offer was declined",
       kReview,
       answered(v1::EXTENSION_ANSWER_DECLINED),
       "2026-02-02",
       {"2026-03-31 2027-03-31 X"}},
      {"an offer lapsed", kReview, lapsed, "2026-04-02", {"2026-03-31 2027-03-31 X"}},
      {"extended, so a year later", kReview, extended, "2027-01-15", {"2027-03-31 2028-03-31 X"}},
      {"extended as far as it goes",
       kReview,
       [](F& facts) {
         facts.state.extensions.push_back({facts.On("2026-01-01").Record(), Day("2029-03-31")});
       },
       "2029-01-01",
       {}},
      {"terminated",
       kReview,
       [](F& facts) { End(facts.On("2026-01-01"), v1::END_CAUSE_TERMINATED, "2026-12-31"); },
       "2026-02-01",
       {}},
  };
}

std::vector<DueRow> CureAndDisputeRows() {
  constexpr v1::DueKind kCure = v1::DUE_KIND_CURE;
  constexpr v1::DueKind kStep = v1::DUE_KIND_ADJUDICATION;
  const auto served = [](F& facts) { Serve(facts.On("2025-02-03")); };
  const auto found = [](v1::ImprovementStep step) {
    return [step](F& facts) {
      Serve(facts.On("2025-02-03"));
      Step(facts.On("2025-03-10"), step);
    };
  };
  // The worked examples of the calendar: notice, referral, and fourteen days more.
  const auto notified = [](F& facts) {
    Holidays(facts);
    Disputed(facts.On("2025-12-01"));
    Step(facts.On("2025-12-18"), v1::DISPUTE_STEP_ADJUDICATION_NOTIFIED);
  };
  const auto referred = [notified](F& facts) {
    notified(facts);
    Step(facts.On("2025-12-23"), v1::DISPUTE_STEP_REFERRED);
  };
  return {
      {"being cured", kCure, served, "2025-02-04", {"2025-04-04 N-1 P"}},
      {"to be found cured or not", kCure, served, "2025-04-05", {"2025-04-04 N-1 X"}},
      {"a plan cures nothing",
       kCure,
       found(v1::IMPROVEMENT_STEP_PLAN_ACCEPTED),
       "2025-03-11",
       {"2025-04-04 N-1 P"}},
      {"cured", kCure, found(v1::IMPROVEMENT_STEP_CURED), "2025-03-11", {}},
      {"not cured", kCure, found(v1::IMPROVEMENT_STEP_NOT_CURED), "2025-03-11", {}},
      {"no adjudication",
       kStep,
       [](F& facts) { Disputed(facts.On("2025-12-01")); },
       "2025-12-10",
       {}},
      {"to be referred by who disputes", kStep, notified, "2025-12-19", {"2025-12-27 D-1 P"}},
      {"to be referred by who gave notice",
       kStep,
       [notified](F& facts) {
         notified(facts);
         facts.state.disputes["D-1"].steps.back().side = v1::SIDE_AUTHORITY;
       },
       "2025-12-28",
       {"2025-12-27 D-1 X"}},
      {"to be decided", kStep, referred, "2025-12-24", {"2026-01-23 D-1 "}},
      {"to be decided later",
       kStep,
       [referred](F& facts) {
         referred(facts);
         Step(facts.On("2025-12-30"), v1::DISPUTE_STEP_TIME_EXTENDED, 14);
       },
       "2026-01-05",
       {"2026-02-06 D-1 "}},
      {"decided",
       kStep,
       [referred](F& facts) {
         referred(facts);
         facts.state.disputes["D-1"].closed = facts.On("2026-01-10").Record();
       },
       "2026-01-11",
       {}},
      {"still to be decided once the record is closed",
       kStep,
       [referred](F& facts) {
         referred(facts);
         End(facts, v1::END_CAUSE_TERMINATED, "2025-12-30");
         End(facts, v1::END_CAUSE_CLOSED, "2025-12-31");
       },
       "2026-01-11",
       {"2026-01-23 D-1 "}},
  };
}

std::vector<DueRow> OtherRows() {
  constexpr v1::DueKind kTarget = v1::DUE_KIND_TARGET;
  constexpr v1::DueKind kOwed = v1::DUE_KIND_DEPENDENCY;
  constexpr v1::DueKind kReview = v1::DUE_KIND_DECISION_REVIEW;
  constexpr v1::DueKind kPromise = v1::DUE_KIND_COMMITMENT;
  const auto target = [](F& facts) { SetTarget(facts.On("2024-05-01"), 3, "2025-03-31"); };
  const auto changed = [](F& facts) {
    Decide(facts.On("2025-01-10"));
    ChangeBasis(facts.On("2025-05-12"));
  };
  return {
      {"no target", kTarget, [](F&) {}, "2025-03-01", {}},
      {"not due yet", kTarget, target, "2025-03-01", {"2025-03-31 PI-CS "}},
      {"to be determined", kTarget, target, "2025-04-10", {"2025-03-31 PI-CS X"}},
      {"found below",
       kTarget,
       [target](F& facts) {
         target(facts);
         facts.On("2025-04-05").Determine("PI-CS", 2, "2025-03-31");
       },
       "2025-04-10",
       {"2025-03-31 PI-CS "}},
      {"met",
       kTarget,
       [target](F& facts) {
         target(facts);
         facts.On("2025-04-05").Determine("PI-CS", 3, "2025-03-31");
       },
       "2025-04-10",
       {}},
      {"withdrawn",
       kTarget,
       [target](F& facts) {
         target(facts);
         SetTarget(facts.On("2025-01-01"), 0, "2025-03-31");
         facts.state.focuses["PI-CS"].targets.back().withdrawn = true;
       },
       "2025-03-01",
       {}},
      {"to be discharged",
       kOwed,
       [](F& facts) { Owe(facts.On("2024-12-01")); },
       "2025-01-31",
       {"2025-01-31 DEP-1 Y"}},
      {"owed",
       kOwed,
       [](F& facts) { Owe(facts.On("2024-12-01")); },
       "2025-02-15",
       {"2025-01-31 DEP-1 Y"}},
      {"discharged",
       kOwed,
       [](F& facts) {
         Owe(facts.On("2024-12-01")).discharge = {{facts.Record(), {}}};
       },
       "2025-02-15",
       {}},
      {"a decision on an unchanged basis",
       kReview,
       [](F& facts) { Decide(facts.On("2025-01-10")); },
       "2025-06-01",
       {}},
      {"a decision whose basis changed", kReview, changed, "2025-06-01", {"2025-05-12 C-1@3 X"}},
      {"an offer whose basis changed",
       kReview,
       [](F& facts) {
         ExtensionOffer& offer = Offer(facts.On("2025-01-10"));
         offer.clause_id = "X-1";
         offer.basis_changes.push_back(
             {facts.On("2025-05-12").Record(), {}, {}, {}, v1::BASIS_CHANGE_FACTS_ONLY});
       },
       "2025-06-01",
       {"2025-05-12 X-1@3 X"}},
      {"reviewed",
       kReview,
       [changed](F& facts) {
         changed(facts);
         Review(facts.On("2025-05-20"));
       },
       "2025-06-01",
       {}},
      {"changed again",
       kReview,
       [changed](F& facts) {
         changed(facts);
         Review(facts.On("2025-05-20"));
         ChangeBasis(facts.On("2025-05-28"));
         ChangeBasis(facts.On("2025-05-30"));
       },
       "2025-06-01",
       {"2025-05-28 C-1@3 X"}},
      {"promised without a day",
       kPromise,
       [](F& facts) { Promise(facts.On("2024-05-01"), {}); },
       "2025-03-01",
       {}},
      {"promised for a period",
       kPromise,
       [](F& facts) { Promise(facts.On("2024-05-01"), Day("2025-03-31")); },
       "2025-04-02",
       {"2025-03-31 BID-1 P"}},
      {"the newest revision of the plan gives the day",
       kPromise,
       [](F& facts) {
         Promise(facts.On("2024-05-01"), Day("2025-03-31"));
         Plan(facts.On("2024-06-01"), 1, {{"BID-1", Day("2024-12-31")}});
         Plan(facts.On("2024-09-01"), 2, {{"BID-1", Day("2025-01-31")}});
       },
       "2025-01-01",
       {"2025-01-31 BID-1 P"}},
      {"a variation promises it anew",
       kPromise,
       [](F& facts) {
         Promise(facts.On("2024-05-01"), Day("2025-03-31"));
         Plan(facts.On("2024-06-01"), 1, {{"BID-1", Day("2024-12-31")}});
         Promise(facts.On("2024-10-01"), Day("2025-02-28"));
       },
       "2025-01-01",
       {"2025-02-28 BID-1 P"}},
      {"left out of the plan's newest revision",
       kPromise,
       [](F& facts) {
         Promise(facts.On("2024-05-01"), {});
         Plan(facts.On("2024-06-01"), 1, {{"BID-1", Day("2024-12-31")}});
         Plan(facts.On("2024-09-01"), 2, {});
       },
       "2024-12-01",
       {}},
      {"kept",
       kPromise,
       [](F& facts) {
         Promise(facts.On("2024-05-01"), Day("2025-03-31"));
         Promise(facts.On("2025-03-01"), {}, v1::COMMITMENT_STAGE_CLOSED);
       },
       "2025-04-02",
       {}},
  };
}

}  // namespace

std::vector<DueRow> MatterRows() {
  std::vector<DueRow> all;
  for (const auto rows : {OfferRows, CureAndDisputeRows, OtherRows}) {
    for (DueRow& row : rows()) all.push_back(std::move(row));
  }
  return all;
}

}  // namespace waymark::test
