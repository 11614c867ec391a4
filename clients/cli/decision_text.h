// This header defines how decisions read on a terminal.
#ifndef WAYMARK_CLIENTS_CLI_DECISION_TEXT_H_
#define WAYMARK_CLIENTS_CLI_DECISION_TEXT_H_

#include <string>

#include "clients/cli/terminal.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::cli {

// "£12,500.00", or "–".
std::string Pounds(bool present, const v1::Money& money);

// "REWARD", "SANCTION" or "OFFER".
std::string KindOf(const v1::DecisionStanding& decision);

// What was chosen; of an offer how far it has come.
Text ChoiceOf(const v1::DecisionStanding& decision);

// Flags, and what the decision waits for: "AGAINST_OUTCOME TO_REVIEW".
Text FlagsOf(const v1::DecisionStanding& decision);

// The name of an enumerator without its prefix, such as "UPHELD" of REVIEW_OUTCOME_UPHELD.
template <typename Enum>
std::string Word(Enum value) {
  const auto* const type = google::protobuf::GetEnumDescriptor<Enum>();
  const auto* const found = type->FindValueByNumber(value);
  // The first value is the prefix and UNSPECIFIED.
  const size_t prefix = type->value(0)->name().size() - std::string("UNSPECIFIED").size();
  return found == nullptr ? "?" : found->name().substr(prefix);
}

// A decision as a page: what was decided, by whom, and what became of it.
void PrintDecision(const v1::DecisionStanding& decision);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_DECISION_TEXT_H_
