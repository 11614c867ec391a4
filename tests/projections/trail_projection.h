// This header defines a projection for tests of the engine: it keeps a trail of every stream, can
// be stopped at a position, and can fail at one.
#ifndef WAYMARK_TESTS_PROJECTIONS_TRAIL_PROJECTION_H_
#define WAYMARK_TESTS_PROJECTIONS_TRAIL_PROJECTION_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "projections/engine/projection.h"

namespace waymark::test {

struct TrailOptions {
  std::string name = "trail";
  uint32_t version = 1;
  // Fails there.
  std::optional<uint64_t> poison = {};
  // Waits there, every time, until notified.
  std::optional<uint64_t> gate = {};
  absl::Notification* opened = nullptr;
  // Counts the batches that it is given: an event that finds no rows begins one.
  std::atomic<int>* batches = nullptr;
};

class TrailProjection : public Projection {
 public:
  explicit TrailProjection(TrailOptions options) : options_(std::move(options)) {}

  absl::string_view name() const override { return options_.name; }
  uint32_t version() const override { return options_.version; }

  absl::Status Apply(const LedgerEvent& event, Rows& rows) const override {
    const uint64_t position = event.position.value;
    if (options_.gate == position) options_.opened->WaitForNotification();
    if (options_.batches != nullptr && rows.Sorted().empty()) ++*options_.batches;
    // Rows of a version have names of their own, so that none of another one can hide among them.
    rows.Append(absl::StrCat("trail", options_.version, "/", event.contract_id),
                absl::StrCat(position, ":", event.revision.value, ":", event.payload.size(), " "));
    rows.Put(
        absl::StrCat("last", options_.version, "/", event.contract_id),
        absl::StrCat(event.event_type, " ", event.recorded_at.value, " ", event.request_index));
    rows.Put(absl::StrCat("type", options_.version, "/", position % 7), event.payload);
    if (options_.poison == position) return absl::DataLossError("this event is poison");
    return absl::OkStatus();
  }

 private:
  const TrailOptions options_;
};

template <typename... Options>
std::vector<std::unique_ptr<Projection>> Trails(Options... options) {
  std::vector<std::unique_ptr<Projection>> all;
  (all.push_back(std::make_unique<TrailProjection>(std::move(options))), ...);
  return all;
}

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_PROJECTIONS_TRAIL_PROJECTION_H_
