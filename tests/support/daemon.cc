#include "tests/support/daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/ed25519.h"
#include "ledger/merkle/note_key.h"

extern char** environ;

namespace waymark::test {
namespace {

constexpr int kStartSecondsMax = 60;
const std::string kServing = "serving on ";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

absl::Status WriteSecret(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 || write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      close(file) != 0) {
    return absl::InternalError(absl::StrCat(path, ": ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

// Starts a program with standard output to `out` and standard error to `log`.
absl::StatusOr<pid_t> Spawn(const std::vector<std::string>& arguments,
                            const std::vector<std::string>& environment, int out,
                            const std::string& log) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  std::vector<char*> argv, envp;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  for (char** entry = environ; *entry != nullptr; ++entry) envp.push_back(*entry);
  for (const std::string& entry : environment) envp.push_back(const_cast<char*>(entry.c_str()));
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, argv[0], &files, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&files);
  if (error != 0)
    return absl::InternalError(absl::StrCat(arguments[0], ": ", std::strerror(error)));
  return pid;
}

int WaitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Init(const std::string& program,
                                                     const std::string& directory,
                                                     const Options& options) {
  std::unique_ptr<Daemon> daemon(new Daemon());
  daemon->program_ = program;
  daemon->directory_ = directory;
  daemon->options_ = options;
  daemon->data_ = directory + "/data";
  daemon->key_file_ = directory + "/ledger.key";
  daemon->log_file_ = directory + "/waymarkd.log";
  daemon->ledger_id_ = options.ledger_id + (options.rehearsal ? "/rehearsal" : "");
  const merkle::PrivateKey key = merkle::PrivateKey::Generate();
  daemon->vkey_ = merkle::FormatVkey(merkle::NoteSigner{daemon->ledger_id_, key}.verifier());
  RETURN_IF_ERROR(WriteSecret(daemon->key_file_, key.ToPem()));
  std::vector<std::string> arguments = {
      program,           "init",        "--data",          daemon->data_, "--key",
      daemon->key_file_, "--ledger-id", daemon->ledger_id_};
  if (options.rehearsal) arguments.push_back("--rehearsal");
  if (!options.clock.empty()) arguments.insert(arguments.end(), {"--clock", options.clock});
  ASSIGN_OR_RETURN(const pid_t pid,
                   Spawn(arguments, options.environment, STDERR_FILENO, daemon->log_file_));
  if (const int code = WaitFor(pid); code != 0) {
    return absl::InternalError(
        absl::StrCat("waymarkd init ended with ", code, ": ", ReadFile(daemon->log_file_)));
  }
  return daemon;
}

Daemon::~Daemon() { Kill(); }

absl::Status Daemon::Start() {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return absl::InternalError(std::strerror(errno));
  std::vector<std::string> arguments = {program_, "serve",   "--data",   data_,
                                        "--key",  key_file_, "--listen", "127.0.0.1:0"};
  arguments.insert(arguments.end(), options_.serve_flags.begin(), options_.serve_flags.end());
  absl::StatusOr<pid_t> pid = Spawn(arguments, options_.environment, pipe_ends[1], log_file_);
  close(pipe_ends[1]);
  if (!pid.ok()) {
    close(pipe_ends[0]);
    return pid.status();
  }
  pid_ = *pid;
  // The daemon says where it serves on its standard output; the pipe ends where the daemon does.
  std::string printed;
  pollfd wait{pipe_ends[0], POLLIN, 0};
  char buffer[512];
  while (poll(&wait, 1, kStartSecondsMax * 1000) > 0) {
    const ssize_t size = read(pipe_ends[0], buffer, sizeof(buffer));
    if (size <= 0) break;
    printed.append(buffer, size);
    const size_t at = printed.find(kServing);
    if (at != std::string::npos && printed.find('\n', at) != std::string::npos) {
      const absl::string_view rest = absl::string_view(printed).substr(at + kServing.size());
      address_ = std::string(rest.substr(0, rest.find_first_of(" \n")));
      close(pipe_ends[0]);
      return absl::OkStatus();
    }
  }
  close(pipe_ends[0]);
  kill(pid_, SIGKILL);
  const int code = Wait();
  return absl::InternalError(
      absl::StrCat("waymarkd serve ended with ", code, ": ", printed, ReadFile(log_file_)));
}

void Daemon::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  Wait();
}

int Daemon::Terminate() {
  if (pid_ <= 0) return 0;
  kill(pid_, SIGTERM);
  return Wait();
}

int Daemon::Wait() {
  if (pid_ <= 0) return 0;
  ended_with_ = WaitFor(pid_);
  pid_ = 0;
  return ended_with_;
}

std::string BuiltProgram(const std::string& path) {
  return absl::StrCat(WAYMARK_BUILD_DIR, "/", path);
}

}  // namespace waymark::test
