#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

v1::LedgerCreated Creation() {
  auto event = MakeEvent<v1::LedgerCreated>("waymark", v1::ROLE_SYS);
  event.set_ledger("waymark.example/ledger");
  event.set_key(SomeDigest());
  event.set_first_administrator("admin-1");
  return event;
}

// A registration in a stream of its own, spoilt by `spoil`.
absl::StatusOr<Decision> Register(void (*spoil)(v1::ContractRegistered*)) {
  World world;
  v1::ContractRegistered event = world.Registration();
  spoil(&event);
  return world.Append(event);
}

absl::StatusOr<Decision> End(World& world, v1::EndCause cause, v1::Role role = v1::ROLE_CM) {
  v1::ContractEnded event = world.Ending(cause);
  event.mutable_common()->set_role(role);
  return world.Append(event);
}

std::vector<DecideRow> Beginnings() {
  return {
      Accepts<v1::LedgerCreated>("at position 0",
                                 [](World&) {
                                   World world;
                                   world.set_contract_id("_ledger");
                                   world.set_next(Position{0});
                                   return world.Append(Creation());
                                 }),
      Refuses<v1::LedgerCreated>("LEDGER_ALREADY_CREATED",
                                 [](World& world) {
                                   world.set_contract_id("_ledger");
                                   return world.Append(Creation());
                                 }),
      Refuses<v1::LedgerCreated>("ROLE_NOT_ALLOWED",
                                 [](World& world) {
                                   world.set_contract_id("_ledger");
                                   v1::LedgerCreated event = Creation();
                                   event.mutable_common()->set_role(v1::ROLE_CM);
                                   return world.Append(event);
                                 }),
      Refuses<v1::LedgerCreated>("FIELD_MISSING",
                                 [](World& world) {
                                   world.set_contract_id("_ledger");
                                   v1::LedgerCreated event = Creation();
                                   event.clear_key();
                                   return world.Append(event);
                                 }),
      Refuses<v1::ContractRegistered>("TEXT_INVALID",
                                      [](World&) {
                                        World world;
                                        world.set_contract_id(" \xc2\xa0");
                                        return world.Append(world.Registration());
                                      }),
      Refuses<v1::LedgerCreated>("WRONG_STREAM",
                                 [](World& world) { return world.Append(Creation()); }),

      Accepts<v1::ContractRegistered>(
          "a new contract", [](World&) { return Register([](v1::ContractRegistered*) {}); }),
      Accepts<v1::ContractRegistered>("a contract that begins next year",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          *event->mutable_starts_on() = ToDate(Day(2025, 4, 1));
                                        });
                                      }),
      Refuses<v1::ContractRegistered>("AUTHORITY_MISSING",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          event->clear_authorities();
                                        });
                                      }),
      Refuses<v1::ContractRegistered>("END_NOT_AFTER_START",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          *event->mutable_ends_on() = event->starts_on();
                                        });
                                      }),
      Refuses<v1::ContractRegistered>("LATEST_END_BEFORE_END",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          *event->mutable_latest_end() = ToDate(Day(2030, 3, 30));
                                        });
                                      }),
      Refuses<v1::ContractRegistered>("TIME_ZONE_UNKNOWN",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          event->set_time_zone("Mars/Olympus");
                                        });
                                      }),
      Refuses<v1::ContractRegistered>("FIELD_TOO_LONG",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          event->set_calendar_id(std::string(65, 'c'));
                                        });
                                      }),
      Refuses<v1::ContractRegistered>("PARTY_ON_BOTH_SIDES",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          event->mutable_provider()->set_party_id("X");
                                        });
                                      }),
      Refuses<v1::ContractRegistered>("DATE_INVALID",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          event->mutable_year_starts()->set_month(2);
                                          event->mutable_year_starts()->set_day(29);
                                        });
                                      }),
      Refuses<v1::ContractRegistered>("PARTY_UNKNOWN",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          event->mutable_common()->set_party_id("Y");
                                        });
                                      }),
      Refuses<v1::ContractRegistered>("ROLE_NOT_ALLOWED",
                                      [](World&) {
                                        return Register([](v1::ContractRegistered* event) {
                                          event->mutable_common()->set_role(v1::ROLE_DEC);
                                        });
                                      }),
      Refuses<v1::ContractRegistered>(
          "ALREADY_REGISTERED", [](World& world) { return world.Append(world.Registration()); }),
      Refuses<v1::ContractRegistered>("WRONG_STREAM",
                                      [](World&) {
                                        World world;
                                        world.set_contract_id("_ledger");
                                        return world.Append(world.Registration());
                                      }),
  };
}

