// What is due, as the projection answers it: by the facts of the view, without hindsight, within
// the bounds of one answer. Which reminders there are is tested with the contract.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/contract/due.h"
#include "ledger/merkle/hash.h"
#include "projections/maturity/maturity_projection.h"
#include "projections/maturity/queries.h"
#include "tests/projections/contract_events.h"
#include "tests/projections/test_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ListDueTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::unique_ptr<Projection>> projections;
    projections.push_back(std::make_unique<maturity::MaturityProjection>());
    ProjectionEngineOptions options;
    options.store.disk_reserve_bytes = 0;
    auto engine = ProjectionEngine::Open(ledger_.views_directory(), ledger_.log(), ledger_.head(),
                                         std::move(projections), options);
    ASSERT_OK(engine);
    engine_ = *std::move(engine);
    queries_ = std::make_unique<maturity::Queries>(*engine_, ledger_.log(), merkle::Sha256);
    ledger_.SetNow(On(2024, 4, 1));
  }

  void Publish() {
    ledger_.Publish();
    ASSERT_OK(AwaitApplied(*engine_, "maturity", ledger_.size()));
  }

  v1::ListDueRequest Ask(absl::CivilDay as_of, uint32_t days_ahead) {
    v1::ListDueRequest request;
    request.mutable_question()->set_contract_id("A");
    *request.mutable_question()->mutable_as_of() = ToDate(as_of);
    request.set_days_ahead(days_ahead);
    return request;
  }

  // A contract of ten months with one target.
  void Begin() {
    v1::ContractRegistered registration = Registered();
    *registration.mutable_starts_on() = ToDate(On(2024, 4, 1));
    *registration.mutable_ends_on() = ToDate(On(2025, 1, 31));
    *registration.mutable_latest_end() = ToDate(On(2025, 1, 31));
    registration.set_regime(v1::REGIME_OTHER);
    ledger_.Append("A", registration);
    target_ = ledger_.Append("A", Target("PI-CS", 3, On(2024, 9, 29)));
  }

  // "KIND subject days_left" of each.
  std::vector<std::string> DueOn(absl::CivilDay as_of, uint32_t days_ahead) {
    const auto reply = queries_->ListDue(Ask(as_of, days_ahead), ledger_.now());
    EXPECT_OK(reply);
    std::vector<std::string> found;
    for (const v1::DueItem& item : reply->items()) {
      found.push_back(absl::StrCat(v1::DueKind_Name(item.kind()).substr(9), " ", item.subject(),
                                   " ", item.days_left()));
    }
    return found;
  }

  TestLedger ledger_;
  Position target_;
  std::unique_ptr<ProjectionEngine> engine_;
  std::unique_ptr<maturity::Queries> queries_;
};

TEST_F(ListDueTest, NamesEachReminderWithItsDayItsDaysLeftAndWhoActs) {
  Begin();
  ledger_.SetNow(On(2024, 7, 1));
  Publish();
  ASSERT_OK_AND_ASSIGN(const v1::ListDueReply reply,
                       queries_->ListDue(Ask(On(2024, 7, 1), 90), ledger_.now()));
  ASSERT_EQ(reply.items_size(), 2);
  const v1::DueItem& report = reply.items(0);
  EXPECT_EQ(report.kind(), v1::DUE_KIND_REPORT);
  EXPECT_EQ(report.due().ShortDebugString(), "year: 2024 month: 6 day: 30");
  EXPECT_EQ(report.days_left(), -1);
  EXPECT_EQ(report.subject(), "2024-04-01..2024-06-30");
  EXPECT_EQ(report.owed_by(), "X");
  EXPECT_FALSE(report.has_position());
  const v1::DueItem& target = reply.items(1);
  EXPECT_EQ(target.kind(), v1::DUE_KIND_TARGET);
  EXPECT_EQ(target.days_left(), 90);
  EXPECT_EQ(target.position(), target_.value);
  EXPECT_EQ(target.owed_by(), "");
  EXPECT_FALSE(target.words().empty());
}

