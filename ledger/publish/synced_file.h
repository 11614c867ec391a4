// This header defines writing a small file so that a crash leaves either the old bytes or the new
// ones, whole.
//
//   RETURN_IF_ERROR(ReplaceSynced("/var/lib/waymark/anchor", "anchor", note));
//
// A full disk is ResourceExhausted ANCHOR_DISK_FULL and has changed nothing. After any other failed
// write the state of the disk is unknown: Internal FILE_WRITE_FAILED, and the caller must not go
// on.
#ifndef WAYMARK_LEDGER_PUBLISH_SYNCED_FILE_H_
#define WAYMARK_LEDGER_PUBLISH_SYNCED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace waymark {

// Writes `directory/name.new`, syncs it, renames it to `directory/name`, syncs the directory.
// Returns when the new bytes survive a power cut.
absl::Status ReplaceSynced(const std::string& directory, const std::string& name,
                           absl::string_view bytes);

// As ReplaceSynced, without the syncs: for what may be lost. A reader may find it empty after a
// power cut.
absl::Status ReplaceUnsynced(const std::string& directory, const std::string& name,
                             absl::string_view bytes);

// Makes the entries of a directory survive a power cut.
absl::Status SyncDirectory(const std::string& directory);

// The whole file. NotFound FILE_MISSING; InvalidArgument FILE_TOO_LARGE above bytes_max; Internal
// FILE_READ_FAILED.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

// The refusal for an errno of a failed write, as said above.
absl::Status WriteFailed(absl::string_view path, absl::string_view what, int error_number);

// Owns a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  bool valid() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }
  int release();

 private:
  int descriptor_ = -1;
};

// Writes all bytes at the file's own place. The errno of the write that failed, or 0.
int WriteAll(int descriptor, absl::string_view bytes);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_PUBLISH_SYNCED_FILE_H_
