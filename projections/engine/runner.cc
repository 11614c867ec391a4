#include "projections/engine/runner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark {
namespace {

// How long rows that found no room on the disk wait before they are offered again.
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

absl::Status Cancelled(absl::string_view name) {
  return Refuse({absl::StatusCode::kCancelled, "REBUILD_CANCELLED",
                 absl::StrCat("rebuild of ", name, ": cancelled; start it again when wanted")});
}

bool IsWaitingForDisk(const absl::Status& fault) { return ReasonOf(fault) == "DISK_RESERVE"; }

}  // namespace

Runner::Runner(std::vector<const Projection*> versions, const EventLog& log, HeadWatch& head,
               ViewStore& store, const FollowerOptions& options)
    : versions_(std::move(versions)), log_(log), head_(head), store_(store), options_(options) {
  WAYMARK_CHECK(!versions_.empty());
}

Runner::~Runner() { Stop(); }

const Projection* Runner::CodeOf(uint32_t version) const {
  for (const Projection* code : versions_) {
    if (code->version() == version) return code;
  }
  return nullptr;
}

// False after the ledger was restored to an earlier size, or replaced: the rows tell of another
// history.
absl::StatusOr<bool> Runner::FollowsFromLog(const View& view) const {
  const TreeSize applied = view.applied();
  if (applied.value == 0) return true;
  if (applied > log_.head()) return false;
  ASSIGN_OR_RETURN(const StoredEvent last,
                   log_.ReadOne(Position{applied.value - 1}, /*headers_only=*/true));
  return last.header == view.last_header();
}

std::unique_ptr<Follower> Runner::Follow(std::shared_ptr<View> view) const {
  const Projection* const code = CodeOf(view->version());
  return std::make_unique<Follower>(std::move(view), *code, log_, store_, options_);
}

absl::Status Runner::BeginBuild() {
  ASSIGN_OR_RETURN(std::shared_ptr<View> view,
                   store_.CreateBuilding(versions_.back()->name(), versions_.back()->version()));
  building_ = Lane{Follow(std::move(view)), absl::OkStatus()};
  return absl::OkStatus();
}

absl::Status Runner::Start() {
  const absl::string_view name = versions_.back()->name();
  const uint32_t wanted = versions_.back()->version();
  std::shared_ptr<View> serving = store_.Serving(name);
  if (serving != nullptr) {
    ASSIGN_OR_RETURN(const bool follows, FollowsFromLog(*serving));
    if (!follows) {
      RETURN_IF_ERROR(store_.DropServing(name));
      serving = nullptr;
    } else if (CodeOf(serving->version()) == nullptr) {
      // Nobody here can read its rows; the flip to the wanted version drops them.
      serving = nullptr;
    }
  }
  std::shared_ptr<View> building = store_.Building(name);
  if (building != nullptr) {
    ASSIGN_OR_RETURN(const bool follows, FollowsFromLog(*building));
    if (!follows || building->version() != wanted) {
      RETURN_IF_ERROR(store_.DropBuilding(name));
      building = nullptr;
    }
  }
  if (serving != nullptr) serving_.follower = Follow(serving);
  if (building != nullptr) {
    building_.follower = Follow(building);
  } else if (serving == nullptr || serving->version() != wanted) {
    RETURN_IF_ERROR(BeginBuild());
  }
  // On a ledger without news the wanted view serves from the first moment.
  RETURN_IF_ERROR(FlipIfReady(head_.size()));
  Show();
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void Runner::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    orders_.stop = true;
  }
  if (thread_.joinable()) thread_.join();
  const absl::Status draining = Refuse({absl::StatusCode::kUnavailable, "DRAINING",
                                        "the projection is shutting down; ask again later"});
  waiting_.Fail(draining);
  {
    absl::MutexLock lock(&mutex_);
    HearAll();
  }
  Report(draining);
}

std::shared_ptr<const View> Runner::serving() const {
  absl::MutexLock lock(&mutex_);
  return serving_shown_.view;
}

uint64_t Runner::CallWhenApplied(TreeSize size, absl::Time deadline, AppliedCallback callback) {
  const uint64_t ticket = waiting_.CallWhenReached(size, deadline, std::move(callback));
  if (ticket != 0) {
    // The thread may be asleep until a later deadline.
    absl::MutexLock lock(&mutex_);
    orders_.answer = true;
  }
  return ticket;
}

