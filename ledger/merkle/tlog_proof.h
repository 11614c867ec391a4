// This header defines the proof that travels as one file (C2SP tlog-proof): an index, an inclusion
// proof and the checkpoint it leads to. With the entry's header it shows offline that the entry is
// in the ledger.
//
//   ASSIGN_OR_RETURN(const VerifiedEntry entry, VerifyTlogProof(file, header, vkey));
#ifndef WAYMARK_LEDGER_MERKLE_TLOG_PROOF_H_
#define WAYMARK_LEDGER_MERKLE_TLOG_PROOF_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/base/types.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/note.h"

namespace waymark::merkle {

struct TlogProof {
  Position index;
  // From the leaf's sibling up.
  std::vector<Digest> hashes;
  // The note, verbatim, with whatever cosignatures it has.
  std::string checkpoint;
};

// The file's bytes. Writes no `extra` line.
std::string FormatTlogProof(const TlogProof& proof);

// Takes the canonical form. An `extra` line is checked for form and dropped: nothing in it may be
// trusted. InvalidArgument TLOG_PROOF_MALFORMED. Verifies nothing.
absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view bytes);

struct VerifiedEntry {
  EntryHeader header;
  OpenedCheckpoint checkpoint;
};

// Shows that the entry with these header bytes is at its position in a tree that the log signed.
// Errors: those of ParseTlogProof, DecodeEntryHeader, OpenCheckpoint and VerifyInclusion;
// InvalidArgument POSITION_MISMATCH if the header's position is not the proof's index.
absl::StatusOr<VerifiedEntry> VerifyTlogProof(absl::string_view proof, absl::string_view header,
                                              absl::Span<const VerifierKey> log_keys,
                                              absl::Span<const VerifierKey> witness_keys);
absl::StatusOr<VerifiedEntry> VerifyTlogProof(absl::string_view proof, absl::string_view header,
                                              const VerifierKey& log_key);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_TLOG_PROOF_H_
