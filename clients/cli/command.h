// This header defines what every command shares: where the server is, how answers are printed, and
// how a command ends.
//
// A command is a function that adds itself to the program. Its work runs after parsing and returns
// a status, from which the exit code follows.
#ifndef WAYMARK_CLIENTS_CLI_COMMAND_H_
#define WAYMARK_CLIENTS_CLI_COMMAND_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "clients/cpp/client.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "ledger/merkle/ed25519.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::cli {

// 0 done, 1 refused or found false, 2 usage, 3 the server cannot be reached. An interrupted command
// ends with 128 and the number of the signal (interrupt.h).
enum ExitCode { kDone = 0, kRefused = 1, kUsage = 2, kUnreachable = 3 };

// Options of the whole program, and what the chosen command left to do.
struct Program {
  std::string server = "127.0.0.1:7443";
  bool json = false;
  int timeout_seconds = 30;
  std::function<absl::Status()> run;

  Client Connect() const;
};

// Adds a family of commands, with the example of one of them.
CLI::App* AddFamily(CLI::App& parent, const std::string& name, const std::string& help,
                    const std::string& example);
// Adds a command with its help and an example; `work` runs if it is chosen.
CLI::App* AddCommand(CLI::App& parent, Program& program, const std::string& name,
                     const std::string& help, const std::string& example,
                     std::function<absl::Status()> work);

// Refuses, as usage, whatever is not a whole number from 0 that fits; CLI11 alone wraps "-1" round.
template <typename Number>
CLI::Validator WholeNumber() {
  return CLI::Validator(
      [](const std::string& text) {
        Number number;
        return absl::SimpleAtoi(text, &number)
                   ? std::string()
                   : "\"" + text + "\" is not a whole number from 0, or too large";
      },
      "");
}

// Refuses, as usage, a name that is blank, not UTF-8 or holds a control character.
CLI::Validator Name();
// Takes, as usage, only the names of an enum's values without their prefix, such as "ROLE_".
CLI::Validator OneOf(const google::protobuf::EnumDescriptor& type, const std::string& prefix);
// Refuses, as usage, what cannot be the address of a server.
CLI::Validator ServerAddress();

// Says on standard error, in one line, what is wrong with the words on the command line and which
// help to read.
ExitCode ReportUsage(const CLI::App& app, const CLI::ParseError& error);

// Options --contract, --as-of and --known-at of a question.
struct QuestionOptions {
  std::string contract, as_of, known_at;
  void AddTo(CLI::App* command);
  // InvalidArgument naming the option. `known_at` is a position, a day or an instant.
  absl::StatusOr<v1::Question> Build() const;
};

// The moment that an option names as a position, a day or an instant. InvalidArgument
// KNOWN_AT_INVALID naming the option.
absl::Status SetKnownAt(absl::string_view option, const std::string& text, v1::KnownAt* known_at);

// A message as protobuf JSON, one line.
absl::StatusOr<std::string> JsonOf(const google::protobuf::Message& message);
// Prints it.
absl::Status PrintJson(const google::protobuf::Message& message);

// A day as YYYY-MM-DD, "–" where it is absent.
std::string Day(bool present, const v1::Date& date);

// An instant from 1970 to 9999 as RFC 3339 writes it. InvalidArgument INSTANT_INVALID.
absl::StatusOr<absl::Time> ParseInstant(const std::string& text);
google::protobuf::Timestamp TimestampOf(absl::Time instant);

// The same refusal with `where` before each of its messages.
absl::Status At(const std::string& where, const absl::Status& status);

// The bytes of a file, or of standard input for "-". NotFound FILE_UNREADABLE, InvalidArgument
// FILE_TOO_LARGE.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);
// Writes a file that must not be there yet, readable by its owner alone if `secret`. AlreadyExists
// FILE_EXISTS.
absl::Status WriteNewFile(const std::string& path, const std::string& bytes, bool secret = false);

// A private key file. PermissionDenied KEY_FILE_EXPOSED where others may read it.
absl::StatusOr<merkle::PrivateKey> ReadKeyFile(const std::string& path);

// Reason of an append of which nobody knows whether it was recorded.
inline constexpr char kOutcomeUnknown[] = "OUTCOME_UNKNOWN";

// Prints every violation on standard error, and what to do where the server cannot be reached.
ExitCode Report(const absl::Status& status, const Program& program);

// Each file adds the commands that it holds.
void AddKeyCommands(CLI::App& app, Program& program);
void AddClauseCommands(CLI::App& app, Program& program);
void AddMatrixCommands(CLI::App& app, Program& program);
void AddMigrateCommand(CLI::App& app, Program& program);
void AddAppendCommand(CLI::App& app, Program& program);
void AddStandingsCommand(CLI::App& app, Program& program);
void AddLongevityCommand(CLI::App& app, Program& program);
void AddEvaluateCommand(CLI::App& app, Program& program);
void AddDecisionCommands(CLI::App& app, Program& program);
void AddDiffCommand(CLI::App& app, Program& program);
void AddTimelineCommand(CLI::App& app, Program& program);
void AddDueCommand(CLI::App& app, Program& program);
void AddEvidenceCommands(CLI::App& app, Program& program);
void AddEventsCommands(CLI::App& app, Program& program);
void AddExportCommands(CLI::App& app, Program& program);
void AddProofCommands(CLI::App& app, Program& program);
void AddVerifyCommand(CLI::App& app, Program& program);
void AddStatusCommands(CLI::App& app, Program& program);
void AddRehearsalCommands(CLI::App& app, Program& program);
void AddCompletionCommand(CLI::App& app, Program& program);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_COMMAND_H_
