// This header defines the readable form of event payloads: JSON that a person writes by hand. It is
// the protobuf JSON form with the names that contract managers use:
//
//   {"type": "LevelDetermined", "focus": "PI-CS", "level": 3, "effective_on": "2024-10-01",
//    "period": {"first": "2024-07-01", "last": "2024-09-30"}, "supersedes": [17], "ground":
//    "ERROR"}
//
// A day is YYYY-MM-DD; an enumerator is its name without the enum's prefix; bytes are hexadecimal;
// an event reference is a position, or {"index": 0} for an event of the same request. In a clause a
// fraction is "7/2", a list of rules is a list, and a set of focuses is its word or a list of
// codes:
//
//   {"each": {"focuses": "LADDER", "rule": {"any": [{"level_at_least": {"level": 3}}, ...]}}}
//
// Field names
// are those of the .proto files, in snake_case or lowerCamelCase.
#ifndef WAYMARK_CLIENTS_CPP_EVENT_JSON_H_
#define WAYMARK_CLIENTS_CPP_EVENT_JSON_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "nlohmann/json.hpp"

namespace waymark {

// Translates positions while reading; absent: as written. None means that the position is not
// known.
using PositionMap = std::function<std::optional<uint64_t>(uint64_t)>;

// Parses JSON text. InvalidArgument JSON_MALFORMED naming line and byte; JSON_TOO_DEEP;
// FIELD_REPEATED for a name given twice in one object.
absl::StatusOr<nlohmann::json> ParseJson(absl::string_view text);

// Fills `message` from `json`. InvalidArgument, with the path of the value in the message:
// FIELD_UNKNOWN, FIELD_REPEATED (one field under two spellings, or two of which one excludes the
// other), VALUE_WRONG_TYPE, DATE_INVALID, NUMBER_OUT_OF_RANGE, POSITION_UNKNOWN; for a name that an
// enum does not have what UnknownValueReason says (ledger/contract/wire_shape.h), for a `level`
// that is no whole number from 0 LEVEL_OUT_OF_RANGE, in a clause RULE_TYPE_ERROR.
absl::Status JsonToMessage(const nlohmann::json& json, const PositionMap& positions,
                           google::protobuf::Message* message);

// The message type "waymark.v1.<name>", or <name> if it holds a dot; null if there is none in the
// build.
const google::protobuf::Descriptor* EventDescriptorOf(absl::string_view name);

// An empty message of that type.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

// The way back: unset fields are left out, fields stand in the order of the .proto file.
nlohmann::ordered_json MessageToJson(const google::protobuf::Message& message);

}  // namespace waymark

#endif  // WAYMARK_CLIENTS_CPP_EVENT_JSON_H_
