// The tables about levels and targets.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/target_status.h"
#include "ledger/contract/timeline.h"
#include "projections/export/tables.h"
#include "projections/export/words.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/standings.h"

namespace waymark::exports {
namespace {

void AddSpan(bool present, const v1::Span& span, Row* row) {
  if (!present) {
    row->insert(row->end(), 3, Cell());
    return;
  }
  row->push_back(DayIn(span.has_since(), span.since()));
  row->push_back(Cell::Number(span.months()));
  row->push_back(Cell::Number(span.days()));
}

void AddNumbers(const v1::ThreeNumbers& numbers, Row* row) {
  AddSpan(numbers.has_sustained(), numbers.sustained(), row);
  AddSpan(numbers.has_sustained_as_known(), numbers.sustained_as_known(), row);
  AddSpan(numbers.has_demonstrated(), numbers.demonstrated(), row);
}

// The states of the six cells, the held one between brackets.
void AddCells(const ContractRecord& record, const v1::FocusStanding& standing, Row* row) {
  for (int level = 0; level <= kLevelMax; ++level) {
    const std::string state = CellState(record, standing.focus(), level);
    const bool held = standing.has_level() && standing.level() == static_cast<uint32_t>(level);
    row->push_back(held ? absl::StrCat("[HELD] ", state) : state);
  }
}

std::string ConditionText(const v1::FocusStanding& standing) {
  if (!standing.has_condition()) return "";
  const v1::ConditionStanding& condition = standing.condition();
  return absl::StrCat(condition.met() ? "MET " : "NOT_MET ",
                      Cell(DayIn(true, condition.period().first())).ToText(), " to ",
                      Cell(DayIn(true, condition.period().last())).ToText());
}

void AddTarget(const v1::FocusStanding& standing, Row* row) {
  if (!standing.has_target()) {
    row->insert(row->end(), 4, Cell());
    return;
  }
  const v1::TargetStanding& target = standing.target();
  row->push_back(Cell::Number(target.level()));
  row->push_back(DayIn(target.has_due(), target.due()));
  row->push_back(Word(target.status()));
  row->push_back(DayIn(target.has_met_on(), target.met_on()));
}

Row HiddenRow(std::initializer_list<Cell> first, size_t columns) {
  Row row(first);
  row.push_back(kWithheld);
  row.resize(columns);
  return row;
}

Row DeterminationRow(const std::string& focus, const v1::DeterminationRecord& word) {
  return {focus,
          Cell::Number(word.position()),
          Cell::Number(word.level()),
          DayIn(true, word.effective_on()),
          DayIn(true, word.period().first()),
          DayIn(true, word.period().last()),
          DayIn(true, word.assessed_on()),
          DayIn(true, word.decided_on()),
          DayIn(true, word.recorded_on()),
          DayIn(word.has_coverage_to(), word.coverage_to()),
          word.provisional() ? "PROVISIONAL" : "BINDING",
          word.disputed() ? "DISPUTED" : "",
          word.has_superseded_by() ? Cell::Number(word.superseded_by()) : Cell(),
          Word(word.superseded_on_ground()),
          absl::StrJoin(word.evidence_ids(), " ")};
}

}  // namespace

v1::GetStandingsReply StandingsOf(const ContractRecord& record) {
  v1::GetStandingsReply reply;
  maturity::AddStandings(record.state, record.at, {}, &reply);
  for (v1::FocusStanding& standing : *reply.mutable_standings()) {
    if (!record.hidden_focuses.contains(standing.focus())) continue;
    v1::FocusStanding hidden;
    hidden.set_focus(standing.focus());
    hidden.set_name(standing.name());
    hidden.set_category(standing.category());
    hidden.set_kind(standing.kind());
    hidden.add_flags(std::string(kWithheld));
    standing = hidden;
    // All targets together would tell of the one that is hidden.
    reply.clear_all_targets();
  }
  return reply;
}

std::string CellState(const ContractRecord& record, const std::string& focus, int level) {
  const v1::Matrix* const matrix =
      MatrixInForce(record.state, record.at.as_of, Knowledge{record.at.known});
  const v1::Cell* const cell = matrix == nullptr ? nullptr : FindCell(*matrix, focus, level);
  return cell == nullptr ? "" : Word(cell->state());
}

std::string TrendOf(const ContractRecord& record, const std::string& focus) {
  const Timeline timeline =
      BuildTimeline(record.state, focus, Knowledge{record.at.known}, record.at.as_of, {});
  std::optional<int> now;
  for (auto segment = timeline.segments.rbegin(); segment != timeline.segments.rend(); ++segment) {
    const std::optional<int> level = segment->held.level;
    if (segment == timeline.segments.rbegin()) now = level;
    if (!now) return "";
    if (level && *level != *now)
      return absl::StrCat(*level < *now ? "up" : "down", " from ", *level);
  }
  return "";
}

Table MatrixTable(const ContractRecord& record) {
  Table table{"Matrix",
              {"Focus",
               "Name",
               "Category",
               "Kind",
               "Level 0",
               "Level 1",
               "Level 2",
               "Level 3",
               "Level 4",
               "Level 5",
               "State",
               "Level",
               "Flags",
               "Trend",
               "Standing condition",
               "Sustained since",
               "Sustained months",
               "Sustained days",
               "As known since",
               "As known months",
               "As known days",
               "Demonstrated since",
               "Demonstrated months",
               "Demonstrated days",
               "Target level",
               "Target due",
               "Target status",
               "Target met on",
               "Determined at"},
              {}};
  const v1::GetStandingsReply standings = StandingsOf(record);
  for (const v1::FocusStanding& standing : standings.standings()) {
    Row row = {standing.focus(), standing.name(), standing.category(), Word(standing.kind())};
    AddCells(record, standing, &row);
    row.push_back(Word(standing.state()));
    row.push_back(standing.has_level() ? Cell::Number(standing.level()) : Cell());
    row.push_back(absl::StrJoin(standing.flags(), " "));
    row.push_back(
        record.hidden_focuses.contains(standing.focus()) ? "" : TrendOf(record, standing.focus()));
    row.push_back(ConditionText(standing));
    AddNumbers(standing.numbers(), &row);
    AddTarget(standing, &row);
    row.push_back(standing.has_determined_at() ? Cell::Number(standing.determined_at()) : Cell());
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table TargetsTable(const ContractRecord& record) {
  Table table{"Targets",
              {"Focus", "Position", "Recorded", "Level", "Due", "Words", "Reading", "Agreed by",
               "Stands", "Status", "Met on", "Decided on", "Decided days after due"},
              {}};
  const v1::GetStandingsReply standings = StandingsOf(record);
  for (const v1::FocusStanding& standing : standings.standings()) {
    const std::string& focus = standing.focus();
    if (record.hidden_focuses.contains(focus)) {
      table.rows.push_back(HiddenRow({focus}, table.columns.size()));
      continue;
    }
    const FocusHistory* const history = FindHistory(record.state, focus);
    if (history == nullptr) continue;
    for (const Target& target : history->targets) {
      Row row = {focus, Cell::Number(target.known.position.value), target.known.recorded_on};
      if (target.withdrawn) {
        row.insert(row.end(), 5, Cell());
        row.push_back("WITHDRAWN");
      } else {
        const Row terms = {Cell::Number(target.level), target.due, target.words,
                           Word(target.reading), absl::StrJoin(target.agreed_by, " ")};
        row.insert(row.end(), terms.begin(), terms.end());
      }
      const v1::TargetStanding& now = standing.target();
      if (standing.has_target() && now.position() == target.known.position.value) {
        row.push_back("YES");
        row.push_back(Word(now.status()));
        row.push_back(DayIn(now.has_met_on(), now.met_on()));
        row.push_back(DayIn(now.has_decided_on(), now.decided_on()));
        if (now.has_decided_after_days()) row.push_back(Cell::Number(now.decided_after_days()));
      }
      row.resize(table.columns.size());
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

Table DeterminationsTable(const ContractRecord& record) {
  Table table{"Determinations",
              {"Focus", "Position", "Level", "Effective on", "Period first", "Period last",
               "Assessed on", "Decided on", "Recorded on", "Coverage to", "Kind", "Disputed",
               "Superseded by", "Ground", "Evidence"},
              {}};
  for (const auto& [focus, history] : record.state.focuses) {
    if (record.hidden_focuses.contains(focus)) {
      table.rows.push_back(HiddenRow({focus}, table.columns.size()));
      continue;
    }
    for (const Determination& determination : history.determinations) {
      table.rows.push_back(DeterminationRow(
          focus, maturity::ToRecord(record.state, history, determination, record.at.known)));
    }
  }
  return table;
}

}  // namespace waymark::exports
