#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

constexpr v1::DisputeStep kSeniorRepsReferred = v1::DISPUTE_STEP_SENIOR_REPS_REFERRED;
constexpr v1::DisputeStep kSeniorRepsConcluded = v1::DISPUTE_STEP_SENIOR_REPS_CONCLUDED;
constexpr v1::DisputeStep kNotified = v1::DISPUTE_STEP_ADJUDICATION_NOTIFIED;
constexpr v1::DisputeStep kAppointed = v1::DISPUTE_STEP_ADJUDICATOR_APPOINTED;
constexpr v1::DisputeStep kReferred = v1::DISPUTE_STEP_REFERRED;
constexpr v1::DisputeStep kExtended = v1::DISPUTE_STEP_TIME_EXTENDED;

// Bank holidays of England and Wales around the examples.
v1::CalendarRecorded Calendar(uint32_t version, const std::string& id = "england-and-wales") {
  auto event = MakeEvent<v1::CalendarRecorded>("X", v1::ROLE_CM);
  event.set_calendar_id(id);
  event.set_version(version);
  event.set_jurisdiction("England and Wales");
  for (const Day day : {Day(2025, 12, 25), Day(2025, 12, 26), Day(2026, 1, 1), Day(2026, 4, 3)}) {
    *event.add_holidays() = ToDate(day);
  }
  return event;
}

// On 2025-12-18, with the calendar on record, the provider disputes something; not a level.
void Dispute(World& world) {
  world.SetToday(Day(2025, 12, 18));
  world.Must(Calendar(1));
  world.Must(world.Dispute("D1", world.last()));
}

v1::DisputeStepRecorded Due(v1::DisputeStepRecorded event, Day deadline, uint32_t version = 1) {
  *event.mutable_deadline() = ToDate(deadline);
  event.set_calendar_version(version);
  return event;
}

// Notice of adjudication that day, the referral on 2025-12-23.
void Refer(World& world, const char* party = "P", v1::Role role = v1::ROLE_PRL) {
  Dispute(world);
  world.Must(world.Step("D1", kNotified));
  world.SetToday(Day(2025, 12, 23));
  v1::DisputeStepRecorded event = world.Step("D1", kReferred);
  event.mutable_common()->set_party_id(party);
  event.mutable_common()->set_role(role);
  world.Must(event);
}

v1::DisputeStepRecorded Extension(World& world, uint32_t days,
                                  const std::vector<std::string>& consents) {
  v1::DisputeStepRecorded event = world.Step("D1", kExtended);
  event.set_days(days);
  for (const std::string& party : consents) event.add_consents(party);
  return event;
}

