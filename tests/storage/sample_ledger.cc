#include "tests/storage/sample_ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/base/limits.h"
#include "ledger/merkle/ed25519.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"
#include "waymark/v1/event.pb.h"

namespace waymark::test {
namespace {

// The front of a payload of a type: Common, in it the type, then the tag and the length of a field
// that takes the other bytes.
std::string FrontOfPayload(const std::string& type, size_t rest) {
  const auto first_field = [](const std::string& content) {
    return absl::StrCat("\x0a", std::string(1, static_cast<char>(content.size())), content);
  };
  std::string front = first_field(first_field(type));
  front.push_back('\x7a');
  // Three bytes of length whatever it is.
  for (const int shift : {0, 7, 14}) {
    front.push_back(static_cast<char>(((rest >> shift) & 0x7f) | (shift < 14 ? 0x80 : 0)));
  }
  return front;
}
const size_t kFrontBytes = FrontOfPayload(kSampleEventType, 0).size();

const merkle::PrivateKey& AuthorKey() {
  static const merkle::PrivateKey key = *merkle::PrivateKey::FromSeed(std::string(32, 'a'));
  return key;
}

}  // namespace

LedgerIdentity SampleIdentity() { return {kSampleLedgerId, std::string(32, 'k'), true}; }

std::string SampleLedger::Bytes(size_t count) {
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random_());
  return bytes;
}

FilterEntry SampleLedger::Filter() {
  FilterEntry filter;
  for (uint64_t i = Below(3); i > 0; --i) filter.focuses.push_back(absl::StrCat("F-", Below(5)));
  filter.category = Below(2) == 0 ? "" : absl::StrCat("C", Below(3));
  filter.party = Below(2) == 0 ? "authority" : "provider";
  filter.marking = static_cast<uint8_t>(Below(4));
  return filter;
}

CommitRecord SampleLedger::Begin() {
  CommitRecord record;
  record.prev_size = tree_.size();
  record.prev_root = tree_.Root();
  clock_ += Below(3) * 1000;  // Neighbouring commits may share an instant.
  record.recorded_at = UnixMicros{clock_};
  // Now and then the wall clock is wrong.
  record.clock = UnixMicros{clock_ + (Below(4) == 0 ? Below(1000) : 0)};
  return record;
}

CommitRecord SampleLedger::Next(size_t events) {
  CommitRecord record = Begin();
  while (record.events.size() < events) {
    const size_t count = 1 + Below(std::clamp<size_t>(events / 3, 1, kRequestEventsMax));
    const size_t least = payload_bytes_max_ < kFrontBytes ? 0 : kFrontBytes;
    std::vector<CommitEvent> offered(std::min(count, events - record.events.size()));
    for (CommitEvent& event : offered) event = Event(least + Below(payload_bytes_max_ + 1 - least));
    AddRequest(std::move(offered), /*plain=*/false, &record);
  }
  End(&record);
  return record;
}

CommitRecord SampleLedger::NextSingle(size_t payload_bytes) {
  CommitRecord record = Begin();
  AddRequest({Event(payload_bytes)}, /*plain=*/true, &record);
  End(&record);
  return record;
}

CommitRecord SampleLedger::NextOfType(const std::string& type) {
  CommitRecord record = Begin();
  AddRequest({{.payload = FrontOfPayload(type, 0), .salt = Bytes(kSaltBytes)}}, /*plain=*/true,
             &record);
  End(&record);
  return record;
}

CommitRecord SampleLedger::NextCopyOf(Position position) {
  CommitRecord record = Begin();
  const CommitEvent& first = events_[position.value];
  AddRequest({{.payload = first.payload, .salt = first.salt}}, /*plain=*/true, &record);
  End(&record);
  return record;
}

