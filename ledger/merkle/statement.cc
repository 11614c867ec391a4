#include "ledger/merkle/statement.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/ed25519.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark::merkle {
namespace {

// statement := 0a len ledger               1..127 bytes
//              12 len contract_id          1..64 bytes
//              1a len request_id           1..64 bytes
//              22 len principal            1..127 bytes
//              (2a 20 commitment[32]){n}   n is 1..1000, no two alike
// A protobuf message with fields 1..5 too, always in this order.
constexpr char kLedgerTag = 0x0a;
constexpr char kContractIdTag = 0x12;
constexpr char kRequestIdTag = 0x1a;
constexpr char kPrincipalTag = 0x22;
constexpr char kCommitmentTag = 0x2a;
constexpr size_t kCommitmentFieldBytes = 2 + kDigestBytes;

absl::Status Malformed(absl::string_view message) {
  return Refuse({absl::StatusCode::kInvalidArgument, "STATEMENT_MALFORMED",
                 absl::StrCat("statement: ", message)});
}

void AppendField(char tag, absl::string_view bytes, std::string* out) {
  WAYMARK_CHECK(bytes.size() < 128);
  out->push_back(tag);
  out->push_back(static_cast<char>(bytes.size()));
  out->append(bytes.data(), bytes.size());
}

// Takes the field `tag` of 1..bytes_max bytes from the front of bytes[*at..).
absl::StatusOr<std::string> TakeField(char tag, size_t bytes_max, absl::string_view bytes,
                                      size_t* at) {
  const absl::string_view rest = bytes.substr(*at);
  if (rest.size() < 2 || rest[0] != tag) {
    return Malformed(absl::StrCat("not the canonical form at byte ", *at));
  }
  const size_t length = static_cast<uint8_t>(rest[1]);
  if (length == 0 || length > bytes_max || rest.size() < 2 + length) {
    return Malformed(absl::StrCat("not the canonical form at byte ", *at + 1));
  }
  *at += 2 + length;
  return std::string(rest.substr(2, length));
}

absl::Status CheckCommitments(const std::vector<Digest>& commitments) {
  if (commitments.empty() || commitments.size() > kRequestEventsMax) {
    return Malformed(
        absl::StrCat(commitments.size(), " commitments, must be 1 to ", kRequestEventsMax));
  }
  absl::flat_hash_set<absl::string_view> seen;
  seen.reserve(commitments.size());
  for (const Digest& commitment : commitments) {
    if (seen.insert(BytesOf(commitment)).second) continue;
    return Refuse({absl::StatusCode::kInvalidArgument, "COMMITMENT_REPEATED",
                   absl::StrCat("commitments: ", ToHex(commitment),
                                " stands twice; draw a fresh salt for each event"),
                   -1, "commitments"});
  }
  return absl::OkStatus();
}

// The PAE of a Statement up to its body.
std::string PaePrefix(absl::string_view type, size_t body_bytes) {
  return absl::StrCat("DSSEv1 ", type.size(), " ", type, " ", body_bytes, " ");
}

}  // namespace

absl::Status CheckStatement(const Statement& statement) {
  RETURN_IF_ERROR(CheckText("ledger", statement.ledger, kLedgerIdBytesMax));
  RETURN_IF_ERROR(CheckText("contract_id", statement.contract_id, kContractIdBytesMax));
  RETURN_IF_ERROR(CheckText("request_id", statement.request_id, kRequestIdBytesMax));
  RETURN_IF_ERROR(CheckText("principal", statement.principal, kPrincipalBytesMax));
  return CheckCommitments(statement.commitments);
}

std::string EncodeStatement(const Statement& statement) {
  std::string out;
  AppendField(kLedgerTag, statement.ledger, &out);
  AppendField(kContractIdTag, statement.contract_id, &out);
  AppendField(kRequestIdTag, statement.request_id, &out);
  AppendField(kPrincipalTag, statement.principal, &out);
  out.reserve(out.size() + statement.commitments.size() * kCommitmentFieldBytes);
  for (const Digest& commitment : statement.commitments) {
    AppendField(kCommitmentTag, BytesOf(commitment), &out);
  }
  return out;
}

absl::StatusOr<Statement> DecodeStatement(absl::string_view bytes) {
  Statement statement;
  size_t at = 0;
  ASSIGN_OR_RETURN(statement.ledger, TakeField(kLedgerTag, kLedgerIdBytesMax, bytes, &at));
  ASSIGN_OR_RETURN(statement.contract_id,
                   TakeField(kContractIdTag, kContractIdBytesMax, bytes, &at));
  ASSIGN_OR_RETURN(statement.request_id, TakeField(kRequestIdTag, kRequestIdBytesMax, bytes, &at));
  ASSIGN_OR_RETURN(statement.principal, TakeField(kPrincipalTag, kPrincipalBytesMax, bytes, &at));
  if ((bytes.size() - at) / kCommitmentFieldBytes > kRequestEventsMax) {
    return Malformed(absl::StrCat("more than ", kRequestEventsMax, " commitments"));
  }
  while (at < bytes.size()) {
    const size_t start = at;
    ASSIGN_OR_RETURN(const std::string field, TakeField(kCommitmentTag, kDigestBytes, bytes, &at));
    if (field.size() != kDigestBytes) {
      return Malformed(absl::StrCat("not the canonical form at byte ", start + 1));
    }
    Digest& commitment = statement.commitments.emplace_back();
    std::copy(field.begin(), field.end(), commitment.begin());
  }
  RETURN_IF_ERROR(CheckStatement(statement));
  return statement;
}

std::string Pae(absl::string_view type, absl::string_view body) {
  return absl::StrCat(PaePrefix(type, body.size()), body);
}

std::string StatementPae(absl::string_view encoded_statement) {
  return Pae(kStatementType, encoded_statement);
}

Digest StatementDigest(absl::string_view encoded_statement, absl::string_view signature) {
  return Sha256(absl::StrCat(PaePrefix(kStatementType, encoded_statement.size()), encoded_statement,
                             signature));
}

absl::Status VerifyStatementSignature(absl::string_view encoded_statement,
                                      absl::string_view signature, absl::string_view public_key) {
  if (VerifyEd25519(public_key, StatementPae(encoded_statement), signature)) {
    return absl::OkStatus();
  }
  return Refuse({absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID",
                 "signature: not by this key over this statement", -1, "signature"});
}

Digest AuthorKeyId(absl::string_view public_key) { return Sha256(public_key); }

}  // namespace waymark::merkle
