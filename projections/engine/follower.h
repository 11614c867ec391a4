// This header defines how one view follows the log, batch by batch. Building a view and keeping one
// up to date are the same work; only the batches differ. Inner header of projections/engine.
#ifndef WAYMARK_PROJECTIONS_ENGINE_FOLLOWER_H_
#define WAYMARK_PROJECTIONS_ENGINE_FOLLOWER_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"
#include "projections/engine/projection.h"
#include "projections/engine/read_ahead.h"
#include "projections/engine/view_store.h"

namespace waymark {

struct FollowerOptions {
  // While the log is followed closely, and while there is much to catch up with.
  BatchBounds following = {4096, 4 << 20};
  BatchBounds catching_up = {16384, 16 << 20};
};

// Used by one thread.
class Follower {
 public:
  // `code` is of the view's version. Everything must outlive the follower.
  Follower(std::shared_ptr<View> view, const Projection& code, const EventLog& log,
           ViewStore& store, const FollowerOptions& options);

  const std::shared_ptr<View>& view() const { return view_; }

  // Applies one batch of the events below `head` and stores rows and position together. False if
  // there are none. Where an event cannot be applied the ones before it are, and the error names
  // its position; the next call meets it again. ResourceExhausted DISK_RESERVE: try again later.
  absl::StatusOr<bool> Advance(TreeSize head);

 private:
  absl::StatusOr<std::vector<StoredEvent>> NextBatch(TreeSize head);
  // Applies the first `count` events to `rows`; `applied` counts those before one that cannot be
  // applied.
  absl::Status Apply(const std::vector<StoredEvent>& events, size_t count, Rows* rows,
                     size_t* applied) const;

  const std::shared_ptr<View> view_;
  const Projection& code_;
  const EventLog& log_;
  ViewStore& store_;
  const FollowerOptions options_;
  Rows rows_;
  std::unique_ptr<ReadAhead> ahead_;
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_FOLLOWER_H_
