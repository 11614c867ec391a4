#include "clients/cpp/request_builder.h"

#include <memory>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/random.h"
#include "ledger/merkle/statement.h"
#include "waymark/v1/values.pb.h"

namespace waymark {
namespace {

// Payloads are committed to as bytes, so one message must always give the same.
std::string Serialize(const google::protobuf::Message& message) {
  std::string bytes;
  WAYMARK_CHECK(message.SerializeToString(&bytes));
  return bytes;
}

void NameTheType(google::protobuf::Message* payload) {
  const google::protobuf::FieldDescriptor* field =
      payload->GetDescriptor()->FindFieldByName("common");
  if (field == nullptr || field->message_type() != v1::Common::descriptor()) return;
  auto* common = static_cast<v1::Common*>(payload->GetReflection()->MutableMessage(payload, field));
  if (common->event_type().empty()) common->set_event_type(payload->GetDescriptor()->full_name());
}

std::unique_ptr<google::protobuf::Message> WithTypeNamed(const google::protobuf::Message& payload) {
  std::unique_ptr<google::protobuf::Message> named(payload.New());
  named->CopyFrom(payload);
  NameTheType(named.get());
  return named;
}

}  // namespace

std::string AssentSubjectOf(const google::protobuf::Message& payload) {
  const std::unique_ptr<google::protobuf::Message> named = WithTypeNamed(payload);
  const auto* assents = named->GetDescriptor()->FindFieldByName("assents");
  if (assents != nullptr) named->GetReflection()->ClearField(named.get(), assents);
  return std::string(merkle::BytesOf(merkle::Sha256(Serialize(*named))));
}

RequestBuilder::RequestBuilder(absl::string_view ledger, absl::string_view contract_id,
                               absl::string_view principal)
    : ledger_(ledger) {
  request_.set_request_id(RandomHex(16));
  request_.set_contract_id(std::string(contract_id));
  request_.set_principal(std::string(principal));
}

RequestBuilder& RequestBuilder::SetRequestId(absl::string_view request_id) {
  request_.set_request_id(std::string(request_id));
  return *this;
}

RequestBuilder& RequestBuilder::Expect(uint64_t revision) {
  request_.set_expected_revision(revision);
  return *this;
}

RequestBuilder& RequestBuilder::WaitFor(v1::AckLevel level) {
  request_.set_wait_for(level);
  return *this;
}

RequestBuilder& RequestBuilder::Add(const google::protobuf::Message& payload) {
  const std::unique_ptr<google::protobuf::Message> named = WithTypeNamed(payload);
  v1::EventToAppend* event = request_.add_events();
  event->set_event_type(named->GetDescriptor()->full_name());
  event->set_payload(Serialize(*named));
  event->set_salt(merkle::RandomBytes(kSaltBytes));
  return *this;
}

absl::StatusOr<v1::AppendRequest> RequestBuilder::Build(const merkle::PrivateKey* key) const {
  ASSIGN_OR_RETURN(const std::string statement, StatementOf(ledger_, request_));
  v1::AppendRequest request = request_;
  if (key != nullptr) {
    request.set_author_key_id(std::string(merkle::BytesOf(merkle::AuthorKeyId(key->public_key()))));
    request.set_author_public_key(key->public_key());
    request.set_signature(key->Sign(merkle::StatementPae(statement)));
  }
  return request;
}

absl::StatusOr<std::string> StatementOf(absl::string_view ledger,
                                        const v1::AppendRequest& request) {
  merkle::Statement statement{
      std::string(ledger), request.contract_id(), request.request_id(), request.principal(), {}};
  for (const v1::EventToAppend& event : request.events()) {
    RETURN_IF_ERROR(merkle::CheckSalt(event.salt()));
    statement.commitments.push_back(merkle::PayloadCommitment(event.salt(), event.payload()));
  }
  RETURN_IF_ERROR(merkle::CheckStatement(statement));
  return merkle::EncodeStatement(statement);
}

std::string RandomHex(int count) { return merkle::ToHex(merkle::RandomBytes(count)); }

}  // namespace waymark
