// waymark rehearsal: sets the clock of a rehearsal ledger, and plays a story on it.
//
// A story is a JSON list of steps in the order of their instants:
//
//   {"at": "2024-04-01T09:00:00Z", "contract": "HIGHWAYS-1", "principal": "cm-1",
//    "common": {"party_id": "COUNTY", "role": "CM"}, "events": [{"type": "…", "label":
//    "registered", …}]}
//   {"at": "…", "contract": "…", …, "matrix": "refined.tsv", "version_id": "2024", "label": "m1"}
//
// Further on, "@registered" stands for that event's position, and "#m1" for the hash of that matrix
// version.
#include <iostream>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

absl::Status Refused(size_t step, absl::string_view reason, absl::string_view what) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason),
                 absl::StrCat("step ", step, ": ", what)});
}

absl::StatusOr<absl::Time> ParseInstant(const std::string& text) {
  absl::Time instant;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &instant, &error)) return instant;
  return Refuse(
      {absl::StatusCode::kInvalidArgument, "INSTANT_INVALID",
       absl::StrCat("\"", Printable(text), "\" is not an instant; write 2024-04-01T09:00:00Z")});
}

absl::Status SetClock(const Client& client, absl::Time instant) {
  v1::SetRehearsalClockRequest request;
  const int64_t micros = absl::ToUnixMicros(instant);
  request.mutable_now()->set_seconds(micros / 1000000);
  request.mutable_now()->set_nanos(static_cast<int32_t>(micros % 1000000 * 1000));
  return client.SetRehearsalClock(request).status();
}

class Story {
 public:
  Story(const Program& program, std::string folder)
      : program_(program), client_(program.Connect()), folder_(std::move(folder)) {}

  absl::Status Play(json step, size_t number) {
    if (!step.is_object() || !step.contains("at") || !step["at"].is_string() ||
        !step.contains("contract")) {
      return Refused(number, "FIELD_MISSING", "a step needs `at` and `contract`");
    }
    ASSIGN_OR_RETURN(const absl::Time at, ParseInstant(step["at"].get<std::string>()));
    RETURN_IF_ERROR(SetClock(client_, at));
    AuthorOptions author;
    author.wait = "durable";
    author.principal = step.value("principal", author.principal);
    const json common = step.value("common", json::object());
    json events = step.value("events", json::array());
    if (step.contains("matrix")) {
      ASSIGN_OR_RETURN(json draft, Draft(step));
      events.push_back(std::move(draft));
    }
    std::vector<std::string> labels;
    for (json& event : events) {
      labels.push_back(event.value("label", ""));
      event.erase("label");
      RETURN_IF_ERROR(Resolve(number, &event));
      json merged = common;
      merged.update(event.value("common", json::object()));
      event["common"] = merged;
    }
    RETURN_IF_ERROR(Resolve(number, &events));
    ASSIGN_OR_RETURN(const auto messages, ReadEvents(events, author));
    absl::StatusOr<v1::AppendReply> reply =
        author.Append(program_, step["contract"].get<std::string>(), [&](RequestBuilder& request) {
          for (const auto& message : messages) request.Add(*message);
        });
    const std::string expected = step.value("refused", "");
    if (!expected.empty() && ReasonOf(reply.status()) == expected) return absl::OkStatus();
    if (!expected.empty())
      return Refused(number, "STORY_DIFFERS", absl::StrCat("expected ", expected));
    RETURN_IF_ERROR(reply.status());
    for (size_t i = 0; i < labels.size(); ++i) {
      if (!labels[i].empty()) positions_[labels[i]] = reply->receipt().fixed().events(i).position();
    }
    positions_["last"] = reply->receipt().fixed().head() - 1;
    recorded_ += labels.size();
    return absl::OkStatus();
  }

  size_t recorded() const { return recorded_; }
  const std::map<std::string, uint64_t>& positions() const { return positions_; }

