// waymark decisions, waymark explain: what was decided on the clauses, and what was known then.
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/decision_text.h"
#include "clients/cli/evaluation_text.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

struct DecisionsOptions {
  QuestionOptions question;
  std::string clause;
  bool to_review = false;
};

// "–" where the evaluation was erased.
Text OutcomeOf(const v1::DecisionStanding& decision) {
  if (decision.outcome() == v1::CLAUSE_OUTCOME_UNSPECIFIED) return {"–", Colour::kDim};
  return {std::string(NameOf(decision.outcome())), ColourOf(decision.outcome())};
}

absl::Status Decisions(const Program& program, const DecisionsOptions& options) {
  v1::ListDecisionsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.question.Build());
  request.set_clause_id(options.clause);
  request.set_to_review(options.to_review);
  ASSIGN_OR_RETURN(const v1::ListDecisionsReply reply, program.Connect().ListAllDecisions(request));
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), "");
  if (reply.decisions().empty()) {
    std::cout << (options.to_review ? "No decision waits for a review.\n"
                                    : "Nothing has been decided yet.\n");
    return absl::OkStatus();
  }
  Table table({"Position", "Recorded", "Kind", "Clause", "Choice", "Amount", "Outcome", "Flags"});
  table.AlignRight(0).AlignRight(5);
  for (const v1::DecisionStanding& decision : reply.decisions()) {
    table.Add(
        {absl::StrCat(decision.position()), Day(decision.has_recorded_on(), decision.recorded_on()),
         KindOf(decision), decision.clause_id(), ChoiceOf(decision),
         Pounds(decision.has_amount(), decision.amount()), OutcomeOf(decision), FlagsOf(decision)});
  }
  table.Print(std::cout);
  return absl::OkStatus();
}

struct ExplainOptions {
  QuestionOptions question;
  uint64_t position = 0;
};

std::string LevelOf(const v1::FocusStanding& standing) {
  return absl::StrCat(standing.has_level() ? absl::StrCat(standing.level(), " ") : "",
                      NameOf(standing.state()));
}

void PrintBoard(const v1::ExplainDecisionReply& reply) {
  std::cout << "\n" << Paint("What a board said of it", Colour::kBold) << "\n";
  if (reply.board().empty()) std::cout << "  Nothing is on record.\n";
  for (const v1::BoardWord& word : reply.board()) {
    std::cout << "  " << Word(word.outcome()) << " in meeting " << Printable(word.meeting_id())
              << ", minute " << Printable(word.minute()) << ", at position " << word.position()
              << "\n";
    if (!word.dissent().empty()) {
      std::cout << "    dissent: " << Printable(word.dissent()) << "\n";
    }
  }
}

void PrintEvaluationThen(const v1::ExplainDecisionReply& reply) {
  const v1::DecisionStanding& decision = reply.decision();
  std::cout << "\n" << Paint("What it rests on", Colour::kBold) << "\n";
  if (!reply.has_evaluation()) {
    std::cout << "The evaluation at position " << decision.evaluation()
              << " cannot be shown: it, or its clause, has been erased.\n";
    return;
  }
  std::cout << "The evaluation at position " << decision.evaluation() << ", as of "
            << Day(decision.has_evaluated_as_of(), decision.evaluated_as_of())
            << ", as known at position " << decision.evaluated_known_at() << ". Computed again it "
            << (reply.recomputes() ? Paint("comes out the same, byte for byte", Colour::kGreen)
                                   : Paint("differs from the record that was kept", Colour::kRed))
            << ".\n\n";
  PrintEvaluation(reply.evaluation());
}

void PrintFocuses(const v1::ExplainDecisionReply& reply) {
  if (reply.known_then().empty()) return;
  std::cout << "\n"
            << Paint(absl::StrCat("The focuses it reads, as of ",
                                  Day(reply.decision().has_evaluated_as_of(),
                                      reply.decision().evaluated_as_of())),
                     Colour::kBold)
            << "\n";
  Table table({"Focus", "Known then", "Since", "Known now", "Since", "Changed"});
  for (int i = 0; i < reply.known_then_size() && i < reply.known_now_size(); ++i) {
    const v1::FocusStanding& then = reply.known_then(i);
    const v1::FocusStanding& now = reply.known_now(i);
    const bool same = then.SerializeAsString() == now.SerializeAsString();
    const v1::ThreeNumbers& before = then.numbers();
    const v1::ThreeNumbers& after = now.numbers();
    table.Add({then.focus(),
               {LevelOf(then), ColourOf(then.state())},
               Day(before.has_sustained(), before.sustained().since()),
               {LevelOf(now), ColourOf(now.state())},
               Day(after.has_sustained(), after.sustained().since()),
               same ? Text("no", Colour::kDim) : Text("yes", Colour::kYellow)});
  }
  table.Print(std::cout);
}

absl::Status Explain(const Program& program, const ExplainOptions& options) {
  v1::ExplainDecisionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.question.Build());
  request.set_position(options.position);
  ASSIGN_OR_RETURN(const v1::ExplainDecisionReply reply,
                   program.Connect().ExplainDecision(request));
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), "");
  PrintDecision(reply.decision());
  PrintBoard(reply);
  PrintEvaluationThen(reply);
  PrintFocuses(reply);
  return absl::OkStatus();
}

}  // namespace

void AddDecisionCommands(CLI::App& app, Program& program) {
  auto listed = std::make_shared<DecisionsOptions>();
  CLI::App* list = AddCommand(
      app, program, "decisions",
      "Rewards, sanctions and offers to extend, with what became of each and what has to be "
      "reviewed",
      "waymark decisions --contract HIGHWAYS-1 --to-review",
      [&program, listed] { return Decisions(program, *listed); });
  listed->question.AddTo(list);
  list->add_option("--clause", listed->clause, "Only those under this clause")->check(Name());
  list->add_flag("--to-review", listed->to_review,
                 "Only those whose basis has changed and that nobody has reviewed since");

  auto explained = std::make_shared<ExplainOptions>();
  CLI::App* explain = AddCommand(
      app, program, "explain",
      "One decision: what was decided, what was known then, what it rests on, and what has "
      "changed since",
      "waymark explain --contract HIGHWAYS-1 --position 118",
      [&program, explained] { return Explain(program, *explained); });
  explained->question.AddTo(explain);
  explain
      ->add_option("--position", explained->position,
                   "Position of the reward, the sanction or the offer; see waymark decisions")
      ->required()
      ->check(WholeNumber<uint64_t>());
}

}  // namespace waymark::cli
