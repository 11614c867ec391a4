// Board meetings, and what boards said about other events.

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/policy.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// ---- BoardMeetingHeld ----

void CheckMeeting(const v1::BoardMeetingHeld& event, ShapeCheck* check) {
  check->Id(event.meeting_id(), "meeting_id");
  check->Choice(event.board(), "board");
  check->Day(event.has_on(), event.on(), "on");
  const bool few = check->Count(event.attendees_size(), kListValuesMax, "attendees");
  std::set<absl::string_view> seen;
  for (int i = 0; few && i < event.attendees_size(); ++i) {
    const std::string field = absl::StrCat("attendees[", i, "]");
    check->PrincipalRef(event.attendees(i).person_ref(), field + ".person_ref");
    check->Id(event.attendees(i).party_id(), field + ".party_id");
    if (!seen.insert(event.attendees(i).person_ref()).second) {
      check->Refuse("FIELD_REPEATED", field + ".person_ref", "this person stands twice");
    }
  }
  check->Sha256(event.minutes(), "minutes");
}

// Every authority sits with enough members who declared no conflict.
bool IsQuorate(const v1::BoardMeetingHeld& event, const ContractState& state, absl::CivilDay today,
               Position now) {
  if (!state.registration) return false;
  const int quorum = PolicyNumber(state, v1::POLICY_KEY_QUORUM_PER_AUTHORITY, today, now);
  const auto& authorities = state.registration->authorities;
  return std::all_of(authorities.begin(), authorities.end(), [&](const std::string& authority) {
    return std::count_if(event.attendees().begin(), event.attendees().end(),
                         [&](const v1::Attendee& attendee) {
                           return attendee.party_id() == authority && !attendee.conflicted();
                         }) >= quorum;
  });
}

void DecideMeeting(const v1::BoardMeetingHeld& event, Ruling* ruling) {
  ruling->CheckNotInFuture(RealDay(event.on()), "on");
  if (!IsQuorate(event, ruling->state(), ruling->today(), ruling->position())) {
    ruling->Flag("INQUORATE");
  }
}

void EvolveMeeting(const v1::BoardMeetingHeld& event, const Fact& fact, StateEdit* edit) {
  Meeting meeting{fact.known,
                  event.meeting_id(),
                  event.board(),
                  IsQuorate(event, edit->state(), fact.known.recorded_on, fact.known.position),
                  {}};
  for (const v1::Attendee& attendee : event.attendees()) {
    if (attendee.conflicted()) meeting.conflicted.insert(attendee.person_ref());
  }
  edit->Set(&edit->FindOrAdd(&edit->state().meetings, event.meeting_id()), std::move(meeting));
}

// ---- BoardMatterRecorded ----

void CheckMatter(const v1::BoardMatterRecorded& event, ShapeCheck* check) {
  check->Id(event.meeting_id(), "meeting_id");
  check->Text(event.minute(), "minute");
  check->Ref(event.matter(), "matter");
  check->Choice(event.outcome(), "outcome");
  const bool few = check->Count(event.votes_size(), kListValuesMax, "votes");
  std::set<absl::string_view> seen;
  for (int i = 0; few && i < event.votes_size(); ++i) {
    const std::string field = absl::StrCat("votes[", i, "]");
    check->PrincipalRef(event.votes(i).person_ref(), field + ".person_ref");
    check->Id(event.votes(i).party_id(), field + ".party_id");
    check->Choice(event.votes(i).choice(), field + ".choice");
    if (!seen.insert(event.votes(i).person_ref()).second) {
      check->Refuse("FIELD_REPEATED", field + ".person_ref", "this person votes twice");
    }
  }
}

void DecideMatter(const v1::BoardMatterRecorded& event, Ruling* ruling) {
  ruling->Resolve(event.matter(), "matter");
  const auto place = ruling->state().meetings.find(event.meeting_id());
  if (place == ruling->state().meetings.end()) {
    return ruling->NotFound("REF_UNKNOWN", "meeting_id",
                            absl::StrCat("no meeting '", event.meeting_id(), "' is on record"));
  }
  const Meeting& meeting = place->second;
  if (event.outcome() == v1::MATTER_OUTCOME_RATIFIED && !meeting.quorate) {
    ruling->Forbid("MEETING_INQUORATE", "outcome", "an inquorate meeting ratifies nothing");
  }
  for (int i = 0; i < event.votes_size(); ++i) {
    if (meeting.conflicted.count(event.votes(i).person_ref()) == 0) continue;
    ruling->Forbid("CONFLICTED_VOTE", absl::StrCat("votes[", i, "].person_ref"),
                   "this attendee declared a conflict at the meeting");
  }
}

void EvolveMatter(const v1::BoardMatterRecorded& event, const Fact& fact, StateEdit* edit) {
  edit->Append(
      &edit->state().board_matters,
      BoardMatter{fact.known, event.meeting_id(), fact.Resolve(event.matter()), event.outcome()});
}

constexpr EventRules kRows[] = {
    RulesFor<v1::BoardMeetingHeld, CheckMeeting, DecideMeeting, EvolveMeeting>(
        {.roles = Roles({v1::ROLE_SEC})}),
    RulesFor<v1::BoardMatterRecorded, CheckMatter, DecideMatter, EvolveMatter>(
        {.roles = Roles({v1::ROLE_SEC})}),
};

}  // namespace

absl::Span<const EventRules> BoardRules() { return kRows; }

}  // namespace waymark
