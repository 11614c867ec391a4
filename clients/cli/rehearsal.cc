// waymark rehearsal: sets the clock of a rehearsal ledger, and plays a story on it.
//
// A story is a JSON list of steps in the order of their instants:
//
//   {"at": "2024-04-01T09:00:00Z", "contract": "HIGHWAYS-1", "principal": "cm-1",
//    "common": {"party_id": "COUNTY", "role": "CM"}, "events": [{"type": "…", "label":
//    "registered", …}]}
//   {"at": "…", "contract": "…", …, "matrix": "refined.tsv", "version_id": "2024", "label": "m1"}
//
// Further on, "@registered" stands for that event's position, "@last" for the newest event's, and
// "#m1" for the hash of that matrix version. A step with "refused": "REASON" must be refused so.
// The whole story is read before the clock moves.
#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/author.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/event_json.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/matrix_canonical.h"
#include "ledger/contract/matrix_import.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "waymark/v1/event.pb.h"

namespace waymark::cli {
namespace {

using nlohmann::json;

constexpr size_t kStoryBytesMax = 64 << 20;

// The fields of a step. Whatever else stands in one is a slip of the pen.
constexpr std::array<absl::string_view, 9> kStepFields = {
    "at", "contract", "principal", "common", "events", "matrix", "version_id", "label", "refused"};

absl::Status Refused(absl::string_view reason, absl::string_view what) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason), std::string(what)});
}

absl::Status SetClock(const Client& client, absl::Time instant) {
  v1::SetRehearsalClockRequest request;
  *request.mutable_now() = TimestampOf(instant);
  return client.SetRehearsalClock(request).status();
}

// A step that has been read and understood, ready to be recorded.
struct PlannedStep {
  absl::Time at;
  std::string contract, expected_refusal;
  AuthorOptions author;
  std::vector<std::string> labels;  // of the events; empty where one has none
  std::vector<std::unique_ptr<google::protobuf::Message>> events;
};

class Story {
 public:
  Story(const Program& program, std::string folder)
      : program_(program), client_(program.Connect()), folder_(std::move(folder)) {}

  // Reads every step as Play will, so that a story that cannot be played to its end is not begun.
  absl::Status Check(const json& steps) {
    absl::Time before = absl::InfinitePast();
    for (size_t i = 0; i < steps.size(); ++i) {
      const absl::StatusOr<PlannedStep> step = Plan(steps[i]);
      if (!step.ok()) return At(absl::StrCat("step ", i), step.status());
      if (step->at < before) {
        return Refused("STORY_MALFORMED",
                       absl::StrCat("step ", i, ": at: earlier than the step before it"));
      }
      before = step->at;
      if (!step->expected_refusal.empty()) continue;
      // Any position will do until there is a true one.
      for (const std::string& label : step->labels) positions_[label] = 0;
      positions_["last"] = 0;
    }
    positions_.clear();
    return absl::OkStatus();
  }

  absl::Status Play(const json& read) {
    ASSIGN_OR_RETURN(const PlannedStep step, Plan(read));
    RETURN_IF_ERROR(SetClock(client_, step.at));
    const absl::StatusOr<v1::AppendReply> reply =
        step.author.Append(program_, step.contract, [&step](RequestBuilder& request) {
          for (const auto& event : step.events) request.Add(*event);
        });
    const std::string& expected = step.expected_refusal;
    if (!expected.empty() && ReasonOf(reply.status()) == expected) return absl::OkStatus();
    RETURN_IF_ERROR(reply.status());
    recorded_ += step.events.size();
    if (!expected.empty())
      return Refused("STORY_DIFFERS", absl::StrCat("was recorded, not refused with ", expected));
    for (size_t i = 0; i < step.labels.size(); ++i) {
      if (!step.labels[i].empty())
        positions_[step.labels[i]] = reply->receipt().fixed().events(i).position();
    }
    positions_["last"] = reply->receipt().fixed().head() - 1;
    return absl::OkStatus();
  }

  size_t recorded() const { return recorded_; }
  const std::map<std::string, uint64_t>& positions() const { return positions_; }

 private:
  absl::StatusOr<PlannedStep> Plan(const json& step) {
    try {
      return Understand(step);
    } catch (const json::exception& error) {
      // nlohmann/json speaks in exceptions where a value has another type than was asked for.
      return Refused("STORY_MALFORMED", error.what());
    }
  }

