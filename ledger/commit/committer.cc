#include "ledger/commit/committer.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "ledger/base/failpoint.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/commit/answer_desk.h"
#include "ledger/commit/commit_queue.h"
#include "ledger/commit/plan.h"
#include "ledger/commit/recording_clock.h"
#include "ledger/commit/state_fold.h"
#include "ledger/commit/worker_pool.h"
#include "ledger/contract/retention.h"

namespace waymark {
namespace {

absl::Status CommitFailed(const absl::Status& cause, absl::string_view outcome) {
  return Refuse({absl::StatusCode::kUnavailable,
                 "COMMIT_FAILED",
                 absl::StrCat("the ledger has stopped: ", cause.message(),
                              "; after a restart the same request id settles it"),
                 -1,
                 "",
                 {{"outcome", std::string(outcome)}}});
}

absl::Status DiskReserveRefusal(const EventLog& log) {
  return Refuse(
      {absl::StatusCode::kResourceExhausted, "DISK_RESERVE",
       absl::StrCat("disk: ", log.disk_free_bytes(), " bytes free, ", log.disk_reserve_bytes(),
                    " are kept in reserve; free some space and send the same request "
                    "again")});
}

absl::Status DeadlineRefusal(bool queued) {
  if (queued) {
    return Refuse(
        {absl::StatusCode::kResourceExhausted, "QUEUE_WAIT_TOO_LONG",
         "the deadline passed while the request was queued; nothing was written, send the "
         "same request id again later"});
  }
  return Refuse({absl::StatusCode::kDeadlineExceeded, "DEADLINE_PASSED",
                 "the deadline had passed when the request came; nothing was written"});
}

// A plan of so many events is written while the next one is made. What is smaller waits for the
// write before it, so that one sync carries all that has come meanwhile.
constexpr size_t kPlanAheadEventsMin = 1024;

bool Erases(const AppendRequest& request) {
  return std::any_of(request.parsed.begin(), request.parsed.end(),
                     [](const ParsedEvent& event) { return !ErasedBy(event).empty(); });
}

// Requests that go into one commit, and what was planned for them.
static_assert(kRequestEventsMax <= kCommitBatchEventsMax, "a request fits a batch");
struct Batch {
  std::vector<std::unique_ptr<PendingAppend>> pending;
  std::vector<PlannedRequest> planned;
  std::vector<StoredRequest> rows;  // of the known ones, in the order of the batch
  size_t events = 0;
  size_t bytes = 0;

  // An erasure is in it, which rewrites rows of the log and so is a commit by itself.
  bool erases = false;

  // The first one always has room.
  bool HasRoomFor(const AppendRequest& request) const {
    return planned.empty() || (!erases && !Erases(request) &&
                               events + request.sealed.events.size() <= kCommitBatchEventsMax &&
                               bytes + request.bytes <= kCommitBatchBytesMax);
  }
};

// What is written as one record.
struct Commit {
  Batch batch;
  std::shared_ptr<CommitPlan> plan;
  RecordingTime time;
};

// A commit on its way to the disk, on another thread.
struct CommitUnderWay {
  Commit commit;
  // Hashes of the request ids in its record: a chance likeness only makes somebody wait.
  absl::flat_hash_set<size_t> request_ids;
  absl::Notification done;
  absl::Status written;  // set once done
};

}  // namespace

class Committer::Threads {
 public:
  Threads(EventLog& log, const Clock& clock, HeadWatch& head,
          std::function<void(absl::Status)> on_failure, const CommitterOptions& options)
      : log_(log),
        clock_(clock),
        head_(head),
        on_failure_(std::move(on_failure)),
        ledger_id_(log.identity().ledger_id),
        queue_(options.queue_requests_max, options.queue_bytes_max),
        states_(options.states),
        tree_(log.tree()),
        recording_clock_(log.last_recorded_at(), ReadClock()),
        loaders_(kLoaderThreads),
        writer_(/*threads=*/1),
        desk_(log, queue_, loaders_),
        commit_thread_([this] { Run(); }) {}

  void Submit(AppendRequest request, Answer answer) {
    if (request.deadline != absl::InfiniteFuture() && request.deadline <= absl::Now()) {
      return answer(DeadlineRefusal(/*queued=*/false));
    }
    auto pending = std::make_unique<PendingAppend>();
    pending->bytes = request.bytes;
    pending->request = std::move(request);
    pending->answer = std::move(answer);
    if (absl::Status refusal = queue_.Push(pending); !refusal.ok()) pending->answer(refusal);
  }

