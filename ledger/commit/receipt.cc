#include "ledger/commit/receipt.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"

namespace waymark {
namespace {

constexpr uint64_t kMicrosPerSecond = 1000000;

void SetTimestamp(UnixMicros instant, google::protobuf::Timestamp* out) {
  out->set_seconds(static_cast<int64_t>(instant.value / kMicrosPerSecond));
  out->set_nanos(static_cast<int32_t>(instant.value % kMicrosPerSecond * 1000));
}

void AddPlace(Position position, Revision revision, const Digest& leaf, v1::ReceiptFixed* receipt) {
  v1::EventPlace* const place = receipt->add_events();
  place->set_position(position.value);
  place->set_revision(revision.value);
  place->set_leaf_hash(leaf.data(), leaf.size());
}

// What is compared of one event of the first time.
struct FirstEvent {
  absl::string_view event_type;
  Digest commitment = {};
  // Empty once erased.
  absl::string_view salt;
};

// The digest that `repeat` would have had with the salts of the first time, or its own where it
// cannot be the same.
Digest ComparableDigest(const SealedRequest& repeat, absl::Span<const FirstEvent> first,
                        bool first_salts_from_server, const std::string& ledger_id) {
  if (!repeat.salts_from_server || !first_salts_from_server ||
      repeat.events.size() != first.size()) {
    return repeat.statement_digest;
  }
  std::vector<Digest> commitments;
  commitments.reserve(first.size());
  for (size_t i = 0; i < first.size(); ++i) {
    const SealedEvent& event = repeat.events[i];
    if (event.event_type != first[i].event_type) return repeat.statement_digest;
    commitments.push_back(first[i].salt.empty()
                              ? first[i].commitment
                              : merkle::PayloadCommitment(first[i].salt, event.payload));
  }
  return merkle::StatementDigest(StatementOf(repeat, ledger_id, std::move(commitments)),
                                 repeat.signature);
}

absl::Status CheckSame(const SealedRequest& repeat, const Digest& first_digest,
                       const Digest& digest) {
  if (digest == first_digest) return absl::OkStatus();
  const std::string first = merkle::ToHex(first_digest);
  const std::string own = merkle::ToHex(digest);
  return Refuse({absl::StatusCode::kAlreadyExists,
                 "REQUEST_ID_REUSED",
                 absl::StrCat("request_id: ", repeat.request_id,
                              " was taken before with other bytes: first digest ", first,
                              ", this one ", own, "; a new act needs a new id"),
                 -1,
                 "request_id",
                 {{"first_digest", first}, {"digest", own}}});
}

// The header of the request's event `index`; what is no longer as it was recorded is no ground to
// call a repeat another request.
absl::StatusOr<merkle::EntryHeaderView> DecodeStored(const StoredRequest& row, uint32_t index,
                                                     const StoredEvent& event) {
  const auto damaged = [&](absl::string_view what) {
    return Refuse({absl::StatusCode::kDataLoss, "EVENT_DAMAGED",
                   absl::StrCat("position ", event.position.value, ": ", what)});
  };
  absl::StatusOr<merkle::EntryHeaderView> header = merkle::DecodeEntryHeaderView(event.header);
  if (!header.ok()) return damaged(header.status().message());
  if (header->statement_digest != row.statement_digest || header->statement_index != index) {
    return damaged("not of the request that was recorded there");
  }
  if (event.state == StoredPayload::kPresent &&
      merkle::PayloadCommitment(event.salt, event.payload) != header->payload_commitment) {
    return damaged("payload and salt are not what the header commits to");
  }
  return header;
}

}  // namespace

v1::ReceiptFixed ReceiptOf(const CommitRecord& record, size_t index, const std::string& ledger_id) {
  const CommitRequest& request = record.requests[index];
  v1::ReceiptFixed receipt;
  receipt.set_ledger(ledger_id);
  receipt.set_request_id(request.request_id);
  receipt.set_contract_id(request.contract_id);
  SetTimestamp(record.recorded_at, receipt.mutable_recorded_at());
  receipt.set_head(record.new_size.value);
  receipt.mutable_events()->Reserve(static_cast<int>(request.event_count));
  for (uint64_t i = 0; i < request.event_count; ++i) {
    const Position position{request.first_position.value + i};
    AddPlace(position, Revision{request.first_revision.value + i},
             record.leaf_hashes[position.value - record.prev_size.value], &receipt);
  }
  return receipt;
}

absl::StatusOr<CommitOutcome> AnswerRepeat(const SealedRequest& repeat, const FirstTime& first,
                                           const std::string& ledger_id) {
  WAYMARK_CHECK(first.events.size() == first.row.event_count);
  CommitOutcome outcome{.flags = first.row.flags, .repeated = true};
  v1::ReceiptFixed& receipt = outcome.receipt;
  receipt.set_ledger(ledger_id);
  receipt.set_request_id(repeat.request_id);
  receipt.set_contract_id(first.row.contract_id);
  SetTimestamp(first.row.recorded_at, receipt.mutable_recorded_at());
  receipt.set_head(first.row.head.value);
  std::vector<FirstEvent> compared;
  compared.reserve(first.events.size());
  for (size_t i = 0; i < first.events.size(); ++i) {
    const StoredEvent& event = first.events[i];
    ASSIGN_OR_RETURN(const merkle::EntryHeaderView header,
                     DecodeStored(first.row, static_cast<uint32_t>(i), event));
    compared.push_back({header.event_type, header.payload_commitment,
                        // A view of the row: a plain "" beside a string would make a temporary.
                        event.state == StoredPayload::kPresent ? absl::string_view(event.salt)
                                                               : absl::string_view()});
    AddPlace(Position{first.row.first_position.value + i},
             Revision{first.row.first_revision.value + i}, merkle::LeafHash(event.header),
             &receipt);
  }
  RETURN_IF_ERROR(
      CheckSame(repeat, first.row.statement_digest,
                ComparableDigest(repeat, compared, first.row.salts_from_server, ledger_id)));
  return outcome;
}

absl::Status CheckRepeatInRecord(const SealedRequest& repeat, const CommitRecord& record,
                                 size_t index, const std::string& ledger_id) {
  const CommitRequest& first = record.requests[index];
  std::vector<FirstEvent> compared;
  for (uint64_t i = 0; i < first.event_count; ++i) {
    const CommitEvent& event =
        record.events[first.first_position.value + i - record.prev_size.value];
    const absl::StatusOr<merkle::EntryHeaderView> header =
        merkle::DecodeEntryHeaderView(event.header);
    WAYMARK_CHECK(header.ok());  // Encoded a moment ago.
    compared.push_back({header->event_type, header->payload_commitment, event.salt});
  }
  return CheckSame(repeat, first.statement_digest,
                   ComparableDigest(repeat, compared, first.salts_from_server, ledger_id));
}

absl::StatusOr<FirstTime> ReadFirstTime(const EventLog& log, StoredRequest row) {
  FirstTime first;
  const uint64_t end = row.first_position.value + row.event_count;
  while (first.events.size() < row.event_count) {
    ReadOptions options;
    options.events_max = row.event_count;
    options.bytes_max = kReadBatchBytesMax;
    options.until = TreeSize{end};
    ASSIGN_OR_RETURN(std::vector<StoredEvent> events,
                     log.Read(Position{row.first_position.value + first.events.size()}, options));
    if (events.empty()) {
      return Refuse({absl::StatusCode::kDataLoss, "EVENT_DAMAGED",
                     absl::StrCat("position ", row.first_position.value + first.events.size(),
                                  ": a request is recorded there, but no event")});
    }
    for (StoredEvent& event : events) first.events.push_back(std::move(event));
  }
  first.row = std::move(row);
  return first;
}

}  // namespace waymark
