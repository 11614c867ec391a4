// The evidence register: what was submitted, and what became of it.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ledger/base/limits.h"
#include "ledger/base/status_macros.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/evidence_items.h"
#include "projections/maturity/page.h"
#include "projections/maturity/page_token.h"
#include "projections/maturity/queries.h"

namespace waymark::maturity {

absl::StatusOr<v1::ListEvidenceReply> Queries::ListEvidence(const v1::ListEvidenceRequest& request,
                                                            UnixMicros now) {
  ASSIGN_OR_RETURN(Page page, Page::OfSize(request.page_size()));
  const std::string asked = AskedIn(request, hash_);
  EvidenceListing listing;
  listing.focus = request.focus();
  listing.examined_max = kEvidenceExaminedMax;
  v1::Question question = request.question();
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const PagePlace place, ReadPageToken(request.page_token(), asked));
    question = AskedAgain(std::move(question), place);
    listing.from = Position{place.next};
  }
  v1::ListEvidenceReply reply;
  Settled at;
  absl::TimeZone zone;
  ASSIGN_OR_RETURN(
      const std::shared_ptr<const View> view,
      Ask(question, now, reply.mutable_basis(), [&](const Found& found) -> absl::Status {
        at = found.at;
        zone = found.state.time_zone;
        return request.focus().empty() ? absl::OkStatus()
                                       : CheckFocus(found.state, request.focus());
      }));
  // Items are read one by one, so the contract is left to other questions meanwhile.
  const EvidenceItems items(*view, log_, hash_, request.question().contract_id(), zone);
  listing.until = at.known;
  if (!request.evidence_id().empty()) {
    ASSIGN_OR_RETURN(const std::optional<EvidenceItem> item, items.Find(request.evidence_id()));
    if (item && item->known.position.value < at.known.value && Names(*item, request.focus())) {
      *reply.add_items() = ToEvidenceStanding(*item, at.known, at.as_of, zone);
    }
    return reply;
  }
  const auto take = [&](const EvidenceItem& item) {
    v1::EvidenceStanding standing = ToEvidenceStanding(item, at.known, at.as_of, zone);
    if (!page.Takes(standing)) return false;
    *reply.add_items() = std::move(standing);
    return true;
  };
  ASSIGN_OR_RETURN(const std::optional<Position> next, items.List(listing, take));
  if (next) reply.set_next_page_token(PageTokenOf({at.as_of, at.known, next->value}, asked));
  return reply;
}

}  // namespace waymark::maturity
