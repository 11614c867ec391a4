// What is due because an event gave it a day.

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/dispute_deadlines.h"
#include "ledger/contract/due_kinds.h"
#include "ledger/contract/months.h"
#include "ledger/contract/target_status.h"

namespace waymark {
namespace {

// Those of the facts, which stand in position order, that are known.
template <typename T>
std::vector<T> KnownOf(const std::vector<T>& facts, Knowledge knowledge) {
  std::vector<T> known;
  std::copy_if(facts.begin(), facts.end(), std::back_inserter(known),
               [&](const T& fact) { return knowledge.Has(fact.known); });
  return known;
}

template <typename T>
bool IsKnown(const std::optional<T>& fact, Knowledge knowledge) {
  return fact && knowledge.Has(fact->known);
}

bool IsOpen(const ExtensionOffer& offer, Knowledge knowledge) {
  return knowledge.Has(offer.known) && !IsKnown(offer.answer, knowledge) &&
         !IsKnown(offer.end, knowledge);
}

// Whether it was accepted and no instrument carried it out yet.
bool IsAccepted(const ExtensionOffer& offer, Knowledge knowledge) {
  return IsKnown(offer.answer, knowledge) &&
         offer.answer->answer == v1::EXTENSION_ANSWER_ACCEPTED &&
         !(offer.extended && knowledge.Has(*offer.extended));
}

std::string PartyOf(v1::Side side, const DueQuestion& asked) {
  if (side == v1::SIDE_AUTHORITY) return asked.authority;
  return side == v1::SIDE_PROVIDER ? asked.registration.provider : "";
}

// A step of an adjudication by the statutory count, with the calendar it took.
DueItem StatutoryItem(const DueQuestion& asked, const CountedDays& counted) {
  const Position known_at{asked.knowledge.known.value - 1};
  const CalendarVersion* calendar = StatutoryCalendar(asked.state, asked.as_of, known_at);
  DueItem item{.kind = v1::DUE_KIND_ADJUDICATION, .due = counted.last};
  item.left_out = counted.left_out;
  item.calendar = absl::StrCat(
      StatutoryCalendarId(asked.state, asked.as_of, known_at),
      calendar == nullptr ? ", not on record" : absl::StrCat(" version ", calendar->version));
  return item;
}

std::string TargetWords(const TargetStanding& standing, absl::CivilDay as_of) {
  switch (standing.status) {
    case TargetStatus::kIndeterminate:
      return "the matrix in force does not define that level";
    case TargetStatus::kMissed:
      return "the level found for that day is another";
    case TargetStatus::kNotYetDetermined:
      return "no determination reaches that day yet";
    default:
      if (standing.reached_on) return absl::StrCat("held since ", FormatDay(*standing.reached_on));
      return absl::StrCat("not held on ", FormatDay(as_of));
  }
}

// The day that a commitment falls due and the event that gave it.
struct Promise {
  absl::CivilDay due;
  Position position;
};

std::optional<Promise> FindPromise(const DueQuestion& asked, const Commitment& commitment) {
  std::optional<Promise> newest;
  const auto offer = [&](absl::CivilDay due, Position position) {
    if (!newest || newest->position < position) newest = Promise{due, position};
  };
  for (const Commitment::Stage& stage : commitment.stages) {
    if (stage.stage != v1::COMMITMENT_STAGE_PROMISED || !stage.due) continue;
    if (asked.knowledge.Has(stage.known)) offer(*stage.due, stage.known.position);
  }
  for (const auto& [id, all] : asked.state.plans) {
    const std::vector<PlanRevision> revisions = KnownOf(all, asked.knowledge);
    if (revisions.empty()) continue;
    const auto due = revisions.back().due.find(commitment.commitment_id);
    if (due == revisions.back().due.end()) continue;
    offer(due->second, revisions.back().known.position);
  }
  return newest;
}

}  // namespace

void FindOffers(const DueQuestion& asked, std::vector<DueItem>* items) {
  for (const auto& [id, offer] : asked.state.offers) {
    if (!IsOpen(offer, asked.knowledge)) continue;
    items->push_back(
        {.kind = v1::DUE_KIND_OFFER,
         .due = offer.respond_by,
         .subject = id,
         .words = absl::StrCat(asked.registration.provider, " answers offer ", id, " of ",
                               FormatDay(offer.known.recorded_on), " to extend to ",
                               FormatDay(offer.period.last), "; silence accepts nothing"),
         .owed_by = asked.registration.provider,
         .position = offer.known.position});
  }
}

void FindCures(const DueQuestion& asked, std::vector<DueItem>* items) {
  for (const auto& [id, notice] : asked.state.notices) {
    if (!asked.knowledge.Has(notice.known)) continue;
    const bool found = std::any_of(
        notice.steps.begin(), notice.steps.end(), [&](const ImprovementNotice::Step& step) {
          return asked.knowledge.Has(step.known) && (step.step == v1::IMPROVEMENT_STEP_CURED ||
                                                     step.step == v1::IMPROVEMENT_STEP_NOT_CURED);
        });
    if (found) continue;
    const bool over = notice.cure_to < asked.as_of;
    const std::string& party = over ? asked.authority : asked.registration.provider;
    items->push_back(
        {.kind = v1::DUE_KIND_CURE,
         .due = notice.cure_to,
         .subject = id,
         .words = absl::StrCat(party, over ? " has found whether " : " restores ", notice.focus,
                               over ? " was restored to level " : " to level ", notice.level,
                               ", by notice ", id, " of ", FormatDay(notice.served_on)),
         .owed_by = party,
         .position = notice.known.position});
  }
}

void FindAdjudications(const DueQuestion& asked, std::vector<DueItem>* items) {
  for (const auto& [id, dispute] : asked.state.disputes) {
    if (!asked.knowledge.Has(dispute.notified)) continue;
    if (dispute.closed && asked.knowledge.Has(*dispute.closed)) continue;
    const std::vector<Dispute::Step> steps = KnownOf(dispute.steps, asked.knowledge);
    const CalendarVersion* calendar =
        StatutoryCalendar(asked.state, asked.as_of, Position{asked.knowledge.known.value - 1});
    if (const auto* referral = FindStep(steps, v1::DISPUTE_STEP_REFERRED); referral != nullptr) {
      DueItem item = StatutoryItem(asked, DecisionDeadline(steps, calendar));
      item.words = absl::StrCat("The adjudicator decides dispute ", id, ", referred on ",
                                FormatDay(referral->on));
      if (const int days = ExtensionDays(steps); days > 0) {
        absl::StrAppend(&item.words, ", ", days, days == 1 ? " day added" : " days added");
      }
      item.subject = id;
      item.position = referral->known.position;
      items->push_back(std::move(item));
    } else if (const auto* notice = FindStep(steps, v1::DISPUTE_STEP_ADJUDICATION_NOTIFIED);
               notice != nullptr) {
      DueItem item = StatutoryItem(asked, ReferralDeadline(dispute, steps, calendar));
      item.owed_by =
          PartyOf(notice->side == v1::SIDE_UNSPECIFIED ? dispute.side : notice->side, asked);
      item.words =
          absl::StrCat(item.owed_by.empty() ? "Either party" : item.owed_by, " refers dispute ", id,
                       ", adjudication notified on ", FormatDay(notice->on));
      item.subject = id;
      item.position = notice->known.position;
      items->push_back(std::move(item));
    }
  }
}

void FindExtensionReviews(const DueQuestion& asked, std::vector<DueItem>* items) {
  const absl::CivilDay latest_end = asked.registration.latest_end;
  if (asked.terminated || asked.last_day >= latest_end || asked.as_of > asked.last_day) return;
  for (const auto& [id, offer] : asked.state.offers) {
    if (IsOpen(offer, asked.knowledge) || IsAccepted(offer, asked.knowledge)) return;
  }
  const std::vector<Extension> extensions = KnownOf(asked.state.extensions, asked.knowledge);
  items->push_back(
      {.kind = v1::DUE_KIND_EXTENSION_REVIEW,
       .due = WindowFirstDay(asked.last_day, kExtensionReviewMonths) - 1,
       .subject = FormatDay(asked.last_day),
       .words = absl::StrCat(asked.authority, " considers an extension: service ends on ",
                             FormatDay(asked.last_day), " and can last to ", FormatDay(latest_end)),
       .owed_by = asked.authority,
       .position =
           (extensions.empty() ? asked.registration.known : extensions.back().known).position});
}

void FindTargets(const DueQuestion& asked, std::vector<DueItem>* items) {
  for (const auto& [focus, history] : asked.state.focuses) {
    const std::optional<TargetStanding> standing =
        FindTargetStanding(asked.state, focus, asked.as_of, asked.knowledge.known);
    if (!standing || standing->status == TargetStatus::kMet) continue;
    const Target& target = standing->target;
    if (target.due > asked.last_day) continue;
    const bool undetermined = standing->status == TargetStatus::kNotYetDetermined;
    items->push_back(
        {.kind = v1::DUE_KIND_TARGET,
         .due = target.due,
         .subject = focus,
         .words = absl::StrCat("Target for ", focus, ", level ", target.level, " by ",
                               FormatDay(target.due), ": ", TargetWords(*standing, asked.as_of)),
         .owed_by = undetermined ? asked.authority : "",
         .position = target.known.position});
  }
}

void FindDependencies(const DueQuestion& asked, std::vector<DueItem>* items) {
  for (const auto& [id, dependency] : asked.state.dependencies) {
    if (!asked.knowledge.Has(dependency.known) || IsKnown(dependency.discharge, asked.knowledge)) {
      continue;
    }
    items->push_back(
        {.kind = v1::DUE_KIND_DEPENDENCY,
         .due = dependency.due,
         .subject = id,
         .words = absl::StrCat(dependency.owed_by, " discharges dependency ", id,
                               dependency.focus ? absl::StrCat(" for ", *dependency.focus) : "",
                               ", raised on ", FormatDay(dependency.known.recorded_on)),
         .owed_by = dependency.owed_by,
         .position = dependency.known.position});
  }
}

// Of a decision or an offer, `called` so.
template <typename Act>
void FindReview(const DueQuestion& asked, const Act& act, absl::string_view called,
                std::vector<DueItem>* items) {
  const auto reviews = KnownOf(act.reviews, asked.knowledge);
  for (const ClauseDecision::BasisChanged& change : KnownOf(act.basis_changes, asked.knowledge)) {
    if (!reviews.empty() && reviews.back().known.position > change.known.position) continue;
    items->push_back({.kind = v1::DUE_KIND_DECISION_REVIEW,
                      .due = change.known.recorded_on,
                      .subject = absl::StrCat(act.clause_id, "@", act.known.position.value),
                      .words = absl::StrCat(
                          asked.authority, " reviews the ", called, " on ",
                          FormatDay(act.known.recorded_on), " under clause ", act.clause_id, ": ",
                          change.change == v1::BASIS_CHANGE_OUTCOME ? "the outcome" : "a fact",
                          " that it rests on changed"),
                      .owed_by = asked.authority,
                      .position = change.known.position});
    return;  // one review answers for all that changed before it
  }
}

void FindDecisionReviews(const DueQuestion& asked, std::vector<DueItem>* items) {
  for (const auto& [position, decision] : asked.state.decisions) {
    const bool is_sanction = decision.kind == v1::CLAUSE_KIND_SANCTION;
    FindReview(asked, decision, is_sanction ? "sanction decided" : "reward decided", items);
  }
  for (const auto& [id, offer] : asked.state.offers) {
    FindReview(asked, offer, "extension offered", items);
  }
}

void FindCommitments(const DueQuestion& asked, std::vector<DueItem>* items) {
  for (const auto& [id, commitment] : asked.state.commitments) {
    const std::vector<Commitment::Stage> stages = KnownOf(commitment.stages, asked.knowledge);
    if (stages.empty() || stages.back().stage == v1::COMMITMENT_STAGE_CLOSED) continue;
    const std::optional<Promise> promise = FindPromise(asked, commitment);
    if (!promise) continue;
    items->push_back({.kind = v1::DUE_KIND_COMMITMENT,
                      .due = promise->due,
                      .subject = id,
                      .words = absl::StrCat(asked.registration.provider, " keeps commitment ", id,
                                            " for ", stages.front().focus, ", promised on ",
                                            FormatDay(stages.front().known.recorded_on)),
                      .owed_by = asked.registration.provider,
                      .position = promise->position});
  }
}

}  // namespace waymark
