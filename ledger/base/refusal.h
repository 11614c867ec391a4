// This header defines how a refusal travels: an absl::Status that carries, beside code and message,
// a list of violations, each with a stable reason. Every refusal that a caller can meet is made
// here:
//
//   return Refuse({absl::StatusCode::kFailedPrecondition, "LEVEL_NOT_DEFINED",
//                  "PI-CS level 4 is UNDEFINED in the adopted matrix", /*event_index=*/0,
//                  "level"});
#ifndef WAYMARK_LEDGER_BASE_REFUSAL_H_
#define WAYMARK_LEDGER_BASE_REFUSAL_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace waymark {

// One broken rule.
struct Violation {
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
  // Stable word in capitals, such as LEVEL_NOT_DEFINED. Callers switch on it; the message may
  // change.
  std::string reason;
  // What was found, where, and what to do. No line breaks.
  std::string message;
  // Index of the event in its request; -1 where the violation is not about one event.
  int event_index = -1;
  // Path of the field in its message, such as "period.first"; may be empty.
  std::string field;
  // Further facts by name, such as {"head", "257"}.
  std::vector<std::pair<std::string, std::string>> metadata = {};
};

// The first violation gives the status its code and message; all of them travel with it.
// REQUIRES: at least one violation, none with code kOk.
absl::Status Refuse(const std::vector<Violation>& violations);
absl::Status Refuse(const Violation& violation);

// The violations that a status carries; none for OK or for a status that was not made by Refuse.
std::vector<Violation> ViolationsOf(const absl::Status& status);

// The first violation's reason; empty if there is none.
std::string ReasonOf(const absl::Status& status);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_BASE_REFUSAL_H_
