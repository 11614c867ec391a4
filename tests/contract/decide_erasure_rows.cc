#include "ledger/contract/retention.h"
#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

template <typename M>
M Erasing(const std::vector<Position>& positions) {
  auto event = MakeEvent<M>("X", v1::ROLE_REC);
  for (const Position position : positions) event.add_positions(position.value);
  event.set_ground("UK GDPR art. 17(1)(a)");
  event.set_authority("data protection officer");
  return event;
}

// Evidence about PI-CS, erased by an event that `spoil` has changed.
template <typename M>
absl::StatusOr<Decision> Erase(
    World& world, void (*spoil)(M*) = [](M*) {}) {
  M event = Erasing<M>({world.Must(world.Evidence("E-1"))});
  spoil(&event);
  return world.Append(event);
}

Position Hold(World& world, const std::string& focus, std::optional<Position> position = {}) {
  auto event = MakeEvent<v1::LegalHoldChanged>("X", v1::ROLE_REC);
  event.set_hold_id("H1");
  event.set_placed(true);
  if (!focus.empty()) event.mutable_scope()->add_focuses(focus);
  if (position) event.mutable_scope()->add_positions(position->value);
  return world.Must(event);
}

// The contract ends on 2030-03-31; six years and a margin of 12 months end on 2037-03-31.
const Day kKeptTo(2037, 3, 31);

std::vector<DecideRow> Erasures() {
  using Erased = v1::PersonalDataErased;
  return {
      Accepts<Erased>("one event", [](World& world) { return Erase<Erased>(world); }),
      Accepts<Erased>("a person's key alone",
                      [](World& world) {
                        return Erase<Erased>(world, [](Erased* event) {
                          event->clear_positions();
                          event->set_person_ref("X-CM");
                        });
                      }),
      Accepts<Erased>("under a hold on another focus",
                      [](World& world) {
                        const Position level = world.Determine("PI-CS", 3);
                        Hold(world, "PI-IV");
                        return world.Append(Erasing<Erased>({level}));
                      }),
      Refuses<Erased>(
          "HOLD_ACTIVE",
          [](World& world) {
            Hold(world, "");
            return Erase<Erased>(world);
          },
          "on the whole contract"),
      Refuses<Erased>(
          "HOLD_ACTIVE",
          [](World& world) {
            const Position evidence = world.Must(world.Evidence("E-9"));
            Hold(world, "", evidence);
            return world.Append(Erasing<Erased>({evidence}));
          },
          "on the event"),
      Refuses<Erased>(
          "HOLD_ACTIVE",
          [](World& world) {
            const Position level = world.Determine("PI-CS", 3);
            Hold(world, "PI-CS");
            return world.Append(Erasing<Erased>({level}));
          },
          "on the focus of a determination"),
      Refuses<Erased>(
          "HOLD_ACTIVE",
          [](World& world) {
            Hold(world, "PI-CS");
            Erased event = Erasing<Erased>({});
            event.set_person_ref("X-CM");
            return world.Append(event);
          },
          "that may be about the person"),
      Refuses<Erased>("ALREADY_ERASED",
                      [](World& world) {
                        const Position evidence = world.Must(world.Evidence("E-9"));
                        world.Must(Erasing<Erased>({evidence}));
                        return world.Append(Erasing<Erased>({evidence}));
                      }),
      Refuses<Erased>("NOT_ERASABLE",
                      [](World& world) {
                        return world.Append(
                            Erasing<Erased>({world.state().registration->known.position}));
                      }),
      Refuses<Erased>(
          "REF_UNKNOWN",
          [](World& world) {
            return world.Append(world.Evidence("E-1"), Erasing<Erased>({world.next()}));
          },
          "of its own request"),
      Refuses<Erased>("ROLE_NOT_ALLOWED",
                      [](World& world) {
                        return Erase<Erased>(world, [](Erased* event) {
                          event->mutable_common()->set_role(v1::ROLE_CM);
                        });
                      }),
      Refuses<Erased>("REASON_MISSING",
                      [](World& world) {
                        return Erase<Erased>(
                            world, [](Erased* event) { event->mutable_common()->clear_reason(); });
                      }),
      Refuses<Erased>("FIELD_MISSING",
                      [](World& world) { return world.Append(Erasing<Erased>({})); }),
      Refuses<Erased>("LIST_TOO_LONG",
                      [](World& world) {
                        return Erase<Erased>(world, [](Erased* event) {
                          while (event->positions_size() <= kErasedPositionsMax) {
                            event->add_positions(event->positions_size() + 1000);
                          }
                        });
                      }),
      Refuses<Erased>("LIST_NOT_ASCENDING",
                      [](World& world) {
                        return Erase<Erased>(world, [](Erased* event) {
                          event->add_positions(event->positions(0));
                        });
                      }),
  };
}

std::vector<DecideRow> Disposals() {
  using Disposed = v1::RecordDisposed;
  const auto on = [](Day day) {
    return [day](World& world) {
      const Position evidence = world.Must(world.Evidence("E-9"));
      world.SetToday(day);
      return world.Append(Erasing<Disposed>({evidence}));
    };
  };
  return {
      Accepts<Disposed>("on the first day after its time", on(kKeptTo + 1)),
      Refuses<Disposed>("RETENTION_RUNNING", on(kKeptTo)),
      Refuses<Disposed>(
          "RETENTION_RUNNING",
          [](World&) {
            World world;
            v1::ContractRegistered deed = world.Registration();
            deed.set_as_deed(true);
            world.Must(deed);
            const Position note = world.Must(world.Draft());
            world.SetToday(Day(2043, 3, 31));
            return world.Append(Erasing<Disposed>({note}));
          },
          "of a deed, six years on"),
      Refuses<Disposed>("HOLD_ACTIVE",
                        [](World& world) {
                          world.SetToday(kKeptTo + 1);
                          Hold(world, "");
                          return Erase<Disposed>(world);
                        }),
      Refuses<Disposed>("ALREADY_ERASED",
                        [](World& world) {
                          const Position evidence = world.Must(world.Evidence("E-9"));
                          world.SetToday(kKeptTo + 1);
                          world.Must(Erasing<v1::PersonalDataErased>({evidence}));
                          return world.Append(Erasing<Disposed>({evidence}));
                        }),
      Refuses<Disposed>("REASON_MISSING",
                        [](World& world) {
                          return Erase<Disposed>(world, [](Disposed* event) {
                            event->mutable_common()->clear_reason();
                          });
                        }),
  };
}

}  // namespace

std::vector<DecideRow> ErasureTable() {
  std::vector<DecideRow> rows = Erasures();
  const std::vector<DecideRow> disposals = Disposals();
  rows.insert(rows.end(), disposals.begin(), disposals.end());
  return rows;
}

}  // namespace waymark::test
