// This header defines how accepted requests become one CommitRecord: every event gets its position,
// revision and time, its header is encoded and hashed, and the tree grows by the leaf. It knows
// nothing of rules; it stamps whatever bytes it is given.
//
//   RecordBuilder builder(log.tree(), time);
//   builder.Add(std::move(request), state.next_revision, filters, flags);
//   const CommitRecord record = std::move(builder).Finish();
#ifndef WAYMARK_LEDGER_COMMIT_RECORD_BUILDER_H_
#define WAYMARK_LEDGER_COMMIT_RECORD_BUILDER_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "ledger/base/types.h"
#include "ledger/commit/append_request.h"
#include "ledger/commit/recording_clock.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/storage/commit_record.h"

namespace waymark {

// Pure. One thread at a time.
class RecordBuilder {
 public:
  // Continues `tree`: the next event gets the position tree.size().
  RecordBuilder(merkle::CompactTree tree, const RecordingTime& time);

  // What the next event will get.
  Position next_position() const { return Position{tree_.size().value}; }
  const RecordingTime& time() const { return time_; }

  // Gives all events of the request the next places, and consumes its bytes. One filter entry and
  // one list of flags an event. REQUIRES: a request that can be encoded, as SealRequest leaves it.
  void Add(SealedRequest request, Revision first_revision, std::vector<FilterEntry> filters,
           std::vector<std::vector<std::string>> flags);

  // Payloads and salts of these earlier events go with the record. REQUIRES: positions that rise,
  // all of them in the log already, and named by an event that was added.
  void Erase(std::vector<Position> positions) { record_.erased = std::move(positions); }

  // Makes room: up to this many requests, what requests() refers to stays where it is.
  void Reserve(size_t requests, size_t events);

  // What was added so far. Its new_* are not set.
  const CommitRecord& record() const { return record_; }
  const std::vector<CommitRequest>& requests() const { return record_.requests; }

  // The tree with all events in it.
  const merkle::CompactTree& tree() const { return tree_; }
  CommitRecord Finish() &&;

 private:
  merkle::CompactTree tree_;
  RecordingTime time_;
  CommitRecord record_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_RECORD_BUILDER_H_
