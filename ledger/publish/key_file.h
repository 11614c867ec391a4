// This header defines reading the ledger's private key from its file.
//
//   ASSIGN_OR_RETURN(const merkle::PrivateKey key, LoadPrivateKey("/etc/waymark/ledger.pem"));
#ifndef WAYMARK_LEDGER_PUBLISH_KEY_FILE_H_
#define WAYMARK_LEDGER_PUBLISH_KEY_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "ledger/merkle/ed25519.h"

namespace waymark {

// An unencrypted PKCS#8 PEM file that nobody but its owner may read. NotFound KEY_FILE_MISSING;
// FailedPrecondition KEY_FILE_EXPOSED if group or others have any right to it; InvalidArgument
// KEY_FILE_UNREADABLE for what is no plain file or cannot be read, KEY_MALFORMED for another
// content. No message quotes the file.
absl::StatusOr<merkle::PrivateKey> LoadPrivateKey(const std::string& path);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_PUBLISH_KEY_FILE_H_
