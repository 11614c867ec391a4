// This header defines the anchor: the newest signed checkpoint, kept outside the database so that a
// database which went backwards is noticed. Beside it lies an append-only file of all released
// ones.
//
//   anchor_dir/anchor        the newest checkpoint, a signed note
//   anchor_dir/checkpoints   all released ones: { u32le length, note }*
//   anchor_dir/flushed       size below which an open need not hash again (decimal, newline)
//   anchor_dir/lock          held by one process
//
//   RETURN_IF_ERROR(Anchor::Create(directory, checkpoint_of_the_empty_tree));
//   ASSIGN_OR_RETURN(const std::unique_ptr<Anchor> anchor, Anchor::Open(directory, vkey));
//   RETURN_IF_ERROR(CheckAgainstAnchor(found, *anchor, found.root_at));
#ifndef WAYMARK_LEDGER_PUBLISH_ANCHOR_H_
#define WAYMARK_LEDGER_PUBLISH_ANCHOR_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/storage/event_log.h"

namespace waymark {

// One process at a time, kept so by a lock on the directory. FindReleased is safe from any thread;
// the rest is for one thread at a time. No backup holds these files and none is restored over them.
class Anchor {
 public:
  // Makes the directory (its parent must exist) and writes `first_checkpoint`, the signed
  // checkpoint of the empty tree. AlreadyExists ANCHOR_EXISTS if there is one; nothing is changed
  // then.
  static absl::Status Create(const std::string& directory, absl::string_view first_checkpoint);

  // Takes the lock and reads. NotFound ANCHOR_MISSING; Unavailable ANCHOR_LOCKED; DataLoss
  // ANCHOR_DAMAGED for bytes that are not a checkpoint signed under `vkey`, or for released
  // checkpoints beyond the anchor; DataLoss ORIGIN_CHANGED for the checkpoint of another ledger. A
  // crash between the anchor and the file of released ones leaves the latter one short or torn: it
  // is completed.
  static absl::StatusOr<std::unique_ptr<Anchor>> Open(const std::string& directory,
                                                      const std::string& vkey);
  ~Anchor();
  Anchor(const Anchor&) = delete;
  Anchor& operator=(const Anchor&) = delete;

  // As on disk now, read again, its signature checked. Errors: ANCHOR_MISSING, ANCHOR_DAMAGED,
  // ORIGIN_CHANGED.
  absl::StatusOr<merkle::Checkpoint> ReadAgain() const;
  // The newest checkpoint as this process knows it: its note bytes, and what they say.
  const std::string& note() const;
  const merkle::Checkpoint& checkpoint() const;

  // Compare and swap. Synced before it returns; from then on the checkpoint may leave the process.
  // ResourceExhausted ANCHOR_DISK_FULL: nothing changed, try again later. Every other error must
  // stop all signing: DataLoss ANCHOR_CHANGED (the file is not what this process knows),
  // ANCHOR_WOULD_SHRINK, TWO_ROOTS, ANCHOR_DAMAGED
  // (`note` does not say `next`); Internal FILE_WRITE_FAILED.
  absl::Status Replace(const merkle::Checkpoint& next, absl::string_view note);

  // Size up to which the database was in files of its own when last noted; 0 if that is not known.
  TreeSize flushed_size() const;
  // May be lost in a crash: then more is hashed on the next open.
  absl::Status NoteFlushed(TreeSize size);

  // The note of a released checkpoint of exactly this size, its signature checked; none if there
  // was none. DataLoss ANCHOR_DAMAGED, ORIGIN_CHANGED.
  absl::StatusOr<std::optional<std::string>> FindReleased(TreeSize size) const;

 private:
  struct Files;
  explicit Anchor(std::unique_ptr<Files> files);
  std::unique_ptr<Files> files_;
};

// The open check: what the directory holds must not fall short of what was signed. `found` is empty
// where the database is missing; `root_at_anchor_size` is Inspection::root_at for the anchor's
// size, and is not looked at where the database is missing, smaller or of another ledger. DataLoss
// LEDGER_MISSING, ORIGIN_CHANGED, ROLLED_BACK, ROOT_CHANGED, each naming both states and the
// positions at stake.
absl::Status CheckAgainstAnchor(const std::optional<Inspection>& found, const Anchor& anchor,
                                const absl::StatusOr<Digest>& root_at_anchor_size);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_PUBLISH_ANCHOR_H_
