#include "ledger/base/clock.h"

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/base/refusal.h"

namespace waymark {
namespace {

std::string InUtc(UnixMicros instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ",
                          absl::FromUnixMicros(static_cast<int64_t>(instant.value)),
                          absl::UTCTimeZone());
}

}  // namespace

UnixMicros SystemClock::Now() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  return UnixMicros{micros < 0 ? 0 : static_cast<uint64_t>(micros)};
}

int64_t SystemClock::MonotonicMicros() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

absl::Status RehearsalClock::Set(UnixMicros now) {
  uint64_t seen = now_.load();
  do {
    if (now.value < seen) {
      return Refuse({absl::StatusCode::kFailedPrecondition, "CLOCK_BACKWARDS",
                     absl::StrCat("now: ", InUtc(now), " is before ", InUtc(UnixMicros{seen}),
                                  ", where the rehearsal clock stands; it only goes forward"),
                     -1, "now"});
    }
  } while (!now_.compare_exchange_weak(seen, now.value));
  return absl::OkStatus();
}

}  // namespace waymark
