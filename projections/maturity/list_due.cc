// What is due on a contract.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/due.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/page.h"
#include "projections/maturity/queries.h"

namespace waymark::maturity {

absl::StatusOr<v1::ListDueReply> Queries::ListDue(const v1::ListDueRequest& request,
                                                  UnixMicros now) {
  if (request.days_ahead() > static_cast<uint32_t>(kDaysAheadMax)) {
    return Refuse({absl::StatusCode::kInvalidArgument, "DAYS_AHEAD_INVALID",
                   absl::StrCat("days_ahead: ", request.days_ahead(), ", at most ", kDaysAheadMax),
                   -1, "days_ahead"});
  }
  const int days_ahead =
      request.days_ahead() == 0 ? kDaysAheadDefault : static_cast<int>(request.days_ahead());
  // A list without pages, so one that a page does not hold is not given in part.
  ASSIGN_OR_RETURN(Page page, Page::OfSize(kPageEntriesMax));
  v1::ListDueReply reply;
  const auto answer = [&](const Found& found) -> absl::Status {
    const absl::CivilDay as_of = found.at.as_of;
    for (const DueItem& item : FindDue(found.state, as_of, found.at.known, days_ahead)) {
      v1::DueItem word = ToDueItem(item, as_of);
      if (!page.Takes(word)) {
        return Refuse(
            {absl::StatusCode::kFailedPrecondition, "TOO_MANY_DUE",
             "days_ahead: more is due than one answer holds; ask for fewer days, or for an "
             "earlier as_of",
             -1, "days_ahead"});
      }
      *reply.add_items() = std::move(word);
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(
      Ask(request.question(), now, reply.mutable_basis(), answer, Hindsight::kNo).status());
  return reply;
}

}  // namespace waymark::maturity
