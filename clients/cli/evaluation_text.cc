#include "clients/cli/evaluation_text.h"

#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/command.h"
#include "ledger/merkle/encoding.h"
#include "nlohmann/json.hpp"

namespace waymark::cli {
namespace {

using nlohmann::json;

absl::string_view WithoutPrefix(const std::string& name, absl::string_view prefix) {
  return absl::string_view(name).substr(prefix.size());
}

// "since 2024-10-01, months 6": what the record says, nothing computed here. Lists and what is not
// there are left to the record itself.
std::string ValuesText(const std::string& canonical) {
  const json values = json::parse(canonical, nullptr, /*allow_exceptions=*/false);
  std::vector<std::string> parts;
  if (!values.is_object()) return "";
  for (const auto& [name, value] : values.items()) {
    if (value.is_null() || value.is_structured()) continue;
    parts.push_back(
        absl::StrCat(name, " ", value.is_string() ? value.get<std::string>() : value.dump()));
  }
  return Printable(absl::StrJoin(parts, ", "));
}

// How deep a node lies is how many steps its path has.
size_t DepthOf(const v1::EvaluateClauseReply& reply, int index) {
  size_t depth = 0;
  for (int i = 0; i < index; ++i) {
    const v1::NodeStanding& above = reply.nodes(i);
    depth += !above.is_leaf() && absl::StartsWith(reply.nodes(index).path(), above.path()) &&
             above.path().size() < reply.nodes(index).path().size();
  }
  return depth;
}

void PrintNodes(const v1::EvaluateClauseReply& reply) {
  Table table({"Node", "Focus", "Outcome", "Found", "Rests on"});
  for (int i = 0; i < reply.nodes_size(); ++i) {
    const v1::NodeStanding& node = reply.nodes(i);
    std::string outcome(NameOf(node.outcome()));
    if (node.disputed()) outcome += " DISPUTED";
    table.Add({std::string(2 * DepthOf(reply, i), ' ') + node.kind(),
               node.focus(),
               {outcome, ColourOf(node.outcome())},
               ValuesText(node.values()),
               absl::StrJoin(node.positions(), ", ")});
  }
  table.Print(std::cout);
}

std::string Word(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return "–";
  return Printable(found->is_string() ? found->get<std::string>() : found->dump());
}

// One line an entry of a list of the record, with what each of its fields holds.
void PrintList(const json& record, const char* list, const char* title,
               const std::vector<const char*>& fields) {
  const auto found = record.find(list);
  if (found == record.end() || found->empty()) return;
  std::cout << "\n" << Paint(title, Colour::kBold) << "\n";
  for (const json& entry : *found) {
    std::vector<std::string> parts;
    for (const char* field : fields) {
      const std::string word = Word(entry, field);
      if (word != "–") parts.push_back(absl::StrCat(field, " ", word));
    }
    std::cout << "  " << absl::StrJoin(parts, ", ") << "\n";
  }
}

void PrintAccount(const json& record) {
  PrintList(record, "left_out", "Left out", {"focus", "position", "why", "superseded_by"});
  PrintList(record, "gaps", "Days that no determination speaks for",
            {"focus", "first", "last", "read_as", "explained"});
  PrintList(record, "bridges", "Lapses bridged by grace", {"focus", "first", "last", "grace_days"});
  PrintList(record, "disputes", "Open disputes", {"dispute_id", "position", "rule"});
  PrintList(record, "dependencies", "Owed between the parties; listed, never netted off",
            {"dependency_id", "owed_by", "focus", "due", "discharged_on", "position"});
}

}  // namespace

absl::string_view NameOf(v1::ClauseOutcome outcome) {
  return WithoutPrefix(v1::ClauseOutcome_Name(outcome), "CLAUSE_OUTCOME_");
}

Colour ColourOf(v1::ClauseOutcome outcome) {
  if (outcome == v1::CLAUSE_OUTCOME_SATISFIED) return Colour::kGreen;
  return outcome == v1::CLAUSE_OUTCOME_NOT_SATISFIED ? Colour::kRed : Colour::kYellow;
}

void PrintEvaluation(const v1::EvaluateClauseReply& reply) {
  const v1::Clause& clause = reply.clause();
  std::cout << "Clause " << Paint(Printable(clause.clause_id()), Colour::kBold) << ", version "
            << clause.version() << ": "
            << Paint(NameOf(reply.outcome()), ColourOf(reply.outcome()));
  if (!reply.flags().empty()) {
    std::cout << "  " << Paint(absl::StrJoin(reply.flags(), " "), Colour::kYellow);
  }
  std::cout << "\n\n";
  for (const std::string& line : reply.in_words()) std::cout << "  " << Printable(line) << "\n";
  std::cout << "\n";
  PrintNodes(reply);
  const json record = json::parse(reply.explanation(), nullptr, /*allow_exceptions=*/false);
  if (record.is_object()) {
    PrintAccount(record);
    std::cout << "\n"
              << Word(record, "counterfactual") << "\n"
              << Word(record, "statement") << "\n";
  }
  std::cout << Paint(absl::StrCat("Record ", merkle::ToHex(reply.explanation_digest()), " by ",
                                  reply.engine(), ", root ", merkle::ToHex(reply.root())),
                     Colour::kDim)
            << "\n";
}

}  // namespace waymark::cli
