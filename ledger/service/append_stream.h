// This header defines the stream of one AppendStream: requests in, answers out in the same order.
#ifndef WAYMARK_LEDGER_SERVICE_APPEND_STREAM_H_
#define WAYMARK_LEDGER_SERVICE_APPEND_STREAM_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledger/service/append_work.h"
#include "ledger/service/stream_registry.h"
#include "ledger/service/workshop.h"

namespace waymark {

// At most kAppendStreamUnansweredMax requests are read and not yet answered; beyond that nothing is
// read. A refusal is an answer like another: the stream goes on. When the server stops, what was
// read is answered and the stream then ends.
class AppendStream : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                     public OpenStream,
                     public std::enable_shared_from_this<AppendStream> {
 public:
  AppendStream(Workshop& workshop, grpc::CallbackServerContext* context);

  // Reads the first request. The stream owns itself from here to OnDone. REQUIRES: it is in the
  // registry.
  void Start();

  void End(const absl::Status& why) override;
  void Cut() override;
  absl::Duration stalled() const override;
  absl::Duration age() const override;

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void Answered(uint64_t number, AppendAnswer answer);
  // The request just read is handed over.
  void ReadNext();
  // Starts what can be started now: the next write, the next read, the end.
  void AdvanceLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Workshop& workshop_;
  grpc::CallbackServerContext* const context_;
  const uint64_t order_tag_;
  const absl::Duration opened_at_;
  grpc::ByteBuffer incoming_;  // belongs to the read under way
  grpc::ByteBuffer outgoing_;  // belongs to the write under way

  mutable absl::Mutex mutex_;
  std::shared_ptr<AppendStream> self_ ABSL_GUARDED_BY(mutex_);
  // Requests read and not yet answered, oldest first; each holds its answer once there is one. The
  // first has the number first_number_.
  std::deque<std::optional<grpc::ByteBuffer>> unanswered_ ABSL_GUARDED_BY(mutex_);
  uint64_t first_number_ ABSL_GUARDED_BY(mutex_) = 0;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool all_read_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Duration> writing_since_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

// Lists the stream and starts it; a stream that the registry does not take is finished at once with
// its refusal.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartAppendStream(
    Workshop& workshop, grpc::CallbackServerContext* context);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_APPEND_STREAM_H_
