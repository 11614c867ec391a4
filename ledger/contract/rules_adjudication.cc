// The steps of a dispute up to an adjudicator's decision, and the calendar its days are counted
// with.

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/contract/dispute_deadlines.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/parties.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// ---- DisputeStepRecorded ----

bool StartsTime(v1::DisputeStep step) {
  return step == v1::DISPUTE_STEP_ADJUDICATION_NOTIFIED || step == v1::DISPUTE_STEP_REFERRED ||
         step == v1::DISPUTE_STEP_TIME_EXTENDED;
}

void CheckStep(const v1::DisputeStepRecorded& event, ShapeCheck* check) {
  check->Id(event.dispute_id(), "dispute_id");
  check->Choice(event.step(), "step");
  check->Day(event.has_on(), event.on(), "on");
  check->OptionalDay(event.has_deadline(), event.deadline(), "deadline");
  if (event.has_deadline() && !StartsTime(event.step())) {
    check->Refuse("FIELD_UNEXPECTED", "deadline", "this step starts no time");
  }
  if (event.has_deadline() && event.calendar_version() == 0) {
    check->Refuse("FIELD_MISSING", "calendar_version", "name the version it was counted with");
  }
  if (event.step() != v1::DISPUTE_STEP_TIME_EXTENDED && event.has_days()) {
    check->Refuse("FIELD_UNEXPECTED", "days", "only an extension has a length");
  } else if (event.step() == v1::DISPUTE_STEP_TIME_EXTENDED && event.days() == 0) {
    check->Refuse("FIELD_MISSING", "days", "say by how many days");
  }
  if (!check->Count(event.consents_size(), kListValuesMax, "consents")) return;
  for (int i = 0; i < event.consents_size(); ++i) {
    check->Id(event.consents(i), absl::StrCat("consents[", i, "]"));
  }
}

// What is wrong with taking the step after the earlier ones; empty if nothing is. The ladder can be
// entered anywhere below, and is only climbed; but senior representatives may conclude while an
// adjudication runs, and time can be extended again.
std::string OutOfOrder(const Dispute& dispute, const Dispute::Step& step) {
  const bool extension = step.step == v1::DISPUTE_STEP_TIME_EXTENDED;
  const bool conclusion = step.step == v1::DISPUTE_STEP_SENIOR_REPS_CONCLUDED;
  for (const Dispute::Step& earlier : dispute.steps) {
    const bool again = earlier.step == step.step && !extension;
    if (again || (earlier.step > step.step && !conclusion)) {
      return absl::StrCat(v1::DisputeStep_Name(earlier.step), " is on record already");
    }
    if (earlier.step < step.step && step.on < earlier.on) {
      return absl::StrCat("its day lies before that of ", v1::DisputeStep_Name(earlier.step));
    }
  }
  if (!extension && !conclusion) return "";
  const v1::DisputeStep needed =
      extension ? v1::DISPUTE_STEP_REFERRED : v1::DISPUTE_STEP_SENIOR_REPS_REFERRED;
  if (FindStep(dispute.steps, needed) != nullptr) return "";
  return absl::StrCat("it follows ", v1::DisputeStep_Name(needed), ", which is not on record");
}

// The referring party alone can allow 14 days in all; beyond them both have to agree. False if the
// days are too many to be counted.
bool CheckExtension(const v1::DisputeStepRecorded& event, const Dispute& dispute, Ruling* ruling) {
  bool authority = false, provider = false;
  for (const std::string& party : event.consents()) {
    authority |= ruling->IsAuthority(party);
    provider |= ruling->IsProvider(party);
  }
  const Dispute::Step& referral = *FindStep(dispute.steps, v1::DISPUTE_STEP_REFERRED);
  const v1::Side referring = referral.side == v1::SIDE_UNSPECIFIED ? dispute.side : referral.side;
  const int64_t total = int64_t{ExtensionDays(dispute.steps)} + event.days();
  if (total > kReferringPartyDaysMax && !(authority && provider)) {
    ruling->Forbid("CONSENT_MISSING", "consents",
                   absl::StrCat(total, " days in all are beyond the ", kReferringPartyDaysMax,
                                " that the referring party can allow; both parties have to agree"));
  } else if (!(referring == v1::SIDE_PROVIDER ? provider : authority)) {
    ruling->Forbid("CONSENT_MISSING", "consents", "the referring party has to consent");
  }
  if (total <= kExtensionDaysMax) return true;
  ruling->Forbid("EXTENSION_TOO_LONG", "days",
                 absl::StrCat(total, " days in all, at most ", kExtensionDaysMax));
  return false;
}

