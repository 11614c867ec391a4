// The evidence register: what was submitted, and what became of it.
#include <algorithm>
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
#include "projections/maturity/queries.h"

namespace waymark::maturity {
namespace {

absl::StatusOr<EvidenceListing> ListingOf(const v1::ListEvidenceRequest& request) {
  EvidenceListing listing;
  listing.focus = request.focus();
  listing.items_max = request.page_size() == 0 ? kEvidencePageDefault : request.page_size();
  listing.examined_max = kEvidenceExaminedMax;
  if (listing.items_max > kEvidencePageMax) {
    return Refuse({absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID",
                   absl::StrCat("page_size: ", listing.items_max, ", at most ", kEvidencePageMax),
                   -1, "page_size"});
  }
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
  ASSIGN_OR_RETURN(EvidenceListing listing, ListingOf(request));
  v1::ListEvidenceReply reply;
  Settled at;
  absl::TimeZone zone;
  ASSIGN_OR_RETURN(
      const std::shared_ptr<const View> view,
      Ask(request.question(), now, reply.mutable_basis(), [&](const Found& found) -> absl::Status {
        at = found.at;
        zone = found.state.time_zone;
        if (request.focus().empty() || found.state.focus_codes.contains(request.focus())) {
          return absl::OkStatus();
        }
        return Refuse({absl::StatusCode::kNotFound, "FOCUS_UNKNOWN",
                       absl::StrCat("focus: no matrix of contract ", found.state.contract_id,
                                    " has \"", request.focus(), "\""),
                       -1, "focus"});
      }));
  // Items are read one by one, so the contract is left to other questions meanwhile.
  const EvidenceItems items(*view, log_, hash_, request.question().contract_id(), zone);
  EvidencePage page;
  listing.until = at.known;
  if (request.evidence_id().empty()) {
    ASSIGN_OR_RETURN(page, items.List(listing));
  } else {
    ASSIGN_OR_RETURN(std::optional<EvidenceItem> item, items.Find(request.evidence_id()));
    const bool listed =
        item && item->known.position.value < at.known.value &&
        (request.focus().empty() ||
         std::count(item->focuses.begin(), item->focuses.end(), request.focus()) > 0);
    if (listed) page.items.push_back(*std::move(item));
  }
  for (const EvidenceItem& item : page.items) {
    *reply.add_items() = ToEvidenceStanding(item, at.known, at.as_of, zone);
  }
  if (page.next) reply.set_next_page_token(absl::StrCat(page.next->value));
  return reply;
}

}  // namespace waymark::maturity
