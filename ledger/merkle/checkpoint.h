// This header defines the checkpoint (C2SP tlog-checkpoint): a signed size and root. Safe from any
// thread.
//
//   ASSIGN_OR_RETURN(const std::string note, SignCheckpoint({origin, TreeSize{2}, root}, key));
//   ASSIGN_OR_RETURN(const OpenedCheckpoint opened, OpenCheckpoint(note, vkey));
#ifndef WAYMARK_LEDGER_MERKLE_CHECKPOINT_H_
#define WAYMARK_LEDGER_MERKLE_CHECKPOINT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/base/types.h"
#include "ledger/merkle/note.h"

namespace waymark::merkle {

struct Checkpoint {
  // The ledger's id, and the name of its key.
  std::string origin;
  TreeSize size;
  Digest root = {};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// Lines after the root. Waymark writes none and refuses its own checkpoints with one; a witness
// takes other logs' too.
enum class ExtensionLines { kRefused, kAllowed };

// The text that is signed: three lines, each with its newline.
std::string FormatCheckpoint(const Checkpoint& checkpoint);

// Takes only what FormatCheckpoint writes (and extension lines where allowed). InvalidArgument
// CHECKPOINT_MALFORMED. A size of 0 with another root than the empty one parses: it is false, not
// malformed.
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text,
                                           ExtensionLines extensions = ExtensionLines::kRefused);

// The whole note. While keys rotate, `keys` has both, the older first. InvalidArgument
// NOTE_MALFORMED for an origin that cannot be a key name, or no key.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const PrivateKey& key);
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                           absl::Span<const PrivateKey> keys);

struct OpenedCheckpoint {
  Checkpoint checkpoint;
  // The note's text and the log's own verified lines: the bytes that a time-stamp covers. A prefix
  // of the note when the log's lines stand first, as Waymark writes them.
  std::string as_signed_by_log;
  // The log's lines that verified; at least one.
  std::vector<VerifiedSignature> log_signatures;
  // The witnesses' lines that verified. Whether they meet a quorum is for a policy to say.
  std::vector<VerifiedSignature> cosignatures;
};

// Opens the note with the log's keys (any one must have signed; all share one name) and the
// witnesses' keys (none need have). Errors: those of OpenNote; CHECKPOINT_MALFORMED;
// InvalidArgument ORIGIN_MISMATCH if the origin is not the log keys' name; NOTE_UNSIGNED if only
// witnesses signed.
absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(
    absl::string_view note, absl::Span<const VerifierKey> log_keys,
    absl::Span<const VerifierKey> witness_keys,
    ExtensionLines extensions = ExtensionLines::kRefused);
absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(absl::string_view note, const VerifierKey& log_key);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_CHECKPOINT_H_
