#include "clients/cli/clause_vectors.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cpp/event_json.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/clause_check.h"
#include "ledger/contract/clause_evaluate.h"
#include "ledger/merkle/hash.h"

namespace waymark::cli {
namespace {

using nlohmann::json;

absl::Status Malformed(absl::string_view where, absl::string_view what) {
  return Refuse({absl::StatusCode::kInvalidArgument, "CLAUSE_FILE_MALFORMED",
                 absl::StrCat(where, ": ", what), -1, std::string(where)});
}

// Keeps the first fault of a text, with its place.
class FirstFault : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty())
      text = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  std::string text;
};

// The text under a name; empty if there is none.
std::string TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

absl::Status ReadClauseText(absl::string_view text, v1::Clause* clause) {
  google::protobuf::TextFormat::Parser parser;
  FirstFault fault;
  parser.RecordErrorsTo(&fault);
  if (parser.ParseFromString(std::string(text), clause)) return absl::OkStatus();
  return Malformed("clause", fault.text);
}

absl::Status ReadClauseJson(absl::string_view text, ClauseFile* file) {
  ASSIGN_OR_RETURN(const json parsed, ParseJson(text));
  for (const auto& [key, value] : parsed.items()) {
    static const auto* const kKeys =
        new std::set<std::string>{"clause", "focuses", "contract", "vectors"};
    if (kKeys->count(key) == 0) {
      return Malformed(
          key, absl::StrCat("no such member; a clause file has ", absl::StrJoin(*kKeys, ", ")));
    }
  }
  if (!parsed.contains("clause")) return Malformed("clause", "not given");
  // Read within the event, so that paths begin with its field.
  v1::ClauseVaried event;
  RETURN_IF_ERROR(JsonToMessage({{"clause", parsed["clause"]}}, nullptr, &event));
  file->clause = event.clause();
  RETURN_IF_ERROR(
      JsonToMessage({{"focuses", parsed.value("focuses", json::array())}}, nullptr, &file->matrix));
  RETURN_IF_ERROR(
      JsonToMessage(parsed.value("contract", json::object()), nullptr, &file->contract));
  file->vectors = parsed.value("vectors", json::array());
  return file->vectors.is_array() ? absl::OkStatus() : Malformed("vectors", "expected a list");
}

absl::Status CheckFile(const ClauseFile& file) {
  Violations violations;
  ShapeCheck check(-1, &violations);
  CheckClause(file.clause, "clause", &check);
  if (file.contract.has_starts_on() || file.contract.has_ends_on()) {
    check.Day(file.contract.has_starts_on(), file.contract.starts_on(), "contract.starts_on");
    check.Day(file.contract.has_ends_on(), file.contract.ends_on(), "contract.ends_on");
  }
  if (!violations.empty()) return violations.ToStatus();
  if (file.matrix.focuses().empty()) return absl::OkStatus();
  ClauseNames names;
  names.Add(file.matrix);
  for (const v1::Focus& focus : file.matrix.focuses()) names.categories.insert(focus.category());
  for (const UnknownName& unknown : FindUnknownNames(file.clause, "clause", names)) {
    check.Refuse("RULE_TYPE_ERROR", unknown.field, unknown.what);
  }
  return violations.empty() ? absl::OkStatus() : violations.ToStatus();
}

// What stands on record before a vector's events.
constexpr uint64_t kFixtureEvents = 3;

ContractState Fixture(const ClauseFile& file) {
  ContractState state;
  const Known always{Position{0}, absl::CivilDay(1, 1, 1)};
  if (file.contract.has_starts_on()) {
    Registration registration;
    registration.known = always;
    registration.starts_on = RealDay(file.contract.starts_on());
    registration.ends_on = RealDay(file.contract.ends_on());
    registration.year_starts_month = registration.starts_on.month();
    registration.year_starts_day = registration.starts_on.day();
    if (file.contract.has_year_starts()) {
      registration.year_starts_month = file.contract.year_starts().month();
      registration.year_starts_day = file.contract.year_starts().day();
    }
    state.registration = registration;
  }
  state.drafts.push_back({{Position{1}, always.recorded_on}, "v1", file.matrix});
  Adoption adoption;
  adoption.known = {Position{2}, always.recorded_on};
  adoption.effective_on = absl::CivilDay(1, 1, 1);
  adoption.version_hash = "v1";
  state.adoptions.push_back(adoption);
  return state;
}

