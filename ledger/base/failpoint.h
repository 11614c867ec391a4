// This header defines named points at which a test ends the process as a power cut would: no
// destructor runs, no buffer is flushed.
//
//   WAYMARK_FAILPOINT("after_write");   // WAYMARK_FAILPOINT=after_write:3 dies at the third pass
//
// Compiled in only in the failpoint twins of a library (root CMakeLists.txt); elsewhere the line is
// nothing. Safe from any thread.
#ifndef WAYMARK_LEDGER_BASE_FAILPOINT_H_
#define WAYMARK_LEDGER_BASE_FAILPOINT_H_

#ifdef WAYMARK_FAILPOINTS

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace waymark {

// What a process killed by signal 9 shows to a shell.
inline constexpr int kFailpointExitCode = 137;

// Ends the process if the environment names this point and this is the pass that it names (the
// first, without a number). The environment is read once.
inline void PassFailpoint(absl::string_view name) {
  struct Chosen {
    std::string name;
    int64_t pass = 1;
    std::atomic<int64_t> passed{0};
  };
  static Chosen* const chosen = [] {
    auto* const read = new Chosen;
    const char* const variable = std::getenv("WAYMARK_FAILPOINT");
    const absl::string_view text = variable == nullptr ? "" : variable;
    const size_t colon = text.find(':');
    read->name = std::string(text.substr(0, colon));
    if (colon != absl::string_view::npos &&
        !absl::SimpleAtoi(text.substr(colon + 1), &read->pass)) {
      read->name.clear();
    }
    return read;
  }();
  if (chosen->name == name && chosen->passed.fetch_add(1) + 1 == chosen->pass) {
    _exit(kFailpointExitCode);
  }
}

}  // namespace waymark

#define WAYMARK_FAILPOINT(name) ::waymark::PassFailpoint(name)
#else
#define WAYMARK_FAILPOINT(name) static_cast<void>(0)
#endif

#endif  // WAYMARK_LEDGER_BASE_FAILPOINT_H_
