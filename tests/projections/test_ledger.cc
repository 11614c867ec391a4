#include "tests/projections/test_ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "ledger/base/check.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"

namespace waymark::test {

TestLedger::TestLedger(const std::string& ledger_id) {
  const absl::Status created =
      EventLog::Create(directory(), {ledger_id, std::string(32, 'k'), /*rehearsal=*/true});
  WAYMARK_CHECK(created.ok());
  Reopen(TreeSize{0});
}

TestLedger::~TestLedger() = default;

void TestLedger::Close() {
  head_.reset();
  log_.reset();
}

void TestLedger::Reopen(TreeSize visible) {
  Close();
  EventLogOptions options;
  options.disk_reserve_bytes = 0;
  auto log = EventLog::Open(directory(), options);
  WAYMARK_CHECK(log.ok());
  log_ = *std::move(log);
  head_ = std::make_unique<HeadWatch>(visible);
}

void TestLedger::SetNow(absl::CivilDay day) {
  SetNow(UnixMicros{static_cast<uint64_t>(absl::ToUnixMicros(absl::FromCivil(
      absl::CivilHour(day.year(), day.month(), day.day(), 12), absl::UTCTimeZone())))});
}

Position TestLedger::Append(const std::string& contract_id,
                            const std::vector<OfferedPayload>& events) {
  CommitRecord record;
  record.prev_size = size();
  record.prev_root = tree_.Root();
  record.recorded_at = record.clock = now_;
  CommitRequest request;
  request.request_id = absl::StrCat("request-", requests_++);
  request.contract_id = contract_id;
  request.first_position = Position{size().value};
  request.first_revision = Revision{revisions_[contract_id]};
  request.event_count = static_cast<uint32_t>(events.size());
  request.salts_from_server = true;
  merkle::Statement statement{
      log_->identity().ledger_id, contract_id, request.request_id, "P-1", {}};
  for (const OfferedPayload& event : events) {
    CommitEvent& stored = record.events.emplace_back();
    stored.payload = event.payload;
    stored.salt = absl::StrCat(request.request_id, "-", record.events.size());
    stored.salt.resize(kSaltBytes, '.');
    statement.commitments.push_back(merkle::PayloadCommitment(stored.salt, stored.payload));
  }
  request.statement = merkle::EncodeStatement(statement);
  request.statement_digest = merkle::StatementDigest(request.statement, "");
  for (size_t i = 0; i < events.size(); ++i) {
    merkle::EntryHeader header;
    header.position = Position{size().value};
    header.recorded_at = now_;
    header.contract_id = contract_id;
    header.revision = Revision{revisions_[contract_id]++};
    header.event_type = events[i].event_type;
    header.statement_digest = request.statement_digest;
    header.statement_index = static_cast<uint32_t>(i);
    header.payload_commitment = statement.commitments[i];
    record.events[i].header = merkle::EncodeEntryHeader(header);
    record.leaf_hashes.push_back(merkle::LeafHash(record.events[i].header));
    tree_.Append(record.leaf_hashes.back());
  }
  const Position first = request.first_position;
  record.requests.push_back(std::move(request));
  record.new_size = size();
  record.new_root = tree_.Root();
  record.new_edge = tree_.edge();
  const absl::Status appended = log_->Append(record);
  WAYMARK_CHECK(appended.ok());
  return first;
}

absl::Status AwaitApplied(ProjectionEngine& engine, absl::string_view name, TreeSize size) {
  absl::Notification done;
  absl::Status reached;
  engine.CallWhenApplied(name, size, absl::Now() + absl::Minutes(1), [&](absl::Status status) {
    reached = std::move(status);
    done.Notify();
  });
  done.WaitForNotification();
  return reached;
}

absl::StatusOr<v1::RebuildProjectionReply> RebuildAndWait(ProjectionEngine& engine,
                                                          absl::string_view name) {
  absl::Notification done;
  absl::StatusOr<v1::RebuildProjectionReply> last = absl::UnknownError("no report");
  engine.Rebuild(name, [&](absl::StatusOr<v1::RebuildProjectionReply> report) {
    if (report.ok() && !report->flipped()) return;
    last = std::move(report);
    done.Notify();
  });
  done.WaitForNotification();
  return last;
}

std::vector<std::pair<std::string, std::string>> RowsOf(const ProjectionEngine& engine,
                                                        absl::string_view name) {
  std::vector<std::pair<std::string, std::string>> rows;
  const auto view = engine.Serving(name);
  WAYMARK_CHECK(view.ok());
  const absl::Status scanned =
      (*view)->Scan("", "", [&rows](absl::string_view key, absl::string_view value) {
        rows.emplace_back(std::string(key), std::string(value));
        return true;
      });
  WAYMARK_CHECK(scanned.ok());
  return rows;
}

}  // namespace waymark::test
