#include "ledger/publish/synced_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/failpoint.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark {
namespace {

absl::Status ReadFailed(const std::string& path, int error_number) {
  if (error_number == ENOENT) {
    return Refuse({absl::StatusCode::kNotFound, "FILE_MISSING", absl::StrCat(path, ": not there")});
  }
  return Refuse({absl::StatusCode::kInternal, "FILE_READ_FAILED",
                 absl::StrCat(path, ": ", strerror(error_number))});
}

enum class Sync { kYes, kNo };

absl::Status Replace(const std::string& directory, const std::string& name, absl::string_view bytes,
                     Sync sync) {
  const std::string path = absl::StrCat(directory, "/", name);
  const std::string next = absl::StrCat(path, ".new");
  const FileDescriptor file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.valid()) return WriteFailed(next, "open", errno);
  if (const int error_number = WriteAll(file.get(), bytes); error_number != 0) {
    ::unlink(next.c_str());
    return WriteFailed(next, "write", error_number);
  }
  // Never tried again after it failed: the kernel may have marked the pages clean all the same.
  if (sync == Sync::kYes && ::fsync(file.get()) != 0) return WriteFailed(next, "fsync", EIO);
  if (sync == Sync::kYes) WAYMARK_FAILPOINT("before_anchor_rename");
  if (::rename(next.c_str(), path.c_str()) != 0) return WriteFailed(path, "rename", errno);
  return sync == Sync::kYes ? SyncDirectory(directory) : absl::OkStatus();
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (valid()) ::close(descriptor_);
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (valid()) ::close(descriptor_);
    descriptor_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() { return std::exchange(descriptor_, -1); }

int WriteAll(int descriptor, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

absl::Status WriteFailed(absl::string_view path, absl::string_view what, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return Refuse({full ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kInternal,
                 full ? "ANCHOR_DISK_FULL" : "FILE_WRITE_FAILED",
                 absl::StrCat(path, ": ", what, ": ", strerror(error_number))});
}

absl::Status ReplaceSynced(const std::string& directory, const std::string& name,
                           absl::string_view bytes) {
  return Replace(directory, name, bytes, Sync::kYes);
}

absl::Status ReplaceUnsynced(const std::string& directory, const std::string& name,
                             absl::string_view bytes) {
  return Replace(directory, name, bytes, Sync::kNo);
}

absl::Status SyncDirectory(const std::string& directory) {
  const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid()) return WriteFailed(directory, "open", errno);
  // A full disk here comes after the rename, so it is no harmless refusal.
  if (::fsync(opened.get()) != 0) return WriteFailed(directory, "fsync", EIO);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return ReadFailed(path, errno);
  std::string bytes;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ReadFailed(path, errno);
    if (count == 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(count));
    if (bytes.size() > bytes_max) {
      return Refuse({absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
                     absl::StrCat(path, ": above ", bytes_max, " bytes")});
    }
  }
}

}  // namespace waymark
