#include "tests/contract/clause_facts.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "ledger/contract/clause_check.h"

namespace waymark::test {

v1::Matrix NineFocuses() {
  v1::Matrix matrix;
  for (const char* category : {"PI", "SE", "CR"}) matrix.add_categories()->set_code(category);
  const std::pair<const char*, v1::FocusKind> focuses[] = {
      {"PI-CS", v1::FOCUS_KIND_LADDER},     {"PI-IV", v1::FOCUS_KIND_LADDER},
      {"PI-SV", v1::FOCUS_KIND_LADDER},     {"PI-CC", v1::FOCUS_KIND_LADDER},
      {"SE-AM", v1::FOCUS_KIND_LADDER},     {"SE-NM", v1::FOCUS_KIND_LADDER},
      {"SE-DD", v1::FOCUS_KIND_ENDURING},   {"CR-FR", v1::FOCUS_KIND_UNASSIGNED},
      {"CR-CU", v1::FOCUS_KIND_UNASSIGNED},
  };
  for (const auto& [code, kind] : focuses) {
    v1::Focus* focus = matrix.add_focuses();
    focus->set_code(code);
    focus->set_category(std::string(code).substr(0, 2));
    focus->set_kind(kind);
  }
  return matrix;
}

v1::Clause ClauseOfText(const std::string& rest) {
  v1::Clause clause;
  clause.set_clause_id("K1");
  clause.set_version(1);
  clause.set_words("as agreed");
  clause.set_words_digest(std::string(32, 'd'));
  clause.set_kind(v1::CLAUSE_KIND_INFORMATION);
  clause.set_effect(v1::CLAUSE_EFFECT_INFORMS);
  WAYMARK_CHECK(google::protobuf::TextFormat::MergeFromString(rest, &clause));
  Violations violations;
  ShapeCheck check(0, &violations);
  CheckClause(clause, "clause", &check);
  WAYMARK_CHECK(violations.empty());
  return clause;
}

std::string OutcomeWord(v1::ClauseOutcome outcome) {
  return v1::ClauseOutcome_Name(outcome).substr(std::string("CLAUSE_OUTCOME_").size());
}

ClauseFacts::ClauseFacts() {
  On("2022-03-01");
  Registration registration;
  registration.known = Record();
  registration.starts_on = Day("2022-04-01");
  registration.ends_on = Day("2030-03-31");
  registration.year_starts_month = 4;
  state.registration = registration;
  state.drafts.push_back({Record(), "v1", NineFocuses()});
  Adopt("v1", "2022-04-01");
}

ImprovementNotice& ClauseFacts::Notice(const std::string& id, const std::string& focus,
                                       absl::string_view served_on) {
  ImprovementNotice& notice = state.notices[id];
  notice.known = Record();
  notice.notice_id = id;
  notice.focus = focus;
  notice.clause_id = "K1";
  notice.served_on = Day(served_on);
  return notice;
}

void ClauseFacts::DisputeLast(const std::string& focus) {
  const std::string id = absl::StrCat("D", state.disputes.size());
  Dispute dispute{Record(), id, {state.focuses[focus].determinations.back().known.position}, {}};
  state.disputes[id] = dispute;
}

}  // namespace waymark::test
