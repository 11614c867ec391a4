#include "tests/service/live_ledger.h"

#include <grpcpp/impl/client_unary_call.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/ed25519.h"
#include "tests/service/sample_requests.h"

namespace waymark::test {
namespace {

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string StringOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  std::vector<Violation> violations;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& any : details.details()) {
      google::rpc::ErrorInfo info;
      if (!any.UnpackTo(&info)) continue;
      Violation violation;
      violation.code = static_cast<absl::StatusCode>(status.error_code());
      violation.reason = info.reason();
      violation.message = status.error_message();
      for (const auto& [name, value] : info.metadata()) {
        if (name == "field") violation.field = value;
        if (name == "event_index") violation.event_index = std::atoi(value.c_str());
        violation.metadata.emplace_back(name, value);
      }
      violations.push_back(std::move(violation));
    }
  }
  if (!violations.empty()) return Refuse(violations);
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

std::chrono::system_clock::time_point InSeconds(int seconds) {
  return std::chrono::system_clock::now() + std::chrono::seconds(seconds);
}

void WriteKeyFile(const std::string& path) {
  std::ofstream(path) << merkle::PrivateKey::Generate().ToPem();
  chmod(path.c_str(), 0600);
}

absl::Status CallRaw(grpc::Channel& channel, const std::string& method, const std::string& bytes,
                     std::string* reply) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(30));
  const grpc::internal::RpcMethod rpc(method.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  grpc::ByteBuffer out;
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall(&channel, rpc, &context, BufferOf(bytes), &out);
  if (reply != nullptr) *reply = StringOf(out);
  return FromGrpc(status);
}

absl::Status CallRawStream(grpc::Channel& channel, const std::string& method,
                           const std::string& bytes) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(30));
  const grpc::internal::RpcMethod rpc(method.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING);
  const std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> reader(
      grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(&channel, rpc, &context,
                                                                    BufferOf(bytes)));
  grpc::ByteBuffer message;
  while (reader->Read(&message)) {
  }
  return FromGrpc(reader->Finish());
}

LiveLedger::LiveLedger(LiveLedgerOptions options)
    : options_(std::move(options)),
      paths_{(dir_.path() + "/data"), ""},
      key_file_((dir_.path() + "/key.pem")) {
  wait_for = [](Position, absl::Time, std::function<void(absl::Status)> ready) {
    ready(absl::OkStatus());
  };
  refuse = [](const v1::Question&) { return absl::OkStatus(); };
}

LiveLedger::~LiveLedger() { Stop(); }

absl::Status LiveLedger::Start() {
  if (!made_) {
    WriteKeyFile(key_file_);
    RETURN_IF_ERROR(InitLedger({.paths = paths_,
                                .key_file = key_file_,
                                .ledger_id = options_.ledger_id,
                                .rehearsal = options_.rehearsal})
                        .status());
    made_ = true;
  }
  ASSIGN_OR_RETURN(opened_,
                   OpenLedger({.paths = paths_, .key_file = key_file_, .disk_reserve_bytes = 0},
                              [](const absl::Status& why) {
                                ADD_FAILURE() << "the ledger stopped for good: " << why;
                              }));
  ServerOptions server_options;
  server_options.listen = "127.0.0.1:0";
  server_options.workshop.streams = options_.streams;
  server_options.drain_max = options_.drain_max;
  ASSIGN_OR_RETURN(server_, Server::Start(opened_->parts(), Queries(), Controls(), server_options));
  channel_ = NewChannel();
  ledger_stub_ = v1::LedgerService::NewStub(channel_);
  maturity_stub_ = v1::MaturityService::NewStub(channel_);
  transparency_stub_ = v1::TransparencyService::NewStub(channel_);
  admin_stub_ = v1::AdminService::NewStub(channel_);
  return absl::OkStatus();
}

void LiveLedger::Stop() {
  if (server_ != nullptr) server_->Drain([this] { opened_->StopWriting(); });
  server_.reset();
  opened_.reset();
}

std::shared_ptr<grpc::Channel> LiveLedger::NewChannel(grpc::ChannelArguments arguments) const {
  // Otherwise channels to one address share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(),
                                   arguments);
}

absl::StatusOr<v1::AppendReply> LiveLedger::Append(const v1::AppendRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(30));
  v1::AppendReply reply;
  RETURN_IF_ERROR(FromGrpc(ledger_stub_->Append(&context, request, &reply)));
  return reply;
}

