// This header defines which bytes are taken as a payload: those that serialising the message again
// would give, and no others, so that nothing can hide in an event. Fields stand in number order,
// each once; numbers in their shortest form; no field that the message does not declare; no default
// value written out; text in UTF-8.
//
//   CheckWireShape(*v1::LevelDetermined::descriptor(), payload, /*event_index=*/0, &violations);
#ifndef WAYMARK_LEDGER_CONTRACT_WIRE_SHAPE_H_
#define WAYMARK_LEDGER_CONTRACT_WIRE_SHAPE_H_

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "ledger/contract/violations.h"

namespace waymark {

// Adds what is wrong, each with the path of its field. False if the bytes cannot be parsed, or only
// into a message that says less than they do; true if at most values are unknown. InvalidArgument
// throughout:
// - PAYLOAD_MALFORMED: not a protobuf message.
// - RULE_TYPE_ERROR: nested beyond kProtoDepthMax, as the rule of a clause alone can be.
// - UNKNOWN_FIELD, PAYLOAD_NOT_CANONICAL: as above.
// - TEXT_INVALID: not UTF-8, or a control character (C0, DEL, C1) other than tab and line end.
// - FIELD_TOO_LONG: a text longer than kTextBytesMax.
// - ENUM_UNKNOWN, EVIDENCE_TYPE_UNKNOWN, POLICY_UNKNOWN, RATING_UNKNOWN: not a value of the enum.
// Safe from any thread. One pass; no allocation where nothing is wrong.
bool CheckWireShape(const google::protobuf::Descriptor& type, absl::string_view payload,
                    int event_index, Violations* violations);

// The reason of the refusal of a value that the enum does not have: ENUM_UNKNOWN, or the word that
// the catalogue has for this enum.
const char* UnknownValueReason(const google::protobuf::EnumDescriptor& type);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_WIRE_SHAPE_H_
