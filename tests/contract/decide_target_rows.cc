#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

v1::Matrix Refined() {
  v1::Matrix matrix = SmallMatrix();
  matrix.set_version_id("refined");
  return matrix;
}

// What a board discussed: the newest event.
Position Discuss(World& world, v1::Board board = v1::BOARD_STRATEGIC,
                 v1::MatterOutcome outcome = v1::MATTER_OUTCOME_DISCUSSED) {
  v1::BoardMeetingHeld meeting = world.Meeting("SB-7");
  meeting.set_board(board);
  const Position matter = world.last();
  world.Must(meeting);
  return world.Must(world.Matter("SB-7", matter, outcome));
}

v1::TargetChanged Change(const World& world, uint32_t level, Position discussion,
                         const char* focus = "PI-CS") {
  const v1::TargetSet terms = world.Target(focus, level);
  auto event = MakeEvent<v1::TargetChanged>("X", v1::ROLE_DEC);
  *event.mutable_common()->mutable_governance() = terms.common().governance();
  event.mutable_common()->set_matrix_version(terms.common().matrix_version());
  event.set_focus(focus);
  event.set_level(level);
  *event.mutable_due() = ToDate(Day(2026, 3, 31));
  event.set_words("level four in each area by March 2026");
  event.set_reading(terms.reading());
  *event.mutable_agreed_by() = terms.agreed_by();
  *event.mutable_discussion() = RefTo(discussion);
  event.set_context("the funding was cut");
  return event;
}

// The change of a target that the strategic board discussed, spoilt by `spoil`.
Play Changed(void (*spoil)(v1::TargetChanged*)) {
  return [spoil](World& world) {
    world.Must(world.Target("PI-CS", 3));
    v1::TargetChanged event = Change(world, 4, Discuss(world));
    spoil(&event);
    return world.Append(event);
  };
}

void Withdraw(v1::TargetChanged* event) {
  event->set_withdrawn(true);
  event->clear_level();
  event->clear_due();
  event->clear_words();
  event->clear_reading();
  event->clear_agreed_by();
}

std::vector<DecideRow> Settings() {
  return {
      Accepts<v1::TargetSet>("a defined level",
                             [](World& world) { return world.Append(world.Target("PI-CS", 3)); }),
      Refuses<v1::TargetSet>("LEVEL_NOT_DEFINED",
                             [](World& world) { return world.Append(world.Target("PI-IV", 4)); }),
      Refuses<v1::TargetSet>(
          "LEVEL_NOT_DEFINED", [](World& world) { return world.Append(world.Target("SE-DD", 3)); },
          "on a standing condition"),
      Refuses<v1::TargetSet>("TARGET_EXISTS",
                             [](World& world) {
                               world.Must(world.Target("PI-CS", 3));
                               return world.Append(world.Target("PI-CS", 4));
                             }),
      Refuses<v1::TargetSet>("FOCUS_UNKNOWN",
                             [](World& world) { return world.Append(world.Target("PI-XX", 3)); }),
      Refuses<v1::TargetSet>("LEVEL_OUT_OF_RANGE",
                             [](World& world) { return world.Append(world.Target("PI-CS", 6)); }),
      Refuses<v1::TargetSet>("DATE_INVALID",
                             [](World& world) {
                               v1::TargetSet event = world.Target("PI-CS", 3);
                               event.mutable_due()->set_month(2);
                               event.mutable_due()->set_day(30);
                               return world.Append(event);
                             }),
      Refuses<v1::TargetSet>(
          "MATRIX_VERSION_UNKNOWN",
          [](World& world) {
            world.Must(world.Draft(Refined()));
            v1::TargetSet event = world.Target("PI-CS", 3);
            event.mutable_common()->set_matrix_version(world.state().drafts.back().version_hash);
            return world.Append(event);
          },
          "drafted but not adopted"),
      Refuses<v1::TargetSet>("FIELD_MISSING",
                             [](World& world) {
                               v1::TargetSet event = world.Target("PI-CS", 3);
                               event.mutable_common()->clear_matrix_version();
                               return world.Append(event);
                             }),
  };
}

