#include "clients/cli/story.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/author.h"
#include "clients/cli/clause_vectors.h"
#include "clients/cli/evaluate.h"
#include "clients/cpp/event_json.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/matrix_canonical.h"
#include "ledger/contract/matrix_import.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark::cli {

using nlohmann::json;

namespace {

// Whatever else stands in an object is a slip of the pen.
constexpr std::array<absl::string_view, 11> kStepFields = {
    "at",         "contract", "principal", "common",  "events", "matrix",
    "version_id", "evaluate", "label",     "assents", "refused"};
constexpr std::array<absl::string_view, 2> kEvaluateFields = {"clause_id", "as_of"};
constexpr std::array<absl::string_view, 3> kAssentFields = {"principal", "party_id", "role"};

absl::Status Refused(absl::string_view reason, absl::string_view what) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason), std::string(what)});
}

template <size_t kCount>
absl::Status CheckFields(const json& object, absl::string_view what,
                         const std::array<absl::string_view, kCount>& fields) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(fields.begin(), fields.end(), name) != fields.end()) continue;
    return Refused("FIELD_UNKNOWN", absl::StrCat(name, ": ", what, " has no such field; it has ",
                                                 absl::StrJoin(fields, ", ")));
  }
  return absl::OkStatus();
}

// The same document, without an order among its fields.
json Unordered(const nlohmann::ordered_json& ordered) { return json::parse(ordered.dump()); }

}  // namespace

// A step that has been read and understood, ready to be recorded.
struct Story::PlannedStep {
  struct Assent {
    AuthorOptions author;
    v1::AssentRecorded event;
  };

  absl::Time at;
  std::string contract, expected_refusal;
  AuthorOptions author;
  std::vector<std::string> labels;  // of the events; empty where one has none
  std::vector<std::unique_ptr<google::protobuf::Message>> events;
  bool evaluates = false;
  std::vector<Assent> assents;
};

absl::Status SetRehearsalClock(const Client& client, absl::Time instant) {
  v1::SetRehearsalClockRequest request;
  *request.mutable_now() = TimestampOf(instant);
  return client.SetRehearsalClock(request).status();
}

Story::Story(const Program& program, std::string folder)
    : program_(program), client_(program.Connect()), folder_(std::move(folder)) {}

