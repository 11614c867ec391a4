#include "clients/cli/interrupt.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <thread>
#include <utility>

namespace waymark::cli {
namespace {

// Guarded by Ending().
LastWords* innermost = nullptr;

LastWords* Exchange(LastWords* words) {
  const std::lock_guard lock(Ending());
  return std::exchange(innermost, words);
}

}  // namespace

std::recursive_mutex& Ending() {
  static std::recursive_mutex& mutex = *new std::recursive_mutex;
  return mutex;
}

LastWords::LastWords(std::function<std::string()> say)
    : say_(std::move(say)), outer_(Exchange(this)) {}

LastWords::~LastWords() { Exchange(outer_); }

void EndBy(int signal) {
  // Never given back: what the other threads do after this line is not seen.
  Ending().lock();
  const std::string words =
      innermost == nullptr ? "INTERRUPTED: ended before it was done" : innermost->say_();
  // A bar, and the terminal's echo of the key.
  if (isatty(STDERR_FILENO) != 0) std::cerr << "\r\x1b[K";
  std::cerr << "waymark: " << words << std::endl;
  _exit(128 + signal);
}

void WatchForInterrupts() {
  sigset_t watched;
  sigemptyset(&watched);
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction found;
    if (sigaction(signal, nullptr, &found) == 0 && found.sa_handler != SIG_IGN)
      sigaddset(&watched, signal);
  }
  // Threads that are made later inherit this, so that only the one that waits is told.
  pthread_sigmask(SIG_BLOCK, &watched, nullptr);
  std::thread([watched] {
    int signal = 0;
    if (sigwait(&watched, &signal) != 0) return;
    pthread_sigmask(SIG_UNBLOCK, &watched, nullptr);
    EndBy(signal);
  }).detach();
}

}  // namespace waymark::cli