  void Shutdown() {
    queue_.Drain();
    absl::MutexLock lock(&shutdown_mutex_);
    if (commit_thread_.joinable()) commit_thread_.join();
    writer_.Finish();
    loaders_.Finish();  // They may answer, and so must be done first.
    desk_.Finish();
  }

  CommitterStatus status() const {
    CommitterStatus status{.queued_requests = queue_.requests(), .queued_bytes = queue_.bytes()};
    absl::MutexLock lock(&status_mutex_);
    status.clock_back = clock_back_;
    status.clock_ahead = clock_ahead_;
    status.failed = failed_;
    return status;
  }

 private:
  ClockReading ReadClock() const { return {clock_.Now(), clock_.MonotonicMicros()}; }

  void Run() {
    for (;;) {
      TakeIn(queue_.Take(WaitForIntake()));
      if (under_way_ != nullptr && !IsWorthPlanningAhead()) {
        if (!GoesOn(Settle())) return;
        continue;
      }
      Batch batch = FormBatch();
      if (batch.pending.empty() ? !GoesOn(Settle()) : !Proceed(std::move(batch))) return;
      Discard(states_.Trim());
      if (pending_.empty() && waiting_.empty() && loading_.empty() && under_way_ == nullptr &&
          queue_.drained()) {
        return;
      }
    }
  }

  CommitQueue::Wait WaitForIntake() const {
    if (!pending_.empty() || under_way_ != nullptr) return CommitQueue::Wait::kNo;
    return loading_.empty() ? CommitQueue::Wait::kUnlessDraining : CommitQueue::Wait::kForAnything;
  }

  bool IsWorthPlanningAhead() const {
    size_t events = 0;
    for (const auto& pending : pending_) {
      events += pending->request.sealed.events.size();
      if (events >= kPlanAheadEventsMin) return true;
    }
    return false;
  }

  void TakeIn(Intake intake) {
    failed_loads_.clear();
    for (LoadedState& loaded : intake.loaded) {
      loading_.erase(loaded.contract_id);
      if (loaded.state.ok()) {
        states_.Insert(*std::move(loaded.state));
      } else {
        failed_loads_[loaded.contract_id] = loaded.state.status();
      }
    }
    for (auto& pending : intake.requests) pending_.push_back(std::move(pending));
    if (!intake.loaded.empty()) waiting_.Release(&pending_);
  }

  // The next requests, in order, whose states are in memory. The others wait without holding them
  // up.
  Batch FormBatch() {
    Batch batch;
    // Asked again by Append; asked here so that no state moves on, and has to be folded again, for
    // nothing.
    disk_is_low_ = log_.disk_free_bytes() < log_.disk_reserve_bytes();
    while (!pending_.empty() && batch.HasRoomFor(pending_.front()->request)) {
      std::unique_ptr<PendingAppend> pending = std::move(pending_.front());
      pending_.pop_front();
      if (waiting_.Blocks(pending->request)) {
        waiting_.Add(std::move(pending));
      } else if (RestsOnWhatIsUnderWay(pending->request)) {
        pending_.push_front(std::move(pending));
        break;
      } else {
        TakeUp(std::move(pending), &batch);
      }
    }
    return batch;
  }

  // A request sent again, a state that has to be folded and what is to be erased are looked up in
  // the log, which must hold all that was planned.
  bool RestsOnWhatIsUnderWay(const AppendRequest& request) {
    return under_way_ != nullptr &&
           (under_way_->request_ids.contains(absl::HashOf(request.sealed.request_id)) ||
            states_.Find(request.sealed.contract_id) == nullptr || Erases(request));
  }

