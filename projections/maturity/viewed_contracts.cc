#include "projections/maturity/viewed_contracts.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/evolve.h"
#include "ledger/contract/retention.h"
#include "projections/maturity/evidence_items.h"
#include "projections/maturity/maturity_rows.h"

namespace waymark::maturity {
namespace {

// True if it erases others.
absl::StatusOr<bool> AddFact(Position position, absl::string_view row, HashFunction hash,
                             ContractState* state) {
  ASSIGN_OR_RETURN(const FactRow fact, DecodeFact(row));
  ASSIGN_OR_RETURN(const ParsedEvent parsed, ParseRecorded(fact.event_type, fact.payload, hash));
  RETURN_IF_ERROR(Evolve({.position = position,
                          .first_position = Position{position.value - fact.request_index},
                          .recorded_at = fact.recorded_at,
                          .event_type = fact.event_type,
                          .event = &parsed},
                         state));
  return !ErasedBy(parsed).empty();
}

// Items whose expiry bears on a level.
std::set<std::string> MandatoryItems(const ContractState& state) {
  std::set<std::string> ids;
  for (const auto& [focus, history] : state.focuses) {
    for (const Determination& determination : history.determinations) {
      for (const EvidenceCitation& citation : determination.evidence) {
        if (citation.mandatory) ids.insert(citation.evidence_id);
      }
    }
  }
  return ids;
}

}  // namespace

ViewedContracts::ViewedContracts(const EventLog& log, HashFunction hash, size_t contracts_max)
    : log_(log), hash_(hash), contracts_max_(contracts_max) {}

absl::Status ViewedContracts::Ask(const View& view, absl::string_view contract_id,
                                  absl::FunctionRef<absl::Status(const ViewedContract&)> ask) {
  const std::shared_ptr<Contract> contract = Take(contract_id);
  // Read first: rows that come after it are passed over by the fold, none below it can be missing.
  const TreeSize applied = view.applied();
  for (;;) {
    {
      absl::ReaderMutexLock lock(&contract->mutex);
      if (contract->generation == view.generation() && contract->applied >= applied) {
        if (contract->state.registration) return ask({contract->state, applied});
        break;
      }
    }
    absl::MutexLock lock(&contract->mutex);
    if (absl::Status caught_up = CatchUp(view, contract_id, applied, contract.get());
        !caught_up.ok()) {
      // Half a state answers nothing.
      contract->generation = 0;
      return caught_up;
    }
  }
  Forget(contract_id);
  return Refuse({absl::StatusCode::kNotFound, "CONTRACT_UNKNOWN",
                 absl::StrCat("contract_id: no contract \"", contract_id, "\" is registered"), -1,
                 "contract_id"});
}

absl::Status ViewedContracts::CatchUp(const View& view, absl::string_view contract_id,
                                      TreeSize applied, Contract* contract) const {
  if (contract->generation != view.generation()) {
    contract->state = ContractState{.contract_id = std::string(contract_id)};
    contract->applied = TreeSize{0};
    contract->change_seen.reset();
    contract->generation = view.generation();
  }
  if (contract->applied >= applied) return absl::OkStatus();
  ASSIGN_OR_RETURN(Added added, AddFacts(view, &contract->state, contract->applied));
  if (added == Added::kErasure && contract->applied.value > 0) {
    // The state still says what has been erased.
    contract->state = ContractState{.contract_id = std::string(contract_id)};
    contract->change_seen.reset();
    ASSIGN_OR_RETURN(added, AddFacts(view, &contract->state, TreeSize{0}));
  }
  RETURN_IF_ERROR(AddEvidence(view, added != Added::kNothing, contract));
  contract->applied = applied;
  return absl::OkStatus();
}

absl::StatusOr<ViewedContracts::Added> ViewedContracts::AddFacts(const View& view,
                                                                 ContractState* state,
                                                                 TreeSize from) const {
  // The view may have gone on since its position was read, and a fact be here already.
  Position first{from.value};
  if (!state->events.empty()) {
    first = std::max(first, Position{state->events.back().position.value + 1});
  }
  Added added = Added::kNothing;
  absl::Status status;
  RETURN_IF_ERROR(view.Scan(FactPrefix(state->contract_id), FactKey(state->contract_id, first),
                            [&](absl::string_view key, absl::string_view value) {
                              absl::StatusOr<bool> erases =
                                  AddFact(PositionOfKey(key), value, hash_, state);
                              status = erases.status();
                              if (!status.ok()) return false;
                              if (added != Added::kErasure) {
                                added = *erases ? Added::kErasure : Added::kFacts;
                              }
                              return true;
                            }));
  RETURN_IF_ERROR(status);
  return added;
}

absl::Status ViewedContracts::AddEvidence(const View& view, bool facts_added,
                                          Contract* contract) const {
  ContractState& state = contract->state;
  const EvidenceItems items(view, log_, hash_, state.contract_id, state.time_zone);
  ASSIGN_OR_RETURN(const std::optional<Position> change, items.NewestChange());
  const bool changed = change != contract->change_seen;
  if (!facts_added && !changed) return absl::OkStatus();
  for (const std::string& id : MandatoryItems(state)) {
    if (!changed && state.evidence.contains(id)) continue;
    ASSIGN_OR_RETURN(std::optional<EvidenceItem> item, items.Find(id));
    if (item) state.evidence[id] = *std::move(item);
  }
  contract->change_seen = change;
  return absl::OkStatus();
}

std::shared_ptr<ViewedContracts::Contract> ViewedContracts::Take(absl::string_view contract_id) {
  absl::MutexLock lock(&mutex_);
  auto found = contracts_.find(contract_id);
  if (found != contracts_.end()) {
    uses_.splice(uses_.begin(), uses_, found->second.use);
    return found->second.contract;
  }
  if (contracts_.size() >= contracts_max_) {
    contracts_.erase(uses_.back());
    uses_.pop_back();
  }
  uses_.emplace_front(contract_id);
  auto contract = std::make_shared<Contract>();
  contracts_[std::string(contract_id)] = {contract, uses_.begin()};
  return contract;
}

void ViewedContracts::Forget(absl::string_view contract_id) {
  absl::MutexLock lock(&mutex_);
  const auto found = contracts_.find(contract_id);
  if (found == contracts_.end()) return;
  uses_.erase(found->second.use);
  contracts_.erase(found);
}

}  // namespace waymark::maturity
