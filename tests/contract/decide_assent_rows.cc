// Assents, and what rests on them.

#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

std::string Bytes(const Digest& digest) { return std::string(digest.begin(), digest.end()); }

std::vector<DecideRow> Assents() {
  return {
      Accepts<v1::AssentRecorded>(
          "by the provider's director",
          [](World& world) { return world.Append(world.Assent("P", SomeDigest())); }),
      Accepts<v1::AssentRecorded>("after the other side",
                                  [](World& world) {
                                    world.Must(world.Assent("P", SomeDigest()));
                                    return world.Append(world.Assent("X", SomeDigest()));
                                  }),
      Accepts<v1::AssentRecorded>("after a refusal",
                                  [](World& world) {
                                    v1::AssentRecorded event = world.Assent("P", SomeDigest());
                                    event.set_assents(false);
                                    world.Must(event);
                                    event.set_assents(true);
                                    return world.Append(event);
                                  }),
      Refuses<v1::AssentRecorded>("NOT_OWN_PARTY",
                                  [](World& world) {
                                    v1::AssentRecorded event = world.Assent("X", SomeDigest());
                                    event.set_party_id("P");
                                    return world.Append(event);
                                  }),
      Refuses<v1::AssentRecorded>("ASSENT_ALREADY_GIVEN",
                                  [](World& world) {
                                    world.Must(world.Assent("P", SomeDigest()));
                                    return world.Append(world.Assent("P", SomeDigest()));
                                  }),
      Refuses<v1::AssentRecorded>(
          "ASSENT_ALREADY_GIVEN",
          [](World& world) {
            world.Must(world.Assent("P", SomeDigest()));
            v1::AssentRecorded event = world.Assent("P", SomeDigest());
            event.set_assents(false);
            return world.Append(event);
          },
          "taken back"),
      Refuses<v1::AssentRecorded>("ROLE_NOT_ALLOWED",
                                  [](World& world) {
                                    v1::AssentRecorded event = world.Assent("P", SomeDigest());
                                    event.mutable_common()->set_role(v1::ROLE_PRL);
                                    return world.Append(event);
                                  }),
      Refuses<v1::AssentRecorded>(
          "DIGEST_INVALID", [](World& world) { return world.Append(world.Assent("P", "short")); }),
  };
}

// A policy from yesterday, which `parties` assented to as it stood before `change`.
absl::StatusOr<Decision> SetFromYesterday(
    World& world, const std::vector<std::string>& parties,
    void (*change)(v1::PolicySet*) = [](v1::PolicySet*) {}) {
  v1::PolicySet event = world.Policy(v1::POLICY_KEY_GRACE_DAYS, "30");
  *event.mutable_effective_on() = ToDate(world.today() - 1);
  const std::string subject = Bytes(FakeHash(event.SerializeAsString()));
  for (const std::string& party : parties) {
    *event.add_assents() = RefTo(world.Must(world.Assent(party, subject)));
  }
  change(&event);
  return world.Append(event);
}

// With a second authority and the policy joint_decisions.
absl::StatusOr<Decision> SetJointly(World& world, const std::string& rule,
                                    const std::vector<std::string>& parties) {
  world.Must(world.PartyChange("Y", v1::PARTY_CHANGE_ADDED));
  world.Must(world.Policy(v1::POLICY_KEY_JOINT_DECISIONS, rule));
  return SetFromYesterday(world, parties);
}

std::vector<DecideRow> RetroactivePolicies() {
  return {
      Accepts<v1::PolicySet>("from yesterday, as both sides agreed",
                             [](World& world) {
                               return SetFromYesterday(world, {"X", "P"});
                             }),
      Refuses<v1::PolicySet>(
          "POLICY_RETROACTIVE", [](World& world) { return SetFromYesterday(world, {"X"}); },
          "without the provider"),
      Refuses<v1::PolicySet>(
          "POLICY_RETROACTIVE", [](World& world) { return SetFromYesterday(world, {"P"}); },
          "without the authority"),
      Refuses<v1::PolicySet>(
          "POLICY_RETROACTIVE",
          [](World& world) {
            return SetFromYesterday(world, {"X", "P"}, [](v1::PolicySet* event) {
              event->mutable_values(0)->set_value("31");
            });
          },
          "another value than was agreed"),
      Refuses<v1::PolicySet>(
          "POLICY_RETROACTIVE",
          [](World& world) {
            return SetFromYesterday(world, {"X", "P"}, [](v1::PolicySet* event) {
              event->mutable_assents()->RemoveLast();
            });
          },
          "an assent that it does not cite"),
      Refuses<v1::PolicySet>(
          "POLICY_RETROACTIVE",
          [](World& world) {
            v1::PolicySet event = world.Policy(v1::POLICY_KEY_GRACE_DAYS, "30");
            *event.mutable_effective_on() = ToDate(world.today() - 1);
            const std::string subject = Bytes(FakeHash(event.SerializeAsString()));
            *event.add_assents() = RefTo(world.Must(world.Assent("X", subject)));
            v1::AssentRecorded refusal = world.Assent("P", subject);
            refusal.set_assents(false);
            *event.add_assents() = RefTo(world.Must(refusal));
            return world.Append(event);
          },
          "the provider refused"),
      Accepts<v1::PolicySet>("agreed by each authority",
                             [](World& world) {
                               return SetJointly(world, "EACH_ASSENTS", {"X", "Y", "P"});
                             }),
      Refuses<v1::PolicySet>(
          "POLICY_RETROACTIVE",
          [](World& world) {
            return SetJointly(world, "EACH_ASSENTS", {"X", "P"});
          },
          "one authority of two"),
      Accepts<v1::PolicySet>("agreed by the lead authority",
                             [](World& world) {
                               return SetJointly(world, "LEAD_AUTHORITY", {"X", "P"});
                             }),
      Refuses<v1::PolicySet>(
          "POLICY_RETROACTIVE",
          [](World& world) {
            return SetJointly(world, "LEAD_AUTHORITY", {"Y", "P"});
          },
          "an authority that does not lead"),
      Accepts<v1::PolicySet>("agreed by the authority that acts",
                             [](World& world) {
                               return SetJointly(world, "SEPARATE", {"X", "P"});
                             }),
      Refuses<v1::PolicySet>(
          "POLICY_RETROACTIVE",
          [](World& world) {
            return SetJointly(world, "SEPARATE", {"Y", "P"});
          },
          "an authority that does not act"),
  };
}

