// waymark diff: what differs between two moments of knowledge, and the events that explain it.
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/evaluation_text.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

struct DiffOptions {
  QuestionOptions question;
  std::string before;
  std::vector<std::string> focuses, clauses;
};

// "3 DETERMINED since 2024-10-01", with flags and target.
std::string StandingText(const v1::FocusStanding& standing) {
  std::string text(NameOf(standing.state()));
  if (standing.has_level()) text = absl::StrCat(standing.level(), " ", text);
  if (standing.has_condition()) text = standing.condition().met() ? "MET" : "NOT_MET";
  for (const std::string& flag : standing.flags()) absl::StrAppend(&text, " ", flag);
  const v1::ThreeNumbers& numbers = standing.numbers();
  if (numbers.has_sustained()) {
    absl::StrAppend(&text, " since ",
                    Day(numbers.sustained().has_since(), numbers.sustained().since()));
  }
  if (standing.has_target()) {
    absl::StrAppend(&text, ", target ", standing.target().level(), " ",
                    NameOf(standing.target().status()));
  }
  return text;
}

std::string OutcomeText(v1::ClauseOutcome outcome) {
  return outcome == v1::CLAUSE_OUTCOME_UNSPECIFIED ? "not on record" : std::string(NameOf(outcome));
}

void PrintDifference(const std::string& name, const std::string& before, const std::string& after,
                     const google::protobuf::RepeatedPtrField<v1::DifferenceCause>& causes) {
  std::cout << Paint(Printable(name), Colour::kBold) << "\n  " << before << "\n  -> " << after
            << "\n";
  for (const v1::DifferenceCause& cause : causes) {
    std::cout << "     position " << cause.position() << ", "
              << Printable(absl::StripPrefix(cause.event_type(), "waymark.v1.")) << ", "
              << InstantText(cause.recorded_at()) << ": "
              << Paint(absl::StrJoin(cause.changed(), ", "), Colour::kCyan) << "\n";
  }
}

absl::Status Diff(const Program& program, const DiffOptions& options) {
  v1::DiffKnowledgeRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.question.Build());
  RETURN_IF_ERROR(SetKnownAt("--before", options.before, request.mutable_before()));
  for (const std::string& focus : options.focuses) request.add_focuses(focus);
  for (const std::string& clause : options.clauses) request.add_clauses(clause);
  ASSIGN_OR_RETURN(const v1::DiffKnowledgeReply reply, program.Connect().DiffKnowledge(request));
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), "");
  std::cout << "Against what was known "
            << (reply.known_before() == 0 ? std::string("before the first event")
                                          : absl::StrCat("at position ", reply.known_before() - 1))
            << "; the contract has " << Counted(reply.events_between(), "event") << " between\n\n";
  if (reply.focuses().empty() && reply.clauses().empty()) {
    std::cout << "Nothing differs.\n";
    return absl::OkStatus();
  }
  for (const v1::FocusDifference& focus : reply.focuses()) {
    PrintDifference(focus.focus(), StandingText(focus.before()), StandingText(focus.after()),
                    focus.causes());
  }
  for (const v1::ClauseDifference& clause : reply.clauses()) {
    PrintDifference(absl::StrCat("clause ", clause.clause_id()), OutcomeText(clause.before()),
                    OutcomeText(clause.after()), clause.causes());
  }
  return absl::OkStatus();
}

}  // namespace

void AddDiffCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = AddCommand(
      app, program, "diff",
      "What differs between two moments of knowledge, before -> after, and the events that made "
      "the difference",
      "waymark diff --contract HIGHWAYS-1 --as-of 2025-03-31 --before 2025-04-30 --known-at "
      "2025-09-30",
      [&program, options] { return Diff(program, *options); });
  options->question.AddTo(command);
  command
      ->add_option("--before", options->before,
                   "The earlier moment: a position, a day or an instant")
      ->required();
  command->add_option("--focus", options->focuses, "Only this focus; may be given again")
      ->check(Name());
  command->add_option("--clause", options->clauses, "Only this clause; may be given again")
      ->check(Name());
}

}  // namespace waymark::cli
