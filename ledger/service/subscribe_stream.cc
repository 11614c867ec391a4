#include "ledger/service/subscribe_stream.h"

#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/service/feed_start.h"
#include "ledger/service/message_codec.h"
#include "ledger/service/read_stream.h"

namespace waymark {
namespace {

absl::Duration HeartbeatOf(const v1::SubscribeRequest& request) {
  if (!request.has_heartbeat()) return absl::Seconds(kHeartbeatSecondsDefault);
  return absl::Seconds(request.heartbeat().seconds()) +
         absl::Nanoseconds(request.heartbeat().nanos());
}

FeedOptions OptionsOf(const v1::SubscribeRequest& request) {
  FeedOptions options;
  options.headers_only = request.headers_only();
  if (request.max_events() > 0) options.events_max = request.max_events();
  if (request.max_bytes() > 0) options.bytes_max = request.max_bytes();
  return options;
}

}  // namespace

SubscribeStream::SubscribeStream(Workshop& workshop, grpc::CallbackServerContext* context,
                                 v1::SubscribeRequest request, EventFilter filter,
                                 v1::AckLevel level)
    : PullStream(workshop, context),
      request_(std::move(request)),
      filter_(std::move(filter)),
      level_(level),
      heartbeat_(HeartbeatOf(request_)),
      sent_at_(MonotonicNow()) {}

absl::Status SubscribeStream::Check(const v1::SubscribeRequest& request) {
  std::vector<Violation> violations;
  const auto bound = [&](absl::string_view field, uint64_t found, uint64_t most) {
    if (found <= most) return;
    violations.push_back({.reason = "BATCH_TOO_LARGE",
                          .message = absl::StrCat(field, ": found ", found, ", at most ", most),
                          .field = std::string(field)});
  };
  bound("max_events", request.max_events(), kReadBatchEventsMax);
  bound("max_bytes", request.max_bytes(), kReadBatchBytesMax);
  const absl::Duration heartbeat = HeartbeatOf(request);
  if (heartbeat < absl::Seconds(kHeartbeatSecondsMin) ||
      heartbeat > absl::Seconds(kHeartbeatSecondsMax)) {
    violations.push_back({.reason = "HEARTBEAT_INVALID",
                          .message = absl::StrCat("heartbeat: from ", kHeartbeatSecondsMin, " to ",
                                                  kHeartbeatSecondsMax, " seconds"),
                          .field = "heartbeat"});
  }
  return violations.empty() ? absl::OkStatus() : Refuse(violations);
}

TurnResult SubscribeStream::TakeTurn() {
  absl::StatusOr<TurnResult> next = Next();
  if (!next.ok()) return EndStream{next.status()};
  return *std::move(next);
}

absl::StatusOr<TurnResult> SubscribeStream::Next() {
  if (!opened_) {
    ASSIGN_OR_RETURN(std::optional<v1::SubscribeReply> first, Open());
    if (!first.has_value()) return TurnResult(TakeAnotherTurn{});
    opened_ = true;
    return Send(*std::move(first));
  }
  const TreeSize visible = workshop().VisibleHead(level_);
  if (std::optional<v1::SubscribeReply> control = DueControl(visible.value)) {
    return Send(*std::move(control));
  }
  if (scan_->position().value < visible.value) {
    v1::SubscribeReply reply;
    RETURN_IF_ERROR(scan_->Turn(Position{visible.value}, std::numeric_limits<uint64_t>::max(),
                                reply.mutable_batch()));
    if (reply.batch().events_size() > 0) return Send(std::move(reply));
    return TurnResult(TakeAnotherTurn{});  // caught_up or a heartbeat may be due at the new place
  }
  return TurnResult(WaitFor{&workshop().WatchOf(level_), TreeSize{scan_->position().value},
                            sent_at_ + heartbeat_ - MonotonicNow()});
}

absl::StatusOr<std::optional<v1::SubscribeReply>> SubscribeStream::Open() {
  const EventLog& log = workshop().ledger().log;
  if (!scan_.has_value()) {
    const Cursor feed = FeedOf(workshop().ledger_id(), filter_, ReadDirection::kForward);
    ASSIGN_OR_RETURN(
        const FeedStart start,
        ResolveStart(request_.start(), feed, log, workshop().ledger().publisher.newest().checkpoint,
                     workshop().Now()));
    scope_changed_ = start.scope_changed;
    FeedOptions options = OptionsOf(request_);
    options.not_before = start.not_before;
    scan_.emplace(log, std::move(filter_), options, start.position);
  }
  if (scan_->filter().NeedsCaptured()) {
    ASSIGN_OR_RETURN(const bool learned,
                     workshop().seen().Advance(log, workshop().ledger().head.size()));
    if (!learned) return std::optional<v1::SubscribeReply>();
  }
  v1::SubscribeReply reply;
  v1::Opened& opened = *reply.mutable_opened();
  const FeedOptions settings = OptionsOf(request_);
  opened.set_max_events(settings.events_max);
  opened.set_max_bytes(static_cast<uint32_t>(settings.bytes_max));
  opened.mutable_heartbeat()->set_seconds(absl::ToInt64Seconds(heartbeat_));
  opened.mutable_heartbeat()->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(heartbeat_ - absl::Seconds(absl::ToInt64Seconds(heartbeat_)))));
  opened.set_scope_changed(scope_changed_);
  ASSIGN_OR_RETURN(const std::vector<std::string> unknown,
                   workshop().seen().Unknown(log, scan_->filter().AskedFor()));
  opened.mutable_unknown_values()->Add(unknown.begin(), unknown.end());
  return std::optional<v1::SubscribeReply>(std::move(reply));
}

std::optional<v1::SubscribeReply> SubscribeStream::DueControl(uint64_t visible) {
  const Position here = scan_->position();
  v1::SubscribeReply reply;
  // A start above what this level shows so far has nothing to catch up with: it waits there.
  if (here.value >= visible && caught_up_at_ != here) {
    caught_up_at_ = here;
    caught_up_ = true;
    reply.mutable_caught_up();
    return reply;
  }
  if (caught_up_ && here.value + kFellBehindPositions < visible) {
    caught_up_ = false;
    reply.mutable_fell_behind()->set_behind(visible - here.value);
    return reply;
  }
  if (MonotonicNow() - sent_at_ >= heartbeat_) {
    reply.mutable_heartbeat();
    return reply;
  }
  return std::nullopt;
}

absl::StatusOr<TurnResult> SubscribeStream::Send(v1::SubscribeReply reply) {
  ASSIGN_OR_RETURN(*reply.mutable_resume(), MakeResumePoint(workshop(), *scan_, level_));
  sent_at_ = MonotonicNow();
  return TurnResult(SendMessage{ToBytes(reply), reply.resume().cursor()});
}

}  // namespace waymark
