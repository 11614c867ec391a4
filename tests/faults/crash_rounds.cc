// Kills the daemon, starts it again and checks the ledger, round after round: by signal 9 after a
// random number of acknowledgements, and at every named point of the commit path. The daemon is the
// twin that has failpoints.
#include <signal.h>
#include <unistd.h>

#include <iostream>
#include <map>
#include <random>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "ledger/base/failpoint.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "tests/faults/crash_workload.h"
#include "tests/faults/ledger_check.h"
#include "tests/support/daemon.h"
#include "tests/support/temp_dir.h"

namespace waymark::faults {
namespace {

// In the order of an append's life: what every commit passes, then what a checkpoint does.
constexpr const char* kPoints[] = {
    "before_plan",   "after_plan",          "after_write",          "after_head",
    "before_answer", "after_answer",        "before_reread",        "before_sign",
    "after_sign",    "before_anchor_write", "before_anchor_rename", "after_anchor_rename",
    "after_anchor",  "before_release",      "after_release",
};
constexpr size_t kCommitPoints = 6;
// The time at which a point is passed that the daemon dies: a checkpoint comes once a second.
constexpr uint64_t kCommitsMax = 20;
constexpr uint64_t kCheckpointsMax = 2;
constexpr uint64_t kAcksMax = 60;
// A whole check reads the ledger from 0 and rebuilds the projection; receipts are settled every
// round.
constexpr int kRoundsBetweenChecks = 10;

absl::Status Explained(int round, const std::string& how, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("round ", round, ", ", how, ": ",
                                                  ReasonOf(status), " ", status.message()));
}

// What was acknowledged still is, and a whole check finds no breach. The client is gone on return:
// a daemon that ends waits for whoever is still connected.
absl::Status Held(const std::string& address, bool whole, CrashWorkload* workload,
                  LedgerCheck* check) {
  const Client client(address);
  RETURN_IF_ERROR(workload->SettleRound(client));
  return whole ? check->Run(client, workload->acknowledged()) : absl::OkStatus();
}

absl::Status Play(const std::string& program, int rounds, uint64_t seed) {
  test::TempDir directory;
  ASSIGN_OR_RETURN(auto daemon, test::Daemon::Init(program, directory.path(),
                                                   {.ledger_id = "example.com/crash"}));
  RETURN_IF_ERROR(daemon->Start());
  std::mt19937_64 random(seed);
  CrashWorkload workload(daemon->ledger_id(), seed);
  LedgerCheck check(daemon->vkey());
  RETURN_IF_ERROR(workload.Begin(Client(daemon->address())));
  daemon->Terminate();
  std::map<std::string, int> died_at;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  for (int round = 0; round < rounds; ++round) {
    // Two rounds of three die at a named point, the others wherever signal 9 finds them.
    std::string how = "signal 9";
    std::vector<std::string> environment;
    if (round % 3 != 0) {
      const size_t point = random() % std::size(kPoints);
      how = kPoints[point];
      const uint64_t times = 1 + random() % (point < kCommitPoints ? kCommitsMax : kCheckpointsMax);
      environment = {absl::StrCat("WAYMARK_FAILPOINT=", how, ":", times)};
    }
    daemon->SetEnvironment(environment);
    const uint64_t enough = 1 + random() % kAcksMax;
    // A point that the start passes too ends it before it serves: that is a death like another.
    const absl::Status started = daemon->Start();
    if (started.ok()) {
      workload.Run(daemon->address(), enough, [&] {
        if (how == "signal 9") daemon->Kill();
      });
      // Already dying, or, should it never have reached its point, alive and told to end.
      if (daemon->running()) daemon->Terminate();
    }
    const int meant = how == "signal 9" ? -SIGKILL : kFailpointExitCode;
    if (daemon->ended_with() != meant) {
      return Explained(
          round, how,
          absl::InternalError(absl::StrCat("the daemon ended with ", daemon->ended_with(),
                                           ", not with ", meant, "; ", started.message())));
    }
    ++died_at[how];
    daemon->SetEnvironment({});
    if (absl::Status again = daemon->Start(); !again.ok()) return Explained(round, how, again);
    const bool whole =
        round % kRoundsBetweenChecks == kRoundsBetweenChecks - 1 || round == rounds - 1;
    if (absl::Status held = Held(daemon->address(), whole, &workload, &check); !held.ok()) {
      return Explained(round, how, held);
    }
    daemon->Terminate();
    if (terminal)
      std::fprintf(stderr, "\rround %d of %d, %zu requests ", round + 1, rounds,
                   workload.acknowledged().size());
  }
  if (terminal) std::fprintf(stderr, "\r%*s\r", 60, "");
  std::cout << rounds << " rounds, " << workload.acknowledged().size() << " requests acknowledged, "
            << check.size() << " events, none lost, changed, reordered or repeated\n";
  for (const auto& [how, count] : died_at) std::cout << "  " << how << ": " << count << "\n";
  for (const char* point : kPoints) {
    if (rounds >= 300 && died_at[point] == 0)
      return absl::InternalError(absl::StrCat(point, " was never reached"));
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app{
      "Kills the daemon and checks the ledger, round after round.\nExample: crash_rounds --rounds "
      "300"};
  int rounds = 300;
  uint64_t seed = std::random_device()();
  std::string program = test::BuiltProgram("ledger/waymarkd_failpoints");
  app.add_option("--rounds", rounds, "How often to kill it")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", seed, "Repeat a run");
  app.add_option("--daemon", program, "The daemon to start, with failpoints")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::cout << "seed " << seed << std::endl;
  const absl::Status played = Play(program, rounds, seed);
  if (!played.ok()) {
    std::cerr << "crash_rounds: " << played << "; repeat with --seed " << seed << "\n";
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace waymark::faults

int main(int argc, char** argv) { return waymark::faults::Main(argc, argv); }
