// This header defines how a request is sent whose salts and signature are made: once, and again
// from a file, byte for byte, where nobody knows whether the ledger has it.
#ifndef WAYMARK_CLIENTS_CLI_SEALED_REQUEST_H_
#define WAYMARK_CLIENTS_CLI_SEALED_REQUEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/command.h"
#include "clients/cpp/client.h"
#include "waymark/v1/admin.pb.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark::cli {

// Sends the request to the ledger that `status` tells of and checks the receipt against it. Where
// no answer comes, or the command is interrupted meanwhile, it is kept in a new file of the current
// folder that its owner alone may read, unless its salts are the server's to draw: OUTCOME_UNKNOWN
// names the way to send it again.
absl::StatusOr<v1::AppendReply> SendSealed(const Client& client, const v1::GetStatusReply& status,
                                           const v1::AppendRequest& request);

// A request that was kept. InvalidArgument REQUEST_FILE_MALFORMED.
absl::StatusOr<v1::AppendRequest> ReadSealed(const std::string& path);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_SEALED_REQUEST_H_