 private:
  absl::StatusOr<json> Draft(const json& step) {
    const std::string file = step["matrix"].get<std::string>();
    const std::string path = absl::StartsWith(file, "/") ? file : folder_ + file;
    ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMatrixFileBytesMax));
    ASSIGN_OR_RETURN(
        MatrixImport import,
        ImportMatrix(bytes, absl::EndsWith(path, ".csv") ? TableFormat::kCsv : TableFormat::kTsv));
    const Digest source = merkle::Sha256(bytes);
    import.matrix.set_source(std::string(merkle::BytesOf(source)));
    import.matrix.set_version_id(step.value("version_id", "v1"));
    const std::string label = step.value("label", "matrix");
    hashes_[label] = merkle::ToHex(merkle::Sha256(CanonicalMatrix(import.matrix)));
    json draft = {{"type", "MatrixVersionDrafted"}, {"label", label}};
    draft["matrix"] = json::parse(MessageToJson(import.matrix).dump());
    return draft;
  }

  // Puts positions and hashes in the place of "@label" and "#label".
  absl::Status Resolve(size_t number, json* value) {
    if (value->is_structured()) {
      // The words of a matrix are nobody's labels.
      if (value->is_object() && value->value("type", "") == "MatrixVersionDrafted")
        return absl::OkStatus();
      for (json& item : *value) RETURN_IF_ERROR(Resolve(number, &item));
      return absl::OkStatus();
    }
    if (!value->is_string()) return absl::OkStatus();
    const std::string text = value->get<std::string>();
    if (absl::StartsWith(text, "@")) {
      const auto found = positions_.find(text.substr(1));
      if (found == positions_.end()) return Refused(number, "LABEL_UNKNOWN", text);
      *value = found->second;
    } else if (absl::StartsWith(text, "#")) {
      const auto found = hashes_.find(text.substr(1));
      if (found == hashes_.end()) return Refused(number, "LABEL_UNKNOWN", text);
      *value = found->second;
    }
    return absl::OkStatus();
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
  ASSIGN_OR_RETURN(const json steps, ParseJson(text));
  if (!steps.is_array()) {
    return Refuse({absl::StatusCode::kInvalidArgument, "STORY_MALFORMED",
                   file + ": a story is a list of steps"});
  }
  const size_t slash = file.find_last_of('/');
  Story story(program, slash == std::string::npos ? "" : file.substr(0, slash + 1));
  {
    Progress progress("playing", steps.size());
    for (size_t i = 0; i < steps.size(); ++i) {
      progress.Advance(i);
      absl::Status played;
      try {
        played = story.Play(steps[i], i);
      } catch (const json::exception& error) {
        // nlohmann/json speaks in exceptions where a value has another type than was asked for.
        played = Refused(i, "STORY_MALFORMED", error.what());
      }
      if (!played.ok()) {
        std::cerr << "waymark: the story stopped at step " << i << "; " << story.recorded()
                  << " events stand\n";
        return played;
      }
    }
  }
  if (program.json) {
    std::cout << json(story.positions()).dump() << "\n";
    return absl::OkStatus();
  }
  std::cout << "played " << steps.size() << " steps, recorded " << story.recorded() << " events\n";
  return absl::OkStatus();
}

absl::Status MoveClock(const Program& program, const std::string& text) {
  ASSIGN_OR_RETURN(const absl::Time instant, ParseInstant(text));
  RETURN_IF_ERROR(SetClock(program.Connect(), instant));
  std::cout << "the rehearsal clock stands at " << text << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddRehearsalCommands(CLI::App& app, Program& program) {
  CLI::App* rehearsal =
      app.add_subcommand("rehearsal", "For ledgers made with waymarkd init --rehearsal");
  rehearsal->require_subcommand(1);
  auto instant = std::make_shared<std::string>();
  CLI::App* clock = AddCommand(*rehearsal, program, "clock", "Set the clock, forward only",
                               "waymark rehearsal clock 2025-03-31T17:00:00Z",
                               [&program, instant] { return MoveClock(program, *instant); });
  clock->add_option("instant", *instant, "RFC 3339")->required();
  auto file = std::make_shared<std::string>();
  CLI::App* play = AddCommand(*rehearsal, program, "play",
                              "Play a story: a JSON list of steps, each at its instant",
                              "waymark rehearsal play deploy/stories/first-year.json",
                              [&program, file] { return PlayStory(program, *file); });
  play->add_option("file", *file, "The story")->required();
}

}  // namespace waymark::cli
