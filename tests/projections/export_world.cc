#include "tests/projections/export_world.h"

#include "ledger/merkle/hash.h"

namespace waymark::test {
namespace {

template <typename M>
M EventOf(const std::string& party, v1::Role role) {
  M event;
  v1::Common* const common = event.mutable_common();
  common->set_event_type(M::descriptor()->full_name());
  common->set_party_id(party);
  common->set_role(role);
  common->set_marking(v1::MARKING_OFFICIAL);
  return event;
}

v1::ClauseSetRecorded Clauses() {
  auto event = EventOf<v1::ClauseSetRecorded>("X", v1::ROLE_CM);
  event.set_id("clauses");
  v1::Clause* const clause = event.add_clauses();
  clause->set_clause_id("K-1");
  clause->set_version(1);
  clause->set_words("Customer service at level three or above.");
  clause->set_words_digest(std::string(32, 'w'));
  clause->set_kind(v1::CLAUSE_KIND_REWARD);
  clause->set_effect(v1::CLAUSE_EFFECT_MAKES_ELIGIBLE);
  v1::LevelRule* const rule = clause->mutable_rule()->mutable_level_at_least();
  rule->set_focus("PI-CS");
  rule->set_level(3);
  *clause->mutable_effective()->mutable_first() = ToDate(On(2024, 4, 1));
  *clause->mutable_effective()->mutable_last() = ToDate(On(2030, 3, 31));
  return event;
}

v1::BoardMeetingHeld Board(const std::string& id, absl::CivilDay on) {
  auto event = EventOf<v1::BoardMeetingHeld>("X", v1::ROLE_SEC);
  event.set_meeting_id(id);
  event.set_board(v1::BOARD_STRATEGIC);
  *event.mutable_on() = ToDate(on);
  event.set_minutes(std::string(32, 'm'));
  return event;
}

v1::BoardMatterRecorded Dissent(const std::string& meeting, Position matter) {
  auto event = EventOf<v1::BoardMatterRecorded>("X", v1::ROLE_SEC);
  event.set_meeting_id(meeting);
  event.set_minute("3");
  event.mutable_matter()->set_position(matter.value);
  event.set_outcome(v1::MATTER_OUTCOME_RATIFIED);
  v1::Vote* const vote = event.add_votes();
  vote->set_person_ref("member-2");
  vote->set_party_id("X");
  vote->set_choice(v1::VOTE_CHOICE_AGAINST);
  event.set_dissent("The survey was small.");
  return event;
}

v1::DependencyRecorded Dependency(absl::CivilDay due) {
  auto event = EventOf<v1::DependencyRecorded>("P", v1::ROLE_PRL);
  event.set_dependency_id("D-1");
  event.set_stage(v1::DEPENDENCY_STAGE_RAISED);
  event.set_owed_by("X");
  event.set_what("the asset register");
  *event.mutable_due() = ToDate(due);
  event.set_focus("SE-AM");
  return event;
}

v1::PerformanceNoticeRecorded Notice() {
  auto event = EventOf<v1::PerformanceNoticeRecorded>("X", v1::ROLE_CM);
  event.set_notice_id("UK9-2025");
  event.set_stage(v1::NOTICE_STAGE_PREPARED);
  *event.mutable_period()->mutable_first() = ToDate(On(2024, 4, 1));
  *event.mutable_period()->mutable_last() = ToDate(On(2025, 3, 31));
  event.set_rating(v1::NOTICE_RATING_REQUIRES_IMPROVEMENT);
  event.set_mapping_reason("Asset data came late.");
  for (const char* name :
       {"authority", "kpis", "procurement_ids", "procurement_title", "statement", "supplier"}) {
    v1::NoticeField* const field = event.add_fields();
    field->set_name(name);
    field->set_value(std::string("the ") + name);
  }
  return event;
}

}  // namespace

std::vector<ExportKind> AllKinds() {
  return {{v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_XLSX},
          {v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_CSV},
          {v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_HTML},
          {v1::EXPORT_WHAT_TIMELINE, v1::EXPORT_FORMAT_SVG},
          {v1::EXPORT_WHAT_RADAR, v1::EXPORT_FORMAT_SVG},
          {v1::EXPORT_WHAT_PERFORMANCE_NOTICE, v1::EXPORT_FORMAT_JSON},
          {v1::EXPORT_WHAT_PERFORMANCE_NOTICE, v1::EXPORT_FORMAT_HTML},
          {v1::EXPORT_WHAT_RELEASE, v1::EXPORT_FORMAT_JSON},
          {v1::EXPORT_WHAT_EVENTS, v1::EXPORT_FORMAT_CSV},
          {v1::EXPORT_WHAT_DETERMINATIONS, v1::EXPORT_FORMAT_CSV},
          {v1::EXPORT_WHAT_RUNS, v1::EXPORT_FORMAT_CSV},
          {v1::EXPORT_WHAT_EVIDENCE, v1::EXPORT_FORMAT_CSV}};
}

void ExportWorld::AppendHistory(const std::string& title) {
  ledger_.SetNow(On(2024, 4, 1));
  v1::ContractRegistered registered = Registered();
  registered.set_title(title);
  registered.mutable_provider()->set_name("P Limited");
  ledger_.Append("A", registered);
  ledger_.Append("A", Drafted());
  ledger_.Append("A", Adopted(On(2024, 4, 1)));
  ledger_.Append("A", Target("PI-CS", 3, On(2025, 3, 31)));
  ledger_.Append("A", Target("SE-AM", 4, On(2025, 3, 31)));
  ledger_.Append("A", Clauses());
  ledger_.Append("A", Evidence("E-1", {"PI-CS"}, On(2025, 12, 31), On(2024, 4, 30)));
  ledger_.Append("A", Determined("PI-CS", 3, On(2024, 4, 1), "E-1"));
  ledger_.SetNow(On(2024, 10, 1));
  ledger_.Append("A", Determined("PI-CS", 2, On(2024, 10, 1)));
  const Position found = ledger_.Append("A", Determined("SE-AM", 1, On(2024, 10, 1)));
  ledger_.SetNow(On(2025, 1, 15));
  ledger_.Append("A", Board("B-1", On(2025, 1, 15)));
  ledger_.Append("A", Dissent("B-1", found));
  ledger_.SetNow(On(2025, 2, 1));
  ledger_.Append("A", Determined("PI-CS", 3, On(2025, 1, 1), "E-1"));
  ledger_.Append("A", Disputed("DIS-1", found));
  ledger_.Append("A", Dependency(On(2025, 2, 28)));
  ledger_.SetNow(On(2025, 4, 10));
  ledger_.Append("A", Determined("SE-AM", 2, On(2025, 3, 31)));
  ledger_.Append("A", Notice());
  ledger_.SetNow(On(2025, 5, 1));
}

Position ExportWorld::AppendSecret(v1::Marking marking) {
  v1::LevelDetermined determined = Determined("SE-AM", 5, On(2025, 4, 1), "SECRET-ITEM");
  determined.mutable_common()->set_marking(marking);
  determined.mutable_common()->set_reason("SECRET-REASON");
  return ledger_.Append("A", determined);
}

v1::ExportRequest ExportWorld::Request(v1::ExportWhat what, v1::ExportFormat format) const {
  v1::ExportRequest request;
  request.mutable_question()->set_contract_id("A");
  *request.mutable_question()->mutable_as_of() = ToDate(On(2025, 4, 30));
  request.set_what(what);
  request.set_format(format);
  return request;
}

absl::StatusOr<exports::Document> ExportWorld::Make(const v1::ExportRequest& request) {
  return exports::Exporter({ledger_.log(), merkle::Sha256}).Make(request, ledger_.now());
}

}  // namespace waymark::test
