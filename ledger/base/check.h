// This header defines WAYMARK_CHECK, for programmer errors only; it stays on in release builds.
// What a client or a disk can cause is an absl::Status.
#ifndef WAYMARK_LEDGER_BASE_CHECK_H_
#define WAYMARK_LEDGER_BASE_CHECK_H_

namespace waymark {
// Prints file, line and the condition to standard error and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);
}  // namespace waymark

#define WAYMARK_CHECK(condition) \
  ((condition) ? (void)0 : ::waymark::CheckFailed(__FILE__, __LINE__, #condition))

#endif  // WAYMARK_LEDGER_BASE_CHECK_H_
