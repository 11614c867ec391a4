#include "ledger/commit/append_request.h"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"
#include "tests/commit/commit_world.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using test::EvidenceRequest;
using test::SignRequest;
using test::UnsaltedEvidenceRequest;
using ::testing::Contains;
using ::testing::Field;

merkle::PrivateKey AuthorKey() {
  return merkle::PrivateKey::FromSeed(std::string(32, 'a')).value();
}

v1::AppendRequest Signed() {
  v1::AppendRequest request = EvidenceRequest("A", "req-1", {"E-1", "E-2"});
  SignRequest(AuthorKey(), &request);
  return request;
}

absl::StatusOr<AppendRequest> Accept(const v1::AppendRequest& request) {
  return AcceptRequest(request, test::kCommitLedgerId);
}

TEST(AcceptRequest, SealsEveryEventUnderTheStatement) {
  const v1::AppendRequest message = EvidenceRequest("A", "req-1", {"E-1", "E-2"});
  ASSERT_OK_AND_ASSIGN(const AppendRequest request, Accept(message));
  ASSERT_EQ(request.sealed.events.size(), 2u);
  ASSERT_EQ(request.parsed.size(), 2u);
  ASSERT_OK_AND_ASSIGN(const merkle::Statement statement,
                       merkle::DecodeStatement(request.sealed.statement));
  EXPECT_EQ(statement.ledger, test::kCommitLedgerId);
  EXPECT_EQ(statement.contract_id, "A");
  EXPECT_EQ(statement.request_id, "req-1");
  EXPECT_EQ(statement.principal, "P-PRL");
  for (int i = 0; i < 2; ++i) {
    const SealedEvent& event = request.sealed.events[static_cast<size_t>(i)];
    EXPECT_EQ(event.payload, message.events(i).payload());
    EXPECT_EQ(event.salt, message.events(i).salt());
    EXPECT_EQ(event.event_type, "waymark.v1.EvidenceSubmitted");
    EXPECT_EQ(event.commitment, merkle::Sha256(event.salt + event.payload));
    EXPECT_EQ(statement.commitments[static_cast<size_t>(i)], event.commitment);
  }
  EXPECT_FALSE(request.sealed.salts_from_server);
  EXPECT_EQ(request.sealed.statement_digest, merkle::StatementDigest(request.sealed.statement, ""));
  EXPECT_TRUE(request.sealed.author_key_id.empty());
  EXPECT_FALSE(request.expected_revision.has_value());
  EXPECT_GT(request.bytes, request.sealed.statement.size());
}

TEST(AcceptRequest, DrawsASaltOfItsOwnForEveryEventWithoutOne) {
  std::set<std::string> salts;
  for (int i = 0; i < 10; ++i) {
    ASSERT_OK_AND_ASSIGN(const AppendRequest request,
                         Accept(UnsaltedEvidenceRequest("A", "req-1", {"E-1", "E-2", "E-3"})));
    EXPECT_TRUE(request.sealed.salts_from_server);
    for (const SealedEvent& event : request.sealed.events) {
      EXPECT_OK(merkle::CheckSalt(event.salt));
      EXPECT_TRUE(salts.insert(event.salt).second);
    }
  }
}

TEST(AcceptRequest, KeepsTheSignatureAndTheKeysIdOfASignedRequest) {
  const v1::AppendRequest message = Signed();
  ASSERT_OK_AND_ASSIGN(const AppendRequest request, Accept(message));
  EXPECT_EQ(request.sealed.signature, message.signature());
  EXPECT_EQ(request.sealed.author_public_key, AuthorKey().public_key());
  EXPECT_EQ(request.sealed.author_key_id, message.author_key_id());
  EXPECT_EQ(request.sealed.statement_digest,
            merkle::StatementDigest(request.sealed.statement, message.signature()));
}

TEST(AcceptRequest, KeepsTheExpectedRevisionOutOfTheDigest) {
  v1::AppendRequest message = EvidenceRequest("A", "req-1", {"E-1"});
  ASSERT_OK_AND_ASSIGN(const AppendRequest without, Accept(message));
  message.set_expected_revision(7);
  ASSERT_OK_AND_ASSIGN(const AppendRequest with, Accept(message));
  EXPECT_EQ(with.expected_revision, Revision{7});
  EXPECT_EQ(with.sealed.statement_digest, without.sealed.statement_digest);
}

