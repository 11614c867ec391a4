// This header defines the tables of the rules' tests: a row plays an event in a world and says what
// comes of it.
//
//   Refuses<v1::TargetSet>("TARGET_EXISTS", [](ContractWorld& world) {
//     world.Must(world.Target("PI-CS", 3));
//     return world.Append(world.Target("PI-CS", 4));
//   }),
#ifndef WAYMARK_TESTS_CONTRACT_DECIDE_ROWS_H_
#define WAYMARK_TESTS_CONTRACT_DECIDE_ROWS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/contract_world.h"

namespace waymark::test {

using Play = std::function<absl::StatusOr<Decision>(ContractWorld&)>;

struct DecideRow {
  // Full name of the event's type.
  std::string type;
  // What is special about the row.
  std::string what;
  // Reason of the first violation; empty where the event passes.
  std::string reason;
  // Of an event that passes.
  std::vector<std::string> flags;
  // Given a world with the contract registered and the small matrix adopted.
  Play play;
};

template <typename M>
DecideRow Accepts(std::string what, Play play, std::vector<std::string> flags = {}) {
  return {M::descriptor()->full_name(), std::move(what), "", std::move(flags), std::move(play)};
}

template <typename M>
DecideRow Refuses(std::string reason, Play play, std::string what = "") {
  return {M::descriptor()->full_name(), std::move(what), std::move(reason), {}, std::move(play)};
}

// One table a family of rules.
std::vector<DecideRow> PartyTable();
std::vector<DecideRow> GovernanceTable();
std::vector<DecideRow> AssentTable();
std::vector<DecideRow> PersonTable();
std::vector<DecideRow> MatrixTable();
std::vector<DecideRow> TargetTable();
std::vector<DecideRow> PlanTable();
std::vector<DecideRow> EvidenceTable();
std::vector<DecideRow> ProviderTable();
std::vector<DecideRow> AssessmentTable();
std::vector<DecideRow> DeterminationTable();
std::vector<DecideRow> CorrectionTable();
std::vector<DecideRow> BoardTable();
std::vector<DecideRow> ImprovementTable();
std::vector<DecideRow> DisputeTable();
std::vector<DecideRow> AdjudicationTable();
std::vector<DecideRow> RecordTable();
std::vector<DecideRow> ClauseTable();
std::vector<DecideRow> DecisionTable();
std::vector<DecideRow> ReviewTable();
std::vector<DecideRow> ExtensionTable();
std::vector<DecideRow> ErasureTable();

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_CONTRACT_DECIDE_ROWS_H_
