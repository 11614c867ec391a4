#include "ledger/contract/due.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "ledger/base/check.h"
#include "ledger/contract/due_kinds.h"
#include "ledger/contract/held_days.h"
#include "ledger/contract/parties.h"

namespace waymark {
namespace {

struct Row {
  void (*find)(const DueQuestion& asked, std::vector<DueItem>* items);
  // It can still be done once the record is closed.
  bool after_close = false;
};

constexpr Row kRows[] = {
    {FindAssessments},
    {FindReports},
    {FindPerformanceNotices},
    {FindOffers},
    {FindCures},
    {FindAdjudications, true},
    {FindExtensionReviews},
    {FindTargets},
    {FindDependencies},
    {FindDecisionReviews, true},
    {FindCommitments},
};

bool HasEnded(const ContractState& state, Knowledge knowledge, v1::EndCause cause,
              absl::CivilDay by) {
  return std::any_of(state.endings.begin(), state.endings.end(), [&](const Ending& ending) {
    return ending.cause == cause && ending.effective_on <= by && knowledge.Has(ending.known);
  });
}

// The first of those that are authorities on the day, as known.
std::string LeadAuthority(Registration registration, absl::CivilDay day, Knowledge knowledge) {
  std::vector<AuthorityChange>& changes = registration.authority_changes;
  changes.erase(std::remove_if(changes.begin(), changes.end(),
                               [&](const auto& one) { return !knowledge.Has(one.known); }),
                changes.end());
  const std::vector<std::string> authorities = AuthoritiesOn(registration, day);
  return authorities.empty() ? "" : authorities.front();
}

}  // namespace

std::vector<DueItem> FindDue(const ContractState& state, absl::CivilDay as_of, TreeSize known,
                             int days_ahead) {
  WAYMARK_CHECK(days_ahead >= 0);
  std::vector<DueItem> items;
  const Knowledge knowledge{known};
  if (!state.registration || !knowledge.Has(state.registration->known)) return items;
  const DueQuestion asked{
      .state = state,
      .as_of = as_of,
      .knowledge = knowledge,
      .registration = *state.registration,
      .last_day = *LastContractDay(state, knowledge),
      .terminated = HasEnded(state, knowledge, v1::END_CAUSE_TERMINATED, absl::CivilDay::max()),
      .authority = LeadAuthority(*state.registration, as_of, knowledge),
  };
  const bool closed = HasEnded(state, knowledge, v1::END_CAUSE_CLOSED, as_of);
  for (const Row& row : kRows) {
    if (!closed || row.after_close) row.find(asked, &items);
  }
  const auto later = [&](const DueItem& item) { return item.due > as_of + days_ahead; };
  items.erase(std::remove_if(items.begin(), items.end(), later), items.end());
  std::stable_sort(items.begin(), items.end(), [](const DueItem& a, const DueItem& b) {
    return std::tie(a.due, a.kind, a.subject) < std::tie(b.due, b.kind, b.subject);
  });
  return items;
}

}  // namespace waymark
