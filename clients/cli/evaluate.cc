// waymark evaluate: what a clause says, and why.
#include "clients/cli/evaluate.h"

#include <iostream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/author.h"
#include "clients/cli/command.h"
#include "clients/cli/evaluation_text.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "waymark/v1/event.pb.h"

namespace waymark::cli {
namespace {

struct EvaluateOptions {
  QuestionOptions question;
  std::string clause, out;
  std::optional<uint32_t> version;
  bool record = false;
  AuthorOptions author;
};

absl::StatusOr<uint64_t> Record(const Program& program, const EvaluateOptions& options,
                                const v1::EvaluateClauseReply& reply) {
  ASSIGN_OR_RETURN(v1::ClauseEvaluated event, EventOf(reply));
  options.author.FillCommon(event.mutable_common());
  ASSIGN_OR_RETURN(
      const v1::AppendReply appended,
      options.author.Append(program, options.question.contract,
                            [&event](RequestBuilder& request) { request.Add(event); }));
  return appended.receipt().fixed().events(0).position();
}

absl::Status Evaluate(const Program& program, const EvaluateOptions& options) {
  v1::EvaluateClauseRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.question.Build());
  request.set_clause_id(options.clause);
  if (options.version) request.set_version(*options.version);
  ASSIGN_OR_RETURN(const v1::EvaluateClauseReply reply, program.Connect().EvaluateClause(request));
  if (!options.out.empty()) RETURN_IF_ERROR(WriteNewFile(options.out, reply.explanation()));
  std::optional<uint64_t> position;
  if (options.record) {
    ASSIGN_OR_RETURN(position, Record(program, options, reply));
  }
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), "");
  PrintEvaluation(reply);
  if (!options.out.empty()) std::cout << "Wrote the record to " << options.out << "\n";
  if (position) std::cout << "Recorded at position " << *position << "\n";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ClauseEvaluated> EventOf(const v1::EvaluateClauseReply& reply) {
  if (reply.basis().known() == 0) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "NOTHING_KNOWN",
                   "an evaluation that knows no event has no basis to record", -1, "known_at"});
  }
  v1::ClauseEvaluated event;
  if (!reply.basis().matrix_version().empty()) {
    event.mutable_common()->set_matrix_version(reply.basis().matrix_version());
  }
  if (!reply.basis().matrix_version().empty()) {
    event.mutable_common()->set_matrix_version(reply.basis().matrix_version());
  }
  event.set_clause_id(reply.clause().clause_id());
  event.set_clause_version(reply.clause().version());
  *event.mutable_as_of() = reply.basis().as_of();
  event.set_known_at(reply.basis().known() - 1);
  event.set_outcome(reply.outcome());
  event.set_explanation(reply.explanation());
  event.set_explanation_digest(reply.explanation_digest());
  event.set_engine(reply.engine());
  return event;
}

void AddEvaluateCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = AddCommand(
      app, program, "evaluate",
      "What a clause says on a day, as known at any moment: outcome, what it rests on, what was "
      "left out and why, and from when it would be satisfied",
      "waymark evaluate --contract HIGHWAYS-1 --clause steady-service --as-of 2025-03-31",
      [&program, options] { return Evaluate(program, *options); });
  options->question.AddTo(command);
  command->add_option("--clause", options->clause, "Id of the clause")->required()->check(Name());
  command->add_option("--clause-version", options->version, "Not the one that applies on that day")
      ->check(WholeNumber<uint32_t>());
  command->add_option("--out", options->out,
                      "Also write the explanation record, canonical JSON, to this new file");
  command->add_flag("--record", options->record,
                    "Also record it as ClauseEvaluated, for a decision to cite; see --party, "
                    "--role");
  options->author.AddTo(command);
}

}  // namespace waymark::cli
