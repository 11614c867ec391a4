#include "tests/bench/watched_contract.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/status_macros.h"

namespace waymark::bench {
namespace {

using nlohmann::json;

constexpr const char* kLadders[] = {"PI-CS", "PI-IV", "PI-SV", "PI-CC", "SE-AM", "SE-NM"};
constexpr char kClauseId[] = "K1";
const absl::CivilDay kFirstDay(2024, 7, 1);
// In the middle of the life.
const absl::CivilDay kPastDay(2027, 2, 28);
constexpr int kMiddleQuarter = WatchedContract::kQuarters / 2;

json Clause() {
  return json::parse(R"({
    "clause_id": "K1", "kind": "EXTENSION", "effect": "MAKES_ELIGIBLE", "gap_policy": "HOLD",
    "grace_days": 30, "dispute_rule": "STANDS",
    "rule": {"all": [
      {"each": {"focuses": "LADDER", "rule": {"sustained": {"level": 2, "months": 12}}}},
      {"count_of_focuses": {"focuses": "LADDER", "at_least": 5,
                            "rule": {"level_at_least": {"level": 3}}}},
      {"category_mean": {"category": "SE", "at_least": "5/2"}},
      {"cumulative": {"focus": "PI-CS", "level": 3, "side": "AT_OR_ABOVE", "compare": "AT_LEAST",
                      "days": 270, "window": {"days": 365}}}]}})");
}

absl::Status SetClock(const Client& client, absl::CivilDay day) {
  v1::SetRehearsalClockRequest request;
  const absl::Time noon = absl::FromCivil(absl::CivilHour(day) + 12, absl::UTCTimeZone());
  request.mutable_now()->set_seconds(absl::ToUnixSeconds(noon));
  return client.SetRehearsalClock(request).status();
}

absl::Status ToStatus(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

void SetDay(absl::CivilDay day, v1::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(static_cast<uint32_t>(day.month()));
  date->set_day(static_cast<uint32_t>(day.day()));
}

}  // namespace

WatchedContract::WatchedContract(const Client& client, const std::string& ledger,
                                 const golden::MatrixVersion& matrix)
    : client_(client),
      fixture_(client, ledger, matrix, "watched-", &newest_position_),
      today_(kFirstDay - 1) {}

absl::Status WatchedContract::Begin() {
  ASSIGN_OR_RETURN(id_, fixture_.Contract(json::object(), today_));
  return fixture_.RecordClause(Clause(), today_).status();
}

absl::Status WatchedContract::Determine(const std::string& focus, int level, int64_t supersedes) {
  json event = {{"type", "LevelDetermined"},
                {"focus", focus},
                {"level", level},
                {"effective_on", FormatDay(today_)}};
  if (supersedes >= 0) {
    event["effective_on"] = FormatDay(today_ - 10);
    event["supersedes"] = json::array({static_cast<uint64_t>(supersedes)});
    event["ground"] = "ERROR";
    event["approved_by"] = "decision-maker";
    event["retro_reason"] = "the survey was read wrongly";
  }
  ++determinations_;
  return fixture_.Append(event, today_).status();
}

absl::Status WatchedContract::Live(int quarter) {
  const absl::CivilMonth month = absl::CivilMonth(kFirstDay) + 3 * quarter;
  today_ = absl::CivilDay(month);
  RETURN_IF_ERROR(SetClock(client_, today_));
  for (const int turn : {0, 1}) {
    const int focus = (2 * quarter + turn) % static_cast<int>(std::size(kLadders));
    const int level = 1 + (quarter / 2 + focus) % 4;
    RETURN_IF_ERROR(Determine(kLadders[focus], level, -1));
    if (turn == 1 && quarter % 5 == 4) {
      today_ += 10;
      RETURN_IF_ERROR(SetClock(client_, today_));
      RETURN_IF_ERROR(Determine(kLadders[focus], level == 1 ? 2 : level - 1,
                                static_cast<int64_t>(determinations_) - 1));
    }
  }
  if (quarter == kMiddleQuarter) middle_ = fixture_.newest_position();
  return absl::OkStatus();
}

WatchedQuestions::WatchedQuestions(const std::string& address, std::string contract_id,
                                   uint64_t middle)
    : contract_id_(std::move(contract_id)), middle_(middle) {
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  // So that the first question is no slower than the contract makes it.
  channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10));
  stub_ = v1::MaturityService::NewStub(channel);
}

absl::Status WatchedQuestions::AskOnce(const std::string& kind, const v1::Question& question) {
  grpc::ClientContext context;
  if (kind == "standings") {
    v1::GetStandingsRequest request;
    *request.mutable_question() = question;
    v1::GetStandingsReply reply;
    return ToStatus(stub_->GetStandings(&context, request, &reply));
  }
  if (kind == "longevity") {
    v1::GetLongevityRequest request;
    *request.mutable_question() = question;
    request.add_focuses("PI-CS");
    request.set_level(2);
    v1::GetLongevityReply reply;
    return ToStatus(stub_->GetLongevity(&context, request, &reply));
  }
  if (kind != "evaluation") return absl::InvalidArgumentError(absl::StrCat("no such kind: ", kind));
  v1::EvaluateClauseRequest request;
  *request.mutable_question() = question;
  request.set_clause_id(kClauseId);
  v1::EvaluateClauseReply reply;
  return ToStatus(stub_->EvaluateClause(&context, request, &reply));
}

absl::Status WatchedQuestions::AwaitApplied(uint64_t head) {
  v1::GetStandingsRequest request;
  request.mutable_question()->set_contract_id(contract_id_);
  request.mutable_question()->set_min_position(head - 1);
  v1::GetStandingsReply reply;
  // The server waits for a while of its own choosing.
  absl::Status status;
  for (int attempt = 0; attempt < 60; ++attempt) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    status = ToStatus(stub_->GetStandings(&context, request, &reply));
    if (!absl::IsDeadlineExceeded(status)) return status;
  }
  return status;
}

absl::StatusOr<double> WatchedQuestions::Ask(const std::string& kind, const std::string& moment,
                                             int count) {
  v1::Question question;
  question.set_contract_id(contract_id_);
  if (moment != "now") SetDay(kPastDay, question.mutable_as_of());
  if (moment == "past-known") question.mutable_known_at()->set_position(middle_);
  std::vector<double> micros;
  for (int i = 0; i < count; ++i) {
    const auto start = std::chrono::steady_clock::now();
    RETURN_IF_ERROR(AskOnce(kind, question));
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    micros.push_back(took.count());
  }
  if (micros.empty()) return absl::InvalidArgumentError("ask: nothing to ask");
  std::nth_element(micros.begin(), micros.begin() + micros.size() / 2, micros.end());
  return micros[micros.size() / 2];
}

}  // namespace waymark::bench
