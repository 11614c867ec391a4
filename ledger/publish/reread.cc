#include "ledger/publish/reread.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/tile.h"

namespace waymark {
namespace {

// What stops all signing.
absl::Status Breach(absl::string_view reason, uint64_t position, absl::string_view what,
                    absl::string_view want, absl::string_view got) {
  return Refuse({absl::StatusCode::kDataLoss,
                 std::string(reason),
                 absl::StrCat("position ", position, ": ", what, ": want ", want, ", got ", got),
                 -1,
                 std::string(what),
                 {{"position", absl::StrCat(position)},
                  {"want", std::string(want)},
                  {"got", std::string(got)}}});
}

absl::Status Breach(absl::string_view reason, uint64_t position, absl::string_view what,
                    const Digest& want, const Digest& got) {
  return Breach(reason, position, what, merkle::ToHex(want), merkle::ToHex(got));
}

absl::StatusOr<Digest> StoredRoot(TreeSize size, const std::vector<Digest>& edge) {
  ASSIGN_OR_RETURN(const merkle::CompactTree tree, merkle::CompactTree::FromEdge(size, edge));
  return tree.Root();
}

}  // namespace

absl::StatusOr<Rereader> Rereader::Start(const EventLog& log, const merkle::Checkpoint& anchored) {
  if (log.head() < anchored.size) {
    return Breach("ROLLED_BACK", log.head().value, "size", absl::StrCat(anchored.size.value),
                  absl::StrCat(log.head().value));
  }
  std::vector<Digest> edge;
  for (const merkle::NodeId& node : merkle::EdgeNodes(anchored.size)) {
    ASSIGN_OR_RETURN(edge.emplace_back(), log.Node(node.level, node.index));
  }
  ASSIGN_OR_RETURN(const Digest root, StoredRoot(anchored.size, edge));
  if (root != anchored.root) {
    return Breach("ROOT_CHANGED", anchored.size.value, "root", anchored.root, root);
  }
  Rereader reader(log, anchored, std::move(edge));
  if (anchored.size.value > 0) {
    const Position last{anchored.size.value - 1};
    ASSIGN_OR_RETURN(const StoredEvent event, log.ReadOne(last, /*headers_only=*/true));
    ASSIGN_OR_RETURN(const merkle::EntryHeaderView header,
                     merkle::DecodeEntryHeaderView(event.header));
    reader.last_recorded_at_ = header.recorded_at;
  }
  return reader;
}

absl::Status Rereader::ReadThrough(TreeSize target, const Digest& root) {
  const TreeSize size_before = size_;
  const Digest root_before = root_;
  RETURN_IF_ERROR(ReadEvents(target));
  ASSIGN_OR_RETURN(root_, StoredRoot(target, edge_));
  if (root_ != root) return Breach("ROOT_MISMATCH", target.value, "root", root, root_);
  RETURN_IF_ERROR(CheckTiles(target));
  // A proof from nothing would prove nothing.
  if (size_before.value == 0) return absl::OkStatus();
  const auto node = [this](int level, uint64_t index) { return log_->Node(level, index); };
  ASSIGN_OR_RETURN(const std::vector<Digest> proof,
                   merkle::ProveConsistency(size_before, target, node));
  return merkle::VerifyConsistency(size_before, target, proof, root_before, root_);
}

absl::Status Rereader::ReadEvents(TreeSize target) {
  while (size_ < target) {
    // In turns, so that no view of the store is held for long.
    const TreeSize until{std::min(target.value, size_.value + kReadBatchEventsMax)};
    RETURN_IF_ERROR(log_->Visit(Position{size_.value}, until,
                                [this](const EventView& event) { return CheckEvent(event); }));
  }
  if (open_.has_value() && open_->next_index != open_->statement.commitments.size()) {
    return Breach("STATEMENT_MISMATCH", target.value, "events of one request",
                  absl::StrCat(open_->statement.commitments.size()),
                  absl::StrCat(open_->next_index));
  }
  return absl::OkStatus();
}

absl::Status Rereader::CheckEvent(const EventView& event) {
  const absl::StatusOr<merkle::EntryHeaderView> decoded =
      merkle::DecodeEntryHeaderView(event.header);
  if (!decoded.ok()) {
    return Breach("HEADER_DAMAGED", size_.value, "header", "canonical", decoded.status().message());
  }
  const merkle::EntryHeaderView& header = *decoded;
  if (header.position.value != size_.value || event.position.value != size_.value) {
    return Breach("HEADER_DAMAGED", size_.value, "position", absl::StrCat(size_.value),
                  absl::StrCat(header.position.value));
  }
  if (header.recorded_at < last_recorded_at_) {
    return Breach("RECORDED_AT_DECREASED", size_.value, "recorded_at",
                  absl::StrCat(">= ", last_recorded_at_.value),
                  absl::StrCat(header.recorded_at.value));
  }
  last_recorded_at_ = header.recorded_at;
  if (event.state == StoredPayload::kPresent) {
    const Digest commitment = merkle::PayloadCommitment(event.salt, event.payload);
    if (commitment != header.payload_commitment) {
      return Breach("COMMITMENT_MISMATCH", size_.value, "payload_commitment",
                    header.payload_commitment, commitment);
    }
  }
  RETURN_IF_ERROR(CheckStatement(header));
  RETURN_IF_ERROR(CheckRevision(header));
  AppendLeaf(header.position, merkle::LeafHash(event.header));
  ++size_.value;
  return absl::OkStatus();
}

// The events of a request stand side by side, with indices 0, 1, 2, ... up to its last commitment.
absl::Status Rereader::CheckStatement(const merkle::EntryHeaderView& header) {
  if (!open_.has_value() || open_->next_index == open_->statement.commitments.size()) {
    RETURN_IF_ERROR(OpenNextStatement(header));
  }
  OpenStatement& open = *open_;
  const uint64_t position = header.position.value;
  if (header.statement_digest != open.digest) {
    return Breach("STATEMENT_MISMATCH", position, "statement_digest", open.digest,
                  header.statement_digest);
  }
  if (header.statement_index != open.next_index) {
    return Breach("STATEMENT_MISMATCH", position, "statement_index", absl::StrCat(open.next_index),
                  absl::StrCat(header.statement_index));
  }
  if (header.payload_commitment != open.statement.commitments[open.next_index]) {
    return Breach("STATEMENT_MISMATCH", position, "payload_commitment",
                  open.statement.commitments[open.next_index], header.payload_commitment);
  }
  if (header.contract_id != open.statement.contract_id) {
    return Breach("STATEMENT_MISMATCH", position, "contract_id", open.statement.contract_id,
                  header.contract_id);
  }
  if (header.author_key_id != open.author_key_id) {
    return Breach("STATEMENT_MISMATCH", position, "author_key_id",
                  merkle::ToHex(open.author_key_id), merkle::ToHex(header.author_key_id));
  }
  ++open.next_index;
  return absl::OkStatus();
}

absl::Status Rereader::OpenNextStatement(const merkle::EntryHeaderView& header) {
  const uint64_t position = header.position.value;
  ASSIGN_OR_RETURN(const StoredStatement stored, log_->ReadStatement(header.position));
  const Digest digest = merkle::StatementDigest(stored.statement, stored.signature);
  if (digest != header.statement_digest) {
    return Breach("STATEMENT_MISMATCH", position, "statement_digest", header.statement_digest,
                  digest);
  }
  absl::StatusOr<merkle::Statement> statement = merkle::DecodeStatement(stored.statement);
  if (!statement.ok()) {
    return Breach("STATEMENT_MISMATCH", position, "statement", "canonical",
                  statement.status().message());
  }
  if (statement->ledger != ledger_id_) {
    return Breach("STATEMENT_MISMATCH", position, "ledger", ledger_id_, statement->ledger);
  }
  OpenStatement& open = open_.emplace();
  open.digest = digest;
  open.statement = *std::move(statement);
  if (!stored.signature.empty()) {
    const Digest key_id = merkle::AuthorKeyId(stored.author_public_key);
    open.author_key_id = std::string(merkle::BytesOf(key_id));
  }
  return absl::OkStatus();
}

absl::Status Rereader::CheckRevision(const merkle::EntryHeaderView& header) {
  const uint64_t position = header.position.value;
  auto known = next_revisions_.find(header.contract_id);
  if (known == next_revisions_.end()) {
    // Not met before in this process: the stream's own index says what stands one revision earlier.
    const uint64_t revision = header.revision.value;
    const uint64_t first = revision == 0 ? 0 : revision - 1;
    ASSIGN_OR_RETURN(const std::vector<Position> places,
                     log_->StreamPositions(header.contract_id, Revision{first}, 2));
    const size_t own = revision == 0 ? 0 : 1;
    if (places.size() <= own || places[own] != header.position ||
        (own == 1 && places[0] >= header.position)) {
      return Breach("REVISION_GAP", position, "revision", "as in the stream's index",
                    absl::StrCat(revision));
    }
    if (next_revisions_.size() >= kPublisherContractsMax) next_revisions_.clear();
    known = next_revisions_.emplace(std::string(header.contract_id), revision).first;
  }
  if (known->second != header.revision.value) {
    return Breach("REVISION_GAP", position, "revision", absl::StrCat(known->second),
                  absl::StrCat(header.revision.value));
  }
  ++known->second;
  return absl::OkStatus();
}

// As merkle::CompactTree, and keeps the nodes that each tile filled on the way must lead to.
void Rereader::AppendLeaf(Position position, const Digest& leaf) {
  Digest node = leaf;
  uint64_t index = position.value;
  for (int level = 0; (index & 1) == 1; ++level, index >>= 1) {
    const Digest left = edge_.back();
    edge_.pop_back();
    // Two halves of a full tile: reading them back from the store hashes all of its bytes.
    if (level % kTileHeight == kTileHeight - 1) {
      full_tile_nodes_.push_back({{level, index - 1}, left});
      full_tile_nodes_.push_back({{level, index}, node});
    }
    node = merkle::NodeHash(left, node);
  }
  edge_.push_back(node);
}

absl::Status Rereader::CheckTiles(TreeSize target) {
  std::vector<ExpectedNode> expected = std::move(full_tile_nodes_);
  full_tile_nodes_.clear();
  const std::vector<merkle::NodeId> nodes = merkle::EdgeNodes(target);
  for (size_t i = 0; i < nodes.size(); ++i) expected.push_back({nodes[i], edge_[i]});
  for (const ExpectedNode& node : expected) {
    ASSIGN_OR_RETURN(const Digest stored, log_->Node(node.id.level, node.id.index));
    if (stored != node.hash) {
      return Breach("TILE_MISMATCH", node.id.index << node.id.level,
                    absl::StrCat("node (", node.id.level, ", ", node.id.index, ")"), node.hash,
                    stored);
    }
  }
  return absl::OkStatus();
}

}  // namespace waymark
