// Board meetings, and what boards said about other events.

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/conflicts.h"
#include "ledger/contract/event_types.h"
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

Meeting MeetingIn(const v1::BoardMeetingHeld& event, const Known& known) {
  Meeting meeting{known, event.meeting_id(), event.board(), RealDay(event.on()), {}};
  for (const v1::Attendee& attendee : event.attendees()) {
    meeting.members.push_back({attendee.person_ref(), attendee.party_id(), attendee.conflicted()});
  }
  return meeting;
}

void DecideMeeting(const v1::BoardMeetingHeld& event, Ruling* ruling) {
  ruling->CheckNotInFuture(RealDay(event.on()), "on");
  const Meeting meeting = MeetingIn(event, {ruling->position(), ruling->today()});
  if (!IsQuorate(ruling->state(), meeting, {},
                 ruling->PolicyNumber(v1::POLICY_KEY_QUORUM_PER_AUTHORITY))) {
    ruling->Flag("INQUORATE");
  }
}

void EvolveMeeting(const v1::BoardMeetingHeld& event, const Fact& fact, StateEdit* edit) {
  edit->Set(&edit->FindOrAdd(&edit->state().meetings, event.meeting_id()),
            MeetingIn(event, fact.known));
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

// As the meeting recorded it.
bool IsConflicted(const Meeting& meeting, const std::string& person_ref) {
  return std::any_of(meeting.members.begin(), meeting.members.end(),
                     [&](const Meeting::Member& member) {
                       return member.conflicted && member.person_ref == person_ref;
                     });
}

void DecideMatter(const v1::BoardMatterRecorded& event, Ruling* ruling) {
  ruling->Resolve(event.matter(), "matter");
  const auto place = ruling->state().meetings.find(event.meeting_id());
  if (place == ruling->state().meetings.end()) {
    return ruling->NotFound("REF_UNKNOWN", "meeting_id",
                            absl::StrCat("no meeting '", event.meeting_id(), "' is on record"));
  }
  const Meeting& meeting = place->second;
  const ActedUpon matter = ActedUponAt(ruling->state(), ruling->PlaceOf(event.matter()));
  if (event.outcome() == v1::MATTER_OUTCOME_RATIFIED &&
      !IsQuorate(ruling->state(), meeting, matter,
                 ruling->PolicyNumber(v1::POLICY_KEY_QUORUM_PER_AUTHORITY))) {
    ruling->Forbid("MEETING_INQUORATE", "outcome",
                   "too few members without a conflict ratify nothing");
  }
  for (int i = 0; i < event.votes_size(); ++i) {
    const std::string& person = event.votes(i).person_ref();
    if (!IsConflicted(meeting, person) &&
        !HasOpenConflict(ruling->state(), person, matter, meeting.on)) {
      continue;
    }
    ruling->Forbid("CONFLICTED_VOTE", absl::StrCat("votes[", i, "].person_ref"),
                   "this person declared a conflict");
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
