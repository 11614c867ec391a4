#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

std::vector<DecideRow> Parties() {
  return {
      Accepts<v1::PartyChanged>("an authority joins next year",
                                [](World& world) {
                                  v1::PartyChanged event =
                                      world.PartyChange("Y", v1::PARTY_CHANGE_ADDED);
                                  *event.mutable_effective_on() = ToDate(Day(2025, 4, 1));
                                  return world.Append(event);
                                }),
      Accepts<v1::PartyChanged>("the first leaves after a second joined",
                                [](World& world) {
                                  world.Must(world.PartyChange("Y", v1::PARTY_CHANGE_ADDED));
                                  return world.Append(
                                      world.PartyChange("X", v1::PARTY_CHANGE_REMOVED));
                                }),
      Refuses<v1::PartyChanged>("LAST_AUTHORITY",
                                [](World& world) {
                                  return world.Append(
                                      world.PartyChange("X", v1::PARTY_CHANGE_REMOVED));
                                }),
      Refuses<v1::PartyChanged>(
          "LAST_AUTHORITY",
          [](World& world) {
            v1::PartyChanged joins = world.PartyChange("Y", v1::PARTY_CHANGE_ADDED);
            *joins.mutable_effective_on() = ToDate(world.today() + 1);
            world.Must(joins);
            return world.Append(world.PartyChange("X", v1::PARTY_CHANGE_REMOVED));
          },
          "a day before the next one joins"),
      Refuses<v1::PartyChanged>(
          "LAST_AUTHORITY",
          [](World& world) {
            world.Must(world.PartyChange("Y", v1::PARTY_CHANGE_ADDED));
            v1::PartyChanged leaves = world.PartyChange("X", v1::PARTY_CHANGE_REMOVED);
            *leaves.mutable_effective_on() = ToDate(world.today() + 10);
            world.Must(leaves);
            return world.Append(world.PartyChange("Y", v1::PARTY_CHANGE_REMOVED));
          },
          "on the day that an earlier change takes the other"),
      Refuses<v1::PartyChanged>(
          "REF_UNKNOWN",
          [](World& world) {
            return world.Append(world.PartyChange("P", v1::PARTY_CHANGE_REMOVED));
          },
          "the provider is no authority"),
      Refuses<v1::PartyChanged>("PARTY_ON_BOTH_SIDES",
                                [](World& world) {
                                  return world.Append(
                                      world.PartyChange("P", v1::PARTY_CHANGE_ADDED));
                                }),
      Refuses<v1::PartyChanged>("ROLE_NOT_ALLOWED",
                                [](World& world) {
                                  v1::PartyChanged event =
                                      world.PartyChange("Y", v1::PARTY_CHANGE_ADDED);
                                  event.mutable_common()->set_role(v1::ROLE_DEC);
                                  return world.Append(event);
                                }),
      Refuses<v1::PartyChanged>("FIELD_MISSING",
                                [](World& world) {
                                  v1::PartyChanged event =
                                      world.PartyChange("Y", v1::PARTY_CHANGE_ADDED);
                                  event.clear_change();
                                  return world.Append(event);
                                }),
  };
}

// A delegation of the power to set policies to X-2, spoilt by `spoil`.
absl::StatusOr<Decision> Delegate(World& world, void (*spoil)(v1::DelegationChanged*)) {
  v1::DelegationChanged event = world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY});
  spoil(&event);
  return world.Append(event);
}

