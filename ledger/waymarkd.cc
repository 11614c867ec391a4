// The daemon of one ledger. The one file that sees both the ledger and the projections: it puts the
// parts together, and takes them apart again when it is told to stop.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/commit/append_request.h"
#include "ledger/merkle/hash.h"
#include "ledger/publish/synced_file.h"
#include "ledger/service/init_ledger.h"
#include "ledger/service/json_log.h"
#include "ledger/service/listener.h"
#include "ledger/service/open_ledger.h"
#include "ledger/service/server.h"
#include "ledger/service/stop_signals.h"
#include "ledger/service/transparency_service.h"
#include "projections/engine/engine.h"
#include "projections/export/exports.h"
#include "projections/maturity/maturity_projection.h"
#include "projections/maturity/queries.h"
#include "projections/processor/processor.h"
#include "spdlog/spdlog.h"

namespace waymark {
namespace {

enum ExitCode { kExitDone = 0, kExitRefused = 1, kExitUsage = 2 };

struct ServeOptions {
  OpenLedgerOptions ledger;
  std::string listen = "127.0.0.1:7443";
  std::string port_file;
};

// What is to be done; or the code to end with, where help was printed or the words made no sense.
using Command = std::variant<ExitCode, InitOptions, ServeOptions>;

ExitCode ExitRefused(const absl::Status& why) {
  const std::string reason = ReasonOf(why);
  std::fprintf(stderr, "waymarkd: %s: %s\n",
               reason.empty() ? absl::StatusCodeToString(why.code()).c_str() : reason.c_str(),
               std::string(why.message()).c_str());
  return kExitRefused;
}

absl::StatusOr<std::unique_ptr<ProjectionEngine>> OpenProjections(
    const OpenLedgerOptions& options, const OpenedLedger& ledger,
    std::function<void(absl::Status)> on_failure) {
  ProjectionEngineOptions engine;
  engine.store.disk_reserve_bytes = options.disk_reserve_bytes;
  engine.store.on_failure = std::move(on_failure);
  std::vector<std::unique_ptr<Projection>> projections;
  projections.push_back(std::make_unique<maturity::MaturityProjection>());
  return ProjectionEngine::Open(options.paths.projections(), *ledger.log, *ledger.head,
                                std::move(projections), engine);
}

MaturityQueries QueriesOf(maturity::Queries& queries, const exports::Exporter& exporter,
                          ProjectionEngine& engine) {
  MaturityQueries out;
  out.make_export = [&exporter](const v1::ExportRequest& request,
                                UnixMicros now) -> absl::StatusOr<ExportedDocument> {
    ASSIGN_OR_RETURN(exports::Document made, exporter.Make(request, now));
    return ExportedDocument{std::move(made.head), std::move(made.content)};
  };
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
  out.evaluate_clause = [&queries](const v1::EvaluateClauseRequest& request, UnixMicros now) {
    return queries.EvaluateClause(request, now);
  };
  out.list_due = [&queries](const v1::ListDueRequest& request, UnixMicros now) {
    return queries.ListDue(request, now);
  };
  out.list_decisions = [&queries](const v1::ListDecisionsRequest& request, UnixMicros now) {
    return queries.ListDecisions(request, now);
  };
  out.explain_decision = [&queries](const v1::ExplainDecisionRequest& request, UnixMicros now) {
    return queries.ExplainDecision(request, now);
  };
  out.diff_knowledge = [&queries](const v1::DiffKnowledgeRequest& request, UnixMicros now) {
    return queries.DiffKnowledge(request, now);
  };
  out.wait_for = [&engine](Position position, absl::Time deadline,
                           std::function<void(absl::Status)> ready) {
    engine.CallWhenApplied("maturity", SizeThrough(position), deadline, std::move(ready));
  };
  return out;
}

ProjectionControls ControlsOf(ProjectionEngine& engine, processor::Processor& processor) {
  return {[&engine] { return engine.Status(); },
          [&engine](const std::string& name, RebuildProgress progress) {
            engine.Rebuild(name, std::move(progress));
          },
          [&processor](absl::Duration timeout) { processor.Settle(timeout); }};
}

absl::StatusOr<TreeSize> AppendAndWait(const OpenedLedger& ledger, v1::AppendRequest message) {
  ASSIGN_OR_RETURN(AppendRequest request,
                   AcceptRequest(std::move(message), ledger.log->identity().ledger_id));
  absl::StatusOr<CommitOutcome> outcome = absl::UnknownError("not answered");
  absl::Notification answered;
  ledger.parts().committer.Submit(std::move(request), [&](absl::StatusOr<CommitOutcome> answer) {
    outcome = std::move(answer);
    answered.Notify();
  });
  answered.WaitForNotification();
  RETURN_IF_ERROR(outcome.status());
  return TreeSize{outcome->receipt.head()};
}

// How the daemon records what nobody else does: through the same rules as everybody. What they
// refuse nobody else hears of.
processor::AppendFunction AppendTo(const OpenedLedger& ledger) {
  return [&ledger](const v1::AppendRequest& request) -> absl::StatusOr<TreeSize> {
    absl::StatusOr<TreeSize> head = AppendAndWait(ledger, request);
    if (!head.ok()) {
      spdlog::warn("the daemon's own {} for {} was refused: {} {}", request.events(0).event_type(),
                   request.contract_id(), ReasonOf(head.status()), head.status().ToString());
    }
    return head;
  };
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
  // Debian's build of Abseil looks for cycles at every lock unless told not to; the tests leave it
  // on.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  LogAsJson();
  RaiseDescriptorLimit();
  const StopSignals signals;
  Flag failed;
  const auto on_failure = [&failed](const absl::Status& why) {
    spdlog::critical("stopped for good: {} {}", ReasonOf(why), why.ToString());
    failed.Raise();
  };

  ASSIGN_OR_RETURN(const std::unique_ptr<OpenedLedger> ledger,
                   OpenLedger(options.ledger, on_failure));
  ASSIGN_OR_RETURN(const std::unique_ptr<ProjectionEngine> engine,
                   OpenProjections(options.ledger, *ledger, on_failure));
  maturity::Queries queries(*engine, *ledger->log, merkle::Sha256);
  processor::Processor processor(*engine, *ledger->log, ledger->parts().clock, merkle::Sha256,
                                 AppendTo(*ledger));
  const exports::Exporter exporter({*ledger->log, merkle::Sha256});
  ServerOptions server_options;
  server_options.listen = options.listen;
  ASSIGN_OR_RETURN(const std::unique_ptr<Server> server,
                   Server::Start(ledger->parts(), QueriesOf(queries, exporter, *engine),
                                 ControlsOf(*engine, processor), server_options));
  RETURN_IF_ERROR(Announce(*server, ledger->log->identity().ledger_id, options.port_file));

  WaitForEither(signals.file(), failed.file(), /*timeout_ms=*/-1);
  if (!failed.raised()) signals.Take();
  spdlog::info("stopping");
  const ShutdownWatchdog watchdog(signals);
  if (failed.raised()) {
    // Nothing more may be written or signed, not even by the parts as they go.
    server->Drain(nullptr);
    _exit(kExitRefused);
  }
  server->Drain([&ledger, &engine, &processor] {
    processor.Stop();
    ledger->StopWriting();
    // Whoever waits for a view that stands still must not hold up the end.
    engine->Shutdown();
  });
  if (failed.raised()) _exit(kExitRefused);  // the last checkpoint could not be made
  spdlog::info("stopped at head {}", ledger->log->head().value);
  return absl::OkStatus();
}

absl::Status Init(const InitOptions& options) {
  ASSIGN_OR_RETURN(const LedgerIdentity identity, InitLedger(options));
  std::printf("made ledger %s in %s\nvkey %s\n", identity.ledger_id.c_str(),
              options.paths.data.c_str(), VkeyOf(identity).c_str());
  return absl::OkStatus();
}

absl::StatusOr<UnixMicros> ParseClock(const std::string& text) {
  absl::Time instant;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &instant, &error) && instant >= absl::UnixEpoch()) {
    return UnixMicros{static_cast<uint64_t>(absl::ToUnixMicros(instant))};
  }
  return Refuse({.reason = "INSTANT_INVALID",
                 .message = absl::StrCat("clock: found \"", absl::CEscape(text),
                                         "\"; RFC 3339 such as 2024-04-01T09:00:00Z"),
                 .field = "clock"});
}

