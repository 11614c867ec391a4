// Extensions of the service period: offered by the authority, answered by the provider alone, and
// carried out by the instrument that both sign. Nothing before the instrument moves a day.

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/assents.h"
#include "ledger/contract/clause_basis.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/held_days.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// The offer of that id; REF_UNKNOWN and null if there is none.
const ExtensionOffer* FindOffer(const std::string& offer_id, Ruling* ruling) {
  const auto place = ruling->state().offers.find(offer_id);
  if (place != ruling->state().offers.end()) return &place->second;
  ruling->NotFound("REF_UNKNOWN", "offer_id", absl::StrCat("no offer '", offer_id, "' was made"));
  return nullptr;
}

ExtensionOffer* PlaceOf(const std::string& offer_id, StateEdit* edit) {
  const auto place = edit->state().offers.find(offer_id);
  // The payload that offered may have been erased.
  return place == edit->state().offers.end() ? nullptr : &place->second;
}

void RequireWithinLatestEnd(absl::CivilDay last, absl::string_view field, Ruling* ruling) {
  const absl::CivilDay latest = ruling->state().registration->latest_end;
  if (last <= latest) return;
  ruling->Forbid("BEYOND_LATEST_END", field,
                 absl::StrCat("the contract ends on ", FormatDay(latest), " at the latest"));
}

// A service period that still runs goes on without a gap.
void RequireNext(absl::CivilDay first, absl::string_view field, Ruling* ruling) {
  const ContractState& state = ruling->state();
  const bool ended =
      std::any_of(state.endings.begin(), state.endings.end(),
                  [](const Ending& ending) { return ending.cause != v1::END_CAUSE_CLOSED; });
  if (ended) {
    return ruling->Forbid("ALREADY_ENDED", field, "the end of the contract is on record");
  }
  const auto last = LastContractDay(state, {TreeSize{ruling->position().value}});
  if (!last || first == *last + 1) return;
  ruling->Forbid(
      "PERIOD_NOT_NEXT", field,
      absl::StrCat("service runs until ", FormatDay(*last), ", so it goes on the day after"));
}

// ---- ExtensionOffered ----

std::string WholeMessage(const google::protobuf::Message& message) {
  return message.SerializeAsString();
}

void CheckOffered(const v1::ExtensionOffered& event, ShapeCheck* check) {
  check->Id(event.offer_id(), "offer_id");
  check->Id(event.clause_id(), "clause_id");
  if (event.has_evaluation()) check->Ref(event.evaluation(), "evaluation");
  check->Days(event.has_period(), event.period(), "period");
  check->Day(event.has_respond_by(), event.respond_by(), "respond_by");
  check->Sha256(event.terms(), "terms");
}

// An answer can still come.
bool IsOpen(const ExtensionOffer& offer, absl::CivilDay today) {
  return !offer.answer && !offer.end && today <= offer.respond_by;
}

void RequireNoOpenOffer(const std::string& offer_id, Ruling* ruling) {
  for (const auto& [id, offer] : ruling->state().offers) {
    if (id == offer_id) {
      ruling->Forbid("OFFER_ID_USED", "offer_id", absl::StrCat("'", id, "' is taken"));
    } else if (IsOpen(offer, ruling->today())) {
      ruling->Forbid("OFFER_STILL_OPEN", "period",
                     absl::StrCat("offer '", id, "' of these days awaits its answer"));
    }
  }
}

// Against the outcome is allowed with a reason.
void FlagIfAgainst(const v1::ExtensionOffered& event, const EvaluationRecord& evaluation,
                   Ruling* ruling) {
  if (evaluation.outcome == v1::CLAUSE_OUTCOME_SATISFIED) return;
  ruling->Flag("AGAINST_OUTCOME");
  if (!absl::StripAsciiWhitespace(event.common().reason()).empty()) return;
  ruling->Refuse(absl::StatusCode::kInvalidArgument, "REASON_MISSING", "common.reason",
                 "the clause is not satisfied, so the offer needs a reason");
}

