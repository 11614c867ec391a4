// This header defines the stream of one Read: a bounded range, forwards or backwards, that ends.
#ifndef WAYMARK_LEDGER_SERVICE_READ_STREAM_H_
#define WAYMARK_LEDGER_SERVICE_READ_STREAM_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/service/event_filter.h"
#include "ledger/service/feed_scan.h"
#include "ledger/service/pull_stream.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark {

class ReadStream : public PullStream {
 public:
  // `filter` is compiled from the request's.
  ReadStream(Workshop& workshop, grpc::CallbackServerContext* context, v1::ReadRequest request,
             EventFilter filter, v1::AckLevel level);

  // InvalidArgument DIRECTION_UNKNOWN.
  static absl::Status Check(const v1::ReadRequest& request);

 private:
  TurnResult TakeTurn() override;
  // None once the scan stands at its start; else what to wait for.
  absl::StatusOr<std::optional<WaitFor>> Open();
  absl::StatusOr<std::optional<WaitFor>> WaitForMinPosition(TreeSize visible);
  absl::Status SetRange(Position start, TreeSize head, TreeSize visible);
  absl::StatusOr<TurnResult> NextMessage();

  const v1::ReadRequest request_;
  EventFilter filter_;
  const v1::AckLevel level_;
  const absl::Duration give_up_at_;
  const bool forward_;
  std::optional<FeedScan> scan_;
  // Forwards exclusive, backwards inclusive.
  Position bound_;
  uint64_t events_left_;
  bool end_sent_ = false;
};

// The resume point of a scan, with its cursor. Errors: those of FeedScan::MakeCursor.
absl::StatusOr<v1::ResumePoint> MakeResumePoint(const Workshop& workshop, FeedScan& scan,
                                                v1::AckLevel level);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_READ_STREAM_H_
