// This header defines what can be wrong with a data directory before a database is opened in it,
// each told apart by a reason of its own. Nothing here changes a byte.
//
//   RETURN_IF_ERROR(CheckDataDirectory("/var/lib/waymark/data", DirectoryUse::kWrite));
#ifndef WAYMARK_LEDGER_STORAGE_DATA_DIRECTORY_H_
#define WAYMARK_LEDGER_STORAGE_DATA_DIRECTORY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark {

enum class DirectoryUse { kRead, kWrite };

// OK where the directory can be used so and holds some RocksDB database. NotFound LEDGER_MISSING:
// there is no such directory, or it is empty. FailedPrecondition LEDGER_NOT_A_DIRECTORY;
// LEDGER_FOREIGN: it holds other files; LEDGER_READ_ONLY. PermissionDenied LEDGER_UNREADABLE.
// Unavailable LEDGER_LOCKED, with the holder's process id where the kernel tells it. DataLoss
// LEDGER_DAMAGED: files of a database, but not the one that names the others.
absl::Status CheckDataDirectory(const std::string& directory, DirectoryUse use);

// Makes the directory unless it is there and empty. NotFound PARENT_MISSING, AlreadyExists
// LEDGER_EXISTS; LEDGER_READ_ONLY, LEDGER_UNREADABLE and LEDGER_NOT_A_DIRECTORY as above. Synced
// before it returns.
absl::Status MakeDataDirectory(const std::string& directory);

// True if it holds a file of rows, or cannot be listed. A ledger whose making was cut short has
// none.
bool HasDataFiles(const std::string& directory);

// Bytes that this process may still write on the directory's file system; 0 if it cannot be asked.
uint64_t FreeBytes(const std::string& directory);

// Bytes of the files in the directory.
uint64_t BytesIn(const std::string& directory);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_DATA_DIRECTORY_H_
