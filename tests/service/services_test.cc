// TransparencyService, MaturityService, AdminService, health and reflection.
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/service/feed_start.h"
#include "ledger/service/transparency_service.h"
#include "tests/service/live_ledger.h"
#include "tests/service/sample_requests.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

class Services : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(ledger_.Start());
    ASSERT_OK(ledger_.Seed("C-1"));
  }

  // One call of any stub's method.
  template <typename Stub, typename Request, typename Reply>
  absl::StatusOr<Reply> Call(Stub& stub,
                             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                          Reply*),
                             const Request& request, int seconds = 30) {
    grpc::ClientContext context;
    context.set_deadline(InSeconds(seconds));
    Reply reply;
    if (absl::Status status = FromGrpc((stub.*method)(&context, request, &reply)); !status.ok()) {
      return status;
    }
    return reply;
  }
  absl::StatusOr<v1::GetCheckpointReply> Checkpoint(const v1::GetCheckpointRequest& request) {
    return Call(ledger_.transparency(), &v1::TransparencyService::Stub::GetCheckpoint, request);
  }
  absl::StatusOr<v1::ProveInclusionReply> Inclusion(const v1::ProveInclusionRequest& request) {
    return Call(ledger_.transparency(), &v1::TransparencyService::Stub::ProveInclusion, request);
  }
  absl::StatusOr<v1::ProveConsistencyReply> Consistency(
      const v1::ProveConsistencyRequest& request) {
    return Call(ledger_.transparency(), &v1::TransparencyService::Stub::ProveConsistency, request);
  }
  merkle::VerifierKey Key() { return *merkle::ParseVkey(VkeyOf(ledger_.parts().log->identity())); }
  void AwaitPublished(uint64_t size) {
    v1::GetCheckpointRequest request;
    request.set_min_size(size);
    ASSERT_OK(Checkpoint(request).status());
  }

  LiveLedger ledger_;
};

TEST_F(Services, CheckpointCoversWhatWasAskedFor) {
  v1::GetCheckpointRequest request;
  request.set_min_size(3);
  ASSERT_OK_AND_ASSIGN(const v1::GetCheckpointReply reply, Checkpoint(request));
  ASSERT_OK_AND_ASSIGN(const merkle::OpenedCheckpoint opened,
                       merkle::OpenCheckpoint(reply.checkpoint(), Key()));
  EXPECT_EQ(opened.checkpoint.size.value, 3u);
  EXPECT_EQ(reply.size(), 3u);
  EXPECT_EQ(reply.vkey(), VkeyOf(ledger_.parts().log->identity()));
  request.set_min_size(4);
  EXPECT_THAT(Checkpoint(request), RefusedWith("MIN_SIZE_BEYOND_HEAD"));
  request.clear_min_size();
  request.set_level(v1::ACK_LEVEL_DURABLE);
  EXPECT_THAT(Checkpoint(request), RefusedWith("LEVEL_HAS_NO_CHECKPOINT"));
  request.set_level(v1::ACK_LEVEL_WITNESSED);
  EXPECT_THAT(Checkpoint(request), RefusedWith("WITNESSES_NOT_CONFIGURED"));
}

TEST_F(Services, InclusionIsProvedInReleasedTreesAndInOthers) {
  ASSERT_OK(ledger_.Append(SubmitEvidence("C-1", "r-1", 20)).status());
  AwaitPublished(23);
  for (uint64_t size = 1; size <= 23; ++size) {
    for (uint64_t position = 0; position < size; ++position) {
      v1::ProveInclusionRequest request;
      request.set_position(position);
      request.set_size(size);
      ASSERT_OK_AND_ASSIGN(const v1::ProveInclusionReply reply, Inclusion(request));
      std::vector<Digest> hashes;
      for (const std::string& hash : reply.hashes())
        hashes.push_back(*merkle::DigestFromBytes(hash));
      EXPECT_OK(merkle::VerifyInclusion(Position{position}, TreeSize{size},
                                        merkle::LeafHash(reply.header()), hashes,
                                        *merkle::DigestFromBytes(reply.root())));
      if (size == 23) {
        EXPECT_OK(merkle::VerifyTlogProof(reply.tlog_proof(), reply.header(), Key()).status());
      }
    }
  }
  v1::ProveInclusionRequest request;
  request.set_position(23);
  EXPECT_THAT(Inclusion(request), RefusedWith("POSITION_BEYOND_HEAD"));
  request.set_size(24);
  EXPECT_THAT(Inclusion(request), RefusedWith("SIZE_BEYOND_TREE"));
  request.set_position(5);
  request.set_size(5);
  EXPECT_THAT(Inclusion(request), RefusedWith("POSITION_BEYOND_TREE"));
}