  absl::StatusOr<PlannedStep> Understand(const json& step) {
    if (!step.is_object() || !step.contains("at") || !step.contains("contract"))
      return Refused("FIELD_MISSING", "a step is an object with `at` and `contract`");
    for (const auto& [name, value] : step.items()) {
      if (std::find(kStepFields.begin(), kStepFields.end(), name) == kStepFields.end()) {
        return Refused("FIELD_UNKNOWN", absl::StrCat(name, ": a step has no such field; it has ",
                                                     absl::StrJoin(kStepFields, ", ")));
      }
    }
    PlannedStep planned;
    ASSIGN_OR_RETURN(planned.at, ParseInstant(step["at"].get<std::string>()));
    planned.contract = step["contract"].get<std::string>();
    planned.expected_refusal = step.value("refused", "");
    planned.author.wait = "durable";
    planned.author.principal = step.value("principal", planned.author.principal);
    const json common = step.value("common", json::object());
    json events = step.value("events", json::array());
    if (step.contains("matrix")) {
      ASSIGN_OR_RETURN(json draft, Draft(step));
      events.push_back(std::move(draft));
    }
    for (json& event : events) {
      planned.labels.push_back(event.value("label", ""));
      event.erase("label");
      RETURN_IF_ERROR(Resolve(&event));
      json merged = common;
      merged.update(event.value("common", json::object()));
      RETURN_IF_ERROR(Resolve(&merged));
      event["common"] = std::move(merged);
    }
    ASSIGN_OR_RETURN(planned.events, ReadEvents(events, planned.author));
    return planned;
  }

  absl::StatusOr<json> Draft(const json& step) {
    const std::string file = step["matrix"].get<std::string>();
    const std::string path = absl::StartsWith(file, "/") ? file : folder_ + file;
    ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMatrixFileBytesMax));
    absl::StatusOr<MatrixImport> import =
        ImportMatrix(bytes, absl::EndsWith(path, ".csv") ? TableFormat::kCsv : TableFormat::kTsv);
    if (!import.ok()) return At(path, import.status());
    const Digest source = merkle::Sha256(bytes);
    import->matrix.set_source(std::string(merkle::BytesOf(source)));
    import->matrix.set_version_id(step.value("version_id", "v1"));
    const std::string label = step.value("label", "matrix");
    hashes_[label] = merkle::ToHex(merkle::Sha256(CanonicalMatrix(import->matrix)));
    json draft = {{"type", "MatrixVersionDrafted"}, {"label", label}};
    draft["matrix"] = json::parse(MessageToJson(import->matrix).dump());
    return draft;
  }

  // Puts positions and hashes in the place of "@label" and "#label".
  absl::Status Resolve(json* value) {
    if (value->is_structured()) {
      // The words of a matrix are nobody's labels.
      if (value->is_object() && value->value("type", "") == "MatrixVersionDrafted")
        return absl::OkStatus();
      for (json& item : *value) RETURN_IF_ERROR(Resolve(&item));
      return absl::OkStatus();
    }
    if (!value->is_string()) return absl::OkStatus();
    const std::string text = value->get<std::string>();
    if (absl::StartsWith(text, "@")) {
      const auto found = positions_.find(text.substr(1));
      if (found == positions_.end()) return Unknown(text);
      *value = found->second;
    } else if (absl::StartsWith(text, "#")) {
      const auto found = hashes_.find(text.substr(1));
      if (found == hashes_.end()) return Unknown(text);
      *value = found->second;
    }
    return absl::OkStatus();
  }

  static absl::Status Unknown(const std::string& text) {
    return Refused("LABEL_UNKNOWN",
                   absl::StrCat("\"", text, "\": nothing before it has this label"));
  }

  const Program& program_;
  Client client_;
  std::string folder_;
  std::map<std::string, uint64_t> positions_;
  std::map<std::string, std::string> hashes_;
  size_t recorded_ = 0;
};

absl::Status PlayStory(const Program& program, const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kStoryBytesMax));
  const absl::StatusOr<json> steps = ParseJson(text);
  if (!steps.ok()) return At(file, steps.status());
  if (!steps->is_array()) return Refused("STORY_MALFORMED", file + ": a story is a list of steps");
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
  RETURN_IF_ERROR(SetClock(program.Connect(), instant));
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
                              "deploy/stories/first_year.py MATRIX.tsv > "
                              "story.json",
                              [&program, file] { return PlayStory(program, *file); });
  play->add_option("file", *file, "The story")->required();
}

}  // namespace waymark::cli
