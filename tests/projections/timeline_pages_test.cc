// The pages of a timeline: of one moment while the ledger grows, for one question alone, and never
// more than a client takes.
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/merkle/hash.h"
#include "projections/maturity/maturity_projection.h"
#include "projections/maturity/queries.h"
#include "tests/projections/contract_events.h"
#include "tests/projections/test_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::IsEmpty;

class TimelinePagesTest : public ::testing::Test {
 protected:
  // Contracts A and B registered and their matrix adopted, from 2024-04-01.
  void Begin() {
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
    for (const char* contract : {"A", "B"}) {
      ledger_.Append(contract, Registered());
      ledger_.Append(contract, Drafted());
      ledger_.Append(contract, Adopted(On(2024, 4, 1)));
    }
  }

  void Publish() {
    ledger_.Publish();
    ASSERT_OK(AwaitApplied(*engine_, "maturity", ledger_.size()));
  }

  v1::GetTimelineRequest Ask() {
    v1::GetTimelineRequest request;
    request.mutable_question()->set_contract_id("A");
    request.set_focus("PI-CS");
    return request;
  }

  TestLedger ledger_;
  std::unique_ptr<ProjectionEngine> engine_;
  std::unique_ptr<maturity::Queries> queries_;
};

TEST_F(TimelinePagesTest, ThePagesOfATimelineAreOfOneMomentWhileTheLedgerGrows) {
  Begin();
  for (int i = 0; i < 7; ++i) {
    ledger_.SetNow(On(2025, 1, 1) + i);
    ledger_.Append("A", Determined("PI-CS", i % 3, On(2025, 1, 1) + i));
  }
  Publish();
  for (const int size : {1, 2, 7, 9, 13, 30, 50}) {
    auto request = Ask();
    ASSERT_OK_AND_ASSIGN(const v1::GetTimelineReply wanted,
                         queries_->GetTimeline(request, ledger_.now()));
    ASSERT_EQ(wanted.segments_size(), 7);
    ASSERT_THAT(wanted.next_page_token(), IsEmpty());
    request.set_page_size(size);
    v1::GetTimelineReply pages;
    do {
      ASSERT_OK_AND_ASSIGN(const v1::GetTimelineReply page,
                           queries_->GetTimeline(request, ledger_.now()));
      const bool last = page.next_page_token().empty();
      const int entries = page.segments_size() + page.history_size();
      EXPECT_TRUE(last ? entries > 0 && entries <= size : entries == size) << "pages of " << size;
      EXPECT_TRUE(page.segments().empty() || pages.history().empty());
      pages.clear_next_page_token();
      pages.MergeFrom(page);
      request.set_page_token(page.next_page_token());
      // A day later another level is found, and whoever asks waits for that.
      ledger_.SetNow(UnixMicros{ledger_.now().value + uint64_t{86400} * 1000000});
      request.mutable_question()->set_min_position(
          ledger_.Append("A", Determined("PI-CS", 5, On(2025, 1, 1))).value);
      Publish();
    } while (!request.page_token().empty());
    pages.mutable_basis()->set_applied(wanted.basis().applied());
    EXPECT_EQ(pages.ShortDebugString(), wanted.ShortDebugString()) << "pages of " << size;
  }
}

TEST_F(TimelinePagesTest, APageTokenGoesWithItsQuestionAlone) {
  Begin();
  for (int i = 0; i < 3; ++i) ledger_.Append("A", Determined("PI-CS", 1, On(2024, 4, 1) - i));
  ledger_.Append("B", Determined("PI-CS", 1, On(2024, 4, 1)));
  Publish();
  auto request = Ask();
  *request.mutable_question()->mutable_as_of() = ToDate(On(2024, 4, 1));
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const v1::GetTimelineReply first,
                       queries_->GetTimeline(request, ledger_.now()));
  const std::string token = first.next_page_token();
  ASSERT_THAT(token, ::testing::StartsWith("2024-04-01."));
  const auto ask = [&](const std::string& with, auto change) {
    auto next = request;
    next.set_page_token(with);
    change(&next);
    return queries_->GetTimeline(next, ledger_.now());
  };
  const auto same = [](v1::GetTimelineRequest*) {};
  EXPECT_OK(ask(token, same));
  EXPECT_OK(ask(token, [](auto* r) { r->set_page_size(1); }));
  EXPECT_OK(ask(token, [](auto* r) { r->mutable_question()->set_min_position(0); }));
  const std::function<void(v1::GetTimelineRequest*)> kOthers[] = {
      [](auto* r) { r->set_focus("SE-AM"); },
      [](auto* r) { r->mutable_question()->set_contract_id("B"); },
      [](auto* r) { r->mutable_question()->clear_as_of(); },
      [](auto* r) { r->mutable_question()->mutable_known_at()->set_position(8); },
  };
  for (const auto& other : kOthers)
    EXPECT_THAT(ask(token, other), RefusedWith("PAGE_TOKEN_INVALID"));
  const std::string asked = token.substr(token.rfind('.'));
  const uint64_t known = ledger_.size().value;
  for (const std::string& bad :
       {std::string("x"), token + "0", "0" + token, token.substr(0, token.size() - 1),
        absl::StrCat("2024-04-01.", known, ".99", asked), absl::StrCat("2024-04-01.0.1", asked),
        absl::StrCat("2024-04-01.", known, ".-1", asked), absl::StrCat("2024-02-30.9.1", asked)}) {
    EXPECT_THAT(ask(bad, same), RefusedWith("PAGE_TOKEN_INVALID")) << bad;
  }
  EXPECT_THAT(ask(absl::StrCat("2024-04-02.", known, ".1", asked), same),
              RefusedWith("AS_OF_IN_FUTURE"));
  EXPECT_THAT(ask(absl::StrCat("2024-04-01.", known + 1, ".1", asked), same),
              RefusedWith("KNOWN_AT_BEYOND_HEAD"));
  EXPECT_THAT(ask("", [](auto* r) { r->set_page_size(5001); }), RefusedWith("PAGE_SIZE_INVALID"));
  EXPECT_OK(ask("", [](auto* r) { r->set_page_size(5000); }));
}

TEST_F(TimelinePagesTest, APageOfATimelineIsNeverMoreThanAClientTakes) {
  Begin();
  v1::LevelDetermined event = Determined("PI-CS", 3, On(2024, 4, 1));
  for (int i = 0; i < 1000; ++i) {
    event.add_evidence()->set_evidence_id(absl::StrCat(std::string(56, 'E'), i));
  }
  for (int i = 0; i < 60; ++i) ledger_.Append("A", event);
  Publish();
  auto request = Ask();
  ASSERT_OK_AND_ASSIGN(const v1::GetTimelineReply first,
                       queries_->GetTimeline(request, ledger_.now()));
  EXPECT_LT(first.ByteSizeLong(), kPageBytesMax + 1000);
  EXPECT_GT(first.ByteSizeLong(), kPageBytesMax - 100000);
  EXPECT_LT(first.history_size(), 60);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const v1::GetTimelineReply second,
                       queries_->GetTimeline(request, ledger_.now()));
  EXPECT_EQ(first.history_size() + second.history_size(), 60);
  EXPECT_THAT(second.next_page_token(), IsEmpty());
}

}  // namespace
}  // namespace waymark::test