TEST_F(Services, ConsistencyIsProvedBetweenAnyTwoSizes) {
  ASSERT_OK(ledger_.Append(SubmitEvidence("C-1", "r-1", 10)).status());
  for (uint64_t old_size = 1; old_size <= 13; ++old_size) {
    for (uint64_t new_size = old_size; new_size <= 13; ++new_size) {
      v1::ProveConsistencyRequest request;
      request.set_old_size(old_size);
      request.set_new_size(new_size);
      ASSERT_OK_AND_ASSIGN(const v1::ProveConsistencyReply reply, Consistency(request));
      std::vector<Digest> hashes;
      for (const std::string& hash : reply.hashes())
        hashes.push_back(*merkle::DigestFromBytes(hash));
      EXPECT_OK(merkle::VerifyConsistency(TreeSize{old_size}, TreeSize{new_size}, hashes,
                                          *merkle::DigestFromBytes(reply.old_root()),
                                          *merkle::DigestFromBytes(reply.new_root())));
    }
  }
  v1::ProveConsistencyRequest request;
  EXPECT_THAT(Consistency(request), RefusedWith("OLD_SIZE_ZERO"));
  request.set_old_size(14);
  request.set_new_size(14);
  EXPECT_THAT(Consistency(request), RefusedWith("SIZE_BEYOND_TREE"));
  request.set_old_size(5);
  request.set_new_size(4);
  EXPECT_THAT(Consistency(request), RefusedWith("SIZES_REVERSED"));
}

TEST_F(Services, MaturityQuestionsReachTheirQueries) {
  v1::GetStandingsRequest request;
  request.mutable_question()->set_contract_id("C-1");
  const auto ask = [&](const v1::GetStandingsRequest& r, int seconds = 30) {
    return Call(ledger_.maturity(), &v1::MaturityService::Stub::GetStandings, r, seconds);
  };
  ASSERT_OK_AND_ASSIGN(const v1::GetStandingsReply reply, ask(request));
  EXPECT_EQ(reply.basis().contract_id(), "C-1");
  EXPECT_GE(reply.basis().applied(), ledger_.parts().log->last_recorded_at().value);
  v1::GetLongevityRequest longevity;
  longevity.mutable_question()->set_contract_id("C-1");
  ASSERT_OK(Call(ledger_.maturity(), &v1::MaturityService::Stub::GetLongevity, longevity).status());
  v1::GetMatrixRequest matrix;
  matrix.mutable_question()->set_contract_id("C-1");
  ASSERT_OK(Call(ledger_.maturity(), &v1::MaturityService::Stub::GetMatrix, matrix).status());
  v1::GetTimelineRequest timeline;
  timeline.mutable_question()->set_contract_id("C-1");
  ASSERT_OK(Call(ledger_.maturity(), &v1::MaturityService::Stub::GetTimeline, timeline).status());
  EXPECT_THAT(
      Call(ledger_.maturity(), &v1::MaturityService::Stub::ListEvidence, v1::ListEvidenceRequest()),
      RefusedWith("CONTRACT_UNKNOWN"));
}

TEST_F(Services, MaturityQuestionsWaitForThePositionTheyName) {
  v1::GetStandingsRequest request;
  request.mutable_question()->set_contract_id("C-1");
  request.mutable_question()->set_min_position(2);
  uint64_t waited_for = 0;
  ledger_.wait_for = [&](Position position, absl::Time,
                         const std::function<void(absl::Status)>& ready) {
    waited_for = position.value;
    ready(absl::OkStatus());
  };
  const auto ask = [&] {
    return Call(ledger_.maturity(), &v1::MaturityService::Stub::GetStandings, request);
  };
  ASSERT_OK(ask().status());
  EXPECT_EQ(waited_for, 2u);
  ledger_.wait_for = [&](Position, absl::Time, const std::function<void(absl::Status)>& ready) {
    ready(Refuse({.code = absl::StatusCode::kDeadlineExceeded,
                  .reason = "POSITION_NOT_APPLIED",
                  .message = "applied 1"}));
  };
  EXPECT_THAT(ask(), RefusedWith("POSITION_NOT_APPLIED"));
  request.mutable_question()->set_min_position(3);
  EXPECT_THAT(ask(), RefusedWith("MIN_POSITION_BEYOND_HEAD"));
}

