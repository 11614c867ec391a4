#include "ledger/contract/message_shape.h"

#include "absl/container/node_hash_map.h"
#include "ledger/base/check.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

WireType WireTypeOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return kWireLength;
    default:
      // The events declare no fixed-width field, no float and no group.
      return kWireVarint;
  }
}

NumberKind NumberKindOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_BOOL:
      return NumberKind::kBool;
    case FieldDescriptor::TYPE_UINT32:
      return NumberKind::kUint32;
    case FieldDescriptor::TYPE_INT32:
      return NumberKind::kInt32;
    case FieldDescriptor::TYPE_ENUM:
      return NumberKind::kEnum;
    default:
      return NumberKind::kAny;
  }
}

uint64_t EnumValuesOf(const EnumDescriptor& type) {
  uint64_t values = 0;
  for (int i = 0; i < type.value_count(); ++i) {
    const int number = type.value(i)->number();
    WAYMARK_CHECK(number >= 0 && number < 64);
    if (number > 0) values |= uint64_t{1} << number;
  }
  return values;
}

// The shapes of all messages that an event can hold.
class Shapes {
 public:
  Shapes() {
    const auto& file = *v1::Common::descriptor()->file();
    const auto& events = *v1::LevelDetermined::descriptor()->file();
    for (int i = 0; i < file.message_type_count(); ++i) Build(*file.message_type(i));
    for (int i = 0; i < events.message_type_count(); ++i) Build(*events.message_type(i));
  }
  const MessageShape& Of(const Descriptor& type) const { return shapes_.at(&type); }

 private:
  const MessageShape* Build(const Descriptor& type) {
    const auto [place, fresh] = shapes_.try_emplace(&type);
    MessageShape* shape = &place->second;
    if (!fresh) return shape;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      FieldShape entry;
      entry.field = &field;
      entry.wire_type = WireTypeOf(field);
      entry.number = NumberKindOf(field);
      entry.text = field.type() == FieldDescriptor::TYPE_STRING;
      if (field.enum_type() != nullptr) entry.enum_values = EnumValuesOf(*field.enum_type());
      entry.repeated = field.is_repeated();
      entry.packed = field.is_packed();
      entry.presence = field.has_presence();
      const auto* oneof = field.real_containing_oneof();
      if (oneof != nullptr) entry.oneof_bit = 1u << oneof->index();
      if (field.message_type() != nullptr) entry.message = Build(*field.message_type());
      const size_t number = field.number();
      if (shape->fields.size() <= number) shape->fields.resize(number + 1);
      shape->fields[number] = entry;
    }
    return shape;
  }

  // A shape stays where it is while others come: fields point to them.
  absl::node_hash_map<const Descriptor*, MessageShape> shapes_;
};

}  // namespace

const MessageShape& ShapeOf(const Descriptor& type) {
  static const Shapes* const kShapes = new Shapes;
  return kShapes->Of(type);
}

}  // namespace waymark
