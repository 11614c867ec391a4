#include "ledger/service/append_stream.h"

#include <atomic>
#include <utility>

#include "ledger/base/limits.h"
#include "ledger/service/message_codec.h"
#include "ledger/service/status_translation.h"

namespace waymark {
namespace {

uint64_t NextOrderTag() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

class RefusedStream : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit RefusedStream(const absl::Status& why) { Finish(ToGrpc(why)); }
  void OnDone() override { delete this; }
};

grpc::ByteBuffer BytesOf(AppendAnswer answer) {
  v1::AppendStreamReply out;
  out.set_request_id(std::move(answer.request_id));
  if (answer.reply.ok()) {
    *out.mutable_reply() = *std::move(answer.reply);
  } else {
    *out.mutable_refusal() = ToRpcStatus(answer.reply.status());
  }
  return ToBytes(out);
}

}  // namespace

AppendStream::AppendStream(Workshop& workshop, grpc::CallbackServerContext* context)
    : workshop_(workshop),
      context_(context),
      order_tag_(NextOrderTag()),
      opened_at_(MonotonicNow()) {}

void AppendStream::Start() {
  absl::MutexLock lock(&mutex_);
  self_ = shared_from_this();
  AdvanceLocked();
}

void AppendStream::OnReadDone(bool ok) {
  uint64_t number = 0;
  absl::StatusOr<absl::Duration> left = absl::ZeroDuration();
  {
    absl::MutexLock lock(&mutex_);
    if (!ok || finished_) {
      reading_ = false;
      all_read_ = true;
      return AdvanceLocked();
    }
    number = first_number_ + unanswered_.size();
    unanswered_.emplace_back();
    left = TimeLeft(*context_);
  }
  // reading_ stays set until the request is handed over, so that no other overtakes this one on its
  // way to the committer.
  if (!left.ok()) {
    Answered(number, {"", left.status()});
    return ReadNext();
  }
  TakeAppend(workshop_, incoming_,
             {*left, order_tag_, [stream = shared_from_this()] { stream->ReadNext(); }},
             [stream = shared_from_this(), number](AppendAnswer answer) {
               stream->Answered(number, std::move(answer));
             });
}

void AppendStream::ReadNext() {
  absl::MutexLock lock(&mutex_);
  incoming_.Clear();
  reading_ = false;
  AdvanceLocked();
}

void AppendStream::Answered(uint64_t number, AppendAnswer answer) {
  grpc::ByteBuffer bytes = BytesOf(std::move(answer));
  absl::MutexLock lock(&mutex_);
  if (finished_) return;  // the client has gone; the events stand
  unanswered_[number - first_number_] = std::move(bytes);
  AdvanceLocked();
}

void AppendStream::OnWriteDone(bool ok) {
  absl::MutexLock lock(&mutex_);
  writing_since_.reset();
  if (finished_) return;
  unanswered_.pop_front();
  ++first_number_;
  if (!ok) {
    if (!end_.has_value()) end_ = absl::CancelledError("the client has gone");
    return FinishLocked();
  }
  AdvanceLocked();
}

void AppendStream::OnCancel() {
  absl::MutexLock lock(&mutex_);
  if (!end_.has_value()) end_ = absl::CancelledError("the client has gone");
  FinishLocked();
}

void AppendStream::End(const absl::Status& why) {
  absl::MutexLock lock(&mutex_);
  if (end_.has_value()) return;
  end_ = why;
  AdvanceLocked();
}

void AppendStream::Cut() {
  absl::MutexLock lock(&mutex_);
  // The context lives until OnDone has returned, and OnDone takes self_ away.
  if (self_ != nullptr) context_->TryCancel();
}

absl::Duration AppendStream::stalled() const {
  absl::MutexLock lock(&mutex_);
  return writing_since_.has_value() ? MonotonicNow() - *writing_since_ : absl::ZeroDuration();
}

absl::Duration AppendStream::age() const { return MonotonicNow() - opened_at_; }

void AppendStream::AdvanceLocked() {
  if (finished_) return;
  if (!writing_since_.has_value() && !unanswered_.empty() && unanswered_.front().has_value()) {
    outgoing_ = *std::move(unanswered_.front());
    writing_since_ = MonotonicNow();
    StartWrite(&outgoing_);
  }
  const bool stopping = end_.has_value() || all_read_;
  if (!reading_ && !stopping && unanswered_.size() < kAppendStreamUnansweredMax) {
    reading_ = true;
    StartRead(&incoming_);
  }
  if (stopping && unanswered_.empty()) {
    if (!end_.has_value()) end_ = absl::OkStatus();
    FinishLocked();
  }
}

void AppendStream::FinishLocked() {
  if (finished_) return;
  finished_ = true;
  Finish(ToGrpc(*end_));
}

void AppendStream::OnDone() {
  workshop_.streams().Remove(this);
  std::shared_ptr<AppendStream> last;  // goes after the lock
  absl::MutexLock lock(&mutex_);
  last = std::move(self_);
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartAppendStream(
    Workshop& workshop, grpc::CallbackServerContext* context) {
  auto stream = std::make_shared<AppendStream>(workshop, context);
  if (absl::Status added = workshop.streams().Add(stream); !added.ok()) {
    return new RefusedStream(added);
  }
  stream->Start();
  return stream.get();
}

}  // namespace waymark
