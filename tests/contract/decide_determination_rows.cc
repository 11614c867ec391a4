#include "ledger/contract/months.h"
#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;
using Spoil = void (*)(v1::LevelDetermined*);

// A determination with assessment, moderation and evidence on record, spoilt by `spoil`.
absl::StatusOr<Decision> Determine(World& world, uint32_t level, Spoil spoil) {
  world.Assess("PI-CS", level);
  v1::LevelDetermined event = world.Determination("PI-CS", level);
  spoil(&event);
  return world.Append(event);
}

// Effective on 2024-01-01 for the second quarter of 2024, as the reviewed survey shows.
void BeforeItsPeriod(v1::LevelDetermined* event) {
  *event->mutable_effective_on() = ToDate(Day(2024, 1, 1));
  SetDays(Day(2024, 4, 1), Day(2024, 6, 30), event->mutable_period());
  *event->mutable_coverage_to() = ToDate(Day(2024, 12, 31));
  event->clear_effective_basis();
}

void Approve(v1::Ground ground, v1::LevelDetermined* event) {
  event->set_ground(ground);
  event->set_retro_reason("results came late");
  event->set_approved_by("X-OFA");
}

// Level 2 after an assessment spoilt by `spoil`.
absl::StatusOr<Decision> DetermineTwo(World& world, void (*spoil)(v1::AssessmentRecorded*)) {
  world.Must(world.Evidence("E-0"));
  v1::AssessmentRecorded assessment = world.Assessment("PI-CS", 2);
  spoil(&assessment);
  world.Must(world.Moderation(world.Must(assessment)));
  return world.Append(world.Determination("PI-CS", 2));
}

