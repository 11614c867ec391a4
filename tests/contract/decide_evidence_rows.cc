#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

absl::StatusOr<Decision> Submit(World& world, void (*spoil)(v1::EvidenceSubmitted*)) {
  v1::EvidenceSubmitted event = world.Evidence("E1");
  spoil(&event);
  return world.Append(event);
}

absl::StatusOr<Decision> Change(World& world, v1::EvidenceChange change) {
  return world.Append(world.StatusChange("E1", change));
}

std::vector<DecideRow> Submissions() {
  return {
      Accepts<v1::EvidenceSubmitted>(
          "a report", [](World& world) { return Submit(world, [](v1::EvidenceSubmitted*) {}); }),
      Accepts<v1::EvidenceSubmitted>("feedback of a stakeholder who is no party",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         event->mutable_common()->set_party_id("PARISH");
                                         event->mutable_common()->set_role(v1::ROLE_STK);
                                         event->set_evidence_type(
                                             v1::EVIDENCE_TYPE_STAKEHOLDER_FEEDBACK);
                                       });
                                     }),
      Accepts<v1::EvidenceSubmitted>("about two focuses",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         event->add_focuses("SE-DD");
                                       });
                                     }),
      Refuses<v1::EvidenceSubmitted>("HASH_MISSING",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         event->clear_artefact();
                                       });
                                     }),
      Refuses<v1::EvidenceSubmitted>(
          "HASH_MISSING",
          [](World& world) {
            return Submit(world,
                          [](v1::EvidenceSubmitted* event) { event->set_artefact("short"); });
          },
          "not 32 bytes"),
      Refuses<v1::EvidenceSubmitted>("EVIDENCE_TYPE_UNKNOWN",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         event->set_evidence_type(
                                             static_cast<v1::EvidenceType>(77));
                                       });
                                     }),
      Refuses<v1::EvidenceSubmitted>(
          "EVIDENCE_TYPE_UNKNOWN",
          [](World& world) {
            return Submit(world,
                          [](v1::EvidenceSubmitted* event) { event->clear_evidence_type(); });
          },
          "no type"),
      Refuses<v1::EvidenceSubmitted>("VALIDITY_REVERSED",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         *event->mutable_valid_from() = ToDate(Day(2024, 5, 2));
                                         *event->mutable_valid_to() = ToDate(Day(2024, 5, 1));
                                       });
                                     }),
      Refuses<v1::EvidenceSubmitted>("EVIDENCE_ID_USED",
                                     [](World& world) {
                                       world.Must(world.Evidence("E1"));
                                       return world.Append(world.Evidence("E1"));
                                     }),
      Refuses<v1::EvidenceSubmitted>(
          "EVIDENCE_ID_USED",
          [](World& world) { return world.Append(world.Evidence("E1"), world.Evidence("E1")); },
          "twice in one request"),
      Refuses<v1::EvidenceSubmitted>(
          "REASON_MISSING",
          [](World& world) {
            return Submit(world, [](v1::EvidenceSubmitted* event) {
              event->set_evidence_type(v1::EVIDENCE_TYPE_OTHER);
              event->mutable_common()->clear_reason();
            });
          },
          "of type OTHER"),
      Refuses<v1::EvidenceSubmitted>(
          "REASON_MISSING",
          [](World& world) {
            return Submit(world, [](v1::EvidenceSubmitted* event) {
              event->set_evidence_type(v1::EVIDENCE_TYPE_OTHER);
              event->mutable_common()->set_reason(" ");
            });
          },
          "of type OTHER, with an empty reason"),
      Refuses<v1::EvidenceSubmitted>(
          "FIELD_MISSING",
          [](World& world) {
            return Submit(world, [](v1::EvidenceSubmitted* event) {
              event->set_evidence_type(v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION);
            });
          },
          "an accreditation without its subtype"),
      Refuses<v1::EvidenceSubmitted>("FIELD_MISSING",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         event->clear_focuses();
                                       });
                                     }),
      Refuses<v1::EvidenceSubmitted>("FIELD_REPEATED",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         event->add_focuses("PI-CS");
                                       });
                                     }),
      Refuses<v1::EvidenceSubmitted>("FIELD_TOO_LONG",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         event->set_evidence_id(std::string(65, 'e'));
                                       });
                                     }),
      Refuses<v1::EvidenceSubmitted>("PERIOD_REVERSED",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         SetDays(Day(2024, 6, 30), Day(2024, 6, 29),
                                                 event->mutable_period());
                                       });
                                     }),
      Refuses<v1::EvidenceSubmitted>("FOCUS_UNKNOWN",
                                     [](World& world) {
                                       return Submit(world, [](v1::EvidenceSubmitted* event) {
                                         event->add_focuses("PI-XX");
                                       });
                                     }),
      Refuses<v1::EvidenceSubmitted>(
          "ROLE_NOT_ALLOWED",
          [](World& world) {
            return Submit(world, [](v1::EvidenceSubmitted* event) {
              event->mutable_common()->set_party_id("PARISH");
              event->mutable_common()->set_role(v1::ROLE_STK);
            });
          },
          "a stakeholder with a report"),
  };
}

