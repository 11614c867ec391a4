// This header defines the check that payloads are gone where an event erased them, and nowhere
// else.
//
//   ErasureAudit erasures(&faults);
//   erasures.NoteErased(header);             // its payload is gone
//   erasures.NotePresent(header, payload);   // its payload is there
//   erasures.Finish(begin);                  // reports erasure_event, erasure_undone
#ifndef WAYMARK_LEDGER_STORAGE_ERASURE_AUDIT_H_
#define WAYMARK_LEDGER_STORAGE_ERASURE_AUDIT_H_

#include <cstdint>
#include <map>
#include <set>

#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/storage/fault_log.h"

namespace waymark {

// Takes the events in position order. One thread at a time; its memory grows with what was erased.
class ErasureAudit {
 public:
  // `faults` must outlive it.
  explicit ErasureAudit(FaultLog* faults) : faults_(*faults) {}

  void NoteErased(const merkle::EntryHeaderView& header);
  void NotePresent(const merkle::EntryHeaderView& header, absl::string_view payload);
  // After the last event. Of those below `begin` nothing is known.
  void Finish(Position begin);

  uint64_t erased() const { return erased_.size(); }

 private:
  FaultLog& faults_;
  std::set<Position> erased_;
  // What events say is erased, and the first event that says so.
  std::map<Position, Position> named_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_ERASURE_AUDIT_H_
