#include "projections/engine/read_ahead.h"

#include <utility>

namespace waymark {

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
  ReadOptions options;
  options.events_max = bounds.events_max;
  options.bytes_max = bounds.bytes_max;
  options.until = until;
  std::vector<std::vector<StoredEvent>> spent;
  for (bool last = false; !last;) {
    absl::StatusOr<std::vector<StoredEvent>> batch = std::vector<StoredEvent>();
    if (from.value < until.value) batch = log_.Read(from, options);
    last = !batch.ok() || batch->empty();
    if (!last) from = Position{batch->back().position.value + 1};
    {
      absl::MutexLock lock(&mutex_, absl::Condition(this, &ReadAhead::CanPut));
      if (cancelled_) return;
      batches_.push_back(std::move(batch));
      spent.swap(spent_);
    }
    spent.clear();
  }
}

absl::StatusOr<std::vector<StoredEvent>> ReadAhead::Next(std::vector<StoredEvent> spent) {
  absl::MutexLock lock(&mutex_, absl::Condition(this, &ReadAhead::CanTake));
  if (!spent.empty()) spent_.push_back(std::move(spent));
  // The last one stays: whoever asks again gets the end, or the error, again.
  if (!batches_.front().ok() || batches_.front()->empty()) return batches_.front();
  absl::StatusOr<std::vector<StoredEvent>> batch = std::move(batches_.front());
  batches_.pop_front();
  return batch;
}

}  // namespace waymark
