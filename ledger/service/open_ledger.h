// This header defines how a ledger is opened for serving. What was recovered is not trusted until
// it has been compared with the anchor, and nothing is written before that.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<OpenedLedger> ledger, OpenLedger({.data = dir, .key_file =
//   file}, on_failure));
#ifndef WAYMARK_LEDGER_SERVICE_OPEN_LEDGER_H_
#define WAYMARK_LEDGER_SERVICE_OPEN_LEDGER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/clock.h"
#include "ledger/base/limits.h"
#include "ledger/commit/committer.h"
#include "ledger/publish/anchor.h"
#include "ledger/publish/publisher.h"
#include "ledger/service/commit_watchdog.h"
#include "ledger/service/kept_clock.h"
#include "ledger/service/workshop.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/head_watch.h"

namespace waymark {

// Where a ledger lies.
struct LedgerPaths {
  // Holds `ledger` (the database) and `projections` (the views).
  std::string data;
  // Empty: DATA/anchor. Never inside DATA/ledger.
  std::string anchor_dir;

  std::string database() const { return data + "/ledger"; }
  std::string projections() const { return data + "/projections"; }
  std::string anchor() const { return anchor_dir.empty() ? data + "/anchor" : anchor_dir; }
};

// InvalidArgument ANCHOR_INSIDE_DATABASE: a rollback of the database would take the anchor with it.
absl::Status CheckPaths(const LedgerPaths& paths);

struct OpenLedgerOptions {
  LedgerPaths paths;
  std::string key_file;
  uint64_t disk_reserve_bytes = kDiskReserveBytesDefault;
};

// A ledger that takes appends and signs. Parts are declared in the order in which they depend on
// each other.
struct OpenedLedger {
  std::unique_ptr<Anchor> anchor;
  std::unique_ptr<EventLog> log;
  std::unique_ptr<CommitWatchdog> commit_watchdog;
  std::unique_ptr<Clock> clock;
  KeptClock* rehearsal_clock = nullptr;  // `clock`, on a rehearsal ledger
  std::unique_ptr<HeadWatch> head;
  std::unique_ptr<HeadWatch> published;
  std::unique_ptr<Committer> committer;
  std::unique_ptr<Publisher> publisher;

  LedgerParts parts() const;
  // Answers what is queued, signs it, and takes nothing more. Safe to call twice.
  void StopWriting();
};

// The open sequence; a refusal changes no byte of the database. `on_failure` runs when
// the database failed in the background, a commit does not end, or the committer or the publisher
// has to stop for good, perhaps more than once and from several threads: the process must end. A
// rehearsal clock stands where it was set. Errors: those of CheckPaths, LoadPrivateKey,
// EventLog::Inspect and Open, Anchor::Open, CheckAgainstAnchor and KeptClock::Open;
// FailedPrecondition KEY_MISMATCH: the key is not the ledger's.
absl::StatusOr<std::unique_ptr<OpenedLedger>> OpenLedger(
    const OpenLedgerOptions& options, std::function<void(absl::Status)> on_failure);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_OPEN_LEDGER_H_
