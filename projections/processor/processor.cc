#include "projections/processor/processor.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "projections/maturity/maturity_projection.h"
#include "projections/maturity/maturity_rows.h"

namespace waymark::processor {
namespace {

// How soon to look again while somebody waits for what is being applied.
constexpr absl::Duration kHurriedLookEvery = absl::Milliseconds(2);

}  // namespace

Processor::Processor(ProjectionEngine& engine, const EventLog& log, const Clock& clock,
                     HashFunction hash, AppendFunction append)
    : engine_(engine),
      log_(log),
      clock_(clock),
      hash_(hash),
      append_(std::move(append)),
      contracts_(log, hash, kContractsInMemoryMax),
      thread_([this] { Work(); }) {}

Processor::~Processor() { Stop(); }

void Processor::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Processor::Settle(absl::Duration timeout) {
  const Round wanted{log_.head(), clock_.Now()};
  // Where somebody waits the view does not rest.
  auto applied = std::make_shared<absl::Notification>();
  engine_.CallWhenApplied(maturity::kProjectionName, wanted.applied, absl::Now() + timeout,
                          [applied](const absl::Status&) { applied->Notify(); });
  applied->WaitForNotification();
  absl::MutexLock lock(&mutex_);
  hurried_ = true;
  const auto settled = [this, &wanted]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || (quiet_ && quiet_->applied >= wanted.applied && quiet_->now >= wanted.now);
  };
  mutex_.AwaitWithTimeout(absl::Condition(&settled), timeout);
}

void Processor::Work() {
  const auto called = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || hurried_; };
  const auto stopping = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_; };
  for (;;) {
    // Both are read before the look, so that a quiet one has seen all that was there.
    const UnixMicros now = clock_.Now();
    const absl::StatusOr<std::shared_ptr<const View>> view =
        engine_.Serving(maturity::kProjectionName);
    const TreeSize applied = view.ok() ? (*view)->applied() : TreeSize{0};
    const bool quiet = view.ok() && LookAround(**view, now);
    absl::MutexLock lock(&mutex_);
    if (quiet) quiet_ = Round{applied, now};
    if (stopping_) return;
    if (hurried_ && !(quiet && applied >= log_.head())) {
      mutex_.AwaitWithTimeout(absl::Condition(&stopping), kHurriedLookEvery);
      continue;
    }
    hurried_ = false;
    mutex_.AwaitWithTimeout(absl::Condition(&called), kLookEvery);
  }
}

bool Processor::LookAround(const View& view, UnixMicros now) {
  struct Change {
    std::string contract_id;
    Position newest;
  };
  std::vector<Change> changes;
  bool quiet = true;
  const absl::Status read =
      view.Scan(maturity::NewestFactPrefix(), maturity::NewestFactPrefix(),
                [&](absl::string_view key, absl::string_view value) {
                  const absl::StatusOr<Position> newest = maturity::DecodePosition(value);
                  if (!newest.ok()) return quiet = false;
                  changes.push_back({std::string(maturity::ContractOfNewestFact(key)), *newest});
                  return true;
                });
  if (!read.ok()) return false;
  for (const Change& change : changes) {
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return false;
    }
    if (!LookAt(view, change.contract_id, change.newest, now)) quiet = false;
  }
  return quiet;
}

bool Processor::LookAt(const View& view, const std::string& contract_id, Position newest,
                       UnixMicros now) {
  const auto place = seen_.find(contract_id);
  if (place != seen_.end()) {
    const Seen& seen = place->second;
    if (view.applied() < seen.appended) return false;
    // The day is the contract's own, but none begins before that of the easternmost zone.
    const absl::CivilDay latest =
        absl::ToCivilDay(absl::FromUnixMicros(static_cast<int64_t>(now.value)) + absl::Hours(14),
                         absl::UTCTimeZone());
    if (newest == seen.newest && (!seen.next_day || latest < *seen.next_day)) return true;
  }
  Agenda agenda;
  const absl::Status looked = contracts_.Ask(
      view, contract_id, [&](const maturity::ViewedContract& contract) -> absl::Status {
        ASSIGN_OR_RETURN(const Digest root, log_.RootAt(contract.applied));
        const absl::CivilDay today = CivilDayIn(contract.state.time_zone, now);
        agenda = FindSystemEvents(contract.state, {today, contract.applied, root}, hash_);
        return absl::OkStatus();
      });
  if (!looked.ok()) return ReasonOf(looked) == "CONTRACT_UNKNOWN";
  Seen& seen = seen_[contract_id];
  seen.newest = newest;
  seen.next_day = agenda.next_day;
  return AppendAll(contract_id, agenda.requests);
}

bool Processor::AppendAll(const std::string& contract_id,
                          const std::vector<v1::AppendRequest>& requests) {
  bool none = true;
  for (const v1::AppendRequest& request : requests) {
    const absl::StatusOr<TreeSize> head = append_(request);
    Seen& seen = seen_[contract_id];
    if (head.ok()) {
      seen.appended = std::max(seen.appended, *head);
      none = false;
    } else if (absl::IsResourceExhausted(head.status()) || absl::IsUnavailable(head.status())) {
      // Nothing was written for want of room or time: it is looked for again.
      seen_.erase(contract_id);
      return false;
    }
  }
  return none;
}

}  // namespace waymark::processor
