#include "ledger/service/workshop.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"

namespace waymark {

HeadRelay::HeadRelay(HeadWatch& source, TaskPool& pool)
    : source_(source), pool_(pool), relayed_(source.size()) {
  Arm();
}

void HeadRelay::Close() {
  {
    absl::MutexLock arming(&arming_);
    closed_ = true;
    const bool called_off = source_.Cancel(ticket_);
    absl::MutexLock lock(&mutex_);
    if (called_off) armed_ = false;
    // Otherwise it may be running this moment, on the thread that moved the source.
    mutex_.Await(absl::Condition(this, &HeadRelay::AtRest));
  }
  relayed_.Close();
}

void HeadRelay::Arm() {
  absl::MutexLock arming(&arming_);
  if (closed_) return;
  {
    absl::MutexLock lock(&mutex_);
    armed_ = true;
  }
  ticket_ = source_.CallWhenAbove(relayed_.size(), [this] {
    pool_.Schedule([this] {
      const TreeSize size = source_.size();
      // A notice without growth is the source's last one.
      if (size <= relayed_.size()) return relayed_.Close();
      relayed_.Publish(size);
      Arm();
    });
    absl::MutexLock lock(&mutex_);
    armed_ = false;
  });
}

Workshop::Workshop(const LedgerParts& parts, const WorkshopOptions& options)
    : parts_(parts),
      claims_(options.claims),
      readers_(options.reader_threads, options.streams.open_max + 16),
      questions_(options.question_threads, kQuestionsWaitingMax),
      streams_(timers_, options.streams),
      head_relay_(parts.head, readers_),
      published_relay_(parts.published, readers_) {}

Workshop::~Workshop() { Close(); }

void Workshop::EndWaiting() {
  head_relay_.Close();
  published_relay_.Close();
}

void Workshop::Close() {
  timers_.Close();
  EndWaiting();
  questions_.Close();
  readers_.Close();
}

UnixMicros Workshop::Now() const {
  return std::max(parts_.clock.Now(), parts_.log.last_recorded_at());
}

HeadWatch& Workshop::WatchOf(v1::AckLevel level) {
  return level == v1::ACK_LEVEL_PUBLISHED ? published_relay_.relayed() : head_relay_.relayed();
}

TreeSize Workshop::VisibleHead(v1::AckLevel level) const {
  return level == v1::ACK_LEVEL_PUBLISHED ? std::min(parts_.published.size(), parts_.head.size())
                                          : parts_.head.size();
}

void Workshop::WaitAbove(HeadWatch& watch, TreeSize size, absl::Duration timeout,
                         std::function<void(absl::Status)> done) {
  // Whichever of the watch and the timer comes first takes `done` and calls the other one off.
  struct Waiting {
    std::atomic<bool> over{false};
    std::atomic<uint64_t> watch_ticket{0};
    std::atomic<uint64_t> timer_ticket{0};
    std::function<void(absl::Status)> done;
  };
  auto waiting = std::make_shared<Waiting>();
  waiting->done = std::move(done);
  waiting->watch_ticket = watch.CallWhenAbove(size, [this, &watch, size, waiting] {
    if (waiting->over.exchange(true)) return;
    timers_.Cancel(waiting->timer_ticket.load());
    waiting->done(watch.size() > size ? absl::OkStatus() : DrainingStatus());
  });
  if (waiting->over.load()) return;
  waiting->timer_ticket = timers_.CallAfter(timeout, [&watch, waiting] {
    if (waiting->over.exchange(true)) return;
    watch.Cancel(waiting->watch_ticket.load());
    waiting->done(absl::DeadlineExceededError("not reached in time"));
  });
  // The watch may have fired before it could know the timer.
  if (waiting->over.load()) timers_.Cancel(waiting->timer_ticket.load());
}

absl::StatusOr<v1::AckLevel> CheckLevel(v1::AckLevel level, absl::string_view field) {
  switch (level) {
    case v1::ACK_LEVEL_UNSPECIFIED:
    case v1::ACK_LEVEL_DURABLE:
      return v1::ACK_LEVEL_DURABLE;
    case v1::ACK_LEVEL_PUBLISHED:
      return v1::ACK_LEVEL_PUBLISHED;
    case v1::ACK_LEVEL_WITNESSED:
      return Refuse(
          {.code = absl::StatusCode::kFailedPrecondition,
           .reason = "WITNESSES_NOT_CONFIGURED",
           .message = absl::StrCat(
               field, ": WITNESSED, but no witness cosigns this ledger; ask for PUBLISHED"),
           .field = std::string(field)});
    default:
      return Refuse({.reason = "ACK_LEVEL_UNKNOWN",
                     .message = absl::StrCat(field, ": found ", static_cast<int>(level),
                                             "; DURABLE (1) or PUBLISHED (2)"),
                     .field = std::string(field)});
  }
}

absl::StatusOr<absl::Duration> TimeLeft(const grpc::CallbackServerContext& context) {
  const absl::Duration most = absl::Seconds(kUnaryDeadlineSecondsMax);
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return most;
  const absl::Duration left = absl::FromChrono(deadline - std::chrono::system_clock::now());
  if (left <= absl::ZeroDuration()) {
    return Refuse({.code = absl::StatusCode::kDeadlineExceeded,
                   .reason = "DEADLINE_EXPIRED",
                   .message = "the deadline had passed when the call arrived; nothing was done"});
  }
  return std::min(left, most);
}

}  // namespace waymark
