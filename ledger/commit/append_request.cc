#include "ledger/commit/append_request.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/violations.h"
#include "ledger/merkle/ed25519.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/random.h"
#include "ledger/merkle/statement.h"

namespace waymark {
namespace {

constexpr size_t kPublicKeyBytes = 32;

void Add(absl::string_view reason, absl::string_view message, absl::string_view field,
         Violations* found, int event_index = -1,
         absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
  found->Add({code, std::string(reason), std::string(message), event_index, std::string(field)});
}

// Takes over what another check found; `event_index` says where, unless -1.
void Merge(const absl::Status& status, Violations* found, int event_index = -1) {
  for (Violation& violation : ViolationsOf(status)) {
    if (event_index >= 0) violation.event_index = event_index;
    found->Add(std::move(violation));
  }
}

absl::Status RefusalOf(const Violations& found) {
  return found.empty() ? absl::OkStatus() : found.ToStatus();
}

// A field that a newer client relies on must not be passed over.
bool HasUnknownFields(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

void CheckEnvelope(const v1::AppendRequest& request, Violations* found) {
  if (HasUnknownFields(request)) {
    Add("UNKNOWN_FIELD", "request: a field that this ledger does not know", "request", found);
  }
  Merge(merkle::CheckText("request_id", request.request_id(), kRequestIdBytesMax), found);
  Merge(merkle::CheckText("contract_id", request.contract_id(), kContractIdBytesMax), found);
  Merge(merkle::CheckText("principal", request.principal(), kPrincipalBytesMax), found);
  if (request.events().empty()) {
    Add("REQUEST_EMPTY", "events: none, at least 1", "events", found);
  }
  if (static_cast<size_t>(request.events_size()) > kRequestEventsMax) {
    Add("TOO_MANY_EVENTS",
        absl::StrCat("events: ", request.events_size(), ", at most ", kRequestEventsMax), "events",
        found);
  }
  if (const size_t bytes = request.ByteSizeLong(); bytes > kRequestBytesMax) {
    Add("REQUEST_TOO_LARGE", absl::StrCat("request: ", bytes, " bytes, at most ", kRequestBytesMax),
        "request", found);
  }
}

void CheckEvents(const v1::AppendRequest& request, Violations* found) {
  const auto& events = request.events();
  // A request beyond the bound is not looked into.
  if (static_cast<size_t>(events.size()) > kRequestEventsMax) return;
  const bool any_salt = std::any_of(events.begin(), events.end(),
                                    [](const auto& event) { return !event.salt().empty(); });
  for (int i = 0; i < events.size(); ++i) {
    const v1::EventToAppend& event = events[i];
    if (HasUnknownFields(event)) {
      Add("UNKNOWN_FIELD", "event: a field that this ledger does not know", "event", found, i);
    }
    Merge(merkle::CheckText("event_type", event.event_type(), kEventTypeBytesMax), found, i);
    if (any_salt) Merge(merkle::CheckSalt(event.salt()), found, i);
  }
  if (!any_salt && !events.empty() && !request.signature().empty()) {
    Add("SALT_MISSING", "salt: none, but a signed request brings its own", "events.salt", found);
  }
}

void CheckAuthor(const v1::AppendRequest& request, Violations* found) {
  const std::string& key = request.author_public_key();
  const std::string& key_id = request.author_key_id();
  if (key.empty() && key_id.empty() && request.signature().empty()) return;
  if (key_id.size() != kDigestBytes) {
    Add("KEY_ID_INVALID",
        absl::StrCat("author_key_id: ", key_id.size(), " bytes, must be ", kDigestBytes,
                     " in a signed request"),
        "author_key_id", found);
  } else if (key.empty()) {
    Add("KEY_UNKNOWN",
        absl::StrCat("author_key_id: no key ", merkle::ToHex(key_id),
                     " is registered; send author_public_key"),
        "author_key_id", found, -1, absl::StatusCode::kPermissionDenied);
  } else if (key.size() != kPublicKeyBytes) {
    Add("KEY_REFUSED",
        absl::StrCat("author_public_key: ", key.size(), " bytes, must be ", kPublicKeyBytes),
        "author_public_key", found);
  } else if (const Digest own = merkle::AuthorKeyId(key); merkle::BytesOf(own) != key_id) {
    Add("KEY_ID_INVALID", "author_key_id: not the SHA-256 of author_public_key", "author_key_id",
        found);
  } else {
    Merge(merkle::CheckRegistrable(key), found);
  }
  if (request.signature().size() != kSignatureBytes) {
    Add("SIGNATURE_INVALID",
        absl::StrCat("signature: ", request.signature().size(), " bytes, must be ", kSignatureBytes,
                     " in a signed request"),
        "signature", found);
  }
}

// Moves the events over and commits to each, with fresh salts where there are none.
void SealEvents(v1::AppendRequest* request, SealedRequest* sealed) {
  const size_t count = static_cast<size_t>(request->events_size());
  sealed->salts_from_server = request->events(0).salt().empty();
  std::string fresh;
  if (sealed->salts_from_server) fresh = merkle::RandomBytes(count * kSaltBytes);
  sealed->events.resize(count);
  for (size_t i = 0; i < count; ++i) {
    v1::EventToAppend& offered = *request->mutable_events(static_cast<int>(i));
    SealedEvent& event = sealed->events[i];
    event.event_type = offered.event_type();
    event.payload = std::move(*offered.mutable_payload());
    event.salt = sealed->salts_from_server ? fresh.substr(i * kSaltBytes, kSaltBytes)
                                           : std::move(*offered.mutable_salt());
    event.commitment = merkle::PayloadCommitment(event.salt, event.payload);
  }
}

// What the queue holds of it, roughly: the bytes, what the parts are wrapped in, and the parsed
// messages, which can be many times larger than their bytes. Never more than an empty queue takes.
size_t QueueBytes(const AppendRequest& request) {
  constexpr size_t kRequestOverhead = 512;
  constexpr size_t kEventOverhead = 256;
  size_t bytes = kRequestOverhead + request.sealed.statement.size();
  for (const SealedEvent& event : request.sealed.events) {
    bytes += kEventOverhead + event.payload.size();
  }
  // One arena holds the messages of all events.
  bytes += request.parsed[0].message().GetArena()->SpaceAllocated();
  return std::min(bytes, kCommitQueueBytesMax);
}

}  // namespace

std::string StatementOf(const SealedRequest& request, const std::string& ledger_id,
                        std::vector<Digest> commitments) {
  return merkle::EncodeStatement({ledger_id, request.contract_id, request.request_id,
                                  request.principal, std::move(commitments)});
}

absl::StatusOr<SealedRequest> SealRequest(v1::AppendRequest* request,
                                          const std::string& ledger_id) {
  Violations found;
  CheckEnvelope(*request, &found);
  CheckEvents(*request, &found);
  CheckAuthor(*request, &found);
  RETURN_IF_ERROR(RefusalOf(found));

  SealedRequest sealed;
  sealed.request_id = request->request_id();
  sealed.contract_id = request->contract_id();
  sealed.principal = request->principal();
  SealEvents(request, &sealed);
  merkle::Statement statement{
      ledger_id, sealed.contract_id, sealed.request_id, sealed.principal, {}};
  statement.commitments.reserve(sealed.events.size());
  for (const SealedEvent& event : sealed.events) statement.commitments.push_back(event.commitment);
  RETURN_IF_ERROR(merkle::CheckStatement(statement));
  sealed.statement = merkle::EncodeStatement(statement);
  if (!request->signature().empty()) {
    RETURN_IF_ERROR(merkle::VerifyStatementSignature(sealed.statement, request->signature(),
                                                     request->author_public_key()));
  }
  sealed.author_key_id = request->author_key_id();
  sealed.author_public_key = request->author_public_key();
  sealed.signature = request->signature();
  sealed.statement_digest = merkle::StatementDigest(sealed.statement, sealed.signature);
  return sealed;
}

absl::StatusOr<AppendRequest> AcceptRequest(v1::AppendRequest request,
                                            const std::string& ledger_id) {
  Violations found;
  absl::StatusOr<std::vector<ParsedEvent>> parsed = std::vector<ParsedEvent>();
  // A request beyond the bounds is not looked into.
  if (static_cast<size_t>(request.events_size()) <= kRequestEventsMax &&
      request.ByteSizeLong() <= kRequestBytesMax) {
    std::vector<OfferedEvent> offered;
    offered.reserve(static_cast<size_t>(request.events_size()));
    for (const v1::EventToAppend& event : request.events()) {
      offered.push_back({event.event_type(), event.payload()});
    }
    parsed = ParseRequest(request.contract_id(), offered, merkle::Sha256);
  }
  absl::StatusOr<SealedRequest> sealed = SealRequest(&request, ledger_id);
  Merge(sealed.status(), &found);
  Merge(parsed.status(), &found);
  RETURN_IF_ERROR(RefusalOf(found));
  RETURN_IF_ERROR(sealed.status());
  RETURN_IF_ERROR(parsed.status());

  AppendRequest accepted;
  accepted.sealed = *std::move(sealed);
  accepted.parsed = *std::move(parsed);
  for (size_t i = 0; i < accepted.parsed.size(); ++i) {
    accepted.sealed.events[i].event_type = accepted.parsed[i].type().name;
  }
  if (request.has_expected_revision()) {
    accepted.expected_revision = Revision{request.expected_revision()};
  }
  accepted.bytes = QueueBytes(accepted);
  return accepted;
}

}  // namespace waymark
