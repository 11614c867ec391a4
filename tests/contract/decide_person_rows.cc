// Conflicts of interest with what they keep people from, and roles.

#include "gtest/gtest.h"
#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

std::vector<DecideRow> Conflicts() {
  return {
      Accepts<v1::ConflictRecorded>(
          "declared for the whole contract",
          [](World& world) { return world.Append(world.Conflict(v1::ROLE_ASR, "")); }),
      Accepts<v1::ConflictRecorded>("declared for an event, until a day",
                                    [](World& world) {
                                      auto event = world.Conflict(v1::ROLE_AUD, "PI-CS");
                                      event.mutable_scope()->add_positions(world.last().value);
                                      *event.mutable_last() = ToDate(world.today());
                                      return world.Append(event);
                                    }),
      Accepts<v1::ConflictRecorded>("closed by the person",
                                    [](World& world) {
                                      auto event = world.Conflict(v1::ROLE_ASR, "PI-CS");
                                      world.Must(event);
                                      event.set_stage(v1::CONFLICT_STAGE_CLOSED);
                                      return world.Append(event);
                                    }),
      Accepts<v1::ConflictRecorded>("dispensed and minuted",
                                    [](World& world) {
                                      world.Must(world.Conflict(v1::ROLE_ASR, "PI-CS"));
                                      world.Must(world.Meeting("SB-7"));
                                      return world.Append(world.Dispensation("X-ASR", "PI-CS"));
                                    }),
      Refuses<v1::ConflictRecorded>("DISPENSATION_NOT_MINUTED",
                                    [](World& world) {
                                      world.Must(world.Meeting("SB-7"));
                                      auto event = world.Dispensation("X-ASR", "PI-CS");
                                      event.mutable_common()->clear_governance();
                                      return world.Append(event);
                                    }),
      Refuses<v1::ConflictRecorded>(
          "DISPENSATION_NOT_MINUTED",
          [](World& world) { return world.Append(world.Dispensation("X-ASR", "PI-CS")); },
          "the meeting is not on record"),
      Refuses<v1::ConflictRecorded>(
          "DISPENSATION_NOT_MINUTED",
          [](World& world) {
            auto meeting = world.Meeting("SB-7");
            meeting.clear_attendees();
            world.Must(meeting);
            return world.Append(world.Dispensation("X-ASR", "PI-CS"));
          },
          "the meeting was inquorate"),
      Refuses<v1::ConflictRecorded>(
          "ROLE_NOT_ALLOWED",
          [](World& world) { return world.AppendAs("X-CM", world.Conflict(v1::ROLE_ASR, "")); },
          "declared for somebody else"),
      Refuses<v1::ConflictRecorded>(
          "ROLE_NOT_ALLOWED",
          [](World& world) {
            world.Must(world.Meeting("SB-7"));
            auto event = world.Dispensation("X-ASR", "PI-CS");
            event.mutable_common()->set_role(v1::ROLE_CM);
            return world.Append(event);
          },
          "dispensed by a contract manager"),
      Refuses<v1::ConflictRecorded>(
          "ROLE_NOT_ALLOWED",
          [](World& world) {
            world.Must(world.Meeting("SB-7"));
            return world.Append(world.Dispensation("X-SEC", "PI-CS"));
          },
          "the secretary's own"),
      Refuses<v1::ConflictRecorded>(
          "ROLE_NOT_ALLOWED",
          [](World& world) { return world.Append(world.Conflict(v1::ROLE_STK, "")); },
          "a stakeholder"),
      Refuses<v1::ConflictRecorded>(
          "FOCUS_UNKNOWN",
          [](World& world) { return world.Append(world.Conflict(v1::ROLE_ASR, "XX-XX")); }),
      Refuses<v1::ConflictRecorded>("REF_UNKNOWN",
                                    [](World& world) {
                                      auto event = world.Conflict(v1::ROLE_ASR, "");
                                      event.mutable_scope()->add_positions(900);
                                      return world.Append(event);
                                    }),
      Refuses<v1::ConflictRecorded>("EFFECTIVE_IN_FUTURE",
                                    [](World& world) {
                                      auto event = world.Conflict(v1::ROLE_ASR, "");
                                      *event.mutable_first() = ToDate(world.today() + 1);
                                      return world.Append(event);
                                    }),
      Refuses<v1::ConflictRecorded>("PERIOD_REVERSED",
                                    [](World& world) {
                                      auto event = world.Conflict(v1::ROLE_ASR, "");
                                      *event.mutable_last() = ToDate(world.today() - 1);
                                      return world.Append(event);
                                    }),
  };
}

