#include "tests/faults/ledger_check.h"

#include <openssl/sha.h>

#include "absl/strings/str_cat.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"

namespace waymark::faults {
namespace {

// Hashing of the test's own: RFC 6962 section 2.1 with nothing from ledger/merkle.
std::string Hash(const std::string& bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

class GrowingTree {
 public:
  void Append(const std::string& header) {
    std::string hash = Hash(std::string(1, '\0') + header);
    // Two perfect subtrees of one size become the next larger one.
    for (uint64_t bits = size_++; bits & 1; bits >>= 1) {
      hash = Hash("\x01" + edge_.back() + hash);
      edge_.pop_back();
    }
    edge_.push_back(std::move(hash));
  }
  std::string Root() const {
    if (edge_.empty()) return Hash("");
    std::string root = edge_.back();
    for (size_t i = edge_.size() - 1; i-- > 0;) root = Hash("\x01" + edge_[i] + root);
    return root;
  }
  uint64_t size() const { return size_; }

 private:
  std::vector<std::string> edge_;  // largest first
  uint64_t size_ = 0;
};

absl::Status Breach(absl::string_view what) { return absl::DataLossError(std::string(what)); }

}  // namespace

absl::Status LedgerCheck::Run(const Client& client, const std::vector<Acknowledged>& acknowledged) {
  ASSIGN_OR_RETURN(const v1::GetStatusReply status, client.GetStatus());
  v1::GetCheckpointRequest ask;
  ask.set_level(v1::ACK_LEVEL_PUBLISHED);
  ask.set_min_size(status.head());
  ASSIGN_OR_RETURN(const v1::GetCheckpointReply reply, client.GetCheckpoint(ask));
  ASSIGN_OR_RETURN(const merkle::VerifierKey key, merkle::ParseVkey(vkey_));
  ASSIGN_OR_RETURN(const merkle::OpenedCheckpoint opened,
                   merkle::OpenCheckpoint(reply.checkpoint(), key));
  const std::string signed_root(merkle::BytesOf(opened.checkpoint.root));
  const auto [known, fresh] = roots_.emplace(opened.checkpoint.size.value, signed_root);
  if (!fresh && known->second != signed_root) return Breach("one size has two signed roots");

  // What must stand where.
  std::map<uint64_t, std::pair<const v1::AppendRequest*, int>> places;
  std::map<uint64_t, std::string> leaves;
  for (const Acknowledged& one : acknowledged) {
    v1::ReceiptFixed receipt;
    receipt.ParseFromString(one.receipt);
    for (int i = 0; i < receipt.events_size(); ++i) {
      const uint64_t position = receipt.events(i).position();
      if (!places.emplace(position, std::make_pair(&one.request, i)).second) {
        return Breach(absl::StrCat("position ", position, " was acknowledged twice"));
      }
      leaves[position] = receipt.events(i).leaf_hash();
    }
  }
  GrowingTree tree;
  std::map<std::string, uint64_t> revisions;
  absl::Status breach;
  const auto take = [&](const v1::RecordedEvent& event) -> absl::Status {
    ASSIGN_OR_RETURN(const merkle::EntryHeader header, merkle::DecodeEntryHeader(event.header()));
    const uint64_t position = tree.size();
    if (header.position.value != position)
      return Breach(absl::StrCat("position ", position, " is missing"));
    if (header.revision.value != revisions[header.contract_id]++) {
      return Breach(absl::StrCat("position ", position, ": revisions of ", header.contract_id,
                                 " have a gap"));
    }
    if (const auto place = places.find(position); place != places.end()) {
      const v1::EventToAppend& sent = place->second.first->events(place->second.second);
      if (event.payload() != sent.payload() || event.salt() != sent.salt() ||
          Hash(std::string(1, '\0') + event.header()) != leaves[position]) {
        return Breach(
            absl::StrCat("position ", position, " holds other bytes than were acknowledged"));
      }
      places.erase(place);
    }
    tree.Append(event.header());
    const auto root = roots_.find(tree.size());
    if (root != roots_.end() && root->second != tree.Root()) {
      return Breach(
          absl::StrCat("the root of size ", tree.size(), " is not the one that was signed"));
    }
    return absl::OkStatus();
  };
  v1::ReadRequest read;
  read.set_until(status.head());
  grpc::ClientContext context;
  RETURN_IF_ERROR(client.Read(read, &context, [&](const v1::ReadReply& batch) {
    for (const v1::RecordedEvent& event : batch.batch().events()) {
      if (breach.ok()) breach = take(event);
    }
    return breach.ok();
  }));
  RETURN_IF_ERROR(breach);
  if (tree.size() != status.head())
    return Breach(absl::StrCat("read ", tree.size(), " of ", status.head(), " events"));
  if (!places.empty())
    return Breach(absl::StrCat("acknowledged position ", places.begin()->first, " is gone"));
  if (tree.size() < size_) return Breach("the ledger has become smaller");
  if (opened.checkpoint.size.value < tree.size())
    return Breach("the checkpoint lags behind what it was asked for");
  size_ = tree.size();
  return CheckProjection(client);
}

absl::Status LedgerCheck::CheckProjection(const Client& client) const {
  v1::ListEvidenceRequest ask;
  ask.mutable_question()->set_contract_id("CRASH-0");
  ask.mutable_question()->set_min_position(size_ - 1);
  ask.mutable_question()->mutable_known_at()->set_position(size_ - 1);
  ask.set_page_size(5000);
  ASSIGN_OR_RETURN(v1::ListEvidenceReply kept, client.ListEvidence(ask));
  v1::RebuildProjectionRequest rebuild;
  rebuild.set_name("maturity");
  grpc::ClientContext context;
  bool flipped = false;
  RETURN_IF_ERROR(
      client.RebuildProjection(rebuild, &context, [&](const v1::RebuildProjectionReply& progress) {
        flipped = flipped || progress.flipped();
        return true;
      }));
  if (!flipped) return Breach("the rebuilt projection was not flipped to");
  ASSIGN_OR_RETURN(v1::ListEvidenceReply rebuilt, client.ListEvidence(ask));
  kept.mutable_basis()->clear_projection();
  rebuilt.mutable_basis()->clear_projection();
  if (kept.SerializeAsString() != rebuilt.SerializeAsString()) {
    return Breach("a projection rebuilt from position 0 answers otherwise than the one kept");
  }
  return absl::OkStatus();
}

}  // namespace waymark::faults
