// Rewards, sanctions and offers to extend, page by page, with what became of each.
#include <string>
#include <utility>

#include "ledger/base/status_macros.h"
#include "projections/maturity/decision_standings.h"
#include "projections/maturity/page.h"
#include "projections/maturity/page_token.h"
#include "projections/maturity/queries.h"

namespace waymark::maturity {

absl::StatusOr<v1::ListDecisionsReply> Queries::ListDecisions(
    const v1::ListDecisionsRequest& request, UnixMicros now) {
  ASSIGN_OR_RETURN(Page page, Page::OfSize(request.page_size()));
  const std::string asked = AskedIn(request, hash_);
  v1::Question question = request.question();
  Position first;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const PagePlace place, ReadPageToken(request.page_token(), asked));
    question = AskedAgain(std::move(question), place);
    first = Position{place.next};
  }
  v1::ListDecisionsReply reply;
  const auto answer = [&](const Found& found) -> absl::Status {
    const std::string& clause_id = request.clause_id();
    if (!clause_id.empty()) RETURN_IF_ERROR(CheckClause(found.state, clause_id, found.at));
    for (const DecisionEntry& entry : FindDecisions(found.state, found.at.known)) {
      if (entry.position() < first || (request.to_review() && !entry.to_review())) continue;
      if (!clause_id.empty() && entry.clause_id() != clause_id) continue;
      v1::DecisionStanding standing = ToDecisionStanding(found.state, entry, found.at);
      if (!page.Takes(standing)) {
        const PagePlace next{found.at.as_of, found.at.known, entry.position().value};
        reply.set_next_page_token(PageTokenOf(next, asked));
        return absl::OkStatus();
      }
      *reply.add_decisions() = std::move(standing);
    }
    return reply.decisions().empty() && first.value > 0 ? InvalidPageToken() : absl::OkStatus();
  };
  RETURN_IF_ERROR(Ask(question, now, reply.mutable_basis(), answer).status());
  return reply;
}

}  // namespace waymark::maturity
