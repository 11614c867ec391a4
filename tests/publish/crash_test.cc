#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "ledger/base/clock.h"
#include "ledger/commit/committer.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/publish/publisher.h"
#include "tests/publish/crash_victim.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

extern char** environ;

namespace waymark {
namespace {

// A victim between its start and its death.
class Victim {
 public:
  Victim(const std::string& directory, int round, const std::string& failpoint) {
    int pipe_ends[2];
    EXPECT_EQ(pipe2(pipe_ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
    std::vector<std::string> environment;
    for (char** variable = environ; *variable != nullptr; ++variable) {
      environment.emplace_back(*variable);
    }
    environment.push_back("WAYMARK_FAILPOINT=" + failpoint);
    std::vector<char*> environment_pointers;
    for (std::string& variable : environment) environment_pointers.push_back(variable.data());
    environment_pointers.push_back(nullptr);
    std::string program = WAYMARK_CRASH_VICTIM;
    std::string directory_argument = directory;
    std::string round_argument = absl::StrCat(round);
    char* arguments[] = {program.data(), directory_argument.data(), round_argument.data(), nullptr};
    EXPECT_EQ(posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments,
                          environment_pointers.data()),
              0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    output_ = pipe_ends[0];
  }

  // Reads until that many lines have come, or the victim is dead.
  void ReadLines(size_t count) {
    char buffer[65536];
    while (lines_ < count) {
      const ssize_t got = read(output_, buffer, sizeof(buffer));
      if (got <= 0) return;
      for (ssize_t i = 0; i < got; ++i) lines_ += buffer[i] == '\n' ? 1 : 0;
      bytes_.append(buffer, static_cast<size_t>(got));
    }
  }

  // Kills it, unless it is dead, and returns all whole lines that it told.
  std::vector<std::string> Bury(int* exit_code) {
    kill(pid_, SIGKILL);
    ReadLines(static_cast<size_t>(-1));
    close(output_);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    *exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    std::vector<std::string> lines = absl::StrSplit(bytes_, '\n');
    lines.pop_back();
    return lines;
  }

 private:
  pid_t pid_ = 0;
  int output_ = -1;
  size_t lines_ = 0;
  std::string bytes_;
};

// What the dead told, over all rounds.
struct Told {
  std::map<std::string, std::string> receipts;  // hex, by request id
  std::map<uint64_t, std::string> notes;        // by size
};

void Listen(const std::vector<std::string>& lines, Told* told) {
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    ASSERT_EQ(words.size(), 3u) << line;
    if (words[0] == "ack") {
      told->receipts[words[1]] = words[2];
    } else {
      uint64_t size = 0;
      ASSERT_TRUE(absl::SimpleAtoi(words[1], &size));
      const auto [place, fresh] = told->notes.emplace(size, words[2]);
      ASSERT_EQ(place->second, words[2]) << "two notes for one size";
    }
  }
}

// Every position once and in order, and the root that follows from the stored bytes.
void CheckWhole(const EventLog& log) {
  merkle::CompactTree tree;
  std::map<std::string, uint64_t> revisions;
  uint64_t recorded_at = 0;
  while (tree.size() < log.head()) {
    ReadOptions options;
    options.headers_only = true;
    options.until = log.head();
    ASSERT_OK_AND_ASSIGN(const auto events, log.Read(Position{tree.size().value}, options));
    ASSERT_FALSE(events.empty());
    for (const StoredEvent& event : events) {
      ASSERT_OK_AND_ASSIGN(const auto header, merkle::DecodeEntryHeaderView(event.header));
      ASSERT_EQ(header.position.value, tree.size().value);
      ASSERT_EQ(header.revision.value, revisions[std::string(header.contract_id)]++);
      ASSERT_GE(header.recorded_at.value, recorded_at);
      recorded_at = header.recorded_at.value;
      tree.Append(merkle::LeafHash(event.header));
    }
  }
  ASSERT_EQ(tree.Root(), log.tree().Root());
}

// Asks again for what was acknowledged, some of it through a committer as a client would.
void CheckAcknowledged(EventLog& log, const Told& told, std::mt19937_64* random) {
  SystemClock clock;
  HeadWatch head(log.head());
  const TreeSize before = log.head();
  Committer committer(log, clock, head, [](absl::Status status) { ADD_FAILURE() << status; });
  for (const auto& [id, receipt] : told.receipts) {
    ASSERT_OK_AND_ASSIGN(const std::optional<StoredRequest> row, log.FindRequest(id));
    ASSERT_TRUE(row.has_value()) << id << " was acknowledged and is lost";
    if ((*random)() % 8 != 0) continue;
    ASSERT_OK_AND_ASSIGN(AppendRequest request,
                         AcceptRequest(test::VictimRequestById(id), test::kCommitLedgerId));
    committer.Submit(std::move(request), [&, id = id](absl::StatusOr<CommitOutcome> outcome) {
      ASSERT_OK(outcome);
      EXPECT_EQ(merkle::ToHex(outcome->receipt.SerializeAsString()), told.receipts.at(id)) << id;
    });
  }
  committer.Shutdown();
  EXPECT_EQ(log.head(), before) << "a repeat appended";
}

// T18: the request whose answer was lost, sent twice: one copy, one receipt, whether it had been
// recorded or not.
void RetryUnanswered(EventLog& log, int round, Told* told) {
  SystemClock clock;
  HeadWatch head(log.head());
  Committer committer(log, clock, head, [](absl::Status status) { ADD_FAILURE() << status; });
  absl::Mutex mutex;
  std::map<std::string, std::string> lost_receipts;
  for (int writer = 0; writer < test::kVictimWriters; ++writer) {
    int number = 0;
    while (told->receipts.contains(test::VictimRequest(round, writer, number).request_id())) {
      ++number;
    }
    for (int repeat = 0; repeat < 2; ++repeat) {
      AppendRequest request =
          AcceptRequest(test::VictimRequest(round, writer, number), test::kCommitLedgerId).value();
      absl::Notification answered;
      committer.Submit(std::move(request), [&](absl::StatusOr<CommitOutcome> outcome) {
        // The contract may not be registered yet: then nothing may have been recorded either.
        if (outcome.ok()) {
          const std::string receipt = merkle::ToHex(outcome->receipt.SerializeAsString());
          const std::string id = outcome->receipt.request_id();
          absl::MutexLock lock(&mutex);
          const auto [place, fresh] = lost_receipts.emplace(id, receipt);
          EXPECT_EQ(place->second, receipt);
        } else {
          EXPECT_THAT(outcome, test::RefusedWith("CONTRACT_UNKNOWN"));
        }
        answered.Notify();
      });
      answered.WaitForNotification();
    }
  }
  committer.Shutdown();
  told->receipts.insert(lost_receipts.begin(), lost_receipts.end());
}

void CheckPublished(const EventLog& log, const Anchor& anchor, const Told& told) {
  for (const auto& [size, note] : told.notes) {
    ASSERT_LE(size, anchor.checkpoint().size.value) << "released before it was anchored";
    ASSERT_OK_AND_ASSIGN(const auto kept, anchor.FindReleased(TreeSize{size}));
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(merkle::ToHex(*kept), note);
  }
  EXPECT_LE(anchor.checkpoint().size, log.head());
}

// F1 and F2 at the level of the library; the whole daemon has its own campaign.
void PlayRounds(int rounds, const std::vector<std::string>& failpoints) {
  test::TempDir temp;
  ASSERT_OK(test::MakeVictimLedger(temp.path()));
  std::mt19937_64 random(20240703);
  Told told;
  std::map<int, int> exits;
  for (int round = 0; round < rounds; ++round) {
    const std::string failpoint =
        failpoints.empty()
            ? ""
            : absl::StrCat(failpoints[static_cast<size_t>(round) % failpoints.size()], ":",
                           1 + random() % 30);
    Victim victim(temp.path(), round, failpoint);
    // Without a failpoint it is killed in the midst of its work; with one it dies by itself, or is
    // killed late.
    victim.ReadLines(failpoint.empty() ? random() % 200 : 2000);
    int exit_code = 0;
    const std::vector<std::string> lines = victim.Bury(&exit_code);
    ++exits[exit_code];
    ASSERT_TRUE(exit_code == -SIGKILL || exit_code == 137) << exit_code << " at " << failpoint;
    Listen(lines, &told);
    ASSERT_OK_AND_ASSIGN(const test::VictimLedger opened, test::OpenVictimLedger(temp.path()));
    CheckWhole(*opened.log);
    CheckAcknowledged(*opened.log, told, &random);
    RetryUnanswered(*opened.log, round, &told);
    CheckPublished(*opened.log, *opened.anchor, told);
    if (::testing::Test::HasFatalFailure()) FAIL() << "round " << round << " " << failpoint;
  }
  if (!failpoints.empty()) {
    EXPECT_GT(exits[137], rounds / 2) << "most die at their point";
  }
  EXPECT_GT(told.receipts.size(), static_cast<size_t>(rounds));
}

TEST(Crash, NothingAcknowledgedIsLostWhenKilledAtAnyMoment) { PlayRounds(25, {}); }

TEST(Crash, NothingAcknowledgedIsLostWhenItDiesAtANamedPoint) {
  PlayRounds(30, {"before_plan", "after_plan", "after_write", "after_head", "before_answer",
                  "after_answer", "before_reread", "before_sign", "after_sign",
                  "before_anchor_write", "before_anchor_rename", "after_anchor_rename",
                  "after_anchor", "before_release", "after_release"});
}

}  // namespace
}  // namespace waymark