std::vector<DecideRow> PassedDeterminations() {
  return {
      Accepts<v1::LevelDetermined>(
          "a level with all it needs",
          [](World& world) { return Determine(world, 3, [](v1::LevelDetermined*) {}); }),
      Accepts<v1::LevelDetermined>(
          "level 2 with level 1 met and confidence",
          [](World& world) { return DetermineTwo(world, [](v1::AssessmentRecorded*) {}); }),
      Accepts<v1::LevelDetermined>(
          "from the day after its period",
          [](World& world) {
            world.Assess("PI-CS", 3);
            v1::LevelDetermined event = world.Determination("PI-CS", 3);
            SetDays(world.today() - 30, world.today() - 1, event.mutable_period());
            *event.mutable_coverage_to() = ToDate(LastDayOfMonths(world.today(), 6));
            event.clear_effective_basis();
            return world.Append(event);
          }),
      Accepts<v1::LevelDetermined>("provisional, where the level is not defined",
                                   [](World& world) {
                                     world.Must(world.Evidence("E-0", "PI-IV"));
                                     v1::AssessmentRecorded assessment =
                                         world.Assessment("PI-IV", 4);
                                     assessment.set_provisional(true);
                                     world.Must(world.Moderation(world.Must(assessment)));
                                     v1::LevelDetermined event = world.Determination("PI-IV", 4);
                                     event.set_provisional(true);
                                     return world.Append(event);
                                   }),
      Accepts<v1::LevelDetermined>("retroactive, with ground, reason and approver",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       BeforeItsPeriod(event);
                                       Approve(v1::GROUND_NEW_EVIDENCE, event);
                                     });
                                   },
                                   {"RETROACTIVE"}),
      Accepts<v1::LevelDetermined>("superseding",
                                   [](World& world) {
                                     const Position old = world.Determine("PI-CS", 1);
                                     world.Assess("PI-CS", 3);
                                     v1::LevelDetermined event = world.Determination("PI-CS", 3);
                                     *event.add_supersedes() = RefTo(old);
                                     Approve(v1::GROUND_ERROR, &event);
                                     return world.Append(event);
                                   },
                                   {"SUPERSEDES"}),
      Accepts<v1::LevelDetermined>("two that replace one, in one request",
                                   [](World& world) {
                                     const Position old = world.Determine("PI-CS", 1);
                                     world.SetToday(world.today() + 10);
                                     world.Assess("PI-CS", 3);
                                     v1::LevelDetermined first = world.Determination("PI-CS", 3);
                                     *first.add_supersedes() = RefTo(old);
                                     Approve(v1::GROUND_ERROR, &first);
                                     v1::LevelDetermined second = first;
                                     *second.mutable_effective_on() = ToDate(world.today() - 5);
                                     SetDays(world.today() - 5, world.today(),
                                             second.mutable_period());
                                     return world.Append(first, second);
                                   },
                                   {"SUPERSEDES", "SUPERSEDES"}),
      Accepts<v1::LevelDetermined>("overriding the evidence rule",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       event->clear_evidence();
                                       event->set_evidence_override(true);
                                     });
                                   }),
      Accepts<v1::LevelDetermined>("on the provider's evidence alone",
                                   [](World& world) {
                                     v1::EvidenceSubmitted item = world.Evidence("P1");
                                     item.mutable_common()->set_party_id("P");
                                     item.mutable_common()->set_role(v1::ROLE_PRL);
                                     world.Must(item);
                                     world.Assess("PI-CS", 3);
                                     v1::LevelDetermined event = world.Determination("PI-CS", 3);
                                     event.mutable_evidence(0)->set_evidence_id("P1");
                                     return world.Append(event);
                                   },
                                   {"PROVIDER_ONLY_EVIDENCE"}),
      Accepts<v1::LevelDetermined>("with any evidence where the policy takes any",
                                   [](World& world) {
                                     world.Must(
                                         world.Policy(v1::POLICY_KEY_EVIDENCE_RULE, "ANY_TYPE"));
                                     world.Assess("PI-CS", 3);
                                     v1::EvidenceSubmitted item = world.Evidence("T1");
                                     item.set_evidence_type(v1::EVIDENCE_TYPE_TOMS_REPORT);
                                     world.Must(item);
                                     v1::LevelDetermined event = world.Determination("PI-CS", 3);
                                     event.mutable_evidence(0)->set_evidence_id("T1");
                                     return world.Append(event);
                                   }),
      Accepts<v1::LevelDetermined>(
          "binding where the policy allows it",
          [](World& world) {
            world.Must(world.Policy(v1::POLICY_KEY_UNDEFINED_LEVEL_RULE, "ALLOW_BINDING"));
            world.Must(world.Evidence("E-0", "PI-IV"));
            world.Must(world.Moderation(world.Must(world.Assessment("PI-IV", 4))));
            return world.Append(world.Determination("PI-IV", 4));
          }),
      Accepts<v1::LevelDetermined>("without coverage where the policy sets no limit",
                                   [](World& world) {
                                     world.Must(world.Policy(v1::POLICY_KEY_COVERAGE_MONTHS, "0"));
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       event->clear_coverage_to();
                                     });
                                   }),
      Accepts<v1::LevelDetermined>("by its moderator, with somebody else's approval",
                                   [](World& world) {
                                     world.Assess("PI-CS", 3);
                                     v1::LevelDetermined event = world.Determination("PI-CS", 3);
                                     event.set_approved_by("X-OFA");
                                     return world.AppendAs("X-MOD", event);
                                   }),
      Accepts<v1::LevelDetermined>("by its moderator, as the board recommended",
                                   [](World& world) {
                                     const Position assessment = world.Assess("PI-CS", 3);
                                     world.Must(world.Meeting("SB-7"));
                                     const Position matter = world.Must(world.Matter(
                                         "SB-7", assessment, v1::MATTER_OUTCOME_RECOMMENDED));
                                     v1::LevelDetermined event = world.Determination("PI-CS", 3);
                                     *event.add_basis() = RefTo(matter);
                                     return world.AppendAs("X-MOD", event);
                                   }),
      Accepts<v1::LevelDetermined>("correcting a closed record",
                                   [](World& world) {
                                     const Position old = world.Determine("PI-CS", 1);
                                     world.Assess("PI-CS", 3);
                                     world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                                     world.Must(world.Ending(v1::END_CAUSE_CLOSED));
                                     v1::LevelDetermined event = world.Determination("PI-CS", 3);
                                     *event.add_supersedes() = RefTo(old);
                                     Approve(v1::GROUND_ERROR, &event);
                                     return world.Append(event);
                                   },
                                   {"SUPERSEDES"}),
  };
}

