// Append and AppendStream, from a real client to the disk and back.
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/note_key.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/service/transparency_service.h"
#include "tests/service/live_ledger.h"
#include "tests/service/sample_requests.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

class Append : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(ledger_.Start());
    ASSERT_OK(ledger_.Seed("C-1"));
  }
  LiveLedger ledger_;
};

TEST_F(Append, RecordsEventsAndSaysWhereTheyStand) {
  const uint64_t before = ledger_.head();
  ASSERT_OK_AND_ASSIGN(const v1::AppendReply reply,
                       ledger_.Append(SubmitEvidence("C-1", "r-1", 3)));
  const v1::ReceiptFixed& fixed = reply.receipt().fixed();
  EXPECT_EQ(fixed.ledger(), ledger_.ledger_id());
  EXPECT_EQ(fixed.request_id(), "r-1");
  EXPECT_EQ(fixed.contract_id(), "C-1");
  EXPECT_EQ(fixed.head(), before + 3);
  ASSERT_EQ(fixed.events_size(), 3);
  EXPECT_EQ(fixed.events(0).position(), before);
  EXPECT_EQ(fixed.events(2).position(), before + 2);
  EXPECT_EQ(fixed.events(2).revision(), 4);
  EXPECT_EQ(reply.event_flags_size(), 3);
  EXPECT_EQ(reply.receipt().tlog_proofs_size(), 0);

  ASSERT_OK_AND_ASSIGN(const std::vector<v1::RecordedEvent> events, ledger_.ReadAll());
  const Digest leaf = merkle::LeafHash(events[before].header());
  EXPECT_EQ(std::string(leaf.begin(), leaf.end()), fixed.events(0).leaf_hash());
}

TEST_F(Append, WaitsForPublishedAndProvesEachEvent) {
  v1::AppendRequest request = SubmitEvidence("C-1", "r-1", 40);
  request.set_wait_for(v1::ACK_LEVEL_PUBLISHED);
  ASSERT_OK_AND_ASSIGN(const v1::AppendReply reply, ledger_.Append(request));
  ASSERT_EQ(reply.receipt().tlog_proofs_size(), 40);
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::RecordedEvent> events, ledger_.ReadAll());
  ASSERT_OK_AND_ASSIGN(const merkle::VerifierKey key,
                       merkle::ParseVkey(VkeyOf(ledger_.parts().log->identity())));
  for (int i = 0; i < 40; ++i) {
    const uint64_t position = reply.receipt().fixed().events(i).position();
    ASSERT_OK_AND_ASSIGN(
        const merkle::VerifiedEntry entry,
        merkle::VerifyTlogProof(reply.receipt().tlog_proofs(i), events[position].header(), key));
    EXPECT_EQ(entry.header.position.value, position);
  }
  // The fixed part is the same for a repeat that does not wait; its proof part is gone.
  request.set_wait_for(v1::ACK_LEVEL_DURABLE);
  ASSERT_OK_AND_ASSIGN(const v1::AppendReply repeat, ledger_.Append(request));
  EXPECT_EQ(repeat.receipt().fixed().SerializeAsString(),
            reply.receipt().fixed().SerializeAsString());
}