std::optional<absl::CivilDay> DayGiven(bool given, const v1::Date& date) {
  return given ? DayOf(date) : std::nullopt;
}

void Add(const v1::LevelDetermined& event, const Known& known, ContractState* state) {
  Determination one;
  one.known = known;
  one.level = static_cast<int>(event.level());
  one.effective_on =
      DayGiven(event.has_effective_on(), event.effective_on()).value_or(known.recorded_on);
  one.period = {one.effective_on, one.effective_on};
  if (event.has_period()) one.period = RealDays(event.period());
  one.coverage_to = DayGiven(event.has_coverage_to(), event.coverage_to());
  one.provisional = event.provisional();
  FocusHistory& history = state->focuses[event.focus()];
  for (const v1::EventRef& old : event.supersedes()) {
    one.supersedes.push_back(Position{old.position()});
    history.supersessions.push_back({known, one.supersedes.back(), known.position, event.ground()});
  }
  history.determinations.push_back(std::move(one));
}

void Add(const v1::ImprovementNoticeServed& event, const Known& known, ContractState* state) {
  ImprovementNotice& notice = state->notices[event.notice_id()];
  notice.known = known;
  notice.notice_id = event.notice_id();
  notice.focus = event.focus();
  notice.clause_id = event.clause_id();
  notice.level = static_cast<int>(event.level());
  notice.served_on = DayGiven(event.has_served_on(), event.served_on()).value_or(known.recorded_on);
}

void Add(const v1::ImprovementStepRecorded& event, const Known& known, ContractState* state) {
  const auto notice = state->notices.find(event.notice_id());
  if (notice == state->notices.end()) return;
  notice->second.steps.push_back(
      {known, event.step(),
       DayGiven(event.has_effective_on(), event.effective_on()).value_or(known.recorded_on)});
}

void Add(const v1::DisputeNotified& event, const Known& known, ContractState* state) {
  Dispute dispute{known, event.dispute_id(), {}, {}};
  for (const v1::EventRef& matter : event.matters()) {
    dispute.matters.push_back(Position{matter.position()});
  }
  state->disputes[event.dispute_id()] = std::move(dispute);
}

template <typename Event>
absl::Status Read(json fields, const Known& known, ContractState* state) {
  for (const char* key : {"type", "position", "recorded_at"}) fields.erase(key);
  Event event;
  RETURN_IF_ERROR(JsonToMessage(
      fields, [](uint64_t position) { return kFixtureEvents + position; }, &event));
  Add(event, known, state);
  return absl::OkStatus();
}

absl::StatusOr<absl::CivilDay> DayRecorded(const json& event) {
  absl::Time instant;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, TextOf(event, "recorded_at"), &instant, &error)) {
    return Malformed("recorded_at", "not an instant such as 2024-04-01T12:00:00Z");
  }
  ASSIGN_OR_RETURN(const absl::TimeZone zone, FindTimeZone("Europe/London"));
  return absl::ToCivilDay(instant, zone);
}

absl::Status PlayEvent(const json& event, uint64_t index, ContractState* state,
                       std::vector<absl::CivilDay>* recorded) {
  if (!event.is_object()) return Malformed("given", "expected objects");
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayRecorded(event));
  recorded->push_back(day);
  const Known known{Position{kFixtureEvents + index}, day};
  const std::string type = TextOf(event, "type");
  if (type == "LevelDetermined") return Read<v1::LevelDetermined>(event, known, state);
  if (type == "ImprovementNoticeServed") {
    return Read<v1::ImprovementNoticeServed>(event, known, state);
  }
  if (type == "ImprovementStepRecorded") {
    return Read<v1::ImprovementStepRecorded>(event, known, state);
  }
  if (type == "DisputeNotified") return Read<v1::DisputeNotified>(event, known, state);
  return Malformed("type", absl::StrCat("'", type, "' is none that a vector plays"));
}

