// This header defines the answer to an append: the receipt of a request that was taken, and how a
// repeat of it is told from another request that bears its id. First answer and repeat are built
// from the same facts, so their bytes are the same for the life of the ledger.
//
//   reply.receipt = ReceiptOf(record, index, ledger_id);            // taken now
//   ASSIGN_OR_RETURN(outcome, AnswerRepeat(request, row, events, ledger_id));   // taken before
#ifndef WAYMARK_LEDGER_COMMIT_RECEIPT_H_
#define WAYMARK_LEDGER_COMMIT_RECEIPT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ledger/base/types.h"
#include "ledger/commit/append_request.h"
#include "ledger/storage/commit_record.h"
#include "ledger/storage/event_log.h"
#include "waymark/v1/proof.pb.h"

namespace waymark {

// What became of a request that was taken, now or the first time it was sent.
struct CommitOutcome {
  v1::ReceiptFixed receipt;
  // One list an event; the same for every repeat.
  std::vector<std::vector<std::string>> flags;
  bool repeated = false;
};

// The receipt of record.requests[index]. Pure.
v1::ReceiptFixed ReceiptOf(const CommitRecord& record, size_t index, const std::string& ledger_id);

// What the ledger holds of a request that it took before: its row, and its events with headers, and
// payloads with salts where these are left.
struct FirstTime {
  StoredRequest row;
  std::vector<StoredEvent> events;
};

// The answer to a request whose id the ledger knows: the first receipt, or AlreadyExists
// REQUEST_ID_REUSED naming both digests. The expected revision plays no part. Where the ledger drew
// the salts of both, the repeat's digest is built with the salts of the first time; of an event
// erased since, only its place and type are left to compare. Pure. DataLoss EVENT_DAMAGED for
// stored events that are not of the request, or not what they commit to.
absl::StatusOr<CommitOutcome> AnswerRepeat(const SealedRequest& repeat, const FirstTime& first,
                                           const std::string& ledger_id);

// OK if `repeat` is record.requests[index] sent again; else REQUEST_ID_REUSED as above. Pure.
absl::Status CheckRepeatInRecord(const SealedRequest& repeat, const CommitRecord& record,
                                 size_t index, const std::string& ledger_id);

// Reads FirstTime from the log. May wait for the disk.
absl::StatusOr<FirstTime> ReadFirstTime(const EventLog& log, StoredRequest row);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_RECEIPT_H_
