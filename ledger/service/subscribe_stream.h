// This header defines the stream of one Subscribe: history and then live by the same pull, until
// the caller cancels. Batches and the four control messages all come from the scan's own turn and
// carry its own place, so a client may resume from any of them.
#ifndef WAYMARK_LEDGER_SERVICE_SUBSCRIBE_STREAM_H_
#define WAYMARK_LEDGER_SERVICE_SUBSCRIBE_STREAM_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/service/event_filter.h"
#include "ledger/service/feed_scan.h"
#include "ledger/service/pull_stream.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark {

class SubscribeStream : public PullStream {
 public:
  // `filter` is compiled from the request's.
  SubscribeStream(Workshop& workshop, grpc::CallbackServerContext* context,
                  v1::SubscribeRequest request, EventFilter filter, v1::AckLevel level);

  // InvalidArgument BATCH_TOO_LARGE, HEARTBEAT_INVALID; all violations at once.
  static absl::Status Check(const v1::SubscribeRequest& request);

 private:
  TurnResult TakeTurn() override;
  absl::StatusOr<TurnResult> Next();
  // The first message; none while the values ever seen are still being learned.
  absl::StatusOr<std::optional<v1::SubscribeReply>> Open();
  // The next control message, if one is due at this place.
  std::optional<v1::SubscribeReply> DueControl(uint64_t visible);
  absl::StatusOr<TurnResult> Send(v1::SubscribeReply reply);

  const v1::SubscribeRequest request_;
  EventFilter filter_;
  const v1::AckLevel level_;
  const absl::Duration heartbeat_;
  std::optional<FeedScan> scan_;
  bool scope_changed_ = false;
  bool opened_ = false;
  // Where caught_up was sent last, and whether fell_behind may follow.
  std::optional<Position> caught_up_at_;
  bool caught_up_ = false;
  absl::Duration sent_at_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_SUBSCRIBE_STREAM_H_
