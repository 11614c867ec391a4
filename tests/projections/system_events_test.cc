// What the daemon records by itself, on facts put straight into a state.
#include "projections/processor/system_events.h"

#include <gtest/gtest.h>

#include <string>

#include "ledger/base/limits.h"
#include "ledger/merkle/hash.h"
#include "tests/contract/clause_facts.h"
#include "waymark/v1/event.pb.h"

namespace waymark::test {
namespace {

using processor::Agenda;

class SystemEvents : public ::testing::Test {
 protected:
  SystemEvents() { facts_.state.contract_id = "A"; }

  Agenda On(absl::string_view today) {
    facts_.state.events.clear();
    for (uint64_t i = 0; i < facts_.head.value; ++i) {
      facts_.state.events.push_back({Position{i}, v1::LevelDetermined::descriptor()});
    }
    return processor::FindSystemEvents(facts_.state, {Day(today), facts_.head, Digest{}},
                                       merkle::Sha256);
  }

  // The only event of the only request.
  template <typename Event>
  Event OnlyEvent(const Agenda& agenda) {
    Event event;
    EXPECT_EQ(agenda.requests.size(), 1u);
    if (agenda.requests.size() != 1) return event;
    EXPECT_EQ(agenda.requests[0].events_size(), 1);
    EXPECT_EQ(agenda.requests[0].events(0).event_type(), Event::descriptor()->full_name());
    EXPECT_TRUE(event.ParseFromString(agenda.requests[0].events(0).payload()));
    EXPECT_EQ(event.common().role(), v1::ROLE_SYS);
    return event;
  }

  ExtensionOffer& Offer(absl::string_view respond_by) {
    ExtensionOffer& offer = facts_.state.offers["O-1"];
    offer.known = facts_.Record();
    offer.offer_id = "O-1";
    offer.respond_by = Day(respond_by);
    return offer;
  }

  // PI-CS at level 3 from 2024-04-01; a clause that asks for it; a reward decided on it.
  void Decide() {
    facts_.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
    facts_.state.clauses["K1"].push_back(
        {facts_.Record(), ClauseOfText("rule { level_at_least { focus: 'PI-CS' level: 3 } }"),
         Day("2022-04-01")});
    const Known known = facts_.On("2024-06-30").Record();
    facts_.state.evaluations[known.position] = {.known = known,
                                                .clause_id = "K1",
                                                .clause_version = 1,
                                                .as_of = Day("2024-06-30"),
                                                .known_at = Position{known.position.value - 1},
                                                .outcome = v1::CLAUSE_OUTCOME_SATISFIED};
    const Known decided = facts_.Record();
    facts_.state.decisions[decided.position] = {.known = decided,
                                                .kind = v1::CLAUSE_KIND_REWARD,
                                                .clause_id = "K1",
                                                .evaluation = known.position};
    evaluation_ = known.position;
    decision_ = decided.position;
  }

  // PI-CS was at `level` all along.
  Position Correct(int level) {
    const uint64_t old = facts_.state.focuses["PI-CS"].determinations.back().known.position.value;
    facts_.On("2024-08-01").Determine("PI-CS", level, "2024-04-01");
    facts_.Supersedes("PI-CS", old);
    return facts_.state.focuses["PI-CS"].determinations.back().known.position;
  }