std::vector<DecideRow> Verifications() {
  return {
      Accepts<v1::EvidenceVerified>("by an assessor",
                                    [](World& world) {
                                      world.Must(world.Evidence("E1"));
                                      return world.Append(world.Verification(
                                          "E1", v1::VERIFICATION_OUTCOME_VERIFIED));
                                    }),
      Accepts<v1::EvidenceVerified>("rejected",
                                    [](World& world) {
                                      world.Must(world.Evidence("E1"));
                                      return world.Append(world.Verification(
                                          "E1", v1::VERIFICATION_OUTCOME_REJECTED));
                                    }),
      Refuses<v1::EvidenceVerified>("SELF_VERIFICATION",
                                    [](World& world) {
                                      world.Must(world.Evidence("E1"));
                                      return world.AppendAs(
                                          "X-CM", world.Verification(
                                                      "E1", v1::VERIFICATION_OUTCOME_VERIFIED));
                                    }),
      Refuses<v1::EvidenceVerified>("REF_UNKNOWN",
                                    [](World& world) {
                                      return world.Append(world.Verification(
                                          "E9", v1::VERIFICATION_OUTCOME_VERIFIED));
                                    }),
      Refuses<v1::EvidenceVerified>("REASON_MISSING",
                                    [](World& world) {
                                      world.Must(world.Evidence("E1"));
                                      auto event = world.Verification(
                                          "E1", v1::VERIFICATION_OUTCOME_VERIFIED);
                                      event.mutable_common()->clear_reason();
                                      return world.Append(event);
                                    }),
      Refuses<v1::EvidenceVerified>("ROLE_NOT_ALLOWED",
                                    [](World& world) {
                                      world.Must(world.Evidence("E1"));
                                      auto event = world.Verification(
                                          "E1", v1::VERIFICATION_OUTCOME_VERIFIED);
                                      event.mutable_common()->set_party_id("P");
                                      event.mutable_common()->set_role(v1::ROLE_PRL);
                                      return world.Append(event);
                                    }),
      Refuses<v1::EvidenceVerified>("FIELD_MISSING",
                                    [](World& world) {
                                      return world.Append(world.Verification(
                                          "E1", v1::VERIFICATION_OUTCOME_UNSPECIFIED));
                                    }),
  };
}

