#include "projections/engine/engine.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark {
namespace {

absl::Status Unknown(absl::string_view name) {
  return Refuse({absl::StatusCode::kNotFound, "PROJECTION_UNKNOWN",
                 absl::StrCat("projection: there is none named \"", name, "\""), -1, "name"});
}

}  // namespace

ProjectionEngine::ProjectionEngine(const HeadWatch& head,
                                   std::vector<std::unique_ptr<Projection>> projections,
                                   std::unique_ptr<ViewStore> store)
    : head_(head), projections_(std::move(projections)), store_(std::move(store)) {}

absl::StatusOr<std::unique_ptr<ProjectionEngine>> ProjectionEngine::Open(
    const std::string& directory, const EventLog& log, HeadWatch& head,
    std::vector<std::unique_ptr<Projection>> projections, const ProjectionEngineOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<ViewStore> store,
                   ViewStore::Open(directory, log.identity().ledger_id, options.store));
  auto engine =
      absl::WrapUnique(new ProjectionEngine(head, std::move(projections), std::move(store)));
  std::map<std::string, std::vector<const Projection*>> by_name;
  for (const auto& projection : engine->projections_) {
    by_name[std::string(projection->name())].push_back(projection.get());
  }
  for (auto& [name, versions] : by_name) {
    auto runner =
        std::make_unique<Runner>(std::move(versions), log, head, *engine->store_, options.follower);
    RETURN_IF_ERROR(runner->Start());
    engine->runners_[name] = std::move(runner);
  }
  return engine;
}

ProjectionEngine::~ProjectionEngine() { Shutdown(); }

void ProjectionEngine::Shutdown() {
  for (const auto& [name, runner] : runners_) runner->Stop();
}

Runner* ProjectionEngine::Find(absl::string_view name) const {
  const auto found = runners_.find(name);
  return found == runners_.end() ? nullptr : found->second.get();
}

absl::StatusOr<std::shared_ptr<const View>> ProjectionEngine::Serving(
    absl::string_view name) const {
  const Runner* const runner = Find(name);
  if (runner == nullptr) return Unknown(name);
  std::shared_ptr<const View> view = runner->serving();
  if (view == nullptr) {
    return Refuse({absl::StatusCode::kUnavailable, "PROJECTION_BUILDING",
                   absl::StrCat(name, ": its first view is being built; ask again later")});
  }
  return view;
}

uint64_t ProjectionEngine::CallWhenApplied(absl::string_view name, TreeSize size,
                                           absl::Time deadline, AppliedCallback callback) {
  Runner* const runner = Find(name);
  if (runner == nullptr) {
    callback(Unknown(name));
    return 0;
  }
  if (const TreeSize head = head_.size(); size > head) {
    Violation beyond{absl::StatusCode::kOutOfRange, "MIN_POSITION_BEYOND_HEAD",
                     absl::StrCat("min_position: ", size.value - 1,
                                  " is not recorded; the ledger has ", head.value, " events"),
                     -1, "min_position"};
    beyond.metadata = {{"head", absl::StrCat(head.value)}};
    callback(Refuse(beyond));
    return 0;
  }
  return runner->CallWhenApplied(size, deadline, std::move(callback));
}

bool ProjectionEngine::CancelCall(absl::string_view name, uint64_t ticket) {
  Runner* const runner = Find(name);
  return runner != nullptr && runner->Cancel(ticket);
}

void ProjectionEngine::Rebuild(absl::string_view name, RebuildProgress progress) {
  Runner* const runner = Find(name);
  if (runner == nullptr) return progress(Unknown(name));
  runner->Rebuild(std::move(progress));
}

absl::Status ProjectionEngine::CancelRebuild(absl::string_view name) {
  Runner* const runner = Find(name);
  return runner == nullptr ? Unknown(name) : runner->CancelRebuild();
}

std::vector<v1::ProjectionStatus> ProjectionEngine::Status() const {
  std::vector<v1::ProjectionStatus> all;
  for (const auto& [name, runner] : runners_) {
    for (v1::ProjectionStatus& status : runner->Status()) all.push_back(std::move(status));
  }
  return all;
}

}  // namespace waymark
