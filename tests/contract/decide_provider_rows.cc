#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

absl::StatusOr<Decision> SelfAssess(World& world, void (*spoil)(v1::SelfAssessmentSubmitted*)) {
  v1::SelfAssessmentSubmitted event = world.SelfAssessment("PI-CS", 3);
  spoil(&event);
  return world.Append(event);
}

std::vector<DecideRow> SelfAssessments() {
  return {
      Accepts<v1::SelfAssessmentSubmitted>(
          "within the window",
          [](World& world) { return SelfAssess(world, [](v1::SelfAssessmentSubmitted*) {}); }),
      Accepts<v1::SelfAssessmentSubmitted>(
          "on its last day",
          [](World& world) {
            v1::SelfAssessmentSubmitted event = world.SelfAssessment("PI-CS", 3);
            SetDays(world.today() - 60, world.today() - 14, event.mutable_period());
            return world.Append(event);
          }),
      Accepts<v1::SelfAssessmentSubmitted>(
          "at a level that is not defined",
          [](World& world) { return world.Append(world.SelfAssessment("PI-IV", 4)); }),
      Refuses<v1::SelfAssessmentSubmitted>(
          "WINDOW_CLOSED",
          [](World& world) {
            v1::SelfAssessmentSubmitted event = world.SelfAssessment("PI-CS", 3);
            SetDays(world.today() - 60, world.today() - 15, event.mutable_period());
            return world.Append(event);
          }),
      Refuses<v1::SelfAssessmentSubmitted>("NOT_PROVIDER",
                                           [](World& world) {
                                             return SelfAssess(
                                                 world, [](v1::SelfAssessmentSubmitted* event) {
                                                   event->mutable_common()->set_party_id("X");
                                                   event->mutable_common()->set_role(v1::ROLE_CM);
                                                 });
                                           }),
      Refuses<v1::SelfAssessmentSubmitted>("ROLE_NOT_ALLOWED",
                                           [](World& world) {
                                             return SelfAssess(
                                                 world, [](v1::SelfAssessmentSubmitted* event) {
                                                   event->mutable_common()->set_role(v1::ROLE_BRD);
                                                 });
                                           }),
      Refuses<v1::SelfAssessmentSubmitted>("FOCUS_UNKNOWN",
                                           [](World& world) {
                                             return SelfAssess(
                                                 world, [](v1::SelfAssessmentSubmitted* event) {
                                                   event->set_focus("PI-XX");
                                                 });
                                           }),
      Refuses<v1::SelfAssessmentSubmitted>("REF_UNKNOWN",
                                           [](World& world) {
                                             return SelfAssess(
                                                 world, [](v1::SelfAssessmentSubmitted* event) {
                                                   event->add_evidence()->set_evidence_id("E9");
                                                 });
                                           }),
      Refuses<v1::SelfAssessmentSubmitted>("LEVEL_OUT_OF_RANGE",
                                           [](World& world) {
                                             return SelfAssess(
                                                 world, [](v1::SelfAssessmentSubmitted* event) {
                                                   event->set_level(6);
                                                 });
                                           }),
      Refuses<v1::SelfAssessmentSubmitted>("FIELD_MISSING",
                                           [](World& world) {
                                             return SelfAssess(
                                                 world, [](v1::SelfAssessmentSubmitted* event) {
                                                   event->mutable_common()->clear_matrix_version();
                                                 });
                                           }),
  };
}

v1::RepresentationMade Representation(Position about) {
  auto event = MakeEvent<v1::RepresentationMade>("P", v1::ROLE_PRD);
  *event.mutable_about() = RefTo(about);
  event.set_text(SomeDigest());
  return event;
}

void AdmitLate(v1::RepresentationMade* event) {
  event->mutable_common()->set_party_id("X");
  event->mutable_common()->set_role(v1::ROLE_DEC);
  event->set_admitted_late(true);
}

// A representation so many days after the determination that it is about, spoilt by `spoil`.
Play After(int days, void (*spoil)(v1::RepresentationMade*)) {
  return [=](World& world) {
    v1::RepresentationMade event = Representation(world.Determine("PI-CS", 3));
    world.SetToday(world.today() + days);
    spoil(&event);
    return world.Append(event);
  };
}

std::vector<DecideRow> Representations() {
  return {
      Accepts<v1::RepresentationMade>("on the last day of the window",
                                      After(14, [](v1::RepresentationMade*) {})),
      Accepts<v1::RepresentationMade>("late, admitted by a decision-maker", After(15, AdmitLate)),
      Accepts<v1::RepresentationMade>("a year after what is no determination",
                                      [](World& world) {
                                        const Position assessment = world.Assess("PI-CS", 3);
                                        world.SetToday(world.today() + 365);
                                        return world.Append(Representation(assessment));
                                      }),
      Refuses<v1::RepresentationMade>("WINDOW_CLOSED", After(15, [](v1::RepresentationMade*) {})),
      Refuses<v1::RepresentationMade>(
          "WINDOW_CLOSED",
          [](World& world) {
            world.Must(world.Policy(v1::POLICY_KEY_REPRESENTATION_DAYS, "0"));
            const Position level = world.Determine("PI-CS", 3);
            world.SetToday(world.today() + 1);
            return world.Append(Representation(level));
          },
          "as short as the policy makes it"),
      Refuses<v1::RepresentationMade>(
          "ROLE_NOT_ALLOWED",
          After(15, [](v1::RepresentationMade* event) { event->set_admitted_late(true); }),
          "the provider admits its own"),
      Refuses<v1::RepresentationMade>("ROLE_NOT_ALLOWED",
                                      After(1,
                                            [](v1::RepresentationMade* event) {
                                              AdmitLate(event);
                                              event->set_admitted_late(false);
                                            }),
                                      "a decision-maker makes one"),
      Refuses<v1::RepresentationMade>("REF_UNKNOWN", After(1,
                                                           [](v1::RepresentationMade* event) {
                                                             *event->mutable_about() =
                                                                 RefTo(Position{900});
                                                           })),
      Refuses<v1::RepresentationMade>("REF_UNKNOWN",
                                      After(1,
                                            [](v1::RepresentationMade* event) {
                                              event->add_evidence()->set_evidence_id("E9");
                                            }),
                                      "evidence that nobody submitted"),
      Refuses<v1::RepresentationMade>(
          "FIELD_MISSING", After(1, [](v1::RepresentationMade* event) { event->clear_text(); })),
  };
}

}  // namespace

std::vector<DecideRow> ProviderTable() {
  std::vector<DecideRow> rows = SelfAssessments();
  const std::vector<DecideRow> representations = Representations();
  rows.insert(rows.end(), representations.begin(), representations.end());
  return rows;
}

}  // namespace waymark::test
