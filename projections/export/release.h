// This header defines the contract as a release of the Open Contracting Data Standard 1.1: targets
// are milestones of the contract's implementation.
//
//   const std::string json = ReleaseJson(record);
//
// Pure. A release is immutable: its id is made of contract, as_of and known_at, and its date is the
// instant at which the last event that it knows was recorded. MET is met, MISSED is notMet, NOT_DUE
// and NOT_YET_DETERMINED are scheduled; a target whose level no matrix defines is scheduled too,
// and says INDETERMINATE. The target of all focuses of a category is met in part while some of them
// met theirs.
#ifndef WAYMARK_PROJECTIONS_EXPORT_RELEASE_H_
#define WAYMARK_PROJECTIONS_EXPORT_RELEASE_H_

#include <string>

#include "projections/export/contract_record.h"

namespace waymark::exports {

std::string ReleaseJson(const ContractRecord& record);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_RELEASE_H_
