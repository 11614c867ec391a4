// This header defines a story: a JSON list of steps in the order of their instants, which a
// rehearsal ledger plays.
//
//   {"at": "2024-04-01T09:00:00Z", "contract": "HIGHWAYS-1", "principal": "cm-1",
//    "common": {"party_id": "COUNTY", "role": "CM"}, "events": [{"type": "…", "label":
//    "registered", …}]}
//
// Each step records its events in one request. Further on, "@registered" stands for that event's
// position and "@last" for the newest event's. Instead of `events` a step can have
//
//   "matrix": "refined.tsv", "version_id": "2024", "label": "m1"     drafts it; "#m1" is its hash
//   "evaluate": {"clause_id": "K1", "as_of": "2025-03-31"}, "label": "e1"
//                                      asks, knowing all so far, and records a ClauseEvaluated
//
// and beside one event
//
//   "assents": [{"principal": "prd-1", "party_id": "ROADWORKS", "role": "PRD"}, …]
//                                      each assents to it before it is recorded; it cites them
//   "refused": "REASON"                it must be refused so
//
// A clause that is a text is read from the clause file of that name. Files stand beside the story.
//
//   Story story(program, "stories/");
//   RETURN_IF_ERROR(story.Check(steps));
//   for (const json& step : steps) RETURN_IF_ERROR(story.Play(step));
//
// Not to be shared between threads. Both refuse a malformed step with InvalidArgument:
// STORY_MALFORMED, FIELD_MISSING, FIELD_UNKNOWN, LABEL_UNKNOWN, or what reading its events says.
#ifndef WAYMARK_CLIENTS_CLI_STORY_H_
#define WAYMARK_CLIENTS_CLI_STORY_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/command.h"
#include "nlohmann/json.hpp"

namespace waymark::cli {

class Story {
 public:
  // REQUIRES: `program` outlives the story. `folder` is empty or ends in '/'.
  Story(const Program& program, std::string folder);

  // Reads every step as Play will, so that a story that cannot be played to its end is not begun.
  absl::Status Check(const nlohmann::json& steps);

  // Moves the clock to the step and records it. Also refused with what the server says, and with
  // STORY_DIFFERS where a step was recorded that had to be refused.
  absl::Status Play(const nlohmann::json& step);

  // Events recorded so far.
  size_t recorded() const { return recorded_; }
  // Of the labels of those events, and of "last".
  const std::map<std::string, uint64_t>& positions() const { return positions_; }

 private:
  struct PlannedStep;

  absl::StatusOr<PlannedStep> Plan(const nlohmann::json& step);
  absl::StatusOr<PlannedStep> Understand(const nlohmann::json& step);
  absl::Status ReadAssents(const nlohmann::json& step, PlannedStep* planned);
  absl::StatusOr<nlohmann::json> Draft(const nlohmann::json& step);
  absl::Status ReadClauses(nlohmann::json* event);
  absl::Status Resolve(nlohmann::json* value);
  absl::Status Evaluate(PlannedStep* step);
  absl::Status RecordAssents(PlannedStep* step);
  std::string PathOf(const std::string& file) const;

  const Program& program_;
  Client client_;
  std::string folder_;
  std::map<std::string, uint64_t> positions_;
  std::map<std::string, std::string> hashes_;
  size_t recorded_ = 0;
};

// Moves the clock of a rehearsal ledger.
absl::Status SetRehearsalClock(const Client& client, absl::Time instant);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_STORY_H_
