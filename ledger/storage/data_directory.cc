#include "ledger/storage/data_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark {
namespace {

absl::Status RefuseDirectory(absl::StatusCode code, absl::string_view reason,
                             const std::string& directory, absl::string_view message) {
  return Refuse({code, std::string(reason),
                 absl::StrCat("data directory ", directory, ": ", message), -1, "directory"});
}

absl::Status RefuseErrno(int error, const std::string& directory) {
  if (error == EROFS) {
    return RefuseDirectory(absl::StatusCode::kFailedPrecondition, "LEDGER_READ_ONLY", directory,
                           "on a read-only file system; mount it writable");
  }
  return RefuseDirectory(absl::StatusCode::kPermissionDenied, "LEDGER_UNREADABLE", directory,
                         absl::StrCat(std::strerror(error),
                                      "; run as the user that owns it, or give that user access"));
}

absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& directory) {
  DIR* const stream = opendir(directory.c_str());
  if (stream == nullptr) return RefuseErrno(errno, directory);
  std::vector<std::string> names;
  while (const dirent* const entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(stream);
  return names;
}

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// As RocksDB names them: a log of some other program is none.
bool IsDatabaseFile(absl::string_view name) {
  const size_t dot = name.rfind('.');
  const bool is_numbered = dot != absl::string_view::npos && IsNumber(name.substr(0, dot)) &&
                           (name.substr(dot) == ".sst" || name.substr(dot) == ".log");
  return is_numbered || absl::StartsWith(name, "MANIFEST-") || name == "IDENTITY";
}

// Process that holds the database's lock file; 0 if none does or the kernel does not tell. It is
// looked up and not tried: closing a lock file gives up every lock that this process itself has on
// it.
int LockHolder(const std::string& directory) {
  struct stat lock = {};
  if (stat(absl::StrCat(directory, "/LOCK").c_str(), &lock) != 0) return 0;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    // 1: POSIX  ADVISORY  WRITE 4711 fe:00:1314 0 EOF
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() < 6 || words[3] != "WRITE") continue;
    const std::vector<std::string> file = absl::StrSplit(words[5], ':');
    unsigned int device_major = 0;
    unsigned int device_minor = 0;
    uint64_t inode = 0;
    int process = 0;
    if (file.size() == 3 && absl::SimpleHexAtoi(file[0], &device_major) &&
        absl::SimpleHexAtoi(file[1], &device_minor) && absl::SimpleAtoi(file[2], &inode) &&
        absl::SimpleAtoi(words[4], &process) && inode == lock.st_ino &&
        device_major == major(lock.st_dev) && device_minor == minor(lock.st_dev)) {
      return process;
    }
  }
  return 0;
}

absl::Status CheckWritable(const std::string& directory, const std::vector<std::string>& names) {
  if (access(directory.c_str(), W_OK | X_OK) != 0) {
    if (errno == EROFS) return RefuseErrno(errno, directory);
    return RefuseDirectory(absl::StatusCode::kFailedPrecondition, "LEDGER_READ_ONLY", directory,
                           "this user may not write in it; give it write access");
  }
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(directory, "/", name);
    if ((IsDatabaseFile(name) || name == "CURRENT" || name == "LOCK") &&
        access(path.c_str(), R_OK) != 0) {
      return RefuseErrno(errno, directory);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckDataDirectory(const std::string& directory, DirectoryUse use) {
  struct stat found = {};
  if (stat(directory.c_str(), &found) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return RefuseErrno(errno, directory);
    return RefuseDirectory(absl::StatusCode::kNotFound, "LEDGER_MISSING", directory,
                           "does not exist; check the path, or make a ledger with init");
  }
  if (!S_ISDIR(found.st_mode)) {
    return RefuseDirectory(absl::StatusCode::kFailedPrecondition, "LEDGER_NOT_A_DIRECTORY",
                           directory, "is a file; name the directory of a ledger");
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(directory));
  if (names.empty()) {
    return RefuseDirectory(absl::StatusCode::kNotFound, "LEDGER_MISSING", directory,
                           "is empty; check the path, or make a ledger with init");
  }
  bool has_current = false;
  bool has_database_file = false;
  for (const std::string& name : names) {
    has_current |= name == "CURRENT";
    has_database_file |= IsDatabaseFile(name);
  }
  if (!has_current && has_database_file) {
    return RefuseDirectory(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", directory,
                           "CURRENT is missing beside files of a database; restore it from a copy");
  }
  if (!has_current) {
    return RefuseDirectory(absl::StatusCode::kFailedPrecondition, "LEDGER_FOREIGN", directory,
                           "holds files but no ledger; name another directory");
  }
  if (use == DirectoryUse::kWrite) RETURN_IF_ERROR(CheckWritable(directory, names));
  if (const int holder = LockHolder(directory); holder != 0) {
    return RefuseDirectory(absl::StatusCode::kUnavailable, "LEDGER_LOCKED", directory,
                           absl::StrCat("in use by process ", holder, "; stop it first"));
  }
  return absl::OkStatus();
}

absl::Status MakeDataDirectory(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return RefuseDirectory(absl::StatusCode::kNotFound, "PARENT_MISSING", directory,
                             "the directory above it does not exist; make that first");
    }
    if (errno != EEXIST) return RefuseErrno(errno, directory);
    struct stat found = {};
    if (stat(directory.c_str(), &found) == 0 && !S_ISDIR(found.st_mode)) {
      return RefuseDirectory(absl::StatusCode::kFailedPrecondition, "LEDGER_NOT_A_DIRECTORY",
                             directory, "is a file; name a directory");
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(directory));
    if (!names.empty()) {
      return RefuseDirectory(absl::StatusCode::kAlreadyExists, "LEDGER_EXISTS", directory,
                             "is not empty; name another, nothing was changed");
    }
    RETURN_IF_ERROR(CheckWritable(directory, {}));
  }
  // Its entry in the directory above must be as durable as what it will hold.
  const int parent =
      open(absl::StrCat(directory, "/..").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0) return RefuseErrno(errno, directory);
  const int synced = fsync(parent);
  const int error = errno;
  close(parent);
  return synced == 0 ? absl::OkStatus() : RefuseErrno(error, directory);
}

bool HasDataFiles(const std::string& directory) {
  const absl::StatusOr<std::vector<std::string>> names = NamesIn(directory);
  return !names.ok() || std::any_of(names->begin(), names->end(), [](const std::string& name) {
    return absl::EndsWith(name, ".sst");
  });
}

uint64_t FreeBytes(const std::string& directory) {
  struct statvfs found = {};
  if (statvfs(directory.c_str(), &found) != 0) return 0;
  return static_cast<uint64_t>(found.f_bavail) * found.f_frsize;
}

uint64_t BytesIn(const std::string& directory) {
  const absl::StatusOr<std::vector<std::string>> names = NamesIn(directory);
  uint64_t bytes = 0;
  if (!names.ok()) return bytes;
  for (const std::string& name : *names) {
    struct stat file = {};
    if (stat(absl::StrCat(directory, "/", name).c_str(), &file) == 0) bytes += file.st_size;
  }
  return bytes;
}

}  // namespace waymark
