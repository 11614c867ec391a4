// The evidence register: what was submitted, and what became of it.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/evidence_items.h"
#include "projections/maturity/page.h"
#include "projections/maturity/queries.h"

namespace waymark::maturity {
namespace {

absl::StatusOr<EvidenceListing> ListingOf(const v1::ListEvidenceRequest& request) {
  EvidenceListing listing;
  listing.focus = request.focus();
  listing.examined_max = kEvidenceExaminedMax;
  if (!request.page_token().empty() &&
      !absl::SimpleAtoi(request.page_token(), &listing.from.value)) {
    return Refuse({absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
                   "page_token: not one that a reply gave", -1, "page_token"});
  }
  return listing;
}

}  // namespace

absl::StatusOr<v1::ListEvidenceReply> Queries::ListEvidence(const v1::ListEvidenceRequest& request,
                                                            UnixMicros now) {
  ASSIGN_OR_RETURN(Page page, Page::OfSize(request.page_size()));
  ASSIGN_OR_RETURN(EvidenceListing listing, ListingOf(request));
  v1::ListEvidenceReply reply;
  Settled at;
  absl::TimeZone zone;
  ASSIGN_OR_RETURN(
      const std::shared_ptr<const View> view,
      Ask(request.question(), now, reply.mutable_basis(), [&](const Found& found) -> absl::Status {
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
  if (next) reply.set_next_page_token(absl::StrCat(next->value));
  return reply;
}

}  // namespace waymark::maturity