std::vector<DecideRow> StepsTaken() {
  using Step = v1::DisputeStepRecorded;
  return {
      Accepts<Step>("to the senior representatives",
                    [](World& world) {
                      Dispute(world);
                      return world.Append(world.Step("D1", kSeniorRepsReferred));
                    }),
      Accepts<Step>("who conclude while an adjudication runs",
                    [](World& world) {
                      Dispute(world);
                      world.Must(world.Step("D1", kSeniorRepsReferred));
                      world.Must(world.Step("D1", kNotified));
                      return world.Append(world.Step("D1", kSeniorRepsConcluded));
                    }),
      Accepts<Step>("notice of adjudication, to be referred within 7 days",
                    [](World& world) {
                      Dispute(world);
                      return world.Append(Due(world.Step("D1", kNotified), Day(2025, 12, 27)));
                    }),
      Accepts<Step>("notice of adjudication about a level",
                    [](World& world) {
                      world.Must(world.Dispute("D1", world.Determine("PI-CS", 3)));
                      return world.Append(world.Step("D1", kNotified));
                    },
                    {"ACT_TO_BE_CONFIRMED"}),
      Accepts<Step>("an appointment, by the registrar",
                    [](World& world) {
                      Dispute(world);
                      world.Must(world.Step("D1", kNotified));
                      Step event = world.Step("D1", kAppointed);
                      event.mutable_common()->set_party_id("REGISTRY");
                      event.mutable_common()->set_role(v1::ROLE_REG);
                      return world.Append(event);
                    }),
      Accepts<Step>("referral, to be decided within 28 days",
                    [](World& world) {
                      Dispute(world);
                      world.Must(world.Step("D1", kNotified));
                      world.SetToday(Day(2025, 12, 23));
                      return world.Append(Due(world.Step("D1", kReferred), Day(2026, 1, 23)));
                    }),
      Accepts<Step>("referral on the last day",
                    [](World& world) {
                      Dispute(world);
                      world.Must(world.Step("D1", kNotified));
                      world.SetToday(Day(2025, 12, 27));
                      return world.Append(world.Step("D1", kReferred));
                    }),
      Accepts<Step>("referral a day late",
                    [](World& world) {
                      Dispute(world);
                      world.Must(world.Step("D1", kNotified));
                      world.SetToday(Day(2025, 12, 28));
                      return world.Append(world.Step("D1", kReferred));
                    },
                    {"LATE_REFERRAL"}),
      Accepts<Step>("referral a day late, counted from the dispute's own notice",
                    [](World& world) {
                      Dispute(world);
                      world.SetToday(Day(2025, 12, 28));
                      return world.Append(world.Step("D1", kReferred));
                    },
                    {"LATE_REFERRAL"}),
      Accepts<Step>("referral late by the newest calendar, which lost a holiday",
                    [](World& world) {
                      Dispute(world);
                      auto calendar = Calendar(2);
                      calendar.mutable_holidays()->DeleteSubrange(1, 1);
                      world.Must(calendar);
                      world.SetToday(Day(2025, 12, 27));
                      return world.Append(world.Step("D1", kReferred));
                    },
                    {"LATE_REFERRAL"}),
      Accepts<Step>("14 days more, as the referring party consents",
                    [](World& world) {
                      Refer(world);
                      return world.Append(Due(Extension(world, 14, {"P"}), Day(2026, 2, 6)));
                    }),
      Accepts<Step>("14 days more in two steps",
                    [](World& world) {
                      Refer(world);
                      world.Must(Extension(world, 4, {"P"}));
                      return world.Append(Due(Extension(world, 10, {"P"}), Day(2026, 2, 6)));
                    }),
      Accepts<Step>("14 days more, as the authority that referred consents",
                    [](World& world) {
                      Refer(world, "X", v1::ROLE_CM);
                      return world.Append(Extension(world, 14, {"X"}));
                    }),
      Accepts<Step>("14 days more, referred by the registrar for who disputes",
                    [](World& world) {
                      Refer(world, "REGISTRY", v1::ROLE_REG);
                      return world.Append(Extension(world, 14, {"P"}));
                    }),
      Accepts<Step>("longer, as both agree",
                    [](World& world) {
                      Refer(world);
                      return world.Append(Due(Extension(world, 15, {"X", "P"}), Day(2026, 2, 7)));
                    }),
      Accepts<Step>("counted with the calendar that the policy names",
                    [](World& world) {
                      Dispute(world);
                      world.Must(world.Policy(v1::POLICY_KEY_STATUTORY_CALENDAR, "scotland"));
                      auto calendar = Calendar(1, "scotland");
                      calendar.mutable_holidays()->DeleteSubrange(1, 1);
                      world.Must(calendar);
                      return world.Append(Due(world.Step("D1", kNotified), Day(2025, 12, 26)));
                    }),
      Accepts<Step>("counted with the calendar of the registration",
                    [](World&) {
                      World world;
                      v1::ContractRegistered registration = world.Registration();
                      registration.set_calendar_id("wales");
                      world.Must(registration);
                      world.SetToday(Day(2025, 12, 18));
                      world.Must(Calendar(1, "wales"));
                      world.Must(world.Dispute("D1", world.last()));
                      return world.Append(Due(world.Step("D1", kNotified), Day(2025, 12, 27)));
                    }),
      Accepts<Step>("counted with an older version, which it names",
                    [](World& world) {
                      Dispute(world);
                      auto calendar = Calendar(2);
                      calendar.clear_holidays();
                      *calendar.add_holidays() = ToDate(Day(2026, 1, 1));
                      world.Must(calendar);
                      return world.Append(Due(world.Step("D1", kNotified), Day(2025, 12, 27)));
                    }),
      Accepts<Step>("after the record was closed",
                    [](World& world) {
                      Dispute(world);
                      v1::ContractEnded closing = world.Ending(v1::END_CAUSE_CLOSED);
                      closing.set_transfer_note("goes on before the adjudicator");
                      world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                      world.Must(closing);
                      return world.Append(world.Step("D1", kReferred));
                    }),
  };
}

