// This header defines how an evaluation reads on a terminal: what came out, why, node by node, and
// what it rests on and left out, as its explanation record has it.
#ifndef WAYMARK_CLIENTS_CLI_EVALUATION_TEXT_H_
#define WAYMARK_CLIENTS_CLI_EVALUATION_TEXT_H_

#include "absl/strings/string_view.h"
#include "clients/cli/terminal.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::cli {

// The enumerator without its prefix, such as "NOT_SATISFIED".
absl::string_view NameOf(v1::ClauseOutcome outcome);
Colour ColourOf(v1::ClauseOutcome outcome);

// All of it but the basis.
void PrintEvaluation(const v1::EvaluateClauseReply& reply);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_EVALUATION_TEXT_H_
