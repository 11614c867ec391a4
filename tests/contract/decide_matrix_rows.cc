#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

// A draft spoilt by `spoil`.
absl::StatusOr<Decision> Draft(World& world, void (*spoil)(v1::Matrix*)) {
  v1::Matrix matrix = SmallMatrix();
  spoil(&matrix);
  return world.Append(world.Draft(matrix));
}

v1::Matrix Refined() {
  v1::Matrix matrix = SmallMatrix();
  matrix.set_version_id("refined");
  return matrix;
}

void AddCarry(const std::string& focus, v1::CarryRule rule, v1::MatrixVersionAdopted* event) {
  v1::FocusCarry* carry = event->add_carry();
  carry->set_focus(focus);
  carry->set_rule(rule);
}

// Adopts the refined version with a rule for every focus, spoilt by `spoil`.
absl::StatusOr<Decision> AdoptRefined(World& world, void (*spoil)(v1::MatrixVersionAdopted*)) {
  world.Must(world.Draft(Refined()));
  v1::MatrixVersionAdopted event = world.Adoption();
  for (const char* focus : {"PI-CS", "PI-IV", "SE-DD", "CR-FR"}) {
    AddCarry(focus, v1::CARRY_RULE_CARRY, &event);
  }
  *event.mutable_effective_on() = ToDate(world.today() + 30);
  spoil(&event);
  return world.Append(event);
}

std::vector<DecideRow> Drafts() {
  return {
      Accepts<v1::MatrixVersionDrafted>(
          "by the authority", [](World& world) { return Draft(world, [](v1::Matrix*) {}); }),
      Accepts<v1::MatrixVersionDrafted>("by the provider",
                                        [](World& world) {
                                          v1::MatrixVersionDrafted event = world.Draft();
                                          event.mutable_common()->set_party_id("P");
                                          event.mutable_common()->set_role(v1::ROLE_PRL);
                                          return world.Append(event);
                                        }),
      Refuses<v1::MatrixVersionDrafted>("ROLE_NOT_ALLOWED",
                                        [](World& world) {
                                          v1::MatrixVersionDrafted event = world.Draft();
                                          event.mutable_common()->set_role(v1::ROLE_DEC);
                                          return world.Append(event);
                                        }),
      Refuses<v1::MatrixVersionDrafted>("DUPLICATE_FOCUS",
                                        [](World& world) {
                                          return Draft(world, [](v1::Matrix* matrix) {
                                            *matrix->add_focuses() = matrix->focuses(0);
                                          });
                                        }),
      Refuses<v1::MatrixVersionDrafted>("LEVEL_OUT_OF_RANGE",
                                        [](World& world) {
                                          return Draft(world, [](v1::Matrix* matrix) {
                                            matrix->mutable_cells(5)->set_level(6);
                                          });
                                        }),
      Refuses<v1::MatrixVersionDrafted>(
          "CELL_STATE_INVALID",
          [](World& world) {
            return Draft(world, [](v1::Matrix* matrix) {
              matrix->mutable_cells(3)->clear_verbatim();
              matrix->mutable_cells(3)->clear_normalised();
            });
          },
          "DEFINED without a text"),
      Refuses<v1::MatrixVersionDrafted>(
          "CELL_STATE_INVALID",
          [](World& world) {
            return Draft(world, [](v1::Matrix* matrix) {
              matrix->mutable_cells(3)->set_state(v1::CELL_STATE_UNDEFINED);
            });
          },
          "UNDEFINED with a text"),
      Refuses<v1::MatrixVersionDrafted>(
          "CELL_STATE_INVALID",
          [](World& world) {
            return Draft(world, [](v1::Matrix* matrix) {
              matrix->mutable_cells(3)->set_state(v1::CELL_STATE_ENDURING);
            });
          },
          "ENDURING on a ladder"),
      Refuses<v1::MatrixVersionDrafted>(
          "CELL_STATE_INVALID",
          [](World& world) {
            return Draft(world, [](v1::Matrix* matrix) { matrix->mutable_cells()->RemoveLast(); });
          },
          "a level without a cell"),
      Refuses<v1::MatrixVersionDrafted>(
          "CELL_STATE_INVALID",
          [](World& world) {
            return Draft(world, [](v1::Matrix* matrix) { matrix->mutable_cells(1)->set_level(0); });
          },
          "two cells at one level"),
      Refuses<v1::MatrixVersionDrafted>(
          "CELL_STATE_INVALID",
          [](World& world) {
            return Draft(world,
                         [](v1::Matrix* matrix) { matrix->mutable_cells(1)->set_focus("PI-XX"); });
          },
          "a cell of no focus"),
      Refuses<v1::MatrixVersionDrafted>("CATEGORY_UNKNOWN",
                                        [](World& world) {
                                          return Draft(world, [](v1::Matrix* matrix) {
                                            matrix->mutable_focuses(0)->set_category("ZZ");
                                          });
                                        }),
      Refuses<v1::MatrixVersionDrafted>(
          "FIELD_REPEATED",
          [](World& world) {
            return Draft(world, [](v1::Matrix* matrix) {
              *matrix->mutable_cells(2)->add_criteria() = matrix->cells(1).criteria(0);
            });
          },
          "a criterion twice"),
      Refuses<v1::MatrixVersionDrafted>("FIELD_MISSING",
                                        [](World& world) {
                                          return Draft(world, [](v1::Matrix* matrix) {
                                            matrix->clear_version_id();
                                          });
                                        }),
      Refuses<v1::MatrixVersionDrafted>("FIELD_TOO_LONG",
                                        [](World& world) {
                                          return Draft(world, [](v1::Matrix* matrix) {
                                            matrix->mutable_cells(1)->set_verbatim(
                                                std::string((256 << 10) + 1, 'x'));
                                          });
                                        }),
      Refuses<v1::MatrixVersionDrafted>("MATRIX_TOO_LARGE",
                                        [](World& world) {
                                          return Draft(world, [](v1::Matrix* matrix) {
                                            for (int i = 0; i < 64; ++i) {
                                              *matrix->add_focuses() = matrix->focuses(0);
                                              matrix->mutable_focuses(4 + i)->set_code(
                                                  "PI-" + std::to_string(i));
                                            }
                                          });
                                        }),
  };
}

