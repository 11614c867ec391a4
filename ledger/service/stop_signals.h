// This header defines how the daemon is told to stop, and what ends it where stopping takes too
// long.
//
//   const StopSignals signals;   // before any thread
//   Flag failed;
//   WaitForEither(signals.file(), failed.file(), /*timeout_ms=*/-1);
//   const ShutdownWatchdog watchdog(signals);
#ifndef WAYMARK_LEDGER_SERVICE_STOP_SIGNALS_H_
#define WAYMARK_LEDGER_SERVICE_STOP_SIGNALS_H_

#include <atomic>
#include <thread>

namespace waymark {

// SIGTERM and SIGINT as something to wait for. Made before any thread, so that every thread leaves
// them alone. SIGPIPE is ignored from then on.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Readable while one of them has come and was not taken.
  int file() const { return file_; }
  void Take() const;

 private:
  int file_;
};

// A flag that one can wait for beside a signal. Safe from any thread.
class Flag {
 public:
  Flag();
  ~Flag();
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;

  void Raise();
  bool raised() const { return raised_; }
  int file() const { return file_; }

 private:
  std::atomic<bool> raised_{false};
  const int file_;
};

// True if one of the two became readable before the timeout; a negative timeout never passes.
bool WaitForEither(int first, int second, int timeout_ms);

// Ends the process with code 1 unless it is destroyed within kShutdownWatchdogSeconds and before a
// second signal. That is safe: whatever is acknowledged is on disk, and a start after it is like
// any other.
class ShutdownWatchdog {
 public:
  explicit ShutdownWatchdog(const StopSignals& signals);
  ~ShutdownWatchdog();
  ShutdownWatchdog(const ShutdownWatchdog&) = delete;
  ShutdownWatchdog& operator=(const ShutdownWatchdog&) = delete;

 private:
  Flag done_;
  std::thread thread_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_STOP_SIGNALS_H_
