// This header defines the file of released checkpoints: every note that ever left the process,
// oldest first. It is only appended to; opening it and finding a note take the same time however
// long it has grown.
//
//   ASSIGN_OR_RETURN(const std::unique_ptr<ReleasedFile> file, ReleasedFile::Open(path));
//   RETURN_IF_ERROR(file->Append(note));
#ifndef WAYMARK_LEDGER_PUBLISH_RELEASED_FILE_H_
#define WAYMARK_LEDGER_PUBLISH_RELEASED_FILE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"
#include "ledger/publish/synced_file.h"

namespace waymark {

// Find is safe from any thread; the rest is for one thread at a time.
class ReleasedFile {
 public:
  // DataLoss ANCHOR_DAMAGED if the file is missing, or its end makes no sense. A torn last record,
  // as a crash in Append leaves it, is cut off.
  static absl::StatusOr<std::unique_ptr<ReleasedFile>> Open(const std::string& path);

  // The last note, if there is one.
  const std::string& last() const { return last_; }

  // Sets space aside for a note, so that Append cannot meet a full disk. ResourceExhausted
  // ANCHOR_DISK_FULL.
  absl::Status Reserve(absl::string_view note);
  // Synced. Any error leaves the file unknown: the caller must stop.
  // REQUIRES: 1..kReleasedNoteBytesMax bytes, none of them zero.
  absl::Status Append(absl::string_view note);

  // The note of exactly this size; none if there was none. Halves the file: some thirty small reads
  // at most. DataLoss ANCHOR_DAMAGED.
  absl::StatusOr<std::optional<std::string>> Find(TreeSize size) const;

  // A record as it stands in the file.
  static std::string EncodeRecord(absl::string_view note);

 private:
  struct Record {
    uint64_t offset = 0;
    std::string note;
  };

  ReleasedFile(FileDescriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}
  absl::Status CutTornEnd();
  absl::Status Damaged(uint64_t offset, absl::string_view what) const;
  absl::StatusOr<std::string> ReadAt(uint64_t offset, uint64_t count) const;
  // The first record that begins at or after `offset` and ends at or before `end`.
  absl::StatusOr<std::optional<Record>> RecordFrom(uint64_t offset, uint64_t end) const;
  absl::StatusOr<TreeSize> SizeOf(const Record& record) const;

  FileDescriptor file_;
  std::string path_;
  std::string last_;
  // Whole records; Find looks no further.
  std::atomic<uint64_t> bytes_{0};
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_PUBLISH_RELEASED_FILE_H_
