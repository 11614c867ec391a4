// This header defines what an author signs: the Statement, which lists the commitments of one
// request, and its DSSE 1.0.2 pre-authentication encoding (PAE).
//
//   const std::string statement = EncodeStatement({ledger, contract, request, principal,
//   commitments}); const std::string signature = key.Sign(StatementPae(statement));
//   header.statement_digest = StatementDigest(statement, signature);
#ifndef WAYMARK_LEDGER_MERKLE_STATEMENT_H_
#define WAYMARK_LEDGER_MERKLE_STATEMENT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"

namespace waymark::merkle {

// DSSE payload type of a Statement. A changed Statement gets another.
inline constexpr absl::string_view kStatementType = "application/vnd.waymark.statement.v1+protobuf";

struct Statement {
  // The ledger's id, which is its checkpoint origin.
  std::string ledger;
  std::string contract_id;
  std::string request_id;
  // A pseudonymous reference, never a name: it cannot be erased.
  std::string principal;
  // One for each event, in the request's order; 1..kRequestEventsMax, no two alike.
  std::vector<Digest> commitments;

  friend bool operator==(const Statement&, const Statement&) = default;
};

// InvalidArgument, naming the field, unless the Statement can be encoded: TEXT_INVALID, or
// STATEMENT_MALFORMED for no or too many commitments, or COMMITMENT_REPEATED.
absl::Status CheckStatement(const Statement& statement);

// The one encoding. REQUIRES: CheckStatement(statement) is OK.
std::string EncodeStatement(const Statement& statement);

// Reads exactly the canonical form. Errors: those of CheckStatement, and STATEMENT_MALFORMED naming
// the byte.
absl::StatusOr<Statement> DecodeStatement(absl::string_view bytes);

// "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body. Each part states its length, so no two pairs
// encode alike.
std::string Pae(absl::string_view type, absl::string_view body);

// What the author signs: the PAE of an encoded Statement.
std::string StatementPae(absl::string_view encoded_statement);

// SHA-256(PAE || signature); `signature` is 64 bytes, or empty for a request that nobody signed.
Digest StatementDigest(absl::string_view encoded_statement, absl::string_view signature);

// InvalidArgument SIGNATURE_INVALID unless `signature` is by `public_key` over the PAE of these
// very bytes. Asks nothing about the Statement's contents: call it before parsing.
absl::Status VerifyStatementSignature(absl::string_view encoded_statement,
                                      absl::string_view signature, absl::string_view public_key);

// SHA-256 of a 32-byte public key: how headers name an author's key.
Digest AuthorKeyId(absl::string_view public_key);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_STATEMENT_H_
