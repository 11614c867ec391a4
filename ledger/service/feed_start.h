// This header defines where a feed starts: a position, a cursor, an instant or the head.
//
//   ASSIGN_OR_RETURN(const FeedStart start, ResolveStart(request.start(), feed, log, newest));
#ifndef WAYMARK_LEDGER_SERVICE_FEED_START_H_
#define WAYMARK_LEDGER_SERVICE_FEED_START_H_

#include <optional>

#include "absl/status/statusor.h"
#include "ledger/base/types.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/service/cursor.h"
#include "ledger/storage/event_log.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark {

struct FeedStart {
  Position position;
  // The caller may see other events than when the cursor was made.
  bool scope_changed = false;
  // Set where the start is an instant; FeedOptions has the same field.
  std::optional<UnixMicros> not_before;
};

// The place that `start` names in `feed` (FeedOf). Reads the disk. `newest` and `now` are only for
// the words of a refusal and to tell the future. Errors: those of DecodeCursor and CheckSameFeed;
// OutOfRange START_BEYOND_HEAD and CURSOR_BEYOND_HEAD, which name ledger, head and newest
// checkpoint; DataLoss CURSOR_OTHER_HISTORY: this is not the ledger that the caller followed;
// InvalidArgument INSTANT_INVALID, RECORDED_FROM_IN_FUTURE.
absl::StatusOr<FeedStart> ResolveStart(const v1::Start& start, const Cursor& feed,
                                       const EventLog& log, const merkle::Checkpoint& newest,
                                       UnixMicros now);

// Microseconds of a protobuf instant, cut down. InvalidArgument INSTANT_INVALID, naming `field`,
// before 1970, after 9999 or with nanoseconds outside 0 to 999,999,999.
absl::StatusOr<UnixMicros> ToUnixMicros(const google::protobuf::Timestamp& instant,
                                        absl::string_view field);
google::protobuf::Timestamp ToTimestamp(UnixMicros instant);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_FEED_START_H_
