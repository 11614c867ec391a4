#include "ledger/contract/focus_facts.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace waymark {
namespace {

const FocusHistory& HistoryOf(const ContractState& state, absl::string_view focus) {
  static const FocusHistory* const kNoHistory = new FocusHistory;
  const auto found = state.focuses.find(std::string(focus));
  return found == state.focuses.end() ? *kNoHistory : found->second;
}

// What holds for a focus that the adoption names no rule for.
v1::CarryRule DefaultCarryRule(const ContractState& state, const Adoption& adoption) {
  const absl::string_view rule =
      PolicyHistory(state, v1::POLICY_KEY_CARRY_DEFAULT)
          .On(adoption.known.recorded_on, Knowledge{TreeSize{adoption.known.position.value}});
  // Without any rule the old level means nothing under the new words: better none than an invented
  // one.
  return rule == "CARRY" ? v1::CARRY_RULE_CARRY : v1::CARRY_RULE_REASSESS;
}

// A set of days as numbers, which sort several times faster than days.
class DaySet {
 public:
  void Add(absl::CivilDay day) { days_.push_back(day - absl::CivilDay()); }
  void AddDayAfter(std::optional<absl::CivilDay> last) {
    if (last) days_.push_back(*last - absl::CivilDay() + 1);
  }
  std::vector<absl::CivilDay> Sorted() {
    std::sort(days_.begin(), days_.end());
    days_.erase(std::unique(days_.begin(), days_.end()), days_.end());
    std::vector<absl::CivilDay> sorted;
    sorted.reserve(days_.size());
    for (const int64_t day : days_) sorted.push_back(absl::CivilDay() + day);
    return sorted;
  }

 private:
  std::vector<int64_t> days_;
};

}  // namespace

FocusFacts::FocusFacts(const ContractState& state, absl::string_view focus, TreeSize known,
                       const CountingRules& rules)
    : state(state),
      history(HistoryOf(state, focus)),
      known(known),
      rules(rules),
      gap_policies(state,
                   rules.for_reward ? v1::POLICY_KEY_GAP_POLICY_REWARD : v1::POLICY_KEY_GAP_POLICY),
      authority_gap_policies(state, v1::POLICY_KEY_AUTHORITY_DEFAULT_GAP),
      expiry_policies(state, v1::POLICY_KEY_EVIDENCE_EXPIRY) {
  AddCandidates();
  AddDisputes();
  AddCrossings(focus);
  AddTurns();
}

void FocusFacts::AddCandidates() {
  const Knowledge all{known};
  std::vector<const Determination*> determinations;
  for (const Determination& determination : history.determinations) {
    if (!determination.provisional && all.Has(determination.known)) {
      determinations.push_back(&determination);
    }
  }
  std::stable_sort(determinations.begin(), determinations.end(),
                   [](const Determination* a, const Determination* b) {
                     return a->effective_on < b->effective_on;
                   });
  absl::flat_hash_map<uint64_t, int> at;
  for (const Determination* determination : determinations) {
    // Before its own level begins it is not cut short by the next one; afterwards only the holder
    // speaks on.
    const absl::CivilDay before = determination->effective_on - 1;
    const absl::CivilDay onwards = std::min(determination->coverage_to.value_or(before), before);
    Candidate candidate{determination,
                        {},
                        {},
                        std::min(determination->period.first, determination->effective_on),
                        std::max(determination->period.last, onwards)};
    for (const EvidenceCitation& citation : determination->evidence) {
      if (!citation.mandatory) continue;
      const auto item = state.evidence.find(citation.evidence_id);
      if (item != state.evidence.end()) candidate.mandatory.push_back(&item->second);
    }
    const int index = static_cast<int>(candidates.size());
    at[determination->known.position.value] = index;
    changes.push_back({determination->known, index, true});
    candidates.push_back(std::move(candidate));
  }
  for (const Supersession& supersession : history.supersessions) {
    const auto old = at.find(supersession.old.value);
    if (old == at.end() || !all.Has(supersession.known)) continue;
    changes.push_back({supersession.known, old->second, false});
  }
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.known.position < b.known.position;
  });
  by_speaks_from.resize(candidates.size());
  std::iota(by_speaks_from.begin(), by_speaks_from.end(), 0);
  std::stable_sort(by_speaks_from.begin(), by_speaks_from.end(), [&](int a, int b) {
    return candidates[a].speaks_from < candidates[b].speaks_from;
  });
}

