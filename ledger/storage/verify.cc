#include "ledger/storage/verify.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ledger/base/status_macros.h"
#include "ledger/storage/audit.h"
#include "ledger/storage/commitment_audit.h"
#include "ledger/storage/fault_log.h"
#include "ledger/storage/ledger_state.h"
#include "ledger/storage/tables.h"

namespace waymark {
namespace {

// What no row leads to, such as an index block: the checksum that was taken when the file was
// written.
void CheckFiles(const Tables& tables, FaultLog* faults) {
  const rocksdb::Status status = tables.db().VerifyFileChecksums(rocksdb::ReadOptions());
  if (status.ok()) return;
  Fault fault;
  fault.what = "file_checksum";
  fault.got = status.ToString();
  faults->Report(std::move(fault));
}

}  // namespace

absl::StatusOr<LedgerIdentity> ReadIdentity(const std::string& directory) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Tables> tables, Tables::Open(directory, {}));
  ASSIGN_OR_RETURN(LedgerMeta meta, ReadMeta(*tables, ""));
  return std::move(meta.identity);
}

absl::StatusOr<VerifyReport> VerifyData(const std::string& directory,
                                        const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Tables> tables, Tables::Open(directory, {}));
  ASSIGN_OR_RETURN(LedgerMeta meta, ReadMeta(*tables, options.ledger_id));
  FaultLog faults(*tables, options.on_fault);
  AuditPlan plan;
  plan.start = options.start;
  plan.depth = EventAudit::Depth::kContents;
  plan.checkpoints = options.checkpoints;
  plan.progress = options.progress;
  std::stable_sort(
      plan.checkpoints.begin(), plan.checkpoints.end(),
      [](const ReleasedCheckpoint& a, const ReleasedCheckpoint& b) { return a.size < b.size; });
  const AuditOutcome outcome = Audit(*tables, meta, plan, &faults);
  CheckCommitmentsDiffer(*tables, meta.head.size, outcome.begin, &faults);
  CheckFiles(*tables, &faults);
  VerifyReport report;
  report.identity = std::move(meta.identity);
  report.size = meta.head.size;
  report.root = meta.head.root;
  report.events_checked = outcome.events;
  report.requests_checked = outcome.requests;
  report.signatures_checked = outcome.signatures;
  report.payloads_erased = outcome.erased;
  report.checkpoints_checked = outcome.checkpoints;
  report.fault_count = faults.count();
  report.first_fault = faults.first();
  return report;
}

}  // namespace waymark
