// This header defines the count of unary calls that are being answered. A server that stops waits
// for these; for connections it need not wait, since a client that does nothing closes none.
//
//   if (!calls.Enter()) ...   // refuse: the server is stopping
//   calls.Leave();            // just before the answer goes
//
//   calls.Close();
//   calls.WaitUntilNone(absl::Seconds(5));
#ifndef WAYMARK_LEDGER_SERVICE_CALLS_IN_FLIGHT_H_
#define WAYMARK_LEDGER_SERVICE_CALLS_IN_FLIGHT_H_

#include <atomic>
#include <cstdint>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace waymark {

// Safe from any thread; Enter and Leave take no lock before Close.
class CallsInFlight {
 public:
  CallsInFlight() = default;
  CallsInFlight(const CallsInFlight&) = delete;
  CallsInFlight& operator=(const CallsInFlight&) = delete;

  // False after Close: the call is not counted and must be refused.
  bool Enter() {
    count_.fetch_add(1);
    if (!closed_.load()) return true;
    Leave();
    return false;
  }
  void Leave() {
    if (count_.fetch_sub(1) == 1 && closed_.load()) Wake();
  }

  // Lets no further call in.
  void Close() { closed_.store(true); }
  // True if none was left. REQUIRES: Close was called.
  bool WaitUntilNone(absl::Duration timeout) const;

 private:
  void Wake();
  bool None() const { return count_.load() == 0; }

  mutable absl::Mutex mutex_;  // guards nothing: its release makes the one that waits look again
  std::atomic<int64_t> count_{0};
  std::atomic<bool> closed_{false};
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_CALLS_IN_FLIGHT_H_
