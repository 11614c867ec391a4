#include "projections/processor/basis_change.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "ledger/contract/clause_basis.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/lookup.h"

namespace waymark::processor {
namespace {

bool SameNode(const NodeResult& a, const NodeResult& b) {
  return a.path == b.path && a.focus == b.focus && a.outcome == b.outcome &&
         a.disputed == b.disputed && a.evidence_expired == b.evidence_expired &&
         a.positions == b.positions && a.values.Canonical() == b.values.Canonical();
}

// What a clause said, by the version that says it.
struct Answer {
  const ClauseVersion* version;
  Evaluation said;
};

bool SameAnswer(const Answer& a, const Answer& b) {
  const std::vector<const NodeResult*> left = LeavesOf(a.said);
  const std::vector<const NodeResult*> right = LeavesOf(b.said);
  return a.version == b.version && a.said.outcome == b.said.outcome &&
         left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [](const NodeResult* x, const NodeResult* y) { return SameNode(*x, *y); });
}

// Absent where the clause was erased.
std::optional<Answer> Ask(const ContractState& state, const EvaluationRecord& before,
                          TreeSize known) {
  const ClauseVersion* const version =
      FindClause(state, before.clause_id, before.as_of, Knowledge{known});
  if (version == nullptr) return std::nullopt;
  return Answer{version, EvaluateClauseOnDay(state, version->clause, before.as_of, known)};
}

// As it was recorded: under the version that it names.
std::optional<Answer> AskAsRecorded(const ContractState& state, const EvaluationRecord& before) {
  const TreeSize known = SizeThrough(before.known_at);
  const ClauseVersion* const version =
      FindClauseVersion(state, before.clause_id, before.clause_version, Knowledge{known});
  if (version == nullptr) return std::nullopt;
  return Answer{version, EvaluateClauseOnDay(state, version->clause, before.as_of, known)};
}

const EvaluationRecord* NewestEvaluation(const ContractState& state, const BasedAct& act) {
  const Position place =
      act.basis_changes->empty() ? act.evaluation : act.basis_changes->back().new_evaluation;
  return FindEvaluation(state, place);
}

// Of the contract, in order. What became of evidence stands with the items.
std::set<Position> EventsAfter(const ContractState& state, Position known_at) {
  std::set<Position> places;
  for (const EventMark& event : state.events) places.insert(event.position);
  for (const auto& [id, item] : state.evidence) {
    for (const EvidenceItem::StatusChange& change : item.changes) {
      places.insert(change.known.position);
    }
  }
  places.erase(places.begin(), places.upper_bound(known_at));
  return places;
}

std::optional<BasisChange> FindChange(const ContractState& state, const BasedAct& act,
                                      TreeSize known) {
  const EvaluationRecord* const before = NewestEvaluation(state, act);
  if (before == nullptr) return std::nullopt;
  const std::optional<Answer> then = AskAsRecorded(state, *before);
  const std::optional<Answer> now = Ask(state, *before, known);
  if (!then || !now || SameAnswer(*then, *now)) return std::nullopt;
  BasisChange change{.decision = act.position,
                     .before = before,
                     .version = now->version,
                     .outcome_differs = then->said.outcome != now->said.outcome,
                     .cause = state.events.back().position};
  change.after = EvaluateClause(state, change.version->clause, before->as_of, known);
  for (const Position event : EventsAfter(state, before->known_at)) {
    const std::optional<Answer> step = Ask(state, *before, SizeThrough(event));
    if (!step || SameAnswer(*then, *step)) continue;
    change.cause = event;
    break;
  }
  return change;
}

}  // namespace

std::vector<BasisChange> FindBasisChanges(const ContractState& state, TreeSize known) {
  std::vector<BasisChange> changes;
  for (const BasedAct& act : FindBasedActs(state)) {
    if (!act.stands) continue;
    if (std::optional<BasisChange> change = FindChange(state, act, known)) {
      changes.push_back(*std::move(change));
    }
  }
  return changes;
}

}  // namespace waymark::processor