CommitRecord SampleLedger::NextErasing(const std::vector<Position>& positions) {
  CommitRecord record = Begin();
  v1::PersonalDataErased erasure;
  erasure.mutable_common()->set_event_type(erasure.GetDescriptor()->full_name());
  for (const Position position : positions) erasure.add_positions(position.value);
  AddRequest({{.payload = erasure.SerializeAsString(), .salt = Bytes(kSaltBytes)}}, /*plain=*/true,
             &record, erasure.GetDescriptor()->full_name());
  record.erased = positions;
  End(&record);
  return record;
}

CommitEvent SampleLedger::Event(size_t payload_bytes) {
  const size_t rest = payload_bytes < kFrontBytes ? payload_bytes : payload_bytes - kFrontBytes;
  const std::string front =
      payload_bytes < kFrontBytes ? "" : FrontOfPayload(kSampleEventType, rest);
  return {.payload = front + Bytes(rest), .salt = Bytes(kSaltBytes)};
}

void SampleLedger::End(CommitRecord* record) {
  record->new_size = tree_.size();
  record->new_root = tree_.Root();
  record->new_edge = tree_.edge();
  sizes_.push_back(record->new_size);
  roots_.push_back(record->new_root);
  for (const CommitRequest& request : record->requests) {
    StoredRequest stored{
        request.contract_id,    request.statement_digest, request.first_position,
        request.first_revision, request.event_count,      record->recorded_at,
        record->clock,          record->new_size,         request.salts_from_server,
        request.flags};
    stored.flags.resize(request.event_count);
    requests_.push_back({request.request_id,
                         std::move(stored),
                         {request.statement, request.signature, request.author_public_key}});
  }
}

void SampleLedger::AddRequest(std::vector<CommitEvent> events, bool plain, CommitRecord* record,
                              const std::string& type) {
  const size_t count = events.size();
  CommitRequest request;
  request.request_id = absl::StrFormat("request-%08d", next_request_++);
  request.contract_id = plain ? "C-0" : absl::StrCat("C-", Below(4));
  std::vector<Position>& stream = streams_[request.contract_id];
  request.first_position = Position{tree_.size().value};
  request.first_revision = Revision{stream.size()};
  request.event_count = static_cast<uint32_t>(count);
  request.salts_from_server = Below(2) == 0;
  merkle::Statement statement{kSampleLedgerId, request.contract_id, request.request_id, "P-1", {}};
  for (CommitEvent& event : events) {
    if (!plain) event.filter = Filter();
    statement.commitments.push_back(merkle::PayloadCommitment(event.salt, event.payload));
  }
  request.statement = merkle::EncodeStatement(statement);
  std::string author_key_id;
  if (!plain && Below(3) == 0) {
    request.signature = AuthorKey().Sign(merkle::StatementPae(request.statement));
    request.author_public_key = AuthorKey().public_key();
    const Digest key_id = merkle::AuthorKeyId(request.author_public_key);
    author_key_id = std::string(merkle::BytesOf(key_id));
  }
  request.statement_digest = merkle::StatementDigest(request.statement, request.signature);
  if (!plain && Below(3) == 0) {
    request.flags.resize(count);
    request.flags[Below(count)] = {"LATE", "CLOCK_BACK"};
  }
  for (size_t i = 0; i < count; ++i) {
    merkle::EntryHeader header;
    header.position = Position{tree_.size().value};
    header.recorded_at = record->recorded_at;
    header.contract_id = request.contract_id;
    header.revision = Revision{stream.size()};
    header.event_type = type;
    header.author_key_id = author_key_id;
    header.statement_digest = request.statement_digest;
    header.statement_index = static_cast<uint32_t>(i);
    header.payload_commitment = statement.commitments[i];
    events[i].header = merkle::EncodeEntryHeader(header);
    const Digest leaf = merkle::LeafHash(events[i].header);
    record->leaf_hashes.push_back(leaf);
    leaves_.push_back(leaf);
    tree_.Append(leaf);
    stream.push_back(header.position);
    recorded_at_.push_back(header.recorded_at);
    events_.push_back(events[i]);
    record->events.push_back(std::move(events[i]));
  }
  record->requests.push_back(std::move(request));
}

}  // namespace waymark::test