TEST_F(Append, RefusesToWaitForWitnessesBeforeAnythingIsRecorded) {
  v1::AppendRequest request = SubmitEvidence("C-1", "r-1", 1);
  request.set_wait_for(v1::ACK_LEVEL_WITNESSED);
  const uint64_t before = ledger_.head();
  const absl::Status refusal = ledger_.Append(request).status();
  EXPECT_THAT(refusal, RefusedWith("WITNESSES_NOT_CONFIGURED"));
  EXPECT_THAT(refusal, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(ledger_.head(), before);
  request.set_wait_for(static_cast<v1::AckLevel>(17));
  EXPECT_THAT(ledger_.Append(request), RefusedWith("ACK_LEVEL_UNKNOWN"));
  EXPECT_EQ(ledger_.head(), before);
}

// T2: what is refused takes no position and no revision.
TEST_F(Append, RefusedRequestsConsumeNothing) {
  const uint64_t before = ledger_.head();
  v1::AppendRequest stale = SubmitEvidence("C-1", "r-stale", 1);
  stale.set_expected_revision(1);
  EXPECT_THAT(ledger_.Append(stale), RefusedWith("REVISION_STALE"));
  v1::AppendRequest unknown = SubmitEvidence("C-1", "r-unknown", 1, "PI-XX");
  EXPECT_THAT(ledger_.Append(unknown), RefusedWith("FOCUS_UNKNOWN"));
  ASSERT_OK_AND_ASSIGN(const v1::AppendReply reply,
                       ledger_.Append(SubmitEvidence("C-1", "r-1", 1)));
  EXPECT_EQ(reply.receipt().fixed().events(0).position(), before);
  EXPECT_EQ(reply.receipt().fixed().events(0).revision(), 2);
}

TEST_F(Append, TellsTheEventAndTheFieldOfEachViolation) {
  v1::AppendRequest request = SubmitEvidence("C-1", "r-1", 2);
  v1::EvidenceSubmitted event;
  ASSERT_TRUE(event.ParseFromString(request.events(1).payload()));
  event.clear_artefact();
  event.clear_issuer();
  request.mutable_events(1)->set_payload(event.SerializeAsString());
  const std::vector<Violation> violations = ViolationsOf(ledger_.Append(request).status());
  ASSERT_EQ(violations.size(), 2u);
  for (const Violation& violation : violations) EXPECT_EQ(violation.event_index, 1);
  EXPECT_EQ(violations[0].field, "issuer");
  EXPECT_EQ(violations[1].field, "artefact");
}

// T22
TEST_F(Append, ThirtyTwoRepeatsAtOnceCommitOnceAndGetEqualReceipts) {
  v1::AppendRequest request = SubmitEvidence("C-1", "r-same", 5);
  for (v1::EventToAppend& event : *request.mutable_events()) {
    event.set_salt(std::string(31, 's') + event.payload().back());
  }
  const uint64_t before = ledger_.head();
  std::vector<std::string> receipts(32);
  std::vector<std::thread> threads;
  for (std::string& receipt : receipts) {
    threads.emplace_back([&] {
      const auto reply = ledger_.Append(request);
      ASSERT_OK(reply.status());
      receipt = reply->SerializeAsString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(receipts.begin(), receipts.end()).size(), 1u);
  EXPECT_EQ(ledger_.head(), before + 5);
}

// T32
TEST_F(Append, RefusesADeadlineThatHasPassed) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(-1));
  v1::AppendReply reply;
  const uint64_t before = ledger_.head();
  EXPECT_THAT(FromGrpc(ledger_.ledger().Append(&context, SubmitEvidence("C-1", "r-1", 1), &reply)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(ledger_.head(), before);
}

using AppendStream = Append;

TEST_F(AppendStream, AnswersInTheOrderSentAndGoesOnAfterARefusal) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(60));
  const auto stream = ledger_.ledger().AppendStream(&context);
  constexpr int kRequests = 200;
  // Two contracts, so that only the stream's own order can put them in order.
  ASSERT_OK(ledger_.Seed("C-2"));
  uint64_t next = ledger_.head();
  std::thread writer([&] {
    for (int i = 0; i < kRequests; ++i) {
      v1::AppendRequest request = SubmitEvidence(i % 2 ? "C-1" : "C-2", absl::StrCat("r-", i), 2);
      if (i % 10 == 3) request.clear_events();
      if (i % 10 == 7) request.mutable_events(1)->set_event_type("waymark.v1.ProjectionAttested");
      ASSERT_TRUE(stream->Write(request)) << i;
    }
    stream->WritesDone();
  });
  v1::AppendStreamReply reply;
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(stream->Read(&reply)) << i;
    EXPECT_EQ(reply.request_id(), absl::StrCat("r-", i));
    if (i % 10 == 3 || i % 10 == 7) {
      ASSERT_TRUE(reply.has_refusal()) << i;
      google::rpc::ErrorInfo info;
      ASSERT_TRUE(reply.refusal().details(0).UnpackTo(&info));
      EXPECT_EQ(info.reason(), i % 10 == 3 ? "REQUEST_EMPTY" : "EVENT_TYPE_NOT_SUPPORTED");
      continue;
    }
    ASSERT_TRUE(reply.has_reply()) << i << reply.ShortDebugString();
    EXPECT_EQ(reply.reply().receipt().fixed().events(0).position(), next) << i;
    next += 2;
  }
  writer.join();
  EXPECT_FALSE(stream->Read(&reply));
  EXPECT_OK(FromGrpc(stream->Finish()));
}

