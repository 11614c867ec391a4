// Not a test: prints what each stage of the append path costs one thread in processor time, and how
// many events a second pass through Submit.
//
//   append_path_bench [EVENTS]
#include <time.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "ledger/base/check.h"
#include "ledger/base/clock.h"
#include "ledger/commit/committer.h"
#include "ledger/commit/plan.h"
#include "ledger/publish/publisher.h"
#include "tests/commit/commit_world.h"
#include "tests/publish/crash_victim.h"
#include "tests/support/temp_dir.h"

namespace waymark {
namespace {

constexpr size_t kPayloadBytes = 256;

double ThreadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// A request of that many events whose payloads have the size that the figures are stated for.
v1::AppendRequest MakeRequest(const std::string& contract, const std::string& id, size_t events) {
  std::vector<std::string> ids;
  for (size_t i = 0; i < events; ++i) ids.push_back(absl::StrCat(id, ".", i));
  v1::AppendRequest request = test::EvidenceRequest(contract, id, ids);
  for (v1::EventToAppend& offered : *request.mutable_events()) {
    v1::EvidenceSubmitted evidence;
    WAYMARK_CHECK(evidence.ParseFromString(offered.payload()));
    while (evidence.ByteSizeLong() < kPayloadBytes) evidence.mutable_issuer()->push_back('x');
    offered.set_payload(evidence.SerializeAsString());
  }
  return request;
}

AppendRequest Accept(v1::AppendRequest request) {
  absl::StatusOr<AppendRequest> accepted = AcceptRequest(std::move(request), test::kCommitLedgerId);
  WAYMARK_CHECK(accepted.ok());
  return *std::move(accepted);
}

struct Ledger {
  Ledger() {
    WAYMARK_CHECK(test::MakeVictimLedger(temp.path()).ok());
    opened = test::OpenVictimLedger(temp.path()).value();
  }
  EventLog& log() { return *opened.log; }
  test::TempDir temp;
  test::VictimLedger opened;
};

void Line(const std::string& what, double seconds, size_t events) {
  std::cout << absl::StrFormat("%-44s %8.0f ns/event %10.0f events/s\n", what,
                               seconds / static_cast<double>(events) * 1e9,
                               static_cast<double>(events) / seconds);
}

// Each stage by itself, on this thread.
void MeasureStages(size_t events, size_t events_a_request, size_t requests_a_batch) {
  std::cout << absl::StrFormat("-- %d events a request, %d requests a commit, %d bytes a payload\n",
                               events_a_request, requests_a_batch, kPayloadBytes);
  Ledger ledger;
  SystemClock clock;
  ContractState state{.contract_id = "A"};
  double accept = 0, plan_time = 0, append = 0;
  size_t done = 0;
  int next = 0;
  const auto commit = [&](std::vector<v1::AppendRequest> messages) {
    std::vector<std::unique_ptr<AppendRequest>> requests;
    double before = ThreadSeconds();
    for (v1::AppendRequest& message : messages) {
      requests.push_back(std::make_unique<AppendRequest>(Accept(std::move(message))));
    }
    accept += ThreadSeconds() - before;
    before = ThreadSeconds();
    std::vector<PlannedRequest> batch;
    for (auto& request : requests) batch.push_back({request.get(), &state, false});
    const RecordingTime time{.recorded_at = clock.Now(), .clock = clock.Now()};
    const CommitPlan plan = PlanCommit(batch, {ledger.log().tree(), time, test::kCommitLedgerId});
    plan_time += ThreadSeconds() - before;
    for (const PlannedOutcome& outcome : plan.outcomes) {
      WAYMARK_CHECK(outcome.verdict == Verdict::kTaken);
    }
    before = ThreadSeconds();
    WAYMARK_CHECK(ledger.log().Append(plan.record).ok());
    append += ThreadSeconds() - before;
  };
  commit({test::RegisterRequest("A", "register")});
  accept = plan_time = append = 0;
  while (done < events) {
    std::vector<v1::AppendRequest> messages;
    for (size_t i = 0; i < requests_a_batch; ++i) {
      messages.push_back(MakeRequest("A", absl::StrCat("r", next++), events_a_request));
      done += events_a_request;
    }
    commit(std::move(messages));
  }
  Line("AcceptRequest (where it arrives)", accept, done);
  Line("PlanCommit (commit thread)", plan_time, done);
  Line("EventLog::Append (commit thread)", append, done);
  Signer signer(ledger.log(), *ledger.opened.anchor, test::TestLedgerKey());
  const double before = ThreadSeconds();
  WAYMARK_CHECK(signer.SignHead().ok());
  Line("SignHead (publishing thread)", ThreadSeconds() - before, done);
}

// Through Submit, with the publisher beside it: requests made ready beforehand, `in_flight`
// unanswered at a time.
void MeasureSubmit(size_t events, size_t events_a_request, int in_flight) {
  Ledger ledger;
  SystemClock clock;
  HeadWatch head(ledger.log().head());
  HeadWatch published(TreeSize{0});
  const auto fail = [](absl::Status status) { std::cerr << status << "\n"; };
  Committer committer(ledger.log(), clock, head, fail);
  Publisher publisher(ledger.log(), *ledger.opened.anchor, test::TestLedgerKey(), head, published,
                      fail);
  absl::BlockingCounter registered(1);
  committer.Submit(Accept(test::RegisterRequest("A", "register")),
                   [&](const absl::StatusOr<CommitOutcome>&) { registered.DecrementCount(); });
  registered.Wait();
  std::vector<AppendRequest> requests;
  for (size_t made = 0; made < events; made += events_a_request) {
    requests.push_back(
        Accept(MakeRequest("A", absl::StrCat("r", requests.size()), events_a_request)));
  }
  absl::Mutex mutex;
  int unanswered = 0;
  const auto room = [&] { return unanswered < in_flight; };
  const auto all_answered = [&] { return unanswered == 0; };
  const absl::Time before = absl::Now();
  for (AppendRequest& request : requests) {
    {
      absl::MutexLock lock(&mutex);
      mutex.Await(absl::Condition(&room));
      ++unanswered;
    }
    committer.Submit(std::move(request), [&](absl::StatusOr<CommitOutcome> outcome) {
      WAYMARK_CHECK(outcome.ok());
      absl::MutexLock lock(&mutex);
      --unanswered;
    });
  }
  {
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(&all_answered));
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - before);
  std::cout << absl::StrFormat(
      "Submit, %d events a request, %d in flight, wall: %.0f requests/s, %.0f events/s\n",
      events_a_request, in_flight, static_cast<double>(requests.size()) / seconds,
      static_cast<double>(requests.size() * events_a_request) / seconds);
}

}  // namespace
}  // namespace waymark

int main(int argc, char** argv) {
  const size_t events = argc > 1 ? static_cast<size_t>(std::atol(argv[1])) : 400000;
  waymark::MeasureStages(events, 500, 16);
  waymark::MeasureStages(events / 4, 1, 64);
  waymark::MeasureSubmit(events, 500, 64);
  waymark::MeasureSubmit(events / 4, 1, 64);
}