TEST_F(Services, AQuestionThatCameTooEarlyIsAskedAgainOnceWhatItNeedsIsApplied) {
  const auto behind = [](uint64_t needed) {
    return Refuse({.code = absl::StatusCode::kUnavailable,
                   .reason = "PROJECTION_BEHIND",
                   .message = "known_at",
                   .metadata = {{"applied", "1"}, {"needed", absl::StrCat(needed)}}});
  };
  v1::GetStandingsRequest request;
  request.mutable_question()->set_contract_id("C-1");
  request.mutable_question()->mutable_known_at()->mutable_day()->set_year(2025);
  const auto ask = [&] {
    return Call(ledger_.maturity(), &v1::MaturityService::Stub::GetStandings, request);
  };
  std::vector<uint64_t> waits;
  ledger_.wait_for = [&](Position position, absl::Time,
                         const std::function<void(absl::Status)>& ready) {
    waits.push_back(position.value);
    ready(absl::OkStatus());
  };
  // Answered as soon as it names what it waited for; never more than is recorded.
  for (const auto& [needed, waited] : std::map<uint64_t, uint64_t>{{2, 1}, {3, 2}, {9, 2}}) {
    waits.clear();
    ledger_.refuse = [&, need = needed](const v1::Question& question) {
      return question.has_min_position() ? absl::OkStatus() : behind(need);
    };
    ASSERT_OK(ask().status());
    EXPECT_THAT(waits, testing::ElementsAre(waited));
  }
  // Asked twice and no more.
  ledger_.refuse = [&](const v1::Question&) { return behind(3); };
  const uint64_t before = ledger_.questions;
  EXPECT_THAT(ask(), RefusedWith("PROJECTION_BEHIND"));
  EXPECT_EQ(ledger_.questions, before + 2);
  ledger_.wait_for = [&](Position, absl::Time, const std::function<void(absl::Status)>& ready) {
    ready(Refuse({.code = absl::StatusCode::kUnavailable,
                  .reason = "PROJECTION_STOPPED",
                  .message = "stopped"}));
  };
  EXPECT_THAT(ask(), RefusedWith("PROJECTION_STOPPED"));
}

TEST_F(Services, StatusTellsWhoAndHowFar) {
  AwaitPublished(3);
  ASSERT_OK_AND_ASSIGN(
      const v1::GetStatusReply reply,
      Call(ledger_.admin(), &v1::AdminService::Stub::GetStatus, v1::GetStatusRequest()));
  EXPECT_EQ(reply.ledger(), ledger_.ledger_id());
  EXPECT_FALSE(reply.rehearsal());
  EXPECT_EQ(reply.head(), 3u);
  EXPECT_EQ(reply.published_size(), 3u);
  EXPECT_GT(reply.published_at().seconds(), 1700000000);
  EXPECT_EQ(reply.projections_size(), 1);
  EXPECT_GT(reply.disk_free_bytes(), 0u);
  EXPECT_FALSE(reply.version().empty());
  EXPECT_THAT(reply.build(), testing::HasSubstr("gRPC"));
  EXPECT_EQ(reply.format_version(), kStorageFormat);
  EXPECT_GE(reply.now().seconds(), reply.last_recorded_at().seconds());
  EXPECT_EQ(reply.alarms_size(), 0) << reply.alarms(0);
}

TEST_F(Services, RebuildReportsItsProgressToTheFlip) {
  const auto rebuild = [&](const std::string& name,
                           std::vector<v1::RebuildProjectionReply>* replies) {
    grpc::ClientContext context;
    context.set_deadline(InSeconds(30));
    v1::RebuildProjectionRequest request;
    request.set_name(name);
    const auto reader = ledger_.admin().RebuildProjection(&context, request);
    v1::RebuildProjectionReply reply;
    while (reader->Read(&reply)) replies->push_back(reply);
    return FromGrpc(reader->Finish());
  };
  std::vector<v1::RebuildProjectionReply> replies;
  ASSERT_OK(rebuild("maturity", &replies));
  ASSERT_FALSE(replies.empty());
  EXPECT_TRUE(replies.back().flipped());
  EXPECT_EQ(replies.back().applied(), 3u);
  EXPECT_EQ(ledger_.rebuilds, 1u);
  EXPECT_THAT(rebuild("nothing", &replies), RefusedWith("PROJECTION_UNKNOWN"));
}

TEST_F(Services, ARealLedgerHasNoClockToSet) {
  v1::SetRehearsalClockRequest request;
  request.mutable_now()->set_seconds(2000000000);
  EXPECT_THAT(Call(ledger_.admin(), &v1::AdminService::Stub::SetRehearsalClock, request),
              RefusedWith("NOT_A_REHEARSAL"));
}

