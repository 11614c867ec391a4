#include "clients/cli/command.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/terminal.h"
#include "google/protobuf/util/json_util.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

constexpr size_t kKeyFileBytesMax = 4096;

// What the system said about a file, with what it was wanted for.
absl::Status FileError(const std::string& path, absl::string_view reason, absl::StatusCode code,
                       absl::string_view what) {
  return Refuse(
      {code, std::string(reason), absl::StrCat(path, ": ", what, ": ", std::strerror(errno))});
}

absl::Status Unreadable(const std::string& path) {
  return FileError(path, "FILE_UNREADABLE", absl::StatusCode::kNotFound, "cannot be read");
}

void SetDate(absl::CivilDay day, v1::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

}  // namespace

absl::Status SetKnownAt(absl::string_view option, const std::string& text, v1::KnownAt* known_at) {
  uint64_t position = 0;
  if (absl::SimpleAtoi(text, &position)) {
    known_at->set_position(position);
    return absl::OkStatus();
  }
  if (const absl::StatusOr<absl::CivilDay> day = ParseDay(text); day.ok()) {
    SetDate(*day, known_at->mutable_day());
    return absl::OkStatus();
  }
  if (const absl::StatusOr<absl::Time> instant = ParseInstant(text); instant.ok()) {
    *known_at->mutable_instant() = TimestampOf(*instant);
    return absl::OkStatus();
  }
  return Refuse({absl::StatusCode::kInvalidArgument, "KNOWN_AT_INVALID",
                 absl::StrCat(option, ": \"", text,
                              "\" is not a position (17), a day (2025-03-31) or an instant "
                              "(2025-03-31T12:00:00Z)")});
}

Client Program::Connect() const {
  return Client(server, Client::Options{.timeout = absl::Seconds(timeout_seconds)});
}

CLI::App* AddFamily(CLI::App& parent, const std::string& name, const std::string& help,
                    const std::string& example) {
  CLI::App* family = parent.add_subcommand(name, help);
  family->footer("Example:\n  " + example);
  family->require_subcommand(1);
  return family;
}

CLI::App* AddCommand(CLI::App& parent, Program& program, const std::string& name,
                     const std::string& help, const std::string& example,
                     std::function<absl::Status()> work) {
  CLI::App* command = parent.add_subcommand(name, help);
  command->footer("Example:\n  " + example);
  command->callback([&program, work = std::move(work)] { program.run = work; });
  return command;
}

void QuestionOptions::AddTo(CLI::App* command) {
  command->add_option("--contract", contract, "Contract to ask about")->required()->check(Name());
  command->add_option("--as-of", as_of,
                      "End of this day, YYYY-MM-DD (default: today in the contract's time zone)");
  command->add_option(
      "--known-at", known_at,
      "As known at a position, a day or an instant (default: all that is recorded)");
}

absl::StatusOr<v1::Question> QuestionOptions::Build() const {
  v1::Question question;
  question.set_contract_id(contract);
  if (!as_of.empty()) {
    const absl::StatusOr<absl::CivilDay> day = ParseDay(as_of);
    if (!day.ok()) {
      return Refuse({absl::StatusCode::kInvalidArgument, "DATE_INVALID",
                     absl::StrCat("--as-of: ", day.status().message())});
    }
    SetDate(*day, question.mutable_as_of());
  }
  if (!known_at.empty())
    RETURN_IF_ERROR(SetKnownAt("--known-at", known_at, question.mutable_known_at()));
  return question;
}

absl::StatusOr<std::string> JsonOf(const google::protobuf::Message& message) {
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text);
  if (!status.ok()) return absl::InternalError(std::string(status.message()));
  return text;
}

absl::Status PrintJson(const google::protobuf::Message& message) {
  ASSIGN_OR_RETURN(const std::string text, JsonOf(message));
  std::cout << text << "\n";
  return absl::OkStatus();
}

std::string Day(bool present, const v1::Date& date) {
  return present ? FormatDay(absl::CivilDay(date.year(), date.month(), date.day())) : "–";
}

absl::StatusOr<absl::Time> ParseInstant(const std::string& text) {
  absl::Time instant;
  std::string error;
  const absl::Time end = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone());
  if (absl::ParseTime(absl::RFC3339_full, text, &instant, &error) && instant >= absl::UnixEpoch() &&
      instant < end) {
    return instant;
  }
  return Refuse(
      {absl::StatusCode::kInvalidArgument, "INSTANT_INVALID",
       absl::StrCat("\"", Printable(text),
                    "\" is not an instant from 1970 to 9999; write 2024-04-01T09:00:00Z")});
}

