// This header defines how a new ledger is made: built aside, then moved into its place, so that a
// command that fails half-way leaves nothing behind.
//
//   ASSIGN_OR_RETURN(const LedgerIdentity identity,
//                    InitLedger({.paths = {.data = dir}, .key_file = file, .ledger_id =
//                    "example.com/ledger"}));
#ifndef WAYMARK_LEDGER_SERVICE_INIT_LEDGER_H_
#define WAYMARK_LEDGER_SERVICE_INIT_LEDGER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/service/open_ledger.h"

namespace waymark {

// What the id of a rehearsal ledger ends with, and of no other one.
inline constexpr absl::string_view kRehearsalSuffix = "/rehearsal";

struct InitOptions {
  LedgerPaths paths;
  std::string key_file;
  // The origin of its checkpoints, such as "example.com/contracts"; for ever.
  std::string ledger_id;
  bool rehearsal = false;
  // Where the rehearsal clock starts; unset is now.
  std::optional<UnixMicros> clock;
  // Pseudonymous reference of the first administrator.
  std::string administrator = "administrator";
};

// Makes the database with LedgerCreated at position 0, the anchor of the empty tree and the
// directory of the views, and says who the new ledger is. Nothing is changed on an error.
// InvalidArgument LEDGER_ID_INVALID, REHEARSAL_ID, CLOCK_NOT_SETTABLE; AlreadyExists LEDGER_EXISTS,
// ANCHOR_EXISTS; FailedPrecondition DIRECTORY_NOT_EMPTY, DIRECTORY_NOT_MADE; those of CheckPaths
// and LoadPrivateKey, and of the rules for LedgerCreated.
absl::StatusOr<LedgerIdentity> InitLedger(const InitOptions& options);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_INIT_LEDGER_H_
