// This header defines the publisher: it signs what the ledger holds, after reading it again, and
// releases it. The first checkpoint follows an append at once; from then on at most one a second
// while there is something new, and one at shutdown.
//
//   Publisher publisher(*log, *anchor, key, head, published, [](absl::Status breach) { End(breach);
//   }); published.WaitUntilAbove(position_of_mine, deadline);
#ifndef WAYMARK_LEDGER_PUBLISH_PUBLISHER_H_
#define WAYMARK_LEDGER_PUBLISH_PUBLISHER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/ed25519.h"
#include "ledger/publish/anchor.h"
#include "ledger/publish/reread.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/head_watch.h"

namespace waymark {

// A checkpoint that has left the process.
struct Released {
  merkle::Checkpoint checkpoint;
  std::string note;  // as the log signed it
  absl::Time released_at;
};

// The steps of signing up to the anchor, without a thread: what the publisher runs at its own pace.
class Signer {
 public:
  // All must outlive the signer.
  Signer(const EventLog& log, Anchor& anchor, merkle::PrivateKey key);

  // Reads again what is unsigned, signs it and anchors it; none if the anchor has the head's size
  // already. On return the checkpoint is synced in the anchor and may be released.
  // ResourceExhausted: nothing happened, try again later. Every other error is a breach of the
  // rules of signing: the signer gives the same error for ever.
  absl::StatusOr<std::optional<Released>> SignHead();

 private:
  absl::StatusOr<std::optional<Released>> SignUnsigned();

  const EventLog& log_;
  Anchor& anchor_;
  const merkle::PrivateKey key_;
  std::optional<Rereader> reader_;
  absl::Status breach_;
};

struct PublisherOptions {
  // Least time between two checkpoints.
  absl::Duration interval = absl::Seconds(1);
};

// Safe from any thread.
class Publisher {
 public:
  // Signs with `key` under the ledger's id. `head` wakes it; `published`, which starts at the
  // anchor's size, is told each released size. `on_failure` runs once, on a breach: nothing is
  // signed any more and the daemon must end.
  Publisher(const EventLog& log, Anchor& anchor, const merkle::PrivateKey& key, HeadWatch& head,
            HeadWatch& published, std::function<void(absl::Status)> on_failure,
            PublisherOptions options = {});
  ~Publisher();  // Shutdown()
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // The newest released checkpoint.
  Released newest() const;
  // The note of a released checkpoint of exactly this size; NotFound CHECKPOINT_NONE.
  absl::StatusOr<std::string> NoteOf(TreeSize size) const;

  // OK; or why nothing is published: a full disk (ResourceExhausted, tried again), or the breach.
  absl::Status status() const;

  // For how long the publisher has been at work on a checkpoint that has not come out; zero while
  // it rests or has nothing to sign. By the clock that cannot be set.
  absl::Duration behind() const;

  // Signs what is still unsigned, then stops. Safe to call twice.
  void Shutdown();

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_PUBLISH_PUBLISHER_H_