std::vector<DecideRow> Endings() {
  return {
      Accepts<v1::ContractEnded>("a termination that lies ahead",
                                 [](World& world) {
                                   v1::ContractEnded event = world.Ending(v1::END_CAUSE_TERMINATED);
                                   *event.mutable_effective_on() = ToDate(world.today() + 90);
                                   return world.Append(event);
                                 }),
      Accepts<v1::ContractEnded>(
          "expiry, as the daemon sees it",
          [](World& world) { return End(world, v1::END_CAUSE_EXPIRED, v1::ROLE_SYS); }),
      Accepts<v1::ContractEnded>("closing after the end",
                                 [](World& world) {
                                   world.Must(world.Ending(v1::END_CAUSE_EXPIRED));
                                   return End(world, v1::END_CAUSE_CLOSED);
                                 }),
      Accepts<v1::ContractEnded>("closing while a dispute goes on elsewhere",
                                 [](World& world) {
                                   const Position disputed = world.Determine("PI-CS", 3);
                                   world.Must(world.Dispute("D1", disputed));
                                   world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                                   v1::ContractEnded event = world.Ending(v1::END_CAUSE_CLOSED);
                                   event.set_transfer_note("goes on in the county court");
                                   return world.Append(event);
                                 }),
      Refuses<v1::ContractEnded>("ALREADY_ENDED",
                                 [](World& world) {
                                   world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                                   return End(world, v1::END_CAUSE_EXPIRED);
                                 }),
      Refuses<v1::ContractEnded>(
          "ALREADY_ENDED",
          [](World& world) {
            world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
            world.Must(world.Ending(v1::END_CAUSE_CLOSED));
            return End(world, v1::END_CAUSE_CLOSED);
          },
          "closed twice"),
      Refuses<v1::ContractEnded>("NOT_ENDED",
                                 [](World& world) { return End(world, v1::END_CAUSE_CLOSED); }),
      Refuses<v1::ContractEnded>(
          "NOT_ENDED",
          [](World& world) {
            v1::ContractEnded ending = world.Ending(v1::END_CAUSE_TERMINATED);
            *ending.mutable_effective_on() = ToDate(world.today() + 1);
            world.Must(ending);
            return End(world, v1::END_CAUSE_CLOSED);
          },
          "closed before its last day"),
      Refuses<v1::ContractEnded>("DISPUTES_OPEN",
                                 [](World& world) {
                                   const Position disputed = world.Determine("PI-CS", 3);
                                   world.Must(world.Dispute("D1", disputed));
                                   world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                                   return End(world, v1::END_CAUSE_CLOSED);
                                 }),
      Refuses<v1::ContractEnded>(
          "DISPUTES_OPEN",
          [](World& world) {
            world.Must(world.Dispute("D1", world.last()));
            world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
            v1::ContractEnded event = world.Ending(v1::END_CAUSE_CLOSED);
            event.set_transfer_note(" ");
            return world.Append(event);
          },
          "a note of blanks"),
      Refuses<v1::ContractEnded>(
          "ROLE_NOT_ALLOWED",
          [](World& world) { return End(world, v1::END_CAUSE_TERMINATED, v1::ROLE_SYS); },
          "the daemon terminates"),
      Refuses<v1::ContractEnded>(
          "ROLE_NOT_ALLOWED",
          [](World& world) { return End(world, v1::END_CAUSE_TERMINATED, v1::ROLE_DEC); }),
      Refuses<v1::ContractEnded>(
          "FIELD_MISSING", [](World& world) { return End(world, v1::END_CAUSE_UNSPECIFIED); }),
  };
}

std::vector<DecideRow> Policies() {
  return {
      Accepts<v1::PolicySet>(
          "from today",
          [](World& world) { return world.Append(world.Policy(v1::POLICY_KEY_GRACE_DAYS, "30")); }),
      Accepts<v1::PolicySet>("from next year",
                             [](World& world) {
                               v1::PolicySet event =
                                   world.Policy(v1::POLICY_KEY_GAP_POLICY, "LAPSE");
                               *event.mutable_effective_on() = ToDate(Day(2025, 1, 1));
                               return world.Append(event);
                             }),
      Refuses<v1::PolicySet>("POLICY_UNKNOWN",
                             [](World& world) {
                               v1::PolicySet event =
                                   world.Policy(static_cast<v1::PolicyKey>(99), "1");
                               return world.Append(event);
                             }),
      Refuses<v1::PolicySet>(
          "POLICY_UNKNOWN",
          [](World& world) { return world.Append(world.Policy(v1::POLICY_KEY_UNSPECIFIED, "1")); },
          "no key"),
      Refuses<v1::PolicySet>(
          "POLICY_VALUE_INVALID",
          [](World& world) { return world.Append(world.Policy(v1::POLICY_KEY_GRACE_DAYS, "91")); }),
      Refuses<v1::PolicySet>("POLICY_RETROACTIVE",
                             [](World& world) {
                               v1::PolicySet event = world.Policy(v1::POLICY_KEY_GRACE_DAYS, "30");
                               *event.mutable_effective_on() = ToDate(world.today() - 1);
                               return world.Append(event);
                             }),
      Refuses<v1::PolicySet>("FIELD_REPEATED",
                             [](World& world) {
                               v1::PolicySet event = world.Policy(v1::POLICY_KEY_GRACE_DAYS, "30");
                               *event.add_values() = event.values(0);
                               return world.Append(event);
                             }),
      Refuses<v1::PolicySet>("FIELD_MISSING",
                             [](World& world) {
                               v1::PolicySet event = world.Policy(v1::POLICY_KEY_GRACE_DAYS, "30");
                               event.clear_values();
                               return world.Append(event);
                             }),
      Refuses<v1::PolicySet>("REF_UNKNOWN",
                             [](World& world) {
                               v1::PolicySet event = world.Policy(v1::POLICY_KEY_GRACE_DAYS, "30");
                               *event.add_assents() = RefTo(Position{900});
                               return world.Append(event);
                             }),
  };
}

}  // namespace

std::vector<DecideRow> PartyTable() {
  std::vector<DecideRow> rows = Beginnings();
  for (auto table : {Endings(), Policies()}) rows.insert(rows.end(), table.begin(), table.end());
  return rows;
}

}  // namespace waymark::test