CLI::App* AddInit(CLI::App* app, InitOptions* init, std::string* clock) {
  CLI::App* const command = app->add_subcommand("init", "Makes a new ledger; refuses where one is");
  command->footer(
      "Example:\n"
      "  waymarkd init --data d --key k.pem --ledger-id example.com/try/rehearsal --rehearsal "
      "--clock 2024-04-01T09:00:00Z");
  command->add_option("--data", init->paths.data, "Directory to make")->required();
  command->add_option("--key", init->key_file, "Ed25519 key that signs checkpoints, PEM")
      ->required();
  command->add_option("--ledger-id", init->ledger_id, "Origin of the checkpoints, for ever")
      ->required();
  command->add_option("--anchor-dir", init->paths.anchor_dir,
                      "Where the newest checkpoint is kept, best on another disk (default "
                      "DATA/anchor)");
  command->add_option("--administrator", init->administrator,
                      "Pseudonym of the first administrator");
  command->add_flag("--rehearsal", init->rehearsal,
                    "A ledger whose clock is set by hand; its id ends in /rehearsal");
  command->add_option("--clock", *clock, "First instant of a rehearsal, RFC 3339");
  return command;
}

void AddServe(CLI::App* app, ServeOptions* serve) {
  CLI::App* const command = app->add_subcommand("serve", "Serves a ledger until SIGTERM or SIGINT");
  command->footer(
      "Example:\n"
      "  waymarkd serve --data d --key k.pem --listen 127.0.0.1:0 --port-file p");
  command->add_option("--data", serve->ledger.paths.data, "Directory that init made")->required();
  command->add_option("--key", serve->ledger.key_file, "The key that init was given")->required();
  command->add_option("--listen", serve->listen, "HOST:PORT, loopback only; port 0: a free one")
      ->capture_default_str();
  command->add_option("--anchor-dir", serve->ledger.paths.anchor_dir,
                      "As init was given it (default DATA/anchor)");
  command
      ->add_option("--disk-reserve", serve->ledger.disk_reserve_bytes,
                   "Free bytes below which appends are refused")
      ->capture_default_str();
  command->add_option("--port-file", serve->port_file, "File to write the port to, once it serves");
}

