// This header defines the check of one event after another against everything that was stored with
// it: its place, its contract's stream, its request, its Statement, its payload and its filters.
//
//   EventAudit audit(tables, identity, EventAudit::Depth::kContents, &faults);
//   audit.Check(position, cursor);           // for each position, rising
//   audit.Finish(Position{0});
#ifndef WAYMARK_LEDGER_STORAGE_EVENT_AUDIT_H_
#define WAYMARK_LEDGER_STORAGE_EVENT_AUDIT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/statement.h"
#include "ledger/storage/erasure_audit.h"
#include "ledger/storage/event_cursor.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/fault_log.h"
#include "ledger/storage/rows.h"
#include "ledger/storage/tables.h"

namespace waymark {

// One thread at a time. Whatever it finds goes to the FaultLog; it goes on after every fault.
class EventAudit {
 public:
  // kRows: every row is there, well formed and in its place. kContents: payloads and signatures are
  // checked as well.
  enum class Depth { kRows, kContents };

  // All arguments must outlive it.
  EventAudit(const Tables& tables, const LedgerIdentity& identity, Depth depth, FaultLog* faults);

  // Checks the event at `position`, on which the cursor stands. Positions rise; after one that was
  // left out, and at first unless it is 0, what stands before is not asked about.
  void Check(Position position, const EventCursor& cursor);
  // After the last, of an audit that began at `begin`: the request that it belongs to must end
  // there.
  void Finish(Position begin);

  uint64_t requests() const { return requests_; }
  uint64_t signatures() const { return signatures_; }
  uint64_t erased() const { return erasures_.erased(); }
  uint64_t stream_rows() const { return stream_rows_; }
  uint64_t filter_rows() const { return filter_rows_; }
  uint64_t chunk_rows() const { return chunk_rows_; }
  UnixMicros last_recorded_at() const { return last_recorded_at_; }

 private:
  // A contract as far as its events were seen.
  struct Stream {
    Digest digest = {};
    uint64_t run = 0;  // of positions without a gap, in which `next_revision` was learnt
    uint64_t next_revision = 0;
    // The row in use: the ranges not yet used up, and the revision at which they begin.
    std::vector<PositionRange> ranges;
  };
  // The request whose events are being checked.
  struct Request {
    Digest digest = {};
    Position first;
    uint32_t next_index = 0;
    std::optional<merkle::Statement> statement;
  };

  Fault FaultAt(const merkle::EntryHeaderView& header, absl::string_view what) const;
  void CheckOrder(const merkle::EntryHeaderView& header, absl::string_view key);
  void CheckStream(const merkle::EntryHeaderView& header, Stream* stream);
  absl::StatusOr<std::vector<PositionRange>> StreamFrom(const Digest& contract, Revision revision);
  void CheckRequest(const merkle::EntryHeaderView& header, absl::string_view key);
  void BeginRequest(const merkle::EntryHeaderView& header);
  void EndRequest();
  void CheckStatementRow(const merkle::EntryHeaderView& header);
  void CheckRequestRow(const merkle::EntryHeaderView& header);
  void LoadPayloads(const EventCursor& cursor);
  void CheckPayload(const merkle::EntryHeaderView& header, const EventCursor& cursor);
  void CheckFilters(Position position);

  const Tables& tables_;
  const LedgerIdentity& identity_;
  const Depth depth_;
  FaultLog& faults_;

  Position next_;
  uint64_t run_ = 1;
  UnixMicros last_recorded_at_;
  absl::flat_hash_map<std::string, Stream> streams_;
  std::optional<Request> request_;
  // The chunk whose payloads are loaded; nothing in it if they could not be.
  std::optional<Position> chunk_;
  rocksdb::PinnableSlice payload_value_;
  PayloadRow payloads_;
  ErasureAudit erasures_;
  // Stands on the filter row in use, whose end is the end of its commit; 0 if there is none in use.
  const Scan filter_scan_;
  uint64_t filters_end_ = 0;

  uint64_t requests_ = 0;
  uint64_t signatures_ = 0;
  uint64_t stream_rows_ = 0;
  uint64_t filter_rows_ = 0;
  uint64_t chunk_rows_ = 0;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_EVENT_AUDIT_H_
