#include "ledger/publish/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/failpoint.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/note_key.h"
#include "ledger/publish/released_file.h"
#include "ledger/publish/synced_file.h"

namespace waymark {
namespace {

constexpr absl::string_view kAnchorName = "anchor";
constexpr absl::string_view kReleasedName = "checkpoints";
constexpr absl::string_view kFlushedName = "flushed";
constexpr absl::string_view kLockName = "lock";

std::string PathOf(absl::string_view directory, absl::string_view name) {
  return absl::StrCat(directory, "/", name);
}

absl::Status Damage(absl::string_view reason, absl::string_view message) {
  return Refuse({absl::StatusCode::kDataLoss, std::string(reason), std::string(message)});
}

std::string Describe(const merkle::Checkpoint& checkpoint) {
  return absl::StrCat("size ", checkpoint.size.value, " root ", merkle::ToHex(checkpoint.root),
                      " of ", checkpoint.origin);
}

absl::Status Missing(absl::string_view path) {
  return Refuse({absl::StatusCode::kNotFound, "ANCHOR_MISSING",
                 absl::StrCat(path,
                              ": no anchor here; a ledger without its anchor cannot show that it "
                              "is whole")});
}

// Takes a note apart under the ledger's key.
absl::StatusOr<merkle::Checkpoint> OpenNoteAs(absl::string_view path, absl::string_view note,
                                              const merkle::VerifierKey& key) {
  const absl::StatusOr<merkle::OpenedCheckpoint> opened = merkle::OpenCheckpoint(note, key);
  if (opened.ok()) return opened->checkpoint;
  if (const auto parsed = merkle::ParseNote(note); parsed.ok()) {
    const auto checkpoint = merkle::ParseCheckpoint(parsed->text);
    if (checkpoint.ok() && checkpoint->origin != key.name) {
      return Damage("ORIGIN_CHANGED",
                    absl::StrCat(path, ": anchor of ", checkpoint->origin, ", not of ", key.name));
    }
  }
  return Damage("ANCHOR_DAMAGED", absl::StrCat(path, ": no checkpoint signed by ", key.name, ": ",
                                               opened.status().message()));
}

absl::StatusOr<std::string> ReadAnchor(const std::string& path) {
  absl::StatusOr<std::string> note = ReadFile(path, kReleasedNoteBytesMax);
  if (note.ok()) return note;
  if (note.status().code() == absl::StatusCode::kNotFound) return Missing(path);
  return Damage("ANCHOR_DAMAGED", note.status().message());
}

absl::StatusOr<FileDescriptor> TakeLock(const std::string& directory) {
  const std::string path = PathOf(directory, kLockName);
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.valid()) return WriteFailed(path, "open", errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return Refuse({absl::StatusCode::kUnavailable, "ANCHOR_LOCKED",
                   absl::StrCat(directory, ": another process holds the lock")});
  }
  return file;
}

}  // namespace

struct Anchor::Files {
  std::string directory;
  merkle::VerifierKey key;
  FileDescriptor lock;
  std::unique_ptr<ReleasedFile> released;
  std::string note;
  merkle::Checkpoint checkpoint;
  TreeSize flushed_size;

  std::string anchor_path() const { return PathOf(directory, kAnchorName); }
  absl::Status CompleteReleased();
};

// The anchor is written first and the file of released ones second, so at most the anchor's own
// note is missing there.
absl::Status Anchor::Files::CompleteReleased() {
  const std::string path = PathOf(directory, kReleasedName);
  ASSIGN_OR_RETURN(released, ReleasedFile::Open(path));
  ASSIGN_OR_RETURN(const merkle::Checkpoint last, OpenNoteAs(path, released->last(), key));
  if (last == checkpoint) return absl::OkStatus();
  if (last.size >= checkpoint.size) {
    return Damage("ANCHOR_DAMAGED", absl::StrCat(anchor_path(), ": says ", Describe(checkpoint),
                                                 ", but was once released: ", Describe(last)));
  }
  return released->Append(note);
}

Anchor::Anchor(std::unique_ptr<Files> files) : files_(std::move(files)) {}
Anchor::~Anchor() = default;

absl::Status Anchor::Create(const std::string& directory, absl::string_view first_checkpoint) {
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
    return WriteFailed(directory, "mkdir", errno);
  }
  // Its entry in the directory above must survive a power cut too.
  RETURN_IF_ERROR(SyncDirectory(PathOf(directory, "..")));
  ASSIGN_OR_RETURN(const FileDescriptor lock, TakeLock(directory));
  for (const absl::string_view name : {kAnchorName, kReleasedName}) {
    if (::access(PathOf(directory, name).c_str(), F_OK) == 0) {
      return Refuse({absl::StatusCode::kAlreadyExists, "ANCHOR_EXISTS",
                     absl::StrCat(PathOf(directory, name), ": there is one already")});
    }
  }
  const std::string record = ReleasedFile::EncodeRecord(first_checkpoint);
  RETURN_IF_ERROR(ReplaceSynced(directory, std::string(kReleasedName), record));
  return ReplaceSynced(directory, std::string(kAnchorName), first_checkpoint);
}

