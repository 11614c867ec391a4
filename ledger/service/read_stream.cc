#include "ledger/service/read_stream.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/service/feed_start.h"
#include "ledger/service/message_codec.h"

namespace waymark {
namespace {

absl::Status BeyondHead(absl::string_view reason, absl::string_view field, uint64_t found,
                        TreeSize head) {
  return Refuse({.code = absl::StatusCode::kOutOfRange,
                 .reason = std::string(reason),
                 .message = absl::StrCat(field, ": ", found, " lies beyond the head ", head.value),
                 .field = std::string(field),
                 .metadata = {{"head", absl::StrCat(head.value)}}});
}

}  // namespace

absl::StatusOr<v1::ResumePoint> MakeResumePoint(const Workshop& workshop, FeedScan& scan,
                                                v1::AckLevel level) {
  v1::ResumePoint resume;
  resume.set_position(scan.position().value);
  // In this order: what is visible is never more than the head that is named beside it.
  resume.set_visible_head(workshop.VisibleHead(level).value);
  resume.set_head(workshop.ledger().head.size().value);
  *resume.mutable_server_time() = ToTimestamp(workshop.Now());
  ASSIGN_OR_RETURN(*resume.mutable_cursor(), scan.MakeCursor());
  return resume;
}

ReadStream::ReadStream(Workshop& workshop, grpc::CallbackServerContext* context,
                       v1::ReadRequest request, EventFilter filter, v1::AckLevel level)
    : PullStream(workshop, context),
      request_(std::move(request)),
      filter_(std::move(filter)),
      level_(level),
      give_up_at_(MonotonicNow() + TimeLeft(*context).value_or(absl::ZeroDuration())),
      forward_(request_.direction() != v1::DIRECTION_BACKWARD),
      events_left_(request_.max_events() > 0 ? request_.max_events()
                                             : std::numeric_limits<uint64_t>::max()) {}

absl::Status ReadStream::Check(const v1::ReadRequest& request) {
  if (!v1::Direction_IsValid(request.direction())) {
    return Refuse(
        {.reason = "DIRECTION_UNKNOWN",
         .message = absl::StrCat("direction: found ", static_cast<int>(request.direction()),
                                 "; FORWARD (1) or BACKWARD (2)"),
         .field = "direction"});
  }
  return absl::OkStatus();
}

TurnResult ReadStream::TakeTurn() {
  if (end_sent_) return EndStream{absl::OkStatus()};
  if (!scan_.has_value()) {
    const absl::StatusOr<std::optional<WaitFor>> opened = Open();
    if (!opened.ok()) return EndStream{opened.status()};
    if (opened->has_value()) return **opened;
  }
  absl::StatusOr<TurnResult> next = NextMessage();
  if (!next.ok()) return EndStream{next.status()};
  return *std::move(next);
}

absl::StatusOr<std::optional<WaitFor>> ReadStream::Open() {
  const TreeSize visible = workshop().VisibleHead(level_);
  const TreeSize head = workshop().ledger().head.size();
  if (request_.has_min_position()) {
    ASSIGN_OR_RETURN(const std::optional<WaitFor> wait, WaitForMinPosition(visible));
    if (wait.has_value()) return wait;
  }
  const EventLog& log = workshop().ledger().log;
  const ReadDirection direction = forward_ ? ReadDirection::kForward : ReadDirection::kBackward;
  const Cursor feed = FeedOf(workshop().ledger_id(), filter_, direction);
  ASSIGN_OR_RETURN(
      const FeedStart start,
      ResolveStart(request_.start(), feed, log, workshop().ledger().publisher.newest().checkpoint,
                   workshop().Now()));
  RETURN_IF_ERROR(SetRange(start.position, head, visible));
  FeedOptions options;
  options.direction = direction;
  options.headers_only = request_.headers_only();
  options.events_max = kReadBatchEventsMax;
  options.not_before = start.not_before;
  const Position from =
      forward_ ? start.position : std::min(start.position, Position{visible.value});
  scan_.emplace(log, std::move(filter_), options, from);
  return std::optional<WaitFor>();
}

absl::StatusOr<std::optional<WaitFor>> ReadStream::WaitForMinPosition(TreeSize visible) {
  const uint64_t wanted = request_.min_position();
  const TreeSize head = workshop().ledger().head.size();
  if (wanted >= head.value) {
    return BeyondHead("MIN_POSITION_BEYOND_HEAD", "min_position", wanted, head);
  }
  if (wanted < visible.value) return std::optional<WaitFor>();
  const absl::Duration left = give_up_at_ - MonotonicNow();
  if (left <= absl::ZeroDuration()) {
    return Refuse({.code = absl::StatusCode::kDeadlineExceeded,
                   .reason = "MIN_POSITION_NOT_REACHED",
                   .message = absl::StrCat("min_position: ", wanted, " is not there yet: ",
                                           visible.value, " of ", head.value, " events are"),
                   .field = "min_position",
                   .metadata = {{"applied", absl::StrCat(visible.value)},
                                {"head", absl::StrCat(head.value)}}});
  }
  return std::optional<WaitFor>(WaitFor{&workshop().WatchOf(level_), TreeSize{wanted}, left});
}

absl::Status ReadStream::SetRange(Position start, TreeSize head, TreeSize visible) {
  const std::optional<uint64_t> until =
      request_.has_until() ? std::optional<uint64_t>(request_.until()) : std::nullopt;
  if (until.has_value() && *until > head.value) {
    return BeyondHead("UNTIL_BEYOND_HEAD", "until", *until, head);
  }
  if (until.has_value() && (forward_ ? *until < start.value : *until > start.value)) {
    return Refuse({.reason = "RANGE_REVERSED",
                   .message = absl::StrCat("until: found ", *until, ", but the ",
                                           forward_ ? "forward" : "backward", " read starts at ",
                                           start.value),
                   .field = "until"});
  }
  bound_ = forward_ ? Position{std::min(until.value_or(visible.value), visible.value)}
                    : Position{until.value_or(0)};
  return absl::OkStatus();
}

absl::StatusOr<TurnResult> ReadStream::NextMessage() {
  v1::ReadReply reply;
  RETURN_IF_ERROR(scan_->Turn(bound_, events_left_, reply.mutable_batch()));
  events_left_ -= static_cast<uint64_t>(reply.batch().events_size());
  const bool reached = forward_ ? scan_->position() >= bound_ : scan_->position() <= bound_;
  if (reply.batch().events_size() == 0) {
    if (!reached && events_left_ > 0) return TurnResult(TakeAnotherTurn{});
    reply.mutable_end();
    end_sent_ = true;
  }
  ASSIGN_OR_RETURN(*reply.mutable_resume(), MakeResumePoint(workshop(), *scan_, level_));
  return TurnResult(SendMessage{ToBytes(reply), reply.resume().cursor()});
}

}  // namespace waymark
