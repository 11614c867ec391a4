// This header defines Decide: whether the contract's rules let a request pass, and what they notice
// about it. The shape has been checked before (ParseRequest); here it is asked who acts, and what
// the state allows.
//
//   ASSIGN_OR_RETURN(Decision decision, Decide({.contract_id = "A", .principal = "p-17", .events =
//   events,
//                                               .first_position = head, .recorded_at = now},
//                                               &state));
#ifndef WAYMARK_LEDGER_CONTRACT_DECIDE_H_
#define WAYMARK_LEDGER_CONTRACT_DECIDE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/base/types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/ruling.h"
#include "ledger/contract/state.h"

namespace waymark {

// A request as it would be recorded. Refers to what the caller keeps.
struct Proposal {
  absl::string_view contract_id;
  absl::string_view principal;
  // The request carries its author's signature, which has been verified.
  bool is_signed = false;
  // Revision that the first event has to get; Aborted REVISION_STALE if it would get another.
  std::optional<Revision> expected_revision = {};
  // At least one; they passed ParseRequest for this contract.
  absl::Span<const ParsedEvent> events;
  // Position that the first event will get; the others follow without a gap.
  Position first_position;
  UnixMicros recorded_at;
};

struct Decision {
  // In the order of the events; flags of one event in alphabetical order, each once.
  std::vector<RaisedFlag> flags;
};

// Decides the whole request, each event on the state that those before it leave. If all pass,
// `state` has taken them in, exactly as Evolve would; otherwise it is as before. The refusal lists
// all violations of the first event that is refused (who, then what is missing, then the rest, each
// in the catalogue's order); what is wrong with the events behind it cannot be told. Reads no clock
// and no store; the same arguments give the same answer.
absl::StatusOr<Decision> Decide(const Proposal& proposal, ContractState* state);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_DECIDE_H_