// The deadline given is the one that the calendar named gives.
void CheckDeadline(const v1::DisputeStepRecorded& event, const Dispute& dispute,
                   const Dispute::Step& step, Ruling* ruling) {
  const ContractState& state = ruling->state();
  const absl::string_view id = StatutoryCalendarId(state, ruling->today(), ruling->position());
  const CalendarVersion* calendar =
      FindCalendarVersion(state, id, event.calendar_version(), ruling->position());
  if (calendar == nullptr) {
    return ruling->NotFound("REF_UNKNOWN", "calendar_version",
                            absl::StrCat("calendar '", id, "' has no version ",
                                         event.calendar_version(), " on record"));
  }
  std::vector<Dispute::Step> steps = dispute.steps;
  steps.push_back(step);
  const CountedDays counted = step.step == v1::DISPUTE_STEP_ADJUDICATION_NOTIFIED
                                  ? ReferralDeadline(dispute, steps, calendar)
                                  : DecisionDeadline(steps, calendar);
  if (RealDay(event.deadline()) == counted.last) return;
  const auto day_text = [](std::string* out, absl::CivilDay day) { *out += FormatDay(day); };
  ruling->Forbid("DEADLINE_MISMATCH", "deadline",
                 absl::StrCat("counted with version ", calendar->version, " of '", id, "' it is ",
                              FormatDay(counted.last),
                              "; left out: ", absl::StrJoin(counted.left_out, ", ", day_text)));
}

v1::Side SideOf(const ContractState& state, const std::string& party_id, absl::CivilDay day) {
  if (!state.registration) return v1::SIDE_UNSPECIFIED;
  if (state.registration->provider == party_id) return v1::SIDE_PROVIDER;
  return IsAuthorityOn(*state.registration, party_id, day) ? v1::SIDE_AUTHORITY
                                                           : v1::SIDE_UNSPECIFIED;
}

Dispute::Step StepOf(const v1::DisputeStepRecorded& event, const Known& known,
                     const ContractState& state) {
  return {known, event.step(), RealDay(event.on()), static_cast<int>(event.days()),
          SideOf(state, event.common().party_id(), known.recorded_on)};
}

bool DisputesADetermination(const Dispute& dispute, const ContractState& state) {
  return std::any_of(dispute.matters.begin(), dispute.matters.end(), [&](Position matter) {
    return FocusOfDetermination(state, matter).has_value();
  });
}

