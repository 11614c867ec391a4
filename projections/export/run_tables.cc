// The table of runs and lapses.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "ledger/contract/longevity.h"
#include "ledger/contract/months.h"
#include "projections/export/tables.h"
#include "projections/export/words.h"

namespace waymark::exports {
namespace {

struct Stretch {
  DayRange days;
  // Of these, days that do not count; their reason is not this table's.
  int uncounted = 0;
};

// The unbroken days at or above the level, by what the timeline holds.
std::vector<Stretch> RunsIn(const Timeline& timeline, int level) {
  std::vector<Stretch> runs;
  bool running = false;
  for (const Segment& segment : timeline.segments) {
    const bool held = segment.held.level && *segment.held.level >= level;
    if (held && !running) runs.push_back({segment.days});
    if (held) {
      runs.back().days.last = segment.days.last;
      if (!segment.held.counted) {
        runs.back().uncounted += DaysFromTo(segment.days.first, segment.days.last);
      }
    }
    running = held;
  }
  return runs;
}

Row StretchRow(const std::string& focus, int level, const char* kind, const DayRange& days,
               bool lasts) {
  std::optional<absl::CivilDay> last;
  if (!lasts) last = days.last;
  return {focus,
          Cell::Number(level),
          kind,
          days.first,
          last,
          Cell::Number(CompleteMonths(days.first, days.last)),
          Cell::Number(DaysFromTo(days.first, days.last))};
}

}  // namespace

Table RunsTable(const ContractRecord& record) {
  Table table{
      "Runs and lapses",
      {"Focus", "Level", "Kind", "First", "Last", "Months", "Days", "Days not counted", "Bridged"},
      {}};
  const v1::GetStandingsReply standings = StandingsOf(record);
  for (const v1::FocusStanding& standing : standings.standings()) {
    const std::string& focus = standing.focus();
    if (record.hidden_focuses.contains(focus)) {
      Row row = {focus, "", kWithheld};
      row.resize(table.columns.size());
      table.rows.push_back(std::move(row));
      continue;
    }
    const LongevityReader reader(
        record.state, {.focus = focus, .as_of = record.at.as_of, .known = record.at.known});
    for (int level = 1; level <= kLevelMax; ++level) {
      const size_t first = table.rows.size();
      for (const Stretch& run : RunsIn(reader.now(), level)) {
        const bool lasts = run.days.last == reader.answered_on();
        Row row = StretchRow(focus, level, "RUN", run.days, lasts);
        row.push_back(Cell::Number(run.uncounted));
        row.emplace_back();
        table.rows.push_back(std::move(row));
      }
      // A level never held has no lapse, and a hole is one whatever the level.
      const RunFacts facts = reader.RunsOn(reader.answered_on(), level);
      const auto add = [&](const char* kind, const std::vector<Lapse>& lapses) {
        for (const Lapse& lapse : lapses) {
          Row row =
              StretchRow(focus, level, kind,
                         {lapse.first, lapse.last.value_or(reader.answered_on())}, !lapse.last);
          row.emplace_back();
          row.push_back(lapse.bridged ? "BRIDGED" : "");
          table.rows.push_back(std::move(row));
        }
      };
      if (table.rows.size() == first) continue;
      add("LAPSE", facts.lapses);
      add("UNDETERMINED", facts.undetermined);
      std::stable_sort(table.rows.begin() + static_cast<int64_t>(first), table.rows.end(),
                       [](const Row& a, const Row& b) { return *a[3].day() < *b[3].day(); });
    }
  }
  return table;
}

}  // namespace waymark::exports
