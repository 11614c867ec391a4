#include "tests/bench/load_client.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "clients/cpp/client.h"
#include "ledger/base/status_macros.h"

namespace waymark::bench {
namespace {

using Stub = v1::LedgerService::Stub;
using Requests = std::vector<v1::AppendRequest>;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Keeps the first refusal of many calls.
class FirstFailure {
 public:
  void Note(const absl::Status& status) {
    if (status.ok()) return;
    absl::MutexLock lock(&mutex_);
    if (status_.ok()) status_ = status;
    any_ = true;
  }
  bool any() const { return any_; }
  absl::Status status() const {
    absl::MutexLock lock(&mutex_);
    return status_;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> any_{false};
};

// One of the calls in flight: the answer of one request sends the next.
class UnaryChain {
 public:
  UnaryChain(Stub* stub, const Requests* requests, std::atomic<size_t>* next, FirstFailure* failure,
             absl::BlockingCounter* running)
      : stub_(stub), requests_(requests), next_(next), failure_(failure), running_(running) {}

  void Send() {
    const size_t index = next_->fetch_add(1);
    if (index >= requests_->size() || failure_->any()) {
      running_->DecrementCount();
      return;
    }
    context_.emplace();
    stub_->async()->Append(&*context_, &(*requests_)[index], &reply_,
                           [this](const grpc::Status& status) {
                             if (!status.ok()) failure_->Note(FromGrpc(status));
                             Send();
                           });
  }

 private:
  Stub* const stub_;
  const Requests* const requests_;
  std::atomic<size_t>* const next_;
  FirstFailure* const failure_;
  absl::BlockingCounter* const running_;
  std::optional<grpc::ClientContext> context_;
  v1::AppendReply reply_;
};

// Sends every step-th request from `first` on over one stream.
class StreamRun : public grpc::ClientBidiReactor<v1::AppendRequest, v1::AppendStreamReply> {
 public:
  StreamRun(Stub* stub, const Requests* requests, size_t first, size_t step, size_t window)
      : requests_(*requests), step_(step), window_(window), next_(first) {
    stub->async()->AppendStream(&context_, this);
  }

  void Start() {
    StartRead(&reply_);
    {
      absl::MutexLock lock(&mutex_);
      Advance();
    }
    StartCall();
  }

  absl::Status Wait() {
    done_.WaitForNotification();
    absl::MutexLock lock(&mutex_);
    return result_;
  }

 private:
  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (ok) Advance();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    {
      absl::MutexLock lock(&mutex_);
      --unanswered_;
      if (reply_.has_refusal() && result_.ok()) {
        result_ = absl::InternalError(absl::StrCat("refused: ", reply_.refusal().message()));
      }
      Advance();
    }
    StartRead(&reply_);
  }

  void OnDone(const grpc::Status& status) override {
    {
      absl::MutexLock lock(&mutex_);
      if (result_.ok()) result_ = FromGrpc(status);
    }
    done_.Notify();
  }

  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || ended_) return;
    if (next_ >= requests_.size() || !result_.ok()) {
      ended_ = true;
      return StartWritesDone();
    }
    if (unanswered_ == window_) return;
    ++unanswered_;
    writing_ = true;
    StartWrite(&requests_[next_]);
    next_ += step_;
  }

  const Requests& requests_;
  const size_t step_;
  const size_t window_;
  grpc::ClientContext context_;
  v1::AppendStreamReply reply_;
  absl::Notification done_;

  absl::Mutex mutex_;
  size_t next_ ABSL_GUARDED_BY(mutex_);
  size_t unanswered_ ABSL_GUARDED_BY(mutex_) = 0;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status result_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

LoadClient::LoadClient(const std::string& address) {
  for (int i = 0; i < kConnections; ++i) {
    grpc::ChannelArguments arguments;
    // Without it both channels would share one connection.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stubs_.push_back(v1::LedgerService::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments)));
  }
}

absl::StatusOr<double> LoadClient::Unary(const Requests& requests, int in_flight) const {
  std::atomic<size_t> next{0};
  FirstFailure failure;
  absl::BlockingCounter running(in_flight);
  std::vector<std::unique_ptr<UnaryChain>> chains;
  for (int i = 0; i < in_flight; ++i) {
    chains.push_back(std::make_unique<UnaryChain>(stubs_[i % kConnections].get(), &requests, &next,
                                                  &failure, &running));
  }
  const Clock::time_point start = Clock::now();
  for (const auto& chain : chains) chain->Send();
  running.Wait();
  const double seconds = SecondsSince(start);
  RETURN_IF_ERROR(failure.status());
  return seconds;
}

absl::StatusOr<double> LoadClient::Stream(const Requests& requests, int window) const {
  std::vector<std::unique_ptr<StreamRun>> runs;
  for (int i = 0; i < kConnections; ++i) {
    runs.push_back(
        std::make_unique<StreamRun>(stubs_[i].get(), &requests, i, kConnections, window));
  }
  const Clock::time_point start = Clock::now();
  for (const auto& run : runs) run->Start();
  absl::Status result;
  for (const auto& run : runs) result.Update(run->Wait());
  const double seconds = SecondsSince(start);
  RETURN_IF_ERROR(result);
  return seconds;
}

}  // namespace waymark::bench