std::vector<DecideRow> Adoptions() {
  return {
      Accepts<v1::MatrixVersionAdopted>("the first version, which carries nothing",
                                        [](World&) {
                                          World world = World::Registered();
                                          world.Must(world.Draft());
                                          return world.Append(world.Adoption());
                                        }),
      Accepts<v1::MatrixVersionAdopted>(
          "the second, with a rule for each focus",
          [](World& world) { return AdoptRefined(world, [](v1::MatrixVersionAdopted*) {}); }),
      Accepts<v1::MatrixVersionAdopted>(
          "the second, by carry_default",
          [](World& world) {
            world.Must(world.Policy(v1::POLICY_KEY_CARRY_DEFAULT, "REASSESS"));
            return AdoptRefined(world,
                                [](v1::MatrixVersionAdopted* event) { event->clear_carry(); });
          }),
      Refuses<v1::MatrixVersionAdopted>("DRAFT_UNKNOWN",
                                        [](World& world) {
                                          v1::MatrixVersionAdopted event = world.Adoption();
                                          event.set_version(SomeDigest());
                                          return world.Append(event);
                                        }),
      Refuses<v1::MatrixVersionAdopted>("CARRY_RULE_MISSING",
                                        [](World& world) {
                                          return AdoptRefined(
                                              world, [](v1::MatrixVersionAdopted* event) {
                                                event->mutable_carry()->RemoveLast();
                                              });
                                        }),
      Refuses<v1::MatrixVersionAdopted>(
          "MAP_INCOMPLETE",
          [](World& world) {
            return AdoptRefined(world, [](v1::MatrixVersionAdopted* event) {
              event->mutable_carry(0)->set_rule(v1::CARRY_RULE_MAP);
            });
          }),
      Refuses<v1::MatrixVersionAdopted>("CELL_ILLEGIBLE",
                                        [](World&) {
                                          World world = World::Registered();
                                          v1::Matrix matrix = SmallMatrix();
                                          // Nineteen middle dots, as a worn scan leaves them.
                                          std::string dots;
                                          for (int i = 0; i < 19; ++i) dots += "\xc2\xb7";
                                          matrix.mutable_cells(5)->set_verbatim(dots);
                                          matrix.mutable_cells(5)->set_normalised(dots);
                                          world.Must(world.Draft(matrix));
                                          return world.Append(world.Adoption());
                                        }),
      Refuses<v1::MatrixVersionAdopted>(
          "FIELD_MISSING",
          [](World& world) {
            v1::MatrixVersionAdopted event = world.Adoption();
            event.mutable_common()->clear_governance();
            return world.Append(event);
          },
          "no minute"),
      Refuses<v1::MatrixVersionAdopted>(
          "LEVEL_OUT_OF_RANGE",
          [](World& world) {
            return AdoptRefined(world, [](v1::MatrixVersionAdopted* event) {
              event->mutable_carry(0)->set_rule(v1::CARRY_RULE_MAP);
              event->mutable_carry(0)->add_map()->set_to(6);
            });
          }),
      Refuses<v1::MatrixVersionAdopted>("FIELD_REPEATED",
                                        [](World& world) {
                                          return AdoptRefined(
                                              world, [](v1::MatrixVersionAdopted* event) {
                                                *event->add_carry() = event->carry(0);
                                              });
                                        }),
  };
}

}  // namespace

std::vector<DecideRow> MatrixTable() {
  std::vector<DecideRow> rows = Drafts();
  const std::vector<DecideRow> adoptions = Adoptions();
  rows.insert(rows.end(), adoptions.begin(), adoptions.end());
  return rows;
}

}  // namespace waymark::test
