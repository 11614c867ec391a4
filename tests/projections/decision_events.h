// This header defines events about clauses, written without asking the rules: what is evaluated,
// decided, carried out, reviewed and offered in tests.
#ifndef WAYMARK_TESTS_PROJECTIONS_DECISION_EVENTS_H_
#define WAYMARK_TESTS_PROJECTIONS_DECISION_EVENTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/base/types.h"
#include "waymark/v1/event.pb.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::test {

// Version 1 of a REWARD clause that ENTITLES, in force from 2022; `rest` is protobuf text that adds
// to it, such as its rule.
v1::Clause ClauseOf(const std::string& clause_id, const std::string& rest);
v1::ClauseSetRecorded ClauseSet(const std::vector<v1::Clause>& clauses);
v1::ClauseVaried Varied(const v1::Clause& clause, absl::CivilDay from);

// What the reply says, as it is put on record.
v1::ClauseEvaluated Evaluated(const v1::EvaluateClauseReply& reply);
v1::BoardMatterRecorded Recommended(Position matter, const std::string& dissent = "");
v1::RewardDecided Rewarded(const std::string& clause_id, Position evaluation,
                           v1::DecisionChoice choice, std::optional<int64_t> pence = {});
v1::SanctionDecided Sanctioned(const std::string& clause_id, Position evaluation,
                               v1::DecisionChoice choice);
v1::DecisionCarriedOut CarriedOut(Position decision, v1::DecisionAct act, int64_t pence);
v1::DecisionBasisChanged BasisChanged(Position decision, Position before, Position after,
                                      Position cause);
v1::DecisionReviewed Reviewed(Position decision, Position basis_change, v1::ReviewOutcome outcome);

v1::ExtensionOffered Offered(const std::string& offer_id, const std::string& clause_id,
                             Position evaluation, absl::CivilDay respond_by);
v1::ExtensionAnswered Answered(const std::string& offer_id, v1::ExtensionAnswer answer);
v1::ExtensionOfferEnded OfferEnded(const std::string& offer_id, v1::OfferEndCause cause,
                                   absl::CivilDay on);
v1::ServicePeriodExtended Extended(const std::string& offer_id, absl::CivilDay new_end);
v1::ImprovementNoticeServed NoticeServed(const std::string& notice_id, const std::string& focus,
                                         absl::CivilDay on);

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_PROJECTIONS_DECISION_EVENTS_H_
