#include "ledger/service/open_ledger.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/ed25519.h"
#include "ledger/merkle/note.h"
#include "ledger/merkle/note_key.h"
#include "ledger/publish/key_file.h"
#include "ledger/service/transparency_service.h"

namespace waymark {
namespace {

absl::Status KeyMismatch(const std::string& key_file, absl::string_view ledger_id) {
  return Refuse({.code = absl::StatusCode::kFailedPrecondition,
                 .reason = "KEY_MISMATCH",
                 .message = absl::StrCat("key: ", key_file, " is not the key that signs ",
                                         ledger_id, "; give the one that init was given"),
                 .field = "key"});
}

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// The anchor says who signed it before it can be checked who did: its first line is the origin, and
// each signature line names its key.
absl::StatusOr<std::unique_ptr<Anchor>> OpenAnchor(const LedgerPaths& paths,
                                                   const merkle::PrivateKey& key,
                                                   const std::string& key_file) {
  const std::string bytes = ReadWhole(paths.anchor() + "/anchor");
  const absl::StatusOr<merkle::Note> note = merkle::ParseNote(bytes);
  if (!note.ok()) {
    // Missing or damaged. What the database says is worth hearing first: there may be none of
    // either.
    ASSIGN_OR_RETURN(const Inspection found, EventLog::Inspect(paths.database(), {}));
    return Anchor::Open(paths.anchor(), VkeyOf(found.identity));
  }
  const merkle::VerifierKey signer{note->text.substr(0, note->text.find('\n')),
                                   merkle::KeyType::kLog, key.public_key()};
  const bool ours = std::any_of(note->signatures.begin(), note->signatures.end(),
                                [&](const merkle::NoteSignature& line) {
                                  return line.name == signer.name && line.key_id == signer.id();
                                });
  if (!ours) return KeyMismatch(key_file, signer.name);
  return Anchor::Open(paths.anchor(), merkle::FormatVkey(signer));
}

}  // namespace

absl::Status CheckPaths(const LedgerPaths& paths) {
  std::error_code error;
  const std::string database =
      std::filesystem::weakly_canonical(paths.database(), error).lexically_normal();
  const std::string anchor =
      std::filesystem::weakly_canonical(paths.anchor(), error).lexically_normal();
  if (anchor != database && !absl::StartsWith(anchor, database + "/")) return absl::OkStatus();
  return Refuse(
      {.reason = "ANCHOR_INSIDE_DATABASE",
       .message = absl::StrCat("anchor-dir: ", paths.anchor(), " lies inside ", paths.database(),
                               ", so whatever damages one damages both; name a "
                               "directory outside, best on another disk"),
       .field = "anchor-dir"});
}

LedgerParts OpenedLedger::parts() const {
  return LedgerParts{*log, *committer, *publisher, *head, *published, *clock, rehearsal_clock};
}

void OpenedLedger::StopWriting() {
  committer->Shutdown();
  publisher->Shutdown();
}

absl::StatusOr<std::unique_ptr<OpenedLedger>> OpenLedger(
    const OpenLedgerOptions& options, std::function<void(absl::Status)> on_failure) {
  const LedgerPaths& paths = options.paths;
  RETURN_IF_ERROR(CheckPaths(paths));
  ASSIGN_OR_RETURN(const merkle::PrivateKey key, LoadPrivateKey(options.key_file));
  auto ledger = std::make_unique<OpenedLedger>();

  // 1. What was signed, and by this key.
  ASSIGN_OR_RETURN(ledger->anchor, OpenAnchor(paths, key, options.key_file));
  const TreeSize anchored = ledger->anchor->checkpoint().size;

  // 2. Read-only: whether what the database holds fits together, and falls short of nothing that
  // was signed.
  absl::StatusOr<Inspection> found = EventLog::Inspect(
      paths.database(), {.checked = ledger->anchor->flushed_size(), .root_at = anchored});
  if (absl::IsNotFound(found.status())) {
    return CheckAgainstAnchor(std::nullopt, *ledger->anchor, found.status());
  }
  if (!found.ok()) return found.status();
  RETURN_IF_ERROR(CheckAgainstAnchor(*found, *ledger->anchor, found->root_at));
  if (found->identity.public_key != key.public_key()) {
    return KeyMismatch(options.key_file, found->identity.ledger_id);
  }

  // 3. Only now may a byte change.
  ASSIGN_OR_RETURN(ledger->log, EventLog::Open(paths.database(),
                                               {.disk_reserve_bytes = options.disk_reserve_bytes,
                                                .ledger_id = found->identity.ledger_id,
                                                .on_failure = on_failure}));
  // What was in the write-ahead log was hashed above and lies in files now. Lost in a crash, it is
  // hashed again.
  ledger->anchor->NoteFlushed(ledger->log->flushed_size()).IgnoreError();
  ledger->commit_watchdog = std::make_unique<CommitWatchdog>(*ledger->log, on_failure);

  // 4. The clock, and those who write.
  if (found->identity.rehearsal) {
    ASSIGN_OR_RETURN(std::unique_ptr<KeptClock> clock,
                     KeptClock::Open(paths.data, ledger->log->last_recorded_at()));
    ledger->rehearsal_clock = clock.get();
    ledger->clock = std::move(clock);
  } else {
    ledger->clock = std::make_unique<SystemClock>();
  }
  ledger->head = std::make_unique<HeadWatch>(ledger->log->head());
  ledger->published = std::make_unique<HeadWatch>(ledger->anchor->checkpoint().size);
  ledger->committer =
      std::make_unique<Committer>(*ledger->log, *ledger->clock, *ledger->head, on_failure);
  ledger->publisher = std::make_unique<Publisher>(*ledger->log, *ledger->anchor, key, *ledger->head,
                                                  *ledger->published, std::move(on_failure));
  return ledger;
}

}  // namespace waymark
