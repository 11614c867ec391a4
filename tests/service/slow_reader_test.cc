// Streams whose client does not do its part: it reads nothing, goes away, or comes in numbers.
#include <dirent.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/refusal.h"
#include "ledger/service/pull_stream.h"
#include "ledger/service/timers.h"
#include "tests/service/live_ledger.h"
#include "tests/service/sample_requests.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

// "VmRSS" or "Threads" of this process: kB, or a count.
int64_t OfThisProcess(absl::string_view name) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::ByAnyChar(":\t "), absl::SkipEmpty());
    int64_t value = 0;
    if (!parts.empty() && parts[0] == name && absl::SimpleAtoi(parts[1], &value)) return value;
  }
  return -1;
}

void FillWith(LiveLedger& ledger, int requests, int events) {
  ASSERT_OK(ledger.Seed("C-1"));
  for (int i = 0; i < requests; ++i) {
    ASSERT_OK(ledger.Append(SubmitEvidence("C-1", absl::StrCat("r-", i), events)).status());
  }
}

// T11: clients that never read beside one that does.
TEST(SlowReaders, CostTheServerLittleAndTheOthersNothing) {
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  FillWith(ledger, 40, 500);
  struct Silent {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<grpc::ClientContext> context = std::make_unique<grpc::ClientContext>();
    std::unique_ptr<grpc::ClientReader<v1::SubscribeReply>> reader;
  };
  const int64_t before_kb = OfThisProcess("VmRSS");
  std::vector<Silent> silent(50);
  for (Silent& one : silent) {
    // A small window of its own, so that client and server share no buffer of any size.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 65536);
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    one.channel = ledger.NewChannel(arguments);
    one.reader = v1::LedgerService::NewStub(one.channel)->Subscribe(one.context.get(), {});
    v1::SubscribeReply opened;
    ASSERT_TRUE(one.reader->Read(&opened));
  }
  // The healthy one goes from 0 to the head and sees what is appended meanwhile.
  grpc::ClientContext context;
  const auto healthy = ledger.ledger().Subscribe(&context, {});
  v1::SubscribeReply reply;
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK(ledger.Append(SubmitEvidence("C-1", absl::StrCat("late-", i), 100)).status());
  }
  while (reply.resume().position() < ledger.head()) ASSERT_TRUE(healthy->Read(&reply));
  EXPECT_EQ(ledger.server().workshop().streams().size(), 51u);
  // Each of the silent has one message in flight, not the 10 MB that it has not read.
  const int64_t grown_kb = OfThisProcess("VmRSS") - before_kb;
  EXPECT_LT(grown_kb, 150 * 1024) << "kB for 50 silent subscribers";
  for (Silent& one : silent) one.context->TryCancel();
  context.TryCancel();
  EXPECT_TRUE(ledger.server().workshop().streams().WaitUntilEmpty(absl::Seconds(30)));
}

TEST(SlowReaders, AreEndedWithTheirCursorWhenTheyStall) {
  LiveLedgerOptions options;
  options.streams.stalled_max = absl::Milliseconds(300);
  options.streams.sweep_every = absl::Milliseconds(100);
  LiveLedger ledger(options);
  ASSERT_OK(ledger.Start());
  FillWith(ledger, 60, 1000);
  grpc::ClientContext context;
  const auto reader = v1::LedgerService::NewStub(ledger.NewChannel())->Subscribe(&context, {});
  v1::SubscribeReply reply;
  ASSERT_TRUE(reader->Read(&reply));
  // Nothing more is read: the server gives up by itself.
  EXPECT_TRUE(ledger.server().workshop().streams().WaitUntilEmpty(absl::Seconds(60)));
  uint64_t position = 0;
  while (reader->Read(&reply)) position = reply.resume().position();
  EXPECT_LT(position, ledger.head());
  EXPECT_FALSE(reader->Finish().ok());
}

TEST(SlowReaders, AreEndedWithTheirCursorWhenTheirConnectionIsOld) {
  LiveLedgerOptions options;
  options.streams.age_max = absl::Milliseconds(200);
  options.streams.sweep_every = absl::Milliseconds(50);
  LiveLedger ledger(options);
  ASSERT_OK(ledger.Start());
  grpc::ClientContext context;
  const auto reader = ledger.ledger().Subscribe(&context, {});
  v1::SubscribeReply reply, last;
  while (reader->Read(&reply)) last = reply;
  EXPECT_THAT(FromGrpc(reader->Finish()), RefusedWith("STREAM_AGED"));
  const auto cursor = context.GetServerTrailingMetadata().find(kCursorMetadata);
  ASSERT_NE(cursor, context.GetServerTrailingMetadata().end());
  EXPECT_EQ(std::string(cursor->second.begin(), cursor->second.end()), last.resume().cursor());
}

// T13
TEST(SlowReaders, LeaveNothingBehindWhenTheyConnectAndGo) {
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  FillWith(ledger, 2, 10);
  Workshop& workshop = ledger.server().workshop();
  const auto connect_and_go = [&](int times) {
    for (int i = 0; i < times; ++i) {
      grpc::ClientContext context;
      v1::SubscribeRequest request;
      const bool at_head = i % 3 == 0;
      if (at_head) request.mutable_start()->mutable_at_head();
      const auto reader = ledger.ledger().Subscribe(&context, request);
      v1::SubscribeReply reply;
      // All that comes at once: the events, if it is behind them, and that it has caught up.
      for (int messages = i % (at_head ? 2 : 3); messages > 0; --messages) {
        ASSERT_TRUE(reader->Read(&reply));
      }
      context.TryCancel();
      reader->Finish();
    }
    EXPECT_TRUE(workshop.streams().WaitUntilEmpty(absl::Seconds(30)));
  };
  connect_and_go(200);
  const int64_t threads = OfThisProcess("Threads");
  connect_and_go(1000);
  EXPECT_LE(OfThisProcess("Threads"), threads + 4);
  // The sweep is the one timer left.
  EXPECT_EQ(workshop.timers().waiting(), 1u);
  EXPECT_EQ(workshop.readers().waiting(), 0u);
}

TEST(SlowReaders, AreRefusedBeyondTheNumberThatMayBeOpen) {
  LiveLedgerOptions options;
  options.streams.open_max = 3;
  LiveLedger ledger(options);
  ASSERT_OK(ledger.Start());
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::SubscribeReply>>> readers;
  v1::SubscribeReply reply;
  for (int i = 0; i < 3; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    readers.push_back(ledger.ledger().Subscribe(contexts.back().get(), {}));
    ASSERT_TRUE(readers.back()->Read(&reply));
  }
  grpc::ClientContext context;
  const auto one_more = ledger.ledger().Subscribe(&context, {});
  EXPECT_FALSE(one_more->Read(&reply));
  const absl::Status refusal = FromGrpc(one_more->Finish());
  EXPECT_THAT(refusal, RefusedWith("STREAMS_FULL"));
  EXPECT_THAT(refusal, StatusIs(absl::StatusCode::kResourceExhausted));
  for (const auto& open : contexts) open->TryCancel();
}

}  // namespace
}  // namespace waymark::test
