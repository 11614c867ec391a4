// This header defines how the violations of one request are gathered and put in order: what is
// wrong with the shape, then with who acts, then with the state; inside each, the refusals that all
// events share, in the catalogue's order, then those of the event's own row, in the order in which
// its rule found them.
//
//   Violations violations;
//   violations.Add({absl::StatusCode::kNotFound, "FOCUS_UNKNOWN", "focus: PI-XX", 0, "focus"});
//   if (!violations.empty()) return violations.ToStatus();
#ifndef WAYMARK_LEDGER_CONTRACT_VIOLATIONS_H_
#define WAYMARK_LEDGER_CONTRACT_VIOLATIONS_H_

#include <vector>

#include "absl/status/status.h"
#include "ledger/base/refusal.h"

namespace waymark {

// Not synchronised.
class Violations {
 public:
  // Keeps the first kViolationsMax in that order, so that a request full of faults costs no more
  // than its reading.
  void Add(Violation violation);
  bool empty() const { return list_.empty(); }

  // A refusal with those kept, in order. REQUIRES: not empty.
  absl::Status ToStatus() const { return Refuse(list_); }

 private:
  std::vector<Violation> list_;  // in order
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_VIOLATIONS_H_
