#include "ledger/merkle/note.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"

namespace waymark::merkle {
namespace {

// note        := text "\n" line{1..100}
// text        := ends in a newline; the blank line after it is the last one of the note
// line        := U+2014 " " name " " base64(id:u32be signature) "\n"
// signature   := Ed25519(text)[64]                               of a log
//              | time:u64be Ed25519(cosigned)[64]                of a cosigner
// cosigned    := "cosignature/v1\n" "time " decimal(time) "\n" text
constexpr absl::string_view kLineStart = "\xe2\x80\x94 ";
constexpr absl::string_view kBlankLine = "\n\n";
constexpr size_t kIdBytes = 4;
constexpr size_t kTimeBytes = 8;
constexpr uint64_t kTimeMax = INT64_MAX;

absl::Status Malformed(absl::string_view why) {
  return Refuse(
      {absl::StatusCode::kInvalidArgument, "NOTE_MALFORMED", absl::StrCat("note: ", why)});
}

std::string CosignedMessage(absl::string_view text, uint64_t time) {
  return absl::StrCat("cosignature/v1\ntime ", time, "\n", text);
}

std::string FormatLine(const VerifierKey& key, absl::string_view signature) {
  std::string payload;
  AppendU32be(key.id(), &payload);
  absl::StrAppend(&payload, signature);
  return absl::StrCat(kLineStart, key.name, " ", ToBase64(payload), "\n");
}

// `line` with its newline.
absl::StatusOr<NoteSignature> ParseLine(absl::string_view line) {
  NoteSignature signature;
  signature.line = std::string(line);
  line.remove_suffix(1);
  const bool started = absl::ConsumePrefix(&line, kLineStart);
  const size_t space = line.find(' ');
  if (!started || space == absl::string_view::npos) {
    return Malformed("a line below the text is not a signature");
  }
  signature.name = std::string(line.substr(0, space));
  const absl::StatusOr<std::string> payload = FromBase64(line.substr(space + 1));
  if (!IsKeyName(signature.name) || !payload.ok() || payload->size() <= kIdBytes) {
    return Malformed("a signature line has no key name, or no base64 of a key id and more");
  }
  signature.key_id = GetU32be(*payload);
  signature.signature = payload->substr(kIdBytes);
  return signature;
}

// The signature if it is by `key`. One place to add a further type of signature.
bool Verify(const VerifierKey& key, absl::string_view text, const NoteSignature& signature,
            VerifiedSignature* verified) {
  verified->key = key;
  verified->line = signature.line;
  switch (key.type) {
    case KeyType::kLog:
      return VerifyEd25519(key.public_key, text, signature.signature);
    case KeyType::kCosignature:
      if (signature.signature.size() != kTimeBytes + kSignatureBytes) return false;
      verified->time = GetU64be(signature.signature);
      if (verified->time > kTimeMax) return false;
      return VerifyEd25519(key.public_key, CosignedMessage(text, verified->time),
                           absl::string_view(signature.signature).substr(kTimeBytes));
  }
  return false;
}

}  // namespace

absl::StatusOr<Note> ParseNote(absl::string_view bytes) {
  if (bytes.size() > kNoteBytesMax) {
    return Malformed(absl::StrCat(bytes.size(), " bytes, at most ", kNoteBytesMax));
  }
  const bool plain = std::none_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<uint8_t>(c) < 0x20 && c != '\n';
  });
  if (!plain || !IsUtf8(bytes)) return Malformed("has control characters or is not UTF-8");
  // The text may hold blank lines of its own, so the last one is what parts it from the lines.
  const size_t split = bytes.rfind(kBlankLine);
  if (split == absl::string_view::npos) return Malformed("no blank line before the signatures");
  Note note;
  note.text = std::string(bytes.substr(0, split + 1));
  absl::string_view lines = bytes.substr(split + kBlankLine.size());
  if (lines.empty() || lines.back() != '\n') return Malformed("does not end in a signature line");
  for (size_t count = 1; !lines.empty(); ++count) {
    if (count > kNoteSignaturesMax) {
      return Malformed(absl::StrCat("more than ", kNoteSignaturesMax, " signature lines"));
    }
    const size_t line_bytes = lines.find('\n') + 1;
    ASSIGN_OR_RETURN(NoteSignature signature, ParseLine(lines.substr(0, line_bytes)));
    lines.remove_prefix(line_bytes);
    const bool seen = std::find(note.signatures.begin(), note.signatures.end(), signature) !=
                      note.signatures.end();
    if (!seen) note.signatures.push_back(std::move(signature));
  }
  return note;
}

absl::StatusOr<OpenedNote> OpenNote(absl::string_view bytes, absl::Span<const VerifierKey> keys) {
  ASSIGN_OR_RETURN(Note note, ParseNote(bytes));
  OpenedNote opened;
  for (NoteSignature& signature : note.signatures) {
    bool known = false;
    bool good = false;
    for (const VerifierKey& key : keys) {
      if (key.name != signature.name || key.id() != signature.key_id) continue;
      known = true;
      VerifiedSignature verified;
      if (!Verify(key, note.text, signature, &verified)) continue;
      opened.verified.push_back(std::move(verified));
      good = true;
      break;
    }
    if (known && !good) {
      return Refuse({absl::StatusCode::kInvalidArgument, "NOTE_SIGNATURE_INVALID",
                     absl::StrCat("note: the signature of ", signature.name, " does not verify")});
    }
    if (!known) opened.others.push_back(std::move(signature));
  }
  if (opened.verified.empty()) {
    return Refuse({absl::StatusCode::kInvalidArgument, "NOTE_UNSIGNED",
                   absl::StrCat("note: none of ", keys.size(), " known keys signed it")});
  }
  opened.text = std::move(note.text);
  return opened;
}

std::string SignatureLine(absl::string_view text, const NoteSigner& signer) {
  return FormatLine(signer.verifier(), signer.key.Sign(text));
}

absl::StatusOr<std::string> SignNote(absl::string_view text, absl::Span<const NoteSigner> signers) {
  std::string bytes = absl::StrCat(text, "\n");
  for (const NoteSigner& signer : signers) absl::StrAppend(&bytes, SignatureLine(text, signer));
  // What a reader would refuse, or part elsewhere, is not to be given away.
  ASSIGN_OR_RETURN(const Note note, ParseNote(bytes));
  if (note.text != text) return Malformed("the text must end in a newline");
  return bytes;
}

std::string CosignatureLine(absl::string_view text, const NoteSigner& witness,
                            uint64_t unix_seconds) {
  WAYMARK_CHECK(unix_seconds <= kTimeMax);
  std::string signature;
  AppendU64be(unix_seconds, &signature);
  absl::StrAppend(&signature, witness.key.Sign(CosignedMessage(text, unix_seconds)));
  return FormatLine({witness.name, KeyType::kCosignature, witness.key.public_key()}, signature);
}

}  // namespace waymark::merkle
