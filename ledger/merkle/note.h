// This header defines signed notes (C2SP signed-note) and the signatures that stand under them: of
// a log, and of a witness (C2SP tlog-cosignature). Safe from any thread.
//
//   ASSIGN_OR_RETURN(const VerifierKey key, ParseVkey("example.com/log+33d7b496+AeHT..."));
//   ASSIGN_OR_RETURN(const OpenedNote note, OpenNote(bytes, {key}));
#ifndef WAYMARK_LEDGER_MERKLE_NOTE_H_
#define WAYMARK_LEDGER_MERKLE_NOTE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/merkle/note_key.h"

namespace waymark::merkle {

// One signature line.
struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  // What follows the key id: 64 bytes of a log, 72 of a cosigner.
  std::string signature;
  // The line as it stands, with its newline.
  std::string line;
  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct Note {
  // With its last newline.
  std::string text;
  // In the note's order; identical lines once.
  std::vector<NoteSignature> signatures;
};

// Takes a note apart and believes nothing. InvalidArgument NOTE_MALFORMED.
absl::StatusOr<Note> ParseNote(absl::string_view bytes);

// A line that verified.
struct VerifiedSignature {
  VerifierKey key;
  // Unix seconds at which a cosigner signed; 0 for a log's signature. Whether that time counts is
  // the caller's matter.
  uint64_t time = 0;
  std::string line;
};

struct OpenedNote {
  std::string text;
  // At least one, in the note's order.
  std::vector<VerifiedSignature> verified;
  // Lines by keys that were not asked for, in the note's order.
  std::vector<NoteSignature> others;
};

// Parses, and checks every line whose (name, id) is one of `keys`. InvalidArgument NOTE_MALFORMED;
// NOTE_SIGNATURE_INVALID if any such line does not verify, whatever else does; NOTE_UNSIGNED if
// none of `keys` signed.
absl::StatusOr<OpenedNote> OpenNote(absl::string_view bytes, absl::Span<const VerifierKey> keys);

// A log's line over `text`.
std::string SignatureLine(absl::string_view text, const NoteSigner& signer);

// The whole note, lines in the signers' order. InvalidArgument NOTE_MALFORMED for a text or name
// that no reader would take, or no signer.
absl::StatusOr<std::string> SignNote(absl::string_view text, absl::Span<const NoteSigner> signers);

// A witness's line over a checkpoint's text, signed at `unix_seconds` (below 2^63).
std::string CosignatureLine(absl::string_view text, const NoteSigner& witness,
                            uint64_t unix_seconds);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_NOTE_H_
