// This header defines what an export is made of: everything that is known of one contract at one
// known_at, folded from its events in the log. What the documents say is a function of it alone.
//
//   ASSIGN_OR_RETURN(const ContractRecord record, ReadRecord({log, hash, root}, request, now));
//   record.state, record.events, record.basis
//
// For the public, an event marked COMMERCIAL or PERSONAL is read as if its payload were erased. The
// level of a focus or the outcome of a clause that would differ without it is not told at all:
// something else in its place would be false.
#ifndef WAYMARK_PROJECTIONS_EXPORT_CONTRACT_RECORD_H_
#define WAYMARK_PROJECTIONS_EXPORT_CONTRACT_RECORD_H_

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "ledger/base/types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/state.h"
#include "ledger/storage/event_log.h"
#include "projections/maturity/question.h"
#include "waymark/v1/report.pb.h"

namespace waymark::exports {

// What one export may read and make. All of it is held in memory at once.
inline constexpr size_t kExportEventsMax = 100000;
inline constexpr size_t kExportBytesMax = 64 << 20;

struct KnownEvent {
  Position position;
  // Of the first event of its request.
  Position first_position;
  UnixMicros recorded_at;
  absl::CivilDay recorded_on;
  // Name of its message, such as "LevelDetermined".
  std::string type;
  // Hash of the leaf, and the payload's commitment that it holds.
  Digest leaf_hash = {};
  Digest commitment = {};
  enum class Payload { kTold, kErased, kWithheld };
  Payload payload = Payload::kTold;
  // Empty unless the payload is told. Focus codes are separated by blanks.
  std::string party, role, marking, focuses;
  // Kept for the few types whose words the state does not hold.
  std::optional<ParsedEvent> words;
};

struct ContractRecord {
  v1::Basis basis;
  maturity::Settled at;
  // Of the tree of at.known leaves.
  Digest root = {};
  HashFunction hash = nullptr;
  bool is_public = false;
  // Registered. Knows the events below at.known, and nothing of those withheld.
  ContractState state;
  // In position order, all below at.known.
  std::vector<KnownEvent> events;
  // Positions whose payload was withheld; ascending.
  std::vector<uint64_t> withheld;
  // Focuses and clauses of which something is withheld that bears on what they say.
  std::set<std::string> hidden_focuses, hidden_clauses;
};

// What records are read from; the log must outlive the reading.
struct RecordSource {
  const EventLog& log;
  // SHA-256.
  HashFunction hash;
};

// Refusals: those of CheckQuestion and Settle (question.h); NotFound CONTRACT_UNKNOWN; OutOfRange
// MIN_POSITION_BEYOND_HEAD; ResourceExhausted EXPORT_TOO_LARGE; FailedPrecondition MARKING_BREACH
// where the contract's registration itself may not be made public. DataLoss where what is stored is
// damaged. Reads the disk; safe from any thread.
absl::StatusOr<ContractRecord> ReadRecord(const RecordSource& source,
                                          const v1::ExportRequest& request, UnixMicros now);

// The position that a reference of `event` names.
Position Resolve(const v1::EventRef& ref, const KnownEvent& event);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_CONTRACT_RECORD_H_