// An assessment of PI-CS by X-ASR, who declared a conflict there, after `then`.
absl::StatusOr<Decision> AssessAfter(World& world, void (*then)(World&)) {
  world.Must(world.Meeting("SB-7"));
  world.Must(world.Evidence("E-0"));
  world.Must(world.Conflict(v1::ROLE_ASR, "PI-CS"));
  then(world);
  return world.Append(world.Assessment("PI-CS", 3));
}

// X-ASR closes their conflicts about the focus; about everything, if it is empty.
v1::ConflictRecorded Closing(const World& world, const std::string& focus) {
  v1::ConflictRecorded event = world.Conflict(v1::ROLE_ASR, focus);
  event.set_stage(v1::CONFLICT_STAGE_CLOSED);
  return event;
}

std::vector<DecideRow> ConflictedAssessments() {
  return {
      Refuses<v1::AssessmentRecorded>(
          "CONFLICT_OPEN", [](World& world) { return AssessAfter(world, [](World&) {}); }),
      Refuses<v1::AssessmentRecorded>(
          "CONFLICT_OPEN",
          [](World& world) {
            world.Must(world.Evidence("E-0"));
            world.Must(world.Conflict(v1::ROLE_ASR, ""));
            return world.Append(world.Assessment("PI-CS", 3));
          },
          "that covers the contract"),
      Accepts<v1::AssessmentRecorded>("by another person",
                                      [](World& world) {
                                        world.Must(world.Evidence("E-0"));
                                        world.Must(world.Conflict(v1::ROLE_ASR, "PI-CS"));
                                        return world.AppendAs("X-2", world.Assessment("PI-CS", 3));
                                      }),
      Accepts<v1::AssessmentRecorded>("of another focus than the conflict's",
                                      [](World& world) {
                                        world.Must(world.Evidence("E-0", "PI-IV"));
                                        world.Must(world.Conflict(v1::ROLE_ASR, "PI-CS"));
                                        return world.Append(world.Assessment("PI-IV", 3));
                                      }),
      Accepts<v1::AssessmentRecorded>("after the conflict was closed",
                                      [](World& world) {
                                        return AssessAfter(world, [](World& world) {
                                          world.Must(Closing(world, "PI-CS"));
                                        });
                                      }),
      Accepts<v1::AssessmentRecorded>("after all conflicts were closed",
                                      [](World& world) {
                                        return AssessAfter(world, [](World& world) {
                                          world.Must(Closing(world, ""));
                                        });
                                      }),
      Accepts<v1::AssessmentRecorded>("after the conflict's last day",
                                      [](World& world) {
                                        world.Must(world.Evidence("E-0"));
                                        auto conflict = world.Conflict(v1::ROLE_ASR, "PI-CS");
                                        *conflict.mutable_last() = ToDate(world.today());
                                        world.Must(conflict);
                                        world.SetToday(world.today() + 1);
                                        return world.Append(world.Assessment("PI-CS", 3));
                                      }),
      Accepts<v1::AssessmentRecorded>("dispensed",
                                      [](World& world) {
                                        return AssessAfter(world, [](World& world) {
                                          world.Must(world.Dispensation("X-ASR", ""));
                                        });
                                      }),
      Refuses<v1::AssessmentRecorded>(
          "CONFLICT_OPEN",
          [](World& world) {
            return AssessAfter(
                world, [](World& world) { world.Must(world.Dispensation("X-ASR", "PI-IV")); });
          },
          "dispensed for another focus"),
      Refuses<v1::AssessmentRecorded>(
          "CONFLICT_OPEN",
          [](World& world) {
            return AssessAfter(world, [](World& world) {
              auto until = world.Dispensation("X-ASR", "PI-CS");
              *until.mutable_last() = ToDate(world.today());
              world.Must(until);
              world.SetToday(world.today() + 1);
            });
          },
          "dispensed until yesterday"),
      Refuses<v1::AssessmentRecorded>(
          "CONFLICT_OPEN",
          [](World& world) {
            return AssessAfter(world, [](World& world) {
              world.Must(world.Dispensation("X-ASR", "PI-CS"));
              world.Must(world.Conflict(v1::ROLE_ASR, "PI-CS"));
            });
          },
          "declared anew after the dispensation"),
      Refuses<v1::AssessmentRecorded>(
          "CONFLICT_OPEN",
          [](World& world) {
            return AssessAfter(world, [](World& world) {
              world.Must(world.Conflict(v1::ROLE_ASR, ""));
              world.Must(Closing(world, "PI-CS"));
            });
          },
          "closing the narrower of two"),
      Refuses<v1::AssessmentModerated>("CONFLICT_OPEN",
                                       [](World& world) {
                                         world.Must(world.Evidence("E-0"));
                                         const Position assessment =
                                             world.Must(world.Assessment("PI-CS", 3));
                                         world.Must(world.Conflict(v1::ROLE_MOD, "PI-CS"));
                                         return world.Append(world.Moderation(assessment));
                                       }),
      Refuses<v1::LevelDetermined>("CONFLICT_OPEN",
                                   [](World& world) {
                                     world.Assess("PI-CS", 3);
                                     world.Must(world.Conflict(v1::ROLE_DEC, "PI-CS"));
                                     return world.Append(world.Determination("PI-CS", 3));
                                   }),
      Refuses<v1::LevelDetermined>(
          "CONFLICT_OPEN",
          [](World& world) {
            const Position assessment = world.Assess("PI-CS", 3);
            auto conflict = world.Conflict(v1::ROLE_DEC, "");
            conflict.mutable_scope()->add_positions(assessment.value);
            world.Must(conflict);
            return world.Append(world.Determination("PI-CS", 3));
          },
          "about what it rests on"),
  };
}