TEST_F(AppendStream, ReadsNoFurtherThanSixtyFourUnanswered) {
  // A message larger than what the transport keeps, so that what the server does not read stays
  // with the client.
  grpc::ClientContext context;
  context.set_deadline(InSeconds(60));
  const auto stream = ledger_.ledger().AppendStream(&context);
  v1::AppendRequest request = SubmitEvidence("C-1", "r", 1);
  std::atomic<int> written{0};
  constexpr int kRequests = 400;
  // What two sockets and two windows hold at most, in requests of 60 kB; a server that read on
  // would have all of them.
  constexpr int kInBuffersMax = (16 << 20) / 60000;
  static_assert(kAppendStreamUnansweredMax + kInBuffersMax < kRequests);
  std::thread writer([&] {
    for (int i = 0; i < kRequests; ++i) {
      request.set_request_id(absl::StrCat("r-", i));
      request.set_wait_for(v1::ACK_LEVEL_PUBLISHED);
      v1::EvidenceSubmitted event;
      ASSERT_TRUE(event.ParseFromString(request.events(0).payload()));
      event.set_evidence_id(absl::StrCat("e-", i));
      event.mutable_common()->set_reason(std::string(60000, 'x'));
      request.mutable_events(0)->set_payload(event.SerializeAsString());
      if (!stream->Write(request)) return;
      ++written;
    }
    stream->WritesDone();
  });
  v1::AppendStreamReply reply;
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(stream->Read(&reply));
    ASSERT_EQ(reply.request_id(), absl::StrCat("r-", i));
    ASSERT_TRUE(reply.has_reply()) << reply.ShortDebugString();
    // Sixty-four are with the server; some more fill the buffers on the way.
    EXPECT_LE(written - i, static_cast<int>(kAppendStreamUnansweredMax) + kInBuffersMax) << i;
  }
  writer.join();
  EXPECT_OK(FromGrpc(stream->Finish()));
}

TEST_F(AppendStream, RefusesWhatItCannotParseAndReadsOn) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(30));
  const grpc::internal::RpcMethod rpc("/waymark.v1.LedgerService/AppendStream",
                                      grpc::internal::RpcMethod::BIDI_STREAMING);
  const std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, v1::AppendStreamReply>> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, v1::AppendStreamReply>::Create(
          ledger_.channel().get(), rpc, &context));
  for (const std::string& bytes :
       {std::string("\x0a\x05r"), SubmitEvidence("C-1", "r-1", 1).SerializeAsString()}) {
    const grpc::Slice slice(bytes);
    ASSERT_TRUE(stream->Write(grpc::ByteBuffer(&slice, 1)));
  }
  stream->WritesDone();
  v1::AppendStreamReply reply;
  ASSERT_TRUE(stream->Read(&reply));
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(reply.refusal().details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "REQUEST_MALFORMED");
  ASSERT_TRUE(stream->Read(&reply));
  EXPECT_TRUE(reply.has_reply());
  EXPECT_OK(FromGrpc(stream->Finish()));
}

}  // namespace
}  // namespace waymark::test
