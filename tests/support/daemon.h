// This header defines a real waymarkd in a process of its own, on real files and a port that the
// system picks.
//
//   ASSERT_OK_AND_ASSIGN(auto daemon, Daemon::Init(waymarkd, dir.path(), {.rehearsal = true}));
//   ASSERT_OK(daemon->Start());
//   Client client(daemon->address());
//   daemon->Kill();   // as a power cut, but for the page cache
#ifndef WAYMARK_TESTS_SUPPORT_DAEMON_H_
#define WAYMARK_TESTS_SUPPORT_DAEMON_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::test {

class Daemon {
 public:
  struct Options {
    std::string ledger_id = "example.com/test";
    bool rehearsal = false;                // "/rehearsal" is added to the id
    std::string clock;                     // RFC 3339; the rehearsal clock's first instant
    std::vector<std::string> environment;  // further NAME=value
    std::vector<std::string> serve_flags;
  };

  // Makes a key and a ledger under `directory`; the daemon is not started. Internal with what it
  // printed if `program` refuses.
  static absl::StatusOr<std::unique_ptr<Daemon>> Init(const std::string& program,
                                                      const std::string& directory,
                                                      const Options& options);
  ~Daemon();  // Kill()

  // Waits until it serves. Internal, with what it printed, if it ends before.
  absl::Status Start();
  // SIGKILL, and waits for the end.
  void Kill();
  // SIGTERM, and waits for the end: the exit code, or -signal.
  int Terminate();
  // Waits for it to end by itself.
  int Wait();
  bool running() const { return pid_ > 0; }
  // How it ended last, also where Start() failed: the exit code, or -signal.
  int ended_with() const { return ended_with_; }

  // Sets the environment for the next start.
  void SetEnvironment(std::vector<std::string> environment) {
    options_.environment = std::move(environment);
  }

  const std::string& address() const { return address_; }
  const std::string& ledger_id() const { return ledger_id_; }
  const std::string& vkey() const { return vkey_; }
  // DIR/data, with ledger/, projections/ and anchor/ in it.
  const std::string& data() const { return data_; }
  const std::string& log_file() const { return log_file_; }

 private:
  Daemon() = default;
  std::string program_, directory_, data_, key_file_, log_file_, ledger_id_, vkey_, address_;
  Options options_;
  pid_t pid_ = 0;
  int ended_with_ = 0;
};

// The built program of that name: build/<preset>/<path>, found from the WAYMARK_BUILD_DIR of the
// test.
std::string BuiltProgram(const std::string& path);

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_SUPPORT_DAEMON_H_
