// This header defines how the bytes of an erased payload leave the disk. The commit that erases
// writes the row anew without them; the old row stays in RocksDB's write-ahead log and files until
// those are written anew too, which is done here, behind the commits.
//
//   PayloadPurge purge(tables);                       // takes up what an earlier process left
//   purge.Note(Position{900}, {Position{258}});       // the commit at 900 erased 258
//   ... purge.pending() == 0                          // and now no file holds the payload
#ifndef WAYMARK_LEDGER_STORAGE_PAYLOAD_PURGE_H_
#define WAYMARK_LEDGER_STORAGE_PAYLOAD_PURGE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "ledger/base/types.h"
#include "ledger/storage/tables.h"

namespace waymark {

// The rows that hold the payloads of `positions`, by their keys, as they will be without them.
// DataLoss EVENT_DAMAGED with the position where a row cannot be read. REQUIRES: positions that
// rise, all of them in the log.
absl::StatusOr<std::map<std::string, std::string>> RowsWithout(
    const Tables& tables, absl::Span<const Position> positions);

// Safe from any thread. An erasure row stands in `meta` from the commit until the last file is
// gone: so a process that ends in between leaves the rest to the next one.
class PayloadPurge {
 public:
  explicit PayloadPurge(const Tables& tables);
  // Does not wait for what is pending.
  ~PayloadPurge();
  PayloadPurge(const PayloadPurge&) = delete;
  PayloadPurge& operator=(const PayloadPurge&) = delete;

  // After the commit whose first position is `commit`, which wrote the erasure row.
  void Note(Position commit, std::vector<Position> erased);

  // Erased events whose payloads may still be found in files.
  uint64_t pending() const;

 private:
  using Erasures = std::map<Position, std::vector<Position>>;  // by the commit

  // What an earlier process left.
  void Load();
  void Run();
  absl::Status Purge(const Erasures& erasures);
  absl::Status Flush();
  // Files that may hold old rows of these keys.
  absl::StatusOr<std::set<std::string>> OldFiles(const std::set<std::string>& keys) const;
  absl::Status Compact(const std::set<std::string>& keys);
  // Returns once none of the files is there; Cancelled where the process is to end first.
  absl::Status AwaitGone(const std::set<std::string>& files);
  absl::Status Forget(const Erasures& erasures);

  const Tables& tables_;
  // The same as stop_, for RocksDB to look at while it compacts.
  std::atomic<bool> stopping_{false};
  mutable absl::Mutex mutex_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  Erasures pending_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_PAYLOAD_PURGE_H_
