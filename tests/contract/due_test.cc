// What is due: a row says what is on record, when it is asked, and what the reminders of one kind
// are. Then the list as a whole, and the periods against a count of single days.
#include "ledger/contract/due.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/contract/months.h"
#include "tests/contract/due_rows.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// "2025-03-31 PI-CS X" for each reminder of one kind: the day, what it is about, who owes it.
std::vector<std::string> DueOf(const ContractFacts& facts, v1::DueKind kind, const char* as_of,
                               TreeSize known, int days_ahead) {
  std::vector<std::string> out;
  for (const DueItem& item : FindDue(facts.state, Day(as_of), known, days_ahead)) {
    if (item.kind != kind) continue;
    out.push_back(absl::StrCat(FormatDay(item.due), " ", item.subject, " ", item.owed_by));
  }
  return out;
}

std::vector<DueRow> AllRows() {
  std::vector<DueRow> all = PeriodRows();
  for (DueRow& row : MatterRows()) all.push_back(std::move(row));
  return all;
}

TEST(Due, IsWhatTheRecordLeavesToDo) {
  for (const DueRow& row : AllRows()) {
    SCOPED_TRACE(absl::StrCat(row.name, " (", v1::DueKind_Name(row.kind), ")"));
    ContractFacts facts = Registered(row.regime);
    row.given(facts);
    EXPECT_EQ(DueOf(facts, row.kind, row.as_of, facts.head, kDaysAheadDefault), row.due);
  }
}

// An event changes nothing until it is known: what a prefix of the record leaves to do is what was
// due when nothing else had been recorded.
TEST(Due, RestsOnWhatIsKnownAlone) {
  for (const DueRow& row : AllRows()) {
    SCOPED_TRACE(absl::StrCat(row.name, " (", v1::DueKind_Name(row.kind), ")"));
    const ContractFacts before = Registered(row.regime);
    ContractFacts after = Registered(row.regime);
    row.given(after);
    EXPECT_EQ(DueOf(after, row.kind, row.as_of, before.head, kDaysAheadMax),
              DueOf(before, row.kind, row.as_of, before.head, kDaysAheadMax));
    EXPECT_THAT(FindDue(after.state, Day(row.as_of), TreeSize{0}, kDaysAheadMax), IsEmpty());
  }
}

TEST(Due, HasARowForEachKindThatIsOverdueUpcomingOrDone) {
  std::set<int> overdue, upcoming, done;
  for (const DueRow& row : AllRows()) {
    if (row.due.empty()) done.insert(row.kind);
    for (const std::string& item : row.due) {
      (item.substr(0, 10) < row.as_of ? overdue : upcoming).insert(row.kind);
    }
  }
  for (int kind = v1::DueKind_MIN + 1; kind <= v1::DueKind_MAX; ++kind) {
    if (kind == v1::DUE_KIND_DISCLOSURE) continue;
    EXPECT_EQ(overdue.count(kind), 1u) << kind;
    EXPECT_EQ(done.count(kind), 1u) << kind;
    // A review has no day of its own: it is due from the day of the change.
    EXPECT_EQ(upcoming.count(kind), kind == v1::DUE_KIND_DECISION_REVIEW ? 0u : 1u) << kind;
  }
}

TEST(Due, ListsWhatIsOverdueHoweverLongAndLooksAheadOnlySoFar) {
  ContractFacts facts = Registered();
  Owe(facts.On("2024-12-01"));
  const auto owed = [&](const char* as_of, int days_ahead) {
    return DueOf(facts, v1::DUE_KIND_DEPENDENCY, as_of, facts.head, days_ahead).size();
  };
  EXPECT_EQ(owed("2024-12-31", 30), 0u);
  EXPECT_EQ(owed("2024-12-31", 31), 1u);
  EXPECT_EQ(owed("2025-01-31", 0), 1u);
  EXPECT_EQ(owed("2044-01-31", 0), 1u);
}

TEST(Due, StandsByDayThenKindThenSubject) {
  ContractFacts facts = Registered();
  facts.On("2024-04-02");
  Dependency& late = facts.state.dependencies["B"];
  late = {facts.Record(), "B", "X", Day("2024-06-30"), {}, {}};
  facts.state.dependencies["A"] = {facts.Record(), "A", "X", Day("2024-06-30"), {}, {}};
  facts.state.dependencies["C"] = {facts.Record(), "C", "X", Day("2024-06-29"), {}, {}};
  std::vector<std::string> found;
  for (const DueItem& item : FindDue(facts.state, Day("2024-06-01"), facts.head, 60)) {
    found.push_back(absl::StrCat(FormatDay(item.due), " ", item.kind, " ", item.subject));
  }
  EXPECT_THAT(found, ElementsAre("2024-06-29 9 C", "2024-06-30 1 PI-CS",
                                 "2024-06-30 2 2024-04-01..2024-06-30", "2024-06-30 9 A",
                                 "2024-06-30 9 B"));
}

