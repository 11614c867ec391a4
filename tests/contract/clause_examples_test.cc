// The worked examples of clauses, played on facts put straight into a state. The fixture lays the
// clause, as the rules check it, over the matrix of nine focuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "clients/cpp/event_json.h"
#include "ledger/contract/clause_check.h"
#include "tests/contract/clause_facts.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using nlohmann::json;

json Examples() {
  std::ifstream file(WAYMARK_SOURCE_DIR "/tests/clauses.json");
  std::stringstream text;
  text << file.rdbuf();
  return ParseJson(text.str()).value();
}

v1::Clause ClauseOf(json example) {
  json parameters = json::object();
  for (const char* key :
       {"gap_policy", "grace_days", "dispute_rule", "evidence_expiry", "measure"}) {
    if (!example.contains(key)) continue;
    parameters[key] = example[key];
    example.erase(key);
  }
  example["parameters"] = parameters;
  example["words"] = "as the example has it";
  v1::Clause clause;
  const absl::Status read = JsonToMessage(example, nullptr, &clause);
  EXPECT_THAT(read, IsOk());
  clause.set_words_digest(std::string(32, 'd'));
  return clause;
}

std::string Today(const json& event) {
  return event["recorded_at"].get<std::string>().substr(0, 10);
}

// What the fact of an event is, as far as the examples use it.
void Play(const json& event, uint64_t first, ClauseFacts* facts) {
  facts->On(Today(event));
  const std::string type = event["type"];
  if (type == "LevelDetermined") {
    facts->Determine(event["focus"], event["level"], event["effective_on"].get<std::string>());
  } else if (type == "ImprovementNoticeServed") {
    ImprovementNotice& notice =
        facts->Notice("N1", event["focus"], event["served_on"].get<std::string>());
    notice.clause_id = event["clause_id"];
    notice.cure_to = Day(event["cure_to"].get<std::string>());
  } else if (type == "DisputeNotified") {
    Dispute dispute{facts->Record(), event["dispute_id"], {}, {}};
    for (const json& matter : event["matters"]) {
      dispute.matters.push_back(Position{first + matter.get<uint64_t>()});
    }
    facts->state.disputes[dispute.dispute_id] = dispute;
  } else {
    facts->Record();
  }
}

// Everything the example expects of one object is so in the other.
void ExpectWithin(const json& expected, const json& found, const std::string& where) {
  for (const auto& [key, value] : expected.items()) {
    EXPECT_EQ(found.value(key, json()), value) << where << " " << key << " in " << found.dump();
  }
}

json LeafOf(const NodeResult& leaf) {
  json found = json::parse(leaf.values.Canonical());
  found["leaf"] = std::string(leaf.kind);
  found["focus"] = leaf.focus;
  found["outcome"] = OutcomeWord(leaf.outcome);
  return found;
}

void ExpectEvaluation(const json& example, const v1::Clause& clause, const ClauseFacts& facts) {
  const json& ask = example["ask"];
  TreeSize known = facts.head;
  if (ask.contains("known_at")) {
    // What was recorded later is not known.
    for (const json& event : example["given"]) {
      known.value -= Day(Today(event)) > Day(ask["known_at"].get<std::string>());
    }
  }
  const Evaluation said =
      EvaluateClause(facts.state, clause, Day(ask["as_of"].get<std::string>()), known);
  const json& expect = example["expect"];
  EXPECT_EQ(OutcomeWord(said.outcome), expect["outcome"]);
  EXPECT_EQ(json(FlagWords(said.flags)), expect["flags"]);
  const std::vector<const NodeResult*> leaves = LeavesOf(said);
  ASSERT_EQ(leaves.size(), expect["leaves"].size());
  for (size_t i = 0; i < leaves.size(); ++i) {
    ExpectWithin(expect["leaves"][i], LeafOf(*leaves[i]), absl::StrCat("leaf ", i));
  }
  for (const NodeResult* node : NodesOf(said)) {
    if (node->kind != "count_of_focuses") continue;
    EXPECT_EQ(json::parse(node->values.Canonical())["count"], expect["count"]);
  }
}

TEST(ClauseExamples, ComeOutAsExpected) {
  int played = 0;
  for (const json& example : Examples()) {
    SCOPED_TRACE(example["id"]);
    ClauseFacts facts;
    const uint64_t first = facts.head.value;
    for (const json& event : example["given"]) Play(event, first, &facts);
    const v1::Clause clause = ClauseOf(example["clause"]);
    Violations violations;
    ShapeCheck check(0, &violations);
    CheckClause(clause, "clause", &check);
    ClauseNames names;
    names.Add(NineFocuses());
    EXPECT_TRUE(FindUnknownNames(clause, "clause", names).empty());
    ++played;
    if (example["ask"]["question"] == "record_clause") {
      EXPECT_THAT(violations.ToStatus(),
                  RefusedWith(example["expect"]["reason"].get<std::string>()));
      continue;
    }
    ASSERT_TRUE(violations.empty());
    ExpectEvaluation(example, clause, facts);
  }
  EXPECT_EQ(played, 17);
}

}  // namespace
}  // namespace waymark::test
