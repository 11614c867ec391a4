// This header defines an append request as it leaves the place where it arrived: its shape checked,
// its payloads parsed, its commitments and Statement computed and its signature verified. What is
// left for the commit thread is only what needs its numbers.
//
//   ASSIGN_OR_RETURN(AppendRequest request, AcceptRequest(std::move(message), ledger_id));
//   committer.Submit(std::move(request), answer);
#ifndef WAYMARK_LEDGER_COMMIT_APPEND_REQUEST_H_
#define WAYMARK_LEDGER_COMMIT_APPEND_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"
#include "ledger/contract/parsed_event.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark {

// One event as it will be hashed.
struct SealedEvent {
  // Full name of the payload's message. Points to what outlives the request: a message descriptor,
  // or a literal.
  absl::string_view event_type;
  std::string payload;  // exact bytes as sent
  std::string salt;     // 32 bytes
  Digest commitment = {};
};

// What a request's headers and Statement are made of. Nothing here needs the rules.
struct SealedRequest {
  std::string request_id;
  std::string contract_id;
  std::string principal;
  std::vector<SealedEvent> events;
  bool salts_from_server = false;
  std::string statement;
  Digest statement_digest = {};
  std::string author_key_id;      // 32 bytes, or empty when unsigned
  std::string author_public_key;  // 32 bytes, or empty when unsigned
  std::string signature;          // 64 bytes, or empty when unsigned
};

struct AppendRequest {
  SealedRequest sealed;
  // One each an event of `sealed`, in order: the payloads, parsed.
  std::vector<ParsedEvent> parsed;
  std::optional<Revision> expected_revision;
  // A request still queued at this moment is refused and nothing of it is written.
  absl::Time deadline = absl::InfiniteFuture();
  // Requests with the same tag, other than 0, are taken or refused in the order in which they were
  // submitted, whatever their contracts. A stream of requests sets its own; requests of one
  // contract keep their order without it.
  uint64_t order_tag = 0;
  // For the queue's bound.
  size_t bytes = 0;
};

// Checks the shape of a request, draws salts where there are none, computes commitments, Statement
// and digest, and verifies the signature. Consumes the payloads. All violations that can be told
// are listed. Safe from any thread; touches no disk.
//
// InvalidArgument: TEXT_INVALID (request_id, contract_id, principal), UNKNOWN_FIELD, REQUEST_EMPTY,
// TOO_MANY_EVENTS, REQUEST_TOO_LARGE, PAYLOAD_TOO_LARGE, SALT_INVALID, SALT_MISSING,
// COMMITMENT_REPEATED, KEY_ID_INVALID, KEY_REFUSED, SIGNATURE_INVALID, and the shape refusals of
// the events. PermissionDenied KEY_UNKNOWN.
absl::StatusOr<AppendRequest> AcceptRequest(v1::AppendRequest request,
                                            const std::string& ledger_id);

// The part of AcceptRequest below the rules: it never looks inside a payload. Consumes the
// payloads; `event_type` of the result points into `request`, which must outlive it.
absl::StatusOr<SealedRequest> SealRequest(v1::AppendRequest* request, const std::string& ledger_id);

// The encoded Statement of a request, from its own fields and these commitments.
std::string StatementOf(const SealedRequest& request, const std::string& ledger_id,
                        std::vector<Digest> commitments);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_APPEND_REQUEST_H_
