#include "ledger/service/stream_registry.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"

namespace waymark {

absl::Status DrainingStatus() {
  return Refuse({.code = absl::StatusCode::kUnavailable,
                 .reason = "DRAINING",
                 .message = "the server is stopping; connect again and go on from the last place"});
}

StreamRegistry::StreamRegistry(Timers& timers, const StreamLimits& limits)
    : timers_(timers), limits_(limits) {
  timers_.CallAfter(limits_.sweep_every, [this] { Sweep(); });
}

absl::Status StreamRegistry::Add(const std::shared_ptr<OpenStream>& stream) {
  absl::MutexLock lock(&mutex_);
  if (closed_) return DrainingStatus();
  if (streams_.size() >= limits_.open_max) {
    return Refuse({.code = absl::StatusCode::kResourceExhausted,
                   .reason = "STREAMS_FULL",
                   .message = absl::StrCat("streams: ", streams_.size(),
                                           " are open, the most there may be; try again later")});
  }
  streams_.emplace(stream.get(), stream);
  return absl::OkStatus();
}

void StreamRegistry::Remove(const OpenStream* stream) {
  absl::MutexLock lock(&mutex_);
  streams_.erase(stream);
}

void StreamRegistry::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

void StreamRegistry::EndAll(const absl::Status& why) {
  Close();
  for (const std::shared_ptr<OpenStream>& stream : Listed()) stream->End(why);
}

bool StreamRegistry::WaitUntilEmpty(absl::Duration timeout) const {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(this, &StreamRegistry::Empty), timeout);
}

size_t StreamRegistry::size() const {
  absl::MutexLock lock(&mutex_);
  return streams_.size();
}

std::vector<std::shared_ptr<OpenStream>> StreamRegistry::Listed() const {
  std::vector<std::shared_ptr<OpenStream>> listed;
  absl::MutexLock lock(&mutex_);
  listed.reserve(streams_.size());
  for (const auto& [key, stream] : streams_) {
    if (std::shared_ptr<OpenStream> open = stream.lock()) listed.push_back(std::move(open));
  }
  return listed;
}

void StreamRegistry::Sweep() {
  for (const std::shared_ptr<OpenStream>& stream : Listed()) {
    if (stream->stalled() >= limits_.stalled_max) {
      // The trailer is queued behind the bytes that the client does not take; the next sweep cuts
      // what is left.
      if (stream->stalled() >= limits_.stalled_max + limits_.sweep_every) stream->Cut();
      stream->End(Refuse({.code = absl::StatusCode::kUnavailable,
                          .reason = "STREAM_STALLED",
                          .message = "the client took nothing for too long; connect again and go "
                                     "on from the last place"}));
    } else if (stream->age() >= limits_.age_max) {
      stream->End(Refuse({.code = absl::StatusCode::kUnavailable,
                          .reason = "STREAM_AGED",
                          .message = "the connection has lived its time; connect again and go on "
                                     "from the last place"}));
    }
  }
  timers_.CallAfter(limits_.sweep_every, [this] { Sweep(); });
}

}  // namespace waymark
