#include "ledger/service/status_translation.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/merkle/encoding.h"

namespace waymark {
namespace {

// A protobuf text must be UTF-8, and a message may quote what a caller sent.
std::string Printable(absl::string_view text) {
  std::string out(text.substr(0, kStatusMessageBytesMax));
  // A cut may fall inside a character.
  while (!out.empty() && !merkle::IsUtf8(out) && merkle::IsUtf8(text)) out.pop_back();
  const bool whole = merkle::IsUtf8(out);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (!whole && byte >= 0x80)) c = '?';
  }
  return out;
}

google::rpc::ErrorInfo InfoOf(const Violation& violation) {
  google::rpc::ErrorInfo info;
  info.set_reason(Printable(violation.reason));
  info.set_domain(std::string(kErrorDomain));
  auto& metadata = *info.mutable_metadata();
  for (const auto& [name, value] : violation.metadata) metadata[Printable(name)] = Printable(value);
  if (violation.event_index >= 0) metadata["event_index"] = absl::StrCat(violation.event_index);
  if (!violation.field.empty()) metadata["field"] = Printable(violation.field);
  metadata["code"] = absl::StatusCodeToString(violation.code);
  metadata["message"] = Printable(violation.message);
  return info;
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  if (status.ok()) return out;
  out.set_message(Printable(status.message()));
  std::vector<Violation> violations = ViolationsOf(status);
  if (violations.empty()) {
    violations.push_back({.code = status.code(),
                          .reason = absl::StatusCodeToString(status.code()),
                          .message = std::string(status.message())});
  }
  // Clients take 8 KB of trailers unless they were told otherwise; a larger one would hide the
  // status itself.
  size_t bytes = out.ByteSizeLong();
  size_t sent = 0;
  for (; sent < violations.size(); ++sent) {
    const google::rpc::ErrorInfo info = InfoOf(violations[sent]);
    bytes += info.ByteSizeLong() + 64;  // the Any around it
    if (sent > 0 && bytes > kStatusDetailsBytesMax) break;
    out.add_details()->PackFrom(info);
  }
  if (sent < violations.size()) {
    google::rpc::ErrorInfo info;
    info.set_reason("MORE_VIOLATIONS");
    info.set_domain(std::string(kErrorDomain));
    (*info.mutable_metadata())["count"] = absl::StrCat(violations.size() - sent);
    out.add_details()->PackFrom(info);
  }
  return out;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status details = ToRpcStatus(status);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(),
                      details.SerializeAsString());
}

}  // namespace waymark
