#include "ledger/service/calls_in_flight.h"

namespace waymark {

void CallsInFlight::Wake() { const absl::MutexLock lock(&mutex_); }

bool CallsInFlight::WaitUntilNone(absl::Duration timeout) const {
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(this, &CallsInFlight::None), timeout);
}

}  // namespace waymark