std::vector<DecideRow> StepsRefused() {
  using Step = v1::DisputeStepRecorded;
  return {
      Refuses<Step>("DISPUTE_CLOSED",
                    [](World& world) {
                      Dispute(world);
                      world.Must(world.Outcome("D1", v1::DISPUTE_OUTCOME_KIND_SETTLEMENT));
                      return world.Append(world.Step("D1", kNotified));
                    }),
      Refuses<Step>(
          "STEP_ORDER",
          [](World& world) {
            Dispute(world);
            return world.Append(Extension(world, 14, {"P"}));
          },
          "extended before it is referred"),
      Refuses<Step>(
          "STEP_ORDER",
          [](World& world) {
            Refer(world);
            return world.Append(world.Step("D1", kNotified));
          },
          "a rung that was passed"),
      Refuses<Step>(
          "STEP_ORDER",
          [](World& world) {
            Refer(world);
            return world.Append(world.Step("D1", kReferred));
          },
          "twice"),
      Refuses<Step>(
          "STEP_ORDER",
          [](World& world) {
            Dispute(world);
            return world.Append(world.Step("D1", kSeniorRepsConcluded));
          },
          "concluded by nobody"),
      Refuses<Step>(
          "STEP_ORDER",
          [](World& world) {
            Dispute(world);
            world.Must(world.Step("D1", kNotified));
            Step event = world.Step("D1", kReferred);
            *event.mutable_on() = ToDate(world.today() - 1);
            return world.Append(event);
          },
          "on a day before the notice"),
      Refuses<Step>("CONSENT_MISSING",
                    [](World& world) {
                      Refer(world);
                      return world.Append(Extension(world, 14, {}));
                    }),
      Refuses<Step>(
          "CONSENT_MISSING",
          [](World& world) {
            Refer(world);
            return world.Append(Extension(world, 14, {"X"}));
          },
          "the other party's alone"),
      Refuses<Step>(
          "CONSENT_MISSING",
          [](World& world) {
            Refer(world, "X", v1::ROLE_CM);
            return world.Append(Extension(world, 14, {"P"}));
          },
          "the authority referred"),
      Refuses<Step>(
          "CONSENT_MISSING",
          [](World& world) {
            Refer(world);
            return world.Append(Extension(world, 15, {"P"}));
          },
          "longer, by one"),
      Refuses<Step>(
          "CONSENT_MISSING",
          [](World& world) {
            Refer(world);
            world.Must(Extension(world, 14, {"P"}));
            return world.Append(Extension(world, 1, {"P"}));
          },
          "longer, in two steps"),
      Refuses<Step>("EXTENSION_TOO_LONG",
                    [](World& world) {
                      Refer(world);
                      world.Must(Extension(world, 3649, {"P", "X"}));
                      return world.Append(Extension(world, 2, {"P", "X"}));
                    }),
      Refuses<Step>(
          "EXTENSION_TOO_LONG",
          [](World& world) {
            Refer(world);
            return world.Append(Due(Extension(world, 4294967295u, {"P", "X"}), Day(2026, 2, 6)));
          },
          "beyond any count"),
      Refuses<Step>("DEADLINE_MISMATCH",
                    [](World& world) {
                      Dispute(world);
                      return world.Append(Due(world.Step("D1", kNotified), Day(2025, 12, 25)));
                    }),
      Refuses<Step>(
          "REF_UNKNOWN",
          [](World& world) {
            Dispute(world);
            return world.Append(Due(world.Step("D1", kNotified), Day(2025, 12, 27), 2));
          },
          "a version that is not on record"),
      Refuses<Step>("REF_UNKNOWN",
                    [](World& world) { return world.Append(world.Step("D9", kNotified)); }),
      Refuses<Step>(
          "FIELD_MISSING",
          [](World& world) {
            Dispute(world);
            return world.Append(Due(world.Step("D1", kNotified), Day(2025, 12, 27), 0));
          },
          "a deadline of no calendar"),
      Refuses<Step>(
          "FIELD_MISSING",
          [](World& world) {
            Refer(world);
            return world.Append(world.Step("D1", kExtended));
          },
          "an extension by nothing"),
      Refuses<Step>(
          "FIELD_UNEXPECTED",
          [](World& world) {
            Dispute(world);
            return world.Append(Due(world.Step("D1", kSeniorRepsReferred), Day(2025, 12, 27)));
          },
          "a deadline of a step that starts no time"),
      Refuses<Step>(
          "FIELD_UNEXPECTED",
          [](World& world) {
            Dispute(world);
            Step event = world.Step("D1", kReferred);
            event.set_days(3);
            return world.Append(event);
          },
          "days of a referral"),
      Refuses<Step>("LIST_TOO_LONG",
                    [](World& world) {
                      Refer(world);
                      return world.Append(Extension(world, 1, std::vector<std::string>(1001, "P")));
                    }),
      Refuses<Step>("EFFECTIVE_IN_FUTURE",
                    [](World& world) {
                      Dispute(world);
                      Step event = world.Step("D1", kNotified);
                      *event.mutable_on() = ToDate(world.today() + 1);
                      return world.Append(event);
                    }),
      Refuses<Step>("ROLE_NOT_ALLOWED",
                    [](World& world) {
                      Dispute(world);
                      Step event = world.Step("D1", kNotified);
                      event.mutable_common()->set_party_id("X");
                      event.mutable_common()->set_role(v1::ROLE_ASR);
                      return world.Append(event);
                    }),
  };
}

