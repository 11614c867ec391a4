// This header defines how much of the record a question may see. What is known is always a prefix
// of the ledger, so it is a number of events, as the head is: nothing known is 0, everything known
// is the head, and a known_at of position p is SizeThrough(p). A day may cut it further, to what
// was recorded by the end of that day:
//
//   Knowledge now{head};
//   Knowledge then{head, absl::CivilDay(2025, 3, 31)};
//   if (then.Has(determination.known)) ...
#ifndef WAYMARK_LEDGER_CONTRACT_KNOWLEDGE_H_
#define WAYMARK_LEDGER_CONTRACT_KNOWLEDGE_H_

#include "absl/time/civil_time.h"
#include "ledger/base/types.h"
#include "ledger/contract/state.h"

namespace waymark {

struct Knowledge {
  // Number of events known: positions [0, known).
  TreeSize known;
  // Of these, what was recorded on this civil day of the contract's zone or before.
  absl::CivilDay by = absl::CivilDay::max();

  bool Has(const Known& fact) const {
    return fact.position.value < known.value && fact.recorded_on <= by;
  }
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_KNOWLEDGE_H_
