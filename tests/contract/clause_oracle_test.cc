// The fast evaluation against the slow one, and what must be true of any evaluation, over random
// clauses and histories.
#include "tests/contract/clause_oracle.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/clause_evaluate.h"
#include "tests/contract/random_clause.h"

namespace waymark::test {
namespace {

constexpr uint64_t kRounds = 12000;

std::string TextOf(const Evaluation& said) {
  std::string text = absl::StrCat(said.outcome, " ", FormatDay(said.answered_on));
  for (const std::string& flag : FlagWords(said.flags)) absl::StrAppend(&text, " ", flag);
  for (const NodeResult* node : NodesOf(said)) {
    absl::StrAppend(&text, "\n", node->path, " ", node->focus, " ", node->outcome, " ",
                    node->values.Canonical());
    for (const Position position : node->positions) absl::StrAppend(&text, " ", position.value);
  }
  absl::StrAppend(&text, "\n", said.earliest_if_held ? FormatDay(*said.earliest_if_held) : "never");
  return text;
}

TEST(ClauseOracle, AgreesOnRandomClausesAndHistories) {
  std::set<std::string> kinds;
  int outcomes[4] = {0, 0, 0, 0};
  for (uint64_t seed = 0; seed < kRounds; ++seed) {
    RandomHistory history(seed, /*days_max=*/80);
    const ContractState state = WithClauseFacts(&history);
    const v1::Clause clause = RandomClause(&history);
    const absl::CivilDay as_of = history.Day();
    const TreeSize known{static_cast<uint64_t>(
        history.OnceIn(2) ? history.head().value : history.Below(history.head().value + 1))};
    const Evaluation said = EvaluateClause(state, clause, as_of, known);
    const ClauseOracleAnswer oracle = AskClauseOracle(state, clause, as_of, known.value);
    std::string leaves;
    for (const NodeResult* leaf : LeavesOf(said)) {
      kinds.insert(std::string(leaf->kind));
      leaves += static_cast<char>('0' + leaf->outcome - 1);
    }
    ++outcomes[said.outcome];
    const std::string trace = absl::StrCat("seed ", seed, " as of ", FormatDay(as_of), " known ",
                                           known.value, "\n", clause.DebugString(), TextOf(said));
    ASSERT_EQ(leaves, oracle.leaves) << trace;
    ASSERT_EQ(said.outcome - 1, oracle.outcome) << trace;
    ASSERT_EQ(said.flags.disputed, oracle.disputed) << trace;
  }
  EXPECT_EQ(kinds.size(), 8u);
  for (const int outcome : {1, 2, 3}) EXPECT_GT(outcomes[outcome], static_cast<int>(kRounds / 20));
}

// Everything that was recorded at `head` or later, taken out of the state.
template <typename T>
void Cut(TreeSize head, std::vector<T>* facts) {
  std::erase_if(*facts, [&](const T& fact) { return fact.known.position.value >= head.value; });
}

ContractState AsItWas(ContractState state, TreeSize head) {
  const auto later = [&](const Known& known) { return known.position.value >= head.value; };
  for (auto& [code, history] : state.focuses) {
    Cut(head, &history.determinations);
    Cut(head, &history.supersessions);
    Cut(head, &history.gap_explanations);
  }
  Cut(head, &state.policies);
  Cut(head, &state.drafts);
  Cut(head, &state.adoptions);
  Cut(head, &state.endings);
  Cut(head, &state.extensions);
  std::erase_if(state.disputes, [&](const auto& one) { return later(one.second.notified); });
  for (auto& [id, dispute] : state.disputes) {
    if (dispute.closed && later(*dispute.closed)) dispute.closed.reset();
  }
  std::erase_if(state.notices, [&](const auto& one) { return later(one.second.known); });
  for (auto& [id, notice] : state.notices) Cut(head, &notice.steps);
  for (auto& [id, item] : state.evidence) Cut(head, &item.changes);
  return state;
}

TEST(EvaluationProperties, EventsAfterAPositionNeverChangeWhatWasKnownAtIt) {
  for (uint64_t seed = 0; seed < kRounds / 12; ++seed) {
    RandomHistory history(seed, /*days_max=*/80);
    const ContractState state = WithClauseFacts(&history);
    const v1::Clause clause = RandomClause(&history);
    const absl::CivilDay as_of = history.Day();
    const TreeSize known{static_cast<uint64_t>(history.Below(history.head().value + 1))};
    const ContractState then = AsItWas(state, known);
    ASSERT_EQ(TextOf(EvaluateClause(state, clause, as_of, known)),
              TextOf(EvaluateClause(then, clause, as_of, known)))
        << "seed " << seed << "\n"
        << clause.DebugString();
  }
}

TEST(EvaluationProperties, EarliestIfHeldIsSatisfiedAsFarAsDaysCanTell) {
  int told = 0;
  for (uint64_t seed = 0; seed < kRounds / 12; ++seed) {
    RandomHistory history(seed, /*days_max=*/80);
    const ContractState state = WithClauseFacts(&history);
    const v1::Clause clause = RandomClause(&history);
    const Evaluation said = EvaluateClause(state, clause, history.Day(), history.head());
    const bool satisfied = said.outcome == v1::CLAUSE_OUTCOME_SATISFIED;
    ASSERT_EQ(satisfied, said.earliest_if_held == said.answered_on) << clause.DebugString();
    told += !satisfied && said.earliest_if_held.has_value();
  }
  EXPECT_GT(told, 20);
}

}  // namespace
}  // namespace waymark::test