std::vector<DecideRow> Calendars() {
  using Recorded = v1::CalendarRecorded;
  return {
      Accepts<Recorded>("the first version",
                        [](World& world) { return world.Append(Calendar(1)); }),
      Accepts<Recorded>("the next version, of days to come",
                        [](World& world) {
                          world.Must(Calendar(1));
                          return world.Append(Calendar(2));
                        }),
      Accepts<Recorded>("another calendar",
                        [](World& world) {
                          world.Must(Calendar(1));
                          return world.Append(Calendar(1, "scotland"));
                        }),
      Accepts<Recorded>("as many days as a list holds",
                        [](World& world) {
                          auto event = Calendar(1);
                          event.clear_holidays();
                          for (int i = 0; i < 1000; ++i) {
                            *event.add_holidays() = ToDate(Day(2025, 1, 1) + i);
                          }
                          return world.Append(event);
                        }),
      Refuses<Recorded>("DUPLICATE_DAY",
                        [](World& world) {
                          auto event = Calendar(1);
                          *event.add_holidays() = event.holidays(0);
                          return world.Append(event);
                        }),
      Refuses<Recorded>("VERSION_NOT_NEXT", [](World& world) { return world.Append(Calendar(2)); }),
      Refuses<Recorded>(
          "VERSION_NOT_NEXT",
          [](World& world) {
            world.Must(Calendar(1));
            return world.Append(Calendar(1));
          },
          "a version again"),
      Refuses<Recorded>("FIELD_MISSING", [](World& world) { return world.Append(Calendar(0)); }),
      Refuses<Recorded>(
          "FIELD_MISSING",
          [](World& world) {
            auto event = Calendar(1);
            event.clear_holidays();
            return world.Append(event);
          },
          "no day"),
      Refuses<Recorded>("LIST_TOO_LONG",
                        [](World& world) {
                          auto event = Calendar(1);
                          while (event.holidays_size() < 1001) {
                            *event.add_holidays() = ToDate(Day(2027, 1, 1) + event.holidays_size());
                          }
                          return world.Append(event);
                        }),
      Refuses<Recorded>("ROLE_NOT_ALLOWED",
                        [](World& world) {
                          auto event = Calendar(1);
                          event.mutable_common()->set_role(v1::ROLE_DEC);
                          return world.Append(event);
                        }),
      Refuses<Recorded>("CONTRACT_CLOSED",
                        [](World& world) {
                          world.Must(world.Ending(v1::END_CAUSE_EXPIRED));
                          world.Must(world.Ending(v1::END_CAUSE_CLOSED));
                          return world.Append(Calendar(1));
                        }),
  };
}

}  // namespace

std::vector<DecideRow> AdjudicationTable() {
  std::vector<DecideRow> rows = StepsTaken();
  for (auto table : {StepsRefused(), Calendars()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
