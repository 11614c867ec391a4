#include "tests/end_to_end/golden_questions.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cpp/event_json.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark::golden {
namespace {

using nlohmann::json;

json Refused(const absl::Status& status) {
  return {{"status", absl::StatusCodeToString(status.code())},
          {"reason", ReasonOf(status)},
          {"message", std::string(status.message())}};
}

// A reply as readable JSON, in which every field that the message declares is there, null where it
// is not set.
json Answer(const google::protobuf::Message& message) {
  json answer = json::parse(MessageToJson(message).dump());
  if (!answer.is_object()) return answer;
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (answer.contains(type.field(i)->name())) continue;
    const auto* field = type.field(i);
    if (field->is_repeated()) {
      answer[field->name()] = json::array();
    } else if (field->has_presence() ||
               field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_UINT32) {
      answer[field->name()] = nullptr;
    } else {
      answer[field->name()] = 0;
    }
  }
  return answer;
}

std::string OutcomeName(v1::ClauseOutcome outcome) {
  return v1::ClauseOutcome_Name(outcome).substr(std::string("CLAUSE_OUTCOME_").size());
}

json SpanOf(bool present, const v1::Span& span) { return present ? Answer(span) : json(nullptr); }

void PutNumbers(const v1::ThreeNumbers& numbers, json* answer) {
  (*answer)["sustained"] = SpanOf(numbers.has_sustained(), numbers.sustained());
  (*answer)["sustained_as_known"] =
      SpanOf(numbers.has_sustained_as_known(), numbers.sustained_as_known());
  (*answer)["demonstrated"] = SpanOf(numbers.has_demonstrated(), numbers.demonstrated());
}

absl::Status SetDay(const json& day, v1::Date* date) { return JsonToMessage(day, nullptr, date); }

absl::Status FillQuestion(const Case& one, Fixture* fixture, absl::CivilDay today,
                          v1::Question* question) {
  ASSIGN_OR_RETURN(const std::string contract, fixture->Contract(one.ask, today));
  question->set_contract_id(contract);
  // The read models follow the log behind it: what was just recorded must be in the answer, and a
  // day may take in what other examples have recorded.
  question->set_min_position(fixture->newest_position());
  if (one.ask.contains("as_of"))
    RETURN_IF_ERROR(SetDay(one.ask["as_of"], question->mutable_as_of()));
  if (one.ask.contains("known_at")) {
    RETURN_IF_ERROR(SetDay(one.ask["known_at"], question->mutable_known_at()->mutable_day()));
  }
  return absl::OkStatus();
}

absl::StatusOr<json> AskLongevity(const Case& one, const Client& client, Fixture* fixture,
                                  absl::CivilDay today) {
  v1::GetLongevityRequest request;
  RETURN_IF_ERROR(FillQuestion(one, fixture, today, request.mutable_question()));
  const bool several = one.ask.contains("focuses");
  for (const json& focus : several ? one.ask["focuses"] : json::array({one.ask["focus"]})) {
    request.add_focuses(focus.get<std::string>());
  }
  json asked = json::object();
  for (const char* key : {"level", "gap_policy", "grace_days", "evidence_expiry"}) {
    if (one.ask.contains(key)) asked[key] = one.ask[key];
  }
  if (const absl::Status read = JsonToMessage(asked, nullptr, &request); !read.ok()) {
    return Refused(read);
  }
  const absl::StatusOr<v1::GetLongevityReply> reply = client.GetLongevity(request);
  if (!reply.ok()) return Refused(reply.status());
  json answer;
  if (several) {
    PutNumbers(reply->all(), &answer);
    answer["limiting_focus"] = reply->limiting_focus();
    answer["per_focus"] = json::array();
    for (const v1::FocusLongevity& focus : reply->focuses()) {
      json line = SpanOf(focus.numbers().has_sustained(), focus.numbers().sustained());
      if (line.is_null()) line = {{"since", nullptr}, {"months", 0}, {"days", 0}};
      line["focus"] = focus.focus();
      answer["per_focus"].push_back(line);
    }
    return answer;
  }
  const v1::FocusLongevity& focus = reply->focuses(0);
  answer = Answer(focus);
  PutNumbers(focus.numbers(), &answer);
  answer["last_run"] = SpanOf(focus.has_last_run(), focus.last_run());
  answer["spell"] = SpanOf(focus.has_spell(), focus.spell());
  if (focus.has_spell()) answer["spell"]["level"] = focus.spell_level();
  for (const char* list : {"lapses", "undetermined"}) {
    for (json& lapse : answer[list]) {
      if (!lapse.contains("last")) lapse["last"] = nullptr;
      if (!lapse.contains("bridged")) lapse["bridged"] = false;
    }
  }
  return answer;
}

