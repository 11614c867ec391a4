#include "ledger/service/pull_stream.h"

#include <utility>

#include "ledger/service/status_translation.h"

namespace waymark {
namespace {

class RefusedStream : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit RefusedStream(const absl::Status& why) { Finish(ToGrpc(why)); }
  void OnDone() override { delete this; }
};

}  // namespace

PullStream::PullStream(Workshop& workshop, grpc::CallbackServerContext* context)
    : workshop_(workshop), context_(context), opened_at_(MonotonicNow()) {}

void PullStream::Start() {
  absl::MutexLock lock(&mutex_);
  self_ = shared_from_this();
  ScheduleLocked();
}

void PullStream::Wake() {
  absl::MutexLock lock(&mutex_);
  if (finished_) return;
  if (turning_) {
    wake_again_ = true;
  } else if (!writing_since_.has_value()) {
    ScheduleLocked();
  }
}

void PullStream::ScheduleLocked() {
  turning_ = true;
  // A task that is dropped must not leave the stream turning for ever.
  if (workshop_.readers().Schedule([stream = shared_from_this()] { stream->Turn(); })) return;
  turning_ = false;
  if (!end_.has_value()) end_ = DrainingStatus();
  FinishLocked();
}

void PullStream::Turn() {
  CancelWait();
  {
    absl::MutexLock lock(&mutex_);
    wake_again_ = false;
    if (end_.has_value()) {
      turning_ = false;
      return FinishLocked();
    }
  }
  TurnResult result = TakeTurn();
  // Registered before turning_ falls, so that a notice in between is kept by wake_again_.
  if (const WaitFor* wait = std::get_if<WaitFor>(&result)) Wait(*wait);

  absl::MutexLock lock(&mutex_);
  turning_ = false;
  if (EndStream* end = std::get_if<EndStream>(&result)) {
    if (!end_.has_value()) end_ = std::move(end->status);
  }
  if (end_.has_value()) return FinishLocked();
  if (SendMessage* message = std::get_if<SendMessage>(&result)) {
    message_ = std::move(*message);
    writing_since_ = MonotonicNow();
    StartWrite(&message_.bytes);
  } else if (wake_again_ || std::holds_alternative<TakeAnotherTurn>(result)) {
    ScheduleLocked();
  }
}

void PullStream::OnWriteDone(bool ok) {
  absl::MutexLock lock(&mutex_);
  writing_since_.reset();
  if (finished_) return;
  if (!ok && !end_.has_value()) end_ = absl::CancelledError("the client has gone");
  if (end_.has_value()) return FinishLocked();
  ScheduleLocked();
}

void PullStream::OnCancel() { End(absl::CancelledError("the client has gone")); }

void PullStream::End(const absl::Status& why) {
  absl::MutexLock lock(&mutex_);
  if (finished_ || end_.has_value()) return;
  end_ = why;
  // A turn that is being taken sees it at its end. A write that is under way does not hold the end
  // up: the trailer goes after its bytes.
  if (!turning_) FinishLocked();
}

void PullStream::Cut() {
  absl::MutexLock lock(&mutex_);
  // The context lives until OnDone has returned, and OnDone takes self_ away.
  if (self_ != nullptr) context_->TryCancel();
}

absl::Duration PullStream::stalled() const {
  absl::MutexLock lock(&mutex_);
  return writing_since_.has_value() ? MonotonicNow() - *writing_since_ : absl::ZeroDuration();
}

absl::Duration PullStream::age() const { return MonotonicNow() - opened_at_; }

void PullStream::FinishLocked() {
  if (finished_) return;
  finished_ = true;
  if (!message_.cursor.empty() && end_->code() != absl::StatusCode::kCancelled) {
    context_->AddTrailingMetadata(kCursorMetadata, message_.cursor);
  }
  Finish(ToGrpc(*end_));
}

void PullStream::OnDone() {
  CancelWait();
  workshop_.streams().Remove(this);
  std::shared_ptr<PullStream> last;  // goes after the lock
  absl::MutexLock lock(&mutex_);
  last = std::move(self_);
}

void PullStream::Wait(const WaitFor& wait) {
  const auto wake = [stream = weak_from_this()] {
    if (const std::shared_ptr<PullStream> open = stream.lock()) open->Wake();
  };
  absl::MutexLock lock(&wait_mutex_);
  timer_ticket_ = workshop_.timers().CallAfter(wait.at_most, wake);
  watch_ = wait.watch;
  if (watch_ != nullptr) watch_ticket_ = watch_->CallWhenAbove(wait.above, wake);
}

void PullStream::CancelWait() {
  absl::MutexLock lock(&wait_mutex_);
  if (timer_ticket_ != 0) workshop_.timers().Cancel(timer_ticket_);
  if (watch_ != nullptr) watch_->Cancel(watch_ticket_);
  timer_ticket_ = 0;
  watch_ = nullptr;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(Workshop& workshop,
                                                        std::shared_ptr<PullStream> stream) {
  if (absl::Status added = workshop.streams().Add(stream); !added.ok()) return RefuseStream(added);
  PullStream* const reactor = stream.get();
  reactor->Start();
  return reactor;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* RefuseStream(const absl::Status& why) {
  return new RefusedStream(why);
}

}  // namespace waymark
