// The daemon of one ledger. The one file that sees both the ledger and the projections: it puts the
// parts together, and takes them apart again when it is told to stop.
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/base/check.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/hash.h"
#include "ledger/publish/synced_file.h"
#include "ledger/service/init_ledger.h"
#include "ledger/service/json_log.h"
#include "ledger/service/open_ledger.h"
#include "ledger/service/server.h"
#include "ledger/service/transparency_service.h"
#include "projections/engine/engine.h"
#include "projections/maturity/maturity_projection.h"
#include "projections/maturity/queries.h"
#include "spdlog/spdlog.h"

namespace waymark {
namespace {

constexpr int kExitDone = 0;
constexpr int kExitRefused = 1;
constexpr int kExitUsage = 2;

struct ServeOptions {
  OpenLedgerOptions ledger;
  std::string listen = "127.0.0.1:7443";
  std::string port_file;
};

int ExitRefused(const absl::Status& why) {
  const std::string reason = ReasonOf(why);
  std::fprintf(stderr, "waymarkd: %s: %s\n",
               reason.empty() ? absl::StatusCodeToString(why.code()).c_str() : reason.c_str(),
               std::string(why.message()).c_str());
  return kExitRefused;
}

// SIGTERM and SIGINT as something to wait for. Made before any thread, so that every thread leaves
// them alone.
class StopSignals {
 public:
  StopSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // A client that goes away while it is written to must not end the process.
    signal(SIGPIPE, SIG_IGN);
    file_ = signalfd(-1, &signals, SFD_CLOEXEC);
    WAYMARK_CHECK(file_ >= 0);
  }
  ~StopSignals() { close(file_); }
  int file() const { return file_; }
  void Take() const {
    signalfd_siginfo info;
    static_cast<void>(!read(file_, &info, sizeof(info)));
  }

 private:
  int file_;
};

// A flag that one can wait for beside a signal.
class Flag {
 public:
  Flag() : file_(eventfd(0, EFD_CLOEXEC)) { WAYMARK_CHECK(file_ >= 0); }
  ~Flag() { close(file_); }
  void Raise() {
    raised_ = true;
    const uint64_t one = 1;
    static_cast<void>(!write(file_, &one, sizeof(one)));
  }
  bool raised() const { return raised_; }
  int file() const { return file_; }

 private:
  std::atomic<bool> raised_{false};
  const int file_;
};

// True if one of the two became ready before the timeout; a negative timeout never passes.
bool WaitForEither(int first, int second, int timeout_ms) {
  pollfd files[] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
  return poll(files, 2, timeout_ms) > 0;
}

// Ends the process where stopping takes too long or a second signal comes. That is safe: whatever
// is acknowledged is on disk, and a start after it is like any other.
class Watchdog {
 public:
  explicit Watchdog(const StopSignals& signals)
      : thread_([this, &signals] {
          const bool woken =
              WaitForEither(signals.file(), done_.file(), kShutdownWatchdogSeconds * 1000);
          if (done_.raised()) return;
          std::fprintf(stderr, "waymarkd: %s; ending at once\n",
                       woken ? "a second signal" : "stopping takes too long");
          _exit(kExitRefused);
        }) {}
  ~Watchdog() {
    done_.Raise();
    thread_.join();
  }

