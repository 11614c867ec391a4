#include "clients/cli/sealed_request.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/interrupt.h"
#include "clients/cpp/receipt_check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/note_key.h"

namespace waymark::cli {
namespace {

constexpr size_t kNameDigits = 16;

// Without salts there is nothing to recompute the leaves from, and the same events under the same
// id are the same request.
bool ServerSalts(const v1::AppendRequest& request) {
  return request.events_size() > 0 && request.events(0).salt().empty();
}

// Keeps the request and tells what to do with it.
std::string KeepForLater(const v1::AppendRequest& request) {
  const std::string unknown = absl::StrCat("request ", request.request_id(),
                                           ": no answer came, so it may be recorded or not; ");
  if (ServerSalts(request))
    return absl::StrCat(unknown, "give the same command again: under its id it is recorded once");
  const std::string bytes = request.SerializeAsString();
  // Named after its content: a file of this name holds it already.
  const std::string path = absl::StrCat(
      "waymark-", merkle::ToHex(merkle::Sha256(bytes)).substr(0, kNameDigits), ".request");
  const absl::Status kept = WriteNewFile(path, bytes, /*secret=*/true);
  if (kept.ok() || absl::IsAlreadyExists(kept)) {
    return absl::StrCat(unknown, "it is kept; send it again, it is recorded once: ",
                        "waymark append --resend ", path);
  }
  return absl::StrCat(unknown, "it cannot be kept (", kept.message(),
                      "); look before you record it anew: waymark events --contract ",
                      request.contract_id(), " --reverse --limit 10");
}

}  // namespace

absl::StatusOr<v1::AppendReply> SendSealed(const Client& client, const v1::GetStatusReply& status,
                                           const v1::AppendRequest& request) {
  ASSIGN_OR_RETURN(const merkle::VerifierKey key, merkle::ParseVkey(status.vkey()));
  const absl::StatusOr<v1::AppendReply> reply = [&] {
    const LastWords words(
        [&request] { return absl::StrCat(kOutcomeUnknown, ": ", KeepForLater(request)); });
    return client.Append(request);
  }();
  const absl::Status& sent = reply.status();
  if ((absl::IsUnavailable(sent) || absl::IsDeadlineExceeded(sent)) && ReasonOf(sent).empty())
    return Refuse({sent.code(), kOutcomeUnknown, KeepForLater(request)});
  RETURN_IF_ERROR(sent);
  if (!ServerSalts(request))
    RETURN_IF_ERROR(CheckReceipt(status.ledger(), request, reply->receipt(), key));
  return reply;
}

absl::StatusOr<v1::AppendRequest> ReadSealed(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, 2 * kRequestBytesMax));
  v1::AppendRequest request;
  if (!request.ParseFromString(bytes) || request.events().empty() || request.request_id().empty()) {
    return Refuse({absl::StatusCode::kInvalidArgument, "REQUEST_FILE_MALFORMED",
                   path + ": not a request that waymark kept"});
  }
  return request;
}

}  // namespace waymark::cli