// One line: what is wrong, and where to look.
ExitCode ReportUsage(const CLI::App& app, const CLI::ParseError& error) {
  std::string path = app.get_name();
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (!chosen.empty()) absl::StrAppend(&path, " ", chosen.front()->get_name());
  // What was not understood says more than what is missing because of it.
  const std::vector<std::string> rest = app.remaining(/*recurse=*/true);
  std::string what = absl::CEscape(error.what());
  if (!rest.empty()) {
    const absl::string_view word = rest[0];
    const char* const kind = absl::StartsWith(word, "-") ? "option"
                             : chosen.empty()            ? "command"
                                                         : "place for";
    what = absl::StrCat("there is no ", kind, " \"", absl::CEscape(word.substr(0, word.find('='))),
                        "\"");
  } else if (chosen.empty()) {
    what = "name a command: init or serve";
  }
  std::fprintf(stderr, "waymarkd: USAGE: %s; see %s --help\n", what.c_str(), path.c_str());
  return kExitUsage;
}

// InvalidArgument INSTANT_INVALID.
absl::StatusOr<Command> ParseCommand(int argc, char** argv) {
  CLI::App app("The daemon of one Waymark ledger.", "waymarkd");
  app.footer(
      "Example:\n"
      "  waymarkd init --data /var/lib/waymark --key ledger.pem --ledger-id example.com/contracts\n"
      "  waymarkd serve --data /var/lib/waymark --key ledger.pem");
  app.set_version_flag("--version", VersionText() + ", " + BuildText());
  app.require_subcommand(1);
  InitOptions init;
  std::string clock;
  ServeOptions serve;
  const CLI::App* const init_command = AddInit(&app, &init, &clock);
  AddServe(&app, &serve);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return ReportUsage(app, error);
    app.exit(error);  // prints the help, or the version
    return kExitDone;
  }
  if (!init_command->parsed()) return serve;
  if (!clock.empty()) {
    ASSIGN_OR_RETURN(init.clock, ParseClock(clock));
  }
  return init;
}

int Main(int argc, char** argv) {
  const absl::StatusOr<Command> command = ParseCommand(argc, argv);
  if (!command.ok()) return ExitRefused(command.status());
  if (const ExitCode* const code = std::get_if<ExitCode>(&*command)) return *code;
  const InitOptions* const init = std::get_if<InitOptions>(&*command);
  const absl::Status done = init != nullptr ? Init(*init) : Serve(std::get<ServeOptions>(*command));
  return done.ok() ? kExitDone : ExitRefused(done);
}

}  // namespace
}  // namespace waymark

int main(int argc, char** argv) { return waymark::Main(argc, argv); }
