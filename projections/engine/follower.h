// This header defines how one view follows the log, batch by batch. Building a view and keeping one
// up to date are the same work; only the batches differ. Inner header of projections/engine.
#ifndef WAYMARK_PROJECTIONS_ENGINE_FOLLOWER_H_
#define WAYMARK_PROJECTIONS_ENGINE_FOLLOWER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"
#include "ledger/storage/event_log.h"
#include "projections/engine/projection.h"
#include "projections/engine/read_ahead.h"
#include "projections/engine/view_store.h"

namespace waymark {

struct FollowerOptions {
  // Events read at a time: so few that they still lie in the processor's cache when they are
  // applied.
  BatchBounds reading = {256, 1 << 20};
  // Events whose rows are stored together: while the log is followed closely, and while there is
  // more than that to catch up with.
  uint32_t following_events_max = 4096;
  uint32_t catching_up_events_max = 16384;
  // How long a view rests after a few events, so that what comes meanwhile is stored together and
  // the commit thread has nobody to wake.
  absl::Duration rest = absl::Milliseconds(10);
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
  // Applies events from the view's position on to `rows_`, up to `until` or until they are enough.
  // `next_` is where it came to, also when it failed there.
  absl::Status Gather(TreeSize until);
  absl::Status Apply(const EventView& stored);
  absl::Status Store();

  const std::shared_ptr<View> view_;
  const Projection& code_;
  const EventLog& log_;
  ViewStore& store_;
  const FollowerOptions options_;

  // The batch being gathered: its rows, the position after it, and the leaf before that.
  Rows rows_;
  Position next_;
  std::string last_header_;
  // While there is much to catch up with, what was read of it.
  std::unique_ptr<ReadAhead> ahead_;
  EventBatch batch_;
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_FOLLOWER_H_