// A level of 2023, from a history that `parties` assented to, spoilt by `spoil`.
absl::StatusOr<Decision> Migrate(
    World& world, const std::vector<std::string>& parties,
    void (*spoil)(World&, v1::LevelDetermined*) = [](World&, v1::LevelDetermined*) {}) {
  v1::EvidenceSubmitted history = world.Evidence("HISTORY");
  history.set_artefact(Bytes(FakeHash("history.csv")));
  world.Must(history);
  v1::LevelDetermined event = world.Determination("PI-CS", 2);
  *event.mutable_effective_on() = ToDate(Day(2023, 4, 1));
  SetDays(Day(2024, 4, 1), Day(2024, 6, 30), event.mutable_period());
  *event.mutable_coverage_to() = ToDate(Day(2024, 12, 31));
  event.clear_effective_basis();
  event.mutable_evidence(0)->set_evidence_id("HISTORY");
  event.set_ground(v1::GROUND_MIGRATED);
  event.set_approved_by("X-OFA");
  for (const std::string& party : parties) {
    *event.add_basis() = RefTo(world.Must(world.Assent(party, history.artefact())));
  }
  spoil(world, &event);
  return world.Append(event);
}

std::vector<DecideRow> MigratedLevels() {
  return {
      Accepts<v1::LevelDetermined>("migrated, without moderation, lower level and confidence",
                                   [](World& world) {
                                     return Migrate(world, {"X", "P"});
                                   },
                                   {"MIGRATED"}),
      Accepts<v1::LevelDetermined>(
          "migrated, from a document of a type that the matrix does not list",
          [](World& world) {
            return Migrate(world, {"X", "P"}, [](World& world, v1::LevelDetermined* event) {
              v1::EvidenceSubmitted copy = world.Evidence("COPY");
              copy.set_artefact(Bytes(FakeHash("history.csv")));
              copy.set_evidence_type(v1::EVIDENCE_TYPE_OTHER);
              world.Must(copy);
              event->mutable_evidence(0)->set_evidence_id("COPY");
              event->set_evidence_override(true);
            });
          },
          {"MIGRATED"}),
      Refuses<v1::LevelDetermined>(
          "ASSENT_MISSING", [](World& world) { return Migrate(world, {"X"}); }, "of the provider"),
      Refuses<v1::LevelDetermined>(
          "ASSENT_MISSING", [](World& world) { return Migrate(world, {"P"}); }, "of the authority"),
      Refuses<v1::LevelDetermined>(
          "ASSENT_MISSING",
          [](World& world) {
            return Migrate(world, {"X", "P"},
                           [](World&, v1::LevelDetermined* event) { event->clear_basis(); });
          },
          "not among the basis"),
      Refuses<v1::LevelDetermined>(
          "ASSENT_MISSING",
          [](World& world) {
            return Migrate(world, {"X", "P"}, [](World& world, v1::LevelDetermined* event) {
              world.Must(world.Evidence("OTHER"));
              event->mutable_evidence(0)->set_evidence_id("OTHER");
            });
          },
          "to another document"),
      Refuses<v1::LevelDetermined>(
          "EVIDENCE_MISSING",
          [](World& world) {
            return Migrate(world, {"X", "P"}, [](World&, v1::LevelDetermined* event) {
              event->clear_evidence();
              event->set_evidence_override(true);
            });
          },
          "migrated from nothing"),
      Refuses<v1::LevelDetermined>(
          "EVIDENCE_MISSING",
          [](World& world) {
            return Migrate(world, {"X", "P"}, [](World& world, v1::LevelDetermined*) {
              world.Must(world.StatusChange("HISTORY", v1::EVIDENCE_CHANGE_WITHDRAWN));
            });
          },
          "migrated from a document that was withdrawn"),
      Refuses<v1::LevelDetermined>(
          "GROUND_MISSING",
          [](World& world) {
            return Migrate(world, {"X", "P"},
                           [](World&, v1::LevelDetermined* event) { event->clear_approved_by(); });
          },
          "migrated without an approver"),
      Refuses<v1::LevelDetermined>(
          "REASON_MISSING",
          [](World& world) {
            return Migrate(world, {"X", "P"}, [](World&, v1::LevelDetermined* event) {
              event->mutable_common()->clear_reason();
            });
          },
          "migrated without a reason"),
      Refuses<v1::LevelDetermined>(
          "COVERAGE_MISMATCH",
          [](World& world) {
            return Migrate(world, {"X", "P"},
                           [](World&, v1::LevelDetermined* event) { event->clear_coverage_to(); });
          },
          "migrated without coverage"),
  };
}

}  // namespace

std::vector<DecideRow> AssentTable() {
  std::vector<DecideRow> rows = Assents();
  for (auto table : {RetroactivePolicies(), MigratedLevels()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
