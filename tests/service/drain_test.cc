// Stopping: what is recorded stays, every stream is told where it stands, and nothing new is taken.
#include <grpcpp/support/sync_stream.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "ledger/base/refusal.h"
#include "ledger/service/pull_stream.h"
#include "tests/service/live_ledger.h"
#include "tests/service/sample_requests.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

std::string CursorOf(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(kCursorMetadata);
  return found == trailers.end() ? "" : std::string(found->second.begin(), found->second.end());
}

TEST(Drain, EndsIdleStreamsWithTheirCursor) {
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  ASSERT_OK(ledger.Seed("C-1"));
  const uint64_t head = ledger.head();
  grpc::ClientContext context;
  const auto reader = ledger.ledger().Subscribe(&context, {});
  v1::SubscribeReply reply;
  while (!reply.has_caught_up()) ASSERT_TRUE(reader->Read(&reply));
  ledger.Stop();
  std::string cursor = reply.resume().cursor();
  while (reader->Read(&reply)) cursor = reply.resume().cursor();
  const absl::Status end = FromGrpc(reader->Finish());
  EXPECT_THAT(end, RefusedWith("DRAINING"));
  EXPECT_THAT(end, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(CursorOf(context), cursor);

  ASSERT_OK(ledger.Start());
  v1::SubscribeRequest request;
  request.mutable_start()->set_cursor(CursorOf(context));
  grpc::ClientContext again;
  const auto resumed = ledger.ledger().Subscribe(&again, request);
  ASSERT_TRUE(resumed->Read(&reply));
  EXPECT_EQ(reply.resume().position(), head);
  again.TryCancel();
}

TEST(Drain, AnswersEveryAppendOneWayOrTheOtherAndKeepsWhatItAnswered) {
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  ASSERT_OK(ledger.Seed("C-1"));
  std::atomic<int> recorded{0}, refused{0};
  std::atomic<bool> stopping{false};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; !stopping || i < 3; ++i) {
        grpc::ClientContext context;
        context.set_deadline(InSeconds(30));
        v1::AppendReply reply;
        const absl::Status status = FromGrpc(ledger.ledger().Append(
            &context, SubmitEvidence("C-1", absl::StrCat("w", writer, "-", i), 1), &reply));
        if (status.ok()) {
          ++recorded;
        } else {
          EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
          ++refused;
          return;
        }
      }
    });
  }
  while (recorded < 50) std::this_thread::yield();
  stopping = true;
  ledger.server().Drain([&] { ledger.parts().StopWriting(); });
  for (std::thread& writer : writers) writer.join();
  const uint64_t head = ledger.head();
  EXPECT_EQ(head, 3u + recorded);
  EXPECT_EQ(ledger.parts().published->size().value, head) << "signed on the way out";
  ledger.Stop();
  ASSERT_OK(ledger.Start());
  EXPECT_EQ(ledger.head(), head);
}

TEST(Drain, AnswersWhatAnAppendStreamHasSentAndThenEndsIt) {
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  ASSERT_OK(ledger.Seed("C-1"));
  grpc::ClientContext context;
  const auto stream = ledger.ledger().AppendStream(&context);
  ASSERT_TRUE(stream->Write(SubmitEvidence("C-1", "r-1", 3)));
  v1::AppendStreamReply reply;
  ASSERT_TRUE(stream->Read(&reply));
  EXPECT_TRUE(reply.has_reply());
  ledger.Stop();
  EXPECT_FALSE(stream->Read(&reply));
  EXPECT_THAT(FromGrpc(stream->Finish()), RefusedWith("DRAINING"));
}

TEST(Drain, TellsHealthFirstAndTakesNoNewStream) {
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  ASSERT_OK(ledger.Seed("C-1"));
  std::string health;
  absl::Status subscribe, append;
  ledger.server().Drain([&] {
    EXPECT_OK(CallRaw(*ledger.channel(), "/grpc.health.v1.Health/Check", "", &health));
    subscribe = CallRawStream(*ledger.channel(), "/waymark.v1.LedgerService/Subscribe", "");
    ledger.parts().StopWriting();
    append = ledger.Append(SubmitEvidence("C-1", "r-1", 1)).status();
  });
  EXPECT_EQ(health, "\x08\x02");
  EXPECT_THAT(subscribe, RefusedWith("DRAINING"));
  EXPECT_THAT(append, RefusedWith("DRAINING"));
}