absl::Status LiveLedger::Seed(const std::string& contract) {
  RETURN_IF_ERROR(Append(RegisterContract(contract)).status());
  return Append(DraftMatrix(contract)).status();
}

absl::StatusOr<std::vector<v1::ReadReply>> LiveLedger::Read(const v1::ReadRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(60));
  const auto reader = ledger_stub_->Read(&context, request);
  std::vector<v1::ReadReply> replies;
  v1::ReadReply reply;
  while (reader->Read(&reply)) replies.push_back(reply);
  RETURN_IF_ERROR(FromGrpc(reader->Finish()));
  return replies;
}

absl::StatusOr<std::vector<v1::RecordedEvent>> LiveLedger::ReadAll() {
  ASSIGN_OR_RETURN(const std::vector<v1::ReadReply> replies, Read({}));
  std::vector<v1::RecordedEvent> events;
  for (const v1::ReadReply& reply : replies) {
    events.insert(events.end(), reply.batch().events().begin(), reply.batch().events().end());
  }
  return events;
}

// Answers that say what was asked, so that a test sees whether it arrived.
MaturityQueries LiveLedger::Queries() {
  MaturityQueries queries;
  const auto basis = [this](const v1::Question& question, UnixMicros now, v1::Basis* basis) {
    basis->set_ledger(options_.ledger_id);
    basis->set_contract_id(question.contract_id());
    basis->set_applied(now.value);
  };
  const auto ask = [this, basis](auto reply) {
    return [this, basis](const auto& request, UnixMicros now) -> absl::StatusOr<decltype(reply)> {
      ++questions;
      if (request.question().contract_id().empty()) {
        return Refuse({.code = absl::StatusCode::kNotFound,
                       .reason = "CONTRACT_UNKNOWN",
                       .message = "question.contract_id: there is no such contract",
                       .field = "question.contract_id"});
      }
      RETURN_IF_ERROR(refuse(request.question()));
      decltype(reply) answer;
      basis(request.question(), now, answer.mutable_basis());
      return answer;
    };
  };
  queries.get_matrix = ask(v1::GetMatrixReply());
  queries.get_standings = ask(v1::GetStandingsReply());
  queries.get_longevity = ask(v1::GetLongevityReply());
  queries.get_timeline = ask(v1::GetTimelineReply());
  queries.list_evidence = ask(v1::ListEvidenceReply());
  queries.evaluate_clause = ask(v1::EvaluateClauseReply());
  queries.list_due = ask(v1::ListDueReply());
  queries.list_decisions = ask(v1::ListDecisionsReply());
  queries.explain_decision = ask(v1::ExplainDecisionReply());
  queries.diff_knowledge = ask(v1::DiffKnowledgeReply());
  queries.make_export = [this](const v1::ExportRequest& request,
                               UnixMicros now) -> absl::StatusOr<ExportedDocument> {
    if (request.question().contract_id().empty()) {
      return Refuse({absl::StatusCode::kNotFound, "CONTRACT_UNKNOWN",
                     "question.contract_id: there is no such contract"});
    }
    ExportedDocument made{.content = document};
    made.head.mutable_basis()->set_contract_id(request.question().contract_id());
    return made;
  };
  queries.wait_for = [this](Position position, absl::Time deadline,
                            std::function<void(absl::Status)> ready) {
    wait_for(position, deadline, std::move(ready));
  };
  return queries;
}

ProjectionControls LiveLedger::Controls() {
  ProjectionControls controls;
  controls.status = [this] {
    v1::ProjectionStatus status;
    status.set_name("maturity");
    status.set_version(1);
    status.set_applied(head());
    status.set_state("SERVING");
    return std::vector<v1::ProjectionStatus>{status};
  };
  controls.settle = [](absl::Duration) {};
  controls.rebuild =
      [this](const std::string& name,
             const std::function<void(absl::StatusOr<v1::RebuildProjectionReply>)>& progress) {
        if (name != "maturity") {
          return progress(Refuse({.code = absl::StatusCode::kNotFound,
                                  .reason = "PROJECTION_UNKNOWN",
                                  .message = "name: no such projection",
                                  .field = "name"}));
        }
        ++rebuilds;
        v1::RebuildProjectionReply reply;
        reply.set_head(head());
        reply.set_version(1);
        progress(reply);
        reply.set_applied(head());
        reply.set_flipped(true);
        progress(reply);
      };
  return controls;
}

}  // namespace waymark::test
