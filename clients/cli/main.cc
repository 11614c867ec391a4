// The command line, for people and, with --json, for scripts.
#include <csignal>
#include <cstdlib>

#include "clients/cli/command.h"
#include "clients/cli/interrupt.h"

namespace waymark::cli {
namespace {

int Main(int argc, char** argv) {
  // A reader that goes away, such as `head`, ends the output; it is no fault.
  std::signal(SIGPIPE, SIG_DFL);
  // What goes wrong is said once, by Report.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  CLI::App app{"Ask, append to and check a Waymark ledger.", "waymark"};
  app.footer(
      "Examples:\n  waymark status\n  waymark standings --contract HIGHWAYS-1\n  waymark standings "
      "--help");
  Program program;
  app.require_subcommand(1);
  app.fallthrough();
  app.set_help_all_flag("--help-all", "Help of every command");
  app.add_option("--server", program.server, "Address of waymarkd")
      ->envname("WAYMARK_SERVER")
      ->check(ServerAddress())
      ->capture_default_str();
  app.add_option("--timeout", program.timeout_seconds, "Seconds to wait for an answer")
      ->check(CLI::Range(1, 300))
      ->capture_default_str();
  app.add_flag("--json", program.json, "Print protobuf JSON");
  app.set_version_flag("--version", "waymark " WAYMARK_VERSION);
  AddKeyCommands(app, program);
  AddMatrixCommands(app, program);
  AddClauseCommands(app, program);
  AddMigrateCommand(app, program);
  AddAppendCommand(app, program);
  AddStandingsCommand(app, program);
  AddLongevityCommand(app, program);
  AddEvaluateCommand(app, program);
  AddDecisionCommands(app, program);
  AddDiffCommand(app, program);
  AddTimelineCommand(app, program);
  AddDueCommand(app, program);
  AddEvidenceCommands(app, program);
  AddEventsCommands(app, program);
  AddExportCommands(app, program);
  AddProofCommands(app, program);
  AddVerifyCommand(app, program);
  AddStatusCommands(app, program);
  AddRehearsalCommands(app, program);
  AddCompletionCommand(app, program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 speaks in exceptions; 0 is --help and --version.
    return error.get_exit_code() == 0 ? app.exit(error) : ReportUsage(app, error);
  }
  WatchForInterrupts();
  return Report(program.run(), program);
}

}  // namespace
}  // namespace waymark::cli

int main(int argc, char** argv) { return waymark::cli::Main(argc, argv); }
