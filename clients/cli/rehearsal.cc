// waymark rehearsal: sets the clock of a rehearsal ledger, and plays a story (story.h) on it.
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/story.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/event_json.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

using nlohmann::json;

constexpr size_t kStoryBytesMax = 64 << 20;

absl::Status PlayStory(const Program& program, const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kStoryBytesMax));
  const absl::StatusOr<json> steps = ParseJson(text);
  if (!steps.ok()) return At(file, steps.status());
  if (!steps->is_array()) {
    return Refuse({absl::StatusCode::kInvalidArgument, "STORY_MALFORMED",
                   file + ": a story is a list of steps"});
  }
  const size_t slash = file.find_last_of('/');
  Story story(program, slash == std::string::npos ? "" : file.substr(0, slash + 1));
  if (const absl::Status checked = story.Check(*steps); !checked.ok()) return At(file, checked);
  Progress progress("playing", steps->size());
  for (size_t i = 0; i < steps->size(); ++i) {
    progress.Advance(i);
    if (const absl::Status played = story.Play((*steps)[i]); !played.ok()) {
      return At(absl::StrCat(file, ": step ", i, " (", Counted(story.recorded(), "event"),
                             " of this story recorded)"),
                played);
    }
  }
  progress.Clear();
  if (program.json) {
    std::cout << json(story.positions()).dump() << "\n";
    return absl::OkStatus();
  }
  std::cout << "played " << Counted(steps->size(), "step") << ", recorded "
            << Counted(story.recorded(), "event") << "\n";
  return absl::OkStatus();
}

absl::Status MoveClock(const Program& program, const std::string& text) {
  ASSIGN_OR_RETURN(const absl::Time instant, ParseInstant(text));
  RETURN_IF_ERROR(SetRehearsalClock(program.Connect(), instant));
  if (program.json) {
    v1::SetRehearsalClockRequest set;
    *set.mutable_now() = TimestampOf(instant);
    return PrintJson(set);
  }
  std::cout << "the rehearsal clock stands at " << InstantText(TimestampOf(instant)) << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddRehearsalCommands(CLI::App& app, Program& program) {
  CLI::App* rehearsal =
      AddFamily(app, "rehearsal", "For ledgers made with waymarkd init --rehearsal",
                "waymark rehearsal clock 2025-03-31T17:00:00Z");
  auto instant = std::make_shared<std::string>();
  CLI::App* clock = AddCommand(*rehearsal, program, "clock", "Set the clock, forward only",
                               "waymark rehearsal clock 2025-03-31T17:00:00Z",
                               [&program, instant] { return MoveClock(program, *instant); });
  clock->add_option("instant", *instant, "RFC 3339, not before where the clock stands")->required();
  auto file = std::make_shared<std::string>();
  CLI::App* play = AddCommand(*rehearsal, program, "play",
                              "Play a story: a JSON list of steps, each at its instant",
                              "waymark rehearsal play story.json    # made by: python3 "
                              "deploy/stories/seven_years.py > story.json",
                              [&program, file] { return PlayStory(program, *file); });
  play->add_option("file", *file, "The story")->required();
}

}  // namespace waymark::cli
