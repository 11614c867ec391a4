#include "ledger/contract/clause_explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/contract/clause_facts.h"

namespace waymark::test {
namespace {

using ::testing::HasSubstr;

Digest SomeRoot() {
  Digest root;
  root.fill(0xab);
  return root;
}

std::string Explain(const ContractState& state, const std::string& text, absl::string_view as_of,
                    TreeSize known) {
  const v1::Clause clause = ClauseOfText(text);
  return ExplainEvaluation(state, clause, {Day(as_of), known, SomeRoot()},
                           EvaluateClause(state, clause, Day(as_of), known));
}

// A lapse that grace bridges, a hole, a correction, a provisional score, a dispute, a debt.
ClauseFacts Facts() {
  ClauseFacts facts;
  facts.state.contract_id = "A";
  facts.On("2024-04-01").Determine("PI-CS", 2, "2024-04-01");
  facts.On("2024-04-02").Determine("PI-CS", 3, "2024-04-01");
  facts.Supersedes("PI-CS", 3);
  facts.On("2024-06-01").Determine("PI-CS", 4, "2024-06-01").provisional = true;
  facts.On("2024-08-01").Determine("PI-CS", 2, "2024-08-01");
  facts.On("2024-08-11").Determine("PI-CS", 3, "2024-08-11").coverage_to = Day("2024-09-30");
  facts.On("2024-09-01").DisputeLast("PI-CS");
  facts.On("2024-09-02").state.dependencies["OWED-1"] = {
      facts.Record(), "OWED-1", "X", Day("2024-09-30"), std::string("PI-CS"), {}};
  facts.SetPolicy(v1::POLICY_KEY_GAP_POLICY, "STALE", "2024-10-01");
  return facts;
}

constexpr char kClause[] =
    "rule { all { rules { sustained { focus: 'PI-CS' level: 3 months: 5 } } rules { category_mean "
    "{ category: 'SE' at_least { num: 7 den: 2 } } } } } parameters { grace_days: 30 } effective { "
    "first { year: 2024 month: 4 day: 1 } last { year: 2025 month: 3 day: 31 } }";

constexpr char kFrozen[] =
    R"({"answered_on":"2024-10-05","as_of":"2024-10-05","bridges":[{"first":"2024-08-01",)"
    R"("focus":"PI-CS","grace_days":30,"last":"2024-08-10"}],"clause":{"applies":true,)"
    R"("clause_id":"K1","effect":"INFORMS","effective":{"first":"2024-04-01",)"
    R"("last":"2025-03-31"},"kind":"INFORMATION","version":1,"words":"as agreed",)"
    R"("words_digest":"6464646464646464646464646464646464646464646464646464646464646464"},)"
    R"("contract_id":"A",)"
    R"("counterfactual":"Time alone does not satisfy it within the contract, or within ten years, if present levels stay.",)"
    R"("dependencies":[{"dependency_id":"OWED-1","discharged_by":null,"discharged_on":null,)"
    R"("due":"2024-09-30","focus":"PI-CS","owed_by":"X","position":"9"}],)"
    R"("disputes":[{"dispute_id":"D0","matters":["7"],"position":"8","rule":"STANDS"}],)"
    R"("earliest_if_held":null,"engine":"waymark-clause/1","flags":["DISPUTED"],)"
    R"("gaps":[{"counted":false,"explained":null,"first":"2024-10-01","focus":"PI-CS",)"
    R"("last":"2024-10-05","read_as":"STALE"}],"known_at":"10","left_out":[{"focus":"PI-CS",)"
    R"("position":"3","superseded_by":"4","why":"SUPERSEDED"},{"focus":"PI-CS",)"
    R"("position":"5","superseded_by":null,"why":"PROVISIONAL"},{"focus":"PI-CS",)"
    R"("position":"7","superseded_by":null,"why":"UNCOVERED"}],"nodes":[{"day":"2024-10-05",)"
    R"("days_read":[],"disputed":false,"focus":null,"kind":"all","outcome":"INDETERMINATE",)"
    R"("path":"rule","positions":[],"values":{}},{"day":"2024-10-05",)"
    R"("days_read":[{"first":"2024-03-31","focus":"PI-CS","last":"2024-10-05"}],)"
    R"("disputed":true,"focus":"PI-CS","kind":"sustained","outcome":"INDETERMINATE",)"
    R"("path":"rule.all[0]","positions":["4","6","7"],)"
    R"("values":{"bridges":[{"first":"2024-08-01","last":"2024-08-10"}],"counted_days":173,)"
    R"("days":183,"level":3,"months":6,"net_days":173,"paused_since":"2024-10-01",)"
    R"("since":"2024-04-01","state":"STALE","through":"2024-09-30"}},{"day":"2024-10-05",)"
    R"("days_read":[{"first":"2024-10-05","focus":"SE-AM","last":"2024-10-05"},)"
    R"({"first":"2024-10-05","focus":"SE-NM","last":"2024-10-05"}],"disputed":false,)"
    R"("focus":null,"kind":"category_mean","outcome":"INDETERMINATE","path":"rule.all[1]",)"
    R"("positions":[],"values":{"high":"5","levels":[{"focus":"SE-AM","level":null,)"
    R"("state":"UNDETERMINED"},{"focus":"SE-NM","level":null,"state":"UNDETERMINED"}],)"
    R"("low":"0","threshold":"7/2","value":null}}],"outcome":"INDETERMINATE",)"
    R"("parameters":{"dispute_rule":null,"evidence_expiry":null,"gap_policy":null,)"
    R"("grace_days":30,"measure":"SPAN"},"policies":{"AUTHORITY_DEFAULT_GAP":"HOLD",)"
    R"("DISPUTE_RULE":"STANDS","EVIDENCE_EXPIRY":"FLAG","GAP_POLICY":"STALE",)"
    R"("GRACE_DAYS":"0","MONTH_RULE":"BEGINNING_WITH","TARGET_TEST":"HELD_ON_DUE_DAY",)"
    R"("UNLADDERED_IN_ALL":"INDETERMINATE"},"policy_changes":[{"effective_on":"2024-10-01",)"
    R"("key":"GAP_POLICY","position":"10","value":"STALE"}],)"
    R"("root":"abababababababababababababababababababababababababababababababab",)"
    R"("statement":"This is what the clause, as encoded,)"
    R"( yields from the events known. It decides nothing: any decision is the Authorities',)"
    R"( and any answer to an offer is the provider's."})";

