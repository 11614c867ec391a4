// This header defines which filter values any event has had so far, so that a subscriber who
// misspells a focus is told
// ("PI-CS" or "PI-SC"?) and not just served nothing.
//
//   while (!seen.Advance(log, head)) { ... yield ... }
//   seen.Unknown(filter.AskedFor())
#ifndef WAYMARK_LEDGER_SERVICE_SEEN_VALUES_H_
#define WAYMARK_LEDGER_SERVICE_SEEN_VALUES_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "ledger/base/types.h"
#include "ledger/service/event_filter.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// Learned from the captured filter rows, from position 0 on, the first time that somebody asks and
// from there as the ledger grows. Codes are few: a contract has at most kMatrixFocusesMax focuses.
// Safe from any thread; reads the disk.
class SeenValues {
 public:
  // Reads on towards `until`, at most one scan turn. True once it is there. Errors: those of
  // EventLog.
  absl::StatusOr<bool> Advance(const EventLog& log, TreeSize until);

  // Those of the values that no event below the size reached has had, sorted. Contracts are looked
  // up in the log.
  absl::StatusOr<std::vector<std::string>> Unknown(const EventLog& log,
                                                   const EventFilter::Values& asked) const;

 private:
  mutable absl::Mutex mutex_;
  TreeSize scanned_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> focuses_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> categories_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> parties_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_SEEN_VALUES_H_
