// The wire check against its definition: bytes are taken if and only if parsing and serialising
// them gives them again.

#include "ledger/contract/wire_shape.h"

#include <random>

#include "absl/strings/escaping.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/event_types.h"
#include "tests/contract/contract_world.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kMessagesPerType = 30;
constexpr int kSpoiltPerMessage = 30;

uint64_t Pick(std::mt19937_64* random, uint64_t below) { return (*random)() % below; }

void FillField(const FieldDescriptor& field, int depth, std::mt19937_64* random, Message* message);

// Sets some fields of a message; deep ones less often.
void Fill(int depth, std::mt19937_64* random, Message* message) {
  const Descriptor& type = *message->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (Pick(random, depth + 2) == 0) FillField(*type.field(i), depth, random, message);
  }
}

void FillField(const FieldDescriptor& field, int depth, std::mt19937_64* random, Message* message) {
  const auto* access = message->GetReflection();
  const uint64_t value = Pick(random, 2) == 0 ? Pick(random, 3) : (*random)();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return access->SetInt32(message, &field, static_cast<int32_t>(value));
    case FieldDescriptor::CPPTYPE_INT64:
      return access->SetInt64(message, &field, static_cast<int64_t>(value));
    case FieldDescriptor::CPPTYPE_UINT32:
      return access->SetUInt32(message, &field, static_cast<uint32_t>(value));
    case FieldDescriptor::CPPTYPE_UINT64:
      return repeated ? access->AddUInt64(message, &field, value)
                      : access->SetUInt64(message, &field, value);
    case FieldDescriptor::CPPTYPE_BOOL:
      return access->SetBool(message, &field, value & 1);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = static_cast<int>(Pick(random, field.enum_type()->value_count() + 1));
      return repeated ? access->AddEnumValue(message, &field, number)
                      : access->SetEnumValue(message, &field, number);
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text(Pick(random, 4), 'x');
      return repeated ? access->AddString(message, &field, text)
                      : access->SetString(message, &field, text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fill(
          depth + 1, random,
          repeated ? access->AddMessage(message, &field) : access->MutableMessage(message, &field));
    default:
      FAIL() << field.full_name() << " has a type that the wire check does not know";
  }
}

// What the wire check is to say, the slow way.
bool SerialisingGivesItAgain(const EventType& type, const std::string& bytes) {
  std::unique_ptr<Message> message(type.prototype->New());
  if (!message->ParseFromString(bytes)) return false;
  message->DiscardUnknownFields();
  return message->SerializeAsString() == bytes;
}

std::string Spoil(std::string bytes, std::mt19937_64* random) {
  const size_t place = Pick(random, bytes.size() + 1);
  switch (Pick(random, 4)) {
    case 0:
      if (place < bytes.size()) bytes[place] ^= static_cast<char>(1 << Pick(random, 8));
      return bytes;
    case 1:
      return bytes.insert(place, 1, static_cast<char>(Pick(random, 256)));
    case 2:
      return place < bytes.size() ? bytes.erase(place, 1) : bytes;
    default:
      // A piece of itself, so that whole fields come twice.
      return bytes.insert(place, bytes.substr(place, Pick(random, 12)));
  }
}

// True where the two cannot be compared: text that the check refuses for more than its encoding.
bool RefusedForItsText(const Violations& violations) {
  if (violations.empty()) return false;
  for (const Violation& violation : ViolationsOf(violations.ToStatus())) {
    if (violation.reason == "TEXT_INVALID") return true;
  }
  return false;
}

TEST(WireShape, TakesExactlyWhatSerialisingWouldGive) {
  std::mt19937_64 random(20240715);
  int taken = 0;
  int refused = 0;
  for (const EventType& type : AllEventTypes()) {
    for (int i = 0; i < kMessagesPerType; ++i) {
      std::unique_ptr<Message> message(type.prototype->New());
      Fill(0, &random, message.get());
      const std::string whole = message->SerializeAsString();
      for (int j = 0; j < kSpoiltPerMessage; ++j) {
        const std::string bytes = j == 0 ? whole : Spoil(whole, &random);
        Violations violations;
        const bool good = CheckWireShape(*type.descriptor, bytes, 0, &violations);
        if (RefusedForItsText(violations)) continue;
        ASSERT_EQ(good, SerialisingGivesItAgain(type, bytes))
            << type.name << " " << absl::BytesToHexString(bytes);
        ++(good ? taken : refused);
      }
    }
  }
  EXPECT_GT(taken, 2000);
  EXPECT_GT(refused, 20000);
}

TEST(WireShape, RefusesAMessageNestedDeeperThanItsBound) {
  const auto nested = [](int depth) {
    v1::ClauseSetRecorded event;
    v1::Rule* rule = event.add_clauses()->mutable_rule();
    // The event, the clause and its rule are three.
    for (int i = 3; i < depth; ++i) rule = rule->mutable_not_();
    return event.SerializeAsString();
  };
  Violations none;
  EXPECT_TRUE(
      CheckWireShape(*v1::ClauseSetRecorded::descriptor(), nested(kProtoDepthMax), 0, &none));
  EXPECT_TRUE(none.empty());
  Violations violations;
  EXPECT_FALSE(CheckWireShape(*v1::ClauseSetRecorded::descriptor(), nested(kProtoDepthMax + 1), 0,
                              &violations));
  EXPECT_THAT(violations.ToStatus(), RefusedWith("RULE_TYPE_ERROR"));
}

}  // namespace
}  // namespace waymark::test
