// This header defines the facts that bear on the days of one focus, sorted once for all the passes
// over those days (held_days.h) that a question needs.
//
// Plain data; not changed once made. The state must outlive it.
#ifndef WAYMARK_LEDGER_CONTRACT_FOCUS_FACTS_H_
#define WAYMARK_LEDGER_CONTRACT_FOCUS_FACTS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/contract/counting_rules.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/policy_history.h"
#include "ledger/contract/state.h"

namespace waymark {

struct FocusFacts {
  // A determination that is not provisional, and what bears on its days.
  struct Candidate {
    const Determination* determination;
    std::vector<const EvidenceItem*> mandatory;
    std::vector<const Dispute*> disputes;
    // The days [speaks_from, speaks_to] it speaks for whichever determination follows.
    absl::CivilDay speaks_from;
    absl::CivilDay speaks_to;
  };
  // A candidate enters the timeline or leaves it.
  struct Change {
    Known known;
    int candidate;
    bool enters;
  };
  // A matrix version's rule for this focus.
  struct Crossing {
    const Adoption* adoption;
    Adoption::Carry carry;
  };

  // Facts at or past `known` are left out or, in what is only pointed to, must be passed over. O(n
  // log n). An unknown focus has no candidates.
  FocusFacts(const ContractState& state, absl::string_view focus, TreeSize known,
             const CountingRules& rules);

  const ContractState& state;
  const FocusHistory& history;
  const TreeSize known;
  const CountingRules rules;
  std::vector<Candidate> candidates;  // by (effective day, position)
  std::vector<int> by_speaks_from;    // the same, as indices
  std::vector<Change> changes;        // by position
  std::vector<Crossing> crossings;    // by (effective day, position)
  const PolicyHistory gap_policies;
  const PolicyHistory authority_gap_policies;
  const PolicyHistory expiry_policies;
  // Days on which what is held can differ from the day before, and days on which something was
  // recorded. Ascending.
  std::vector<absl::CivilDay> turns;
  std::vector<absl::CivilDay> recorded;

 private:
  void AddCandidates();
  void AddDisputes();
  void AddCrossings(absl::string_view focus);
  void AddTurns();
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_FOCUS_FACTS_H_