TEST(ClauseExplanation, BytesAreFrozen) {
  const ClauseFacts facts = Facts();
  EXPECT_EQ(Explain(facts.state, kClause, "2024-10-05", facts.head), kFrozen);
}

TEST(ClauseExplanation, IsTheSameFromAStateThatKnowsMore) {
  const ClauseFacts facts = Facts();
  ClauseFacts later = Facts();
  later.On("2024-10-06").Determine("PI-CS", 1, "2024-04-15");
  later.Supersedes("PI-CS", 7);
  later.SetPolicy(v1::POLICY_KEY_DISPUTE_RULE, "HOLD_OFF", "2024-04-01");
  EXPECT_EQ(Explain(later.state, kClause, "2024-10-05", facts.head),
            Explain(facts.state, kClause, "2024-10-05", facts.head));
}

TEST(ClauseExplanation, NamesADeterminationThatANewMatrixVersionEnded) {
  ClauseFacts facts;
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01").matrix_version = "v1";
  facts.state.drafts.push_back({facts.Record(), "v2", NineFocuses()});
  facts.On("2024-07-01").Adopt("v2", "2024-07-01").carry["PI-CS"].rule = v1::CARRY_RULE_REASSESS;
  const std::string record = Explain(
      facts.state, "rule { level_at_least { focus: 'PI-CS' level: 3 } }", "2024-08-01", facts.head);
  EXPECT_THAT(record, HasSubstr(R"("outcome":"INDETERMINATE")"));
  EXPECT_THAT(record, HasSubstr(R"("position":"3","superseded_by":null,"why":"OTHER_VERSION")"));
}

TEST(ClauseExplanation, SaysFromWhenTheClauseWouldBeSatisfied) {
  ClauseFacts facts;
  facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
  const std::string clause = "rule { sustained { focus: 'PI-CS' level: 3 months: 6 } }";
  EXPECT_THAT(Explain(facts.state, clause, "2024-08-01", facts.head),
              HasSubstr(R"("counterfactual":"It would be satisfied from 2024-09-30)"));
  EXPECT_THAT(Explain(facts.state, clause, "2024-12-01", facts.head),
              HasSubstr(R"("earliest_if_held":"2024-12-01")"));
}

}  // namespace
}  // namespace waymark::test
