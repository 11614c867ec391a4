#include "ledger/service/init_ledger.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/parties.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/note_key.h"
#include "ledger/publish/key_file.h"
#include "ledger/publish/synced_file.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

namespace fs = std::filesystem;

// Beside the place itself, so that moving it there is one rename. Left over only by a process that
// was killed, and removed by the next one.
constexpr absl::string_view kUnfinished = ".init-unfinished";

absl::Status Precondition(absl::string_view reason, const std::string& message) {
  return Refuse({.code = absl::StatusCode::kFailedPrecondition,
                 .reason = std::string(reason),
                 .message = message});
}

absl::Status CheckIdentity(const InitOptions& options) {
  const auto refuse = [](absl::string_view reason, absl::string_view field, std::string message) {
    return Refuse({.reason = std::string(reason),
                   .message = std::move(message),
                   .field = std::string(field)});
  };
  const std::string& id = options.ledger_id;
  if (!merkle::CheckText("ledger-id", id, kLedgerIdBytesMax).ok() || !merkle::IsKeyName(id)) {
    return refuse("LEDGER_ID_INVALID", "ledger-id",
                  absl::StrCat("ledger-id: 1 to ", kLedgerIdBytesMax,
                               " bytes of UTF-8 without spaces and '+', such as "
                               "example.com/contracts; found ",
                               id.size(), " bytes"));
  }
  if (absl::EndsWith(id, kRehearsalSuffix) != options.rehearsal) {
    return refuse("REHEARSAL_ID", "ledger-id",
                  options.rehearsal
                      ? absl::StrCat("ledger-id: ", id, " must end in ", kRehearsalSuffix,
                                     ", so that nobody takes it for a record")
                      : absl::StrCat("ledger-id: ", id,
                                     " is a rehearsal's; say --rehearsal or "
                                     "choose another id"));
  }
  if (options.clock.has_value() && !options.rehearsal) {
    return refuse("CLOCK_NOT_SETTABLE", "clock",
                  "clock: only a rehearsal ledger has a clock that is set; say --rehearsal");
  }
  return absl::OkStatus();
}

// Nothing stands where the ledger will.
absl::Status CheckVacant(const LedgerPaths& paths) {
  std::error_code error;
  if (fs::exists(paths.database(), error)) {
    return Refuse(
        {.code = absl::StatusCode::kAlreadyExists,
         .reason = "LEDGER_EXISTS",
         .message = absl::StrCat("data: ", paths.database(),
                                 " is there already; serve it, or name another directory"),
         .field = "data"});
  }
  if (fs::exists(paths.anchor() + "/anchor", error)) {
    return Refuse(
        {.code = absl::StatusCode::kAlreadyExists,
         .reason = "ANCHOR_EXISTS",
         .message = absl::StrCat("anchor-dir: ", paths.anchor(),
                                 " holds the anchor of a ledger; if its database is lost, "
                                 "restore that one, never begin it anew"),
         .field = "anchor-dir"});
  }
  for (const std::string& directory : {paths.data, paths.anchor()}) {
    if (!fs::exists(directory, error)) continue;
    if (!fs::is_directory(directory, error) || !fs::is_empty(directory, error)) {
      return Precondition("DIRECTORY_NOT_EMPTY",
                          absl::StrCat(directory, ": is no empty directory; name another one"));
    }
  }
  return absl::OkStatus();
}

