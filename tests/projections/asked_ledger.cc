#include "tests/projections/asked_ledger.h"

#include <utility>
#include <vector>

#include "ledger/merkle/hash.h"
#include "projections/maturity/maturity_projection.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {

void AskedLedger::Open() {
  std::vector<std::unique_ptr<Projection>> projections;
  projections.push_back(std::make_unique<maturity::MaturityProjection>());
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
