#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

// An assessment of PI-CS at level 3 with its evidence on record, spoilt by `spoil`.
absl::StatusOr<Decision> Assess(World& world, void (*spoil)(v1::AssessmentRecorded*)) {
  world.Must(world.Evidence("E-0"));
  v1::AssessmentRecorded event = world.Assessment("PI-CS", 3);
  spoil(&event);
  return world.Append(event);
}

// The moderation of an assessment on record, spoilt by `spoil`.
absl::StatusOr<Decision> Moderate(World& world, void (*spoil)(v1::AssessmentModerated*)) {
  world.Must(world.Evidence("E-0"));
  v1::AssessmentModerated event = world.Moderation(world.Must(world.Assessment("PI-CS", 3)));
  spoil(&event);
  return world.Append(event);
}

std::vector<DecideRow> Assessments() {
  return {
      Accepts<v1::AssessmentRecorded>(
          "with evidence and a fresh snapshot",
          [](World& world) { return Assess(world, [](v1::AssessmentRecorded*) {}); }),
      Accepts<v1::AssessmentRecorded>("by an independent assessor",
                                      [](World& world) {
                                        return Assess(world, [](v1::AssessmentRecorded* event) {
                                          event->mutable_common()->set_party_id("PEER");
                                          event->clear_confidence();
                                        });
                                      }),
      Accepts<v1::AssessmentRecorded>("provisional, where the text is",
                                      [](World& world) {
                                        world.Must(world.Evidence("E-0", "PI-IV"));
                                        v1::AssessmentRecorded event = world.Assessment("PI-IV", 2);
                                        event.set_provisional(true);
                                        return world.Append(event);
                                      }),
      Refuses<v1::AssessmentRecorded>(
          "REF_UNKNOWN",
          [](World& world) {
            return Assess(world, [](v1::AssessmentRecorded* event) {
              *event->mutable_plan() = RefTo(Position{3});
            });
          },
          "a plan that is none"),
      Refuses<v1::AssessmentRecorded>("LEVEL_NOT_DEFINED",
                                      [](World& world) {
                                        world.Must(world.Evidence("E-0", "PI-IV"));
                                        return world.Append(world.Assessment("PI-IV", 2));
                                      }),
      Refuses<v1::AssessmentRecorded>("EVIDENCE_MISSING",
                                      [](World& world) {
                                        return Assess(world, [](v1::AssessmentRecorded* event) {
                                          event->clear_evidence();
                                        });
                                      }),
      Refuses<v1::AssessmentRecorded>(
          "EVIDENCE_MISSING",
          [](World& world) {
            world.Must(world.Evidence("E-0"));
            world.Must(world.Verification("E-0", v1::VERIFICATION_OUTCOME_REJECTED));
            return world.Append(world.Assessment("PI-CS", 3));
          },
          "the only item was rejected"),
      Refuses<v1::AssessmentRecorded>(
          "EVIDENCE_MISSING",
          [](World& world) {
            world.Must(world.Evidence("E-0"));
            world.Must(world.StatusChange("E-0", v1::EVIDENCE_CHANGE_WITHDRAWN));
            return world.Append(world.Assessment("PI-CS", 3));
          },
          "the only item was withdrawn"),
      Refuses<v1::AssessmentRecorded>("EVIDENCE_NOT_LISTED",
                                      [](World& world) {
                                        v1::EvidenceSubmitted item = world.Evidence("E-0");
                                        item.set_evidence_type(v1::EVIDENCE_TYPE_TOMS_REPORT);
                                        world.Must(item);
                                        return world.Append(world.Assessment("PI-CS", 3));
                                      }),
      Refuses<v1::AssessmentRecorded>("SNAPSHOT_STALE",
                                      [](World& world) {
                                        return Assess(world, [](v1::AssessmentRecorded* event) {
                                          event->mutable_longevity()->set_known_at(
                                              event->longevity().known_at() - 1);
                                        });
                                      }),
      Refuses<v1::AssessmentRecorded>("KNOWN_AT_BEYOND_HEAD",
                                      [](World& world) {
                                        return Assess(world, [](v1::AssessmentRecorded* event) {
                                          event->mutable_longevity()->set_known_at(
                                              event->longevity().known_at() + 1);
                                        });
                                      }),
      Refuses<v1::AssessmentRecorded>("NARRATIVE_MISSING",
                                      [](World& world) {
                                        return Assess(world, [](v1::AssessmentRecorded* event) {
                                          event->mutable_narrative()->clear_progress();
                                        });
                                      }),
      Refuses<v1::AssessmentRecorded>("CONFIDENCE_NOT_AUTHORITY",
                                      [](World& world) {
                                        return Assess(world, [](v1::AssessmentRecorded* event) {
                                          event->mutable_common()->set_party_id("PEER");
                                        });
                                      }),
      Refuses<v1::AssessmentRecorded>(
          "ROLE_NOT_HELD",
          [](World& world) {
            return Assess(world, [](v1::AssessmentRecorded* event) {
              event->mutable_common()->set_party_id("P");
              event->clear_confidence();
            });
          },
          "the provider assesses"),
      Refuses<v1::AssessmentRecorded>("ROLE_NOT_ALLOWED",
                                      [](World& world) {
                                        return Assess(world, [](v1::AssessmentRecorded* event) {
                                          event->mutable_common()->set_role(v1::ROLE_DEC);
                                        });
                                      }),
      Refuses<v1::AssessmentRecorded>(
          "REF_UNKNOWN",
          [](World& world) {
            return Assess(world, [](v1::AssessmentRecorded* event) {
              event->mutable_findings(0)->set_criterion("PI-CS.L9.1");
            });
          },
          "a criterion of no cell"),
      Refuses<v1::AssessmentRecorded>("REF_UNKNOWN",
                                      [](World& world) {
                                        return Assess(world, [](v1::AssessmentRecorded* event) {
                                          *event->mutable_plan() = RefTo(Position{900});
                                        });
                                      }),
      Refuses<v1::AssessmentRecorded>(
          "ENUM_UNKNOWN",
          [](World& world) {
            return Assess(world, [](v1::AssessmentRecorded* event) {
              event->mutable_findings(0)->set_party(v1::SIDE_BOTH);
            });
          },
          "one finding for two sides"),
      Refuses<v1::AssessmentRecorded>("EFFECTIVE_IN_FUTURE",
                                      [](World& world) {
                                        world.Must(world.Evidence("E-0"));
                                        v1::AssessmentRecorded event = world.Assessment("PI-CS", 3);
                                        *event.mutable_assessed_on() = ToDate(world.today() + 1);
                                        return world.Append(event);
                                      }),
  };
}