  void TakeUp(std::unique_ptr<PendingAppend> pending, Batch* batch) {
    AppendRequest& request = pending->request;
    if (request.deadline != absl::InfiniteFuture() && request.deadline <= absl::Now()) {
      return desk_.Refuse(std::move(pending), DeadlineRefusal(/*queued=*/true));
    }
    // A known id is answered whatever became of the contract, so this is asked first.
    absl::StatusOr<std::optional<StoredRequest>> row = log_.FindRequest(request.sealed.request_id);
    if (!row.ok()) return desk_.Refuse(std::move(pending), row.status());
    PlannedRequest planned{.request = &request, .is_known = row->has_value()};
    if (planned.is_known) {
      batch->rows.push_back(**std::move(row));
    } else if (disk_is_low_) {
      return desk_.Refuse(std::move(pending), DiskReserveRefusal(log_));
    } else {
      const std::string& contract_id = request.sealed.contract_id;
      planned.state = states_.Find(contract_id);
      if (planned.state == nullptr) {
        if (const auto failed = failed_loads_.find(contract_id); failed != failed_loads_.end()) {
          return desk_.Refuse(std::move(pending), failed->second);
        }
        Load(contract_id);
        return waiting_.Add(std::move(pending));
      }
      batch->events += request.sealed.events.size();
      batch->bytes += request.bytes;
      batch->erases |= Erases(request);
    }
    batch->planned.push_back(planned);
    batch->pending.push_back(std::move(pending));
  }

  void Load(const std::string& contract_id) {
    if (!loading_.insert(contract_id).second) return;
    loaders_.Schedule([this, contract_id] {
      queue_.PushLoaded({contract_id, FoldState(log_, contract_id)});
    });
  }

  // The commit protocol: planned here, written here or, where it is much, on the writer thread
  // while the next one is planned. False once the committer has stopped for good.
  bool Proceed(Batch batch) {
    const ClockReading now = ReadClock();
    const RecordingTime time = recording_clock_.Read(now);
    WAYMARK_FAILPOINT("before_plan");
    auto plan = std::make_shared<CommitPlan>(PlanCommit(batch.planned, {tree_, time, ledger_id_}));
    WAYMARK_FAILPOINT("after_plan");  // Crash up to here: nothing of it happened.
    Commit commit{std::move(batch), std::move(plan), time};
    if (absl::Status before = Settle(); !before.ok()) {
      NotWritten(before, std::move(commit), /*attempted=*/false);  // It rests on what is not there.
      return GoesOn(before);
    }
    recording_clock_.Recorded(time, now);
    tree_ = commit.plan->tree;
    const CommitRecord& record = commit.plan->record;
    if (record.events.size() >= kPlanAheadEventsMin && record.erased.empty()) {
      HandOver(std::move(commit));
      return true;
    }
    absl::Status written = Write(&commit);
    if (!written.ok()) NotWritten(written, std::move(commit), /*attempted=*/true);
    return GoesOn(written);
  }

  void HandOver(Commit commit) {
    under_way_ = std::make_unique<CommitUnderWay>();
    for (const CommitRequest& request : commit.plan->record.requests) {
      under_way_->request_ids.insert(absl::HashOf(request.request_id));
    }
    under_way_->commit = std::move(commit);
    writer_.Schedule([this, own = under_way_.get()] {
      own->written = Write(&own->commit);
      own->done.Notify();
    });
  }

  // Waits for the commit under way, if there is one. Why it is not written, if it is not: then its
  // requests are answered.
  absl::Status Settle() {
    if (under_way_ == nullptr) return absl::OkStatus();
    under_way_->done.WaitForNotification();
    const std::unique_ptr<CommitUnderWay> done = std::move(under_way_);
    if (!done->written.ok()) NotWritten(done->written, std::move(done->commit), /*attempted=*/true);
    return done->written;
  }

  // The effect. Gives the answers away if it succeeds.
  absl::Status Write(Commit* commit) {
    const CommitRecord& record = commit->plan->record;
    if (!record.requests.empty()) {
      RETURN_IF_ERROR(log_.Append(record));
      // Crash from here on: all of it is recorded, and a repeat gets its receipt.
      WAYMARK_FAILPOINT("after_write");
      head_.Publish(record.new_size);
      WAYMARK_FAILPOINT("after_head");
      NoteClock(commit->time);
      // The state still says what the log no longer does.
      if (!record.erased.empty()) states_.Drop(record.requests.front().contract_id);
    }
    AnswerKnown(*commit->plan, &commit->batch);
    desk_.Answer(std::move(commit->batch.pending), std::move(commit->plan));
    return absl::OkStatus();
  }

  // Leaves null in the places of those that it hands over.
  void AnswerKnown(const CommitPlan& plan, Batch* batch) {
    size_t row = 0;
    for (size_t i = 0; i < batch->pending.size(); ++i) {
      if (plan.outcomes[i].verdict != Verdict::kKnown) continue;
      desk_.AnswerKnown(std::move(batch->pending[i]), std::move(batch->rows[row++]));
    }
  }

