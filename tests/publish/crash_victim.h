// This header defines the ledger that dies: a process of its own that appends and publishes as fast
// as it can, and tells its parent what was acknowledged, until it is killed.
//
//   crash_victim DIRECTORY ROUND     one line a taken request on standard output:
//                                    "ack <request id> <hex of ReceiptFixed>", "published <size>
//                                    <hex of the note>"
//
// What a round requests follows from its number, so the parent can ask for any of it again.
#ifndef WAYMARK_TESTS_PUBLISH_CRASH_VICTIM_H_
#define WAYMARK_TESTS_PUBLISH_CRASH_VICTIM_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/note_key.h"
#include "ledger/publish/anchor.h"
#include "ledger/storage/event_log.h"
#include "tests/commit/commit_world.h"

namespace waymark::test {

inline constexpr int kVictimWriters = 4;

inline std::string VictimVkey() {
  return merkle::FormatVkey({kCommitLedgerId, merkle::KeyType::kLog, TestLedgerKey().public_key()});
}

inline std::string VictimContract(int writer) { return absl::StrCat("C-", writer % 2); }

inline v1::AppendRequest VictimRequest(int round, int writer, int number) {
  const std::string id = absl::StrCat("r", round, "-w", writer, "-", number);
  std::vector<std::string> evidence;
  for (int i = 0; i <= number % 5; ++i) evidence.push_back(absl::StrCat(id, "-", i));
  // Some come back to life with the salts that the ledger drew.
  return number % 3 == 0 ? UnsaltedEvidenceRequest(VictimContract(writer), id, evidence)
                         : EvidenceRequest(VictimContract(writer), id, evidence);
}

// The inverse of the id in VictimRequest.
inline v1::AppendRequest VictimRequestById(const std::string& id) {
  int round = 0;
  int writer = 0;
  int number = 0;
  WAYMARK_CHECK(sscanf(id.c_str(), "r%d-w%d-%d", &round, &writer, &number) == 3);
  return VictimRequest(round, writer, number);
}

inline absl::Status MakeVictimLedger(const std::string& directory) {
  RETURN_IF_ERROR(
      EventLog::Create(directory + "/data",
                       {.ledger_id = kCommitLedgerId, .public_key = TestLedgerKey().public_key()}));
  const merkle::Checkpoint empty{kCommitLedgerId, TreeSize{0}, merkle::EmptyRoot()};
  ASSIGN_OR_RETURN(const std::string note, merkle::SignCheckpoint(empty, TestLedgerKey()));
  return Anchor::Create(directory + "/anchor", note);
}

struct VictimLedger {
  std::unique_ptr<Anchor> anchor;
  std::unique_ptr<EventLog> log;
};

// The open sequence of a daemon: the anchor, a look that changes nothing, the check, and only then
// for writing.
inline absl::StatusOr<VictimLedger> OpenVictimLedger(const std::string& directory) {
  VictimLedger opened;
  ASSIGN_OR_RETURN(opened.anchor, Anchor::Open(directory + "/anchor", VictimVkey()));
  ASSIGN_OR_RETURN(
      const Inspection found,
      EventLog::Inspect(directory + "/data", {.checked = opened.anchor->flushed_size(),
                                              .root_at = opened.anchor->checkpoint().size}));
  RETURN_IF_ERROR(CheckAgainstAnchor(found, *opened.anchor, found.root_at));
  ASSIGN_OR_RETURN(opened.log, EventLog::Open(directory + "/data", {.disk_reserve_bytes = 1}));
  return opened;
}

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_PUBLISH_CRASH_VICTIM_H_
