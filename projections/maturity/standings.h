// This header defines where every focus stands: the body of the answer to GetStandings, for whoever
// has a contract's state already.
//
//   v1::GetStandingsReply reply;
//   AddStandings(state, {as_of, known}, {}, &reply);   // every focus, in matrix order
//
// Pure; safe from any thread on a state that no one changes.
#ifndef WAYMARK_PROJECTIONS_MATURITY_STANDINGS_H_
#define WAYMARK_PROJECTIONS_MATURITY_STANDINGS_H_

#include <string>
#include <vector>

#include "ledger/contract/state.h"
#include "projections/maturity/question.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::maturity {

// Everything but the basis. Without focuses, all of them: in matrix order, or before any version is
// in force those that some event names. REQUIRES: a registered contract, and focuses that it has.
void AddStandings(const ContractState& state, const Settled& at, std::vector<std::string> focuses,
                  v1::GetStandingsReply* reply);

// One of them. REQUIRES: a focus that some matrix of the contract has.
v1::FocusStanding StandingOf(const ContractState& state, const std::string& focus,
                             const Settled& at);

// The codes of all of them, in that order.
std::vector<std::string> AllFocuses(const ContractState& state, const Settled& at);

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_STANDINGS_H_
