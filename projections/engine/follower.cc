#include "projections/engine/follower.h"

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

absl::StatusOr<std::vector<StoredEvent>> Follower::NextBatch(TreeSize head) {
  const Position next{view_->applied().value};
  if (ahead_ != nullptr) {
    ASSIGN_OR_RETURN(std::vector<StoredEvent> events, ahead_->Next());
    if (!events.empty()) return events;
    ahead_.reset();
  }
  if (next.value >= head.value) return std::vector<StoredEvent>();
  if (head.value - next.value > options_.following.events_max) {
    ahead_ = std::make_unique<ReadAhead>(log_, next, head, options_.catching_up);
    return ahead_->Next();
  }
  ReadOptions read;
  read.events_max = options_.following.events_max;
  read.bytes_max = options_.following.bytes_max;
  read.until = head;
  return log_.Read(next, read);
}

absl::Status Follower::Apply(const std::vector<StoredEvent>& events, size_t count, Rows* rows,
                             size_t* applied) const {
  for (*applied = 0; *applied < count; ++*applied) {
    const StoredEvent& stored = events[*applied];
    ASSIGN_OR_RETURN(const LedgerEvent event, ViewOf(stored));
    if (absl::Status status = code_.Apply(event, *rows); !status.ok()) {
      return At(stored.position, code_.name(), status);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Follower::Advance(TreeSize head) {
  absl::StatusOr<std::vector<StoredEvent>> events = NextBatch(head);
  if (!events.ok()) {
    ahead_.reset();
    return events.status();
  }
  if (events->empty()) return false;
  WAYMARK_CHECK(events->front().position.value == view_->applied().value);

  rows_.Clear();
  size_t applied = 0;
  const absl::Status poison = Apply(*events, events->size(), &rows_, &applied);
  if (!poison.ok()) {
    // The event may have left rows of its own: begin again without it.
    const size_t good = applied;
    rows_.Clear();
    RETURN_IF_ERROR(Apply(*events, good, &rows_, &applied));
    ahead_.reset();
  }
  if (applied > 0) {
    const StoredEvent& last = (*events)[applied - 1];
    WAYMARK_FAILPOINT("before_view_commit");
    const absl::Status stored =
        store_.Commit(*view_, rows_, SizeThrough(last.position), last.header);
    WAYMARK_FAILPOINT("after_view_commit");
    if (!stored.ok()) {
      ahead_.reset();
      return stored;
    }
  }
  if (!poison.ok()) return poison;
  return true;
}

}  // namespace waymark
