#include "ledger/merkle/tlog_proof.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/proof.h"

namespace waymark::merkle {
namespace {

// proof := "c2sp.org/tlog-proof@v1" "\n"
//          ["extra " base64 "\n"]
//          "index " decimal "\n"
//          (base64(hash[32]) "\n"){0..63}
//          "\n"
//          checkpoint                        a signed note, to the end
constexpr absl::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr absl::string_view kExtra = "extra ";
constexpr absl::string_view kIndex = "index ";

absl::Status Malformed(absl::string_view why) {
  return Refuse({absl::StatusCode::kInvalidArgument, "TLOG_PROOF_MALFORMED",
                 absl::StrCat("tlog-proof: ", why)});
}

// Takes a line without its newline from the front; an error where no newline follows.
absl::StatusOr<absl::string_view> TakeLine(absl::string_view* text) {
  const size_t end = text->find('\n');
  if (end == absl::string_view::npos) return Malformed("ends within a line");
  const absl::string_view line = text->substr(0, end);
  text->remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string FormatTlogProof(const TlogProof& proof) {
  std::string out = absl::StrCat(kFirstLine, "\n", kIndex, proof.index.value, "\n");
  for (const Digest& hash : proof.hashes) absl::StrAppend(&out, ToBase64(hash), "\n");
  absl::StrAppend(&out, "\n", proof.checkpoint);
  return out;
}

absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view bytes) {
  ASSIGN_OR_RETURN(absl::string_view line, TakeLine(&bytes));
  if (line != kFirstLine) return Malformed(absl::StrCat("the first line must be ", kFirstLine));
  ASSIGN_OR_RETURN(line, TakeLine(&bytes));
  if (absl::ConsumePrefix(&line, kExtra)) {
    if (!FromBase64(line).ok()) return Malformed("the extra line is not base64");
    ASSIGN_OR_RETURN(line, TakeLine(&bytes));
  }
  if (!absl::ConsumePrefix(&line, kIndex)) return Malformed("has no index line");
  const absl::StatusOr<uint64_t> index = FromDecimal(line);
  if (!index.ok()) return Malformed("the index is not decimal, or above 2^64-1");
  TlogProof proof;
  proof.index.value = *index;
  for (;;) {
    ASSIGN_OR_RETURN(line, TakeLine(&bytes));
    if (line.empty()) break;
    if (proof.hashes.size() == kProofHashesMax) {
      return Malformed(absl::StrCat("more than ", kProofHashesMax, " hashes"));
    }
    const absl::StatusOr<Digest> hash = DigestFromBase64(line);
    if (!hash.ok()) return Malformed("a hash is not base64 of 32 bytes");
    proof.hashes.push_back(*hash);
  }
  proof.checkpoint = std::string(bytes);
  return proof;
}

absl::StatusOr<VerifiedEntry> VerifyTlogProof(absl::string_view proof, absl::string_view header,
                                              absl::Span<const VerifierKey> log_keys,
                                              absl::Span<const VerifierKey> witness_keys) {
  ASSIGN_OR_RETURN(const TlogProof parsed, ParseTlogProof(proof));
  // The leaf is hashed from the bytes at hand, and the same bytes are read.
  const Digest leaf = LeafHash(header);
  VerifiedEntry verified;
  ASSIGN_OR_RETURN(verified.header, DecodeEntryHeader(header));
  if (verified.header.position != parsed.index) {
    return Refuse({absl::StatusCode::kInvalidArgument, "POSITION_MISMATCH",
                   absl::StrCat("index: the proof is for ", parsed.index.value,
                                ", the header says position ", verified.header.position.value),
                   -1, "index"});
  }
  ASSIGN_OR_RETURN(verified.checkpoint, OpenCheckpoint(parsed.checkpoint, log_keys, witness_keys));
  const Checkpoint& checkpoint = verified.checkpoint.checkpoint;
  RETURN_IF_ERROR(
      VerifyInclusion(parsed.index, checkpoint.size, leaf, parsed.hashes, checkpoint.root));
  return verified;
}

absl::StatusOr<VerifiedEntry> VerifyTlogProof(absl::string_view proof, absl::string_view header,
                                              const VerifierKey& log_key) {
  return VerifyTlogProof(proof, header, absl::MakeConstSpan(&log_key, 1), {});
}

}  // namespace waymark::merkle
