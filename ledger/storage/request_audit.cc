// The part of EventAudit that follows an event to its request: what the author signed, and what a
// repeat would get.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "ledger/storage/event_audit.h"

namespace waymark {
namespace {

std::string WordOf(const rocksdb::Status& status) {
  return status.IsNotFound() ? "missing" : status.ToString();
}

}  // namespace

void EventAudit::CheckRequest(const merkle::EntryHeaderView& header, absl::string_view key) {
  if (!request_.has_value() || request_->digest != header.statement_digest) {
    const bool is_first = !request_.has_value() && header.position.value > 0;
    EndRequest();
    BeginRequest(header);
    // Before the first event that was looked at there may be others of its request.
    if (is_first) request_->next_index = header.statement_index;
    CheckStatementRow(header);
  }
  if (header.statement_index != request_->next_index) {
    Fault fault = FaultAt(header, "statement_index");
    fault.want = absl::StrCat(request_->next_index);
    fault.got = absl::StrCat(header.statement_index);
    faults_.Report(std::move(fault), Family::kEntries, key);
  }
  request_->next_index = header.statement_index + 1;
  if (!request_->statement.has_value()) return;
  const std::vector<Digest>& commitments = request_->statement->commitments;
  const bool in_statement = header.statement_index < commitments.size();
  if (in_statement && commitments[header.statement_index] == header.payload_commitment) return;
  Fault fault = FaultAt(header, "statement_commitment");
  fault.want = in_statement ? merkle::ToHex(commitments[header.statement_index])
                            : absl::StrCat("one of ", commitments.size());
  fault.got = merkle::ToHex(header.payload_commitment);
  faults_.Report(std::move(fault), Family::kEntries, key);
}

void EventAudit::BeginRequest(const merkle::EntryHeaderView& header) {
  ++requests_;
  request_.emplace();
  request_->digest = header.statement_digest;
  request_->first = Position{header.position.value - header.statement_index};
}

void EventAudit::EndRequest() {
  if (!request_.has_value() || !request_->statement.has_value()) return;
  const merkle::Statement& statement = *request_->statement;
  if (request_->next_index == statement.commitments.size()) return;
  Fault fault;
  fault.position = request_->first;
  fault.contract_id = statement.contract_id;
  fault.what = "statement_events";
  fault.want = absl::StrCat(statement.commitments.size());
  fault.got = absl::StrCat(request_->next_index);
  faults_.Report(std::move(fault), Family::kStatements, EventKey(request_->first));
}

void EventAudit::Finish(Position begin) {
  EndRequest();
  erasures_.Finish(begin);
}

void EventAudit::CheckStatementRow(const merkle::EntryHeaderView& header) {
  const std::string key = EventKey(request_->first);
  const auto report = [&](absl::string_view what, std::string want, std::string got) {
    Fault fault = FaultAt(header, what);
    fault.want = std::move(want);
    fault.got = std::move(got);
    faults_.Report(std::move(fault), Family::kStatements, key);
  };
  rocksdb::PinnableSlice value;
  if (const rocksdb::Status status = tables_.Get(Family::kStatements, key, &value); !status.ok()) {
    return report("statement_row", "", WordOf(status));
  }
  const absl::StatusOr<StoredStatement> stored = DecodeStatementRow(ViewOf(value));
  if (!stored.ok()) return report("statement_row", "", std::string(stored.status().message()));
  if (const Digest digest = merkle::StatementDigest(stored->statement, stored->signature);
      digest != header.statement_digest) {
    return report("statement_digest", merkle::ToHex(header.statement_digest),
                  merkle::ToHex(digest));
  }
  absl::StatusOr<merkle::Statement> statement = merkle::DecodeStatement(stored->statement);
  if (!statement.ok())
    return report("statement_row", "", std::string(statement.status().message()));
  if (statement->ledger != identity_.ledger_id) {
    report("statement_ledger", identity_.ledger_id, statement->ledger);
  }
  if (statement->contract_id != header.contract_id) {
    report("statement_contract", std::string(header.contract_id), statement->contract_id);
  }
  const bool is_signed = !stored->signature.empty();
  std::string author;
  if (is_signed) {
    const Digest key_id = merkle::AuthorKeyId(stored->author_public_key);
    author = std::string(merkle::BytesOf(key_id));
  }
  if (author != header.author_key_id) {
    report("author_key_id", merkle::ToHex(header.author_key_id), merkle::ToHex(author));
  } else if (is_signed && depth_ == Depth::kContents) {
    ++signatures_;
    if (!merkle::VerifyStatementSignature(stored->statement, stored->signature,
                                          stored->author_public_key)
             .ok()) {
      report("signature", "", "does not verify");
    }
  }
  request_->statement = *std::move(statement);
  CheckRequestRow(header);
}

void EventAudit::CheckRequestRow(const merkle::EntryHeaderView& header) {
  const std::string key = RequestKey(request_->statement->request_id);
  const auto report = [&](absl::string_view what, std::string want, std::string got) {
    Fault fault = FaultAt(header, what);
    fault.want = std::move(want);
    fault.got = std::move(got);
    faults_.Report(std::move(fault), Family::kRequests, key);
  };
  rocksdb::PinnableSlice value;
  if (const rocksdb::Status status = tables_.Get(Family::kRequests, key, &value); !status.ok()) {
    return report("request_row", "", WordOf(status));
  }
  const absl::StatusOr<StoredRequest> row = DecodeRequest(ViewOf(value));
  if (!row.ok()) return report("request_row", "", std::string(row.status().message()));
  if (row->statement_digest != header.statement_digest) {
    report("request_digest", merkle::ToHex(header.statement_digest),
           merkle::ToHex(row->statement_digest));
  }
  if (row->contract_id != header.contract_id) {
    report("request_contract", std::string(header.contract_id), row->contract_id);
  }
  const auto compare = [&](absl::string_view what, uint64_t want, uint64_t got) {
    if (want != got) report(what, absl::StrCat(want), absl::StrCat(got));
  };
  compare("request_position", request_->first.value, row->first_position.value);
  compare("request_revision", header.revision.value - header.statement_index,
          row->first_revision.value);
  compare("request_event_count", request_->statement->commitments.size(), row->event_count);
  compare("request_recorded_at", header.recorded_at.value, row->recorded_at.value);
  // The filter row of its commit says where that ended.
  if (filters_end_ != 0) compare("request_head", filters_end_, row->head.value);
}

}  // namespace waymark
