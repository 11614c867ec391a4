#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

std::vector<DecideRow> Corrections() {
  return {
      Accepts<v1::DeterminationSuperseded>("an error",
                                           [](World& world) {
                                             const Position old = world.Determine("PI-CS", 3);
                                             return world.Append(world.Superseding(old));
                                           },
                                           {"SUPERSEDES"}),
      Accepts<v1::DeterminationSuperseded>("by the registrar, as adjudicated",
                                           [](World& world) {
                                             auto event =
                                                 world.Superseding(world.Determine("PI-CS", 3));
                                             event.mutable_common()->set_party_id("REGISTRY");
                                             event.mutable_common()->set_role(v1::ROLE_REG);
                                             event.set_ground(v1::GROUND_ADJUDICATION);
                                             return world.Append(event);
                                           },
                                           {"SUPERSEDES"}),
      Refuses<v1::DeterminationSuperseded>("ALREADY_SUPERSEDED",
                                           [](World& world) {
                                             const Position old = world.Determine("PI-CS", 3);
                                             world.Must(world.Superseding(old));
                                             return world.Append(world.Superseding(old));
                                           }),
      Refuses<v1::DeterminationSuperseded>("APPROVAL_MISSING",
                                           [](World& world) {
                                             auto event =
                                                 world.Superseding(world.Determine("PI-CS", 3));
                                             event.clear_approved_by();
                                             return world.Append(event);
                                           }),
      Refuses<v1::DeterminationSuperseded>(
          "ROLE_NOT_ALLOWED",
          [](World& world) {
            auto event = world.Superseding(world.Determine("PI-CS", 3));
            event.mutable_common()->set_party_id("REGISTRY");
            event.mutable_common()->set_role(v1::ROLE_REG);
            return world.Append(event);
          },
          "the registrar finds an error"),
      Refuses<v1::DeterminationSuperseded>("ENUM_UNKNOWN",
                                           [](World& world) {
                                             auto event =
                                                 world.Superseding(world.Determine("PI-CS", 3));
                                             event.set_ground(v1::GROUND_MIGRATED);
                                             return world.Append(event);
                                           }),
      Refuses<v1::DeterminationSuperseded>(
          "REF_UNKNOWN",
          [](World& world) { return world.Append(world.Superseding(world.Assess("PI-CS", 3))); },
          "an assessment"),
      Refuses<v1::DeterminationSuperseded>("REASON_MISSING",
                                           [](World& world) {
                                             auto event =
                                                 world.Superseding(world.Determine("PI-CS", 3));
                                             event.mutable_common()->clear_reason();
                                             return world.Append(event);
                                           }),
  };
}

// Level 3 from 2024-07-01, found for the quarter before.
void DetermineAfterItsPeriod(World& world) {
  world.Assess("PI-CS", 3);
  v1::LevelDetermined event = world.Determination("PI-CS", 3);
  *event.mutable_effective_on() = ToDate(Day(2024, 7, 1));
  SetDays(Day(2024, 4, 1), Day(2024, 6, 30), event.mutable_period());
  *event.mutable_coverage_to() = ToDate(Day(2024, 12, 31));
  world.Must(event);
}

// Coverage of a determination made today ends with 2025-01-15.
std::vector<DecideRow> Gaps() {
  return {
      Accepts<v1::CoverageGapExplained>("days past its coverage",
                                        [](World& world) {
                                          world.Determine("PI-CS", 3);
                                          return world.Append(world.Gap("PI-CS", Day(2025, 1, 1),
                                                                        Day(2025, 1, 16)));
                                        }),
      Accepts<v1::CoverageGapExplained>("a focus that was never assessed",
                                        [](World& world) {
                                          return world.Append(world.Gap("PI-CS", Day(2023, 1, 1),
                                                                        Day(2023, 3, 31)));
                                        }),
      Refuses<v1::CoverageGapExplained>("NO_GAP",
                                        [](World& world) {
                                          world.Determine("PI-CS", 3);
                                          return world.Append(
                                              world.Gap("PI-CS", world.today(), Day(2025, 1, 15)));
                                        }),
      Refuses<v1::CoverageGapExplained>(
          "NO_GAP",
          [](World& world) {
            DetermineAfterItsPeriod(world);
            return world.Append(world.Gap("PI-CS", Day(2024, 4, 1), Day(2024, 12, 31)));
          },
          "days of its period, before its level begins"),
      Accepts<v1::CoverageGapExplained>("the day before its period",
                                        [](World& world) {
                                          DetermineAfterItsPeriod(world);
                                          return world.Append(world.Gap("PI-CS", Day(2024, 3, 31),
                                                                        Day(2024, 12, 31)));
                                        }),
      Refuses<v1::CoverageGapExplained>("FOCUS_UNKNOWN",
                                        [](World& world) {
                                          return world.Append(world.Gap("PI-XX", Day(2023, 1, 1),
                                                                        Day(2023, 3, 31)));
                                        }),
      Refuses<v1::CoverageGapExplained>("REASON_MISSING",
                                        [](World& world) {
                                          auto event =
                                              world.Gap("PI-CS", Day(2023, 1, 1), Day(2023, 3, 31));
                                          event.mutable_common()->clear_reason();
                                          return world.Append(event);
                                        }),
      Refuses<v1::CoverageGapExplained>("ROLE_NOT_ALLOWED",
                                        [](World& world) {
                                          auto event =
                                              world.Gap("PI-CS", Day(2023, 1, 1), Day(2023, 3, 31));
                                          event.mutable_common()->set_role(v1::ROLE_CM);
                                          return world.Append(event);
                                        }),
      Refuses<v1::CoverageGapExplained>("FIELD_MISSING",
                                        [](World& world) {
                                          auto event =
                                              world.Gap("PI-CS", Day(2023, 1, 1), Day(2023, 3, 31));
                                          event.clear_gap_reason();
                                          return world.Append(event);
                                        }),
  };
}

}  // namespace

std::vector<DecideRow> CorrectionTable() {
  std::vector<DecideRow> rows = Corrections();
  const std::vector<DecideRow> gaps = Gaps();
  rows.insert(rows.end(), gaps.begin(), gaps.end());
  return rows;
}

}  // namespace waymark::test
