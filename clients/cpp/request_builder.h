// This header defines how a client makes an append request: it draws the salts, keeps them for a
// retry, and signs.
//
//   RequestBuilder request("example.com/ledger", "C-1", "provider-1");
//   request.Add(evidence);
//   ASSIGN_OR_RETURN(const v1::AppendRequest built, request.Build(&key));  // send it; send it
//   again on a timeout
#ifndef WAYMARK_CLIENTS_CPP_REQUEST_BUILDER_H_
#define WAYMARK_CLIENTS_CPP_REQUEST_BUILDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "ledger/merkle/ed25519.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark {

class RequestBuilder {
 public:
  // Draws a random request id; SetRequestId replaces it.
  RequestBuilder(absl::string_view ledger, absl::string_view contract_id,
                 absl::string_view principal);

  RequestBuilder& SetRequestId(absl::string_view request_id);
  // The revision that the first event must get.
  RequestBuilder& Expect(uint64_t revision);
  RequestBuilder& WaitFor(v1::AckLevel level);
  // Adds an event, with a fresh salt. Sets common.event_type where the payload has a Common and
  // leaves it empty.
  RequestBuilder& Add(const google::protobuf::Message& payload);

  // Signed with `key` unless it is null. InvalidArgument for a request that no ledger would take.
  absl::StatusOr<v1::AppendRequest> Build(const merkle::PrivateKey* key) const;

 private:
  std::string ledger_;
  v1::AppendRequest request_;
};

// What an AssentRecorded to the event names: SHA-256, 32 bytes, of the payload as a request would
// carry it, without its `assents`.
std::string AssentSubjectOf(const google::protobuf::Message& payload);

// The Statement that the request's signature covers. InvalidArgument for texts or salts out of
// bounds.
absl::StatusOr<std::string> StatementOf(absl::string_view ledger, const v1::AppendRequest& request);

// `count` bytes from the system's random source, as lower-case hexadecimal.
std::string RandomHex(int count);

}  // namespace waymark

#endif  // WAYMARK_CLIENTS_CPP_REQUEST_BUILDER_H_
