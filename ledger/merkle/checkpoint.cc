#include "ledger/merkle/checkpoint.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"

namespace waymark::merkle {
namespace {

// checkpoint := origin "\n" decimal(size) "\n" base64(root[32]) "\n" extension*
// extension  := not empty, "\n"

absl::Status Malformed(absl::string_view why) {
  return Refuse({absl::StatusCode::kInvalidArgument, "CHECKPOINT_MALFORMED",
                 absl::StrCat("checkpoint: ", why)});
}

absl::Status CheckLogKeys(absl::Span<const VerifierKey> log_keys,
                          absl::Span<const VerifierKey> witness_keys) {
  const auto is_log = [](const VerifierKey& key) { return key.type == KeyType::kLog; };
  if (std::all_of(log_keys.begin(), log_keys.end(), is_log) &&
      std::none_of(witness_keys.begin(), witness_keys.end(), is_log)) {
    return absl::OkStatus();
  }
  return Refuse({absl::StatusCode::kInvalidArgument, "KEY_TYPE_MISMATCH",
                 "vkey: a log's key must be of type 1 and a witness's of type 4"});
}

}  // namespace

std::string FormatCheckpoint(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size.value, "\n",
                      ToBase64(checkpoint.root), "\n");
}

absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view text, ExtensionLines extensions) {
  // The last line's newline leaves an empty piece at the end.
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 4 || !lines.back().empty()) {
    return Malformed("must be origin, size and root, each on a line");
  }
  if (lines.size() > 4 && extensions == ExtensionLines::kRefused) {
    return Malformed("has extension lines");
  }
  if (std::any_of(lines.begin(), lines.end() - 1,
                  [](absl::string_view line) { return line.empty(); })) {
    return Malformed("has an empty line");
  }
  Checkpoint checkpoint;
  checkpoint.origin = std::string(lines[0]);
  if (!IsKeyName(checkpoint.origin))
    return Malformed("the origin has a space, a control or a plus");
  const absl::StatusOr<uint64_t> size = FromDecimal(lines[1]);
  if (!size.ok()) return Malformed(size.status().message());
  checkpoint.size.value = *size;
  const absl::StatusOr<Digest> root = DigestFromBase64(lines[2]);
  if (!root.ok()) return Malformed(root.status().message());
  checkpoint.root = *root;
  return checkpoint;
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                           absl::Span<const PrivateKey> keys) {
  std::vector<NoteSigner> signers;
  for (const PrivateKey& key : keys) signers.push_back({checkpoint.origin, key});
  return SignNote(FormatCheckpoint(checkpoint), signers);
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const PrivateKey& key) {
  return SignCheckpoint(checkpoint, absl::MakeConstSpan(&key, 1));
}

absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(absl::string_view note,
                                                absl::Span<const VerifierKey> log_keys,
                                                absl::Span<const VerifierKey> witness_keys,
                                                ExtensionLines extensions) {
  RETURN_IF_ERROR(CheckLogKeys(log_keys, witness_keys));
  std::vector<VerifierKey> keys(log_keys.begin(), log_keys.end());
  keys.insert(keys.end(), witness_keys.begin(), witness_keys.end());
  ASSIGN_OR_RETURN(OpenedNote opened, OpenNote(note, keys));
  OpenedCheckpoint result;
  ASSIGN_OR_RETURN(result.checkpoint, ParseCheckpoint(opened.text, extensions));
  result.as_signed_by_log = absl::StrCat(opened.text, "\n");
  for (VerifiedSignature& verified : opened.verified) {
    if (verified.key.type == KeyType::kCosignature) {
      result.cosignatures.push_back(std::move(verified));
      continue;
    }
    if (verified.key.name != result.checkpoint.origin) {
      return Refuse({absl::StatusCode::kInvalidArgument, "ORIGIN_MISMATCH",
                     absl::StrCat("checkpoint: of ", result.checkpoint.origin,
                                  ", but signed by the key of ", verified.key.name)});
    }
    absl::StrAppend(&result.as_signed_by_log, verified.line);
    result.log_signatures.push_back(std::move(verified));
  }
  if (result.log_signatures.empty()) {
    return Refuse({absl::StatusCode::kInvalidArgument, "NOTE_UNSIGNED",
                   "checkpoint: witnesses signed it, but none of the log's known keys"});
  }
  return result;
}

absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(absl::string_view note,
                                                const VerifierKey& log_key) {
  return OpenCheckpoint(note, absl::MakeConstSpan(&log_key, 1), {});
}

}  // namespace waymark::merkle
