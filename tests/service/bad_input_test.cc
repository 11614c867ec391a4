// What no client should send, through every method: one clear refusal with a stable reason, and
// nothing recorded.
#include <grpcpp/grpcpp.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "tests/service/live_ledger.h"
#include "tests/service/sample_requests.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

struct Method {
  const char* path;
  bool streams;
};

const std::vector<Method>& Methods() {
  static const std::vector<Method>* const methods =
      new std::vector<Method>{{"/waymark.v1.LedgerService/Append", false},
                              {"/waymark.v1.LedgerService/Read", true},
                              {"/waymark.v1.LedgerService/Subscribe", true},
                              {"/waymark.v1.MaturityService/GetMatrix", false},
                              {"/waymark.v1.MaturityService/GetStandings", false},
                              {"/waymark.v1.MaturityService/GetLongevity", false},
                              {"/waymark.v1.MaturityService/GetTimeline", false},
                              {"/waymark.v1.MaturityService/ListEvidence", false},
                              {"/waymark.v1.MaturityService/EvaluateClause", false},
                              {"/waymark.v1.MaturityService/ListDecisions", false},
                              {"/waymark.v1.MaturityService/ExplainDecision", false},
                              {"/waymark.v1.MaturityService/DiffKnowledge", false},
                              {"/waymark.v1.TransparencyService/GetCheckpoint", false},
                              {"/waymark.v1.TransparencyService/ProveInclusion", false},
                              {"/waymark.v1.TransparencyService/ProveConsistency", false},
                              {"/waymark.v1.AdminService/GetStatus", false},
                              {"/waymark.v1.AdminService/RebuildProjection", true},
                              {"/waymark.v1.AdminService/SetRehearsalClock", false}};
  return *methods;
}

class BadInput : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(ledger_.Start());
    ASSERT_OK(ledger_.Seed("C-1"));
    head_ = ledger_.head();
  }
  void TearDown() override { EXPECT_EQ(ledger_.head(), head_) << "something was recorded"; }

  absl::Status Call(const Method& method, const std::string& bytes) {
    return method.streams ? CallRawStream(*ledger_.channel(), method.path, bytes)
                          : CallRaw(*ledger_.channel(), method.path, bytes);
  }

  LiveLedger ledger_;
  uint64_t head_ = 0;
};

TEST_F(BadInput, BytesThatAreCutOffAreRefusedByEveryMethod) {
  // Field 1, a length of 100, and 3 bytes.
  for (const Method& method : Methods()) {
    const absl::Status refusal = Call(method,
                                      "\x0a\x64"
                                      "abc");
    EXPECT_THAT(refusal, RefusedWith("REQUEST_MALFORMED")) << method.path;
    EXPECT_THAT(refusal, StatusIs(absl::StatusCode::kInvalidArgument)) << method.path;
  }
}

TEST_F(BadInput, FieldsThatNobodyKnowsAreRefusedByEveryMethod) {
  // Field 100, varint 1.
  for (const Method& method : Methods()) {
    const absl::Status refusal = Call(method, std::string("\xa0\x06\x01", 3));
    EXPECT_THAT(refusal, RefusedWith("UNKNOWN_FIELD")) << method.path;
  }
}

TEST_F(BadInput, MessagesOfAnotherTypeAreRefused) {
  const std::string text =
      "\x0a\x03"
      "abc";  // field 1 as text, where these have a number or a message
  for (const char* path : {"/waymark.v1.TransparencyService/ProveInclusion",
                           "/waymark.v1.TransparencyService/ProveConsistency"}) {
    EXPECT_THAT(CallRaw(*ledger_.channel(), path, text), RefusedWith("UNKNOWN_FIELD"));
  }
  EXPECT_THAT(CallRawStream(*ledger_.channel(), "/waymark.v1.LedgerService/Read", text),
              RefusedWith("REQUEST_MALFORMED"));
}

TEST_F(BadInput, TextsThatAreNotUtf8AreRefused) {
  v1::AppendRequest request = SubmitEvidence("C-1", "r-1", 1);
  request.set_principal("name");
  std::string bytes = request.SerializeAsString();
  bytes[bytes.find("name")] = '\xff';
  EXPECT_THAT(CallRaw(*ledger_.channel(), "/waymark.v1.LedgerService/Append", bytes),
              RefusedWith("REQUEST_MALFORMED"));
}

TEST_F(BadInput, OversizedRequestsAreRefused) {
  v1::AppendRequest request = SubmitEvidence("C-1", "r-1", 1);
  request.mutable_events(0)->set_payload(std::string(kPayloadBytesMax + 1, 'x'));
  EXPECT_THAT(ledger_.Append(request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.mutable_events(0)->set_payload(std::string(kRequestBytesMax + 1, 'x'));
  EXPECT_THAT(ledger_.Append(request), StatusIs(absl::StatusCode::kInvalidArgument));
  // Beyond what the transport takes, it refuses by itself.
  request.mutable_events(0)->set_payload(std::string(kReceiveMessageBytesMax + 1, 'x'));
  EXPECT_THAT(ledger_.Append(request), StatusIs(absl::StatusCode::kResourceExhausted));

  v1::SubscribeRequest subscribe;
  subscribe.set_max_events(kReadBatchEventsMax + 1);
  subscribe.set_max_bytes(kReadBatchBytesMax + 1);
  subscribe.mutable_heartbeat()->set_seconds(61);
  const absl::Status refusal = CallRawStream(
      *ledger_.channel(), "/waymark.v1.LedgerService/Subscribe", subscribe.SerializeAsString());
  EXPECT_EQ(ViolationsOf(refusal).size(), 3u) << refusal;
  EXPECT_THAT(refusal, RefusedWith("BATCH_TOO_LARGE"));
}

TEST_F(BadInput, MetadataHasABound) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(30));
  context.AddMetadata("padding", std::string(2 * kMetadataBytesMax, 'x'));
  v1::GetStatusReply reply;
  EXPECT_THAT(FromGrpc(ledger_.admin().GetStatus(&context, {}, &reply)),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(BadInput, RequestIdsAreUsedOnce) {
  v1::AppendRequest request = DraftMatrix("C-1");
  request.set_principal("p-2");
  const absl::Status refusal = ledger_.Append(request).status();
  EXPECT_THAT(refusal, StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(refusal, RefusedWith("REQUEST_ID_REUSED"));
}

TEST_F(BadInput, NumbersOutOfRangeAreRefused) {
  v1::SubscribeRequest subscribe;
  subscribe.mutable_heartbeat()->set_seconds(-1);
  EXPECT_THAT(CallRawStream(*ledger_.channel(), "/waymark.v1.LedgerService/Subscribe",
                            subscribe.SerializeAsString()),
              RefusedWith("HEARTBEAT_INVALID"));
  v1::ReadRequest read;
  read.mutable_start()->mutable_recorded_from()->set_nanos(1000000000);
  EXPECT_THAT(ledger_.Read(read), RefusedWith("INSTANT_INVALID"));
  read.mutable_start()->set_from_position(UINT64_MAX);
  EXPECT_THAT(ledger_.Read(read), RefusedWith("START_BEYOND_HEAD"));
  read.clear_start();
  read.mutable_filter()->add_any_of();
  EXPECT_THAT(ledger_.Read(read), RefusedWith("FILTER_TERM_EMPTY"));
}

TEST_F(BadInput, UnknownMethodsAreUnimplemented) {
  EXPECT_THAT(CallRaw(*ledger_.channel(), "/waymark.v1.LedgerService/Delete", ""),
              StatusIs(absl::StatusCode::kUnimplemented));
}

}  // namespace
}  // namespace waymark::test
