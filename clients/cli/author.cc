#include "clients/cli/author.h"

#include <optional>

#include "clients/cli/sealed_request.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {

void AuthorOptions::AddTo(CLI::App* command) {
  command->add_option("--principal", principal, "Who acts: a pseudonym, never a name")
      ->check(Name())
      ->capture_default_str();
  command->add_option("--party", party, "Party in whose name, where the events name none")
      ->check(Name());
  command->add_option("--role", role, "Capacity, where the events name none")
      ->check(OneOf(*v1::Role_descriptor(), "ROLE_"));
  command->add_option("--marking", marking, "Who may read it, where the events do not say")
      ->check(OneOf(*v1::Marking_descriptor(), "MARKING_"))
      ->capture_default_str();
  command->add_option("--key", key_file, "Sign with this private key file");
  command
      ->add_option("--request-id", request_id,
                   "Send under this id; the same events sent again get the first receipt "
                   "(unsigned ones only; default: a new id)")
      ->check(Name());
  command->add_option("--wait", wait, "What to wait for: durable or published")
      ->check(CLI::IsMember({"durable", "published"}))
      ->capture_default_str();
}

void AuthorOptions::FillCommon(v1::Common* common) const {
  if (common->party_id().empty()) common->set_party_id(party);
  v1::Role parsed = v1::ROLE_UNSPECIFIED;
  if (common->role() == v1::ROLE_UNSPECIFIED && v1::Role_Parse("ROLE_" + role, &parsed))
    common->set_role(parsed);
  v1::Marking marked = v1::MARKING_UNSPECIFIED;
  if (common->marking() == v1::MARKING_UNSPECIFIED &&
      v1::Marking_Parse("MARKING_" + marking, &marked)) {
    common->set_marking(marked);
  }
}

void AuthorOptions::FillCommon(nlohmann::json* event) const {
  nlohmann::json& common = (*event)["common"];
  if (!common.is_null() && !common.is_object()) return;
  const auto fill = [&](const char* key, const std::string& value) {
    if (!value.empty() && (common.is_null() || !common.contains(key))) common[key] = value;
  };
  fill("party_id", party);
  fill("role", role);
  fill("marking", marking);
}

absl::StatusOr<v1::AppendReply> AuthorOptions::Append(
    const Program& program, const std::string& contract,
    const std::function<void(RequestBuilder&)>& add) const {
  std::optional<merkle::PrivateKey> key;
  if (!key_file.empty()) {
    ASSIGN_OR_RETURN(merkle::PrivateKey read, ReadKeyFile(key_file));
    key = std::move(read);
  }
  const Client client = program.Connect();
  // The Statement names the ledger, so its id must be known before anything is signed.
  ASSIGN_OR_RETURN(const v1::GetStatusReply status, client.GetStatus());
  RequestBuilder builder(status.ledger(), contract, principal);
  if (!request_id.empty()) builder.SetRequestId(request_id);
  builder.WaitFor(wait == "durable" ? v1::ACK_LEVEL_DURABLE : v1::ACK_LEVEL_PUBLISHED);
  add(builder);
  ASSIGN_OR_RETURN(v1::AppendRequest request, builder.Build(key ? &*key : nullptr));
  // Under an id of the caller's the server salts, so that the next try is the same request as this
  // one. A signature covers the salts, so a signed request keeps its own.
  if (!request_id.empty() && !key) {
    for (v1::EventToAppend& event : *request.mutable_events()) event.clear_salt();
  }
  return SendSealed(client, status, request);
}

}  // namespace waymark::cli
