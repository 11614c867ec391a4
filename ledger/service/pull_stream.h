// This header defines what the server's streams have in common. A stream is only a place: one turn
// on a reader thread makes one message, one write sends it, and the next turn comes when that write
// is done. There is no queue and nothing is read ahead, so a client that reads slowly costs one
// message and a client that never reads costs the same.
//
//   auto stream = std::make_shared<SubscribeStream>(workshop, context, std::move(request));
//   return StartStream(workshop, stream);
#ifndef WAYMARK_LEDGER_SERVICE_PULL_STREAM_H_
#define WAYMARK_LEDGER_SERVICE_PULL_STREAM_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledger/service/stream_registry.h"
#include "ledger/service/workshop.h"

namespace waymark {

// Trailing metadata of a stream that the server ended: the cursor to go on from.
inline constexpr char kCursorMetadata[] = "waymark-cursor-bin";

// What a turn came to.
struct SendMessage {
  grpc::ByteBuffer bytes;
  std::string cursor;  // the place after it; may be empty
};
struct TakeAnotherTurn {};  // the turn was over before there was anything to send
struct WaitFor {
  HeadWatch* watch;  // may be null: then only the time counts
  TreeSize above;
  absl::Duration at_most;
};
struct EndStream {
  absl::Status status;
};
using TurnResult = std::variant<SendMessage, TakeAnotherTurn, WaitFor, EndStream>;

class PullStream : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                   public OpenStream,
                   public std::enable_shared_from_this<PullStream> {
 public:
  PullStream(Workshop& workshop, grpc::CallbackServerContext* context);

  // Takes the first turn. The stream owns itself from here to OnDone. REQUIRES: it is in the
  // registry.
  void Start();

  void End(const absl::Status& why) final;
  void Cut() final;
  absl::Duration stalled() const final;
  absl::Duration age() const final;

 protected:
  // One turn, on a reader thread; never two at a time, never after the stream has ended.
  virtual TurnResult TakeTurn() = 0;

  // Takes another turn soon, if the stream waits. From any thread.
  void Wake();

  Workshop& workshop() { return workshop_; }

 private:
  void OnWriteDone(bool ok) final;
  void OnCancel() final;
  void OnDone() final;

  void Turn();
  void ScheduleLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wait(const WaitFor& wait);
  void CancelWait();

  Workshop& workshop_;
  grpc::CallbackServerContext* const context_;
  const absl::Duration opened_at_;

  mutable absl::Mutex mutex_;
  std::shared_ptr<PullStream> self_ ABSL_GUARDED_BY(mutex_);
  // A turn waits for a reader thread or is being taken.
  bool turning_ ABSL_GUARDED_BY(mutex_) = false;
  // Wake was called during the turn.
  bool wake_again_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Duration> writing_since_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  SendMessage message_;  // must outlive its write; touched only by the turn and FinishLocked

  // What wakes the stream while it waits.
  absl::Mutex wait_mutex_;
  HeadWatch* watch_ ABSL_GUARDED_BY(wait_mutex_) = nullptr;
  uint64_t watch_ticket_ ABSL_GUARDED_BY(wait_mutex_) = 0;
  uint64_t timer_ticket_ ABSL_GUARDED_BY(wait_mutex_) = 0;
};

// Lists the stream and starts it; a stream that the registry does not take is finished at once with
// its refusal.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(Workshop& workshop,
                                                        std::shared_ptr<PullStream> stream);

// A reactor that only says why there is no stream.
grpc::ServerWriteReactor<grpc::ByteBuffer>* RefuseStream(const absl::Status& why);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_PULL_STREAM_H_
