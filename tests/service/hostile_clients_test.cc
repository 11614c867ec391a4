// Clients that go away, cut their words short or come in crowds, through every method: the server
// goes on, and keeps nothing of them.
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/sync_stream.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/publish/synced_file.h"
#include "tests/service/live_ledger.h"
#include "tests/service/sample_requests.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using RawReader = grpc::ClientReader<grpc::ByteBuffer>;
using RawStream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::shared_ptr<RawStream> OpenStream(grpc::Channel& channel, const char* path,
                                      grpc::ClientContext* context) {
  const grpc::internal::RpcMethod rpc(path, grpc::internal::RpcMethod::BIDI_STREAMING);
  return std::shared_ptr<RawStream>(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          &channel, rpc, context));
}

class HostileClients : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(ledger_.Start());
    ASSERT_OK(ledger_.Seed("C-1"));
  }

  // A request that each method takes.
  static std::vector<std::pair<const char*, std::string>> Requests() {
    v1::GetStandingsRequest standings;
    standings.mutable_question()->set_contract_id("C-1");
    v1::SubscribeRequest subscribe;
    subscribe.mutable_filter()->add_any_of()->add_focus("PI-CS");
    v1::ReadRequest read;
    read.mutable_filter()->add_any_of()->add_contract_id("C-1");
    v1::ProveConsistencyRequest consistency;
    consistency.set_old_size(1);
    v1::RebuildProjectionRequest rebuild;
    rebuild.set_name("maturity");
    const std::string question = standings.SerializeAsString();
    return {{"/waymark.v1.LedgerService/Append", SubmitEvidence("C-1", "r", 3).SerializeAsString()},
            {"/waymark.v1.LedgerService/Read", read.SerializeAsString()},
            {"/waymark.v1.LedgerService/Subscribe", subscribe.SerializeAsString()},
            {"/waymark.v1.MaturityService/GetMatrix", question},
            {"/waymark.v1.MaturityService/GetStandings", question},
            {"/waymark.v1.MaturityService/GetLongevity", question},
            {"/waymark.v1.MaturityService/GetTimeline", question},
            {"/waymark.v1.MaturityService/ListEvidence", question},
            {"/waymark.v1.MaturityService/EvaluateClause", question},
            {"/waymark.v1.MaturityService/ListDecisions", question},
            {"/waymark.v1.MaturityService/ExplainDecision", question},
            {"/waymark.v1.MaturityService/DiffKnowledge", question},
            {"/waymark.v1.TransparencyService/GetCheckpoint", "\x08\x03"},
            {"/waymark.v1.TransparencyService/ProveInclusion", "\x08\x01"},
            {"/waymark.v1.TransparencyService/ProveConsistency", consistency.SerializeAsString()},
            {"/waymark.v1.AdminService/GetStatus", ""},
            {"/waymark.v1.AdminService/RebuildProjection", rebuild.SerializeAsString()},
            {"/waymark.v1.AdminService/SetRehearsalClock", "\x0a\x02\x08\x01"},
            {"/grpc.health.v1.Health/Check", ""},
            {"/grpc.health.v1.Health/Watch", ""}};
  }

  // On the wire a unary call is a stream of one answer.
  std::unique_ptr<RawReader> Begin(const char* path, const std::string& bytes,
                                   grpc::ClientContext* context) {
    const grpc::internal::RpcMethod rpc(path, grpc::internal::RpcMethod::SERVER_STREAMING);
    context->set_deadline(InSeconds(30));
    return std::unique_ptr<RawReader>(grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(
        ledger_.channel().get(), rpc, context, BufferOf(bytes)));
  }

  // The server answers, and nothing of the others is left.
  void ExpectWell() {
    ASSERT_OK(CallRaw(*ledger_.channel(), "/waymark.v1.AdminService/GetStatus", ""));
    Workshop& workshop = ledger_.server().workshop();
    EXPECT_TRUE(workshop.streams().WaitUntilEmpty(absl::Seconds(30)));
  }

  LiveLedger ledger_;
};

TEST_F(HostileClients, MayCancelEveryCallAtAnyMoment) {
  for (int round = 0; round < 40; ++round) {
    for (const auto& [path, bytes] : Requests()) {
      grpc::ClientContext context;
      const auto reader = Begin(path, bytes, &context);
      grpc::ByteBuffer message;
      if (round % 2 == 1) reader->Read(&message);
      context.TryCancel();
      reader->Finish();
    }
  }
  ExpectWell();
}

TEST_F(HostileClients, MayCutAndTwistTheirRequestsAnywhere) {
  std::mt19937 random(7);
  for (const auto& [path, whole] : Requests()) {
    for (int round = 0; round < 300; ++round) {
      std::string bytes = whole.substr(0, random() % (whole.size() + 1));
      for (uint32_t twists = random() % 3; twists > 0 && !bytes.empty(); --twists) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      grpc::ClientContext context;
      const auto reader = Begin(path, bytes, &context);
      grpc::ByteBuffer message;
      reader->Read(&message);
      context.TryCancel();  // a Subscribe that was taken never ends
      reader->Finish();
    }
  }
  ExpectWell();
}

