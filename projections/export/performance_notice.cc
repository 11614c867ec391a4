#include "projections/export/performance_notice.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/json_value.h"
#include "ledger/contract/shape_check.h"
#include "projections/export/cover.h"
#include "projections/export/page.h"
#include "projections/export/words.h"

namespace waymark::exports {
namespace {

constexpr char kDraft[] =
    "DRAFT: fields of a contract performance notice (UK9), not a published notice. The rating was "
    "chosen by a person; nothing derives it from levels.";

struct Notice {
  const v1::PerformanceNoticeRecorded* words;
  Position position;
};

absl::StatusOr<Notice> FindNotice(const ContractRecord& record, const std::string& notice_id) {
  for (auto event = record.events.rbegin(); event != record.events.rend(); ++event) {
    if (event->type != "PerformanceNoticeRecorded" || !event->words) continue;
    const auto& words = static_cast<const v1::PerformanceNoticeRecorded&>(event->words->message());
    if (notice_id.empty() || words.notice_id() == notice_id) return Notice{&words, event->position};
  }
  return Refuse(
      {absl::StatusCode::kNotFound, "NOTICE_UNKNOWN",
       notice_id.empty()
           ? std::string("notice_id: no performance notice is known; a person records "
                         "one first (PerformanceNoticeRecorded)")
           : absl::StrCat("notice_id: no performance notice \"", notice_id, "\" is known"),
       -1, "notice_id"});
}

// In the words of the Procurement Regulations 2024.
const char* RatingText(v1::NoticeRating rating) {
  switch (rating) {
    case v1::NOTICE_RATING_GOOD:
      return "Good";
    case v1::NOTICE_RATING_APPROACHING_TARGET:
      return "Approaching target";
    case v1::NOTICE_RATING_REQUIRES_IMPROVEMENT:
      return "Requires improvement";
    case v1::NOTICE_RATING_INADEQUATE:
      return "Inadequate";
    default:
      return "Other";
  }
}

}  // namespace

absl::StatusOr<std::string> NoticeJson(const ContractRecord& record, const std::string& notice_id) {
  ASSIGN_OR_RETURN(const Notice notice, FindNotice(record, notice_id));
  const v1::PerformanceNoticeRecorded& words = *notice.words;
  Json json = Json::Object();
  json["status"] = "DRAFT";
  json["statement_on_status"] = kDraft;
  json["notice_id"] = words.notice_id();
  json["stage_recorded"] = Word(words.stage());
  json["position"] = absl::StrCat(notice.position.value);
  json["period"] = Json::Object();
  json["period"]["first"] = FormatDay(RealDay(words.period().first()));
  json["period"]["last"] = FormatDay(RealDay(words.period().last()));
  json["rating"] = RatingText(words.rating());
  json["rating_reason"] = words.mapping_reason();
  json["fields"] = Json::Array();
  for (const v1::NoticeField& field : words.fields()) {
    Json pair = Json::Object();
    pair["name"] = field.name();
    pair["value"] = field.value();
    json["fields"].Add(std::move(pair));
  }
  json["provenance"] = CoverJson(record);
  return json.Canonical() + "\n";
}

absl::StatusOr<std::string> NoticePage(const ContractRecord& record, const std::string& notice_id) {
  ASSIGN_OR_RETURN(const Notice notice, FindNotice(record, notice_id));
  const v1::PerformanceNoticeRecorded& words = *notice.words;
  Table table{"Contract performance notice", {"Field", "Value"}, {}};
  table.rows = {{"Notice", words.notice_id()},
                {"Recorded at position", Cell::Number(notice.position.value)},
                {"Stage recorded", Word(words.stage())},
                {"Period first day", DayIn(true, words.period().first())},
                {"Period last day", DayIn(true, words.period().last())},
                {"Rating", RatingText(words.rating())},
                {"Reason for the rating", words.mapping_reason()}};
  for (const v1::NoticeField& field : words.fields()) {
    table.rows.push_back({field.name(), field.value()});
  }
  const std::string body =
      absl::StrCat("<p class=\"notice\">", Escaped(kDraft), "</p>\n", HtmlTable(table));
  return PageOf(record, "DRAFT contract performance notice", body);
}

}  // namespace waymark::exports
