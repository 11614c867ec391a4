#include "tests/commit/commit_world.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "ledger/base/check.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"
#include "tests/contract/contract_world.h"

namespace waymark::test {
namespace {

v1::AppendRequest EmptyRequest(const std::string& contract_id, const std::string& request_id) {
  v1::AppendRequest request;
  request.set_request_id(request_id);
  request.set_contract_id(contract_id);
  request.set_principal("X-CM");
  return request;
}

v1::AppendRequest MakeEvidenceRequest(const std::string& contract_id, const std::string& request_id,
                                      const std::vector<std::string>& evidence_ids, bool salted) {
  static const auto* const kWorld = new ContractWorld(ContractWorld::Registered());
  v1::AppendRequest request = EmptyRequest(contract_id, request_id);
  request.set_principal("P-PRL");
  for (const std::string& id : evidence_ids) {
    v1::EvidenceSubmitted event = kWorld->Evidence(id);
    AddEvent(event, salted, &request);
  }
  return request;
}

}  // namespace

merkle::PrivateKey TestLedgerKey() {
  return merkle::PrivateKey::FromSeed(std::string(32, 'k')).value();
}

void AddEvent(const google::protobuf::Message& event, bool salted, v1::AppendRequest* request) {
  v1::EventToAppend* const added = request->add_events();
  added->set_event_type(event.GetDescriptor()->full_name());
  added->set_payload(event.SerializeAsString());
  if (!salted) return;
  // Depends on the place alone, so that building a request twice gives the same bytes.
  const Digest salt = merkle::Sha256(absl::StrCat(
      request->contract_id(), "/", request->request_id(), "/", request->events_size()));
  added->set_salt(std::string(merkle::BytesOf(salt)));
}

void SignRequest(const merkle::PrivateKey& key, v1::AppendRequest* request) {
  merkle::Statement statement{
      kCommitLedgerId, request->contract_id(), request->request_id(), request->principal(), {}};
  for (const v1::EventToAppend& event : request->events()) {
    statement.commitments.push_back(merkle::PayloadCommitment(event.salt(), event.payload()));
  }
  const Digest key_id = merkle::AuthorKeyId(key.public_key());
  request->set_author_public_key(key.public_key());
  request->set_author_key_id(std::string(merkle::BytesOf(key_id)));
  request->set_signature(key.Sign(merkle::StatementPae(merkle::EncodeStatement(statement))));
}

v1::AppendRequest RegisterRequest(const std::string& contract_id, const std::string& request_id) {
  ContractWorld world;
  v1::AppendRequest request = EmptyRequest(contract_id, request_id);
  AddEvent(world.Registration(), /*salted=*/true, &request);
  AddEvent(world.Draft(), /*salted=*/true, &request);
  return request;
}

v1::AppendRequest EvidenceRequest(const std::string& contract_id, const std::string& request_id,
                                  const std::vector<std::string>& evidence_ids) {
  return MakeEvidenceRequest(contract_id, request_id, evidence_ids, /*salted=*/true);
}

v1::AppendRequest UnsaltedEvidenceRequest(const std::string& contract_id,
                                          const std::string& request_id,
                                          const std::vector<std::string>& evidence_ids) {
  return MakeEvidenceRequest(contract_id, request_id, evidence_ids, /*salted=*/false);
}

CommitWorld::CommitWorld(CommitterOptions options, EventLogOptions log_options)
    : data_directory_(absl::StrCat(temp_.path(), "/data")),
      options_(options),
      log_options_(log_options) {
  const absl::Status created = EventLog::Create(
      data_directory_, {.ledger_id = kCommitLedgerId, .public_key = TestLedgerKey().public_key()});
  EXPECT_TRUE(created.ok()) << created;
  Open();
}

CommitWorld::~CommitWorld() {
  if (committer_ != nullptr) committer_->Shutdown();
}

void CommitWorld::Open() {
  absl::StatusOr<std::unique_ptr<EventLog>> log = EventLog::Open(data_directory_, log_options_);
  EXPECT_TRUE(log.ok()) << log.status();
  WAYMARK_CHECK(log.ok());
  log_ = *std::move(log);
  head_ = std::make_unique<HeadWatch>(log_->head());
  committer_ = std::make_unique<Committer>(
      *log_, clock_, *head_,
      [this](absl::Status failure) {
        absl::MutexLock lock(&mutex_);
        failures_.push_back(std::move(failure));
      },
      options_);
}

void CommitWorld::Restart() {
  committer_->Shutdown();
  committer_.reset();
  head_.reset();
  log_.reset();
  Open();
}

absl::StatusOr<CommitOutcome> CommitWorld::Append(v1::AppendRequest request) {
  absl::StatusOr<CommitOutcome> answer = absl::UnknownError("never answered");
  absl::Notification answered;
  Submit(std::move(request), [&](absl::StatusOr<CommitOutcome> outcome) {
    answer = std::move(outcome);
    answered.Notify();
  });
  answered.WaitForNotification();
  return answer;
}

void CommitWorld::Submit(v1::AppendRequest request, Committer::Answer answer, uint64_t order_tag) {
  absl::StatusOr<AppendRequest> accepted = AcceptRequest(std::move(request), kCommitLedgerId);
  if (!accepted.ok()) return answer(accepted.status());
  accepted->order_tag = order_tag;
  committer_->Submit(*std::move(accepted), std::move(answer));
}

std::vector<absl::Status> CommitWorld::failures() const {
  absl::MutexLock lock(&mutex_);
  return failures_;
}

}  // namespace waymark::test
