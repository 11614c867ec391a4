// This header defines what the wire check knows of each message that an event can hold: its fields
// by number, with all that is asked about them.
//
//   const FieldShape& field = ShapeOf(*v1::LevelDetermined::descriptor()).fields[2];
#ifndef WAYMARK_LEDGER_CONTRACT_MESSAGE_SHAPE_H_
#define WAYMARK_LEDGER_CONTRACT_MESSAGE_SHAPE_H_

#include <cstdint>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace waymark {

// How a value is written; groups are not known here.
enum WireType : uint32_t { kWireVarint = 0, kWireFixed64 = 1, kWireLength = 2, kWireFixed32 = 5 };

struct MessageShape;

// What a number of a field may be.
enum class NumberKind { kAny, kBool, kUint32, kInt32, kEnum };

// All that is asked about a field, so that a scan need not ask its descriptor.
struct FieldShape {
  const google::protobuf::FieldDescriptor* field = nullptr;
  WireType wire_type = kWireVarint;
  NumberKind number = NumberKind::kAny;
  bool text = false;
  bool repeated = false;
  bool packed = false;
  // Absent and zero differ, so a zero may be written.
  bool presence = false;
  // Bit of its oneof, among the message's; 0 for none.
  uint32_t oneof_bit = 0;
  // Of an enum: bit n is set where n is declared and not 0; no enum has a value of 64 or more.
  uint64_t enum_values = 0;
  const MessageShape* message = nullptr;
};

struct MessageShape {
  // By number; a number without a field has a null descriptor.
  std::vector<FieldShape> fields;
};

// REQUIRES: an event's message, or one inside it. Made once, for all. Safe from any thread.
const MessageShape& ShapeOf(const google::protobuf::Descriptor& type);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MESSAGE_SHAPE_H_