std::vector<DecideRow> Delegations() {
  return {
      Accepts<v1::DelegationChanged>("every power of a decision-maker, up to a limit",
                                     [](World& world) {
                                       v1::DelegationChanged event = world.Delegation(
                                           "DG1", "X-2",
                                           {v1::POWER_DETERMINE_LEVEL, v1::POWER_SET_TARGET,
                                            v1::POWER_SET_POLICY, v1::POWER_ADOPT_MATRIX,
                                            v1::POWER_DECIDE_REWARD, v1::POWER_DECIDE_SANCTION,
                                            v1::POWER_OFFER_EXTENSION, v1::POWER_ASSENT});
                                       event.mutable_limit()->set_pence(5000000);
                                       return world.Append(event);
                                     }),
      Accepts<v1::DelegationChanged>(
          "by the provider's director, from next month",
          [](World& world) {
            v1::DelegationChanged event =
                world.Delegation("DG1", "P-2", {v1::POWER_ANSWER_EXTENSION, v1::POWER_ASSENT});
            event.mutable_common()->set_party_id("P");
            event.mutable_common()->set_role(v1::ROLE_PRD);
            event.set_role(v1::ROLE_PRD);
            SetDays(world.today() + 30, world.today() + 60, event.mutable_period());
            return world.Append(event);
          }),
      Accepts<v1::DelegationChanged>("taken back",
                                     [](World& world) {
                                       world.Must(
                                           world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
                                       return world.Append(world.Revocation("DG1"));
                                     }),
      Refuses<v1::DelegationChanged>("GRANTER_LACKS_POWER",
                                     [](World& world) {
                                       return Delegate(world, [](v1::DelegationChanged* event) {
                                         event->add_powers(v1::POWER_ANSWER_EXTENSION);
                                       });
                                     }),
      Refuses<v1::DelegationChanged>(
          "GRANTER_LACKS_POWER",
          [](World& world) {
            return Delegate(world, [](v1::DelegationChanged* event) {
              event->mutable_common()->set_party_id("P");
              event->mutable_common()->set_role(v1::ROLE_PRD);
              event->set_role(v1::ROLE_PRD);
            });
          },
          "the provider sets no policies"),
      Refuses<v1::DelegationChanged>(
          "GRANTER_LACKS_POWER",
          [](World& world) {
            return Delegate(world,
                            [](v1::DelegationChanged* event) { event->set_role(v1::ROLE_OFA); });
          },
          "a capacity that is not the granter's"),
      Refuses<v1::DelegationChanged>("SELF_GRANT",
                                     [](World& world) {
                                       return Delegate(world, [](v1::DelegationChanged* event) {
                                         event->set_person_ref("X-DEC");
                                       });
                                     }),
      Refuses<v1::DelegationChanged>(
          "DELEGATION_ID_USED",
          [](World& world) {
            world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
            world.Must(world.Revocation("DG1"));
            return world.Append(world.Delegation("DG1", "X-3", {v1::POWER_SET_POLICY}));
          }),
      Refuses<v1::DelegationChanged>(
          "DELEGATION_NOT_OPEN",
          [](World& world) { return world.Append(world.Revocation("DG1")); }),
      Refuses<v1::DelegationChanged>(
          "DELEGATION_NOT_OPEN",
          [](World& world) {
            world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
            world.Must(world.Revocation("DG1"));
            return world.Append(world.Revocation("DG1"));
          },
          "taken back twice"),
      Refuses<v1::DelegationChanged>(
          "DELEGATION_NOT_OPEN",
          [](World& world) {
            world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
            world.SetToday(world.today() + 31);
            return world.Append(world.Revocation("DG1"));
          },
          "it ran out"),
      Refuses<v1::DelegationChanged>(
          "DELEGATION_NOT_OPEN",
          [](World& world) {
            world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
            v1::DelegationChanged event = world.Revocation("DG1");
            event.mutable_common()->set_party_id("P");
            event.mutable_common()->set_role(v1::ROLE_PRD);
            return world.Append(event);
          },
          "another party's"),
      Refuses<v1::DelegationChanged>(
          "DELEGATION_LIMIT",
          [](World& world) {
            world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
            v1::DelegationChanged event = world.Delegation("DG2", "X-3", {v1::POWER_SET_POLICY});
            event.mutable_common()->set_delegation_id("DG1");
            return world.AppendAs("X-2", event);
          },
          "handed on"),
      Refuses<v1::DelegationChanged>("ROLE_NOT_ALLOWED",
                                     [](World& world) {
                                       v1::DelegationChanged event = world.Revocation("DG1");
                                       event.mutable_common()->set_role(v1::ROLE_CM);
                                       return world.Append(event);
                                     }),
      Refuses<v1::DelegationChanged>("FIELD_MISSING",
                                     [](World& world) {
                                       return Delegate(world, [](v1::DelegationChanged* event) {
                                         event->clear_powers();
                                       });
                                     }),
      Refuses<v1::DelegationChanged>("FIELD_REPEATED",
                                     [](World& world) {
                                       return Delegate(world, [](v1::DelegationChanged* event) {
                                         event->add_powers(v1::POWER_SET_POLICY);
                                       });
                                     }),
      Refuses<v1::DelegationChanged>("AMOUNT_NEGATIVE",
                                     [](World& world) {
                                       return Delegate(world, [](v1::DelegationChanged* event) {
                                         event->mutable_limit()->set_pence(-1);
                                       });
                                     }),
      Refuses<v1::DelegationChanged>("PERIOD_REVERSED",
                                     [](World& world) {
                                       return Delegate(world, [](v1::DelegationChanged* event) {
                                         SetDays(Day(2024, 8, 1), Day(2024, 7, 31),
                                                 event->mutable_period());
                                       });
                                     }),
  };
}

// Acts of X-2 under the delegation DG1, which lets them set policies as X's decision-maker.
absl::StatusOr<Decision> ActAsDelegate(World& world, void (*spoil)(World&, v1::PolicySet*),
                                       const std::string& person = "X-2") {
  world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
  v1::PolicySet event = world.Policy(v1::POLICY_KEY_GRACE_DAYS, "30");
  event.mutable_common()->set_delegation_id("DG1");
  spoil(world, &event);
  return world.AppendAs(person, event);
}

std::vector<DecideRow> DelegatedActs() {
  return {
      Accepts<v1::PolicySet>(
          "by whom the power was delegated to",
          [](World& world) { return ActAsDelegate(world, [](World&, v1::PolicySet*) {}); }),
      Accepts<v1::PolicySet>("on the last day of the delegation",
                             [](World& world) {
                               return ActAsDelegate(world, [](World& world, v1::PolicySet* event) {
                                 world.SetToday(world.today() + 30);
                                 *event->mutable_effective_on() = ToDate(world.today());
                               });
                             }),
      Refuses<v1::PolicySet>(
          "DELEGATION_EXPIRED",
          [](World& world) {
            return ActAsDelegate(world, [](World& world, v1::PolicySet* event) {
              world.SetToday(world.today() + 31);
              *event->mutable_effective_on() = ToDate(world.today());
            });
          },
          "after its last day"),
      Refuses<v1::PolicySet>(
          "DELEGATION_EXPIRED",
          [](World& world) {
            return ActAsDelegate(
                world, [](World& world, v1::PolicySet*) { world.SetToday(world.today() - 1); });
          },
          "before its first day"),
      Refuses<v1::PolicySet>(
          "DELEGATION_EXPIRED",
          [](World& world) {
            return ActAsDelegate(
                world, [](World& world, v1::PolicySet*) { world.Must(world.Revocation("DG1")); });
          },
          "taken back"),
      Refuses<v1::PolicySet>(
          "DELEGATION_EXPIRED",
          [](World& world) {
            return ActAsDelegate(
                world, [](World&, v1::PolicySet*) {}, "X-3");
          },
          "another person"),
      Refuses<v1::PolicySet>(
          "DELEGATION_EXPIRED",
          [](World& world) {
            return ActAsDelegate(world, [](World& world, v1::PolicySet* event) {
              world.Must(world.PartyChange("Y", v1::PARTY_CHANGE_ADDED));
              event->mutable_common()->set_party_id("Y");
            });
          },
          "another party"),
      Refuses<v1::DisputeNotified>(
          "DELEGATION_EXPIRED",
          [](World& world) {
            world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
            v1::DisputeNotified event = world.Dispute("D1", world.last());
            event.set_party(v1::SIDE_AUTHORITY);
            event.mutable_common()->set_party_id("X");
            event.mutable_common()->set_role(v1::ROLE_CM);
            event.mutable_common()->set_delegation_id("DG1");
            return world.AppendAs("X-2", event);
          },
          "another role"),
      Refuses<v1::TargetSet>("DELEGATION_LIMIT",
                             [](World& world) {
                               world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_POLICY}));
                               v1::TargetSet event = world.Target("PI-CS", 3);
                               event.mutable_common()->set_delegation_id("DG1");
                               return world.AppendAs("X-2", event);
                             }),
      Accepts<v1::TargetSet>("with the power to",
                             [](World& world) {
                               world.Must(world.Delegation("DG1", "X-2", {v1::POWER_SET_TARGET}));
                               v1::TargetSet event = world.Target("PI-CS", 3);
                               event.mutable_common()->set_delegation_id("DG1");
                               return world.AppendAs("X-2", event);
                             }),
  };
}

