#include "ledger/service/kept_clock.h"

#include <algorithm>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/publish/synced_file.h"

namespace waymark {
namespace {

// DIRECTORY/rehearsal-clock := microseconds since 1970, decimal, '\n'
constexpr char kFile[] = "rehearsal-clock";
constexpr size_t kFileBytesMax = 32;

// 0 where there is no file, or an empty one, as a power cut may leave.
absl::StatusOr<UnixMicros> Kept(const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/", kFile);
  const absl::StatusOr<std::string> bytes = ReadFile(path, kFileBytesMax);
  if (absl::IsNotFound(bytes.status()) || (bytes.ok() && bytes->empty())) return UnixMicros{0};
  absl::StatusOr<uint64_t> micros = absl::InvalidArgumentError("none");
  if (bytes.ok()) micros = merkle::FromDecimal(absl::StripSuffix(*bytes, "\n"));
  if (micros.ok()) return UnixMicros{*micros};
  return Refuse({.code = absl::StatusCode::kDataLoss,
                 .reason = "CLOCK_FILE_DAMAGED",
                 .message = absl::StrCat(path,
                                         ": holds no instant; remove it, and the rehearsal "
                                         "clock stands at the newest event")});
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeptClock>> KeptClock::Open(const std::string& directory,
                                                           UnixMicros recorded) {
  ASSIGN_OR_RETURN(const UnixMicros kept, Kept(directory));
  return absl::WrapUnique(new KeptClock(directory, std::max(kept, recorded)));
}

absl::Status KeptClock::Set(UnixMicros now) {
  absl::MutexLock lock(&setting_);
  if (now > clock_.Now()) {
    const absl::Status written = ReplaceUnsynced(directory_, kFile, absl::StrCat(now.value, "\n"));
    if (!written.ok()) {
      return Refuse(
          {.code = absl::StatusCode::kUnavailable,
           .reason = "CLOCK_NOT_KEPT",
           .message = absl::StrCat("now: ", written.message(), "; the clock stands as before"),
           .field = "now"});
    }
  }
  return clock_.Set(now);
}

}  // namespace waymark
