#include "tests/projections/asked_ledger.h"

#include <utility>
#include <vector>

#include "ledger/contract/evolve.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "projections/maturity/maturity_projection.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {

ContractState FoldAll(const EventLog& log, const std::string& contract_id, TreeSize known) {
  ContractState state{.contract_id = contract_id};
  ReadOptions read;
  read.until = known;
  read.events_max = 1000000;
  read.bytes_max = size_t{1} << 30;
  const auto events = log.Read(Position{0}, read);
  EXPECT_OK(events);
  for (const StoredEvent& stored : *events) {
    const auto header = merkle::DecodeEntryHeader(stored.header);
    if (header->contract_id != contract_id) continue;
    const auto parsed = ParseRecorded(header->event_type, stored.payload, merkle::Sha256);
    EXPECT_OK(parsed);
    EXPECT_OK(Evolve({.position = stored.position,
                      .first_position = Position{stored.position.value - header->statement_index},
                      .recorded_at = header->recorded_at,
                      .event_type = header->event_type,
                      .event = &*parsed},
                     &state));
  }
  return state;
}

void AskedLedger::Open() {
  std::vector<std::unique_ptr<Projection>> projections;
  projections.push_back(std::make_unique<maturity::MaturityProjection>(merkle::Sha256));
  ProjectionEngineOptions options;
  options.store.disk_reserve_bytes = 0;
  auto engine = ProjectionEngine::Open(ledger_.views_directory(), ledger_.log(), ledger_.head(),
                                       std::move(projections), options);
  ASSERT_OK(engine);
  engine_ = *std::move(engine);
  queries_ = std::make_unique<maturity::Queries>(*engine_, ledger_.log(), merkle::Sha256);
}

void AskedLedger::Begin() {
  Open();
  ledger_.SetNow(On(2024, 4, 1));
  ledger_.Append("A", Registered());
  ledger_.Append("A", Drafted());
  ledger_.Append("A", Adopted(On(2024, 4, 1)));
}

void AskedLedger::Publish() {
  ledger_.Publish();
  ASSERT_OK(AwaitApplied(*engine_, "maturity", ledger_.size()));
}

v1::KnownAt AskedLedger::MomentOf(TreeSize known) {
  v1::KnownAt moment;
  if (known.value > 0) {
    moment.set_position(known.value - 1);
  } else {
    // Nothing is known at the beginning of time.
    moment.mutable_instant()->set_seconds(0);
  }
  return moment;
}

}  // namespace waymark::test
