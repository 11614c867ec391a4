#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

std::vector<DecideRow> Meetings() {
  return {
      Accepts<v1::BoardMeetingHeld>(
          "a quorate one", [](World& world) { return world.Append(world.Meeting("SB-7")); }),
      Accepts<v1::BoardMeetingHeld>("without the authority",
                                    [](World& world) {
                                      v1::BoardMeetingHeld event = world.Meeting("SB-7");
                                      event.mutable_attendees()->DeleteSubrange(0, 1);
                                      return world.Append(event);
                                    },
                                    {"INQUORATE"}),
      Accepts<v1::BoardMeetingHeld>("with a conflicted authority",
                                    [](World& world) {
                                      v1::BoardMeetingHeld event = world.Meeting("SB-7");
                                      event.mutable_attendees(0)->set_conflicted(true);
                                      return world.Append(event);
                                    },
                                    {"INQUORATE"}),
      Accepts<v1::BoardMeetingHeld>("with one member where the policy asks two",
                                    [](World& world) {
                                      world.Must(
                                          world.Policy(v1::POLICY_KEY_QUORUM_PER_AUTHORITY, "2"));
                                      return world.Append(world.Meeting("SB-7"));
                                    },
                                    {"INQUORATE"}),
      Refuses<v1::BoardMeetingHeld>("EFFECTIVE_IN_FUTURE",
                                    [](World& world) {
                                      v1::BoardMeetingHeld event = world.Meeting("SB-7");
                                      *event.mutable_on() = ToDate(world.today() + 1);
                                      return world.Append(event);
                                    }),
      Refuses<v1::BoardMeetingHeld>("ROLE_NOT_ALLOWED",
                                    [](World& world) {
                                      v1::BoardMeetingHeld event = world.Meeting("SB-7");
                                      event.mutable_common()->set_role(v1::ROLE_BRD);
                                      return world.Append(event);
                                    }),
      Refuses<v1::BoardMeetingHeld>("FIELD_REPEATED",
                                    [](World& world) {
                                      v1::BoardMeetingHeld event = world.Meeting("SB-7");
                                      *event.add_attendees() = event.attendees(0);
                                      return world.Append(event);
                                    }),
      Refuses<v1::BoardMeetingHeld>("DIGEST_INVALID",
                                    [](World& world) {
                                      v1::BoardMeetingHeld event = world.Meeting("SB-7");
                                      event.set_minutes("short");
                                      return world.Append(event);
                                    }),
  };
}

std::vector<DecideRow> Matters() {
  return {
      Accepts<v1::BoardMatterRecorded>("ratified at a quorate meeting",
                                       [](World& world) {
                                         world.Must(world.Meeting("SB-7"));
                                         return world.Append(world.Matter(
                                             "SB-7", world.last(), v1::MATTER_OUTCOME_RATIFIED));
                                       }),
      Accepts<v1::BoardMatterRecorded>("discussed at an inquorate one",
                                       [](World& world) {
                                         v1::BoardMeetingHeld meeting = world.Meeting("SB-7");
                                         meeting.clear_attendees();
                                         world.Must(meeting);
                                         return world.Append(world.Matter(
                                             "SB-7", world.last(), v1::MATTER_OUTCOME_DISCUSSED));
                                       }),
      Refuses<v1::BoardMatterRecorded>("MEETING_INQUORATE",
                                       [](World& world) {
                                         v1::BoardMeetingHeld meeting = world.Meeting("SB-7");
                                         meeting.clear_attendees();
                                         world.Must(meeting);
                                         return world.Append(world.Matter(
                                             "SB-7", world.last(), v1::MATTER_OUTCOME_RATIFIED));
                                       }),
      Refuses<v1::BoardMatterRecorded>("CONFLICTED_VOTE",
                                       [](World& world) {
                                         v1::BoardMeetingHeld meeting = world.Meeting("SB-7");
                                         meeting.mutable_attendees(0)->set_conflicted(true);
                                         world.Must(meeting);
                                         return world.Append(world.Matter(
                                             "SB-7", world.last(), v1::MATTER_OUTCOME_DISCUSSED));
                                       }),
      Refuses<v1::BoardMatterRecorded>(
          "REF_UNKNOWN",
          [](World& world) {
            return world.Append(world.Matter("SB-7", world.last(), v1::MATTER_OUTCOME_DISCUSSED));
          },
          "no such meeting"),
      Refuses<v1::BoardMatterRecorded>(
          "REF_UNKNOWN",
          [](World& world) {
            world.Must(world.Meeting("SB-7"));
            return world.Append(world.Matter("SB-7", Position{900}, v1::MATTER_OUTCOME_DISCUSSED));
          },
          "no such matter"),
      Refuses<v1::BoardMatterRecorded>("FIELD_REPEATED",
                                       [](World& world) {
                                         world.Must(world.Meeting("SB-7"));
                                         auto event = world.Matter("SB-7", world.last(),
                                                                   v1::MATTER_OUTCOME_DISCUSSED);
                                         *event.add_votes() = event.votes(0);
                                         return world.Append(event);
                                       }),
      Refuses<v1::BoardMatterRecorded>("ROLE_NOT_ALLOWED",
                                       [](World& world) {
                                         world.Must(world.Meeting("SB-7"));
                                         auto event = world.Matter("SB-7", world.last(),
                                                                   v1::MATTER_OUTCOME_DISCUSSED);
                                         event.mutable_common()->set_role(v1::ROLE_CM);
                                         return world.Append(event);
                                       }),
  };
}

}  // namespace

std::vector<DecideRow> BoardTable() {
  std::vector<DecideRow> rows = Meetings();
  const std::vector<DecideRow> matters = Matters();
  rows.insert(rows.end(), matters.begin(), matters.end());
  return rows;
}

}  // namespace waymark::test