google::protobuf::Timestamp TimestampOf(absl::Time instant) {
  google::protobuf::Timestamp timestamp;
  const int64_t micros = absl::ToUnixMicros(instant);
  timestamp.set_seconds(micros / 1000000);
  timestamp.set_nanos(static_cast<int32_t>(micros % 1000000 * 1000));
  return timestamp;
}

absl::Status At(const std::string& where, const absl::Status& status) {
  std::vector<Violation> violations = ViolationsOf(status);
  if (violations.empty()) return status;
  for (Violation& violation : violations)
    violation.message = absl::StrCat(where, ": ", violation.message);
  return Refuse(violations);
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  std::ifstream file;
  if (path != "-") {
    struct stat found;
    if (stat(path.c_str(), &found) != 0) return Unreadable(path);
    if (S_ISDIR(found.st_mode)) {
      errno = EISDIR;
      return Unreadable(path);
    }
    file.open(path, std::ios::binary);
    if (!file) return Unreadable(path);
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string bytes;
  char buffer[65536];
  while (in.read(buffer, sizeof(buffer)) || in.gcount() > 0) {
    bytes.append(buffer, in.gcount());
    if (bytes.size() > bytes_max) {
      return Refuse(
          {absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
           absl::StrCat(path, ": more than ", bytes_max, " bytes, the most it may hold")});
    }
  }
  if (in.bad()) return Unreadable(path);
  return bytes;
}

absl::Status WriteNewFile(const std::string& path, const std::string& bytes, bool secret) {
  const std::lock_guard lock(Ending());
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, secret ? 0600 : 0644);
  if (file < 0 && errno == EEXIST) {
    return Refuse({absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                   path + ": is there already and stays as it is; name another file"});
  }
  const auto not_written = [&path] {
    return FileError(path, "FILE_NOT_WRITTEN", absl::StatusCode::kFailedPrecondition,
                     "cannot be written");
  };
  if (file < 0) return not_written();
  const bool written =
      write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      fsync(file) == 0;
  if (close(file) != 0 || !written) {
    const int kept = errno;
    unlink(path.c_str());
    errno = kept;
    return not_written();
  }
  return absl::OkStatus();
}

absl::StatusOr<merkle::PrivateKey> ReadKeyFile(const std::string& path) {
  struct stat found;
  if (stat(path.c_str(), &found) != 0)
    return FileError(path, "KEY_FILE_MISSING", absl::StatusCode::kNotFound, "no such key");
  if ((found.st_mode & 077) != 0) {
    return Refuse({absl::StatusCode::kPermissionDenied, "KEY_FILE_EXPOSED",
                   absl::StrCat(path, ": others may read this key; run: chmod 600 ", path)});
  }
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(path, kKeyFileBytesMax));
  absl::StatusOr<merkle::PrivateKey> key = merkle::PrivateKey::FromPem(pem);
  if (!key.ok()) return At(path, key.status());
  return key;
}

ExitCode Report(const absl::Status& status, const Program& program) {
  if (status.ok()) return kDone;
  const std::vector<Violation> violations = ViolationsOf(status);
  if (violations.empty() && absl::IsUnavailable(status)) {
    // gRPC tells of each layer that failed; what the system said stands last.
    const absl::string_view why = status.message();
    const size_t last = why.rfind(": ");
    std::cerr << "waymark: SERVER_UNREACHABLE: " << program.server << ": "
              << Printable(last == absl::string_view::npos ? why : why.substr(last + 2))
              << "; is waymarkd serving there? Choose another with --server\n";
    return kUnreachable;
  }
  if (violations.empty() && absl::IsDeadlineExceeded(status)) {
    std::cerr << "waymark: SERVER_SILENT: " << program.server << ": no answer in "
              << program.timeout_seconds
              << " s; is that waymarkd's port? Wait longer with --timeout\n";
    return kUnreachable;
  }
  if (violations.empty()) {
    std::cerr << "waymark: " << absl::StatusCodeToString(status.code()) << ": "
              << Printable(status.message()) << "\n";
  }
  for (const Violation& violation : violations) {
    std::cerr << "waymark: " << Paint(Printable(violation.reason), Colour::kRed, STDERR_FILENO);
    if (violation.event_index >= 0) std::cerr << " in event " << violation.event_index;
    std::cerr << ": " << Printable(violation.message) << "\n";
  }
  // Whoever gives a reason was reached.
  return ReasonOf(status) == kOutcomeUnknown ? kUnreachable : kRefused;
}

}  // namespace waymark::cli
