#include "projections/engine/follower.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/failpoint.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "projections/engine/ledger_event.h"

namespace waymark {
namespace {

// The projection's own word for what is wrong, with the place.
absl::Status At(Position position, absl::string_view projection, const absl::Status& status) {
  return Refuse(
      {status.code(), "EVENT_NOT_APPLICABLE",
       absl::StrCat("position ", position.value, ": ", projection, ": ", status.message())});
}

}  // namespace

Follower::Follower(std::shared_ptr<View> view, const Projection& code, const EventLog& log,
                   ViewStore& store, const FollowerOptions& options)
    : view_(std::move(view)), code_(code), log_(log), store_(store), options_(options) {
  WAYMARK_CHECK(code_.version() == view_->version());
}

absl::Status Follower::Apply(const EventView& stored) {
  WAYMARK_CHECK(stored.position == next_);
  ASSIGN_OR_RETURN(const LedgerEvent event, ViewOf(stored));
  const absl::Status status = code_.Apply(event, rows_);
  if (!status.ok()) return At(stored.position, code_.name(), status);
  last_header_.assign(stored.header.data(), stored.header.size());
  ++next_.value;
  return absl::OkStatus();
}

absl::Status Follower::Gather(TreeSize until) {
  rows_.Clear();
  next_ = Position{view_->applied().value};
  const auto left = [&] { return until.value - std::min(until.value, next_.value); };
  const uint64_t enough =
      next_.value + (left() > options_.following_events_max ? options_.catching_up_events_max
                                                            : options_.following_events_max);
  while (next_.value < enough) {
    if (ahead_ == nullptr && left() <= options_.following_events_max) {
      return log_.Visit(next_, until, [this](const EventView& stored) { return Apply(stored); });
    }
    if (ahead_ == nullptr) {
      ahead_ = std::make_unique<ReadAhead>(log_, next_, until, options_.reading);
    }
    RETURN_IF_ERROR(ahead_->Next(&batch_));
    if (batch_.events().empty()) ahead_.reset();
    for (const EventView& stored : batch_.events()) RETURN_IF_ERROR(Apply(stored));
  }
  return absl::OkStatus();
}

absl::Status Follower::Store() {
  if (next_.value == view_->applied().value) return absl::OkStatus();
  WAYMARK_FAILPOINT("before_view_commit");
  RETURN_IF_ERROR(store_.Commit(*view_, rows_, TreeSize{next_.value}, last_header_));
  WAYMARK_FAILPOINT("after_view_commit");
  return absl::OkStatus();
}

absl::StatusOr<bool> Follower::Advance(TreeSize head) {
  const TreeSize before = view_->applied();
  const absl::Status gathered = Gather(head);
  const Position failed_at = next_;
  if (!gathered.ok()) {
    // The event that failed may have left rows of its own: gather again without it.
    ahead_.reset();
    RETURN_IF_ERROR(Gather(TreeSize{failed_at.value}));
  }
  if (absl::Status stored = Store(); !stored.ok()) {
    ahead_.reset();
    return stored;
  }
  if (!gathered.ok() && next_ == failed_at) return gathered;
  return view_->applied() > before;
}

}  // namespace waymark
