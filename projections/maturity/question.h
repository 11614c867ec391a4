// This header defines what is common to all questions: whose contract, at which day, as known when.
// A question is settled once, into plain values; what answers it names the same values again, so
// that it can be asked again.
//
//   ASSIGN_OR_RETURN(const Settled settled, Settle(question, contract, log, now));
//   SetBasis(settled, contract, log.identity(), reply.mutable_basis());
#ifndef WAYMARK_PROJECTIONS_MATURITY_QUESTION_H_
#define WAYMARK_PROJECTIONS_MATURITY_QUESTION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"
#include "projections/maturity/viewed_contracts.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::maturity {

struct Settled {
  absl::CivilDay as_of;
  // Number of events known.
  TreeSize known;
};

// All that can be told without the contract: InvalidArgument FIELD_MISSING, FIELD_TOO_LONG,
// DATE_INVALID, INSTANT_INVALID.
absl::Status CheckQuestion(const v1::Question& question);

// `now` is the ledger's own time: as_of may not lie after its day. OutOfRange AS_OF_IN_FUTURE,
// KNOWN_AT_BEYOND_HEAD; Unavailable PROJECTION_BEHIND where the view has not applied what is asked
// for, with metadata applied and needed. More comes to a day or an instant of known_at that is not
// over: then a view that has applied min_position is enough. REQUIRES: CheckQuestion(question) is
// OK.
absl::StatusOr<Settled> Settle(const v1::Question& question, const ViewedContract& contract,
                               const EventLog& log, UnixMicros now);

// The same with known cut to what was recorded by the end of as_of.
absl::StatusOr<Settled> WithoutHindsight(Settled settled, const ViewedContract& contract,
                                         const EventLog& log);

// NotFound FOCUS_UNKNOWN where no matrix of the contract has the focus.
absl::Status CheckFocus(const ContractState& state, const std::string& focus);
// NotFound CLAUSE_UNKNOWN where no version of the clause is known.
absl::Status CheckClause(const ContractState& state, const std::string& clause_id,
                         const Settled& at);

// Day, knowledge and matrix version of a basis.
void SetMoment(const Settled& settled, const ContractState& state, v1::Basis* basis);
void SetBasis(const Settled& settled, const ViewedContract& contract, const View& view,
              const LedgerIdentity& ledger, v1::Basis* basis);

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_QUESTION_H_
