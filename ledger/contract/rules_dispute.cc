// Disputes: what is disputed, and how it ended.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/contract/dispute_deadlines.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// The focuses of the determinations among the matters learn of the event.
void TouchMatters(const std::vector<Position>& matters, const Fact& fact, StateEdit* edit) {
  for (const Position matter : matters) {
    if (const auto focus = FocusOfDetermination(edit->state(), matter)) edit->Focus(*focus, fact);
  }
}

// ---- DisputeNotified ----

void CheckNotified(const v1::DisputeNotified& event, ShapeCheck* check) {
  check->Id(event.dispute_id(), "dispute_id");
  check->Choice(event.ground(), "ground");
  check->Choice(event.party(), "party");
  if (event.party() == v1::SIDE_BOTH) {
    check->Refuse("ENUM_UNKNOWN", "party", "one side notifies a dispute");
  }
  check->Day(event.has_notified_on(), event.notified_on(), "notified_on");
  if (event.matters().empty()) {
    check->Refuse("MATTER_MISSING", "matters", "name what is disputed");
  }
  check->Refs(event.matters(), "matters");
}

void DecideNotified(const v1::DisputeNotified& event, Ruling* ruling) {
  const bool own = event.party() == v1::SIDE_PROVIDER
                       ? ruling->IsProvider(event.common().party_id())
                       : ruling->IsAuthority(event.common().party_id());
  if (!own) ruling->Deny("ROLE_NOT_ALLOWED", "party", "a side notifies its own disputes");
  ruling->ResolveAll(event.matters(), "matters");
  ruling->CheckNotInFuture(RealDay(event.notified_on()), "notified_on");
  if (ruling->state().disputes.count(event.dispute_id()) > 0) {
    ruling->Forbid("DISPUTE_ID_USED", "dispute_id",
                   absl::StrCat("'", event.dispute_id(), "' is taken"));
  }
}

void EvolveNotified(const v1::DisputeNotified& event, const Fact& fact, StateEdit* edit) {
  Dispute dispute{.notified = fact.known,
                  .dispute_id = event.dispute_id(),
                  .side = event.party(),
                  .notified_on = RealDay(event.notified_on())};
  for (const v1::EventRef& ref : event.matters()) dispute.matters.push_back(fact.Resolve(ref));
  TouchMatters(dispute.matters, fact, edit);
  edit->Set(&edit->FindOrAdd(&edit->state().disputes, event.dispute_id()), std::move(dispute));
}

// ---- DisputeOutcomeRecorded ----

void CheckOutcome(const v1::DisputeOutcomeRecorded& event, ShapeCheck* check) {
  check->Id(event.dispute_id(), "dispute_id");
  check->Choice(event.kind(), "kind");
  check->Sha256(event.document(), "document");
  check->Refs(event.affects(), "affects");
}

// An adjudicator's decision binds until the dispute is finally determined or settled; its slips can
// be corrected meanwhile. Every other outcome is the last.
bool TakesOutcome(const Dispute& dispute, v1::DisputeOutcomeKind kind) {
  if (dispute.outcomes.empty()) return true;
  const bool over = std::any_of(
      dispute.outcomes.begin(), dispute.outcomes.end(), [](const Dispute::Outcome& outcome) {
        return outcome.kind != v1::DISPUTE_OUTCOME_KIND_ADJUDICATOR_DECISION &&
               outcome.kind != v1::DISPUTE_OUTCOME_KIND_SLIP_CORRECTION;
      });
  return !over && kind != v1::DISPUTE_OUTCOME_KIND_ADJUDICATOR_DECISION &&
         kind != v1::DISPUTE_OUTCOME_KIND_WITHDRAWN;
}

void DecideOutcome(const v1::DisputeOutcomeRecorded& event, Ruling* ruling) {
  ruling->ResolveAll(event.affects(), "affects");
  const Dispute* dispute = FindDispute(ruling->state(), event.dispute_id());
  if (dispute == nullptr) {
    return ruling->NotFound("REF_UNKNOWN", "dispute_id",
                            absl::StrCat("no dispute '", event.dispute_id(), "' was notified"));
  }
  const bool slip = event.kind() == v1::DISPUTE_OUTCOME_KIND_SLIP_CORRECTION;
  const bool adjudicated = slip || event.kind() == v1::DISPUTE_OUTCOME_KIND_ADJUDICATOR_DECISION;
  if (adjudicated && FindStep(dispute->steps, v1::DISPUTE_STEP_REFERRED) == nullptr) {
    ruling->Forbid("NOT_REFERRED", "kind", "the dispute was not referred to an adjudicator");
  } else if (slip && dispute->outcomes.empty()) {
    ruling->Forbid("DECISION_MISSING", "kind", "there is no decision whose slip it corrects");
  }
  if (!TakesOutcome(*dispute, event.kind())) {
    ruling->Forbid("DISPUTE_CLOSED", "dispute_id",
                   absl::StrCat("'", event.dispute_id(), "' has its outcome"));
  }
}

void EvolveOutcome(const v1::DisputeOutcomeRecorded& event, const Fact& fact, StateEdit* edit) {
  const auto place = edit->state().disputes.find(event.dispute_id());
  if (place == edit->state().disputes.end()) return;
  Dispute& dispute = place->second;
  TouchMatters(dispute.matters, fact, edit);
  if (!dispute.closed) edit->Set(&dispute.closed, std::optional<Known>(fact.known));
  edit->Append(&dispute.outcomes, Dispute::Outcome{fact.known, event.kind()});
}

constexpr EventRules kRows[] = {
    RulesFor<v1::DisputeNotified, CheckNotified, DecideNotified, EvolveNotified>(
        {.roles = Roles(
             {v1::ROLE_CM, v1::ROLE_SM, v1::ROLE_DEC, v1::ROLE_OFA, v1::ROLE_PRL, v1::ROLE_PRD}),
         .after_close = true}),
    RulesFor<v1::DisputeOutcomeRecorded, CheckOutcome, DecideOutcome, EvolveOutcome>(
        {.roles = Roles({v1::ROLE_REG}), .after_close = true}),
};

}  // namespace

absl::Span<const EventRules> DisputeRules() { return kRows; }

}  // namespace waymark