std::vector<DecideRow> ConflictedBoards() {
  return {
      Accepts<v1::BoardMeetingHeld>("whose only member declared a conflict before",
                                    [](World& world) {
                                      world.Must(world.Conflict(v1::ROLE_BRD, ""));
                                      return world.Append(world.Meeting("SB-7"));
                                    },
                                    {"INQUORATE"}),
      Accepts<v1::BoardMeetingHeld>("whose only member declared a conflict about a focus",
                                    [](World& world) {
                                      world.Must(world.Conflict(v1::ROLE_BRD, "PI-CS"));
                                      return world.Append(world.Meeting("SB-7"));
                                    }),
      Accepts<v1::BoardMeetingHeld>("without a member of the authority that joined",
                                    [](World& world) {
                                      world.Must(world.PartyChange("Y", v1::PARTY_CHANGE_ADDED));
                                      return world.Append(world.Meeting("SB-7"));
                                    },
                                    {"INQUORATE"}),
      Refuses<v1::BoardMatterRecorded>(
          "MEETING_INQUORATE",
          [](World& world) {
            const Position level = world.Determine("PI-CS", 3);
            world.Must(world.Conflict(v1::ROLE_BRD, "PI-CS"));
            world.Must(world.Meeting("SB-7"));
            auto event = world.Matter("SB-7", level, v1::MATTER_OUTCOME_RATIFIED);
            event.clear_votes();
            return world.Append(event);
          },
          "for a matter of a focus in conflict"),
      Refuses<v1::BoardMatterRecorded>(
          "CONFLICTED_VOTE",
          [](World& world) {
            const Position level = world.Determine("PI-CS", 3);
            world.Must(world.Conflict(v1::ROLE_BRD, "PI-CS"));
            world.Must(world.Meeting("SB-7"));
            return world.Append(world.Matter("SB-7", level, v1::MATTER_OUTCOME_DISCUSSED));
          },
          "declared beside the meeting"),
      Accepts<v1::BoardMatterRecorded>("about another focus than the voter's conflict",
                                       [](World& world) {
                                         const Position level = world.Determine("PI-CS", 3);
                                         world.Must(world.Conflict(v1::ROLE_BRD, "PI-IV"));
                                         world.Must(world.Meeting("SB-7"));
                                         return world.Append(world.Matter(
                                             "SB-7", level, v1::MATTER_OUTCOME_RATIFIED));
                                       }),
  };
}

