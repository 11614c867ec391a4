// The timeline of one focus, page by page: its segments, then its determinations as recorded.
#include <algorithm>
#include <string>
#include <utility>

#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/timeline.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/page.h"
#include "projections/maturity/page_token.h"
#include "projections/maturity/queries.h"

namespace waymark::maturity {
namespace {

// Determinations known; a beginning, since they stand in position order.
size_t KnownRecords(const FocusHistory* history, TreeSize known) {
  if (history == nullptr) return 0;
  const auto& all = history->determinations;
  return static_cast<size_t>(std::count_if(all.begin(), all.end(), [&](const auto& one) {
    return one.known.position.value < known.value;
  }));
}

}  // namespace

absl::StatusOr<v1::GetTimelineReply> Queries::GetTimeline(const v1::GetTimelineRequest& request,
                                                          UnixMicros now) {
  if (request.focus().empty()) {
    return Refuse(
        {absl::StatusCode::kInvalidArgument, "FIELD_MISSING", "focus: name one", -1, "focus"});
  }
  ASSIGN_OR_RETURN(Page page, Page::OfSize(request.page_size()));
  const std::string asked = AskedIn(request, hash_);
  v1::Question question = request.question();
  uint64_t first = 0;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const PagePlace place, ReadPageToken(request.page_token(), asked));
    question = AskedAgain(std::move(question), place);
    first = place.next;
  }
  v1::GetTimelineReply reply;
  const auto answer = [&](const Found& found) -> absl::Status {
    RETURN_IF_ERROR(CheckFocus(found.state, request.focus()));
    const Timeline timeline =
        BuildTimeline(found.state, request.focus(), Knowledge{found.at.known}, found.at.as_of, {});
    const FocusHistory* const history = FindHistory(found.state, request.focus());
    const size_t segments = timeline.segments.size();
    const size_t entries = segments + KnownRecords(history, found.at.known);
    if (first > 0 && first >= entries) return InvalidPageToken();
    for (size_t next = first; next < entries; ++next) {
      bool taken = false;
      if (next < segments) {
        const Segment& segment = timeline.segments[next];
        v1::TimelineSegment word = ToSegment(segment, segment.days.last == found.at.as_of);
        taken = page.Takes(word);
        if (taken) *reply.add_segments() = std::move(word);
      } else {
        v1::DeterminationRecord word = ToRecord(
            found.state, *history, history->determinations[next - segments], found.at.known);
        taken = page.Takes(word);
        if (taken) *reply.add_history() = std::move(word);
      }
      if (taken) continue;
      reply.set_next_page_token(PageTokenOf({found.at.as_of, found.at.known, next}, asked));
      break;
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(Ask(question, now, reply.mutable_basis(), answer).status());
  return reply;
}

}  // namespace waymark::maturity
