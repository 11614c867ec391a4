// This header defines how bytes on the wire become messages. The reactors take and give bytes, so
// that a request which cannot be parsed gets the same kind of refusal as any other one (gRPC itself
// would answer UNIMPLEMENTED).
//
//   ASSIGN_OR_RETURN(const auto request, DecodeRequest<v1::ReadRequest>(*bytes));
//   *out = ToBytes(reply);
//
// Safe from any thread.
#ifndef WAYMARK_LEDGER_SERVICE_MESSAGE_CODEC_H_
#define WAYMARK_LEDGER_SERVICE_MESSAGE_CODEC_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/status_macros.h"

namespace waymark {

// Fills `message` from `bytes`. InvalidArgument REQUEST_MALFORMED: cut off, of another type, or a
// text that is not UTF-8. Fields that the message does not have are kept; CheckNoUnknownFields
// finds them.
absl::Status ParseInto(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

// InvalidArgument UNKNOWN_FIELD, one violation for each of the first few, naming the path and the
// field number: what the ledger does not understand it must not pass over.
absl::Status CheckNoUnknownFields(const google::protobuf::Message& message);

// Both of the above.
template <typename Request>
absl::StatusOr<Request> DecodeRequest(const grpc::ByteBuffer& bytes) {
  Request request;
  RETURN_IF_ERROR(ParseInto(bytes, &request));
  RETURN_IF_ERROR(CheckNoUnknownFields(request));
  return request;
}

grpc::ByteBuffer ToBytes(const google::protobuf::Message& message);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_MESSAGE_CODEC_H_