std::vector<DecideRow> StatusChanges() {
  return {
      Accepts<v1::EvidenceStatusChanged>("withdrawn by who submitted it",
                                         [](World& world) {
                                           world.Must(world.Evidence("E1"));
                                           return Change(world, v1::EVIDENCE_CHANGE_WITHDRAWN);
                                         }),
      Accepts<v1::EvidenceStatusChanged>("expired, as the daemon sees it",
                                         [](World& world) {
                                           world.Must(world.Evidence("E1"));
                                           auto event = world.StatusChange(
                                               "E1", v1::EVIDENCE_CHANGE_EXPIRED);
                                           event.mutable_common()->set_party_id("waymark");
                                           event.mutable_common()->set_role(v1::ROLE_SYS);
                                           return world.Append(event);
                                         }),
      Accepts<v1::EvidenceStatusChanged>("renewed after expiry",
                                         [](World& world) {
                                           world.Must(world.Evidence("E1"));
                                           world.Must(world.StatusChange(
                                               "E1", v1::EVIDENCE_CHANGE_EXPIRED));
                                           return Change(world, v1::EVIDENCE_CHANGE_RENEWED);
                                         }),
      Refuses<v1::EvidenceStatusChanged>("EVIDENCE_DELETE_REFUSED",
                                         [](World& world) {
                                           world.Must(world.Evidence("E1"));
                                           return Change(world, v1::EVIDENCE_CHANGE_DELETED);
                                         }),
      Refuses<v1::EvidenceStatusChanged>("EVIDENCE_NOT_OPEN",
                                         [](World& world) {
                                           world.Must(world.Evidence("E1"));
                                           world.Must(world.StatusChange(
                                               "E1", v1::EVIDENCE_CHANGE_WITHDRAWN));
                                           return Change(world, v1::EVIDENCE_CHANGE_RENEWED);
                                         }),
      Refuses<v1::EvidenceStatusChanged>(
          "EVIDENCE_NOT_OPEN",
          [](World& world) {
            world.Must(world.Evidence("E1"));
            world.Must(world.StatusChange("E1", v1::EVIDENCE_CHANGE_EXPIRED));
            return Change(world, v1::EVIDENCE_CHANGE_EXPIRED);
          },
          "expired twice"),
      Refuses<v1::EvidenceStatusChanged>(
          "ROLE_NOT_ALLOWED",
          [](World& world) {
            world.Must(world.Evidence("E1"));
            auto event = world.StatusChange("E1", v1::EVIDENCE_CHANGE_WITHDRAWN);
            event.mutable_common()->set_party_id("P");
            event.mutable_common()->set_role(v1::ROLE_PRL);
            return world.Append(event);
          },
          "another party's item"),
      Refuses<v1::EvidenceStatusChanged>(
          "ROLE_NOT_ALLOWED",
          [](World& world) {
            world.Must(world.Evidence("E1"));
            auto event = world.StatusChange("E1", v1::EVIDENCE_CHANGE_WITHDRAWN);
            event.mutable_common()->set_role(v1::ROLE_SYS);
            return world.Append(event);
          },
          "withdrawn by the daemon"),
      Refuses<v1::EvidenceStatusChanged>(
          "EFFECTIVE_IN_FUTURE",
          [](World& world) {
            world.Must(world.Evidence("E1"));
            auto event = world.StatusChange("E1", v1::EVIDENCE_CHANGE_WITHDRAWN);
            *event.mutable_effective_on() = ToDate(world.today() + 1);
            return world.Append(event);
          }),
      Refuses<v1::EvidenceStatusChanged>(
          "REF_UNKNOWN", [](World& world) { return Change(world, v1::EVIDENCE_CHANGE_WITHDRAWN); }),
      Refuses<v1::EvidenceStatusChanged>("REASON_MISSING",
                                         [](World& world) {
                                           world.Must(world.Evidence("E1"));
                                           auto event = world.StatusChange(
                                               "E1", v1::EVIDENCE_CHANGE_WITHDRAWN);
                                           event.mutable_common()->set_reason("  ");
                                           return world.Append(event);
                                         }),
      Refuses<v1::EvidenceStatusChanged>(
          "FIELD_MISSING",
          [](World& world) {
            world.Must(world.Evidence("E1"));
            auto event = world.StatusChange("E1", v1::EVIDENCE_CHANGE_RENEWED);
            event.clear_valid_to();
            return world.Append(event);
          },
          "renewed until when?"),
      Refuses<v1::EvidenceStatusChanged>("FIELD_UNEXPECTED",
                                         [](World& world) {
                                           world.Must(world.Evidence("E1"));
                                           auto event = world.StatusChange(
                                               "E1", v1::EVIDENCE_CHANGE_WITHDRAWN);
                                           *event.mutable_valid_to() = ToDate(world.today());
                                           return world.Append(event);
                                         }),
  };
}

}  // namespace

std::vector<DecideRow> EvidenceTable() {
  std::vector<DecideRow> rows = Submissions();
  for (auto table : {Verifications(), StatusChanges()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