  void NoteClock(const RecordingTime& time) {
    absl::MutexLock lock(&status_mutex_);
    clock_back_ = time.back;
    clock_ahead_ = time.ahead;
  }

  // Neither a full disk nor a payload that is to be erased and cannot be read has written anything.
  static bool NothingHappened(const absl::Status& why) {
    return why.code() == absl::StatusCode::kResourceExhausted || absl::IsDataLoss(why);
  }

  // What was refused may rest on what was planned before it, so nobody is told more than the disk
  // knows.
  void NotWritten(const absl::Status& why, Commit commit, bool attempted) {
    const CommitPlan& plan = *commit.plan;
    AnswerKnown(plan, &commit.batch);
    for (size_t i = 0; i < commit.batch.pending.size(); ++i) {
      std::unique_ptr<PendingAppend>& pending = commit.batch.pending[i];
      if (pending == nullptr) continue;
      const Verdict verdict = plan.outcomes[i].verdict;
      // The states have moved on without the log.
      if (verdict == Verdict::kTaken) {
        states_.Drop(plan.record.requests[plan.outcomes[i].record_index].contract_id);
      }
      if (NothingHappened(why)) {
        desk_.Refuse(std::move(pending), why);
      } else {
        const bool unknown = attempted && verdict != Verdict::kRefused;
        desk_.Refuse(std::move(pending), CommitFailed(why, unknown ? "UNKNOWN" : "NOT_EXECUTED"));
      }
    }
  }

  // False, and stopped, if the log can take no more.
  bool GoesOn(const absl::Status& written) {
    if (written.ok()) return true;
    if (!NothingHappened(written)) {
      Stop(written);
      return false;
    }
    tree_ = log_.tree();
    return true;
  }

  // An unsuccessful write leaves the disk unknown, so no later one may follow it.
  void Stop(const absl::Status& why) {
    const absl::Status refusal = CommitFailed(why, "NOT_EXECUTED");
    queue_.Close(refusal);
    {
      absl::MutexLock lock(&status_mutex_);
      failed_ = why;
    }
    TakeIn(queue_.Take(CommitQueue::Wait::kNo));
    waiting_.Release(&pending_);
    for (auto& pending : pending_) desk_.Refuse(std::move(pending), refusal);
    pending_.clear();
    on_failure_(why);
  }

  void Discard(std::vector<ContractState> states) {
    if (states.empty()) return;
    loaders_.Schedule([gone = std::make_shared<std::vector<ContractState>>(std::move(states))] {
      gone->clear();
    });
  }

  EventLog& log_;
  const Clock& clock_;
  HeadWatch& head_;
  const std::function<void(absl::Status)> on_failure_;
  const std::string ledger_id_;
  CommitQueue queue_;

  // Of the commit thread alone.
  PendingAppends pending_;  // in the order of submission
  WaitingRoom waiting_;
  absl::flat_hash_set<std::string> loading_;
  absl::flat_hash_map<std::string, absl::Status> failed_loads_;
  bool disk_is_low_ = false;
  StateCache states_;
  // With all that was planned in it.
  merkle::CompactTree tree_;
  RecordingClock recording_clock_;
  std::unique_ptr<CommitUnderWay> under_way_;  // null if there is none

  mutable absl::Mutex status_mutex_;
  bool clock_back_ ABSL_GUARDED_BY(status_mutex_) = false;
  bool clock_ahead_ ABSL_GUARDED_BY(status_mutex_) = false;
  absl::Status failed_ ABSL_GUARDED_BY(status_mutex_);

  WorkerPool loaders_;
  WorkerPool writer_;
  AnswerDesk desk_;
  absl::Mutex shutdown_mutex_;
  std::thread commit_thread_;
};

Committer::Committer(EventLog& log, const Clock& clock, HeadWatch& head,
                     std::function<void(absl::Status)> on_failure, CommitterOptions options)
    : threads_(std::make_unique<Threads>(log, clock, head, std::move(on_failure), options)) {}

Committer::~Committer() { Shutdown(); }

void Committer::Submit(AppendRequest request, Answer answer) {
  threads_->Submit(std::move(request), std::move(answer));
}

void Committer::Shutdown() { threads_->Shutdown(); }

CommitterStatus Committer::status() const { return threads_->status(); }

}  // namespace waymark
