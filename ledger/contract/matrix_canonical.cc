#include "ledger/contract/matrix_canonical.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ledger/base/check.h"

// canonical := "waymark-matrix-v1" LF message
// message   := field*                       Ascending field numbers; a repeated field's elements in
// their order. field     := key:varint value             key = number << 3 | type; as in the
// protobuf encoding. value     := varint                       type 0: bool, uint32, enum (a
// negative one as 64-bit two's complement)
//            | length:varint byte*          type 2: string, bytes, message
// varint    := base 128, low group first, shortest form
//
// A scalar without presence that is zero or empty is left out; one with presence (optional, oneof)
// is written when it is set, zero or not. The message part is thus one valid protobuf encoding of
// the matrix, and the only canonical one.

namespace waymark {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void AppendVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

void AppendNumber(int number, uint64_t value, std::string* out) {
  AppendVarint(static_cast<uint64_t>(number) << 3, out);
  AppendVarint(value, out);
}

void AppendBytes(int number, const std::string& value, std::string* out) {
  AppendVarint(static_cast<uint64_t>(number) << 3 | 2, out);
  AppendVarint(value.size(), out);
  out->append(value);
}

void AppendMessage(const Message& message, std::string* out);

void AppendSubmessage(int number, const Message& message, std::string* out) {
  std::string inner;
  AppendMessage(message, &inner);
  AppendBytes(number, inner, out);
}

void AppendRepeated(const Message& message, const FieldDescriptor& field, std::string* out) {
  // The matrix repeats messages alone.
  WAYMARK_CHECK(field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE);
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    AppendSubmessage(field.number(), reflection.GetRepeatedMessage(message, &field, i), out);
  }
}

void AppendSingle(const Message& message, const FieldDescriptor& field, std::string* out) {
  const Reflection& reflection = *message.GetReflection();
  // Without presence, HasField tells zero and empty from the rest.
  if (!reflection.HasField(message, &field)) return;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return AppendSubmessage(field.number(), reflection.GetMessage(message, &field), out);
    case FieldDescriptor::CPPTYPE_STRING:
      return AppendBytes(field.number(), reflection.GetString(message, &field), out);
    case FieldDescriptor::CPPTYPE_BOOL:
      return AppendNumber(field.number(), reflection.GetBool(message, &field) ? 1 : 0, out);
    case FieldDescriptor::CPPTYPE_UINT32:
      return AppendNumber(field.number(), reflection.GetUInt32(message, &field), out);
    case FieldDescriptor::CPPTYPE_ENUM:
      // An enum travels as a sign-extended 64-bit number.
      return AppendNumber(field.number(),
                          static_cast<uint64_t>(int64_t{reflection.GetEnumValue(message, &field)}),
                          out);
    default:
      WAYMARK_CHECK(false && "a field of the matrix has a type that the grammar does not know");
  }
}

void AppendMessage(const Message& message, std::string* out) {
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    fields.push_back(message.GetDescriptor()->field(i));
  }
  std::sort(fields.begin(), fields.end(), [](const FieldDescriptor* a, const FieldDescriptor* b) {
    return a->number() < b->number();
  });
  for (const FieldDescriptor* field : fields) {
    field->is_repeated() ? AppendRepeated(message, *field, out)
                         : AppendSingle(message, *field, out);
  }
}

}  // namespace

std::string CanonicalMatrix(const v1::Matrix& matrix) {
  std::string canonical = "waymark-matrix-v1\n";
  AppendMessage(matrix, &canonical);
  return canonical;
}

}  // namespace waymark
