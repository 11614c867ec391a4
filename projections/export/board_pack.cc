#include "projections/export/board_pack.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/lookup.h"
#include "projections/export/drawings.h"
#include "projections/export/page.h"
#include "projections/export/tables.h"
#include "projections/export/words.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/standings.h"

namespace waymark::exports {
namespace {

// Lines about one focus, or about the whole contract under the empty name.
using Lines = std::map<std::string, std::vector<std::string>>;

// Codes of the focuses that the event at a position is about; the empty one for none.
std::vector<std::string> FocusesAt(const ContractRecord& record, Position position) {
  const auto event =
      std::lower_bound(record.events.begin(), record.events.end(), position,
                       [](const KnownEvent& known, Position at) { return known.position < at; });
  if (event == record.events.end() || event->position != position) return {""};
  if (!event->focuses.empty()) return absl::StrSplit(event->focuses, ' ');
  return {FocusOfAssessment(record.state, position).value_or("")};
}

Lines DissentOf(const ContractRecord& record) {
  Lines lines;
  for (const KnownEvent& event : record.events) {
    if (event.type != "BoardMatterRecorded" || !event.words) continue;
    const auto& words = static_cast<const v1::BoardMatterRecorded&>(event.words->message());
    const auto against =
        std::count_if(words.votes().begin(), words.votes().end(),
                      [](const auto& vote) { return vote.choice() == v1::VOTE_CHOICE_AGAINST; });
    if (words.dissent().empty() && against == 0) continue;
    const Position matter = Resolve(words.matter(), event);
    for (const std::string& focus : FocusesAt(record, matter)) {
      lines[focus].push_back(
          absl::StrCat("Meeting ", words.meeting_id(), ", minute ", words.minute(),
                       ", on position ", matter.value, " (", Word(words.outcome()),
                       "): ", words.dissent().empty() ? "no words recorded" : words.dissent(),
                       against > 0 ? absl::StrCat("; votes against: ", against) : ""));
    }
  }
  return lines;
}

std::string DueText(absl::CivilDay due, absl::CivilDay as_of) {
  if (due >= as_of) return absl::StrCat("due ", FormatDay(due));
  return absl::StrCat("due ", FormatDay(due), ", overdue by ", as_of - due, " days");
}

Lines DependenciesOf(const ContractRecord& record) {
  Lines lines;
  for (const KnownEvent& event : record.events) {
    if (event.type != "DependencyRecorded" || !event.words) continue;
    const auto& words = static_cast<const v1::DependencyRecorded&>(event.words->message());
    if (words.stage() != v1::DEPENDENCY_STAGE_RAISED) continue;
    const auto found = record.state.dependencies.find(words.dependency_id());
    if (found == record.state.dependencies.end() || found->second.discharge) continue;
    lines[words.focus()].push_back(absl::StrCat(words.dependency_id(), ": ", found->second.owed_by,
                                                " owes ", words.what(), ", ",
                                                DueText(found->second.due, record.at.as_of)));
  }
  return lines;
}

Lines DisputesOf(const ContractRecord& record) {
  Lines lines;
  for (const auto& [id, dispute] : record.state.disputes) {
    if (dispute.closed) continue;
    const std::string line =
        absl::StrCat(id, ": notified on ", FormatDay(dispute.notified_on), " by ",
                     Word(dispute.side), ", about position ",
                     absl::StrJoin(dispute.matters, ", ", [](std::string* out, Position position) {
                       absl::StrAppend(out, position.value);
                     }));
    std::set<std::string> focuses;
    for (const Position matter : dispute.matters) {
      const std::vector<std::string> about = FocusesAt(record, matter);
      focuses.insert(about.begin(), about.end());
    }
    for (const std::string& focus : focuses) lines[focus].push_back(line);
  }
  return lines;
}

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
  absl::StrAppend(&text, Word(standing.state()));
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

struct Matters {
  Lines dissent, dependencies, disputes;
};

std::string FocusSection(const ContractRecord& record, const v1::FocusStanding& standing,
                         Matters* matters) {
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
  Matters matters{DissentOf(record), DependenciesOf(record), DisputesOf(record)};
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
