#include "tests/publish/crash_victim.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "ledger/base/clock.h"
#include "ledger/commit/committer.h"
#include "ledger/merkle/encoding.h"
#include "ledger/publish/publisher.h"

namespace waymark {
namespace {

// One write a line, so that a line is there whole or not at all.
void Tell(const std::string& line) {
  const std::string bytes = line + "\n";
  if (write(STDOUT_FILENO, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    _exit(3);  // The parent has gone.
  }
}

absl::StatusOr<CommitOutcome> Append(Committer& committer, v1::AppendRequest message) {
  ASSIGN_OR_RETURN(AppendRequest request, AcceptRequest(std::move(message), test::kCommitLedgerId));
  absl::StatusOr<CommitOutcome> answer = absl::UnknownError("never answered");
  absl::Notification answered;
  committer.Submit(std::move(request), [&](absl::StatusOr<CommitOutcome> outcome) {
    answer = std::move(outcome);
    answered.Notify();
  });
  answered.WaitForNotification();
  return answer;
}

void Write(Committer& committer, int round, int writer) {
  const std::string contract = test::VictimContract(writer);
  if (!Append(committer, test::RegisterRequest(contract, "register-" + contract)).ok()) return;
  for (int number = 0;; ++number) {
    v1::AppendRequest request = test::VictimRequest(round, writer, number);
    const std::string id = request.request_id();
    const absl::StatusOr<CommitOutcome> outcome = Append(committer, std::move(request));
    if (!outcome.ok()) {
      std::cerr << "crash_victim: " << id << ": " << outcome.status() << "\n";
      _exit(4);
    }
    Tell(absl::StrCat("ack ", id, " ", merkle::ToHex(outcome->receipt.SerializeAsString())));
  }
}

int Run(const std::string& directory, int round) {
  absl::StatusOr<test::VictimLedger> opened = test::OpenVictimLedger(directory);
  if (!opened.ok()) {
    std::cerr << "crash_victim: " << opened.status() << "\n";
    return 2;
  }
  const auto fail = [](absl::Status status) {
    std::cerr << "crash_victim: stopped: " << status << "\n";
    _exit(5);
  };
  SystemClock clock;
  HeadWatch head(opened->log->head());
  HeadWatch published(opened->anchor->checkpoint().size);
  Committer committer(*opened->log, clock, head, fail);
  Publisher publisher(*opened->log, *opened->anchor, test::TestLedgerKey(), head, published, fail,
                      {.interval = absl::Milliseconds(1)});
  std::vector<std::thread> writers;
  for (int writer = 0; writer < test::kVictimWriters; ++writer) {
    writers.emplace_back([&, writer] { Write(committer, round, writer); });
  }
  TreeSize size = published.size();
  while (published.WaitUntilAbove(size, absl::InfiniteFuture())) {
    const Released newest = publisher.newest();
    size = newest.checkpoint.size;
    Tell(absl::StrCat("published ", size.value, " ", merkle::ToHex(newest.note)));
  }
  return 6;
}

}  // namespace
}  // namespace waymark

int main(int argc, char** argv) {
  if (argc != 3) return 1;
  return waymark::Run(argv[1], std::atoi(argv[2]));
}
