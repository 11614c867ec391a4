// This header defines the runner of one projection: one thread that follows the log for the view
// that serves and, while there is one, for the view that is being built beside it. Inner header of
// projections/engine; others use engine.h.
#ifndef WAYMARK_PROJECTIONS_ENGINE_RUNNER_H_
#define WAYMARK_PROJECTIONS_ENGINE_RUNNER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/head_watch.h"
#include "projections/engine/applied_watch.h"
#include "projections/engine/follower.h"
#include "projections/engine/projection.h"
#include "projections/engine/view_store.h"
#include "waymark/v1/admin.pb.h"

namespace waymark {

// How far a rebuild has come; the last call has `flipped` set, or is an error. Must not block.
using RebuildProgress = std::function<void(absl::StatusOr<v1::RebuildProjectionReply>)>;

// Safe from any thread.
class Runner {
 public:
  // `versions`: the code of one projection, the wanted version last. Everything must outlive the
  // runner.
  Runner(std::vector<const Projection*> versions, const EventLog& log, HeadWatch& head,
         ViewStore& store, const FollowerOptions& options);
  ~Runner();  // Stop()
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // Settles which views there are, then starts the thread.
  absl::Status Start();
  // Waiters get Unavailable DRAINING. Safe to call twice.
  void Stop();

  // Null while the first view is being built.
  std::shared_ptr<const View> serving() const;
  uint64_t CallWhenApplied(TreeSize size, absl::Time deadline, AppliedCallback callback);
  bool Cancel(uint64_t ticket) { return waiting_.Cancel(ticket); }
  void Rebuild(RebuildProgress progress);
  absl::Status CancelRebuild();
  std::vector<v1::ProjectionStatus> Status() const;

 private:
  // What the thread is asked to do.
  struct Orders {
    bool follow = false;  // the head moved
    bool answer = false;  // somebody waits
    bool rebuild = false;
    bool cancel = false;
    bool stop = false;
    bool urgent() const { return answer || rebuild || cancel || stop; }
    bool any() const { return follow || urgent(); }
  };
  // A view on its way, and why it goes no further. The follower is the thread's own once that has
  // started.
  struct Lane {
    std::unique_ptr<Follower> follower;
    absl::Status fault;
    bool moving() const { return follower != nullptr && fault.ok(); }
  };
  // What others see of a lane.
  struct Shown {
    std::shared_ptr<View> view;
    std::string fault;
    // It will not be tried again.
    bool stopped = false;
  };

  const Projection* CodeOf(uint32_t version) const;
  absl::StatusOr<bool> FollowsFromLog(const View& view) const;
  absl::Status BeginBuild();
  std::unique_ptr<Follower> Follow(std::shared_ptr<View> view) const;

  void Run();
  absl::Status Obey(const Orders& orders);
  bool Turn();
  bool Advance(Lane* lane, TreeSize head);
  absl::Status FlipIfReady(TreeSize head);
  void Show();
  // To those who hear; the last report is their last.
  void Report(absl::StatusOr<v1::RebuildProjectionReply> report);
  void HearAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WaitForOrders(absl::Time deadline);
  // Lets small commits gather, unless somebody waits or there is much to do.
  void Rest();
  bool HasOrders() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return orders_.any(); }
  bool HasUrgentOrders() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return orders_.urgent(); }

  const std::vector<const Projection*> versions_;
  const EventLog& log_;
  HeadWatch& head_;
  ViewStore& store_;
  const FollowerOptions options_;
  AppliedWatch waiting_;

  // Owned by the thread once it has started.
  Lane serving_;
  Lane building_;
  bool head_closed_ = false;

  mutable absl::Mutex mutex_;
  Orders orders_ ABSL_GUARDED_BY(mutex_);
  bool head_called_ ABSL_GUARDED_BY(mutex_) = false;
  Shown serving_shown_ ABSL_GUARDED_BY(mutex_);
  Shown building_shown_ ABSL_GUARDED_BY(mutex_);
  // A build was ordered and taken up, and is not shown yet.
  bool build_begins_ ABSL_GUARDED_BY(mutex_) = false;
  struct Listener {
    RebuildProgress call;
    // Its order was taken up: what is reported before is of the build before.
    bool hears = false;
  };
  std::deque<Listener> progress_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_RUNNER_H_
