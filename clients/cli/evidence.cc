// waymark evidence list: the evidence register.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

struct EvidenceOptions {
  QuestionOptions question;
  std::string focus, evidence_id;
  int limit = 500;
};

Text InTime(const v1::EvidenceStanding& item) {
  if (!item.has_in_time()) return {"–", Colour::kDim};
  return item.in_time() ? Text("yes", Colour::kGreen) : Text("late", Colour::kRed);
}

absl::Status ListEvidence(const Program& program, const EvidenceOptions& options) {
  v1::ListEvidenceRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.question.Build());
  request.set_focus(options.focus);
  request.set_evidence_id(options.evidence_id);
  request.set_page_size(options.limit);
  ASSIGN_OR_RETURN(const v1::ListEvidenceReply reply, program.Connect().ListEvidence(request));
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), "evidence register");
  if (reply.items().empty()) {
    std::cout << "No evidence matches.\n";
    return absl::OkStatus();
  }
  Table table(
      {"Item", "Type", "Focuses", "Recorded", "Due", "In time", "Valid to", "Status", "Position"});
  table.AlignRight(8);
  for (const v1::EvidenceStanding& item : reply.items()) {
    const auto* type = v1::EvidenceType_descriptor()->FindValueByNumber(item.evidence_type());
    table.Add(
        {item.evidence_id(),
         std::string(absl::StripPrefix(type == nullptr ? "" : type->name(), "EVIDENCE_TYPE_")),
         absl::StrJoin(item.focuses(), " "), item.recorded_local(), Day(item.has_due(), item.due()),
         InTime(item), Day(item.has_valid_to(), item.valid_to()), item.status(),
         absl::StrCat(item.position())});
  }
  table.Print(std::cout);
  if (!reply.next_page_token().empty())
    std::cout << "\nMore follow; raise --limit or narrow with --focus.\n";
  return absl::OkStatus();
}

}  // namespace

void AddEvidenceCommands(CLI::App& app, Program& program) {
  CLI::App* evidence = AddFamily(app, "evidence", "The evidence register",
                                 "waymark evidence list --contract HIGHWAYS-1");
  auto options = std::make_shared<EvidenceOptions>();
  CLI::App* command = AddCommand(*evidence, program, "list",
                                 "Items, when they were recorded, and what became of them",
                                 "waymark evidence list --contract HIGHWAYS-1 --focus PI-CS",
                                 [&program, options] { return ListEvidence(program, *options); });
  options->question.AddTo(command);
  command->add_option("--focus", options->focus, "Only items for this focus")->check(Name());
  command->add_option("--id", options->evidence_id, "Only this item")->check(Name());
  command->add_option("--limit", options->limit, "Most items to print")
      ->check(CLI::Range(1, 5000))
      ->capture_default_str();
}

}  // namespace waymark::cli
