#include "ledger/contract/dispute_deadlines.h"

#include <algorithm>

#include "ledger/base/check.h"
#include "ledger/contract/policy.h"

namespace waymark {
namespace {

constexpr int kReferralDays = 7;
constexpr int kDecisionDays = 28;

CountedDays Count(absl::CivilDay event, int days, const CalendarVersion* calendar) {
  absl::Span<const absl::CivilDay> holidays;
  if (calendar != nullptr) holidays = calendar->holidays;
  return CountDays(event, days, DayCount::kConstructionAct, holidays);
}

}  // namespace

absl::string_view StatutoryCalendarId(const ContractState& state, absl::CivilDay day,
                                      Position known_at) {
  const bool set =
      std::any_of(state.policies.begin(), state.policies.end(), [&](const PolicyChange& change) {
        return change.key == v1::POLICY_KEY_STATUTORY_CALENDAR && change.effective_on <= day &&
               change.known.position <= known_at;
      });
  if (!set && state.registration && !state.registration->calendar_id.empty()) {
    return state.registration->calendar_id;
  }
  return PolicyText(state, v1::POLICY_KEY_STATUTORY_CALENDAR, day, known_at);
}

const CalendarVersion* FindCalendarVersion(const ContractState& state, absl::string_view id,
                                           uint32_t version, Position known_at) {
  const auto versions = state.calendars.find(std::string(id));
  if (versions == state.calendars.end()) return nullptr;
  for (const CalendarVersion& candidate : versions->second) {
    if (candidate.version == version && candidate.known.position <= known_at) return &candidate;
  }
  return nullptr;
}

const CalendarVersion* StatutoryCalendar(const ContractState& state, absl::CivilDay day,
                                         Position known_at) {
  const auto versions =
      state.calendars.find(std::string(StatutoryCalendarId(state, day, known_at)));
  const CalendarVersion* newest = nullptr;
  if (versions == state.calendars.end()) return newest;
  for (const CalendarVersion& candidate : versions->second) {
    if (candidate.known.position <= known_at) newest = &candidate;
  }
  return newest;
}

const Dispute::Step* FindStep(absl::Span<const Dispute::Step> steps, v1::DisputeStep step) {
  const auto place =
      std::find_if(steps.rbegin(), steps.rend(),
                   [&](const Dispute::Step& candidate) { return candidate.step == step; });
  return place == steps.rend() ? nullptr : &*place;
}

int ExtensionDays(absl::Span<const Dispute::Step> steps) {
  int days = 0;
  for (const Dispute::Step& step : steps) days += step.days;
  return days;
}

CountedDays ReferralDeadline(const Dispute& dispute, absl::Span<const Dispute::Step> steps,
                             const CalendarVersion* calendar) {
  const Dispute::Step* notice = FindStep(steps, v1::DISPUTE_STEP_ADJUDICATION_NOTIFIED);
  return Count(notice == nullptr ? dispute.notified_on : notice->on, kReferralDays, calendar);
}

CountedDays DecisionDeadline(absl::Span<const Dispute::Step> steps,
                             const CalendarVersion* calendar) {
  const Dispute::Step* referral = FindStep(steps, v1::DISPUTE_STEP_REFERRED);
  WAYMARK_CHECK(referral != nullptr);
  return Count(referral->on, kDecisionDays + ExtensionDays(steps), calendar);
}

}  // namespace waymark
