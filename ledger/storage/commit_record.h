// This header defines what one commit writes: the seam between planning (pure), storing (the one
// effect) and, in a cluster, the log between machines. Plain values; made by PlanCommit, read by
// EventLog::Append.
#ifndef WAYMARK_LEDGER_STORAGE_COMMIT_RECORD_H_
#define WAYMARK_LEDGER_STORAGE_COMMIT_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/base/types.h"

namespace waymark {

// Focuses that one event can be selected on: more than a matrix has.
inline constexpr size_t kFilterFocusesMax = 255;

// What a feed may select an event on, captured when it was recorded and never derived again. Codes
// and organisation references only, never personal data.
struct FilterEntry {
  // Codes; empty matches no focus filter. At most kFilterFocusesMax, the first of those named.
  std::vector<std::string> focuses;
  std::string category;  // code under the matrix version then in force; may be empty
  std::string party;     // in whose name it was recorded
  uint8_t marking = 0;   // number of v1::Marking
};

// One event, in position order.
struct CommitEvent {
  std::string header;   // EntryHeader bytes: the leaf
  std::string payload;  // exact bytes as sent
  std::string salt;     // 32 bytes
  FilterEntry filter;
};

// One request; its events stand at `event_count` consecutive positions.
struct CommitRequest {
  std::string request_id;
  std::string contract_id;
  Position first_position;
  Revision first_revision;
  uint32_t event_count = 0;
  Digest statement_digest = {};
  std::string statement;          // Statement bytes; stored once
  std::string signature;          // 64 bytes, or empty when unsigned
  std::string author_public_key;  // 32 bytes, or empty when unsigned
  bool salts_from_server = false;
  std::vector<std::vector<std::string>> flags;  // one list an event, as returned to the caller
};

struct CommitRecord {
  TreeSize prev_size;
  Digest prev_root = {};
  UnixMicros recorded_at;  // of every event in the commit
  UnixMicros clock;        // what the wall clock said; differs when it stepped back or ran ahead
  std::vector<CommitRequest> requests;
  std::vector<CommitEvent> events;  // positions prev_size .. new_size-1
  std::vector<Digest> leaf_hashes;  // of `events`, in order
  TreeSize new_size;
  Digest new_root = {};
  std::vector<Digest> new_edge;  // perfect subtree roots of new_size, largest first
  // Earlier events whose payloads and salts go with this commit, which holds the event that says
  // so; rising, each below prev_size.
  std::vector<Position> erased;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_COMMIT_RECORD_H_