struct RefusedRow {
  const char* reason;
  absl::StatusCode code;
  std::function<void(v1::AppendRequest*)> spoil;  // what was a good signed request
};

void PrintTo(const RefusedRow& row, std::ostream* out) { *out << row.reason; }

class RefusedRequest : public ::testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedRequest, SaysWhy) {
  v1::AppendRequest message = Signed();
  ASSERT_OK(Accept(message));
  GetParam().spoil(&message);
  const absl::StatusOr<AppendRequest> request = Accept(message);
  EXPECT_THAT(request, test::StatusIs(GetParam().code));
  EXPECT_THAT(ViolationsOf(request.status()),
              Contains(Field(&Violation::reason, GetParam().reason)));
}

void AddUnknownField(google::protobuf::Message* message) {
  message->GetReflection()->MutableUnknownFields(message)->AddVarint(500, 1);
}

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

const RefusedRow kRefusedRows[] = {
    {"TEXT_INVALID", kInvalid, [](v1::AppendRequest* r) { r->clear_request_id(); }},
    {"TEXT_INVALID", kInvalid,
     [](v1::AppendRequest* r) { r->set_request_id(std::string(65, 'x')); }},
    {"TEXT_INVALID", kInvalid, [](v1::AppendRequest* r) { r->set_request_id("a\nb"); }},
    {"TEXT_INVALID", kInvalid, [](v1::AppendRequest* r) { r->clear_contract_id(); }},
    {"TEXT_INVALID", kInvalid,
     [](v1::AppendRequest* r) { r->set_contract_id(std::string(65, 'x')); }},
    {"TEXT_INVALID", kInvalid, [](v1::AppendRequest* r) { r->clear_principal(); }},
    {"TEXT_INVALID", kInvalid,
     [](v1::AppendRequest* r) { r->set_principal(std::string(128, 'x')); }},
    {"UNKNOWN_FIELD", kInvalid, [](v1::AppendRequest* r) { AddUnknownField(r); }},
    {"UNKNOWN_FIELD", kInvalid,
     [](v1::AppendRequest* r) { AddUnknownField(r->mutable_events(1)); }},
    {"REQUEST_EMPTY", kInvalid, [](v1::AppendRequest* r) { r->clear_events(); }},
    {"TOO_MANY_EVENTS", kInvalid,
     [](v1::AppendRequest* r) {
       while (r->events_size() <= static_cast<int>(kRequestEventsMax)) {
         *r->add_events() = r->events(0);
       }
     }},
    {"REQUEST_TOO_LARGE", kInvalid,
     [](v1::AppendRequest* r) {
       r->mutable_events(0)->set_payload(std::string(kRequestBytesMax, 'x'));
     }},
    {"PAYLOAD_TOO_LARGE", kInvalid,
     [](v1::AppendRequest* r) {
       r->mutable_events(0)->set_payload(std::string(kPayloadBytesMax + 1, 'x'));
     }},
    {"SALT_INVALID", kInvalid,
     [](v1::AppendRequest* r) { r->mutable_events(1)->mutable_salt()->pop_back(); }},
    {"SALT_INVALID", kInvalid,
     [](v1::AppendRequest* r) { r->mutable_events(1)->set_salt(std::string(32, '\0')); }},
    {"SALT_INVALID", kInvalid, [](v1::AppendRequest* r) { r->mutable_events(1)->clear_salt(); }},
    {"SALT_MISSING", kInvalid,
     [](v1::AppendRequest* r) {
       for (auto& event : *r->mutable_events()) event.clear_salt();
     }},
    {"COMMITMENT_REPEATED", kInvalid,
     [](v1::AppendRequest* r) { *r->mutable_events(1) = r->events(0); }},
    {"KEY_ID_INVALID", kInvalid, [](v1::AppendRequest* r) { r->clear_author_key_id(); }},
    {"KEY_ID_INVALID", kInvalid,
     [](v1::AppendRequest* r) { r->set_author_key_id(std::string(32, 'x')); }},
    {"KEY_UNKNOWN", absl::StatusCode::kPermissionDenied,
     [](v1::AppendRequest* r) { r->clear_author_public_key(); }},
    {"KEY_REFUSED", kInvalid,
     [](v1::AppendRequest* r) { r->set_author_public_key(std::string(31, 'x')); }},
    {"KEY_REFUSED", kInvalid,
     [](v1::AppendRequest* r) {
       // The neutral element: a point of order 1, whose signatures fit many messages.
       std::string point(32, '\0');
       point[0] = 1;
       const Digest key_id = merkle::AuthorKeyId(point);
       r->set_author_public_key(point);
       r->set_author_key_id(std::string(merkle::BytesOf(key_id)));
     }},
    {"SIGNATURE_INVALID", kInvalid, [](v1::AppendRequest* r) { r->clear_signature(); }},
    {"SIGNATURE_INVALID", kInvalid,
     [](v1::AppendRequest* r) { (*r->mutable_signature())[10] ^= 1; }},
    {"SIGNATURE_INVALID", kInvalid,
     [](v1::AppendRequest* r) { r->mutable_events(0)->set_salt(std::string(32, 's')); }},
    // T19: a signed Statement does not fit another request id, contract or principal.
    {"SIGNATURE_INVALID", kInvalid, [](v1::AppendRequest* r) { r->set_request_id("req-2"); }},
    {"SIGNATURE_INVALID", kInvalid, [](v1::AppendRequest* r) { r->set_contract_id("B"); }},
    {"SIGNATURE_INVALID", kInvalid, [](v1::AppendRequest* r) { r->set_principal("X-CM"); }},
    // T20: nor fewer events, or their other order.
    {"SIGNATURE_INVALID", kInvalid,
     [](v1::AppendRequest* r) { r->mutable_events()->RemoveLast(); }},
    {"SIGNATURE_INVALID", kInvalid,
     [](v1::AppendRequest* r) { r->mutable_events()->SwapElements(0, 1); }},
    {"EVENT_TYPE_UNKNOWN", kInvalid,
     [](v1::AppendRequest* r) { r->mutable_events(0)->set_event_type("waymark.v1.Nothing"); }},
    {"EVENT_TYPE_MISMATCH", kInvalid,
     [](v1::AppendRequest* r) {
       v1::EvidenceSubmitted event;
       ASSERT_TRUE(event.ParseFromString(r->events(0).payload()));
       event.mutable_common()->set_event_type("waymark.v1.ContractEnded");
       r->mutable_events(0)->set_payload(event.SerializeAsString());
     }},
};
INSTANTIATE_TEST_SUITE_P(AcceptRequest, RefusedRequest, ::testing::ValuesIn(kRefusedRows));

