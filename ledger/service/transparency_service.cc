#include "ledger/service/transparency_service.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/note_key.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tlog_proof.h"

namespace waymark {
namespace {

absl::Status BeyondHead(absl::string_view reason, absl::string_view field, uint64_t found,
                        TreeSize head) {
  return Refuse({.code = absl::StatusCode::kOutOfRange,
                 .reason = std::string(reason),
                 .message = absl::StrCat(field, ": ", found, " lies beyond the head ", head.value),
                 .field = std::string(field),
                 .metadata = {{"head", absl::StrCat(head.value)}}});
}

absl::Status BeyondTree(uint64_t position, TreeSize size) {
  return Refuse({.code = absl::StatusCode::kOutOfRange,
                 .reason = "POSITION_BEYOND_TREE",
                 .message = absl::StrCat("position: ", position, " is not in the tree of ",
                                         size.value, " events; wait for a later checkpoint"),
                 .field = "position",
                 .metadata = {{"size", absl::StrCat(size.value)}}});
}

}  // namespace

std::string VkeyOf(const LedgerIdentity& identity) {
  return merkle::FormatVkey({identity.ledger_id, merkle::KeyType::kLog, identity.public_key});
}

TransparencyService::TransparencyService(Workshop& workshop)
    : workshop_(workshop), vkey_(VkeyOf(workshop.ledger().log.identity())) {}

grpc::ServerUnaryReactor* TransparencyService::GetCheckpoint(grpc::CallbackServerContext* context,
                                                             const grpc::ByteBuffer* in,
                                                             grpc::ByteBuffer* out) {
  return AnswerUnary<v1::GetCheckpointRequest>(
      workshop_, context, in, out, [this](const v1::GetCheckpointRequest&) { return Checkpoint(); },
      [this](const v1::GetCheckpointRequest& request) { return AwaitSize(request); });
}

grpc::ServerUnaryReactor* TransparencyService::ProveInclusion(grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* in,
                                                              grpc::ByteBuffer* out) {
  return AnswerUnary<v1::ProveInclusionRequest>(
      workshop_, context, in, out,
      [this](const v1::ProveInclusionRequest& request) { return Inclusion(request); });
}

grpc::ServerUnaryReactor* TransparencyService::ProveConsistency(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* in, grpc::ByteBuffer* out) {
  return AnswerUnary<v1::ProveConsistencyRequest>(
      workshop_, context, in, out,
      [this](const v1::ProveConsistencyRequest& request) { return Consistency(request); });
}

absl::StatusOr<WaitStep> TransparencyService::AwaitSize(const v1::GetCheckpointRequest& request) {
  if (request.level() == v1::ACK_LEVEL_DURABLE) {
    return Refuse({.reason = "LEVEL_HAS_NO_CHECKPOINT",
                   .message = "level: DURABLE; a checkpoint is PUBLISHED by nature",
                   .field = "level"});
  }
  RETURN_IF_ERROR(CheckLevel(request.level(), "level").status());
  if (!request.has_min_size() || request.min_size() == 0) return WaitStep();
  const uint64_t wanted = request.min_size();
  const TreeSize head = workshop_.ledger().head.size();
  if (wanted > head.value) return BeyondHead("MIN_SIZE_BEYOND_HEAD", "min_size", wanted, head);
  return WaitStep([this, wanted](absl::Duration left, const Ready& ready) {
    workshop_.WaitAbove(
        workshop_.WatchOf(v1::ACK_LEVEL_PUBLISHED), TreeSize{wanted - 1}, left,
        [this, wanted, ready](const absl::Status& published) {
          if (!absl::IsDeadlineExceeded(published)) return ready(published);
          const uint64_t size = workshop_.ledger().published.size().value;
          ready(Refuse({.code = absl::StatusCode::kDeadlineExceeded,
                        .reason = "MIN_SIZE_NOT_REACHED",
                        .message = absl::StrCat("min_size: ", wanted,
                                                " is not published yet: ", size, " events are"),
                        .field = "min_size",
                        .metadata = {{"published", absl::StrCat(size)}}}));
        });
  });
}

absl::StatusOr<v1::GetCheckpointReply> TransparencyService::Checkpoint() const {
  const Released newest = workshop_.ledger().publisher.newest();
  if (newest.note.empty()) {
    return Refuse({.code = absl::StatusCode::kNotFound,
                   .reason = "CHECKPOINT_NONE",
                   .message = "no checkpoint has been published yet; ask again in a second"});
  }
  v1::GetCheckpointReply reply;
  reply.set_checkpoint(newest.note);
  reply.set_size(newest.checkpoint.size.value);
  reply.set_vkey(vkey_);
  return reply;
}

absl::StatusOr<v1::ProveInclusionReply> TransparencyService::Inclusion(
    const v1::ProveInclusionRequest& request) const {
  const EventLog& log = workshop_.ledger().log;
  const Publisher& publisher = workshop_.ledger().publisher;
  const TreeSize head = workshop_.ledger().head.size();
  const TreeSize size =
      request.has_size() ? TreeSize{request.size()} : publisher.newest().checkpoint.size;
  if (size > head) return BeyondHead("SIZE_BEYOND_TREE", "size", size.value, head);
  if (request.position() >= head.value) {
    return BeyondHead("POSITION_BEYOND_HEAD", "position", request.position(), head);
  }
  if (request.position() >= size.value) return BeyondTree(request.position(), size);

  const auto node = [&log](int level, uint64_t index) { return log.Node(level, index); };
  const Position position{request.position()};
  merkle::TlogProof proof;
  proof.index = position;
  ASSIGN_OR_RETURN(proof.hashes, merkle::ProveInclusion(position, size, node));
  ASSIGN_OR_RETURN(const Digest root, merkle::Root(size, node));
  ASSIGN_OR_RETURN(StoredEvent event, log.ReadOne(position, /*headers_only=*/true));
  v1::ProveInclusionReply reply;
  *reply.mutable_header() = std::move(event.header);
  reply.set_size(size.value);
  for (const Digest& hash : proof.hashes) reply.add_hashes(std::string(merkle::BytesOf(hash)));
  reply.set_root(std::string(merkle::BytesOf(root)));
  absl::StatusOr<std::string> note = publisher.NoteOf(size);
  if (note.ok()) {
    proof.checkpoint = *std::move(note);
    reply.set_tlog_proof(merkle::FormatTlogProof(proof));
  } else if (!absl::IsNotFound(note.status())) {
    return note.status();
  }
  return reply;
}

absl::StatusOr<v1::ProveConsistencyReply> TransparencyService::Consistency(
    const v1::ProveConsistencyRequest& request) const {
  const EventLog& log = workshop_.ledger().log;
  const TreeSize head = workshop_.ledger().head.size();
  const TreeSize old_size{request.old_size()};
  const TreeSize new_size = request.has_new_size()
                                ? TreeSize{request.new_size()}
                                : workshop_.ledger().publisher.newest().checkpoint.size;
  if (old_size.value == 0) {
    return Refuse({.reason = "OLD_SIZE_ZERO",
                   .message = "old_size: 0; every tree begins with the empty one, which proves "
                              "nothing",
                   .field = "old_size"});
  }
  if (new_size > head) return BeyondHead("SIZE_BEYOND_TREE", "new_size", new_size.value, head);
  if (old_size > head) return BeyondHead("SIZE_BEYOND_TREE", "old_size", old_size.value, head);
  if (old_size > new_size) {
    return Refuse({.reason = "SIZES_REVERSED",
                   .message = absl::StrCat("old_size: ", old_size.value, " is above new_size ",
                                           new_size.value),
                   .field = "old_size"});
  }
  const auto node = [&log](int level, uint64_t index) { return log.Node(level, index); };
  ASSIGN_OR_RETURN(const std::vector<Digest> hashes,
                   merkle::ProveConsistency(old_size, new_size, node));
  ASSIGN_OR_RETURN(const Digest old_root, merkle::Root(old_size, node));
  ASSIGN_OR_RETURN(const Digest new_root, merkle::Root(new_size, node));
  v1::ProveConsistencyReply reply;
  reply.set_old_size(old_size.value);
  reply.set_new_size(new_size.value);
  for (const Digest& hash : hashes) reply.add_hashes(std::string(merkle::BytesOf(hash)));
  reply.set_old_root(std::string(merkle::BytesOf(old_root)));
  reply.set_new_root(std::string(merkle::BytesOf(new_root)));
  return reply;
}

}  // namespace waymark