TEST(RehearsalClockCalls, DoNotMakeACheckpointLate) {
  LiveLedger ledger({.ledger_id = "example.com/t/rehearsal", .rehearsal = true});
  ASSERT_OK(ledger.Start());
  // The first is signed at once and the second a second later, so it is unsigned when asked about.
  ASSERT_OK(ledger.Append(RegisterContract("C-1")).status());
  ASSERT_TRUE(
      ledger.parts().published->WaitUntilAbove(TreeSize{1}, absl::Now() + absl::Minutes(1)));
  ASSERT_OK(ledger.Append(RegisterContract("C-2")).status());
  v1::SetRehearsalClockRequest set;
  set.mutable_now()->set_seconds(4000000000);
  v1::SetRehearsalClockReply was_set;
  grpc::ClientContext setting, asking;
  ASSERT_OK(FromGrpc(ledger.admin().SetRehearsalClock(&setting, set, &was_set)));
  v1::GetStatusReply status;
  ASSERT_OK(FromGrpc(ledger.admin().GetStatus(&asking, {}, &status)));
  EXPECT_THAT(status.alarms(), testing::Not(testing::Contains("CHECKPOINT_LATE")));
}

TEST(RehearsalClockCalls, SetTheTimeOfWhatIsRecorded) {
  LiveLedger ledger({.ledger_id = "example.com/t/rehearsal", .rehearsal = true});
  ASSERT_OK(ledger.Start());
  const auto set = [&](int64_t seconds) {
    grpc::ClientContext context;
    context.set_deadline(InSeconds(30));
    v1::SetRehearsalClockRequest request;
    request.mutable_now()->set_seconds(seconds);
    v1::SetRehearsalClockReply reply;
    return FromGrpc(ledger.admin().SetRehearsalClock(&context, request, &reply));
  };
  ASSERT_OK(set(4000000000));
  ASSERT_OK_AND_ASSIGN(const v1::AppendReply reply, ledger.Append(RegisterContract("C-1")));
  EXPECT_EQ(reply.receipt().fixed().recorded_at().seconds(), 4000000000);
  EXPECT_THAT(set(3999999999), RefusedWith("CLOCK_BACKWARDS"));
  EXPECT_THAT(set(-1), RefusedWith("INSTANT_INVALID"));
  // A day that could be asked about stays one, also where nothing was recorded since.
  ASSERT_OK(set(4000086400));
  ledger.Stop();
  ASSERT_OK(ledger.Start());
  EXPECT_THAT(set(4000086399), RefusedWith("CLOCK_BACKWARDS"));
  ASSERT_OK_AND_ASSIGN(const v1::AppendReply later, ledger.Append(RegisterContract("C-2")));
  EXPECT_EQ(later.receipt().fixed().recorded_at().seconds(), 4000086400);
}

// grpc.health.v1.HealthCheckRequest and -Response, field 1 of each.
TEST_F(Services, HealthAnswersServing) {
  std::string reply;
  ASSERT_OK(CallRaw(*ledger_.channel(), "/grpc.health.v1.Health/Check", "", &reply));
  EXPECT_EQ(reply, "\x08\x01");
  ASSERT_OK(CallRaw(*ledger_.channel(), "/grpc.health.v1.Health/Check",
                    "\x0a\x18waymark.v1.LedgerService", &reply));
  EXPECT_EQ(reply, "\x08\x01");
}

TEST_F(Services, ReflectionListsTheServices) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(30));
  const grpc::internal::RpcMethod rpc(
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
      grpc::internal::RpcMethod::BIDI_STREAMING);
  const std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          ledger_.channel().get(), rpc, &context));
  const grpc::Slice list_services("\x3a\x01*");
  ASSERT_TRUE(stream->Write(grpc::ByteBuffer(&list_services, 1)));
  stream->WritesDone();
  grpc::ByteBuffer reply;
  ASSERT_TRUE(stream->Read(&reply));
  grpc::Slice bytes;
  ASSERT_TRUE(reply.DumpToSingleSlice(&bytes).ok());
  const std::string text(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
  for (const char* name :
       {"waymark.v1.LedgerService", "waymark.v1.MaturityService", "waymark.v1.TransparencyService",
        "waymark.v1.AdminService", "grpc.health.v1.Health"}) {
    EXPECT_THAT(text, testing::HasSubstr(name));
  }
}

}  // namespace
}  // namespace waymark::test
