// The daemon as a process: its commands, its exit codes, its signals.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/daemon.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark::test {
namespace {

struct Ended {
  int code = -1;
  std::string printed;
};

Ended Run(const std::string& arguments) {
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
  const Ended help = Run("--help");
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.printed, testing::HasSubstr("waymarkd init --data"));
  EXPECT_EQ(Run("serve --help").code, 0);
  EXPECT_EQ(Run("--version").code, 0);
  for (const char* wrong :
       {"", "dance", "init", "serve --data x", "serve --data x --key y --port 1",
        "serve --data x --key y --disk-reserve much"}) {
    EXPECT_EQ(Run(wrong).code, 2) << wrong;
  }
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
  ExpectRefused(Run("serve --listen 127.0.0.1:0" + Data() + Key()), "ANCHOR_LOCKED");
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
  ExpectRefused(Run("serve --listen 0.0.0.0:7443" + Data() + Key()), "TLS_REQUIRED");
  ExpectRefused(Run("serve --listen nonsense" + Data() + Key()), "LISTEN_INVALID");
  ExpectRefused(Run("serve" + Data() + Key()), "KEY_FILE_MISSING");
  ExpectRefused(Run("init --ledger-id example.com/x" + Data() + Key()), "KEY_FILE_MISSING");
  EXPECT_FALSE(std::filesystem::exists((dir_.path() + "/data")));
  ASSERT_OK(Daemon::Init(BuiltProgram("ledger/waymarkd"), dir_.path(), {}).status());
  ExpectRefused(Run("init --ledger-id example.com/x" + Data() + Key()), "LEDGER_EXISTS");
  ExpectRefused(
      Run("init --ledger-id example.com/x/rehearsal --rehearsal --clock yesterday --data " +
          (dir_.path() + "/other") + Key()),
      "INSTANT_INVALID");
  ExpectRefused(Run("serve --anchor-dir " + (dir_.path() + "/data/ledger/in") + Data() + Key()),
                "ANCHOR_INSIDE_DATABASE");
}

}  // namespace
}  // namespace waymark::test