std::vector<DecideRow> Moderations() {
  return {
      Accepts<v1::AssessmentModerated>(
          "confirmed",
          [](World& world) { return Moderate(world, [](v1::AssessmentModerated*) {}); }),
      Accepts<v1::AssessmentModerated>("another level proposed",
                                       [](World& world) {
                                         return Moderate(world, [](v1::AssessmentModerated* event) {
                                           event->set_outcome(v1::MODERATION_OUTCOME_PROPOSED);
                                           event->set_level(2);
                                         });
                                       }),
      Refuses<v1::AssessmentModerated>(
          "MODERATOR_IS_ASSESSOR",
          [](World& world) {
            world.Must(world.Evidence("E-0"));
            const Position assessment = world.Must(world.Assessment("PI-CS", 3));
            return world.AppendAs("X-ASR", world.Moderation(assessment));
          }),
      Refuses<v1::AssessmentModerated>(
          "REF_UNKNOWN",
          [](World& world) {
            world.Must(world.Evidence("E-0"));
            return world.Append(world.Moderation(world.last()));
          },
          "not an assessment"),
      Refuses<v1::AssessmentModerated>("REASON_MISSING",
                                       [](World& world) {
                                         return Moderate(world, [](v1::AssessmentModerated* event) {
                                           event->mutable_common()->clear_reason();
                                         });
                                       }),
      Refuses<v1::AssessmentModerated>(
          "FIELD_MISSING",
          [](World& world) {
            return Moderate(world, [](v1::AssessmentModerated* event) {
              event->set_outcome(v1::MODERATION_OUTCOME_PROPOSED);
            });
          },
          "no level is proposed"),
      Refuses<v1::AssessmentModerated>("FIELD_UNEXPECTED",
                                       [](World& world) {
                                         return Moderate(world, [](v1::AssessmentModerated* event) {
                                           event->set_level(3);
                                         });
                                       }),
      Refuses<v1::AssessmentModerated>("LEVEL_OUT_OF_RANGE",
                                       [](World& world) {
                                         return Moderate(world, [](v1::AssessmentModerated* event) {
                                           event->set_outcome(v1::MODERATION_OUTCOME_PROPOSED);
                                           event->set_level(6);
                                         });
                                       }),
      Refuses<v1::AssessmentModerated>(
          "ROLE_NOT_HELD",
          [](World& world) {
            return Moderate(world, [](v1::AssessmentModerated* event) {
              event->mutable_common()->set_party_id("P");
            });
          },
          "the provider moderates"),
      Refuses<v1::AssessmentModerated>("ROLE_NOT_ALLOWED",
                                       [](World& world) {
                                         return Moderate(world, [](v1::AssessmentModerated* event) {
                                           event->mutable_common()->set_role(v1::ROLE_ASR);
                                         });
                                       }),
  };
}