// A world of the ledger's own stream, whose administrator is admin-1.
World Ledger() {
  World world;
  world.set_contract_id("_ledger");
  world.set_next(Position{0});
  auto event = MakeEvent<v1::LedgerCreated>("waymark", v1::ROLE_SYS);
  event.set_ledger("waymark.example/ledger");
  event.set_key(SomeDigest());
  event.set_first_administrator("admin-1");
  world.Must(event);
  return world;
}

v1::RoleChanged Granting(const std::string& principal, v1::Role role) {
  auto event = MakeEvent<v1::RoleChanged>("waymark", v1::ROLE_ADM);
  event.set_principal(principal);
  event.set_person_ref(principal);
  event.set_party_id("waymark");
  event.set_role(role);
  event.set_change(v1::RIGHT_CHANGE_GRANTED);
  return event;
}

v1::RoleChanged Revoking(const std::string& principal, v1::Role role) {
  v1::RoleChanged event = Granting(principal, role);
  event.set_change(v1::RIGHT_CHANGE_REVOKED);
  return event;
}

// After admin-1 made another administrator, spoilt by `spoil`, the first one goes.
absl::StatusOr<Decision> LeaveTo(void (*spoil)(World&, v1::RoleChanged*)) {
  World world = Ledger();
  v1::RoleChanged other = Granting("admin-2", v1::ROLE_ADM);
  spoil(world, &other);
  EXPECT_TRUE(world.AppendAs("admin-1", other).ok());
  return world.AppendAs("admin-1", Revoking("admin-1", v1::ROLE_ADM));
}

