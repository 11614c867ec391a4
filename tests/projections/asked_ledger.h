// This header defines a ledger that questions are asked of: a projection over it that the tests of
// queries share.
//
//   class DecisionsTest : public AskedLedger { ... };
//   Begin(); Publish(); queries_->ListDecisions(Ask<v1::ListDecisionsRequest>(), ledger_.now());
#ifndef WAYMARK_TESTS_PROJECTIONS_ASKED_LEDGER_H_
#define WAYMARK_TESTS_PROJECTIONS_ASKED_LEDGER_H_

#include <memory>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "projections/maturity/queries.h"
#include "tests/projections/contract_events.h"
#include "tests/projections/test_ledger.h"

namespace waymark::test {

class AskedLedger : public ::testing::Test {
 protected:
  // An empty ledger, and queries over it.
  void Open();
  // Contract A registered and its matrix adopted, from 2024-04-01.
  void Begin();
  // Lets the queries see all that is recorded.
  void Publish();

  // About contract A.
  template <typename Request>
  Request Ask(std::optional<absl::CivilDay> as_of = {}, std::optional<TreeSize> known = {}) {
    Request request;
    v1::Question* const question = request.mutable_question();
    question->set_contract_id("A");
    if (as_of) *question->mutable_as_of() = ToDate(*as_of);
    if (known) *question->mutable_known_at() = MomentOf(*known);
    return request;
  }
  // So many events known.
  static v1::KnownAt MomentOf(TreeSize known);

  TestLedger ledger_;
  std::unique_ptr<ProjectionEngine> engine_;
  std::unique_ptr<maturity::Queries> queries_;
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_PROJECTIONS_ASKED_LEDGER_H_
