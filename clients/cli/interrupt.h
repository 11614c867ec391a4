// This header defines how a command ends before its time, by Ctrl-C (SIGINT) or SIGTERM: the
// terminal is left clean, one line says what there is to know, and the exit code is 128 and the
// number of the signal. A second signal ends it at once.
//
//   const LastWords words([&] { return absl::StrCat("INTERRUPTED: follow on with --from ", next);
//   });
#ifndef WAYMARK_CLIENTS_CLI_INTERRUPT_H_
#define WAYMARK_CLIENTS_CLI_INTERRUPT_H_

#include <functional>
#include <mutex>
#include <string>

namespace waymark::cli {

// Watches from now on. REQUIRES: no other thread has been made. A signal that was ignored, as in a
// shell's background jobs, stays so.
void WatchForInterrupts();

// Held while something is done that must be done whole, such as writing a file; nobody who wants it
// gets it once the command is ending.
std::recursive_mutex& Ending();

// What is said if the command is interrupted while this lives, in the place of a plain
// "INTERRUPTED". They nest; the innermost speaks, on a thread of its own.
class LastWords {
 public:
  explicit LastWords(std::function<std::string()> say);
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;
  ~LastWords();

 private:
  friend void EndBy(int signal);
  const std::function<std::string()> say_;
  LastWords* const outer_;
};

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_INTERRUPT_H_