void Runner::Rebuild(RebuildProgress progress) {
  RebuildProgress ended;
  {
    absl::MutexLock lock(&mutex_);
    if (progress_.size() == kRebuildListenersMax) {
      ended = std::move(progress_.front().call);
      progress_.pop_front();
    }
    progress_.push_back({std::move(progress)});
    orders_.rebuild = true;
  }
  if (ended == nullptr) return;
  ended(Refuse({absl::StatusCode::kResourceExhausted, "REBUILD_LISTENERS_FULL",
                absl::StrCat("rebuild of ", versions_.back()->name(), ": goes on, but ",
                             kRebuildListenersMax, " others listen; read its status")}));
}

absl::Status Runner::CancelRebuild() {
  absl::MutexLock lock(&mutex_);
  if (building_shown_.view == nullptr && !build_begins_ && !orders_.rebuild) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "NOT_BUILDING",
                   absl::StrCat(versions_.back()->name(), ": no rebuild is running")});
  }
  if (serving_shown_.view == nullptr) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "BUILD_NEEDED",
                   absl::StrCat(versions_.back()->name(),
                                ": nothing else serves; this build cannot be cancelled")});
  }
  orders_.cancel = true;
  return absl::OkStatus();
}

std::vector<v1::ProjectionStatus> Runner::Status() const {
  const TreeSize head = head_.size();
  std::vector<v1::ProjectionStatus> all;
  absl::MutexLock lock(&mutex_);
  for (const Shown* shown : {&serving_shown_, &building_shown_}) {
    if (shown->view == nullptr) continue;
    v1::ProjectionStatus& status = all.emplace_back();
    status.set_name(shown->view->projection());
    status.set_version(shown->view->version());
    const uint64_t applied = shown->view->applied().value;
    status.set_applied(applied);
    status.set_lag(head.value > applied ? head.value - applied : 0);
    status.set_fault(shown->fault);
    const char* const at_work = shown == &serving_shown_ ? "SERVING" : "BUILDING";
    status.set_state(shown->stopped ? "STOPPED" : at_work);
  }
  return all;
}

void Runner::Run() {
  for (;;) {
    Orders orders;
    {
      absl::MutexLock lock(&mutex_);
      std::swap(orders, orders_);
      build_begins_ = orders.rebuild;
      if (orders.rebuild) HearAll();
    }
    if (orders.stop) return;
    if (absl::Status obeyed = Obey(orders); !obeyed.ok()) {
      Show();
      Report(obeyed);
    }
    const bool moved = Turn();
    waiting_.Expire(absl::Now(), head_.size());
    if (moved) {
      Rest();
    } else {
      const bool retry = IsWaitingForDisk(serving_.fault) || IsWaitingForDisk(building_.fault);
      WaitForOrders(std::min(waiting_.NextDeadline(),
                             retry ? absl::Now() + kRetryAfter : absl::InfiniteFuture()));
    }
  }
}

absl::Status Runner::Obey(const Orders& orders) {
  if (orders.rebuild && !building_.moving()) RETURN_IF_ERROR(BeginBuild());
  if (orders.cancel && building_.follower != nullptr && serving_.follower != nullptr) {
    building_ = Lane{};
    RETURN_IF_ERROR(store_.DropBuilding(versions_.back()->name()));
    return Cancelled(versions_.back()->name());
  }
  return absl::OkStatus();
}

// One batch for each view. True if either moved.
bool Runner::Turn() {
  const TreeSize head = head_.size();
  bool moved = false;
  // Once the new view is a batch behind, the serving one stands still until it is overtaken: under
  // steady load both would otherwise run side by side for ever.
  const bool nearly_built =
      building_.moving() && serving_.moving() &&
      serving_.follower->view()->applied().value <=
          building_.follower->view()->applied().value + options_.catching_up_events_max;
  if (!nearly_built) moved |= Advance(&serving_, head);
  if (Advance(&building_, head)) {
    moved = true;
    v1::RebuildProjectionReply reply;
    reply.set_applied(building_.follower->view()->applied().value);
    reply.set_head(head.value);
    reply.set_version(building_.follower->view()->version());
    Report(reply);
  }
  if (absl::Status flipped = FlipIfReady(head); !flipped.ok()) building_.fault = flipped;
  Show();
  if (building_.follower != nullptr && !building_.fault.ok() &&
      !IsWaitingForDisk(building_.fault)) {
    Report(building_.fault);
  }
  return moved;
}