absl::StatusOr<std::unique_ptr<Anchor>> Anchor::Open(const std::string& directory,
                                                     const std::string& vkey) {
  auto files = std::make_unique<Files>();
  files->directory = directory;
  ASSIGN_OR_RETURN(files->key, merkle::ParseVkey(vkey));
  if (::access(files->anchor_path().c_str(), F_OK) != 0) return Missing(files->anchor_path());
  ASSIGN_OR_RETURN(files->lock, TakeLock(directory));
  ASSIGN_OR_RETURN(files->note, ReadAnchor(files->anchor_path()));
  ASSIGN_OR_RETURN(files->checkpoint, OpenNoteAs(files->anchor_path(), files->note, files->key));
  RETURN_IF_ERROR(files->CompleteReleased());
  // Only a saving of work: what cannot be read counts as nothing checked.
  if (const auto text = ReadFile(PathOf(directory, kFlushedName), kReleasedNoteBytesMax);
      text.ok()) {
    const auto size = merkle::FromDecimal(absl::StripSuffix(*text, "\n"));
    if (size.ok()) files->flushed_size = TreeSize{*size};
  }
  return std::unique_ptr<Anchor>(new Anchor(std::move(files)));
}

absl::StatusOr<merkle::Checkpoint> Anchor::ReadAgain() const {
  ASSIGN_OR_RETURN(const std::string note, ReadAnchor(files_->anchor_path()));
  return OpenNoteAs(files_->anchor_path(), note, files_->key);
}

const std::string& Anchor::note() const { return files_->note; }
const merkle::Checkpoint& Anchor::checkpoint() const { return files_->checkpoint; }
TreeSize Anchor::flushed_size() const { return files_->flushed_size; }

absl::Status Anchor::Replace(const merkle::Checkpoint& next, absl::string_view note) {
  Files& files = *files_;
  ASSIGN_OR_RETURN(const merkle::Checkpoint on_disk, ReadAgain());
  if (on_disk != files.checkpoint) {
    return Damage("ANCHOR_CHANGED", absl::StrCat(files.anchor_path(), ": says ", Describe(on_disk),
                                                 ", was ", Describe(files.checkpoint)));
  }
  ASSIGN_OR_RETURN(const merkle::Checkpoint said, OpenNoteAs("next checkpoint", note, files.key));
  if (said != next) {
    return Damage("ANCHOR_DAMAGED",
                  absl::StrCat("next checkpoint says ", Describe(said), ", not ", Describe(next)));
  }
  if (next.size < files.checkpoint.size) {
    return Damage("ANCHOR_WOULD_SHRINK",
                  absl::StrCat(Describe(next), " after ", Describe(files.checkpoint)));
  }
  if (next.size == files.checkpoint.size) {
    if (next == files.checkpoint) return absl::OkStatus();
    return Damage("TWO_ROOTS",
                  absl::StrCat(Describe(next), " beside ", Describe(files.checkpoint)));
  }
  RETURN_IF_ERROR(files.released->Reserve(note));
  WAYMARK_FAILPOINT("before_anchor_write");
  RETURN_IF_ERROR(ReplaceSynced(files.directory, std::string(kAnchorName), note));
  WAYMARK_FAILPOINT("after_anchor_rename");
  RETURN_IF_ERROR(files.released->Append(note));
  files.checkpoint = next;
  files.note = std::string(note);
  return absl::OkStatus();
}

absl::Status Anchor::NoteFlushed(TreeSize size) {
  RETURN_IF_ERROR(ReplaceUnsynced(files_->directory, std::string(kFlushedName),
                                  absl::StrCat(size.value, "\n")));
  files_->flushed_size = size;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> Anchor::FindReleased(TreeSize size) const {
  ASSIGN_OR_RETURN(std::optional<std::string> note, files_->released->Find(size));
  if (!note.has_value()) return note;
  const std::string path = PathOf(files_->directory, kReleasedName);
  ASSIGN_OR_RETURN(const merkle::Checkpoint said, OpenNoteAs(path, *note, files_->key));
  if (said.size == size) return note;
  return Damage("ANCHOR_DAMAGED", absl::StrCat(path, ": the note found for size ", size.value,
                                               " says ", Describe(said)));
}

absl::Status CheckAgainstAnchor(const std::optional<Inspection>& found, const Anchor& anchor,
                                const absl::StatusOr<Digest>& root_at_anchor_size) {
  const merkle::Checkpoint& anchored = anchor.checkpoint();
  const std::string signed_state = absl::StrCat("signed: ", Describe(anchored));
  if (!found.has_value()) {
    return Damage("LEDGER_MISSING",
                  absl::StrCat("no database, yet ", signed_state, "; positions 0 to ",
                               anchored.size.value, " (exclusive) are at stake"));
  }
  if (found->identity.ledger_id != anchored.origin) {
    return Damage("ORIGIN_CHANGED",
                  absl::StrCat("database of ", found->identity.ledger_id, ", yet ", signed_state));
  }
  const std::string stored =
      absl::StrCat("database: size ", found->size.value, " root ", merkle::ToHex(found->root));
  if (found->size < anchored.size) {
    return Damage("ROLLED_BACK",
                  absl::StrCat(stored, "; ", signed_state, "; positions ", found->size.value,
                               " to ", anchored.size.value, " (exclusive) are lost"));
  }
  RETURN_IF_ERROR(root_at_anchor_size.status());
  if (*root_at_anchor_size != anchored.root) {
    return Damage("ROOT_CHANGED", absl::StrCat(stored, ", root at size ", anchored.size.value, " ",
                                               merkle::ToHex(*root_at_anchor_size), "; ",
                                               signed_state, "; positions 0 to ",
                                               anchored.size.value, " (exclusive) are at stake"));
  }
  return absl::OkStatus();
}

}  // namespace waymark