TEST(Drain, DoesNotWaitForAClientThatReadsNothing) {
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  ASSERT_OK(ledger.Seed("C-1"));
  for (int i = 0; i < 40; ++i) {
    ASSERT_OK(ledger.Append(SubmitEvidence("C-1", absl::StrCat("r-", i), 1000)).status());
  }
  grpc::ClientContext context;
  const auto reader = ledger.ledger().Subscribe(&context, {});
  v1::SubscribeReply reply;
  ASSERT_TRUE(reader->Read(&reply));
  const absl::Time before = absl::Now();
  ledger.Stop();
  EXPECT_LT(absl::Now() - before, absl::Seconds(kShutdownWatchdogSeconds));
  while (reader->Read(&reply)) {
  }
  EXPECT_FALSE(reader->Finish().ok());
}

// Were it waited for, these would be tests of an hour.
constexpr absl::Duration kForEver = absl::Hours(1);

TEST(Drain, DoesNotWaitForIdleConnections) {
  LiveLedger ledger({.drain_max = kForEver});
  ASSERT_OK(ledger.Start());
  // A client between two calls looks at its connection as little as one that hangs.
  ASSERT_OK(ledger.Seed("C-1"));
  const auto other = ledger.NewChannel();
  ASSERT_OK(CallRaw(*other, "/grpc.health.v1.Health/Check", ""));
  ledger.Stop();
}

TEST(Drain, WaitsForACallThatIsUnderWayAndTakesNoOther) {
  LiveLedger ledger({.drain_max = kForEver});
  ASSERT_OK(ledger.Start());
  ASSERT_OK(ledger.Seed("C-1"));
  std::function<void(absl::Status)> answer_it;
  absl::Notification asked, writing_stopped, answered;
  ledger.wait_for = [&](Position, absl::Time, std::function<void(absl::Status)> ready) {
    answer_it = std::move(ready);
    asked.Notify();
  };
  v1::GetStandingsRequest request;
  request.mutable_question()->set_contract_id("C-1");
  request.mutable_question()->set_min_position(0);
  absl::Status held = absl::UnknownError("not yet");
  std::thread caller([&] {
    held = CallRaw(*ledger.channel(), "/waymark.v1.MaturityService/GetStandings",
                   request.SerializeAsString());
    answered.Notify();
  });
  asked.WaitForNotification();
  std::thread stopper([&] {
    ledger.server().Drain([&] {
      ledger.parts().StopWriting();
      writing_stopped.Notify();
    });
  });
  writing_stopped.WaitForNotification();
  absl::Status late;
  while (late.ok()) late = CallRaw(*ledger.channel(), "/waymark.v1.AdminService/GetStatus", "");
  EXPECT_THAT(late, RefusedWith("DRAINING"));
  EXPECT_FALSE(answered.WaitForNotificationWithTimeout(absl::Seconds(1))) << "it was cut off";
  answer_it(absl::OkStatus());
  stopper.join();
  caller.join();
  EXPECT_OK(held);
}

TEST(Drain, AnswersHealthAndReflectionUntilItsEnd) {
  LiveLedger ledger({.drain_max = kForEver});
  ASSERT_OK(ledger.Start());
  ASSERT_OK(ledger.Seed("C-1"));
  using RawStream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  const auto open = [&](const char* path, absl::string_view bytes, grpc::ClientContext* context) {
    context->set_deadline(InSeconds(30));
    const grpc::internal::RpcMethod rpc(path, grpc::internal::RpcMethod::BIDI_STREAMING);
    std::unique_ptr<RawStream> stream(
        grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
            ledger.channel().get(), rpc, context));
    const grpc::Slice slice(bytes.data(), bytes.size());
    stream->Write(grpc::ByteBuffer(&slice, 1));
    return stream;
  };
  const auto read = [](RawStream& stream) -> std::string {
    grpc::ByteBuffer message;
    grpc::Slice slice;
    if (!stream.Read(&message) || !message.DumpToSingleSlice(&slice).ok()) return "ended";
    return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
  };
  grpc::ClientContext watching, reflecting;
  const auto watch =
      open("/grpc.health.v1.Health/Watch", "\x0a\x18waymark.v1.LedgerService", &watching);
  EXPECT_EQ(read(*watch), "\x08\x01");
  std::string services;
  std::unique_ptr<RawStream> reflection;
  ledger.server().Drain([&] {
    EXPECT_EQ(read(*watch), "\x08\x02") << "NOT_SERVING, before anything else ends";
    reflection = open("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "\x3a\x01*",
                      &reflecting);
    services = read(*reflection);
    ledger.parts().StopWriting();
  });
  EXPECT_THAT(services, testing::HasSubstr("waymark.v1.LedgerService"));
  // Neither holds the end up.
  EXPECT_EQ(read(*watch), "ended");
  EXPECT_FALSE(watch->Finish().ok());
  EXPECT_EQ(read(*reflection), "ended");
  EXPECT_FALSE(reflection->Finish().ok());
}

}  // namespace
}  // namespace waymark::test
