#include "ledger/publish/released_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/note.h"

namespace waymark {
namespace {

// file   := record*
// record := u32le length  note[length]          1 <= length <= kReleasedNoteBytesMax
//
// A note holds no zero byte, while the upper two bytes of its length are zero and nothing else in
// the file has two in a row. So the next record after any byte is found by the end of the next such
// run: a note begins there.
constexpr uint64_t kLengthBytes = 4;
constexpr char kZeros[2] = {0, 0};
constexpr uint64_t kRecordBytesMax = kLengthBytes + kReleasedNoteBytesMax;
static_assert(kReleasedNoteBytesMax < (1 << 16), "two zero bytes in every length");
// Enough to hold the rest of one record and the whole of the next.
constexpr uint64_t kWindowBytes = 2 * kRecordBytesMax;

uint32_t LengthOf(absl::string_view bytes) {
  return merkle::GetU32le(bytes.substr(0, kLengthBytes));
}

}  // namespace

std::string ReleasedFile::EncodeRecord(absl::string_view note) {
  WAYMARK_CHECK(!note.empty() && note.size() <= kReleasedNoteBytesMax);
  WAYMARK_CHECK(note.find('\0') == absl::string_view::npos);
  std::string record;
  merkle::AppendU32le(static_cast<uint32_t>(note.size()), &record);
  record.append(note.data(), note.size());
  return record;
}

absl::StatusOr<std::unique_ptr<ReleasedFile>> ReleasedFile::Open(const std::string& path) {
  FileDescriptor descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!descriptor.valid()) {
    return Refuse(
        {absl::StatusCode::kDataLoss, "ANCHOR_DAMAGED",
         absl::StrCat(path, ": ", strerror(errno),
                      "; it holds every checkpoint released so far and is never remade")});
  }
  std::unique_ptr<ReleasedFile> file(new ReleasedFile(std::move(descriptor), path));
  RETURN_IF_ERROR(file->CutTornEnd());
  return file;
}

absl::Status ReleasedFile::CutTornEnd() {
  struct stat status;
  if (::fstat(file_.get(), &status) != 0) return Damaged(0, strerror(errno));
  const uint64_t size = static_cast<uint64_t>(status.st_size);
  uint64_t whole = size > kWindowBytes ? size - kWindowBytes : 0;
  bool any = false;
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<Record> record, RecordFrom(whole, size));
    if (!record.has_value()) break;
    if ((any || whole == 0) && record->offset != whole) return Damaged(whole, "no record");
    any = true;
    whole = record->offset + kLengthBytes + record->note.size();
    last_ = std::move(record->note);
  }
  if (size > 0 && !any) return Damaged(0, "no record found at the end");
  if (size - whole > kRecordBytesMax) return Damaged(whole, "bytes that are no record");
  if (whole < size) {
    if (::ftruncate(file_.get(), static_cast<off_t>(whole)) != 0) {
      return WriteFailed(path_, "truncate", EIO);
    }
    if (::fsync(file_.get()) != 0) return WriteFailed(path_, "fsync", EIO);
  }
  if (::lseek(file_.get(), static_cast<off_t>(whole), SEEK_SET) < 0) {
    return WriteFailed(path_, "seek", errno);
  }
  bytes_.store(whole);
  return absl::OkStatus();
}

absl::Status ReleasedFile::Damaged(uint64_t offset, absl::string_view what) const {
  return Refuse({absl::StatusCode::kDataLoss, "ANCHOR_DAMAGED",
                 absl::StrCat(path_, " at byte ", offset, ": ", what)});
}

absl::Status ReleasedFile::Reserve(absl::string_view note) {
  const uint64_t count = kLengthBytes + note.size();
  const int result = ::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE,
                                 static_cast<off_t>(bytes_.load()), static_cast<off_t>(count));
  if (result != 0 && (errno == ENOSPC || errno == EDQUOT)) {
    return WriteFailed(path_, "reserve", errno);
  }
  return absl::OkStatus();  // A file system that cannot reserve finds out when appending.
}

