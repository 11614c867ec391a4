// This header defines the list of open streams: how many there may be, and how all of them are
// ended, with their place, when the server stops or one of them stalls or grows old.
//
//   RETURN_IF_ERROR(registry.Add(stream));     // in its constructor's caller
//   registry.Remove(stream.get());             // in OnDone
#ifndef WAYMARK_LEDGER_SERVICE_STREAM_REGISTRY_H_
#define WAYMARK_LEDGER_SERVICE_STREAM_REGISTRY_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledger/base/limits.h"
#include "ledger/service/timers.h"

namespace waymark {

struct StreamLimits {
  size_t open_max = kOpenStreamsMax;
  absl::Duration stalled_max = absl::Seconds(kStalledStreamSecondsMax);
  absl::Duration age_max = absl::Seconds(kStreamAgeSecondsMax);
  absl::Duration sweep_every = absl::Seconds(10);
};

// One open stream, as the registry sees it. Every function is safe from any thread and does not
// block.
class OpenStream {
 public:
  virtual ~OpenStream() = default;
  // Finishes the stream with this status and its place in the trailing metadata. Only the first
  // call counts.
  virtual void End(const absl::Status& why) = 0;
  // Ends the stream without waiting for the client to take anything more.
  virtual void Cut() = 0;
  // For how long the client has not taken what was sent last; zero if it has.
  virtual absl::Duration stalled() const = 0;
  virtual absl::Duration age() const = 0;
};

// Safe from any thread.
class StreamRegistry {
 public:
  // Sweeps by `timers`, which must be closed before it goes.
  StreamRegistry(Timers& timers, const StreamLimits& limits);
  StreamRegistry(const StreamRegistry&) = delete;
  StreamRegistry& operator=(const StreamRegistry&) = delete;

  // ResourceExhausted STREAMS_FULL, Unavailable DRAINING; then the stream is not listed.
  absl::Status Add(const std::shared_ptr<OpenStream>& stream);
  void Remove(const OpenStream* stream);

  // Ends every stream, and refuses new ones from now on.
  void EndAll(const absl::Status& why);
  // Refuses new streams from now on and ends none.
  void Close();

  // True if no stream is left when it returns.
  bool WaitUntilEmpty(absl::Duration timeout) const;
  size_t size() const;

 private:
  void Sweep();
  std::vector<std::shared_ptr<OpenStream>> Listed() const;
  bool Empty() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return streams_.empty(); }

  Timers& timers_;
  const StreamLimits limits_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<const OpenStream*, std::weak_ptr<OpenStream>> streams_
      ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

// What a stream is told that was opened or is open while the server stops.
absl::Status DrainingStatus();

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_STREAM_REGISTRY_H_
