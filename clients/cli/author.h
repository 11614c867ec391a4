// This header defines who a command appends for: principal, party and role, a key to sign with, and
// what to wait for.
#ifndef WAYMARK_CLIENTS_CLI_AUTHOR_H_
#define WAYMARK_CLIENTS_CLI_AUTHOR_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "clients/cli/command.h"
#include "clients/cpp/request_builder.h"
#include "google/protobuf/message.h"
#include "nlohmann/json.hpp"
#include "waymark/v1/values.pb.h"

namespace waymark::cli {

struct AuthorOptions {
  std::string principal = "operator";
  std::string party, role, marking = "OFFICIAL";
  std::string key_file, request_id, wait = "published";

  void AddTo(CLI::App* command);

  // Sets party, role and marking where `common` leaves them unset.
  void FillCommon(v1::Common* common) const;
  // The same for the readable form of an event.
  void FillCommon(nlohmann::json* event) const;

  // Builds a request with `add`, signs it where a key is given, and sends it (sealed_request.h).
  absl::StatusOr<v1::AppendReply> Append(const Program& program, const std::string& contract,
                                         const std::function<void(RequestBuilder&)>& add) const;
};

// Events in readable JSON (clients/cpp/event_json.h): a list, one event, or {"events": [...]}.
// InvalidArgument naming the event and the path of the value.
absl::StatusOr<std::vector<std::unique_ptr<google::protobuf::Message>>> ReadEvents(
    const std::string& text, const AuthorOptions& author);
absl::StatusOr<std::vector<std::unique_ptr<google::protobuf::Message>>> ReadEvents(
    const nlohmann::json& list, const AuthorOptions& author);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_AUTHOR_H_
