// What is due by a cadence: assessments, client overview reports, performance notices.

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/due_kinds.h"
#include "ledger/contract/focus_facts.h"
#include "ledger/contract/held_days.h"
#include "ledger/contract/months.h"
#include "ledger/contract/policy_history.h"
#include "ledger/contract/target_status.h"

namespace waymark {
namespace {

int CadenceMonths(const DueQuestion& asked) {
  int months = 0;
  const PolicyHistory cadence(asked.state, v1::POLICY_KEY_CADENCE_MONTHS);
  WAYMARK_CHECK(absl::SimpleAtoi(cadence.On(asked.as_of, asked.knowledge), &months));
  return months;
}

// The last day that a determination gives a level to or speaks for, whichever comes first; absent
// while nothing ends it.
std::optional<absl::CivilDay> LastDayOf(const Determination& determination, const HeldDays& days,
                                        const FocusFacts& facts) {
  std::optional<absl::CivilDay> last;
  if (determination.coverage_to) {
    last = std::max(*determination.coverage_to, determination.period.last);
  }
  for (const FocusFacts::Crossing& crossing : facts.crossings) {
    const absl::CivilDay from = crossing.adoption->effective_on;
    if (from <= determination.effective_on || days.LevelOn(determination, from)) continue;
    return std::min(last.value_or(from - 1), from - 1);
  }
  return last;
}

// The periods of so many months of which some day is in none of `covered`: every one that ended
// before as_of, and the first that did not.
std::vector<DayRange> OpenPeriods(const DueQuestion& asked, int months,
                                  std::vector<DayRange> covered) {
  std::sort(covered.begin(), covered.end(),
            [](const DayRange& a, const DayRange& b) { return a.first < b.first; });
  const absl::CivilDay start = asked.registration.starts_on;
  std::vector<DayRange> open;
  auto next = covered.begin();
  absl::CivilDay frontier = start;  // no earlier day is looked at again
  absl::CivilDay first = start;
  for (int n = 1; first <= asked.last_day; ++n) {
    const DayRange period{first, std::min(LastDayOfMonths(start, n * months), asked.last_day)};
    frontier = std::max(frontier, period.first);
    for (; next != covered.end() && next->first <= frontier; ++next) {
      frontier = std::max(frontier, next->last + 1);
    }
    first = period.last + 1;
    if (frontier > period.last) continue;
    open.push_back(period);
    if (period.last >= asked.as_of) break;
  }
  return open;
}

std::string DaysText(const DayRange& days) {
  return absl::StrCat(FormatDay(days.first), " to ", FormatDay(days.last));
}

std::string SubjectOf(const DayRange& days) {
  return absl::StrCat(FormatDay(days.first), "..", FormatDay(days.last));
}

// Whether a published notice names the event as its cause.
bool IsNotified(const DueQuestion& asked, Position event) {
  const std::vector<PerformanceNotice>& notices = asked.state.performance_notices;
  return std::any_of(notices.begin(), notices.end(), [&](const PerformanceNotice& notice) {
    return notice.stage == v1::NOTICE_STAGE_PUBLISHED && asked.knowledge.Has(notice.known) &&
           std::find(notice.causes.begin(), notice.causes.end(), event) != notice.causes.end();
  });
}

// The events after which a breach may have to be notified.
void FindBreaches(const DueQuestion& asked, std::vector<DueItem>* items) {
  const auto add = [&](const Known& known, absl::CivilDay on, const std::string& subject,
                       const std::string& what, const std::string& condition) {
    if (!asked.knowledge.Has(known) || IsNotified(asked, known.position)) return;
    items->push_back(
        {.kind = v1::DUE_KIND_PERFORMANCE_NOTICE,
         .due = on + (kBreachNoticeDays - 1),
         .subject = subject,
         .words = absl::StrCat(what, " on ", FormatDay(on), ": ", condition, asked.authority,
                               " publishes a notice that names it as its cause"),
         .owed_by = asked.authority,
         .position = known.position});
  };
  for (const Ending& ending : asked.state.endings) {
    if (ending.cause != v1::END_CAUSE_TERMINATED) continue;
    add(ending.known, ending.effective_on, "termination", "Contract terminated",
        "if for a breach, ");
  }
  for (const auto& [id, dispute] : asked.state.disputes) {
    for (const Dispute::Outcome& outcome : dispute.outcomes) {
      if (outcome.kind != v1::DISPUTE_OUTCOME_KIND_SETTLEMENT) continue;
      add(outcome.known, outcome.known.recorded_on, id, absl::StrCat("Dispute ", id, " settled"),
          "if over a breach, ");
    }
  }
  for (const auto& [id, notice] : asked.state.notices) {
    for (const ImprovementNotice::Step& step : notice.steps) {
      if (step.step != v1::IMPROVEMENT_STEP_NOT_CURED) continue;
      add(step.known, step.effective_on, id, absl::StrCat("Notice ", id, " found not cured"), "");
    }
  }
}

}  // namespace

void FindAssessments(const DueQuestion& asked, std::vector<DueItem>* items) {
  const v1::Matrix* matrix = MatrixInForce(asked.state, asked.as_of, asked.knowledge);
  if (matrix == nullptr) return;
  const absl::CivilDay start = asked.registration.starts_on;
  for (const v1::Focus& focus : matrix->focuses()) {
    if (focus.kind() != v1::FOCUS_KIND_LADDER) continue;
    DueItem item{.kind = v1::DUE_KIND_ASSESSMENT,
                 .subject = focus.code(),
                 .words = absl::StrCat(asked.authority, " has ", focus.code(), " assessed: "),
                 .owed_by = asked.authority};
    const FocusFacts facts(asked.state, focus.code(), asked.knowledge.known, {});
    HeldDays days(facts);
    days.LearnBy(absl::CivilDay::max());
    const std::vector<const Determination*> in_force = days.InForce();
    if (in_force.empty()) {
      item.due = LastDayOfMonths(start, CadenceMonths(asked));
      if (item.due > asked.last_day) continue;
      absl::StrAppend(&item.words, "nothing determined since service began on ", FormatDay(start));
    } else {
      const Determination& newest = *in_force.back();
      const std::optional<absl::CivilDay> last = LastDayOf(newest, days, facts);
      // What it speaks for to the contract's last day needs no other.
      if (!last || *last >= asked.last_day) continue;
      item.due = *last;
      item.position = newest.known.position;
      absl::StrAppend(&item.words, "level ", newest.level, ", determined on ",
                      FormatDay(newest.decided_on), ", holds good for days to ", FormatDay(*last));
    }
    items->push_back(std::move(item));
  }
}

void FindReports(const DueQuestion& asked, std::vector<DueItem>* items) {
  std::set<Position> replaced;
  for (const OverviewReport& report : asked.state.reports) {
    if (report.supersedes && asked.knowledge.Has(report.known)) replaced.insert(*report.supersedes);
  }
  std::vector<DayRange> covered;
  for (const OverviewReport& report : asked.state.reports) {
    if (!asked.knowledge.Has(report.known) || replaced.count(report.known.position) > 0) continue;
    covered.push_back(report.period);
  }
  for (const DayRange& period : OpenPeriods(asked, CadenceMonths(asked), std::move(covered))) {
    const bool missing = period.last < asked.as_of;
    items->push_back(
        {.kind = v1::DUE_KIND_REPORT,
         .due = period.last,
         .subject = SubjectOf(period),
         .words = missing ? absl::StrCat("Gap in the client overview reports of ", asked.authority,
                                         ": days of ", DaysText(period), " have none")
                          : absl::StrCat(asked.authority, " issues the client overview report on ",
                                         DaysText(period)),
         .owed_by = asked.authority});
  }
}

void FindPerformanceNotices(const DueQuestion& asked, std::vector<DueItem>* items) {
  if (asked.registration.regime != v1::REGIME_PA2023) return;
  std::vector<DayRange> covered;
  for (const PerformanceNotice& notice : asked.state.performance_notices) {
    if (notice.stage != v1::NOTICE_STAGE_PUBLISHED || !asked.knowledge.Has(notice.known)) continue;
    covered.push_back(notice.period);
  }
  for (const DayRange& period : OpenPeriods(asked, kPerformanceNoticeMonths, std::move(covered))) {
    items->push_back(
        {.kind = v1::DUE_KIND_PERFORMANCE_NOTICE,
         .due = period.last,
         .subject = SubjectOf(period),
         .words = absl::StrCat(asked.authority, " publishes the indicators of ", DaysText(period)),
         .owed_by = asked.authority});
  }
  FindBreaches(asked, items);
}

}  // namespace waymark