std::vector<DecideRow> Changes() {
  return {
      Accepts<v1::TargetChanged>("a later day and a higher level",
                                 Changed([](v1::TargetChanged*) {})),
      Accepts<v1::TargetChanged>("withdrawn, which asks for no terms", Changed(Withdraw)),
      Accepts<v1::TargetChanged>("a meeting without a quorum has discussed all the same",
                                 [](World& world) {
                                   const Position target = world.Must(world.Target("PI-CS", 3));
                                   v1::BoardMeetingHeld meeting = world.Meeting("SB-7");
                                   meeting.clear_attendees();
                                   world.Must(meeting);
                                   const Position discussion = world.Must(
                                       world.Matter("SB-7", target, v1::MATTER_OUTCOME_DISCUSSED));
                                   return world.Append(Change(world, 4, discussion));
                                 }),
      Refuses<v1::TargetChanged>(
          "DISCUSSION_MISSING",
          Changed([](v1::TargetChanged* event) { event->clear_discussion(); }), "none is cited"),
      Refuses<v1::TargetChanged>(
          "DISCUSSION_MISSING",
          [](World& world) {
            const Position target = world.Must(world.Target("PI-CS", 3));
            return world.Append(Change(world, 4, target));
          },
          "not what a board said"),
      Refuses<v1::TargetChanged>(
          "DISCUSSION_MISSING",
          [](World& world) {
            world.Must(world.Target("PI-CS", 3));
            return world.Append(Change(world, 4, Discuss(world, v1::BOARD_OPERATIONS)));
          },
          "another board"),
      Refuses<v1::TargetChanged>(
          "DISCUSSION_MISSING",
          [](World& world) {
            world.Must(world.Target("PI-CS", 3));
            return world.Append(
                Change(world, 4, Discuss(world, v1::BOARD_STRATEGIC, v1::MATTER_OUTCOME_RATIFIED)));
          },
          "not a discussion"),
      Refuses<v1::TargetChanged>("REF_UNKNOWN", Changed([](v1::TargetChanged* event) {
                                   *event->mutable_discussion() = RefTo(Position{900});
                                 })),
      Refuses<v1::TargetChanged>("LEVEL_NOT_DEFINED",
                                 [](World& world) {
                                   world.Must(world.Target("PI-IV", 3));
                                   return world.Append(Change(world, 4, Discuss(world), "PI-IV"));
                                 }),
      Refuses<v1::TargetChanged>(
          "TARGET_MISSING",
          [](World& world) { return world.Append(Change(world, 4, Discuss(world))); }, "never set"),
      Refuses<v1::TargetChanged>(
          "TARGET_MISSING",
          [](World& world) {
            world.Must(world.Target("PI-CS", 3));
            const Position discussion = Discuss(world);
            v1::TargetChanged event = Change(world, 4, discussion);
            Withdraw(&event);
            world.Must(event);
            return world.Append(Change(world, 4, discussion));
          },
          "withdrawn before"),
      Refuses<v1::TargetChanged>(
          "FOCUS_UNKNOWN",
          [](World& world) { return world.Append(Change(world, 4, Discuss(world), "PI-XX")); }),
      Refuses<v1::TargetChanged>("REASON_MISSING", Changed([](v1::TargetChanged* event) {
                                   event->mutable_common()->clear_reason();
                                 })),
      Refuses<v1::TargetChanged>("FIELD_MISSING",
                                 Changed([](v1::TargetChanged* event) { event->clear_context(); }),
                                 "no context"),
      Refuses<v1::TargetChanged>(
          "FIELD_MISSING", Changed([](v1::TargetChanged* event) { event->clear_due(); }), "no day"),
      Refuses<v1::TargetChanged>("FIELD_MISSING", Changed([](v1::TargetChanged* event) {
                                   event->mutable_common()->clear_governance();
                                 }),
                                 "no minute"),
      Refuses<v1::TargetChanged>("LEVEL_OUT_OF_RANGE",
                                 Changed([](v1::TargetChanged* event) { event->set_level(6); })),
      Refuses<v1::TargetChanged>("ROLE_NOT_ALLOWED", Changed([](v1::TargetChanged* event) {
                                   event->mutable_common()->set_role(v1::ROLE_CM);
                                 })),
      // After a withdrawal a target is set anew.
      Accepts<v1::TargetSet>("after the one before was withdrawn",
                             [](World& world) {
                               world.Must(world.Target("PI-CS", 3));
                               v1::TargetChanged event = Change(world, 4, Discuss(world));
                               Withdraw(&event);
                               world.Must(event);
                               return world.Append(world.Target("PI-CS", 4));
                             }),
  };
}

}  // namespace

std::vector<DecideRow> TargetTable() {
  std::vector<DecideRow> rows = Settings();
  const std::vector<DecideRow> changes = Changes();
  rows.insert(rows.end(), changes.begin(), changes.end());
  return rows;
}

}  // namespace waymark::test