std::vector<DecideRow> UnsupportedDeterminations() {
  return {
      Refuses<v1::LevelDetermined>("FOCUS_IS_ENDURING",
                                   [](World& world) {
                                     world.Assess("PI-CS", 3);
                                     return world.Append(world.Determination("SE-DD", 3));
                                   }),
      Refuses<v1::LevelDetermined>("LEVEL_NOT_DEFINED",
                                   [](World& world) {
                                     world.Assess("PI-CS", 3);
                                     return world.Append(world.Determination("PI-IV", 4));
                                   }),
      Refuses<v1::LevelDetermined>(
          "LEVEL_NOT_DEFINED",
          [](World& world) {
            world.Must(world.Policy(v1::POLICY_KEY_UNDEFINED_LEVEL_RULE, "REFUSE_ALL"));
            v1::LevelDetermined event = world.Determination("PI-IV", 4);
            event.set_provisional(true);
            event.set_evidence_override(true);
            return world.Append(event);
          },
          "provisional, where the policy takes none"),
      Refuses<v1::LevelDetermined>("NOT_MODERATED",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       event->clear_basis();
                                     });
                                   }),
      Refuses<v1::LevelDetermined>(
          "NOT_MODERATED",
          [](World& world) {
            world.Must(world.Evidence("E-0"));
            world.Must(world.Assessment("PI-CS", 3));
            return world.Append(world.Determination("PI-CS", 3));
          },
          "assessed, but not moderated"),
      Refuses<v1::LevelDetermined>(
          "NOT_MODERATED",
          [](World& world) {
            const Position other = world.Assess("PI-CS", 3);
            v1::LevelDetermined event = world.Determination("PI-IV", 3);
            *event.add_basis() = RefTo(other);
            return world.Append(event);
          },
          "the assessment of another focus"),
      Refuses<v1::LevelDetermined>("EVIDENCE_MISSING",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       event->clear_evidence();
                                     });
                                   }),
      Refuses<v1::LevelDetermined>("EVIDENCE_NOT_LISTED",
                                   [](World& world) {
                                     world.Assess("PI-CS", 3);
                                     v1::EvidenceSubmitted item = world.Evidence("T1");
                                     item.set_evidence_type(v1::EVIDENCE_TYPE_TOMS_REPORT);
                                     world.Must(item);
                                     v1::LevelDetermined event = world.Determination("PI-CS", 3);
                                     event.mutable_evidence(0)->set_evidence_id("T1");
                                     return world.Append(event);
                                   }),
      Refuses<v1::LevelDetermined>(
          "EVIDENCE_NOT_LISTED",
          [](World& world) {
            world.Assess("PI-CS", 3);
            v1::EvidenceSubmitted item = world.Evidence("A1");
            item.set_evidence_type(v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION);
            item.set_subtype(v1::EVIDENCE_SUBTYPE_SUBMITTED);
            world.Must(item);
            v1::LevelDetermined event = world.Determination("PI-CS", 3);
            event.mutable_evidence(0)->set_evidence_id("A1");
            return world.Append(event);
          },
          "an application does not carry level 3"),
      Refuses<v1::LevelDetermined>(
          "LOWER_LEVEL_UNMET",
          [](World& world) {
            return DetermineTwo(world, [](v1::AssessmentRecorded* event) {
              event->mutable_findings()->RemoveLast();
            });
          },
          "one side of a criterion that binds both"),
      Refuses<v1::LevelDetermined>("LOWER_LEVEL_UNMET",
                                   [](World& world) {
                                     return DetermineTwo(world, [](v1::AssessmentRecorded* event) {
                                       event->mutable_findings(0)->set_outcome(
                                           v1::FINDING_OUTCOME_NOT_MET);
                                     });
                                   }),
      Refuses<v1::LevelDetermined>(
          "LOWER_LEVEL_UNMET",
          [](World& world) {
            world.Must(world.Policy(v1::POLICY_KEY_CUMULATIVE_RULE, "ALL"));
            world.Must(world.Evidence("E-0"));
            v1::AssessmentRecorded assessment = world.Assessment("PI-CS", 5);
            assessment.clear_findings();
            world.Must(world.Moderation(world.Must(assessment)));
            return world.Append(world.Determination("PI-CS", 5));
          },
          "every level below, where the policy asks all"),
      Refuses<v1::LevelDetermined>("CONFIDENCE_MISSING",
                                   [](World& world) {
                                     return DetermineTwo(world, [](v1::AssessmentRecorded* event) {
                                       event->clear_confidence();
                                     });
                                   }),
      Refuses<v1::LevelDetermined>("MODERATOR_ALONE_RATIFIES",
                                   [](World& world) {
                                     world.Assess("PI-CS", 3);
                                     return world.AppendAs("X-MOD",
                                                           world.Determination("PI-CS", 3));
                                   }),
  };
}

