// The daemon as a process: its commands, its exit codes, its signals.
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/service/sample_requests.h"
#include "tests/storage/coming_tables.h"
#include "tests/support/daemon.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "waymark/v1/admin.grpc.pb.h"
#include "waymark/v1/ledger.grpc.pb.h"
#include "waymark/v1/maturity.grpc.pb.h"

namespace waymark::test {
namespace {

struct Ended {
  int code = -1;
  std::string printed;
};

Ended RunDaemon(const std::string& arguments) {
  Ended ended;
  FILE* const pipe =
      popen(absl::StrCat(BuiltProgram("ledger/waymarkd"), " ", arguments, " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer;
  while (const size_t size = fread(buffer.data(), 1, buffer.size(), pipe)) {
    ended.printed.append(buffer.data(), size);
  }
  const int status = pclose(pipe);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return ended;
}

// One line, which begins with the program's name and the reason.
void ExpectRefused(const Ended& ended, const std::string& reason) {
  EXPECT_EQ(ended.code, 1) << ended.printed;
  EXPECT_THAT(ended.printed, testing::StartsWith(absl::StrCat("waymarkd: ", reason, ": ")));
  EXPECT_EQ(ended.printed.find('\n'), ended.printed.size() - 1) << ended.printed;
}

class Waymarkd : public testing::Test {
 protected:
  std::string Data() const { return " --data " + (dir_.path() + "/data"); }
  std::string Key() const { return " --key " + (dir_.path() + "/ledger.key"); }
  TempDir dir_;
};

TEST_F(Waymarkd, ShowsHowItIsUsed) {
  const Ended help = RunDaemon("--help");
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.printed, testing::HasSubstr("waymarkd init --data"));
  EXPECT_EQ(RunDaemon("serve --help").code, 0);
  EXPECT_EQ(RunDaemon("--version").code, 0);
  for (const char* wrong :
       {"", "dance", "init", "serve --data x", "serve --data x --key y --port 1",
        "serve --data x --key y --disk-reserve much"}) {
    EXPECT_EQ(RunDaemon(wrong).code, 2) << wrong;
  }
}

TEST_F(Waymarkd, SaysInOneLineWhatIsWrongWithItsWords) {
  for (const auto& [words, said] : std::vector<std::pair<std::string, std::string>>{
           {"", "name a command: init or serve; see waymarkd --help"},
           {"dance", "there is no command \"dance\"; see waymarkd --help"},
           {"serve --prot=1", "there is no option \"--prot\"; see waymarkd serve --help"},
           {"serve --data x", "--key is required; see waymarkd serve --help"},
           {"serve --data x --key y z", "there is no place for \"z\"; see waymarkd serve --help"},
           {"init --data", "--data: 1 required TEXT missing; see waymarkd init --help"}}) {
    const Ended ended = RunDaemon(words);
    EXPECT_EQ(ended.code, 2) << words;
    EXPECT_EQ(ended.printed, absl::StrCat("waymarkd: USAGE: ", said, "\n"));
  }
}

TEST_F(Waymarkd, ShowsExamplesBelowItsHelpAndNotAmongItsCommands) {
  const std::string help = RunDaemon("--help").printed;
  const size_t commands = help.find("Subcommands:");
  ASSERT_NE(commands, std::string::npos) << help;
  EXPECT_EQ(help.find("--rehearsal"), std::string::npos) << help;
  EXPECT_GT(help.find("Example:"), commands) << help;
  EXPECT_THAT(RunDaemon("init --help").printed, testing::HasSubstr("Example:\n  waymarkd init"));
}

TEST_F(Waymarkd, ServesUntilItIsToldToStop) {
  ASSERT_OK_AND_ASSIGN(const auto daemon,
                       Daemon::Init(BuiltProgram("ledger/waymarkd"), dir_.path(),
                                    {.serve_flags = {"--port-file", (dir_.path() + "/port"),
                                                     "--disk-reserve", "0"}}));
  ASSERT_OK(daemon->Start());
  std::ifstream file((dir_.path() + "/port"));
  std::string port;
  ASSERT_TRUE(std::getline(file, port));
  EXPECT_EQ(daemon->address(), absl::StrCat("127.0.0.1:", port));
  // The ledger is this one's alone.
  ExpectRefused(RunDaemon("serve --listen 127.0.0.1:0" + Data() + Key()), "ANCHOR_LOCKED");
  EXPECT_EQ(daemon->Terminate(), 0);
  ASSERT_OK(daemon->Start());
  EXPECT_EQ(daemon->Terminate(), 0);
  // Every line of the log is an object.
  std::ifstream log(daemon->log_file());
  std::string line;
  int lines = 0;
  while (std::getline(log, line)) {
    if (line.empty() || line.rfind("made ledger", 0) == 0 || line.rfind("vkey", 0) == 0) continue;
    EXPECT_THAT(line, testing::AllOf(testing::StartsWith("{\"time\":\""), testing::EndsWith("}")));
    ++lines;
  }
  EXPECT_GT(lines, 3);
}

TEST_F(Waymarkd, StartsAgainAfterItWasKilled) {
  ASSERT_OK_AND_ASSIGN(const auto daemon, Daemon::Init(BuiltProgram("ledger/waymarkd"), dir_.path(),
                                                       {.serve_flags = {"--disk-reserve", "0"}}));
  for (int round = 0; round < 3; ++round) {
    ASSERT_OK(daemon->Start());
    daemon->Kill();
  }
  ASSERT_OK(daemon->Start());
}

TEST_F(Waymarkd, RefusesInOneLineAndChangesNothing) {
  ExpectRefused(RunDaemon("serve --listen 0.0.0.0:7443" + Data() + Key()), "TLS_REQUIRED");
  ExpectRefused(RunDaemon("serve --listen nonsense" + Data() + Key()), "LISTEN_INVALID");
  ExpectRefused(RunDaemon("serve" + Data() + Key()), "KEY_FILE_MISSING");
  ExpectRefused(RunDaemon("init --ledger-id example.com/x" + Data() + Key()), "KEY_FILE_MISSING");
  EXPECT_FALSE(std::filesystem::exists((dir_.path() + "/data")));
  ASSERT_OK(Daemon::Init(BuiltProgram("ledger/waymarkd"), dir_.path(), {}).status());
  ExpectRefused(RunDaemon("init --ledger-id example.com/x" + Data() + Key()), "LEDGER_EXISTS");
  ExpectRefused(
      RunDaemon("init --ledger-id example.com/x/rehearsal --rehearsal --clock yesterday --data " +
                (dir_.path() + "/other") + Key()),
      "INSTANT_INVALID");
  ExpectRefused(
      RunDaemon("serve --anchor-dir " + (dir_.path() + "/data/ledger/in") + Data() + Key()),
      "ANCHOR_INSIDE_DATABASE");
}

// A program that starts the daemon with few descriptors and with what FLAGS says.
std::string Wrapped(const std::string& directory) {
  const std::string path = directory + "/wrapped";
  std::ofstream(path) << "#!/bin/sh\nulimit -n 300\nexec " << BuiltProgram("ledger/waymarkd")
                      << " \"$@\" $FLAGS\n";
  chmod(path.c_str(), 0700);
  return path;
}

std::unique_ptr<v1::AdminService::Stub> AdminOf(const Daemon& daemon) {
  return v1::AdminService::NewStub(
      grpc::CreateChannel(daemon.address(), grpc::InsecureChannelCredentials()));
}

grpc::Status GetStatus(v1::AdminService::Stub& admin, v1::GetStatusReply* reply) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  context.set_wait_for_ready(true);
  return admin.GetStatus(&context, {}, reply);
}

TEST_F(Waymarkd, KeepsDescriptorsForItselfWhenACrowdConnects) {
  ASSERT_OK_AND_ASSIGN(const auto daemon, Daemon::Init(Wrapped(dir_.path()), dir_.path(), {}));
  daemon->SetEnvironment({"FLAGS=--disk-reserve 0"});
  ASSERT_OK(daemon->Start());
  const auto before = AdminOf(*daemon);
  v1::GetStatusReply reply;
  ASSERT_TRUE(GetStatus(*before, &reply).ok());
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(daemon->address().substr(daemon->address().rfind(':') + 1), &port));
  address.sin_port = htons(static_cast<uint16_t>(port));
  std::vector<int> crowd;
  for (int i = 0; i < 500; ++i) {
    crowd.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(crowd.back(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  // While they stay, whoever was there is served; once they go, everybody is.
  EXPECT_TRUE(GetStatus(*before, &reply).ok());
  for (const int one : crowd) close(one);
  const grpc::Status after = GetStatus(*AdminOf(*daemon), &reply);
  EXPECT_TRUE(after.ok()) << after.error_message();
  EXPECT_EQ(daemon->Terminate(), 0);
}

TEST_F(Waymarkd, EndsInOrderThoughAQuestionWaitsForAViewThatHasNoRoom) {
  ASSERT_OK_AND_ASSIGN(const auto daemon, Daemon::Init(Wrapped(dir_.path()), dir_.path(), {}));
  daemon->SetEnvironment({"FLAGS=--disk-reserve 9000000000000000000"});
  ASSERT_OK(daemon->Start());
  const auto channel = grpc::CreateChannel(daemon->address(), grpc::InsecureChannelCredentials());
  const auto maturity = v1::MaturityService::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  v1::GetStandingsRequest request;
  request.mutable_question()->set_contract_id("C-1");
  request.mutable_question()->set_min_position(0);
  grpc::CompletionQueue queue;
  const auto call = maturity->AsyncGetStandings(&context, request, &queue);
  v1::GetStandingsReply standings;
  grpc::Status end;
  call->Finish(&standings, &end, nullptr);
  // The reserve is the views' too.
  v1::GetStatusReply reply;
  ASSERT_TRUE(GetStatus(*v1::AdminService::NewStub(channel), &reply).ok());
  ASSERT_EQ(reply.projections_size(), 1);
  EXPECT_EQ(reply.projections(0).applied(), 0u);
  EXPECT_EQ(daemon->Terminate(), 0);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(end.error_code(), grpc::StatusCode::UNAVAILABLE) << end.error_message();
}

TEST_F(Waymarkd, EndsWhenItsDatabaseFailsInTheBackground) {
  ASSERT_OK_AND_ASSIGN(const auto daemon, Daemon::Init(BuiltProgram("ledger/waymarkd"), dir_.path(),
                                                       {.serve_flags = {"--disk-reserve", "0"}}));
  ASSERT_OK(daemon->Start());
  for (const std::string& path : ComingTables(daemon->data() + "/ledger")) {
    std::filesystem::create_directory(path);
  }
  const auto ledger = v1::LedgerService::NewStub(
      grpc::CreateChannel(daemon->address(), grpc::InsecureChannelCredentials()));
  const auto append = [&ledger](const v1::AppendRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    v1::AppendReply reply;
    return ledger->Append(&context, request, &reply);
  };
  ASSERT_TRUE(append(RegisterContract("C-1")).ok());
  ASSERT_TRUE(append(DraftMatrix("C-1")).ok());
  grpc::Status end;
  for (int i = 0; end.ok(); ++i) end = append(SubmitEvidence("C-1", absl::StrCat("r-", i), 1000));
  EXPECT_EQ(end.error_code(), grpc::StatusCode::UNAVAILABLE) << end.error_message();
  EXPECT_EQ(daemon->Wait(), 1);
}

TEST_F(Waymarkd, EndsWhenTheDatabaseOfItsViewsFailsInTheBackgroundAndServesThemAfterARestart) {
  ASSERT_OK_AND_ASSIGN(const auto daemon, Daemon::Init(BuiltProgram("ledger/waymarkd"), dir_.path(),
                                                       {.serve_flags = {"--disk-reserve", "0"}}));
  ASSERT_OK(daemon->Start());
  {
    // Once the view has applied an event, one that is built has rows to write.
    const auto maturity = v1::MaturityService::NewStub(
        grpc::CreateChannel(daemon->address(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    v1::GetStandingsRequest request;
    request.mutable_question()->set_contract_id("C-1");
    request.mutable_question()->set_min_position(0);
    v1::GetStandingsReply standings;
    ASSERT_EQ(maturity->GetStandings(&context, request, &standings).error_code(),
              grpc::StatusCode::NOT_FOUND);
  }
  const std::vector<std::string> in_the_way = ComingTables(daemon->data() + "/projections");
  for (const std::string& path : in_the_way) std::filesystem::create_directory(path);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  v1::RebuildProjectionRequest request;
  request.set_name("maturity");
  // What was built is written to a file before it serves.
  const auto admin = AdminOf(*daemon);
  const auto reader = admin->RebuildProjection(&context, request);
  v1::RebuildProjectionReply progress;
  while (reader->Read(&progress)) EXPECT_FALSE(progress.flipped());
  EXPECT_FALSE(reader->Finish().ok());
  EXPECT_EQ(daemon->Wait(), 1);
  for (const std::string& path : in_the_way) std::filesystem::remove(path);
  ASSERT_OK(daemon->Start());
  v1::GetStatusReply reply;
  ASSERT_TRUE(GetStatus(*AdminOf(*daemon), &reply).ok());
  ASSERT_GE(reply.projections_size(), 1);
  EXPECT_EQ(reply.projections(0).state(), "SERVING");
  EXPECT_EQ(reply.projections(0).fault(), "");
  EXPECT_EQ(daemon->Terminate(), 0);
}

}  // namespace
}  // namespace waymark::test
