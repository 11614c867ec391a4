#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

// Each spoils the clause of an event that would pass.
using Spoil = void (*)(v1::Clause*);

void TakeWords(v1::Clause* clause) { clause->set_words(" "); }
void NameAnotherFocus(v1::Clause* clause) {
  clause->mutable_rule()->mutable_level_at_least()->set_focus("PI-XX");
}
void RaiseLevel(v1::Clause* clause) {
  clause->mutable_rule()->mutable_level_at_least()->set_level(6);
}
void WeighTooMuch(v1::Clause* clause) {
  v1::WeightedMeanRule* mean = clause->mutable_rule()->mutable_weighted_mean();
  mean->mutable_at_least()->set_num(3);
  mean->mutable_at_least()->set_den(1);
  v1::FocusWeight* weight = mean->add_weights();
  weight->set_focus("PI-CS");
  weight->set_weight(105);
}
void TakeDigest(v1::Clause* clause) { clause->clear_words_digest(); }

DecideRow RefusesSet(const char* reason, Spoil spoil) {
  return Refuses<v1::ClauseSetRecorded>(reason, [spoil](World& world) {
    auto event = world.ClauseSet("K1");
    spoil(event.mutable_clauses(0));
    world.Agree(&event);
    return world.Append(event);
  });
}

DecideRow RefusesVariation(const char* reason, Spoil spoil) {
  return Refuses<v1::ClauseVaried>(reason, [spoil](World& world) {
    world.Must(world.ClauseSet("K1"));
    auto event = world.Variation("K1");
    spoil(event.mutable_clause());
    world.Agree(&event);
    return world.Append(event);
  });
}

std::vector<DecideRow> Sets() {
  return {
      Accepts<v1::ClauseSetRecorded>(
          "approved by both parties",
          [](World& world) { return world.Append(world.ClauseSet("K1")); }),
      RefusesSet("CLAUSE_WORDS_MISSING", TakeWords),
      RefusesSet("RULE_TYPE_ERROR", NameAnotherFocus),
      RefusesSet("RULE_TYPE_ERROR", RaiseLevel),
      RefusesSet("WEIGHTS_NOT_100", WeighTooMuch),
      RefusesSet("FIELD_MISSING", TakeDigest),
      Refuses<v1::ClauseSetRecorded>("FIELD_MISSING",
                                     [](World& world) {
                                       auto event = world.ClauseSet("K1");
                                       event.clear_clauses();
                                       return world.Append(event);
                                     }),
      Refuses<v1::ClauseSetRecorded>("FIELD_REPEATED",
                                     [](World& world) {
                                       auto event = world.ClauseSet("K1");
                                       *event.add_clauses() = event.clauses(0);
                                       return world.Append(event);
                                     }),
      Refuses<v1::ClauseSetRecorded>("ASSENT_MISSING",
                                     [](World& world) {
                                       auto event = world.ClauseSet("K1");
                                       event.mutable_assents()->RemoveLast();
                                       return world.Append(event);
                                     }),
      Refuses<v1::ClauseSetRecorded>(
          "ASSENT_MISSING",
          [](World& world) {
            auto event = world.ClauseSet("K1");
            *event.mutable_assents(1) = event.assents(0);
            return world.Append(event);
          },
          "one assent named twice"),
      Refuses<v1::ClauseSetRecorded>(
          "ASSENT_MISSING",
          [](World& world) {
            auto event = world.ClauseSet("K1");
            *event.mutable_assents(0) = RefTo(Position{3});
            return world.Append(event);
          },
          "an event that is no assent"),
      Refuses<v1::ClauseSetRecorded>(
          "ASSENT_MISSING",
          [](World& world) {
            auto event = world.ClauseSet("K1");
            event.mutable_clauses(0)->set_words("Other words.");
            return world.Append(event);
          },
          "to other words"),
      Refuses<v1::ClauseSetRecorded>("REF_UNKNOWN",
                                     [](World& world) {
                                       auto event = world.ClauseSet("K1");
                                       *event.add_assents() = RefTo(Position{900});
                                       return world.Append(event);
                                     }),
      Refuses<v1::ClauseSetRecorded>("VERSION_NOT_NEXT",
                                     [](World& world) {
                                       world.Must(world.ClauseSet("K1"));
                                       return world.Append(world.ClauseSet("K1"));
                                     }),
      Refuses<v1::ClauseSetRecorded>("ROLE_NOT_ALLOWED",
                                     [](World& world) {
                                       auto event = world.ClauseSet("K1");
                                       event.mutable_common()->set_role(v1::ROLE_DEC);
                                       return world.Append(event);
                                     }),
  };
}

std::vector<DecideRow> Variations() {
  return {
      Accepts<v1::ClauseVaried>("from a day to come",
                                [](World& world) {
                                  world.Must(world.ClauseSet("K1"));
                                  auto event = world.Variation("K1");
                                  *event.mutable_effective_on() = ToDate(world.today() + 30);
                                  world.Agree(&event);
                                  return world.Append(event);
                                }),
      RefusesVariation("CLAUSE_WORDS_MISSING", TakeWords),
      RefusesVariation("RULE_TYPE_ERROR", NameAnotherFocus),
      RefusesVariation("WEIGHTS_NOT_100", WeighTooMuch),
      RefusesVariation("VERSION_NOT_NEXT", [](v1::Clause* clause) { clause->set_version(3); }),
      RefusesVariation("CLAUSE_ID_MISMATCH",
                       [](v1::Clause* clause) { clause->set_clause_id("K2"); }),
      Refuses<v1::ClauseVaried>("ASSENT_MISSING",
                                [](World& world) {
                                  world.Must(world.ClauseSet("K1"));
                                  auto event = world.Variation("K1");
                                  event.clear_assents();
                                  return world.Append(event);
                                }),
      Refuses<v1::ClauseVaried>("REASON_MISSING",
                                [](World& world) {
                                  world.Must(world.ClauseSet("K1"));
                                  auto event = world.Variation("K1");
                                  event.mutable_common()->clear_reason();
                                  return world.Append(event);
                                }),
      Refuses<v1::ClauseVaried>("FIELD_MISSING",
                                [](World& world) {
                                  world.Must(world.ClauseSet("K1"));
                                  auto event = world.Variation("K1");
                                  event.clear_instrument();
                                  return world.Append(event);
                                }),
      Refuses<v1::ClauseVaried>("REF_UNKNOWN",
                                [](World& world) { return world.Append(world.Variation("K9")); }),
  };
}

}  // namespace

std::vector<DecideRow> ClauseTable() {
  std::vector<DecideRow> rows = Sets();
  const std::vector<DecideRow> variations = Variations();
  rows.insert(rows.end(), variations.begin(), variations.end());
  return rows;
}

}  // namespace waymark::test
