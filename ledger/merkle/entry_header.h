// This header defines the codec of the leaf: the nine fields that the tree covers for one event.
// There is one encoding for each header, and the decoder takes no other; the grammar stands in
// entry_header.cc.
//
//   const std::string bytes = EncodeEntryHeader(header);    // stored, hashed and served exactly so
//   const Digest leaf = LeafHash(bytes);
#ifndef WAYMARK_LEDGER_MERKLE_ENTRY_HEADER_H_
#define WAYMARK_LEDGER_MERKLE_ENTRY_HEADER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"

namespace waymark::merkle {

// A header whose texts point into other memory: the bytes it was decoded from, or the parts it is
// built of.
struct EntryHeaderView {
  // Equal to the leaf index.
  Position position;
  // Never before that of the position before.
  UnixMicros recorded_at;
  absl::string_view contract_id;
  Revision revision;
  // Full protobuf name of the payload's message, such as "waymark.v1.LevelDetermined".
  absl::string_view event_type;
  // SHA-256 of the author's public key, 32 bytes; empty when the request was not signed.
  absl::string_view author_key_id;
  // StatementDigest of the request this event came with.
  Digest statement_digest = {};
  // This event's place among that Statement's commitments.
  uint32_t statement_index = 0;
  // PayloadCommitment of this event.
  Digest payload_commitment = {};

  friend bool operator==(const EntryHeaderView&, const EntryHeaderView&) = default;
};

// The same with texts of its own.
struct EntryHeader {
  Position position;
  UnixMicros recorded_at;
  std::string contract_id;
  Revision revision;
  std::string event_type;
  std::string author_key_id;
  Digest statement_digest = {};
  uint32_t statement_index = 0;
  Digest payload_commitment = {};

  friend bool operator==(const EntryHeader&, const EntryHeader&) = default;
};

// A view of `header`, which must outlive it.
EntryHeaderView ViewOf(const EntryHeader& header);

// InvalidArgument TEXT_INVALID or HEADER_MALFORMED, naming the field, unless the header can be
// encoded.
absl::Status CheckEntryHeader(const EntryHeaderView& header);

// Appends the encoded header to `out`. REQUIRES: CheckEntryHeader(header) is OK; lengths are
// asserted, the characters of the texts are not looked at again.
void AppendEntryHeader(const EntryHeaderView& header, std::string* out);
void AppendEntryHeader(const EntryHeader& header, std::string* out);
std::string EncodeEntryHeader(const EntryHeader& header);
std::string EncodeEntryHeader(const EntryHeaderView& header);

// Reads exactly the canonical form. InvalidArgument HEADER_MALFORMED naming the byte where it
// departs from the grammar (TEXT_INVALID for a text). The view's texts point into `bytes`; nothing
// is allocated on success.
absl::StatusOr<EntryHeaderView> DecodeEntryHeaderView(absl::string_view bytes);
absl::StatusOr<EntryHeader> DecodeEntryHeader(absl::string_view bytes);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_ENTRY_HEADER_H_