absl::Status Story::Check(const json& steps) {
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

absl::Status Story::Play(const json& read) {
  ASSIGN_OR_RETURN(PlannedStep step, Plan(read));
  RETURN_IF_ERROR(SetRehearsalClock(client_, step.at));
  if (step.evaluates) RETURN_IF_ERROR(Evaluate(&step));
  RETURN_IF_ERROR(RecordAssents(&step));
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

absl::Status Story::Evaluate(PlannedStep* step) {
  auto& event = static_cast<v1::ClauseEvaluated&>(*step->events.front());
  v1::EvaluateClauseRequest request;
  request.mutable_question()->set_contract_id(step->contract);
  *request.mutable_question()->mutable_as_of() = event.as_of();
  request.mutable_question()->set_min_position(positions_["last"]);
  request.set_clause_id(event.clause_id());
  ASSIGN_OR_RETURN(const v1::EvaluateClauseReply reply, client_.EvaluateClause(request));
  ASSIGN_OR_RETURN(v1::ClauseEvaluated evaluated, EventOf(reply));
  evaluated.mutable_common()->MergeFrom(event.common());
  event = std::move(evaluated);
  return absl::OkStatus();
}

absl::Status Story::RecordAssents(PlannedStep* step) {
  if (step->assents.empty()) return absl::OkStatus();
  google::protobuf::Message* event = step->events.front().get();
  const std::string subject = AssentSubjectOf(*event);
  // Most types cite their assents; what is offered is assented to without.
  const auto* field = event->GetDescriptor()->FindFieldByName("assents");
  for (PlannedStep::Assent& assent : step->assents) {
    assent.event.set_subject(subject);
    ASSIGN_OR_RETURN(const v1::AppendReply reply,
                     assent.author.Append(program_, step->contract, [&](RequestBuilder& request) {
                       request.Add(assent.event);
                     }));
    ++recorded_;
    const uint64_t position = reply.receipt().fixed().events(0).position();
    positions_["last"] = position;
    if (field == nullptr) continue;
    v1::EventRef ref;
    ref.set_position(position);
    event->GetReflection()->AddMessage(event, field)->CopyFrom(ref);
  }
  return absl::OkStatus();
}

absl::StatusOr<Story::PlannedStep> Story::Plan(const json& step) {
  try {
    return Understand(step);
  } catch (const json::exception& error) {
    // nlohmann/json speaks in exceptions where a value has another type than was asked for.
    return Refused("STORY_MALFORMED", error.what());
  }
}

absl::StatusOr<Story::PlannedStep> Story::Understand(const json& step) {
  if (!step.is_object() || !step.contains("at") || !step.contains("contract"))
    return Refused("FIELD_MISSING", "a step is an object with `at` and `contract`");
  RETURN_IF_ERROR(CheckFields(step, "a step", kStepFields));
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
  if (step.contains("evaluate")) {
    RETURN_IF_ERROR(CheckFields(step["evaluate"], "an evaluation", kEvaluateFields));
    if (!events.empty()) return Refused("STORY_MALFORMED", "an evaluation is a step of its own");
    planned.evaluates = true;
    events.push_back(step["evaluate"]);
    events.back().update({{"type", "ClauseEvaluated"}, {"label", step.value("label", "")}});
  }
  for (json& event : events) {
    planned.labels.push_back(event.value("label", ""));
    event.erase("label");
    RETURN_IF_ERROR(Resolve(&event));
    RETURN_IF_ERROR(ReadClauses(&event));
    json merged = common;
    merged.update(event.value("common", json::object()));
    RETURN_IF_ERROR(Resolve(&merged));
    event["common"] = std::move(merged);
  }
  ASSIGN_OR_RETURN(planned.events, ReadEvents(events, planned.author));
  RETURN_IF_ERROR(ReadAssents(step, &planned));
  return planned;
}

absl::Status Story::ReadAssents(const json& step, PlannedStep* planned) {
  const json assents = step.value("assents", json::array());
  if (!assents.empty() && planned->events.size() != 1)
    return Refused("STORY_MALFORMED", "assents: they need one event that is assented to");
  for (const json& assent : assents) {
    RETURN_IF_ERROR(CheckFields(assent, "an assent", kAssentFields));
    const std::string person = assent.at("principal").get<std::string>();
    const std::string party = assent.at("party_id").get<std::string>();
    const json event = {
        {"type", "AssentRecorded"},
        {"party_id", party},
        {"assents", true},
        {"person_ref", person},
        {"common", {{"party_id", party}, {"role", assent.at("role")}, {"marking", "OFFICIAL"}}}};
    planned->assents.push_back({planned->author, {}});
    planned->assents.back().author.principal = person;
    ASSIGN_OR_RETURN(auto read, ReadEvents(json::array({event}), planned->author));
    planned->assents.back().event.CopyFrom(*read.front());
  }
  return absl::OkStatus();
}

std::string Story::PathOf(const std::string& file) const {
  return absl::StartsWith(file, "/") ? file : folder_ + file;
}

absl::StatusOr<json> Story::Draft(const json& step) {
  const std::string path = PathOf(step["matrix"].get<std::string>());
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
  draft["matrix"] = Unordered(MessageToJson(import->matrix));
  return draft;
}

// Puts clauses in the place of the files that they stand in.
absl::Status Story::ReadClauses(json* event) {
  const auto read = [this](json* clause) -> absl::Status {
    if (!clause->is_string()) return absl::OkStatus();
    const std::string path = PathOf(clause->get<std::string>());
    ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kPayloadBytesMax));
    const absl::StatusOr<ClauseFile> file = ParseClauseFile(text);
    if (!file.ok()) return At(path, file.status());
    *clause = Unordered(MessageToJson(file->clause));
    return absl::OkStatus();
  };
  if (event->contains("clause")) return read(&event->at("clause"));
  if (!event->contains("clauses")) return absl::OkStatus();
  for (json& clause : event->at("clauses")) RETURN_IF_ERROR(read(&clause));
  return absl::OkStatus();
}

// Puts positions and hashes in the place of "@label" and "#label".
absl::Status Story::Resolve(json* value) {
  if (value->is_structured()) {
    // The words of a matrix are nobody's labels.
    if (value->is_object() && value->value("type", "") == "MatrixVersionDrafted")
      return absl::OkStatus();
    for (json& item : *value) RETURN_IF_ERROR(Resolve(&item));
    return absl::OkStatus();
  }
  if (!value->is_string()) return absl::OkStatus();
  const std::string text = value->get<std::string>();
  const auto put = [&](const auto& known) {
    const auto found = known.find(text.substr(1));
    if (found == known.end()) {
      return Refused("LABEL_UNKNOWN",
                     absl::StrCat("\"", text, "\": nothing before it has this label"));
    }
    *value = found->second;
    return absl::OkStatus();
  };
  if (absl::StartsWith(text, "@")) return put(positions_);
  if (absl::StartsWith(text, "#")) return put(hashes_);
  return absl::OkStatus();
}

}  // namespace waymark::cli
