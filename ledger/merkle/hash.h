// This header defines the hashes of the tree (RFC 6962 section 2.1) and of a payload. Every
// function is safe from any thread and cannot fail.
//
//   const Digest leaf = LeafHash(EncodeEntryHeader(header));
//   const Digest root = NodeHash(leaf, LeafHash(other));
#ifndef WAYMARK_LEDGER_MERKLE_HASH_H_
#define WAYMARK_LEDGER_MERKLE_HASH_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"

namespace waymark::merkle {

Digest Sha256(absl::string_view bytes);

// SHA-256(00 || header): what the tree holds for one entry. `header` is the exact stored bytes.
Digest LeafHash(absl::string_view header);

// SHA-256(01 || left || right): an inner node. The differing first byte keeps a node from passing
// as a leaf.
Digest NodeHash(const Digest& left, const Digest& right);

// SHA-256 of nothing: the root of the tree without leaves.
Digest EmptyRoot();

// SHA-256(salt || payload). REQUIRES: 32 bytes of salt (CheckSalt), or the two parts could be cut
// elsewhere.
Digest PayloadCommitment(absl::string_view salt, absl::string_view payload);

// InvalidArgument SALT_INVALID unless `salt` is 32 bytes and not all zeros.
absl::Status CheckSalt(absl::string_view salt);

}  // namespace waymark::merkle

#endif  // WAYMARK_LEDGER_MERKLE_HASH_H_