TEST_F(ListDueTest, LooksAQuarterAheadUnlessAskedOtherwiseAndTenYearsAtMost) {
  Begin();
  ledger_.SetNow(On(2024, 7, 2));
  Publish();
  EXPECT_THAT(DueOn(On(2024, 6, 30), 0), ElementsAre("REPORT 2024-04-01..2024-06-30 0"));
  EXPECT_THAT(DueOn(On(2024, 7, 1), 0),
              ElementsAre("REPORT 2024-04-01..2024-06-30 -1", "TARGET PI-CS 90"));
  EXPECT_THAT(DueOn(On(2024, 7, 1), 89), ElementsAre("REPORT 2024-04-01..2024-06-30 -1"));
  EXPECT_THAT(DueOn(On(2024, 7, 1), kDaysAheadMax),
              ElementsAre("REPORT 2024-04-01..2024-06-30 -1", "TARGET PI-CS 90",
                          "REPORT 2024-07-01..2024-09-30 91"));
  EXPECT_THAT(queries_->ListDue(Ask(On(2024, 7, 1), kDaysAheadMax + 1), ledger_.now()).status(),
              RefusedWith("DAYS_AHEAD_INVALID"));
}

// A version adopted in July for all days from April on: in June nobody could know.
TEST_F(ListDueTest, KnowsNothingThatWasRecordedAfterTheDayAskedAbout) {
  Begin();
  const TreeSize then = ledger_.size();
  ledger_.SetNow(On(2024, 7, 1));
  ledger_.Append("A", Drafted());
  ledger_.Append("A", Adopted(On(2024, 4, 1)));
  ledger_.Append("A", Retargeted("PI-CS", {}, On(2024, 9, 29)));
  Publish();
  ASSERT_OK_AND_ASSIGN(v1::ListDueReply june,
                       queries_->ListDue(Ask(On(2024, 6, 30), 95), ledger_.now()));
  EXPECT_EQ(june.basis().known(), then.value);
  EXPECT_THAT(june.basis().matrix_version(), IsEmpty());
  EXPECT_THAT(DueOn(On(2024, 6, 30), 95),
              ElementsAre("REPORT 2024-04-01..2024-06-30 0", "TARGET PI-CS 91"));
  EXPECT_THAT(DueOn(On(2024, 7, 1), 95),
              ElementsAre("ASSESSMENT PI-CS -1", "ASSESSMENT SE-AM -1",
                          "REPORT 2024-04-01..2024-06-30 -1", "REPORT 2024-07-01..2024-09-30 91"));
  // What is named as known is cut further where the day comes earlier, and nothing is added.
  v1::ListDueRequest request = Ask(On(2024, 7, 1), 95);
  request.mutable_question()->mutable_known_at()->set_position(0);
  ASSERT_OK_AND_ASSIGN(const v1::ListDueReply first, queries_->ListDue(request, ledger_.now()));
  EXPECT_EQ(first.basis().known(), 1u);
  ASSERT_EQ(first.items_size(), 2);
}

TEST_F(ListDueTest, GivesNoPartOfAListThatOneAnswerDoesNotHold) {
  v1::ContractRegistered registration = Registered();
  *registration.mutable_starts_on() = ToDate(On(1024, 4, 1));
  ledger_.Append("A", registration);
  ledger_.Append("A", Policy(v1::POLICY_KEY_CADENCE_MONTHS, "1", On(2024, 4, 1)));
  Publish();
  EXPECT_THAT(queries_->ListDue(Ask(On(2024, 4, 1), 1), ledger_.now()).status(),
              RefusedWith("TOO_MANY_DUE"));
  EXPECT_THAT(queries_->ListDue(Ask(On(1300, 1, 1), 1), ledger_.now())->items(), IsEmpty())
      << "nothing was known so early";
}

}  // namespace
}  // namespace waymark::test
