#include "ledger/contract/parsed_event.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/wire_shape.h"

namespace waymark {
namespace {

using google::protobuf::Arena;
using google::protobuf::Message;

void CheckCommon(const EventType& type, const v1::Common& common, ShapeCheck* check) {
  const EventTraits& traits = type.rules->traits;
  if (common.event_type() != type.name) {
    check->Refuse("EVENT_TYPE_MISMATCH", "common.event_type",
                  absl::StrCat("'", common.event_type(), "', but the event is a ", type.name));
  }
  check->Id(common.party_id(), "common.party_id");
  check->Choice(common.role(), "common.role");
  check->Choice(common.marking(), "common.marking");
  if (common.has_delegation_id()) check->Id(common.delegation_id(), "common.delegation_id");
  if (traits.needs_reason && absl::StripAsciiWhitespace(common.reason()).empty()) {
    check->Refuse("REASON_MISSING", "common.reason", "this type of event needs one");
  }
  check->Refs(common.caused_by(), "common.caused_by");
  if (traits.needs_matrix_version || common.has_matrix_version()) {
    check->Sha256(common.matrix_version(), "common.matrix_version");
  }
  if (traits.needs_governance || common.has_governance()) {
    check->Id(common.governance().meeting_id(), "common.governance.meeting_id");
    check->Text(common.governance().minute(), "common.governance.minute");
  }
}

// Room for a usual event, so that most requests of one event need one block.
constexpr size_t kArenaBlockBytes = 1024;

std::shared_ptr<Arena> MakeArena() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = kArenaBlockBytes;
  return std::make_shared<Arena>(options);
}

// Null if the bytes are no message of the type.
const Message* Parse(const EventType& type, absl::string_view payload, Arena* arena) {
  Message* message = type.prototype->New(arena);
  const bool whole = message->ParseFromArray(payload.data(), static_cast<int>(payload.size()));
  return whole ? message : nullptr;
}

Digest DigestOf(const EventType& type, const Message& message, HashFunction hash) {
  const auto hashed_bytes = type.rules->traits.hashed_bytes;
  return hashed_bytes == nullptr || hash == nullptr ? Digest{} : hash(hashed_bytes(message));
}

// The type, if events of it can be taken into the stream.
const EventType* CheckType(absl::string_view contract_id, absl::string_view event_type,
                           ShapeCheck* check) {
  const EventType* type = FindEventType(event_type);
  if (type == nullptr) {
    check->Refuse("EVENT_TYPE_UNKNOWN", "event_type",
                  absl::StrCat("'", event_type, "' is not declared"));
    return nullptr;
  }
  if (type->rules == nullptr) {
    check->Refuse("EVENT_TYPE_NOT_SUPPORTED", "event_type",
                  absl::StrCat(type->name, " has no rules in this version, so it is not stored"));
    return nullptr;
  }
  if (type->rules->traits.ledger_stream != (contract_id == kLedgerStream)) {
    check->Refuse("WRONG_STREAM", "contract_id",
                  absl::StrCat(type->name, " does not belong in the stream ", contract_id));
    return nullptr;
  }
  return type;
}

}  // namespace

absl::StatusOr<std::vector<ParsedEvent>> ParseRequest(absl::string_view contract_id,
                                                      absl::Span<const OfferedEvent> events,
                                                      HashFunction hash) {
  Violations violations;
  std::vector<ParsedEvent> parsed;
  parsed.reserve(events.size());
  const std::shared_ptr<Arena> arena = MakeArena();
  for (size_t i = 0; i < events.size(); ++i) {
    const int index = static_cast<int>(i);
    const absl::string_view payload = events[i].payload;
    ShapeCheck check(index, &violations);
    const EventType* type = CheckType(contract_id, events[i].event_type, &check);
    if (type == nullptr) continue;
    if (payload.size() > kPayloadBytesMax) {
      check.Refuse("PAYLOAD_TOO_LARGE", "payload",
                   absl::StrCat(payload.size(), " bytes, at most ", kPayloadBytesMax));
      continue;
    }
    if (!CheckWireShape(*type->descriptor, payload, index, &violations)) continue;
    const Message* message = Parse(*type, payload, arena.get());
    if (message == nullptr) {
      check.Refuse("PAYLOAD_MALFORMED", "payload", absl::StrCat("not a ", type->name));
      continue;
    }
    CheckCommon(*type, type->rules->common(*message), &check);
    if (type->rules->traits.starts_stream) check.Id(contract_id, "contract_id");
    type->rules->check(*message, &check);
    if (!violations.empty()) continue;
    parsed.emplace_back(*type, *message, DigestOf(*type, *message, hash), arena);
  }
  if (!violations.empty()) return violations.ToStatus();
  return parsed;
}

absl::StatusOr<ParsedEvent> ParseRecorded(absl::string_view event_type, absl::string_view payload,
                                          HashFunction hash) {
  const EventType* type = FindEventType(event_type);
  if (type == nullptr || type->rules == nullptr) {
    return absl::DataLossError(
        absl::StrCat("event_type: no rules for '", event_type, "'; a newer program wrote it"));
  }
  const std::shared_ptr<Arena> arena = MakeArena();
  const Message* message = Parse(*type, payload, arena.get());
  if (message == nullptr) {
    return absl::DataLossError(absl::StrCat("payload: not a ", type->name));
  }
  return ParsedEvent(*type, *message, DigestOf(*type, *message, hash), arena);
}

}  // namespace waymark
