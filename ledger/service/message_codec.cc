#include "ledger/service/message_codec.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"

namespace waymark {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kUnknownFieldsNamed = 8;

// A way into a message, written out only where something is found at its end: a request may hold
// millions of messages.
struct Step {
  const Step* before = nullptr;
  const FieldDescriptor* field = nullptr;
  int index = -1;
};

std::string PathOf(const Step* last) {
  if (last == nullptr) return "";
  std::string path = PathOf(last->before);
  absl::StrAppend(&path, path.empty() ? "" : ".", last->field->name());
  if (last->index >= 0) absl::StrAppend(&path, "[", last->index, "]");
  return path;
}

void FindUnknownFields(const Message& message, const Step* here, std::vector<Violation>* found) {
  const Reflection& reflection = *message.GetReflection();
  const auto& unknown = reflection.GetUnknownFields(message);
  for (int i = 0; i < unknown.field_count() && found->size() < kUnknownFieldsNamed; ++i) {
    const std::string number = absl::StrCat(unknown.field(i).number());
    const std::string path = PathOf(here);
    found->push_back(
        {.reason = "UNKNOWN_FIELD",
         .message = absl::StrCat(path.empty() ? "" : path + ": ", "field number ", number,
                                 " is not a field of ", message.GetDescriptor()->full_name(),
                                 "; leave it out or upgrade the server"),
         .field = path.empty() ? number : absl::StrCat(path, ".", number)});
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    Step step{here, field};
    if (!field->is_repeated()) {
      FindUnknownFields(reflection.GetMessage(message, field), &step, found);
      continue;
    }
    const int size = reflection.FieldSize(message, field);
    for (step.index = 0; step.index < size && found->size() < kUnknownFieldsNamed; ++step.index) {
      FindUnknownFields(reflection.GetRepeatedMessage(message, field, step.index), &step, found);
    }
  }
}

}  // namespace

absl::Status ParseInto(const grpc::ByteBuffer& bytes, Message* message) {
  grpc::ByteBuffer copy(bytes);  // shares the slices; the reader needs one it may change
  grpc::ProtoBufferReader reader(&copy);
  google::protobuf::io::CodedInputStream in(&reader);
  in.SetRecursionLimit(kProtoDepthMax);
  if (reader.status().ok() && message->ParseFromCodedStream(&in) && in.ConsumedEntireMessage()) {
    return absl::OkStatus();
  }
  return Refuse({.code = absl::StatusCode::kInvalidArgument,
                 .reason = "REQUEST_MALFORMED",
                 .message = absl::StrCat("request: ", bytes.Length(), " bytes that are not a ",
                                         message->GetDescriptor()->full_name(),
                                         " (cut off, of another type, nested deeper than ",
                                         kProtoDepthMax, ", or a text that is not UTF-8)")});
}

absl::Status CheckNoUnknownFields(const Message& message) {
  std::vector<Violation> found;
  FindUnknownFields(message, nullptr, &found);
  return found.empty() ? absl::OkStatus() : Refuse(found);
}

grpc::ByteBuffer ToBytes(const Message& message) {
  grpc::ByteBuffer bytes;
  bool own = false;
  const grpc::Status status =
      grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(message, &bytes, &own);
  WAYMARK_CHECK(status.ok());
  return bytes;
}

}  // namespace waymark
