// This header defines the one thread that wakes others after a while: heartbeats, deadlines of
// waits, the sweep over the open streams. It goes by monotonic time, so a wall clock that is set
// back holds nothing up.
//
//   const uint64_t ticket = timers.CallAfter(absl::Seconds(10), [stream] { stream->Wake(); });
//   timers.Cancel(ticket);
#ifndef WAYMARK_LEDGER_SERVICE_TIMERS_H_
#define WAYMARK_LEDGER_SERVICE_TIMERS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/time/time.h"

namespace waymark {

// Time since some fixed moment; never goes back.
absl::Duration MonotonicNow();

// Safe from any thread.
class Timers {
 public:
  Timers();
  ~Timers();  // Close()
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // Runs `callback` once on the timer thread; it must be short and must not block. After Close it
  // never runs.
  uint64_t CallAfter(absl::Duration delay, std::function<void()> callback);

  // True if the callback had not started and now never will.
  bool Cancel(uint64_t ticket);

  // Drops what is left and ends the thread. Safe to call twice; never from a callback.
  void Close();

  size_t waiting() const;

 private:
  using Clock = std::chrono::steady_clock;  // absl has no monotonic clock to wait on
  void Work();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // The rest is guarded by mutex_.
  bool closed_ = false;
  uint64_t next_ticket_ = 1;
  std::map<std::pair<Clock::time_point, uint64_t>, std::function<void()>> due_;
  std::map<uint64_t, Clock::time_point> by_ticket_;
  std::thread thread_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_TIMERS_H_