absl::Status MakeDirectory(const std::string& path) {
  std::error_code error;
  fs::create_directory(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (!error) return absl::OkStatus();
  return Precondition(
      "DIRECTORY_NOT_MADE",
      absl::StrCat(path, ": ", error.message(), "; its parent must exist and be writable"));
}

absl::StatusOr<AppendRequest> FirstRequest(const InitOptions& options,
                                           const LedgerIdentity& identity) {
  v1::LedgerCreated event;
  event.mutable_common()->set_event_type(event.GetDescriptor()->full_name());
  event.mutable_common()->set_party_id("operator");
  event.mutable_common()->set_role(v1::ROLE_SYS);
  event.mutable_common()->set_marking(v1::MARKING_PUBLIC);
  event.set_ledger(identity.ledger_id);
  event.set_key(identity.public_key);
  event.set_rehearsal(identity.rehearsal);
  event.set_first_administrator(options.administrator);
  v1::AppendRequest request;
  request.set_request_id("ledger-created");
  request.set_contract_id(std::string(kLedgerStream));
  request.set_principal(std::string(kDaemonPrincipal));
  v1::EventToAppend& offered = *request.add_events();
  offered.set_event_type(event.GetDescriptor()->full_name());
  offered.set_payload(event.SerializeAsString());
  return AcceptRequest(std::move(request), identity.ledger_id);
}

// Records LedgerCreated the way everything is recorded.
absl::Status RecordCreation(const InitOptions& options, const LedgerIdentity& identity,
                            const std::string& database) {
  ASSIGN_OR_RETURN(AppendRequest request, FirstRequest(options, identity));
  // One small event: the reserve is for those who go on.
  ASSIGN_OR_RETURN(const std::unique_ptr<EventLog> log,
                   EventLog::Open(database, {.disk_reserve_bytes = 0}));
  const SystemClock system;
  const RehearsalClock rehearsal(options.clock.value_or(system.Now()));
  const Clock& clock = options.rehearsal ? static_cast<const Clock&>(rehearsal) : system;
  HeadWatch head(log->head());
  Committer committer(*log, clock, head, [](absl::Status) {});
  absl::Status recorded;
  absl::Notification answered;
  committer.Submit(std::move(request), [&](absl::StatusOr<CommitOutcome> outcome) {
    recorded = outcome.status();
    answered.Notify();
  });
  answered.WaitForNotification();
  committer.Shutdown();
  return recorded;
}

absl::Status Build(const InitOptions& options, const LedgerIdentity& identity,
                   const merkle::PrivateKey& key, const LedgerPaths& aside) {
  RETURN_IF_ERROR(MakeDirectory(aside.data));
  RETURN_IF_ERROR(EventLog::Create(aside.database(), identity));
  RETURN_IF_ERROR(MakeDirectory(aside.projections()));
  RETURN_IF_ERROR(RecordCreation(options, identity, aside.database()));
  ASSIGN_OR_RETURN(
      const std::string note,
      merkle::SignCheckpoint({options.ledger_id, TreeSize{0}, merkle::EmptyRoot()}, key));
  RETURN_IF_ERROR(Anchor::Create(aside.anchor(), note));
  return SyncDirectory(aside.data);
}

absl::Status Move(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    return Precondition("DIRECTORY_NOT_MADE", absl::StrCat(to, ": ", error.message()));
  }
  const std::string parent = fs::absolute(to).lexically_normal().parent_path().string();
  return SyncDirectory(parent);
}

// The anchor last: a ledger without one is refused by everything, an anchor without a ledger looks
// like a loss.
absl::Status MoveIntoPlace(const LedgerPaths& aside, const LedgerPaths& paths) {
  RETURN_IF_ERROR(Move(aside.data, paths.data));
  if (paths.anchor_dir.empty()) return absl::OkStatus();
  absl::Status moved = Move(aside.anchor_dir, paths.anchor_dir);
  std::error_code ignored;
  if (!moved.ok()) fs::rename(paths.data, aside.data, ignored);
  return moved;
}

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

absl::StatusOr<LedgerIdentity> InitLedger(const InitOptions& options) {
  const LedgerPaths paths{WithoutSlash(options.paths.data), WithoutSlash(options.paths.anchor_dir)};
  RETURN_IF_ERROR(CheckIdentity(options));
  RETURN_IF_ERROR(CheckPaths(paths));
  ASSIGN_OR_RETURN(const merkle::PrivateKey key, LoadPrivateKey(options.key_file));
  RETURN_IF_ERROR(CheckVacant(paths));
  LedgerPaths aside{absl::StrCat(paths.data, kUnfinished), ""};
  if (!paths.anchor_dir.empty()) aside.anchor_dir = absl::StrCat(paths.anchor_dir, kUnfinished);
  const auto sweep = [&aside] {
    std::error_code ignored;
    fs::remove_all(aside.data, ignored);
    if (!aside.anchor_dir.empty()) fs::remove_all(aside.anchor_dir, ignored);
  };
  sweep();
  const LedgerIdentity identity{options.ledger_id, key.public_key(), options.rehearsal};
  absl::Status made = Build(options, identity, key, aside);
  if (made.ok()) made = MoveIntoPlace(aside, paths);
  if (!made.ok()) {
    sweep();
    return made;
  }
  return identity;
}

}  // namespace waymark