absl::Status ReleasedFile::Append(absl::string_view note) {
  const std::string record = EncodeRecord(note);
  if (const int error_number = WriteAll(file_.get(), record); error_number != 0) {
    return Refuse({absl::StatusCode::kInternal, "FILE_WRITE_FAILED",
                   absl::StrCat(path_, ": write: ", strerror(error_number))});
  }
  if (::fsync(file_.get()) != 0) return WriteFailed(path_, "fsync", EIO);
  last_ = std::string(note);
  bytes_.fetch_add(record.size());
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReleasedFile::ReadAt(uint64_t offset, uint64_t count) const {
  std::string bytes(count, '\0');
  size_t have = 0;
  while (have < count) {
    const ssize_t got =
        ::pread(file_.get(), bytes.data() + have, count - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Damaged(offset + have, strerror(errno));
    if (got == 0) return Damaged(offset + have, "the file ends here");
    have += static_cast<size_t>(got);
  }
  return bytes;
}

absl::StatusOr<std::optional<ReleasedFile::Record>> ReleasedFile::RecordFrom(uint64_t offset,
                                                                             uint64_t end) const {
  if (offset >= end) return std::nullopt;
  ASSIGN_OR_RETURN(const std::string window, ReadAt(offset, std::min(kWindowBytes, end - offset)));
  size_t place = 0;
  for (;;) {
    const size_t zero = window.find(kZeros, place, sizeof(kZeros));
    if (zero == std::string::npos) return std::nullopt;
    const size_t note = window.find_first_not_of('\0', zero);
    if (note == std::string::npos) return std::nullopt;
    place = note;
    if (note < kLengthBytes) continue;  // The tail of a length whose record began before `offset`.
    const uint32_t length = LengthOf(absl::string_view(window).substr(note - kLengthBytes));
    if (length == 0 || length > kReleasedNoteBytesMax) {
      return Damaged(offset + note - kLengthBytes, "no length of a record");
    }
    if (note + length > window.size()) return std::nullopt;
    std::string text = window.substr(note, length);
    // Zeros inside: the file grew, and its new bytes never arrived.
    if (text.find('\0') != std::string::npos) return std::nullopt;
    return Record{offset + note - kLengthBytes, std::move(text)};
  }
}

absl::StatusOr<TreeSize> ReleasedFile::SizeOf(const Record& record) const {
  const absl::StatusOr<merkle::Note> note = merkle::ParseNote(record.note);
  if (!note.ok()) return Damaged(record.offset, note.status().message());
  const absl::StatusOr<merkle::Checkpoint> checkpoint = merkle::ParseCheckpoint(note->text);
  if (!checkpoint.ok()) return Damaged(record.offset, checkpoint.status().message());
  return checkpoint->size;
}

absl::StatusOr<std::optional<std::string>> ReleasedFile::Find(TreeSize size) const {
  const uint64_t bytes = bytes_.load();
  uint64_t first = 0;  // Always where a record begins.
  uint64_t end = bytes;
  while (end - first > kWindowBytes) {
    const uint64_t middle = first + (end - first) / 2;
    ASSIGN_OR_RETURN(const std::optional<Record> record, RecordFrom(middle, bytes));
    if (!record.has_value()) {
      end = middle;
      continue;
    }
    ASSIGN_OR_RETURN(const TreeSize found, SizeOf(*record));
    if (found > size) {
      end = middle;
    } else {
      first = record->offset;
    }
    // The record reaches over `end`: nothing lies between.
    if (first >= end) break;
  }
  while (first < bytes) {
    ASSIGN_OR_RETURN(std::optional<Record> record, RecordFrom(first, bytes));
    if (!record.has_value() || record->offset != first) return Damaged(first, "no record");
    ASSIGN_OR_RETURN(const TreeSize found, SizeOf(*record));
    if (found == size) return std::move(record->note);
    if (found > size) return std::nullopt;
    first = record->offset + kLengthBytes + record->note.size();
  }
  return std::nullopt;
}

}  // namespace waymark
