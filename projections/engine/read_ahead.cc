#include "projections/engine/read_ahead.h"

#include <algorithm>
#include <utility>

namespace waymark {

bool EventBatch::Add(const EventView& event, const BatchBounds& bounds) {
  const size_t size = event.header.size() + event.payload.size();
  if (events_.empty()) {
    bytes_.reserve(std::max(bounds.bytes_max, size));
  } else if (events_.size() >= bounds.events_max || bytes_.size() + size > bounds.bytes_max) {
    return false;
  }
  EventView& kept = events_.emplace_back();
  kept.position = event.position;
  kept.header = Keep(event.header);
  kept.state = event.state;
  kept.payload = Keep(event.payload);
  return true;
}

absl::string_view EventBatch::Keep(absl::string_view bytes) {
  const size_t at = bytes_.size();
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return absl::string_view(bytes_.data() + at, bytes.size());
}

void EventBatch::Clear() {
  bytes_.clear();
  events_.clear();
}

ReadAhead::ReadAhead(const EventLog& log, Position from, TreeSize until, BatchBounds bounds)
    : log_(log), thread_([this, from, until, bounds] { Run(from, until, bounds); }) {}

ReadAhead::~ReadAhead() {
  {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
  }
  thread_.join();
}

void ReadAhead::Run(Position from, TreeSize until, BatchBounds bounds) {
  EventBatch batch;
  const absl::Status read = log_.Visit(from, until, [&](const EventView& event) {
    if (batch.Add(event, bounds)) return absl::OkStatus();
    if (!Put(&batch)) return absl::CancelledError("nobody reads on");
    batch.Add(event, bounds);
    return absl::OkStatus();
  });
  if (!batch.events().empty() && !Put(&batch)) return;
  absl::MutexLock lock(&mutex_);
  ended_ = read;
}

bool ReadAhead::Put(EventBatch* batch) {
  absl::MutexLock lock(&mutex_, absl::Condition(this, &ReadAhead::CanPut));
  if (cancelled_) return false;
  batches_.push_back(std::exchange(*batch, EventBatch()));
  if (!spent_.empty()) {
    *batch = std::move(spent_.back());
    spent_.pop_back();
  }
  return true;
}

absl::Status ReadAhead::Next(EventBatch* batch) {
  batch->Clear();
  absl::MutexLock lock(&mutex_, absl::Condition(this, &ReadAhead::CanTake));
  if (batches_.empty()) return *ended_;
  spent_.push_back(std::exchange(*batch, std::move(batches_.front())));
  batches_.pop_front();
  return absl::OkStatus();
}

}  // namespace waymark