std::vector<DecideRow> Mobilisations() {
  return {
      Accepts<v1::MobilisationRecorded>("begins",
                                        [](World& world) {
                                          return world.Append(
                                              world.Mobilisation(v1::MOBILISATION_STAGE_STARTED));
                                        }),
      Accepts<v1::MobilisationRecorded>(
          "ends, with what it delivered",
          [](World& world) {
            world.Must(world.Mobilisation(v1::MOBILISATION_STAGE_STARTED));
            auto event = world.Mobilisation(v1::MOBILISATION_STAGE_COMPLETED);
            event.add_deliverables()->set_name("refined matrix");
            event.mutable_deliverables(0)->set_digest(SomeDigest());
            event.add_deliverables()->set_name("depot handover");
            return world.Append(event);
          }),
      Refuses<v1::MobilisationRecorded>(
          "ALREADY_STARTED",
          [](World& world) {
            world.Must(world.Mobilisation(v1::MOBILISATION_STAGE_STARTED));
            return world.Append(world.Mobilisation(v1::MOBILISATION_STAGE_STARTED));
          }),
      Refuses<v1::MobilisationRecorded>("NOT_STARTED",
                                        [](World& world) {
                                          return world.Append(
                                              world.Mobilisation(v1::MOBILISATION_STAGE_COMPLETED));
                                        }),
      Refuses<v1::MobilisationRecorded>(
          "NOT_STARTED",
          [](World& world) {
            world.Must(world.Mobilisation(v1::MOBILISATION_STAGE_STARTED));
            world.Must(world.Mobilisation(v1::MOBILISATION_STAGE_COMPLETED));
            return world.Append(world.Mobilisation(v1::MOBILISATION_STAGE_COMPLETED));
          },
          "completed twice"),
      Refuses<v1::MobilisationRecorded>(
          "MATRIX_NOT_ADOPTED",
          [](World&) {
            World world = World::Registered();
            world.Must(world.Mobilisation(v1::MOBILISATION_STAGE_STARTED));
            return world.Append(world.Mobilisation(v1::MOBILISATION_STAGE_COMPLETED));
          }),
      Refuses<v1::MobilisationRecorded>("ROLE_NOT_ALLOWED",
                                        [](World& world) {
                                          auto event =
                                              world.Mobilisation(v1::MOBILISATION_STAGE_STARTED);
                                          event.mutable_common()->set_role(v1::ROLE_SM);
                                          return world.Append(event);
                                        }),
      Refuses<v1::MobilisationRecorded>("DIGEST_INVALID",
                                        [](World& world) {
                                          auto event =
                                              world.Mobilisation(v1::MOBILISATION_STAGE_STARTED);
                                          event.add_deliverables()->set_name("plan");
                                          event.mutable_deliverables(0)->set_digest("short");
                                          return world.Append(event);
                                        }),
  };
}

}  // namespace

std::vector<DecideRow> GovernanceTable() {
  std::vector<DecideRow> rows = Parties();
  for (auto table : {Delegations(), DelegatedActs(), Mobilisations()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
