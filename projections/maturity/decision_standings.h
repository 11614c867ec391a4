// This header defines where a decision stands: a reward, a sanction or an offer to extend, with
// what became of it, as known at any moment.
//
//   for (const DecisionEntry& entry : FindDecisions(state, at.known)) {
//     *reply.add_decisions() = ToDecisionStanding(state, entry, at);
//   }
//
// Pure; safe from any thread on a state that no one changes.
#ifndef WAYMARK_PROJECTIONS_MATURITY_DECISION_STANDINGS_H_
#define WAYMARK_PROJECTIONS_MATURITY_DECISION_STANDINGS_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ledger/contract/state.h"
#include "projections/maturity/question.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::maturity {

// A decision with what became of it so far: nothing in it lies beyond what was known when it was
// looked for.
struct DecisionEntry {
  std::variant<ClauseDecision, ExtensionOffer> what;

  Position position() const;
  const std::string& clause_id() const;
  // Of the evaluation that it cites.
  Position evaluation() const;
  // Its basis changed, and the newest change is not reviewed.
  bool to_review() const;
};

// In position order.
std::vector<DecisionEntry> FindDecisions(const ContractState& state, TreeSize known);
// The one at a position; none if that holds no decision, or nothing known.
std::optional<DecisionEntry> FindDecisionAt(const ContractState& state, Position position,
                                            TreeSize known);

// Flags are those that the same record gives the decision again. An offer's state is that on as_of.
v1::DecisionStanding ToDecisionStanding(const ContractState& state, const DecisionEntry& entry,
                                        const Settled& at);

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_DECISION_STANDINGS_H_