  ClauseFacts facts_;
  Position evaluation_, decision_;
};

TEST_F(SystemEvents, NothingIsRecordedBeforeItsDayAndTheDayIsNamed) {
  Offer("2025-03-31");
  const Agenda agenda = On("2025-03-31");
  EXPECT_TRUE(agenda.requests.empty());
  EXPECT_EQ(agenda.next_day, Day("2025-04-01"));
}

TEST_F(SystemEvents, AnOfferWithoutAnAnswerLapsesOnceOnTheDayAfter) {
  Offer("2025-03-31");
  const Agenda agenda = On("2025-04-01");
  const auto event = OnlyEvent<v1::ExtensionOfferEnded>(agenda);
  EXPECT_EQ(event.offer_id(), "O-1");
  EXPECT_EQ(event.cause(), v1::OFFER_END_CAUSE_LAPSED);
  EXPECT_EQ(event.effective_on().day(), 1);
  EXPECT_EQ(event.effective_on().month(), 4);
  EXPECT_EQ(On("2025-05-01").requests[0].request_id(), agenda.requests[0].request_id());
  EXPECT_LE(agenda.requests[0].request_id().size(), kRequestIdBytesMax);
}

TEST_F(SystemEvents, AnOfferThatWasAnsweredOrEndedIsLeftAlone) {
  Offer("2025-03-31").answer = {facts_.Record(), v1::EXTENSION_ANSWER_DECLINED};
  EXPECT_TRUE(On("2025-04-01").requests.empty());
  Offer("2025-03-31").answer.reset();
  facts_.state.offers["O-1"].end = {facts_.Record(), v1::OFFER_END_CAUSE_WITHDRAWN,
                                    Day("2025-03-01")};
  EXPECT_TRUE(On("2025-04-01").requests.empty());
}

TEST_F(SystemEvents, EvidenceExpiresOnceUntilItIsRenewed) {
  EvidenceItem& item = facts_.state.evidence["E-1"];
  item.evidence_id = "E-1";
  item.known = facts_.Record();
  item.valid_to = Day("2025-04-30");
  const Agenda first = On("2025-05-01");
  const auto event = OnlyEvent<v1::EvidenceStatusChanged>(first);
  EXPECT_EQ(event.change(), v1::EVIDENCE_CHANGE_EXPIRED);
  EXPECT_EQ(event.effective_on().month(), 5);
  item.changes.push_back({facts_.Record(), v1::EVIDENCE_CHANGE_EXPIRED, Day("2025-05-01"), {}});
  EXPECT_TRUE(On("2025-05-02").requests.empty());
  item.changes.push_back(
      {facts_.Record(), v1::EVIDENCE_CHANGE_RENEWED, Day("2025-06-01"), Day("2026-05-31")});
  EXPECT_TRUE(On("2026-05-31").requests.empty());
  EXPECT_NE(On("2026-06-01").requests.at(0).request_id(), first.requests[0].request_id());
}

TEST_F(SystemEvents, ServiceEndsUnlessAnInstrumentIsAwaited) {
  EXPECT_TRUE(On("2030-03-31").requests.empty());
  const auto event = OnlyEvent<v1::ContractEnded>(On("2030-04-01"));
  EXPECT_EQ(event.cause(), v1::END_CAUSE_EXPIRED);
  EXPECT_EQ(event.effective_on().day(), 31);
  Offer("2029-12-31").answer = {facts_.Record(), v1::EXTENSION_ANSWER_ACCEPTED};
  EXPECT_TRUE(On("2030-04-01").requests.empty());
}

TEST_F(SystemEvents, ACorrectionThatChangesTheOutcomeChangesTheBasis) {
  Decide();
  EXPECT_TRUE(On("2024-07-01").requests.empty());
  facts_.On("2024-07-15").Determine("PI-IV", 1, "2024-04-01");
  EXPECT_TRUE(On("2024-07-15").requests.empty()) << "the clause does not read PI-IV";
  const Position cause = Correct(2);
  facts_.On("2024-08-02").Determine("PI-IV", 2, "2024-07-01");
  const Agenda agenda = On("2024-08-02");
  ASSERT_EQ(agenda.requests.size(), 1u);
  ASSERT_EQ(agenda.requests[0].events_size(), 2);
  v1::ClauseEvaluated evaluated;
  ASSERT_TRUE(evaluated.ParseFromString(agenda.requests[0].events(0).payload()));
  EXPECT_EQ(evaluated.outcome(), v1::CLAUSE_OUTCOME_NOT_SATISFIED);
  EXPECT_EQ(evaluated.known_at(), facts_.head.value - 1);
  EXPECT_EQ(evaluated.as_of().day(), 30);
  v1::DecisionBasisChanged changed;
  ASSERT_TRUE(changed.ParseFromString(agenda.requests[0].events(1).payload()));
  EXPECT_EQ(changed.change(), v1::BASIS_CHANGE_OUTCOME);
  EXPECT_EQ(changed.decision().position(), decision_.value);
  EXPECT_EQ(changed.old_evaluation().position(), evaluation_.value);
  EXPECT_EQ(changed.new_evaluation().index(), 0u);
  EXPECT_EQ(changed.cause().position(), cause.value);
}

TEST_F(SystemEvents, AnOfferRestsOnItsEvaluationForAsLongAsItStands) {
  Decide();
  ExtensionOffer& offer = Offer("2024-12-31");
  offer.clause_id = "K1";
  offer.evaluation = evaluation_;
  facts_.state.decisions.clear();
  EXPECT_TRUE(On("2024-07-01").requests.empty());
  Correct(2);
  const auto changed_offers = [this] {
    size_t count = 0;
    for (const auto& request : On("2024-08-02").requests) {
      v1::DecisionBasisChanged changed;
      EXPECT_EQ(request.events_size(), 2);
      EXPECT_TRUE(changed.ParseFromString(request.events(1).payload()));
      EXPECT_EQ(changed.decision().position(), facts_.state.offers.at("O-1").known.position.value);
      ++count;
    }
    return count;
  };
  EXPECT_EQ(changed_offers(), 1u);
  offer.answer = {facts_.Record(), v1::EXTENSION_ANSWER_ACCEPTED};
  EXPECT_EQ(changed_offers(), 1u);
  offer.answer->answer = v1::EXTENSION_ANSWER_DECLINED;
  EXPECT_EQ(changed_offers(), 0u);
  offer.answer.reset();
  offer.end = {facts_.Record(), v1::OFFER_END_CAUSE_WITHDRAWN, Day("2024-08-01")};
  EXPECT_EQ(changed_offers(), 0u);
}

TEST_F(SystemEvents, OtherFactsUnderTheSameOutcomeAreSaidToBeThat) {
  Decide();
  Correct(4);
  const Agenda agenda = On("2024-08-01");
  ASSERT_EQ(agenda.requests.size(), 1u);
  v1::DecisionBasisChanged changed;
  ASSERT_TRUE(changed.ParseFromString(agenda.requests[0].events(1).payload()));
  EXPECT_EQ(changed.change(), v1::BASIS_CHANGE_FACTS_ONLY);
}

TEST_F(SystemEvents, ABasisChangeOnRecordIsNotFoundAgain) {
  Decide();
  const Position cause = Correct(2);
  const Known known = facts_.Record();
  facts_.state.evaluations[known.position] = {.known = known,
                                              .clause_id = "K1",
                                              .clause_version = 1,
                                              .as_of = Day("2024-06-30"),
                                              .known_at = cause,
                                              .outcome = v1::CLAUSE_OUTCOME_NOT_SATISFIED};
  facts_.state.decisions[decision_].basis_changes.push_back(
      {facts_.Record(), evaluation_, known.position, cause, v1::BASIS_CHANGE_OUTCOME});
  EXPECT_TRUE(On("2024-08-02").requests.empty());
}

}  // namespace
}  // namespace waymark::test
