// This header defines reading again what is about to be signed: every leaf, payload and Statement
// since the anchor, from the store and never from a buffer of the commit thread. What was written
// wrong, or rotted since, is found here, before a signature covers it.
//
//   ASSIGN_OR_RETURN(Rereader reader, Rereader::Start(log, anchor.checkpoint()));
//   RETURN_IF_ERROR(reader.ReadThrough(tree.size(), tree.Root()));
#ifndef WAYMARK_LEDGER_PUBLISH_REREAD_H_
#define WAYMARK_LEDGER_PUBLISH_REREAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/statement.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// One thread at a time.
class Rereader {
 public:
  // Begins at what is signed already. DataLoss ROOT_CHANGED if the stored right edge does not lead
  // to its root.
  static absl::StatusOr<Rereader> Start(const EventLog& log, const merkle::Checkpoint& anchored);

  // What has been read and found whole.
  TreeSize size() const { return size_; }

  // Reads [size(), target), which must be durable, and moves on to target if the ledger holds what
  // `root` says and grew only at its end. Every breach is DataLoss and names position and both
  // hashes: EVENT_DAMAGED, HEADER_DAMAGED, RECORDED_AT_DECREASED, REVISION_GAP,
  // COMMITMENT_MISMATCH, STATEMENT_MISMATCH, TILE_MISMATCH, ROOT_MISMATCH, PROOF_MISMATCH. After an
  // error nothing may be signed and the reader is of no more use.
  absl::Status ReadThrough(TreeSize target, const Digest& root);

 private:
  // The Statement under which the next events stand.
  struct OpenStatement {
    Digest digest = {};
    merkle::Statement statement;
    std::string author_key_id;
    size_t next_index = 0;
  };
  // A node that a stored full tile must lead to.
  struct ExpectedNode {
    merkle::NodeId id;
    Digest hash;
  };

  Rereader(const EventLog& log, const merkle::Checkpoint& anchored, std::vector<Digest> edge)
      : log_(&log),
        ledger_id_(anchored.origin),
        size_(anchored.size),
        root_(anchored.root),
        edge_(std::move(edge)) {}

  absl::Status ReadEvents(TreeSize target);
  absl::Status CheckEvent(const EventView& event);
  absl::Status CheckStatement(const merkle::EntryHeaderView& header);
  absl::Status OpenNextStatement(const merkle::EntryHeaderView& header);
  absl::Status CheckRevision(const merkle::EntryHeaderView& header);
  absl::Status CheckTiles(TreeSize target);
  void AppendLeaf(Position position, const Digest& leaf);

  const EventLog* log_;
  std::string ledger_id_;
  TreeSize size_;
  Digest root_;
  // Roots of the perfect subtrees read so far, largest first.
  std::vector<Digest> edge_;
  std::vector<ExpectedNode> full_tile_nodes_;
  UnixMicros last_recorded_at_;
  std::optional<OpenStatement> open_;
  // Revision that comes next, by contract; all forgotten once there are too many, and looked up
  // again.
  absl::flat_hash_map<std::string, uint64_t> next_revisions_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_PUBLISH_REREAD_H_
