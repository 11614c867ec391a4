// This header defines the check of a whole data directory: every stored byte is read and hashed
// again, by code that shares nothing with the server but the codecs. It names the first bad
// position and counts the rest.
//
//   ASSIGN_OR_RETURN(const VerifyReport report, VerifyData("/var/lib/waymark/data", options));
//   if (report.fault_count > 0) std::cout << FormatFault(*report.first_fault);
#ifndef WAYMARK_LEDGER_STORAGE_VERIFY_H_
#define WAYMARK_LEDGER_STORAGE_VERIFY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// One thing that is not as it was recorded. What does not apply is empty.
struct Fault {
  std::optional<Position> position;
  std::string contract_id;
  std::optional<Revision> revision;
  // What was checked, a stable word: entry_row, header, recorded_at, revision, leaf_hash, tile,
  // root, checkpoint_root, statement_row, statement_digest, statement_ledger, statement_contract,
  // statement_index, statement_commitment, statement_events, author_key_id, signature, request_row,
  // request_<field>, payload_row, payload_commitment, payload_type, commitment_repeated,
  // stream_row, filter_row, erasure_event, erasure_undone, rows_beyond_head, row_count,
  // file_checksum.
  std::string what;
  // The file that holds the row, "log" for the write-ahead log; empty if none is known.
  std::string file;
  // The row's key, in hexadecimal.
  std::string key;
  // Where in the row's value the bytes at fault begin.
  std::optional<uint64_t> value_byte;
  std::string want;
  std::string got;
};

// One line without its end, as
//   FAULT position=258 contract=C-1 revision=12 what=payload_commitment file=000123.sst
//   key=0000000000000100 value_byte=37 want=1f.. got=9a..
// Words with a space stand in quotes.
std::string FormatFault(const Fault& fault);

// A checkpoint that the ledger signed and let out, whose signature the caller has verified.
struct ReleasedCheckpoint {
  TreeSize size;
  Digest root = {};
};

struct VerifyOptions {
  // Checks events from here on, rounded down to a tile; the tree below is taken from the tiles. Of
  // the events below, only the commitments are read, to be compared with those above.
  TreeSize start;
  // Where not empty, another ledger is refused.
  std::string ledger_id = "";
  // In any order; those below `start` are left out.
  std::vector<ReleasedCheckpoint> checkpoints = {};
  // Called for every fault as it is found, on the calling thread.
  std::function<void(const Fault&)> on_fault = nullptr;
  // Called every few thousand events with how far it is.
  std::function<void(TreeSize done, TreeSize size)> progress = nullptr;
};

struct VerifyReport {
  LedgerIdentity identity;
  TreeSize size;
  // As stored. Whether it is right, the faults say.
  Digest root = {};
  uint64_t events_checked = 0;
  uint64_t requests_checked = 0;
  uint64_t signatures_checked = 0;
  uint64_t payloads_erased = 0;
  uint64_t checkpoints_checked = 0;
  uint64_t fault_count = 0;
  // The one with the lowest position; one without a position only if none has any.
  std::optional<Fault> first_fault;
};

// Whose directory it is: what the signatures of the released checkpoints are checked with. Errors
// as those of VerifyData.
absl::StatusOr<LedgerIdentity> ReadIdentity(const std::string& directory);

// Opens read-only and changes no byte. Errors are those of EventLog::Inspect up to the meta rows: a
// directory that cannot be opened has no report.
absl::StatusOr<VerifyReport> VerifyData(const std::string& directory, const VerifyOptions& options);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_VERIFY_H_