absl::StatusOr<json> AskStanding(const Case& one, const Client& client, Fixture* fixture,
                                 absl::CivilDay today) {
  v1::GetStandingsRequest request;
  if (one.ask.contains("provider")) {
    request.set_provider(one.ask["provider"].get<std::string>());
    if (one.ask.contains("as_of"))
      RETURN_IF_ERROR(SetDay(one.ask["as_of"], request.mutable_question()->mutable_as_of()));
  } else {
    RETURN_IF_ERROR(FillQuestion(one, fixture, today, request.mutable_question()));
  }
  if (one.ask.contains("focus")) request.add_focuses(one.ask["focus"].get<std::string>());
  const absl::StatusOr<v1::GetStandingsReply> reply = client.GetStandings(request);
  if (!reply.ok()) return Refused(reply.status());
  if (reply->standings_size() == 0)
    return absl::InternalError("GetStandings answered without a focus");
  const v1::FocusStanding& standing = reply->standings(0);
  if (one.ask["question"] == "target") {
    json answer = Answer(standing.target());
    PutNumbers(standing.target().numbers(), &answer);
    if (!one.ask.contains("focus")) {
      const auto* status = v1::TargetStatus_descriptor()->FindValueByNumber(reply->all_targets());
      answer["status"] = status->name().substr(std::string("TARGET_STATUS_").size());
    }
    return answer;
  }
  json answer = Answer(standing);
  PutNumbers(standing.numbers(), &answer);
  return answer;
}

absl::StatusOr<json> AskAppend(const Case& one, const Client& client, Fixture* fixture,
                               absl::CivilDay today) {
  const json& event = one.ask["event"];
  const absl::StatusOr<v1::AppendReply> reply = fixture->Append(event, today);
  if (!reply.ok()) return Refused(reply.status());
  json answer = {{"status", "OK"}, {"flags", json::array()}};
  if (reply->event_flags_size() > 0) {
    // The examples speak of these two; what else the rules noticed depends on the fixture.
    for (const std::string& flag : reply->event_flags(0).flags()) {
      if (flag == "RETROACTIVE" || flag == "SUPERSEDES") answer["flags"].push_back(flag);
    }
  }
  if (!one.expect.contains("history")) return answer;
  v1::GetTimelineRequest request;
  ASSIGN_OR_RETURN(const std::string contract, fixture->Contract(event, today));
  request.mutable_question()->set_contract_id(contract);
  request.mutable_question()->set_min_position(fixture->newest_position());
  request.set_focus(event.value("focus", ""));
  ASSIGN_OR_RETURN(const v1::GetTimelineReply timeline, client.GetWholeTimeline(request));
  answer["history"] = json::array();
  const auto relative = [&](uint64_t position) {
    const std::optional<uint64_t> found = fixture->PositionInExample(position);
    return found ? json(*found) : json(nullptr);
  };
  for (const v1::DeterminationRecord& record : timeline.history()) {
    json line = Answer(record);
    line["position"] = relative(record.position());
    line["superseded_by"] =
        record.has_superseded_by() ? relative(record.superseded_by()) : json(nullptr);
    answer["history"].push_back(line);
  }
  return answer;
}