void FocusFacts::AddDisputes() {
  for (const auto& [id, dispute] : state.disputes) {
    for (const Position matter : dispute.matters) {
      auto change = std::partition_point(changes.begin(), changes.end(), [&](const Change& change) {
        return change.known.position < matter;
      });
      for (; change != changes.end() && change->known.position == matter; ++change) {
        if (change->enters) candidates[change->candidate].disputes.push_back(&dispute);
      }
    }
  }
}

void FocusFacts::AddCrossings(absl::string_view focus) {
  for (const Adoption& adoption : state.adoptions) {
    if (!Knowledge{known}.Has(adoption.known)) continue;
    Crossing crossing{&adoption, {}};
    const auto named = adoption.carry.find(std::string(focus));
    if (named != adoption.carry.end()) crossing.carry = named->second;
    if (crossing.carry.rule == v1::CARRY_RULE_UNSPECIFIED) {
      crossing.carry.rule = DefaultCarryRule(state, adoption);
    }
    crossings.push_back(std::move(crossing));
  }
  std::stable_sort(crossings.begin(), crossings.end(), [](const Crossing& a, const Crossing& b) {
    return a.adoption->effective_on < b.adoption->effective_on;
  });
}

void FocusFacts::AddTurns() {
  DaySet held, learned;
  for (const Change& change : changes) learned.Add(change.known.recorded_on);
  for (const Candidate& candidate : candidates) {
    held.Add(candidate.determination->effective_on);
    held.Add(candidate.speaks_from);
    held.AddDayAfter(candidate.speaks_to);
    held.AddDayAfter(candidate.determination->coverage_to);
    for (const EvidenceItem* item : candidate.mandatory) {
      held.AddDayAfter(item->valid_to);
      for (const EvidenceItem::StatusChange& change : item->changes) {
        learned.Add(change.known.recorded_on);
        held.Add(change.effective_on);
        held.AddDayAfter(change.valid_to);
      }
    }
    for (const Dispute* dispute : candidate.disputes) {
      learned.Add(dispute->notified.recorded_on);
      if (dispute->closed) learned.Add(dispute->closed->recorded_on);
    }
  }
  for (const GapExplanation& explanation : history.gap_explanations) {
    learned.Add(explanation.known.recorded_on);
    held.Add(explanation.period.first);
    held.AddDayAfter(explanation.period.last);
  }
  for (const PolicyHistory* policy : {&gap_policies, &authority_gap_policies, &expiry_policies}) {
    for (const PolicyChange* change : policy->changes()) {
      learned.Add(change->known.recorded_on);
      held.Add(change->effective_on);
    }
  }
  for (const Crossing& crossing : crossings) {
    learned.Add(crossing.adoption->known.recorded_on);
    held.Add(crossing.adoption->effective_on);
  }
  for (const Ending& ending : state.endings) {
    learned.Add(ending.known.recorded_on);
    held.AddDayAfter(ending.effective_on);
  }
  for (const Extension& extension : state.extensions) {
    learned.Add(extension.known.recorded_on);
    held.AddDayAfter(extension.new_end);
  }
  if (state.registration) {
    learned.Add(state.registration->known.recorded_on);
    held.AddDayAfter(state.registration->ends_on);
  }
  turns = held.Sorted();
  recorded = learned.Sorted();
}

}  // namespace waymark