TEST(Due, SaysWhatSinceWhenAndByWhom) {
  ContractFacts facts = Registered(v1::REGIME_PA2023);
  Serve(facts.On("2024-05-03")).cure_to = Day("2024-06-01");
  SetTarget(facts, 3, "2024-07-31");
  std::vector<std::string> words;
  for (const DueItem& item : FindDue(facts.state, Day("2024-07-05"), facts.head, 90)) {
    words.push_back(item.words);
    EXPECT_THAT(item.words, Not(HasSubstr("fail")));
  }
  EXPECT_THAT(
      words,
      ElementsAre("X has found whether PI-CS was restored to level 3, by notice N-1 of 2024-05-03",
                  "X has PI-CS assessed: nothing determined since service began on 2024-04-01",
                  "Gap in the client overview reports of X: days of 2024-04-01 to 2024-06-30 have "
                  "none",
                  "Target for PI-CS, level 3 by 2024-07-31: not held on 2024-07-05",
                  "X issues the client overview report on 2024-07-01 to 2024-09-30"));
}

TEST(Due, NamesTheDaysThatAStatutoryCountLeavesOutAndItsCalendar) {
  ContractFacts facts = Registered();
  Disputed(facts.On("2025-12-01"));
  Step(facts.On("2025-12-18"), v1::DISPUTE_STEP_ADJUDICATION_NOTIFIED);
  const auto step = [&](TreeSize known) {
    const std::vector<DueItem> all = FindDue(facts.state, Day("2025-12-20"), known, 90);
    return *std::find_if(all.begin(), all.end(), [](const DueItem& item) {
      return item.kind == v1::DUE_KIND_ADJUDICATION;
    });
  };
  const TreeSize without = facts.head;
  Holidays(facts.On("2025-12-19"));
  EXPECT_EQ(step(facts.head).due, Day("2025-12-27"));
  EXPECT_THAT(step(facts.head).left_out, ElementsAre(Day("2025-12-25"), Day("2025-12-26")));
  EXPECT_EQ(step(facts.head).calendar, "england-and-wales version 2");
  EXPECT_EQ(step(facts.head).position, facts.state.disputes["D-1"].steps[0].known.position);
  EXPECT_EQ(step(without).due, Day("2025-12-26"));
  EXPECT_THAT(step(without).left_out, ElementsAre(Day("2025-12-25")));
  EXPECT_EQ(step(without).calendar, "england-and-wales, not on record");
}

TEST(Due, IsOwedByTheAuthorityThatLeadsOnTheDay) {
  ContractFacts facts = Registered();
  facts.state.registration->authority_changes.push_back(
      {facts.On("2024-04-20").Record(), "X", false, Day("2024-05-01")});
  const auto reports = [&](const char* as_of, TreeSize known) {
    return DueOf(facts, v1::DUE_KIND_REPORT, as_of, known, 90);
  };
  const std::string first = "2024-06-30 2024-04-01..2024-06-30 ";
  EXPECT_THAT(reports("2024-04-30", facts.head), ElementsAre(first + "X"));
  EXPECT_THAT(reports("2024-05-01", facts.head), ElementsAre(first + "Y"));
  EXPECT_THAT(reports("2024-05-01", TreeSize{facts.head.value - 1}), ElementsAre(first + "X"));
}

// Day by day: a period is open if one of its days lies in no report.
TEST(Due, FindsTheSamePeriodsAsACountOfSingleDays) {
  std::mt19937 random(7);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 300; ++round) {
    ContractFacts facts = Registered();
    Registration& registration = *facts.state.registration;
    registration.starts_on = Day("2024-01-28") + below(5);
    registration.ends_on = registration.starts_on + (200 + below(700));
    const int months = 1 + below(6);
    facts.SetPolicy(v1::POLICY_KEY_CADENCE_MONTHS, absl::StrCat(months), "2024-01-01");
    std::set<absl::CivilDay> reported;
    for (int n = below(8); n > 0; --n) {
      const DayRange days{registration.starts_on + below(800) - 20, {}};
      facts.state.reports.push_back(
          {facts.Record(), "COR", {days.first, days.first + below(150)}, {}});
      const DayRange& period = facts.state.reports.back().period;
      for (absl::CivilDay day = period.first; day <= period.last; ++day) reported.insert(day);
    }
    const absl::CivilDay as_of = registration.starts_on + below(900);
    std::vector<std::string> slow;
    bool open = false, next_found = false;
    absl::CivilDay first = registration.starts_on;
    for (absl::CivilDay day = first; day <= registration.ends_on && !next_found; ++day) {
      open |= reported.count(day) == 0;
      const int complete = CompleteMonths(registration.starts_on, day);
      const bool ends =
          day == registration.ends_on || (complete % months == 0 && complete > 0 &&
                                          LastDayOfMonths(registration.starts_on, complete) == day);
      if (!ends) continue;
      if (open) {
        slow.push_back(
            absl::StrCat(FormatDay(day), " ", FormatDay(first), "..", FormatDay(day), " X"));
        next_found = day >= as_of;
      }
      first = day + 1;
      open = false;
    }
    EXPECT_EQ(
        DueOf(facts, v1::DUE_KIND_REPORT, FormatDay(as_of).c_str(), facts.head, kDaysAheadMax),
        slow)
        << "round " << round;
  }
}

}  // namespace
}  // namespace waymark::test
