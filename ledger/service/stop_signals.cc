#include "ledger/service/stop_signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"

namespace waymark {

StopSignals::StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A client that goes away while it is written to must not end the process.
  signal(SIGPIPE, SIG_IGN);
  file_ = signalfd(-1, &signals, SFD_CLOEXEC);
  WAYMARK_CHECK(file_ >= 0);
}

StopSignals::~StopSignals() { close(file_); }

void StopSignals::Take() const {
  signalfd_siginfo info;
  static_cast<void>(!read(file_, &info, sizeof(info)));
}

Flag::Flag() : file_(eventfd(0, EFD_CLOEXEC)) { WAYMARK_CHECK(file_ >= 0); }

Flag::~Flag() { close(file_); }

void Flag::Raise() {
  raised_ = true;
  const uint64_t one = 1;
  static_cast<void>(!write(file_, &one, sizeof(one)));
}

bool WaitForEither(int first, int second, int timeout_ms) {
  pollfd files[] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
  return poll(files, 2, timeout_ms) > 0;
}

ShutdownWatchdog::ShutdownWatchdog(const StopSignals& signals)
    : thread_([this, &signals] {
        const bool woken =
            WaitForEither(signals.file(), done_.file(), kShutdownWatchdogSeconds * 1000);
        if (done_.raised()) return;
        std::fprintf(stderr, "waymarkd: %s; ending at once\n",
                     woken ? "a second signal" : "stopping takes too long");
        _exit(EXIT_FAILURE);
      }) {}

ShutdownWatchdog::~ShutdownWatchdog() {
  done_.Raise();
  thread_.join();
}

}  // namespace waymark
