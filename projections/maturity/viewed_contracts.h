// This header defines the contracts in memory: each one's state as the view has it, folded once and
// then only caught up with. One state answers for every as_of and known_at, since its facts know
// when they were learned.
//
//   RETURN_IF_ERROR(contracts.Ask(*view, "C-1", [&](const ViewedContract& contract) {
//     ... FindLongevity(contract.state, ...)
//     return absl::OkStatus();
//   }));
#ifndef WAYMARK_PROJECTIONS_MATURITY_VIEWED_CONTRACTS_H_
#define WAYMARK_PROJECTIONS_MATURITY_VIEWED_CONTRACTS_H_

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "ledger/base/types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/state.h"
#include "ledger/storage/event_log.h"
#include "projections/engine/view_store.h"

namespace waymark::maturity {

struct ViewedContract {
  // Of evidence it holds the items that a determination calls mandatory, and no others.
  const ContractState& state;
  // Events that the view had applied before the state was read: it knows all of them.
  TreeSize applied;
};

// Safe from any thread. The log must outlive it.
class ViewedContracts {
 public:
  // At most `contracts_max` stay in memory; the one not asked about for longest goes first.
  ViewedContracts(const EventLog& log, HashFunction hash, size_t contracts_max);

  // Calls `ask` with the contract as `view` has it now; its status is the result. The state must
  // not be kept. NotFound CONTRACT_UNKNOWN; DataLoss where a row or an event is damaged. May read
  // the disk.
  absl::Status Ask(const View& view, absl::string_view contract_id,
                   absl::FunctionRef<absl::Status(const ViewedContract&)> ask);

 private:
  struct Contract {
    absl::Mutex mutex;
    // View that the state was read from; 0 before the first time.
    uint32_t generation ABSL_GUARDED_BY(mutex) = 0;
    ContractState state ABSL_GUARDED_BY(mutex);
    // Facts below it are in the state, and so is all evidence about them.
    TreeSize applied ABSL_GUARDED_BY(mutex);
    // Newest change of evidence when the items were read.
    std::optional<Position> change_seen ABSL_GUARDED_BY(mutex);
  };
  struct Kept {
    std::shared_ptr<Contract> contract;
    std::list<std::string>::iterator use;
  };

  std::shared_ptr<Contract> Take(absl::string_view contract_id);
  void Forget(absl::string_view contract_id);
  absl::Status CatchUp(const View& view, absl::string_view contract_id, TreeSize applied,
                       Contract* contract) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(contract->mutex);
  enum class Added { kNothing, kFacts, kErasure };
  // Adds the facts at or above `from`.
  absl::StatusOr<Added> AddFacts(const View& view, ContractState* state, TreeSize from) const;
  absl::Status AddEvidence(const View& view, bool facts_added, Contract* contract) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(contract->mutex);

  const EventLog& log_;
  const HashFunction hash_;
  const size_t contracts_max_;

  absl::Mutex mutex_;
  std::list<std::string> uses_ ABSL_GUARDED_BY(mutex_);  // the newest first
  absl::flat_hash_map<std::string, Kept> contracts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_VIEWED_CONTRACTS_H_
