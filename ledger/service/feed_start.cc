#include "ledger/service/feed_start.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"

namespace waymark {
namespace {

constexpr int64_t kLastSecond = 253402300799;  // 9999-12-31T23:59:59Z

absl::Status BeyondHead(absl::string_view reason, absl::string_view field, uint64_t position,
                        TreeSize head, const Cursor& feed, const merkle::Checkpoint& newest) {
  return Refuse({.code = absl::StatusCode::kOutOfRange,
                 .reason = std::string(reason),
                 .message = absl::StrCat(field, ": position ", position, " lies beyond the head ",
                                         head.value, " of ledger ", feed.ledger,
                                         "; the ledger may have been restored: ask its operator"),
                 .field = std::string(field),
                 .metadata = {{"ledger", feed.ledger},
                              {"head", absl::StrCat(head.value)},
                              {"position", absl::StrCat(position)},
                              {"checkpoint_size", absl::StrCat(newest.size.value)},
                              {"checkpoint_root", merkle::ToBase64(newest.root)}}});
}

absl::StatusOr<FeedStart> StartAtCursor(absl::string_view bytes, const Cursor& feed,
                                        const EventLog& log, const merkle::Checkpoint& newest) {
  ASSIGN_OR_RETURN(const Cursor cursor, DecodeCursor(bytes));
  RETURN_IF_ERROR(CheckSameFeed(cursor, feed));
  const TreeSize head = log.head();
  const uint64_t position = cursor.position.value;
  if (position > head.value) {
    return BeyondHead("CURSOR_BEYOND_HEAD", "start.cursor", position, head, feed, newest);
  }
  if (position > 0) {
    ASSIGN_OR_RETURN(const Digest leaf, log.Node(0, position - 1));
    if (!std::equal(cursor.leaf.begin(), cursor.leaf.end(), leaf.begin())) {
      return Refuse(
          {.code = absl::StatusCode::kDataLoss,
           .reason = "CURSOR_OTHER_HISTORY",
           .message = absl::StrCat(
               "start.cursor: the event at position ", position - 1, " of ledger ", feed.ledger,
               " is not the one that was followed; do not start over: compare checkpoints"),
           .field = "start.cursor",
           .metadata = {{"ledger", feed.ledger},
                        {"position", absl::StrCat(position - 1)},
                        {"leaf_hash", merkle::ToHex(leaf)}}});
    }
  }
  return FeedStart{cursor.position, cursor.scope != feed.scope, std::nullopt};
}

absl::StatusOr<FeedStart> StartAtInstant(const google::protobuf::Timestamp& instant,
                                         const EventLog& log, UnixMicros now) {
  ASSIGN_OR_RETURN(UnixMicros from, ToUnixMicros(instant, "start.recorded_from"));
  // Stored instants are whole microseconds: the first one at or after a finer instant is the next.
  if (instant.nanos() % 1000 != 0) ++from.value;
  if (from > now) {
    return Refuse({.reason = "RECORDED_FROM_IN_FUTURE",
                   .message = "start.recorded_from: lies in the future; use at_head",
                   .field = "start.recorded_from"});
  }
  ASSIGN_OR_RETURN(const TreeSize first, log.FirstRecordedAtOrAfter(from));
  return FeedStart{Position{first.value}, false, from};
}

}  // namespace

absl::StatusOr<FeedStart> ResolveStart(const v1::Start& start, const Cursor& feed,
                                       const EventLog& log, const merkle::Checkpoint& newest,
                                       UnixMicros now) {
  const TreeSize head = log.head();
  const bool forward = feed.direction == ReadDirection::kForward;
  switch (start.at_case()) {
    case v1::Start::kFromPosition:
      if (start.from_position() > head.value) {
        return BeyondHead("START_BEYOND_HEAD", "start.from_position", start.from_position(), head,
                          feed, newest);
      }
      return FeedStart{Position{start.from_position()}, false, std::nullopt};
    case v1::Start::kCursor:
      return StartAtCursor(start.cursor(), feed, log, newest);
    case v1::Start::kRecordedFrom: {
      ASSIGN_OR_RETURN(FeedStart found, StartAtInstant(start.recorded_from(), log, now));
      if (!forward) found.not_before.reset();
      return found;
    }
    case v1::Start::kAtHead:
      return FeedStart{Position{head.value}, false, std::nullopt};
    case v1::Start::AT_NOT_SET:
      break;
  }
  return FeedStart{Position{forward ? 0 : head.value}, false, std::nullopt};
}

absl::StatusOr<UnixMicros> ToUnixMicros(const google::protobuf::Timestamp& instant,
                                        absl::string_view field) {
  if (instant.seconds() < 0 || instant.seconds() > kLastSecond || instant.nanos() < 0 ||
      instant.nanos() > 999999999) {
    return Refuse(
        {.reason = "INSTANT_INVALID",
         .message = absl::StrCat(field, ": ", instant.seconds(), " s and ", instant.nanos(),
                                 " ns; from 1970 to 9999, 0 to 999999999 ns"),
         .field = std::string(field)});
  }
  return UnixMicros{static_cast<uint64_t>(instant.seconds()) * 1000000 +
                    static_cast<uint64_t>(instant.nanos()) / 1000};
}

google::protobuf::Timestamp ToTimestamp(UnixMicros instant) {
  google::protobuf::Timestamp out;
  out.set_seconds(static_cast<int64_t>(instant.value / 1000000));
  out.set_nanos(static_cast<int32_t>(instant.value % 1000000) * 1000);
  return out;
}

}  // namespace waymark