void Compare(const std::string& where, const json& expected, const json& found,
             std::vector<std::string>* out) {
  if (expected.is_object() && found.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      Compare(absl::StrCat(where, ".", key), value, found.value(key, json()), out);
    }
  } else if (expected.is_array() && found.is_array() && expected.size() == found.size()) {
    for (size_t i = 0; i < expected.size(); ++i) {
      Compare(absl::StrCat(where, "[", i, "]"), expected[i], found[i], out);
    }
  } else if (expected != found) {
    out->push_back(absl::StrCat(where, ": expected ", expected.dump(), ", found ", found.dump()));
  }
}

std::string OutcomeWord(v1::ClauseOutcome outcome) {
  return v1::ClauseOutcome_Name(outcome).substr(sizeof("CLAUSE_OUTCOME_") - 1);
}

json AnswerOf(const Evaluation& said) {
  json answer = {{"outcome", OutcomeWord(said.outcome)},
                 {"flags", FlagWords(said.flags)},
                 {"leaves", json::array()}};
  for (const NodeResult* node : NodesOf(said)) {
    json found = json::parse(node->values.Canonical());
    if (node->kind == "count_of_focuses") answer["count"] = found["count"];
    if (!node->is_leaf) continue;
    found["leaf"] = std::string(node->kind);
    if (!node->focus.empty()) found["focus"] = node->focus;
    found["outcome"] = OutcomeWord(node->outcome);
    answer["leaves"].push_back(std::move(found));
  }
  return answer;
}

absl::StatusOr<VectorResult> PlayVector(const ClauseFile& file, const json& vector) {
  if (!vector.is_object() || !vector.value("id", json()).is_string()) {
    return Malformed("vectors", "each needs an id");
  }
  VectorResult result{vector["id"].get<std::string>(), {}};
  const json ask = vector.value("ask", json::object());
  const json expect = vector.value("expect", json::object());
  if (!ask.is_object() || !expect.is_object() || expect.empty()) {
    return Malformed(result.id, "ask and expect are objects, and expect says something");
  }
  ASSIGN_OR_RETURN(const absl::CivilDay as_of, ParseDay(TextOf(ask, "as_of")));
  ContractState state = Fixture(file);
  std::vector<absl::CivilDay> recorded;
  for (const json& event : vector.value("given", json::array())) {
    RETURN_IF_ERROR(PlayEvent(event, recorded.size(), &state, &recorded));
  }
  uint64_t known = recorded.size();
  if (ask.contains("known_at")) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDay(TextOf(ask, "known_at")));
    while (known > 0 && recorded[known - 1] > day) --known;
  }
  const Evaluation said =
      EvaluateClause(state, file.clause, as_of, TreeSize{kFixtureEvents + known});
  Compare("answer", expect, AnswerOf(said), &result.differences);
  return result;
}

}  // namespace

absl::StatusOr<ClauseFile> ParseClauseFile(absl::string_view text) {
  ClauseFile file;
  const bool is_json = absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "{");
  RETURN_IF_ERROR(is_json ? ReadClauseJson(text, &file) : ReadClauseText(text, &file.clause));
  const Digest digest = merkle::Sha256(file.clause.words());
  const std::string words_digest(reinterpret_cast<const char*>(digest.data()), digest.size());
  if (file.clause.words_digest().empty()) file.clause.set_words_digest(words_digest);
  if (file.clause.words_digest() != words_digest) {
    return Refuse({absl::StatusCode::kInvalidArgument, "WORDS_DIGEST_MISMATCH",
                   "clause.words_digest: not the SHA-256 of the words", -1, "clause.words_digest"});
  }
  RETURN_IF_ERROR(CheckFile(file));
  return file;
}

absl::StatusOr<std::vector<VectorResult>> PlayVectors(const ClauseFile& file) {
  std::vector<VectorResult> results;
  for (const json& vector : file.vectors) {
    ASSIGN_OR_RETURN(VectorResult result, PlayVector(file, vector));
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace waymark::cli
