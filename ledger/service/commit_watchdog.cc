#include "ledger/service/commit_watchdog.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"

namespace waymark {

CommitWatchdog::CommitWatchdog(const EventLog& log, std::function<void(absl::Status)> on_failure,
                               const CommitWatchdogOptions& options)
    : log_(log), on_failure_(std::move(on_failure)), options_(options) {
  timers_.CallAfter(options_.look_every, [this] { Look(); });
}

void CommitWatchdog::Look() {
  const uint64_t found = log_.append_under_way();
  looks_ = found != 0 && found == seen_ ? looks_ + 1 : 0;
  seen_ = found;
  if (looks_ >= options_.looks_max) {
    return on_failure_(
        Refuse({.code = absl::StatusCode::kUnavailable,
                .reason = "COMMIT_STALLED",
                .message = absl::StrCat("a commit at head ", log_.head().value, " has taken over ",
                                        absl::FormatDuration(looks_ * options_.look_every),
                                        "; look at the disk, and restart")}));
  }
  timers_.CallAfter(options_.look_every, [this] { Look(); });
}

}  // namespace waymark