std::vector<DecideRow> RoleChanges() {
  return {
      Accepts<v1::RoleChanged>("granted for one contract and some days",
                               [](World&) {
                                 World world = Ledger();
                                 v1::RoleChanged event = Granting("p-7", v1::ROLE_CM);
                                 event.set_party_id("X");
                                 event.set_contract_id("A");
                                 SetDays(world.today(), world.today() + 90, event.mutable_period());
                                 return world.AppendAs("admin-1", event);
                               }),
      Accepts<v1::RoleChanged>("taken back",
                               [](World&) {
                                 World world = Ledger();
                                 world.Must(Granting("p-7", v1::ROLE_SEC));
                                 return world.AppendAs("admin-1", Revoking("p-7", v1::ROLE_SEC));
                               }),
      Accepts<v1::RoleChanged>("an administrator goes, another stays",
                               [](World&) { return LeaveTo([](World&, v1::RoleChanged*) {}); }),
      Refuses<v1::RoleChanged>("SELF_GRANT",
                               [](World&) {
                                 World world = Ledger();
                                 return world.AppendAs("admin-1",
                                                       Granting("admin-1", v1::ROLE_DEC));
                               }),
      Refuses<v1::RoleChanged>(
          "SELF_GRANT",
          [](World&) {
            World world = Ledger();
            v1::RoleChanged event = Granting("key-2", v1::ROLE_DEC);
            event.set_person_ref("admin-1");
            return world.AppendAs("admin-1", event);
          },
          "to another key of the same person"),
      Refuses<v1::RoleChanged>("LAST_ADMINISTRATOR",
                               [](World&) {
                                 World world = Ledger();
                                 return world.AppendAs("admin-1",
                                                       Revoking("admin-1", v1::ROLE_ADM));
                               }),
      Refuses<v1::RoleChanged>(
          "LAST_ADMINISTRATOR",
          [](World&) {
            return LeaveTo([](World& world, v1::RoleChanged* other) {
              SetDays(world.today() + 1, world.today() + 90, other->mutable_period());
            });
          },
          "the other begins tomorrow"),
      Refuses<v1::RoleChanged>(
          "LAST_ADMINISTRATOR",
          [](World&) {
            return LeaveTo([](World&, v1::RoleChanged* other) { other->set_contract_id("A"); });
          },
          "the other is one of a contract alone"),
      Refuses<v1::RoleChanged>("ROLE_NOT_OPEN",
                               [](World&) {
                                 World world = Ledger();
                                 return world.AppendAs("admin-1", Revoking("p-7", v1::ROLE_SEC));
                               }),
      Refuses<v1::RoleChanged>(
          "ROLE_NOT_OPEN",
          [](World&) {
            World world = Ledger();
            world.Must(Granting("p-7", v1::ROLE_SEC));
            v1::RoleChanged event = Revoking("p-7", v1::ROLE_SEC);
            world.Must(event);
            return world.AppendAs("admin-1", event);
          },
          "taken back twice"),
      Refuses<v1::RoleChanged>(
          "ROLE_NOT_OPEN",
          [](World&) {
            World world = Ledger();
            v1::RoleChanged event = Granting("p-7", v1::ROLE_SEC);
            SetDays(world.today(), world.today(), event.mutable_period());
            world.Must(event);
            world.SetToday(world.today() + 1);
            return world.AppendAs("admin-1", Revoking("p-7", v1::ROLE_SEC));
          },
          "it ran out"),
      Refuses<v1::RoleChanged>("REASON_MISSING",
                               [](World&) {
                                 World world = Ledger();
                                 v1::RoleChanged event = Granting("p-7", v1::ROLE_SEC);
                                 event.mutable_common()->clear_reason();
                                 return world.AppendAs("admin-1", event);
                               }),
      Refuses<v1::RoleChanged>("ROLE_NOT_ALLOWED",
                               [](World&) {
                                 World world = Ledger();
                                 v1::RoleChanged event = Granting("p-7", v1::ROLE_SEC);
                                 event.mutable_common()->set_role(v1::ROLE_CM);
                                 return world.AppendAs("admin-1", event);
                               }),
      Refuses<v1::RoleChanged>("DELEGATION_EXPIRED",
                               [](World&) {
                                 World world = Ledger();
                                 v1::RoleChanged event = Granting("p-7", v1::ROLE_SEC);
                                 event.mutable_common()->set_delegation_id("DG1");
                                 return world.AppendAs("admin-1", event);
                               }),
      Refuses<v1::RoleChanged>(
          "WRONG_STREAM", [](World& world) { return world.Append(Granting("p-7", v1::ROLE_SEC)); }),
      Refuses<v1::RoleChanged>("FIELD_MISSING",
                               [](World&) {
                                 World world = Ledger();
                                 v1::RoleChanged event = Granting("p-7", v1::ROLE_SEC);
                                 event.clear_person_ref();
                                 return world.AppendAs("admin-1", event);
                               }),
  };
}

}  // namespace

std::vector<DecideRow> PersonTable() {
  std::vector<DecideRow> rows = Conflicts();
  for (auto table : {ConflictedAssessments(), ConflictedBoards(), RoleChanges()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