std::vector<DecideRow> MistimedDeterminations() {
  return {
      Refuses<v1::LevelDetermined>("EFFECTIVE_AFTER_END",
                                   [](World& world) {
                                     world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                                     world.SetToday(world.today() + 1);
                                     return Determine(world, 3, [](v1::LevelDetermined*) {});
                                   }),
      Refuses<v1::LevelDetermined>(
          "EFFECTIVE_BEFORE_PERIOD",
          [](World& world) { return Determine(world, 3, BeforeItsPeriod); }),
      Refuses<v1::LevelDetermined>(
          "EFFECTIVE_BEFORE_PERIOD",
          [](World& world) {
            return Determine(world, 3, [](v1::LevelDetermined* event) {
              BeforeItsPeriod(event);
              Approve(v1::GROUND_ERROR, event);
              event->clear_retro_reason();
            });
          },
          "without saying why"),
      Refuses<v1::LevelDetermined>("EFFECTIVE_BASIS_MISSING",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       event->clear_effective_basis();
                                     });
                                   }),
      Refuses<v1::LevelDetermined>(
          "EFFECTIVE_BASIS_MISSING",
          [](World& world) {
            world.Must(world.Policy(v1::POLICY_KEY_EFFECTIVE_DATE_RULE, "WITHIN_PERIOD"));
            return Determine(world, 3, [](v1::LevelDetermined* event) {
              SetDays(Day(2024, 4, 1), Day(2024, 6, 30), event->mutable_period());
              *event->mutable_coverage_to() = ToDate(Day(2024, 12, 31));
              event->clear_effective_basis();
            });
          },
          "after its period, where the policy asks within"),
      Refuses<v1::LevelDetermined>("EFFECTIVE_IN_FUTURE",
                                   [](World& world) {
                                     world.Assess("PI-CS", 3);
                                     v1::LevelDetermined event = world.Determination("PI-CS", 3);
                                     *event.mutable_effective_on() = ToDate(world.today() + 1);
                                     return world.Append(event);
                                   }),
      Refuses<v1::LevelDetermined>("CONFLICTING_EFFECTIVE_DATE",
                                   [](World& world) {
                                     world.Determine("PI-CS", 3);
                                     return Determine(world, 4, [](v1::LevelDetermined*) {});
                                   }),
      Refuses<v1::LevelDetermined>(
          "CONFLICTING_EFFECTIVE_DATE",
          [](World& world) {
            world.Assess("PI-CS", 3);
            const v1::LevelDetermined event = world.Determination("PI-CS", 3);
            return world.Append(event, event);
          },
          "twice in one request"),
      Refuses<v1::LevelDetermined>(
          "CONFLICTING_EFFECTIVE_DATE",
          [](World& world) {
            const Position old = world.Determine("PI-CS", 1);
            world.Assess("PI-CS", 3);
            v1::LevelDetermined event = world.Determination("PI-CS", 3);
            *event.add_supersedes() = RefTo(old);
            Approve(v1::GROUND_ERROR, &event);
            world.Must(event);
            return world.Append(event);
          },
          "told before ALREADY_SUPERSEDED, where one replaced is replaced again from the same day"),
      Refuses<v1::LevelDetermined>(
          "ALREADY_SUPERSEDED",
          [](World& world) {
            const Position old = world.Determine("PI-CS", 1);
            world.Assess("PI-CS", 3);
            v1::LevelDetermined event = world.Determination("PI-CS", 3);
            *event.add_supersedes() = RefTo(old);
            *event.add_supersedes() = RefTo(old);
            Approve(v1::GROUND_ERROR, &event);
            return world.Append(event);
          },
          "named twice"),
      Refuses<v1::LevelDetermined>("ALREADY_SUPERSEDED",
                                   [](World& world) {
                                     const Position old = world.Determine("PI-CS", 1);
                                     world.Must(world.Superseding(old));
                                     world.Assess("PI-CS", 3);
                                     v1::LevelDetermined event = world.Determination("PI-CS", 3);
                                     *event.add_supersedes() = RefTo(old);
                                     Approve(v1::GROUND_ERROR, &event);
                                     return world.Append(event);
                                   }),
      Refuses<v1::LevelDetermined>("SUPERSEDE_CYCLE",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       *event->add_supersedes() = RefToIndex(0);
                                       Approve(v1::GROUND_ERROR, event);
                                     });
                                   }),
      Refuses<v1::LevelDetermined>("GROUND_MISSING",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       *event->add_supersedes() = RefTo(Position{4});
                                     });
                                   }),
      Refuses<v1::LevelDetermined>(
          "REF_UNKNOWN",
          [](World& world) {
            return Determine(world, 3, [](v1::LevelDetermined* event) {
              *event->add_supersedes() = RefTo(Position{4});
              Approve(v1::GROUND_ERROR, event);
            });
          },
          "superseding what is no determination"),
      Refuses<v1::LevelDetermined>("COVERAGE_MISMATCH",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       event->mutable_coverage_to()->set_day(
                                           event->coverage_to().day() - 1);
                                     });
                                   }),
      Refuses<v1::LevelDetermined>(
          "COVERAGE_MISMATCH",
          [](World& world) {
            world.Must(world.Policy(v1::POLICY_KEY_COVERAGE_MONTHS, "0"));
            return Determine(world, 3, [](v1::LevelDetermined*) {});
          },
          "given where the policy sets no limit"),
      Refuses<v1::LevelDetermined>("CONTRACT_CLOSED",
                                   [](World& world) {
                                     world.Must(world.Ending(v1::END_CAUSE_EXPIRED));
                                     world.Assess("PI-CS", 3);
                                     world.Must(world.Ending(v1::END_CAUSE_CLOSED));
                                     return world.Append(world.Determination("PI-CS", 3));
                                   }),
      Refuses<v1::LevelDetermined>(
          "REASON_MISSING",
          [](World& world) {
            return Determine(world, 3, [](v1::LevelDetermined* event) {
              event->set_evidence_override(true);
              event->mutable_common()->clear_reason();
            });
          },
          "overriding without a reason"),
      Refuses<v1::LevelDetermined>("LEVEL_OUT_OF_RANGE",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       event->set_level(6);
                                     });
                                   }),
      Refuses<v1::LevelDetermined>("ROLE_NOT_ALLOWED",
                                   [](World& world) {
                                     return Determine(world, 3, [](v1::LevelDetermined* event) {
                                       event->mutable_common()->set_role(v1::ROLE_REC);
                                     });
                                   }),
      Refuses<v1::LevelDetermined>(
          "ROLE_NOT_HELD",
          [](World& world) {
            return Determine(world, 3, [](v1::LevelDetermined* event) {
              event->mutable_common()->set_party_id("P");
            });
          },
          "the provider decides"),
  };
}

}  // namespace

std::vector<DecideRow> DeterminationTable() {
  std::vector<DecideRow> rows = PassedDeterminations();
  for (auto table : {UnsupportedDeterminations(), MistimedDeterminations()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
