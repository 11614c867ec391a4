#include "ledger/commit/record_builder.h"

#include <utility>

#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"

namespace waymark {

RecordBuilder::RecordBuilder(merkle::CompactTree tree, const RecordingTime& time)
    : tree_(std::move(tree)), time_(time) {
  record_.prev_size = tree_.size();
  record_.prev_root = tree_.Root();
  record_.recorded_at = time.recorded_at;
  record_.clock = time.clock;
}

void RecordBuilder::Reserve(size_t requests, size_t events) {
  record_.requests.reserve(requests);
  record_.events.reserve(events);
  record_.leaf_hashes.reserve(events);
}

void RecordBuilder::Add(SealedRequest request, Revision first_revision,
                        std::vector<FilterEntry> filters,
                        std::vector<std::vector<std::string>> flags) {
  WAYMARK_CHECK(filters.size() == request.events.size() && flags.size() == request.events.size());
  const Position first_position = next_position();
  merkle::EntryHeaderView header;
  header.recorded_at = time_.recorded_at;
  header.contract_id = request.contract_id;
  header.author_key_id = request.author_key_id;
  header.statement_digest = request.statement_digest;
  for (size_t i = 0; i < request.events.size(); ++i) {
    SealedEvent& sealed = request.events[i];
    header.position = Position{first_position.value + i};
    header.revision = Revision{first_revision.value + i};
    header.event_type = sealed.event_type;
    header.statement_index = static_cast<uint32_t>(i);
    header.payload_commitment = sealed.commitment;
    CommitEvent& event = record_.events.emplace_back();
    event.header.reserve(kEntryHeaderBytesMax);
    merkle::AppendEntryHeader(header, &event.header);
    event.payload = std::move(sealed.payload);
    event.salt = std::move(sealed.salt);
    event.filter = std::move(filters[i]);
    tree_.Append(record_.leaf_hashes.emplace_back(merkle::LeafHash(event.header)));
  }
  CommitRequest& stored = record_.requests.emplace_back();
  stored.first_position = first_position;
  stored.first_revision = first_revision;
  stored.event_count = static_cast<uint32_t>(request.events.size());
  stored.request_id = std::move(request.request_id);
  stored.contract_id = std::move(request.contract_id);
  stored.statement_digest = request.statement_digest;
  stored.statement = std::move(request.statement);
  stored.signature = std::move(request.signature);
  stored.author_public_key = std::move(request.author_public_key);
  stored.salts_from_server = request.salts_from_server;
  stored.flags = std::move(flags);
}

CommitRecord RecordBuilder::Finish() && {
  record_.new_size = tree_.size();
  record_.new_root = tree_.Root();
  record_.new_edge = tree_.edge();
  return std::move(record_);
}

}  // namespace waymark
