#include "ledger/contract/wire_shape.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/matrix_words.h"
#include "ledger/contract/message_shape.h"
#include "waymark/v1/event.pb.h"

// payload  := field*          numbers ascending; equal only in a repeated field that is not packed
// field    := tag value       tag = varint(number << 3 | wire type)
// value    := varint | u64le | u32le | len bytes[len]
// varint   := base 128, least significant group first, no trailing zero group, at most 64 bits

namespace waymark {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// Whether eight bytes are printable ASCII, without a loop: no byte has its top bit set, none is
// below 0x20 (adding 0x60 sets the top bit of the others), none is 0x7f (adding 1 sets the top bit
// of that).
bool ArePrintable(const char* bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kTops = kOnes << 7;
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  if (word & kTops) return false;
  return ((word + kOnes * 0x60) & kTops) == kTops && ((word + kOnes) & kTops) == 0;
}

// U+0080 to U+009F. REQUIRES: UTF-8, in which C2 only begins a character.
bool HasC1Control(absl::string_view text) {
  for (size_t at = text.find('\xC2'); at != absl::string_view::npos;
       at = text.find('\xC2', at + 1)) {
    if (static_cast<uint8_t>(text[at + 1]) < 0xA0) return true;
  }
  return false;
}

bool IsPlainText(absl::string_view text) {
  size_t at = 0;
  while (at + 8 <= text.size() && ArePrintable(text.data() + at)) at += 8;
  bool ascii = true;
  for (; at < text.size(); ++at) {
    const uint8_t byte = static_cast<uint8_t>(text[at]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return false;
    if (byte == 0x7f) return false;
    ascii &= byte < 0x80;
  }
  return ascii || (!FindInvalidUtf8(text).has_value() && !HasC1Control(text));
}

class Scan {
 public:
  Scan(int event_index, Violations* violations)
      : event_index_(event_index), violations_(violations) {}

  // False once the bytes make no sense, so that nothing behind them can be told.
  bool Message(const MessageShape& shape, absl::string_view bytes, int depth);
  bool parses_faithfully() const { return faithful_; }

 private:
  bool Field(const FieldShape& shape, WireType wire_type, absl::string_view* bytes, int depth);
  bool Packed(const FieldShape& shape, absl::string_view bytes);
  void Number(const FieldShape& shape, uint64_t value);
  void Text(const FieldShape& shape, absl::string_view text);
  bool SkipUnknown(uint32_t number, uint32_t wire_type, absl::string_view* bytes);
  // Takes a number, or a length and what it measures, off the front. False if they are malformed.
  bool Varint(absl::string_view* bytes, uint64_t* value);
  bool LongVarint(absl::string_view* bytes, uint64_t* value);
  bool Length(absl::string_view* bytes, absl::string_view* value);

  void Add(absl::string_view reason, const FieldDescriptor* field, absl::string_view what);
  bool Malformed(absl::string_view what) {
    faithful_ = false;
    Add("PAYLOAD_MALFORMED", nullptr, what);
    return false;
  }
  void NotCanonical(const FieldDescriptor* field, absl::string_view what) {
    faithful_ = false;
    Add("PAYLOAD_NOT_CANONICAL", field, what);
  }

  const int event_index_;
  Violations* const violations_;
  bool faithful_ = true;
  // The fields that lead to the message being read.
  std::array<const FieldDescriptor*, kProtoDepthMax> path_;
  int path_size_ = 0;
};

void Scan::Add(absl::string_view reason, const FieldDescriptor* field, absl::string_view what) {
  std::string path;
  for (int i = 0; i < path_size_; ++i) absl::StrAppend(&path, path_[i]->name(), ".");
  if (field != nullptr) {
    absl::StrAppend(&path, field->name());
  } else if (!path.empty()) {
    path.pop_back();
  }
  violations_->Add({absl::StatusCode::kInvalidArgument, std::string(reason),
                    absl::StrCat(path.empty() ? "payload" : path, ": ", what), event_index_, path});
}

// Most numbers are one byte.
inline bool Scan::Varint(absl::string_view* bytes, uint64_t* value) {
  if (bytes->empty() || static_cast<uint8_t>(bytes->front()) >= 0x80) {
    return LongVarint(bytes, value);
  }
  *value = static_cast<uint8_t>(bytes->front());
  bytes->remove_prefix(1);
  return true;
}

bool Scan::LongVarint(absl::string_view* bytes, uint64_t* value) {
  *value = 0;
  for (size_t i = 0; i < bytes->size() && i < 10; ++i) {
    const uint8_t byte = static_cast<uint8_t>((*bytes)[i]);
    if (i == 9 && byte > 1) break;
    *value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte & 0x80) continue;
    if (byte == 0 && i > 0) NotCanonical(nullptr, "a number is not in its shortest form");
    bytes->remove_prefix(i + 1);
    return true;
  }
  return Malformed("a number is cut off or longer than 64 bits");
}

inline bool Scan::Length(absl::string_view* bytes, absl::string_view* value) {
  uint64_t size = 0;
  if (!Varint(bytes, &size)) return false;
  if (size > bytes->size()) {
    return Malformed(absl::StrCat("a field of ", size, " bytes is cut off after ", bytes->size()));
  }
  *value = bytes->substr(0, size);
  bytes->remove_prefix(size);
  return true;
}

bool Scan::SkipUnknown(uint32_t number, uint32_t wire_type, absl::string_view* bytes) {
  faithful_ = false;
  Add("UNKNOWN_FIELD", nullptr,
      absl::StrCat("field number ", number, " is not declared; leave it out"));
  switch (wire_type) {
    case kWireVarint: {
      uint64_t number_there = 0;
      return Varint(bytes, &number_there);
    }
    case kWireLength: {
      absl::string_view bytes_there;
      return Length(bytes, &bytes_there);
    }
    case kWireFixed64:
    case kWireFixed32: {
      const size_t size = wire_type == kWireFixed64 ? 8 : 4;
      if (bytes->size() < size) return Malformed("a field is cut off");
      bytes->remove_prefix(size);
      return true;
    }
    default:
      return Malformed(absl::StrCat("wire type ", wire_type));
  }
}

void Scan::Number(const FieldShape& shape, uint64_t value) {
  bool fits = true;
  switch (shape.number) {
    case NumberKind::kBool:
      fits = value <= 1;
      break;
    case NumberKind::kUint32:
      fits = value <= std::numeric_limits<uint32_t>::max();
      break;
    case NumberKind::kInt32:
    case NumberKind::kEnum: {
      const int64_t number = static_cast<int64_t>(value);
      fits = number >= std::numeric_limits<int32_t>::min() &&
             number <= std::numeric_limits<int32_t>::max();
      break;
    }
    case NumberKind::kAny:
      break;
  }
  if (!fits) return NotCanonical(shape.field, absl::StrCat(value, " is out of the field's range"));
  if (shape.number != NumberKind::kEnum) return;
  // A zero that is written out says UNSPECIFIED where nothing would do.
  if (value < 64 && (shape.enum_values >> value & 1)) return;
  const EnumDescriptor* type = shape.field->enum_type();
  Add(UnknownValueReason(*type), shape.field,
      absl::StrCat(static_cast<int64_t>(value), " is no ", type->name()));
}

void Scan::Text(const FieldShape& shape, absl::string_view text) {
  if (!shape.text) return;
  if (text.size() > kTextBytesMax) {
    Add("FIELD_TOO_LONG", shape.field,
        absl::StrCat(text.size(), " bytes, at most ", kTextBytesMax));
  }
  if (IsPlainText(text)) return;
  faithful_ = false;
  Add("TEXT_INVALID", shape.field, "not UTF-8, or a control character other than tab and line end");
}

bool Scan::Packed(const FieldShape& shape, absl::string_view bytes) {
  if (bytes.empty()) NotCanonical(shape.field, "an empty list is written out");
  while (!bytes.empty()) {
    uint64_t value = 0;
    if (!Varint(&bytes, &value)) return false;
    Number(shape, value);
  }
  return true;
}

bool Scan::Field(const FieldShape& shape, WireType wire_type, absl::string_view* bytes, int depth) {
  if (wire_type == kWireVarint) {
    uint64_t value = 0;
    if (!Varint(bytes, &value)) return false;
    if (value == 0 && !shape.presence && !shape.repeated) {
      NotCanonical(shape.field, "a default value is written out");
      return true;
    }
    Number(shape, value);
    return true;
  }
  absl::string_view value;
  if (!Length(bytes, &value)) return false;
  if (shape.packed) return Packed(shape, value);
  if (shape.message != nullptr) {
    // A path is at most as long as messages are deep, and one that is too deep is not read.
    path_[path_size_++] = shape.field;
    const bool intact = Message(*shape.message, value, depth + 1);
    --path_size_;
    return intact;
  }
  if (value.empty() && !shape.presence && !shape.repeated) {
    NotCanonical(shape.field, "a default value is written out");
  }
  Text(shape, value);
  return true;
}

bool Scan::Message(const MessageShape& shape, absl::string_view bytes, int depth) {
  if (depth > kProtoDepthMax) {
    faithful_ = false;
    // Nothing but the rule of a clause nests within itself.
    Add("RULE_TYPE_ERROR", nullptr, absl::StrCat("nested deeper than ", kProtoDepthMax));
    return false;
  }
  uint64_t last_number = 0;
  uint32_t oneofs = 0;
  while (!bytes.empty()) {
    uint64_t tag = 0;
    if (!Varint(&bytes, &tag)) return false;
    const uint64_t number = tag >> 3;
    const uint32_t wire_type = tag & 7;
    if (number == 0 || number > FieldDescriptor::kMaxNumber) {
      return Malformed(absl::StrCat("field number ", number));
    }
    if (number >= shape.fields.size() || shape.fields[number].field == nullptr) {
      if (!SkipUnknown(number, wire_type, &bytes)) return false;
      continue;
    }
    const FieldShape& field = shape.fields[number];
    const WireType expected = field.packed ? kWireLength : field.wire_type;
    if (wire_type != expected) {
      return Malformed(
          absl::StrCat(field.field->name(), " has wire type ", wire_type, ", not ", expected));
    }
    const bool again = number == last_number;
    if (number < last_number || (again && (!field.repeated || field.packed))) {
      NotCanonical(field.field, again ? "stands twice" : "stands after a field of a higher number");
    }
    if (field.oneof_bit & oneofs)
      NotCanonical(field.field, "another field of its group is set too");
    oneofs |= field.oneof_bit;
    last_number = number;
    if (!Field(field, expected, &bytes, depth)) return false;
  }
  return true;
}

}  // namespace

const char* UnknownValueReason(const EnumDescriptor& type) {
  if (&type == v1::EvidenceType_descriptor()) return "EVIDENCE_TYPE_UNKNOWN";
  if (&type == v1::PolicyKey_descriptor()) return "POLICY_UNKNOWN";
  if (&type == v1::NoticeRating_descriptor()) return "RATING_UNKNOWN";
  return "ENUM_UNKNOWN";
}

bool CheckWireShape(const Descriptor& type, absl::string_view payload, int event_index,
                    Violations* violations) {
  Scan scan(event_index, violations);
  return scan.Message(ShapeOf(type), payload, 1) && scan.parses_faithfully();
}

}  // namespace waymark