// The finding on a standing condition for the quarter that ends today, spoilt by `spoil`.
Play Condition(void (*spoil)(v1::EnduringConditionAssessed*)) {
  return [spoil](World& world) {
    const v1::AssessmentRecorded assessment = world.Assessment("SE-DD", 0);
    auto event = MakeEvent<v1::EnduringConditionAssessed>("X", v1::ROLE_ASR);
    event.mutable_common()->set_matrix_version(assessment.common().matrix_version());
    event.set_focus("SE-DD");
    SetDays(world.today() - 90, world.today(), event.mutable_period());
    event.set_met(true);
    *event.mutable_narrative() = assessment.narrative();
    spoil(&event);
    return world.Append(event);
  };
}

std::vector<DecideRow> Conditions() {
  return {
      Accepts<v1::EnduringConditionAssessed>("met",
                                             Condition([](v1::EnduringConditionAssessed*) {})),
      Accepts<v1::EnduringConditionAssessed>(
          "not met",
          Condition([](v1::EnduringConditionAssessed* event) { event->set_met(false); })),
      Refuses<v1::EnduringConditionAssessed>(
          "FOCUS_NOT_ENDURING",
          Condition([](v1::EnduringConditionAssessed* event) { event->set_focus("PI-CS"); })),
      Refuses<v1::EnduringConditionAssessed>("PERIOD_UNFINISHED",
                                             Condition([](v1::EnduringConditionAssessed* event) {
                                               event->mutable_period()->mutable_last()->set_day(16);
                                             })),
      Refuses<v1::EnduringConditionAssessed>("NARRATIVE_MISSING",
                                             Condition([](v1::EnduringConditionAssessed* event) {
                                               event->mutable_narrative()->set_impact(" ");
                                             })),
      Refuses<v1::EnduringConditionAssessed>("REF_UNKNOWN",
                                             Condition([](v1::EnduringConditionAssessed* event) {
                                               *event->add_measures() = RefTo(Position{3});
                                             }),
                                             "not a measure"),
      Refuses<v1::EnduringConditionAssessed>(
          "FOCUS_UNKNOWN",
          Condition([](v1::EnduringConditionAssessed* event) { event->set_focus("SE-XX"); })),
      Refuses<v1::EnduringConditionAssessed>("FIELD_MISSING",
                                             Condition([](v1::EnduringConditionAssessed* event) {
                                               event->mutable_common()->clear_matrix_version();
                                             })),
      Refuses<v1::EnduringConditionAssessed>("ROLE_NOT_ALLOWED",
                                             Condition([](v1::EnduringConditionAssessed* event) {
                                               event->mutable_common()->set_role(v1::ROLE_CM);
                                             })),
  };
}

}  // namespace

std::vector<DecideRow> AssessmentTable() {
  std::vector<DecideRow> rows = Assessments();
  for (auto table : {Moderations(), Conditions()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
