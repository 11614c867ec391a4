#include "ledger/publish/publisher.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "ledger/base/failpoint.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/note_key.h"

namespace waymark {
namespace {

// The time between two checkpoints, by the clock that cannot be set: waiting by the wall clock, an
// hour set back would be an hour without a checkpoint.
class Pause {
 public:
  // Until then, or until End was called.
  void WaitUntil(std::chrono::steady_clock::time_point then) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_until(lock, then, [this] { return ended_; });
  }

  // For good.
  void End() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
};

}  // namespace

Signer::Signer(const EventLog& log, Anchor& anchor, merkle::PrivateKey key)
    : log_(log), anchor_(anchor), key_(std::move(key)) {}

absl::StatusOr<std::optional<Released>> Signer::SignHead() {
  RETURN_IF_ERROR(breach_);
  absl::StatusOr<std::optional<Released>> released = SignUnsigned();
  if (!released.ok() && released.status().code() != absl::StatusCode::kResourceExhausted) {
    breach_ = released.status();
  }
  return released;
}

// The rules of signing, in order. What a crash leaves stands at each step.
absl::StatusOr<std::optional<Released>> Signer::SignUnsigned() {
  const LedgerIdentity& identity = log_.identity();
  if (key_.public_key() != identity.public_key) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "KEY_CHANGED",
                   absl::StrCat("ledger ", identity.ledger_id, " was made with another key: want ",
                                merkle::ToHex(identity.public_key), ", got ",
                                merkle::ToHex(key_.public_key()))});
  }
  if (!reader_.has_value()) {
    ASSIGN_OR_RETURN(reader_, Rereader::Start(log_, anchor_.checkpoint()));
  }
  // A size that is durable and applied, with the root that its commit recorded.
  const merkle::CompactTree tree = log_.tree();
  const merkle::Checkpoint next{identity.ledger_id, tree.size(), tree.Root()};
  if (next.size == anchor_.checkpoint().size && next.root == anchor_.checkpoint().root) {
    return std::nullopt;
  }
  WAYMARK_FAILPOINT("before_reread");
  RETURN_IF_ERROR(reader_->ReadThrough(next.size, next.root));
  WAYMARK_FAILPOINT("before_sign");  // Crash up to here: nothing happened.
  ASSIGN_OR_RETURN(std::string note, merkle::SignCheckpoint(next, key_));
  // With the key that the ledger was made with, not the one that signed: a fault in signing stays
  // in here.
  const merkle::VerifierKey vkey{identity.ledger_id, merkle::KeyType::kLog, identity.public_key};
  ASSIGN_OR_RETURN(const merkle::OpenedCheckpoint opened, merkle::OpenCheckpoint(note, vkey));
  if (opened.checkpoint != next) {
    return Refuse({absl::StatusCode::kDataLoss, "SIGNED_OTHER",
                   "the signed note does not say what was read again"});
  }
  WAYMARK_FAILPOINT("after_sign");
  // Crash in here: on restart the same bytes are signed again, or the anchor has them already.
  RETURN_IF_ERROR(anchor_.Replace(next, note));
  WAYMARK_FAILPOINT("after_anchor");
  return Released{next, std::move(note), absl::Now()};
}

class Publisher::Thread {
 public:
  Thread(const EventLog& log, Anchor& anchor, const merkle::PrivateKey& key, HeadWatch& head,
         HeadWatch& published, std::function<void(absl::Status)> on_failure,
         PublisherOptions options)
      : log_(log),
        anchor_(anchor),
        head_(head),
        published_(published),
        on_failure_(std::move(on_failure)),
        options_(options),
        signer_(log, anchor, key),
        newest_{anchor.checkpoint(), anchor.note(), absl::Now()},
        thread_([this] { Run(); }) {}

  Released newest() const {
    absl::MutexLock lock(&mutex_);
    return newest_;
  }

  absl::Status status() const {
    absl::MutexLock lock(&mutex_);
    return status_;
  }

  absl::Duration behind() const {
    absl::MutexLock lock(&mutex_);
    if (!at_work_since_.has_value()) return absl::ZeroDuration();
    return absl::FromChrono(std::chrono::steady_clock::now() - *at_work_since_);
  }