TEST_F(HostileClients, MayLeaveAnAppendStreamInEveryWay) {
  const char* const path = "/waymark.v1.LedgerService/AppendStream";
  const std::string good = SubmitEvidence("C-1", "r-same", 2).SerializeAsString();
  for (int round = 0; round < 60; ++round) {
    grpc::ClientContext context;
    context.set_deadline(InSeconds(30));
    const auto stream = OpenStream(*ledger_.channel(), path, &context);
    for (int messages = round % 5; messages > 0; --messages) {
      stream->Write(BufferOf(messages % 2 ? good : good.substr(0, 9)));
    }
    grpc::ByteBuffer answer;
    if (round % 4 == 1 && round % 5 > 0) stream->Read(&answer);
    if (round % 4 != 2) stream->WritesDone();
    if (round % 4 == 3) {
      // Half-closed, and every answer is taken: it ends by itself.
      while (stream->Read(&answer)) {
      }
      EXPECT_OK(FromGrpc(stream->Finish()));
    } else {
      context.TryCancel();
      stream->Finish();
    }
  }
  ExpectWell();
}

TEST_F(HostileClients, AreNotAnsweredOnceTheyHaveGone) {
  absl::Mutex mutex;
  std::vector<std::function<void(absl::Status)>> ready;
  ledger_.wait_for = [&](Position, absl::Time, std::function<void(absl::Status)> answer) {
    absl::MutexLock lock(&mutex);
    ready.push_back(std::move(answer));
  };
  v1::GetStandingsRequest request;
  request.mutable_question()->set_contract_id("C-1");
  request.mutable_question()->set_min_position(0);
  constexpr size_t kCalls = 20;
  for (size_t i = 0; i < kCalls; ++i) {
    grpc::ClientContext context;
    const auto reader =
        Begin("/waymark.v1.MaturityService/GetStandings", request.SerializeAsString(), &context);
    {
      const auto arrived = [&] { return ready.size() > i; };
      absl::MutexLock lock(&mutex);
      mutex.Await(absl::Condition(&arrived));
    }
    context.TryCancel();
    reader->Finish();
  }
  ExpectWell();
  for (const auto& answer : ready) answer(absl::OkStatus());
  ExpectWell();
  EXPECT_LT(ledger_.questions, kCalls);
}

int64_t ThreadsOfThisProcess() {
  std::ifstream file("/proc/self/status");
  std::string word;
  int64_t count = 0;
  while (file >> word) {
    if (word == "Threads:") file >> count;
  }
  return count;
}

TEST_F(HostileClients, GetNoThreadEachForReflectionOrHealth) {
  const int64_t threads = ThreadsOfThisProcess();
  const auto watch = [&](const char* path, const std::string& bytes, int count) {
    std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
    std::vector<std::shared_ptr<RawStream>> streams;
    for (int i = 0; i < count; ++i) {
      contexts.push_back(std::make_unique<grpc::ClientContext>());
      contexts.back()->set_deadline(InSeconds(60));
      streams.push_back(OpenStream(*ledger_.channel(), path, contexts.back().get()));
      streams.back()->Write(BufferOf(bytes));
    }
    grpc::ByteBuffer answer;
    int answered = 0;
    for (const auto& stream : streams) answered += stream->Read(&answer) ? 1 : 0;
    ASSERT_OK(CallRaw(*ledger_.channel(), "/grpc.health.v1.Health/Check", ""));
    ASSERT_OK(CallRaw(*ledger_.channel(), "/waymark.v1.AdminService/GetStatus", ""));
    EXPECT_GT(answered, 0) << path;
    EXPECT_LT(ThreadsOfThisProcess(), threads + 40) << path;
    for (const auto& context : contexts) context->TryCancel();
    for (const auto& stream : streams) stream->Finish();
  };
  const char* const reflect = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  watch(reflect, "\x3a\x01*", 150);
  watch("/grpc.health.v1.Health/Watch", "", 150);
}

// As many descriptors as a test can spare.
class FewDescriptors {
 public:
  FewDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = 512;
    setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

TEST(CrowdsOfConnections, DoNotShutThePortForGood) {
  const FewDescriptors few;
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  v1::GetCheckpointRequest published;
  published.set_min_size(1);
  ASSERT_OK(CallRaw(*ledger.channel(), "/waymark.v1.TransparencyService/GetCheckpoint",
                    published.SerializeAsString()));
  {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(ledger.server().port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::vector<FileDescriptor> crowd;
    for (;;) {
      FileDescriptor one(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      if (!one.valid()) break;  // the process has none left
      ASSERT_EQ(connect(one.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
      crowd.push_back(std::move(one));
    }
    EXPECT_GT(crowd.size(), 100u);
  }
  grpc::ClientContext context;
  context.set_deadline(InSeconds(30));
  context.set_wait_for_ready(true);
  v1::GetStatusReply reply;
  EXPECT_OK(
      FromGrpc(v1::AdminService::NewStub(ledger.NewChannel())->GetStatus(&context, {}, &reply)));
}

}  // namespace
}  // namespace waymark::test
