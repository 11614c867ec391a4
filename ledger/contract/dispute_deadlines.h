// This header defines the days by which an adjudication has to move on, and the calendar of bank
// holidays they are counted with. Housing Grants, Construction and Regeneration Act 1996, s.108:
// referral within 7 days of the notice, decision within 28 days of the referral, later where the
// time was extended.
//
//   const CalendarVersion* calendar = StatutoryCalendar(state, today, known_at);
//   DecisionDeadline(dispute.steps, calendar).last;  // 2026-01-23
//
// Pure; safe from any thread while the state is not changed. Results are valid as long.
#ifndef WAYMARK_LEDGER_CONTRACT_DISPUTE_DEADLINES_H_
#define WAYMARK_LEDGER_CONTRACT_DISPUTE_DEADLINES_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "ledger/contract/state.h"
#include "ledger/contract/statutory_days.h"

namespace waymark {

// By how much the referring party alone can let the time for a decision be extended, in all.
inline constexpr int kReferringPartyDaysMax = 14;
// By how much it can be extended at all: ten years.
inline constexpr int kExtensionDaysMax = 3650;

// Id of the contract's calendar: the policy's where one was set, else the registration's.
absl::string_view StatutoryCalendarId(const ContractState& state, absl::CivilDay day,
                                      Position known_at);

// A version of that calendar as known from positions 0..known_at; null if it is not on record.
const CalendarVersion* FindCalendarVersion(const ContractState& state, absl::string_view id,
                                           uint32_t version, Position known_at);

// The newest version so known; null if none is on record, and then only Christmas Day and Good
// Friday are left out of a count.
const CalendarVersion* StatutoryCalendar(const ContractState& state, absl::CivilDay day,
                                         Position known_at);

// The step of that kind; null if there is none. Of several, the last.
const Dispute::Step* FindStep(absl::Span<const Dispute::Step> steps, v1::DisputeStep step);

// By how many days steps have extended the time for a decision.
int ExtensionDays(absl::Span<const Dispute::Step> steps);

// Last day to refer the dispute. Counted from the notice of adjudication or, where no step gave
// one, from the notice of the dispute.
CountedDays ReferralDeadline(const Dispute& dispute, absl::Span<const Dispute::Step> steps,
                             const CalendarVersion* calendar);

// Last day to decide it. REQUIRES: a step REFERRED.
CountedDays DecisionDeadline(absl::Span<const Dispute::Step> steps,
                             const CalendarVersion* calendar);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_DISPUTE_DEADLINES_H_