absl::StatusOr<json> AskInTime(const Case& one, const Client& client, Fixture* fixture,
                               absl::CivilDay today) {
  v1::ListEvidenceRequest request;
  RETURN_IF_ERROR(FillQuestion(one, fixture, today, request.mutable_question()));
  request.set_evidence_id(one.ask.value("evidence_id", ""));
  const absl::StatusOr<v1::ListEvidenceReply> reply = client.ListEvidence(request);
  if (!reply.ok()) return Refused(reply.status());
  if (reply->items_size() == 0) return absl::NotFoundError("ListEvidence knows no such item");
  return Answer(reply->items(0));
}

// A node in the words of the examples: what it found beside what it is.
json NodeAnswer(const v1::NodeStanding& node) {
  json answer = json::parse(node.values());
  answer["leaf"] = node.kind();
  answer["focus"] = node.focus();
  answer["outcome"] = OutcomeName(node.outcome());
  return answer;
}

absl::StatusOr<json> AskEvaluate(const Case& one, const Client& client, Fixture* fixture,
                                 absl::CivilDay today) {
  v1::EvaluateClauseRequest request;
  RETURN_IF_ERROR(FillQuestion(one, fixture, today, request.mutable_question()));
  request.set_clause_id(one.ask.value("clause_id", one.clause.value("clause_id", "")));
  const absl::StatusOr<v1::EvaluateClauseReply> reply = client.EvaluateClause(request);
  if (!reply.ok()) return Refused(reply.status());
  json answer = {{"outcome", OutcomeName(reply->outcome())},
                 {"flags", json::array()},
                 {"leaves", json::array()}};
  for (const std::string& flag : reply->flags()) answer["flags"].push_back(flag);
  for (const v1::NodeStanding& node : reply->nodes()) {
    if (node.is_leaf()) answer["leaves"].push_back(NodeAnswer(node));
    if (node.kind() == "count_of_focuses") answer["count"] = NodeAnswer(node)["count"];
  }
  return answer;
}

absl::StatusOr<json> AskRecordClause(const Case& one, Fixture* fixture, absl::CivilDay today) {
  const absl::StatusOr<v1::AppendReply> reply = fixture->RecordClause(one.clause, today);
  if (!reply.ok()) return Refused(reply.status());
  return json{{"status", "OK"}};
}

}  // namespace

absl::StatusOr<absl::Time> AskedAt(const Case& one, const absl::TimeZone& zone, absl::Time after) {
  absl::Time at = after;
  for (const char* key : {"as_of", "known_at"}) {
    if (!one.ask.contains(key) || !one.ask[key].is_string()) continue;
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDay(one.ask[key].get<std::string>()));
    at = std::max(at, absl::FromUnixMicros(static_cast<int64_t>(EndOfDay(zone, day).value)));
  }
  if (one.ask.contains("recorded_at")) {
    ASSIGN_OR_RETURN(const absl::Time recorded, ParseInstant(one.ask, "recorded_at"));
    at = std::max(at, recorded);
  }
  return at;
}

absl::StatusOr<json> Ask(const Case& one, const Client& client, Fixture* fixture,
                         absl::CivilDay today) {
  const std::string question = one.ask.value("question", "");
  if (question == "longevity" || question == "longevity_all")
    return AskLongevity(one, client, fixture, today);
  if (question == "level" || question == "target" || question == "provider_level") {
    return AskStanding(one, client, fixture, today);
  }
  if (question == "append") return AskAppend(one, client, fixture, today);
  if (question == "in_time") return AskInTime(one, client, fixture, today);
  if (question == "evaluate") return AskEvaluate(one, client, fixture, today);
  if (question == "record_clause") return AskRecordClause(one, fixture, today);
  return absl::UnimplementedError(
      absl::StrCat("the server answers no question \"", question, "\""));
}

}  // namespace waymark::golden