bool Runner::Advance(Lane* lane, TreeSize head) {
  if (IsWaitingForDisk(lane->fault)) lane->fault = absl::OkStatus();
  if (!lane->moving()) return false;
  const absl::StatusOr<bool> moved = lane->follower->Advance(head);
  lane->fault = moved.status();
  return moved.ok() && *moved;
}

absl::Status Runner::FlipIfReady(TreeSize head) {
  if (!building_.moving()) return absl::OkStatus();
  const TreeSize built = building_.follower->view()->applied();
  // A view that has stopped is no measure of how far the new one has to come.
  const TreeSize needed = serving_.moving() ? serving_.follower->view()->applied() : head;
  if (built < needed) return absl::OkStatus();
  RETURN_IF_ERROR(store_.Flip(versions_.back()->name()));
  serving_ = std::exchange(building_, Lane{});
  Show();
  v1::RebuildProjectionReply reply;
  reply.set_applied(built.value);
  reply.set_head(head.value);
  reply.set_version(serving_.follower->view()->version());
  reply.set_flipped(true);
  Report(reply);
  return absl::OkStatus();
}

// Lets others see where the views are, and answers those who waited for it.
void Runner::Show() {
  const auto shown = [](const Lane& lane) {
    if (lane.follower == nullptr) return Shown{};
    return Shown{lane.follower->view(), std::string(lane.fault.message()),
                 !lane.fault.ok() && !IsWaitingForDisk(lane.fault)};
  };
  {
    absl::MutexLock lock(&mutex_);
    serving_shown_ = shown(serving_);
    building_shown_ = shown(building_);
    build_begins_ = false;
  }
  if (serving_.follower != nullptr) waiting_.Publish(serving_.follower->view()->applied());
  const absl::Status& fault = serving_.fault.ok() ? building_.fault : serving_.fault;
  const bool stopped = !serving_.moving() && !building_.moving() && !IsWaitingForDisk(fault);
  waiting_.Fail(
      stopped ? Refuse({absl::StatusCode::kUnavailable, "PROJECTION_STOPPED",
                        absl::StrCat(versions_.back()->name(), " has stopped: ", fault.message())})
              : absl::OkStatus());
}

void Runner::Report(absl::StatusOr<v1::RebuildProjectionReply> report) {
  const bool last = !report.ok() || report->flipped();
  std::vector<RebuildProgress> listeners;
  {
    absl::MutexLock lock(&mutex_);
    for (const Listener& listener : progress_) {
      if (listener.hears) listeners.push_back(listener.call);
    }
    if (last) std::erase_if(progress_, [](const Listener& listener) { return listener.hears; });
  }
  for (const RebuildProgress& listener : listeners) listener(report);
}

void Runner::HearAll() {
  for (Listener& listener : progress_) listener.hears = true;
}

void Runner::Rest() {
  if (building_.moving() || !serving_.moving()) return;
  const uint64_t applied = serving_.follower->view()->applied().value;
  if (head_.size().value > applied + options_.following_events_max) return;
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(this, &Runner::HasUrgentOrders), options_.rest);
}

void Runner::WaitForOrders(absl::Time deadline) {
  uint64_t next = UINT64_MAX;
  for (const Lane* lane : {&serving_, &building_}) {
    if (lane->moving()) next = std::min(next, lane->follower->view()->applied().value);
  }
  const bool listens = next != UINT64_MAX && !head_closed_;
  uint64_t ticket = 0;
  if (listens) {
    {
      absl::MutexLock lock(&mutex_);
      head_called_ = false;
    }
    ticket = head_.CallWhenAbove(TreeSize{next}, [this] {
      absl::MutexLock lock(&mutex_);
      head_called_ = true;
      orders_.follow = true;
    });
  }
  {
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithDeadline(absl::Condition(this, &Runner::HasOrders), deadline);
  }
  if (!listens || head_.Cancel(ticket)) return;
  // The call is on its way, or was made. It must not find this runner gone.
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(&head_called_));
  // The watch also calls when it is closed; then there is nothing more to hear from it.
  head_closed_ = head_.size().value <= next;
}

}  // namespace waymark