void DecideStep(const v1::DisputeStepRecorded& event, Ruling* ruling) {
  const ContractState& state = ruling->state();
  ruling->CheckNotInFuture(RealDay(event.on()), "on");
  const Dispute* dispute = FindDispute(state, event.dispute_id());
  if (dispute == nullptr) {
    return ruling->NotFound("REF_UNKNOWN", "dispute_id",
                            absl::StrCat("no dispute '", event.dispute_id(), "' was notified"));
  }
  if (dispute->closed) {
    return ruling->Forbid("DISPUTE_CLOSED", "dispute_id",
                          absl::StrCat("'", event.dispute_id(), "' has its outcome"));
  }
  const Dispute::Step step = StepOf(event, {ruling->position(), ruling->today()}, state);
  if (const std::string fault = OutOfOrder(*dispute, step); !fault.empty()) {
    return ruling->Forbid("STEP_ORDER", "step", fault);
  }
  const bool extension = step.step == v1::DISPUTE_STEP_TIME_EXTENDED;
  if (extension && !CheckExtension(event, *dispute, ruling)) return;
  if (event.has_deadline()) CheckDeadline(event, *dispute, step, ruling);
  if (step.step == v1::DISPUTE_STEP_REFERRED) {
    const CalendarVersion* calendar = StatutoryCalendar(state, ruling->today(), ruling->position());
    if (step.on > ReferralDeadline(*dispute, dispute->steps, calendar).last) {
      ruling->Flag("LATE_REFERRAL");
    }
  }
  // Whether the Act covers a dispute about a level is for a person to say.
  if (step.step == v1::DISPUTE_STEP_ADJUDICATION_NOTIFIED &&
      DisputesADetermination(*dispute, state)) {
    ruling->Flag("ACT_TO_BE_CONFIRMED");
  }
}

void EvolveStep(const v1::DisputeStepRecorded& event, const Fact& fact, StateEdit* edit) {
  const auto place = edit->state().disputes.find(event.dispute_id());
  if (place == edit->state().disputes.end()) return;
  edit->Append(&place->second.steps, StepOf(event, fact.known, edit->state()));
}

// ---- CalendarRecorded ----

void CheckCalendar(const v1::CalendarRecorded& event, ShapeCheck* check) {
  check->Id(event.calendar_id(), "calendar_id");
  if (event.version() == 0) check->Refuse("FIELD_MISSING", "version", "versions count from 1");
  check->Text(event.jurisdiction(), "jurisdiction");
  if (event.holidays().empty()) {
    check->Refuse("FIELD_MISSING", "holidays", "name at least one bank holiday");
  }
  if (!check->Count(event.holidays_size(), kListValuesMax, "holidays")) return;
  std::set<absl::CivilDay> seen;
  for (int i = 0; i < event.holidays_size(); ++i) {
    const std::string field = absl::StrCat("holidays[", i, "]");
    const auto day = check->Day(true, event.holidays(i), field);
    if (day && !seen.insert(*day).second) {
      check->Refuse("DUPLICATE_DAY", field, absl::StrCat(FormatDay(*day), " is named twice"));
    }
  }
}

void DecideCalendar(const v1::CalendarRecorded& event, Ruling* ruling) {
  const auto versions = ruling->state().calendars.find(event.calendar_id());
  const uint32_t newest =
      versions == ruling->state().calendars.end() ? 0 : versions->second.back().version;
  // Not newest + 1, which the last number does not have.
  if (event.version() - 1 == newest) return;
  ruling->Forbid("VERSION_NOT_NEXT", "version",
                 absl::StrCat("version ", event.version(), " does not follow ", newest));
}

void EvolveCalendar(const v1::CalendarRecorded& event, const Fact& fact, StateEdit* edit) {
  CalendarVersion version{fact.known, event.version(), {}};
  for (const v1::Date& date : event.holidays()) version.holidays.push_back(RealDay(date));
  std::sort(version.holidays.begin(), version.holidays.end());
  edit->Append(&edit->FindOrAdd(&edit->state().calendars, event.calendar_id()), std::move(version));
}

constexpr EventRules kRows[] = {
    RulesFor<v1::DisputeStepRecorded, CheckStep, DecideStep, EvolveStep>(
        {.roles = Roles({v1::ROLE_CM, v1::ROLE_SM, v1::ROLE_DEC, v1::ROLE_OFA, v1::ROLE_PRL,
                         v1::ROLE_PRD, v1::ROLE_REG}),
         .after_close = true}),
    RulesFor<v1::CalendarRecorded, CheckCalendar, DecideCalendar, EvolveCalendar>(
        {.roles = Roles({v1::ROLE_CM})}),
};

}  // namespace

absl::Span<const EventRules> AdjudicationRules() { return kRows; }

}  // namespace waymark