  const Anchor& anchor() const { return anchor_; }

  void Shutdown() {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    pause_.End();
    absl::MutexLock joining(&join_mutex_);
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run() {
    for (;;) {
      WaitForWork();
      const auto next =
          std::chrono::steady_clock::now() + absl::ToChronoMicroseconds(options_.interval);
      // Asked before signing: what came in up to the call of Shutdown is signed in the last round.
      const bool last_round = stopping();
      if (!Publish() || last_round) return;
      pause_.WaitUntil(next);
    }
  }

  // Until the head is above what is published, or Shutdown.
  void WaitForWork() {
    {
      absl::MutexLock lock(&mutex_);
      work_ = false;
    }
    const uint64_t ticket = head_.CallWhenAbove(newest().checkpoint.size, [this] {
      absl::MutexLock lock(&mutex_);
      work_ = true;
      if (!at_work_since_.has_value()) at_work_since_ = std::chrono::steady_clock::now();
    });
    {
      const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return work_ || stopping_; };
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&ready));
    }
    // False where the callback runs this moment on another thread: it must be done before `this`
    // may go.
    if (!head_.Cancel(ticket)) {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&work_));
    }
  }

  bool stopping() const {
    absl::MutexLock lock(&mutex_);
    return stopping_;
  }

  // False after a breach.
  bool Publish() {
    absl::StatusOr<std::optional<Released>> released = signer_.SignHead();
    if (released.ok() && released->has_value()) Release(**std::move(released));
    const absl::Status status = released.status();
    {
      absl::MutexLock lock(&mutex_);
      status_ = status;
      if (status.ok()) at_work_since_.reset();
    }
    if (status.ok() || status.code() == absl::StatusCode::kResourceExhausted) return true;
    on_failure_(status);
    return false;
  }

  void Release(Released released) {
    WAYMARK_FAILPOINT("before_release");
    const TreeSize size = released.checkpoint.size;
    {
      absl::MutexLock lock(&mutex_);
      newest_ = std::move(released);
    }
    published_.Publish(size);
    WAYMARK_FAILPOINT("after_release");
    // Saves work on the next open and nothing else, so its failure stops nothing.
    const TreeSize flushed = log_.flushed_size();
    if (flushed > anchor_.flushed_size()) anchor_.NoteFlushed(flushed).IgnoreError();
  }

  const EventLog& log_;
  Anchor& anchor_;
  HeadWatch& head_;
  HeadWatch& published_;
  const std::function<void(absl::Status)> on_failure_;
  const PublisherOptions options_;
  Signer signer_;  // of the publishing thread alone
  Pause pause_;

  mutable absl::Mutex mutex_;
  Released newest_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  bool work_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<std::chrono::steady_clock::time_point> at_work_since_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Mutex join_mutex_;
  std::thread thread_;
};

Publisher::Publisher(const EventLog& log, Anchor& anchor, const merkle::PrivateKey& key,
                     HeadWatch& head, HeadWatch& published,
                     std::function<void(absl::Status)> on_failure, PublisherOptions options)
    : thread_(std::make_unique<Thread>(log, anchor, key, head, published, std::move(on_failure),
                                       options)) {}

Publisher::~Publisher() { Shutdown(); }

Released Publisher::newest() const { return thread_->newest(); }

absl::Status Publisher::status() const { return thread_->status(); }

absl::Duration Publisher::behind() const { return thread_->behind(); }

absl::StatusOr<std::string> Publisher::NoteOf(TreeSize size) const {
  const Released newest = thread_->newest();
  if (size == newest.checkpoint.size) return newest.note;
  std::optional<std::string> note;
  // The file of released ones may be a step ahead of what has been released.
  if (size < newest.checkpoint.size) {
    ASSIGN_OR_RETURN(note, thread_->anchor().FindReleased(size));
  }
  if (note.has_value()) return *std::move(note);
  return Refuse({absl::StatusCode::kNotFound, "CHECKPOINT_NONE",
                 absl::StrCat("size: no checkpoint of size ", size.value,
                              " was released; the newest has ", newest.checkpoint.size.value),
                 -1, "size"});
}

void Publisher::Shutdown() { thread_->Shutdown(); }

}  // namespace waymark