void DecideOffered(const v1::ExtensionOffered& event, Ruling* ruling) {
  RequireClauseOf(event.clause_id(), v1::CLAUSE_KIND_EXTENSION, ruling);
  RequireWithinLatestEnd(RealDay(event.period().last()), "period.last", ruling);
  if (RealDay(event.respond_by()) < ruling->today()) {
    ruling->Forbid("RESPOND_BY_PAST", "respond_by",
                   absl::StrCat(FormatDay(RealDay(event.respond_by())),
                                " is past, so nobody could answer in time"));
  }
  const EvaluationRecord* evaluation = RequireEvaluation(event, ruling);
  if (!AuthoritiesAssent(*ruling, ruling->digest())) {
    ruling->Forbid("ASSENT_MISSING", "", "the authorities have to assent to this very event");
  }
  RequireNext(RealDay(event.period().first()), "period.first", ruling);
  RequireNoOpenOffer(event.offer_id(), ruling);
  if (evaluation != nullptr) FlagIfAgainst(event, *evaluation, ruling);
}

void EvolveOffered(const v1::ExtensionOffered& event, const Fact& fact, StateEdit* edit) {
  edit->Set(&edit->FindOrAdd(&edit->state().offers, event.offer_id()),
            ExtensionOffer{.known = fact.known,
                           .offer_id = event.offer_id(),
                           .clause_id = event.clause_id(),
                           .evaluation = fact.Resolve(event.evaluation()),
                           .period = RealDays(event.period()),
                           .respond_by = RealDay(event.respond_by())});
}

// ---- ExtensionAnswered ----

void CheckAnswered(const v1::ExtensionAnswered& event, ShapeCheck* check) {
  check->Id(event.offer_id(), "offer_id");
  check->Choice(event.answer(), "answer");
  check->Id(event.clause_id(), "clause_id");
  if (event.answer() == v1::EXTENSION_ANSWER_COUNTER_PROPOSED) {
    check->Sha256(event.conditions(), "conditions");
  } else if (event.has_conditions() && event.answer() == v1::EXTENSION_ANSWER_ACCEPTED) {
    check->Refuse("ACCEPTANCE_CONDITIONAL", "conditions",
                  "an answer with conditions is a counter-proposal");
  } else if (event.has_conditions()) {
    check->Refuse("FIELD_UNEXPECTED", "conditions", "the answer sets none");
  }
}

void DecideAnswered(const v1::ExtensionAnswered& event, Ruling* ruling) {
  const ExtensionOffer* offer = FindOffer(event.offer_id(), ruling);
  if (offer == nullptr) return;
  if (offer->clause_id != event.clause_id()) {
    ruling->Refuse(absl::StatusCode::kInvalidArgument, "CLAUSE_ID_MISMATCH", "clause_id",
                   absl::StrCat("the offer is under '", offer->clause_id, "'"));
  }
  if (ruling->today() > offer->respond_by) {
    ruling->Forbid("OFFER_EXPIRED", "offer_id",
                   absl::StrCat("it could be answered until ", FormatDay(offer->respond_by)));
  }
  if (offer->answer) {
    ruling->Forbid("OFFER_ALREADY_ANSWERED", "offer_id", "an answer is on record");
  }
  if (offer->end && offer->end->cause == v1::OFFER_END_CAUSE_WITHDRAWN) {
    ruling->Forbid("OFFER_WITHDRAWN", "offer_id", "the authority took it back");
  }
}

void EvolveAnswered(const v1::ExtensionAnswered& event, const Fact& fact, StateEdit* edit) {
  ExtensionOffer* offer = PlaceOf(event.offer_id(), edit);
  if (offer == nullptr) return;
  edit->Set(&offer->answer, std::optional(ExtensionOffer::Answer{fact.known, event.answer()}));
}

// ---- ExtensionOfferEnded ----

void CheckEnded(const v1::ExtensionOfferEnded& event, ShapeCheck* check) {
  check->Id(event.offer_id(), "offer_id");
  check->Choice(event.cause(), "cause");
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
}

