// This header defines an event as its rules see it: the message, parsed once where a request
// arrives, and carried from the check of its shape through Decide to Evolve.
//
//   ASSIGN_OR_RETURN(std::vector<ParsedEvent> events,
//                    ParseRequest(contract_id, {{event_type, payload}}, merkle::Sha256));
#ifndef WAYMARK_LEDGER_CONTRACT_PARSED_EVENT_H_
#define WAYMARK_LEDGER_CONTRACT_PARSED_EVENT_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"
#include "ledger/base/types.h"
#include "ledger/contract/event_types.h"

namespace waymark {

// SHA-256 of some bytes. The caller brings it: nothing in this folder knows a hash.
using HashFunction = Digest (*)(absl::string_view bytes);

// An event whose message has rules. The messages of a request share one arena, which lives as long
// as one of its events: parsing then costs a few allocations, not one for each text and day.
class ParsedEvent {
 public:
  // REQUIRES: a type with rules, and a message of it that lives in the arena.
  ParsedEvent(const EventType& type, const google::protobuf::Message& message, const Digest& digest,
              std::shared_ptr<const google::protobuf::Arena> arena)
      : type_(&type), message_(&message), digest_(digest), arena_(std::move(arena)) {}

  const EventType& type() const { return *type_; }
  const google::protobuf::Message& message() const { return *message_; }
  const v1::Common& common() const { return type_->rules->common(*message_); }
  // SHA-256 of the bytes that the type's traits name: of a drafted matrix version, its hash. Else
  // all zero.
  const Digest& digest() const { return digest_; }

  Claim claim() const { return claim_; }
  // What was found of the event where it arrived (see Claim in ruling.h).
  void set_claim(Claim claim) { claim_ = claim; }

 private:
  const EventType* type_;
  const google::protobuf::Message* message_;
  Digest digest_;
  Claim claim_ = Claim::kNotChecked;
  std::shared_ptr<const google::protobuf::Arena> arena_;
};

// An event as a caller offers it.
struct OfferedEvent {
  absl::string_view event_type;
  absl::string_view payload;
};

// Checks the shape of every event of a request: all that needs no state. InvalidArgument with every
// violation found, each with its event's index: EVENT_TYPE_UNKNOWN, EVENT_TYPE_NOT_SUPPORTED,
// WRONG_STREAM, PAYLOAD_TOO_LARGE, those of CheckWireShape and of the type's own row. `hash` gives
// a drafted matrix version its hash. Safe from any thread.
absl::StatusOr<std::vector<ParsedEvent>> ParseRequest(absl::string_view contract_id,
                                                      absl::Span<const OfferedEvent> events,
                                                      HashFunction hash);

// An event that is on record already, so that its shape is not asked again; null leaves the digest
// zero. DataLoss if its type has no rules here or no message is in its payload. Any thread.
absl::StatusOr<ParsedEvent> ParseRecorded(absl::string_view event_type, absl::string_view payload,
                                          HashFunction hash);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_PARSED_EVENT_H_
