// This header defines the search for a commitment that stands at two positions. Fresh salts make
// every commitment its event's own, so the second one is a copy that somebody made.
//
//   CheckCommitmentsDiffer(tables, meta.head.size, /*start=*/TreeSize{}, &faults);
#ifndef WAYMARK_LEDGER_STORAGE_COMMITMENT_AUDIT_H_
#define WAYMARK_LEDGER_STORAGE_COMMITMENT_AUDIT_H_

#include <cstddef>

#include "ledger/base/types.h"
#include "ledger/storage/fault_log.h"
#include "ledger/storage/tables.h"

namespace waymark {

// Commitments held in memory at a time, 16 bytes each. A larger ledger is read several times.
inline constexpr size_t kCommitmentsInMemoryMax = 8 << 20;

// Compares the headers of [0, size) and reports each that repeats the commitment of an earlier one
// and stands at `start` or above. Headers that cannot be read are passed over: the walk over all
// events names them.
void CheckCommitmentsDiffer(const Tables& tables, TreeSize size, TreeSize start, FaultLog* faults,
                            size_t in_memory_max = kCommitmentsInMemoryMax);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_COMMITMENT_AUDIT_H_
