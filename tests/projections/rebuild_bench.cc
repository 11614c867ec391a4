// Measures how fast the maturity projection is rebuilt, beside a bare RocksDB scan of the same
// entries and payloads in the same process. Usage: rebuild_bench [EVENTS [CONTRACTS]]; 1,000,000
// submissions of 256 bytes in one contract.
#include <rocksdb/db.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/check.h"
#include "ledger/merkle/hash.h"
#include "projections/maturity/maturity_projection.h"
#include "projections/maturity/queries.h"
#include "tests/projections/contract_events.h"
#include "tests/projections/test_ledger.h"

namespace waymark::test {
namespace {

constexpr size_t kPayloadBytes = 256;
constexpr int kEventsPerCommit = 500;

std::string Submission(uint64_t number) {
  v1::EvidenceSubmitted event = Evidence(absl::StrCat("E-", number), {"PI-CS"});
  const size_t size = event.ByteSizeLong();
  WAYMARK_CHECK(size < kPayloadBytes);
  event.mutable_common()->set_reason(event.common().reason() +
                                     std::string(kPayloadBytes - size, 'r'));
  return event.SerializeAsString();
}

void Fill(TestLedger* ledger, uint64_t events, uint64_t contracts) {
  for (uint64_t c = 0; c < contracts; ++c) {
    const std::string id = absl::StrCat("C-", c);
    ledger->Append(id, Registered());
    ledger->Append(id, Drafted());
    ledger->Append(id, Adopted(On(2024, 4, 1)));
    for (int i = 0; i < 40; ++i)
      ledger->Append(id, Determined("PI-CS", 1 + i % 4, On(2024, 4, 1) + 30 * i));
  }
  uint64_t made = 0;
  for (uint64_t commit = 0; made < events; ++commit) {
    std::vector<OfferedPayload> batch;
    for (int i = 0; i < kEventsPerCommit && made < events; ++i) {
      batch.push_back({"waymark.v1.EvidenceSubmitted", Submission(made++)});
    }
    ledger->Append(absl::StrCat("C-", commit % contracts), batch);
  }
}

// Events a second of a scan of both column families, read as a database that somebody else writes
// is read.
double BareScan(const std::string& directory, uint64_t events) {
  std::vector<std::string> names;
  WAYMARK_CHECK(rocksdb::DB::ListColumnFamilies({}, directory, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  WAYMARK_CHECK(rocksdb::DB::OpenForReadOnly({}, directory, families, &handles, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  const absl::Time start = absl::Now();
  size_t bytes = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != "entries" && names[i] != "payloads") continue;
    const std::unique_ptr<rocksdb::Iterator> rows(db->NewIterator({}, handles[i]));
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) bytes += rows->value().size();
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  WAYMARK_CHECK(bytes > events * kPayloadBytes);
  return static_cast<double>(events) / seconds;
}

double StandingsMicros(maturity::Queries& queries, UnixMicros now) {
  v1::GetStandingsRequest request;
  request.mutable_question()->set_contract_id("C-0");
  *request.mutable_question()->mutable_as_of() = ToDate(On(2024, 4, 1));
  constexpr int kRounds = 200;
  const absl::Time start = absl::Now();
  for (int i = 0; i < kRounds; ++i) {
    request.mutable_question()->mutable_known_at()->set_position(10 + i % 30);
    WAYMARK_CHECK(queries.GetStandings(request, now).ok());
  }
  return absl::ToDoubleMicroseconds(absl::Now() - start) / kRounds;
}

int Main(uint64_t events, uint64_t contracts) {
  TestLedger ledger;
  Fill(&ledger, events, contracts);
  ledger.Reopen();
  double scan = 0;
  for (int i = 0; i < 3; ++i) scan = std::max(scan, BareScan(ledger.directory(), events));
  std::vector<std::unique_ptr<Projection>> projections;
  projections.push_back(std::make_unique<maturity::MaturityProjection>());
  ProjectionEngineOptions options;
  options.store.disk_reserve_bytes = 0;
  auto engine = ProjectionEngine::Open(ledger.views_directory(), ledger.log(), ledger.head(),
                                       std::move(projections), options);
  WAYMARK_CHECK(engine.ok() && AwaitApplied(**engine, "maturity", ledger.size()).ok());
  double rebuild = 0;
  for (int i = 0; i < 3; ++i) {
    const absl::Time start = absl::Now();
    WAYMARK_CHECK(RebuildAndWait(**engine, "maturity").ok());
    rebuild =
        std::max(rebuild, static_cast<double>(events) / absl::ToDoubleSeconds(absl::Now() - start));
  }
  maturity::Queries queries(**engine, ledger.log(), merkle::Sha256);
  const absl::Time cold = absl::Now();
  StandingsMicros(queries, ledger.now());
  std::printf("events %llu contracts %llu\n", static_cast<unsigned long long>(events),
              static_cast<unsigned long long>(contracts));
  std::printf("scan    %10.0f events/s\nrebuild %10.0f events/s\nratio   %10.2f\n", scan, rebuild,
              rebuild / scan);
  std::printf("standings, first 200 %8.0f us in all, then %6.0f us each\n",
              absl::ToDoubleMicroseconds(absl::Now() - cold),
              StandingsMicros(queries, ledger.now()));
  return 0;
}

}  // namespace
}  // namespace waymark::test

int main(int argc, char** argv) {
  uint64_t events = 1000000, contracts = 1;
  if ((argc > 1 && !absl::SimpleAtoi(argv[1], &events)) ||
      (argc > 2 && !absl::SimpleAtoi(argv[2], &contracts)) || contracts == 0) {
    std::fprintf(stderr, "usage: rebuild_bench [EVENTS [CONTRACTS]]\n");
    return 2;
  }
  return waymark::test::Main(events, contracts);
}
