// This header defines the projection engine: it keeps the views of all projections up to date
// behind the log.
//
//   std::vector<std::unique_ptr<Projection>> projections;
//   projections.push_back(std::make_unique<MaturityProjection>());
//   ASSIGN_OR_RETURN(std::unique_ptr<ProjectionEngine> engine,
//                    ProjectionEngine::Open(directory, log, head, std::move(projections), {}));
//   engine->CallWhenApplied("maturity", SizeThrough(receipt_position), deadline, [](absl::Status
//   reached) { ... }); std::shared_ptr<const View> view = engine->Serving("maturity");
#ifndef WAYMARK_PROJECTIONS_ENGINE_ENGINE_H_
#define WAYMARK_PROJECTIONS_ENGINE_ENGINE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/head_watch.h"
#include "projections/engine/projection.h"
#include "projections/engine/runner.h"
#include "projections/engine/view_store.h"
#include "waymark/v1/admin.pb.h"

namespace waymark {

struct ProjectionEngineOptions {
  ViewStoreOptions store;
  FollowerOptions follower;
};

// Safe from any thread. Callbacks run on an engine thread, or on the caller's where the answer is
// known at once; they must be short and must not block. NotFound PROJECTION_UNKNOWN for a name that
// is not there.
class ProjectionEngine {
 public:
  // Opens the views in `directory` and starts to follow the log, which with `head` must outlive the
  // engine. Of several projections with one name the last is the version that is wanted; the others
  // serve a view that an earlier build stored until the wanted one has caught up. Errors: those of
  // ViewStore::Open.
  static absl::StatusOr<std::unique_ptr<ProjectionEngine>> Open(
      const std::string& directory, const EventLog& log, HeadWatch& head,
      std::vector<std::unique_ptr<Projection>> projections, const ProjectionEngineOptions& options);
  ~ProjectionEngine();  // Shutdown()
  ProjectionEngine(const ProjectionEngine&) = delete;
  ProjectionEngine& operator=(const ProjectionEngine&) = delete;

  // Ends the threads; views stay readable. Waiters get Unavailable DRAINING. Safe to call twice.
  void Shutdown();

  // The view that answers now; hold it for as long as one question lasts. Unavailable
  // PROJECTION_BUILDING while the first one is being built.
  absl::StatusOr<std::shared_ptr<const View>> Serving(absl::string_view name) const;

  // Calls back once, when the serving view has applied `size` events: OK; OutOfRange
  // MIN_POSITION_BEYOND_HEAD at once where the log has fewer; DeadlineExceeded POSITION_NOT_APPLIED
  // with metadata applied and head; Unavailable PROJECTION_STOPPED or DRAINING. Returns a ticket
  // for CancelCall, 0 if the callback has run.
  uint64_t CallWhenApplied(absl::string_view name, TreeSize size, absl::Time deadline,
                           AppliedCallback callback);
  // True if the callback had not run and now never will.
  bool CancelCall(absl::string_view name, uint64_t ticket);

  // Builds the projection anew from position 0 beside the view that serves, then flips to it; joins
  // a build that is already running. `progress` is called after every batch; its last call has
  // `flipped` set or is an error, such as Cancelled REBUILD_CANCELLED, or ResourceExhausted
  // REBUILD_LISTENERS_FULL where many others came to listen since; the build then goes on, and a
  // report that was on its way may still come.
  void Rebuild(absl::string_view name, RebuildProgress progress);
  // Ends a build and drops its rows. FailedPrecondition NOT_BUILDING, or BUILD_NEEDED where nothing
  // else serves.
  absl::Status CancelRebuild(absl::string_view name);

  // One entry for each view that serves or is being built, projections in the order of their names.
  std::vector<v1::ProjectionStatus> Status() const;

 private:
  ProjectionEngine(const HeadWatch& head, std::vector<std::unique_ptr<Projection>> projections,
                   std::unique_ptr<ViewStore> store);
  Runner* Find(absl::string_view name) const;

  const HeadWatch& head_;
  const std::vector<std::unique_ptr<Projection>> projections_;
  const std::unique_ptr<ViewStore> store_;
  std::map<std::string, std::unique_ptr<Runner>, std::less<>> runners_;
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_ENGINE_H_