 private:
  Flag done_;
  std::thread thread_;
};

void RaiseFileLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

absl::StatusOr<std::unique_ptr<ProjectionEngine>> OpenProjections(const OpenLedgerOptions& options,
                                                                  const OpenedLedger& ledger) {
  ProjectionEngineOptions engine;
  engine.store.disk_reserve_bytes = options.disk_reserve_bytes;
  std::vector<std::unique_ptr<Projection>> projections;
  projections.push_back(std::make_unique<maturity::MaturityProjection>(merkle::Sha256));
  return ProjectionEngine::Open(options.paths.projections(), *ledger.log, *ledger.head,
                                std::move(projections), engine);
}

MaturityQueries QueriesOf(maturity::Queries& queries, ProjectionEngine& engine) {
  MaturityQueries out;
  out.get_matrix = [&queries](const v1::GetMatrixRequest& request, UnixMicros now) {
    return queries.GetMatrix(request, now);
  };
  out.get_standings = [&queries](const v1::GetStandingsRequest& request, UnixMicros now) {
    return queries.GetStandings(request, now);
  };
  out.get_longevity = [&queries](const v1::GetLongevityRequest& request, UnixMicros now) {
    return queries.GetLongevity(request, now);
  };
  out.get_timeline = [&queries](const v1::GetTimelineRequest& request, UnixMicros now) {
    return queries.GetTimeline(request, now);
  };
  out.list_evidence = [&queries](const v1::ListEvidenceRequest& request, UnixMicros now) {
    return queries.ListEvidence(request, now);
  };
  out.wait_for = [&engine](Position position, absl::Time deadline,
                           std::function<void(absl::Status)> ready) {
    engine.CallWhenApplied("maturity", SizeThrough(position), deadline, std::move(ready));
  };
  return out;
}

ProjectionControls ControlsOf(ProjectionEngine& engine) {
  return {[&engine] { return engine.Status(); },
          [&engine](const std::string& name, RebuildProgress progress) {
            engine.Rebuild(name, std::move(progress));
          }};
}

// Says where the daemon serves, once it does: on standard output, and in the port file.
absl::Status Announce(const Server& server, const std::string& ledger_id,
                      const std::string& port_file) {
  if (!port_file.empty()) {
    const std::filesystem::path path = std::filesystem::absolute(port_file).lexically_normal();
    RETURN_IF_ERROR(ReplaceUnsynced(path.parent_path().string(), path.filename().string(),
                                    absl::StrCat(server.port(), "\n")));
  }
  std::printf("serving on %s ledger %s\n", server.address().c_str(), ledger_id.c_str());
  std::fflush(stdout);
  spdlog::info("serving on {}, ledger {}", server.address(), ledger_id);
  return absl::OkStatus();
}

absl::Status Serve(const ServeOptions& options) {
  RETURN_IF_ERROR(CheckListenAddress(options.listen));
  LogAsJson();
  RaiseFileLimit();
  const StopSignals signals;
  Flag failed;
  const auto on_failure = [&failed](const absl::Status& why) {
    spdlog::critical("stopped for good: {} {}", ReasonOf(why), why.ToString());
    failed.Raise();
  };

  ASSIGN_OR_RETURN(const std::unique_ptr<OpenedLedger> ledger,
                   OpenLedger(options.ledger, on_failure));
  ASSIGN_OR_RETURN(const std::unique_ptr<ProjectionEngine> engine,
                   OpenProjections(options.ledger, *ledger));
  maturity::Queries queries(*engine, *ledger->log, merkle::Sha256);
  ServerOptions server_options;
  server_options.listen = options.listen;
  ASSIGN_OR_RETURN(const std::unique_ptr<Server> server,
                   Server::Start(ledger->parts(), QueriesOf(queries, *engine), ControlsOf(*engine),
                                 server_options));
  RETURN_IF_ERROR(Announce(*server, ledger->log->identity().ledger_id, options.port_file));

  WaitForEither(signals.file(), failed.file(), /*timeout_ms=*/-1);
  if (!failed.raised()) signals.Take();
  spdlog::info("stopping");
  const Watchdog watchdog(signals);
  if (failed.raised()) {
    // Nothing more may be written or signed, not even by the parts as they go.
    server->Drain(nullptr);
    _exit(kExitRefused);
  }
  server->Drain([&ledger, &engine] {
    ledger->StopWriting();
    // Whoever waits for a view that stands still must not hold up the end.
    engine->Shutdown();
  });
  if (failed.raised()) _exit(kExitRefused);  // the last checkpoint could not be made
  spdlog::info("stopped at head {}", ledger->log->head().value);
  return absl::OkStatus();
}

absl::Status Init(InitOptions options, const std::string& clock) {
  if (!clock.empty()) {
    absl::Time instant;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, clock, &instant, &error) ||
        instant < absl::UnixEpoch()) {
      return Refuse({.reason = "INSTANT_INVALID",
                     .message = absl::StrCat("clock: found \"", clock,
                                             "\"; RFC 3339 such as 2024-04-01T09:00:00Z"),
                     .field = "clock"});
    }
    options.clock = UnixMicros{static_cast<uint64_t>(absl::ToUnixMicros(instant))};
  }
  ASSIGN_OR_RETURN(const LedgerIdentity identity, InitLedger(options));
  std::printf("made ledger %s in %s\nvkey %s\n", identity.ledger_id.c_str(),
              options.paths.data.c_str(), VkeyOf(identity).c_str());
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  CLI::App app(
      "The daemon of one Waymark ledger.\n\n"
      "  waymarkd init --data /var/lib/waymark --key ledger.pem --ledger-id example.com/contracts\n"
      "  waymarkd serve --data /var/lib/waymark --key ledger.pem",
      "waymarkd");
  app.set_version_flag("--version", VersionText() + ", " + BuildText());
  app.require_subcommand(1);

  InitOptions init;
  std::string clock;
  CLI::App* const init_command = app.add_subcommand(
      "init",
      "Makes a new ledger; refuses where one is.\n\n"
      "  waymarkd init --data d --key k.pem --ledger-id example.com/try/rehearsal --rehearsal "
      "--clock 2024-04-01T09:00:00Z");
  init_command->add_option("--data", init.paths.data, "Directory to make")->required();
  init_command->add_option("--key", init.key_file, "Ed25519 key that signs checkpoints, PEM")
      ->required();
  init_command->add_option("--ledger-id", init.ledger_id, "Origin of the checkpoints, for ever")
      ->required();
  init_command->add_option("--anchor-dir", init.paths.anchor_dir,
                           "Where the newest checkpoint is kept, best on another disk (default "
                           "DATA/anchor)");
  init_command->add_option("--administrator", init.administrator,
                           "Pseudonym of the first administrator");
  init_command->add_flag("--rehearsal", init.rehearsal,
                         "A ledger whose clock is set by hand; its id ends in /rehearsal");
  init_command->add_option("--clock", clock, "First instant of a rehearsal, RFC 3339");

  ServeOptions serve;
  CLI::App* const serve_command = app.add_subcommand(
      "serve",
      "Serves a ledger until SIGTERM or SIGINT.\n\n"
      "  waymarkd serve --data d --key k.pem --listen 127.0.0.1:0 --port-file p");
  serve_command->add_option("--data", serve.ledger.paths.data, "Directory that init made")
      ->required();
  serve_command->add_option("--key", serve.ledger.key_file, "The key that init was given")
      ->required();
  serve_command
      ->add_option("--listen", serve.listen, "HOST:PORT, loopback only; port 0: a free one")
      ->capture_default_str();
  serve_command->add_option("--anchor-dir", serve.ledger.paths.anchor_dir,
                            "As init was given it (default DATA/anchor)");
  serve_command
      ->add_option("--disk-reserve", serve.ledger.disk_reserve_bytes,
                   "Free bytes below which appends are refused")
      ->capture_default_str();
  serve_command->add_option("--port-file", serve.port_file,
                            "File to write the port to, once it serves");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  const absl::Status done = init_command->parsed() ? Init(init, clock) : Serve(serve);
  return done.ok() ? kExitDone : ExitRefused(done);
}

}  // namespace
}  // namespace waymark

int main(int argc, char** argv) { return waymark::Main(argc, argv); }