void DecideEnded(const v1::ExtensionOfferEnded& event, Ruling* ruling) {
  const bool lapses = event.cause() == v1::OFFER_END_CAUSE_LAPSED;
  ruling->CheckRole(lapses ? Roles({v1::ROLE_SYS}) : Roles({v1::ROLE_DEC}), "cause",
                    "the daemon records that an offer lapsed, a decision-maker withdraws one");
  const absl::CivilDay day = RealDay(event.effective_on());
  ruling->CheckNotInFuture(day, "effective_on");
  const ExtensionOffer* offer = FindOffer(event.offer_id(), ruling);
  if (offer == nullptr) return;
  if (offer->answer) {
    return ruling->Forbid("OFFER_ALREADY_ANSWERED", "offer_id", "an answer is on record");
  }
  const bool in_time = ruling->today() <= offer->respond_by;
  if (lapses && (in_time || day < offer->respond_by)) {
    ruling->Forbid("OFFER_STILL_OPEN", "offer_id",
                   absl::StrCat("it can be answered until ", FormatDay(offer->respond_by)));
  }
  if (offer->end && offer->end->cause == v1::OFFER_END_CAUSE_WITHDRAWN) {
    ruling->Forbid("OFFER_WITHDRAWN", "offer_id", "the authority took it back");
  } else if (offer->end || (!lapses && !in_time)) {
    ruling->Forbid("OFFER_EXPIRED", "offer_id",
                   absl::StrCat("it lapsed by silence on ", FormatDay(offer->respond_by)));
  }
}

void EvolveEnded(const v1::ExtensionOfferEnded& event, const Fact& fact, StateEdit* edit) {
  ExtensionOffer* offer = PlaceOf(event.offer_id(), edit);
  if (offer == nullptr) return;
  edit->Set(&offer->end, std::optional(ExtensionOffer::End{fact.known, event.cause(),
                                                           RealDay(event.effective_on())}));
}

// ---- ServicePeriodExtended ----

void CheckExtended(const v1::ServicePeriodExtended& event, ShapeCheck* check) {
  check->Id(event.offer_id(), "offer_id");
  check->Day(event.has_new_end(), event.new_end(), "new_end");
  if (absl::StripAsciiWhitespace(event.instrument()).empty()) {
    check->Refuse("INSTRUMENT_MISSING", "instrument", "name what both sides signed");
  }
}

void DecideExtended(const v1::ServicePeriodExtended& event, Ruling* ruling) {
  const ExtensionOffer* offer = FindOffer(event.offer_id(), ruling);
  if (offer == nullptr) return;
  if (!offer->answer || offer->answer->answer != v1::EXTENSION_ANSWER_ACCEPTED) {
    ruling->Forbid("ACCEPTANCE_MISSING", "offer_id", "the provider has not accepted it");
  }
  RequireWithinLatestEnd(RealDay(event.new_end()), "new_end", ruling);
  if (RealDay(event.new_end()) != offer->period.last) {
    ruling->Forbid("OFFER_MISMATCH", "new_end",
                   absl::StrCat("what was accepted ends on ", FormatDay(offer->period.last)));
  }
  if (offer->extended) {
    return ruling->Forbid("ALREADY_EXTENDED", "offer_id", "its extension is on record");
  }
  RequireNext(offer->period.first, "offer_id", ruling);
}

void EvolveExtended(const v1::ServicePeriodExtended& event, const Fact& fact, StateEdit* edit) {
  edit->Append(&edit->state().extensions, Extension{fact.known, RealDay(event.new_end())});
  ExtensionOffer* offer = PlaceOf(event.offer_id(), edit);
  if (offer != nullptr) edit->Set(&offer->extended, std::optional<Known>(fact.known));
}

constexpr EventRules kRows[] = {
    RulesFor<v1::ExtensionOffered, CheckOffered, DecideOffered, EvolveOffered>(
        {.roles = Roles({v1::ROLE_DEC}),
         .needs_governance = true,
         .power = v1::POWER_OFFER_EXTENSION,
         .hashed_bytes = WholeMessage}),
    RulesFor<v1::ExtensionAnswered, CheckAnswered, DecideAnswered, EvolveAnswered>(
        {.roles = Roles({v1::ROLE_PRD}),
         .provider_only = true,
         .needs_reason = true,
         .power = v1::POWER_ANSWER_EXTENSION}),
    RulesFor<v1::ExtensionOfferEnded, CheckEnded, DecideEnded, EvolveEnded>(
        {.roles = Roles({v1::ROLE_SYS, v1::ROLE_DEC})}),
    RulesFor<v1::ServicePeriodExtended, CheckExtended, DecideExtended, EvolveExtended>(
        {.roles = Roles({v1::ROLE_DEC})}),
};

}  // namespace

absl::Span<const EventRules> ExtensionRules() { return kRows; }

}  // namespace waymark