TEST(AcceptRequest, CountsWhatTheParsedMessagesTakeAndFitsAnEmptyQueue) {
  constexpr int kRefs = 1000;
  v1::AppendRequest message = EvidenceRequest("A", "req-1", {"E-1"});
  v1::EvidenceSubmitted event;
  ASSERT_TRUE(event.ParseFromString(message.events(0).payload()));
  for (int i = 1; i <= kRefs; ++i) event.mutable_common()->add_caused_by()->set_position(i % 100);
  message.mutable_events(0)->set_payload(event.SerializeAsString());
  const size_t bytes = message.ByteSizeLong();
  ASSERT_OK_AND_ASSIGN(const AppendRequest one, Accept(message));
  EXPECT_GT(one.bytes, bytes + kRefs * sizeof(v1::EventRef));
  for (int i = 1; i < 6; ++i) {
    message.add_events()->CopyFrom(message.events(0));
    message.mutable_events(i)->set_salt(std::string(kSaltBytes, static_cast<char>(i)));
  }
  ASSERT_OK_AND_ASSIGN(const AppendRequest six, Accept(message));
  EXPECT_GT(six.bytes, 5 * one.bytes);
  EXPECT_LE(six.bytes, kCommitQueueBytesMax);
}

TEST(AcceptRequest, RefusesTheSignatureForAnotherLedger) {
  EXPECT_THAT(AcceptRequest(Signed(), "example.com/other"), test::RefusedWith("SIGNATURE_INVALID"));
}

TEST(AcceptRequest, ListsAllViolationsThatCanBeTold) {
  v1::AppendRequest message = EvidenceRequest("A", "req-1", {"E-1", "E-2"});
  message.clear_principal();
  message.mutable_events(0)->set_salt("short");
  message.mutable_events(1)->set_event_type("waymark.v1.Nothing");
  std::vector<std::string> reasons;
  for (const Violation& violation : ViolationsOf(Accept(message).status())) {
    reasons.push_back(violation.reason);
  }
  EXPECT_THAT(reasons, ::testing::UnorderedElementsAre("TEXT_INVALID", "SALT_INVALID",
                                                       "EVENT_TYPE_UNKNOWN"));
}

}  // namespace
}  // namespace waymark
