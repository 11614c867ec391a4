// This header defines the inside of an EventLog: the open database, and what the commit thread
// shares with readers. Included by the event_log*.cc files only.
#ifndef WAYMARK_LEDGER_STORAGE_EVENT_LOG_DATABASE_H_
#define WAYMARK_LEDGER_STORAGE_EVENT_LOG_DATABASE_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/flush_watch.h"
#include "ledger/storage/payload_purge.h"
#include "ledger/storage/tables.h"
#include "ledger/storage/tile_edge.h"

namespace waymark {

struct EventLog::Database {
  // The tree and its right edge are swapped in whole, after their commit is on disk.
  struct Tree {
    TileEdge edge;
    merkle::CompactTree compact;
  };

  LedgerIdentity identity;
  EventLogOptions options;
  std::shared_ptr<FlushWatch> flushes;
  std::unique_ptr<Tables> tables;
  std::unique_ptr<PayloadPurge> purge;
  // Written by the commit thread after a commit is on disk; a reader that sees a head finds all
  // below it.
  std::atomic<uint64_t> head{0};
  std::atomic<uint64_t> last_recorded_at{0};
  std::atomic<uint64_t> append_under_way{0};
  mutable absl::Mutex mutex;
  Tree tree ABSL_GUARDED_BY(mutex);
  // Of the commit thread alone: appends so far; OK, or what latched.
  uint64_t appends = 0;
  absl::Status failed;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_EVENT_LOG_DATABASE_H_
