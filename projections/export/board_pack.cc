#include "projections/export/board_pack.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/lookup.h"
#include "projections/export/board_matters.h"
#include "projections/export/drawings.h"
#include "projections/export/page.h"
#include "projections/export/tables.h"
#include "projections/export/words.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/standings.h"

namespace waymark::exports {
namespace {

// What the determination that holds the day cites, with what became of it.
std::vector<std::string> EvidenceOf(const ContractRecord& record,
                                    const v1::FocusStanding& standing) {
  std::vector<std::string> lines;
  const FocusHistory* const history = FindHistory(record.state, standing.focus());
  if (history == nullptr || !standing.has_determined_at()) return lines;
  const Determination* const held = FindDetermination(*history, {standing.determined_at()});
  for (const EvidenceCitation& citation : held->evidence) {
    const auto item = record.state.evidence.find(citation.evidence_id);
    if (item == record.state.evidence.end()) {
      lines.push_back(absl::StrCat(citation.evidence_id, ": not told"));
      continue;
    }
    const v1::EvidenceStanding word = maturity::ToEvidenceStanding(
        item->second, record.at.known, record.at.as_of, record.state.time_zone);
    lines.push_back(
        absl::StrCat(word.evidence_id(), ": ", Word(word.evidence_type()), ", ", word.status(),
                     citation.mandatory ? ", mandatory" : "",
                     word.has_valid_to()
                         ? absl::StrCat(", valid to ", Cell(DayIn(true, word.valid_to())).ToText())
                         : ""));
  }
  return lines;
}

std::string SpanText(bool present, const v1::Span& span) {
  if (!present) return "none";
  return absl::StrCat("since ", Cell(DayIn(true, span.since())).ToText(), ", ", span.months(),
                      " months, ", span.days(), " days");
}

std::string LevelText(const v1::FocusStanding& standing) {
  std::string text = standing.has_level() ? absl::StrCat("Level ", standing.level(), ", ") : "";
  absl::StrAppend(&text, StandingWord(standing));
  for (const std::string& flag : standing.flags()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", flag);
  }
  if (standing.has_provisional_level()) {
    absl::StrAppend(&text, ", provisional score ", standing.provisional_level(), " not counted");
  }
  return text;
}

std::string TargetText(const v1::FocusStanding& standing) {
  if (!standing.has_target()) return "none set";
  const v1::TargetStanding& target = standing.target();
  std::string text =
      absl::StrCat("level ", target.level(), " by ", Cell(DayIn(true, target.due())).ToText(), ": ",
                   Word(target.status()));
  if (target.has_met_on()) {
    absl::StrAppend(&text, " from ", Cell(DayIn(true, target.met_on())).ToText());
  }
  if (target.decided_after_days() > 0) {
    absl::StrAppend(&text, ", decided ", target.decided_after_days(), " days after the due day");
  }
  return text;
}

void AddTerm(absl::string_view name, absl::string_view value, std::string* html) {
  absl::StrAppend(html, "<dt>", name, "</dt><dd>", Escaped(value), "</dd>\n");
}

void AddLines(absl::string_view name, const std::vector<std::string>& lines, std::string* html) {
  absl::StrAppend(html, "<dt>", name, "</dt>");
  if (lines.empty()) *html += "<dd>none</dd>";
  for (const std::string& line : lines) absl::StrAppend(html, "<dd>", Escaped(line), "</dd>");
  *html += "\n";
}

std::string FocusSection(const ContractRecord& record, const v1::FocusStanding& standing,
                         BoardMatters* matters) {
  const std::string& focus = standing.focus();
  std::string html = absl::StrCat("<section class=\"focus\">\n<h3>", Escaped(focus), " ",
                                  Escaped(standing.name()), "</h3>\n<dl>\n");
  AddTerm("Level", LevelText(standing), &html);
  if (!record.hidden_focuses.contains(focus)) {
    const v1::ThreeNumbers& numbers = standing.numbers();
    AddTerm("Sustained", SpanText(numbers.has_sustained(), numbers.sustained()), &html);
    AddTerm("As known on the day",
            SpanText(numbers.has_sustained_as_known(), numbers.sustained_as_known()), &html);
    AddTerm("Demonstrated", SpanText(numbers.has_demonstrated(), numbers.demonstrated()), &html);
    const std::string trend = TrendOf(record, focus);
    AddTerm("Trend", trend.empty() ? "no other level before it" : trend, &html);
    if (standing.has_condition()) {
      const v1::ConditionStanding& condition = standing.condition();
      AddTerm("Standing condition",
              absl::StrCat(condition.met() ? "MET" : "NOT MET", " for ",
                           Cell(DayIn(true, condition.period().first())).ToText(), " to ",
                           Cell(DayIn(true, condition.period().last())).ToText()),
              &html);
    }
    AddTerm("Target", TargetText(standing), &html);
    AddLines("Evidence", EvidenceOf(record, standing), &html);
  }
  AddLines("Dissent", matters->dissent[focus], &html);
  AddLines("Dependencies open", matters->dependencies[focus], &html);
  AddLines("Disputes open", matters->disputes[focus], &html);
  return html + "</dl>\n</section>\n";
}

Table Summary(const v1::GetStandingsReply& standings) {
  Table table{
      "Where every focus stands",
      {"Focus", "Name", "Level", "Since", "Months sustained", "Months demonstrated", "Target"},
      {}};
  for (const v1::FocusStanding& standing : standings.standings()) {
    const v1::ThreeNumbers& numbers = standing.numbers();
    const auto months = [](bool present, const v1::Span& span) {
      return present ? Cell::Number(span.months()) : Cell("–");
    };
    table.rows.push_back({standing.focus(), standing.name(), LevelText(standing),
                          DayIn(numbers.has_sustained(), numbers.sustained().since()),
                          months(numbers.has_sustained(), numbers.sustained()),
                          months(numbers.has_demonstrated(), numbers.demonstrated()),
                          TargetText(standing)});
  }
  return table;
}

// The one held last, on as_of or before.
const Meeting* LastBoard(const ContractRecord& record) {
  const Meeting* last = nullptr;
  for (const auto& [id, meeting] : record.state.meetings) {
    if (meeting.on > record.at.as_of) continue;
    if (last == nullptr || meeting.on > last->on ||
        (meeting.on == last->on && meeting.known.position > last->known.position)) {
      last = &meeting;
    }
  }
  return last;
}

Table LevelChanges(const ContractRecord& record, const Meeting& board) {
  Table table{"Levels that differ", {"Focus", "At that board", "Now"}, {}};
  v1::GetStandingsReply then;
  maturity::AddStandings(record.state, {board.on, SizeThrough(board.known.position)}, {}, &then);
  std::map<std::string, std::string> before;
  for (const v1::FocusStanding& standing : then.standings()) {
    before[standing.focus()] = LevelText(standing);
  }
  const v1::GetStandingsReply standings = StandingsOf(record);
  for (const v1::FocusStanding& standing : standings.standings()) {
    if (record.hidden_focuses.contains(standing.focus())) continue;
    const std::string now = LevelText(standing);
    const std::string was = before[standing.focus()];
    if (was != now)
      table.rows.push_back({standing.focus(), was.empty() ? "not yet there" : was, now});
  }
  return table;
}

std::string Changes(const ContractRecord& record) {
  std::string html =
      "<section aria-labelledby=\"since\">\n<h2 id=\"since\">What changed since the last "
      "board</h2>\n";
  const Meeting* const board = LastBoard(record);
  if (board == nullptr) return html + "<p>No board meeting is on record.</p>\n</section>\n";
  absl::StrAppend(&html, "<p>The last board is meeting ", Escaped(board->meeting_id), " (",
                  Word(board->board), ") of ", FormatDay(board->on), ", recorded at position ",
                  board->known.position.value,
                  ". Levels then are as of that day, as known then.</p>\n",
                  HtmlTable(LevelChanges(record, *board)));
  Table table{"Events recorded since", {"Position", "Type", "Recorded on", "Focuses", "Party"}, {}};
  for (const KnownEvent& event : record.events) {
    if (event.position <= board->known.position) continue;
    table.rows.push_back({Cell::Number(event.position.value), event.type, event.recorded_on,
                          event.focuses, event.party});
  }
  if (const size_t count = table.rows.size(); count > kBoardEventsMax) {
    table.rows.erase(table.rows.begin(), table.rows.end() - static_cast<int64_t>(kBoardEventsMax));
    table.name =
        absl::StrCat("The last ", kBoardEventsMax, " of ", count, " events recorded since");
  }
  return absl::StrCat(html, HtmlTable(table), "</section>\n");
}

}  // namespace

std::string BoardPackOf(const ContractRecord& record) {
  const v1::GetStandingsReply standings = StandingsOf(record);
  BoardMatters matters = MattersOf(record);
  std::string body =
      absl::StrCat("<section aria-labelledby=\"now\">\n<h2 id=\"now\">Levels as of ",
                   FormatDay(record.at.as_of), "</h2>\n", HtmlTable(Summary(standings)));
  if (standings.all_targets() != v1::TARGET_STATUS_UNSPECIFIED) {
    absl::StrAppend(&body, "<p>All targets together: ", Word(standings.all_targets()), "</p>\n");
  }
  absl::StrAppend(&body, "<figure>\n", TimelineDrawing(record), "</figure>\n<figure>\n",
                  RadarDrawing(record), "</figure>\n</section>\n",
                  "<section aria-labelledby=\"each\">\n<h2 id=\"each\">Focus by focus</h2>\n");
  for (const v1::FocusStanding& standing : standings.standings()) {
    body += FocusSection(record, standing, &matters);
  }
  body += "<section class=\"focus\">\n<h3>The whole contract</h3>\n<dl>\n";
  AddLines("Dissent", matters.dissent[""], &body);
  AddLines("Dependencies open", matters.dependencies[""], &body);
  AddLines("Disputes open", matters.disputes[""], &body);
  absl::StrAppend(&body, "</dl>\n</section>\n</section>\n",
                  "<section aria-labelledby=\"clauses\">\n<h2 id=\"clauses\">Clauses</h2>\n"
                  "<p>What a clause says here is computed from it as encoded. Whether anything "
                  "follows is decided by people.</p>\n",
                  HtmlTable(ClausesTable(record)), "</section>\n", Changes(record));
  return PageOf(record, "Board pack", body);
}

}  // namespace waymark::exports
