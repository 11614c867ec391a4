// The timeline of one focus, page by page: its segments, then its determinations as recorded.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/timeline.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/page.h"
#include "projections/maturity/queries.h"

namespace waymark::maturity {
namespace {

// page token := as_of "." known "." next "." asked       2025-04-01.1234.500.9f86d081884c7d65
//
//   as_of, known   what the question of the first page came to
//   next           entries on the pages before, in decimal; segments count before records
//   asked          the first 8 bytes, in hex, of the SHA-256 of what was asked
struct Place {
  absl::CivilDay as_of;
  TreeSize known;
  uint64_t next = 0;
};
constexpr size_t kAskedBytes = 8;

absl::Status InvalidToken() {
  return Refuse({absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
                 "page_token: not one that a reply to this question gave", -1, "page_token"});
}

std::string AskedIn(const v1::GetTimelineRequest& request, HashFunction hash) {
  v1::GetTimelineRequest asked;
  *asked.mutable_question() = request.question();
  asked.mutable_question()->clear_min_position();
  asked.set_focus(request.focus());
  const Digest digest = hash(asked.SerializeAsString());
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), kAskedBytes));
}

std::string TokenOf(const Place& place, const std::string& asked) {
  return absl::StrCat(FormatDay(place.as_of), ".", place.known.value, ".", place.next, ".", asked);
}

absl::StatusOr<Place> ReadToken(const std::string& token, const std::string& asked) {
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  if (parts.size() != 4) return InvalidToken();
  const absl::StatusOr<absl::CivilDay> as_of = ParseDay(parts[0]);
  Place place;
  if (!as_of.ok() || !absl::SimpleAtoi(parts[1], &place.known.value) ||
      !absl::SimpleAtoi(parts[2], &place.next)) {
    return InvalidToken();
  }
  place.as_of = *as_of;
  // No second way to write a place, and none of another question. Where nothing is known there is
  // no second page.
  if (TokenOf(place, asked) != token || place.known.value == 0) return InvalidToken();
  return place;
}

// The question at the day and the knowledge that the first page came to.
v1::Question AskedAgain(v1::Question question, const Place& place) {
  SetDay(place.as_of, question.mutable_as_of());
  question.mutable_known_at()->set_position(place.known.value - 1);
  return question;
}

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
    ASSIGN_OR_RETURN(const Place place, ReadToken(request.page_token(), asked));
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
    if (first > 0 && first >= entries) return InvalidToken();
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
      reply.set_next_page_token(TokenOf({found.at.as_of, found.at.known, next}, asked));
      break;
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(Ask(question, now, reply.mutable_basis(), answer).status());
  return reply;
}

}  // namespace waymark::maturity
