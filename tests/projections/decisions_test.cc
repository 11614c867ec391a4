// Decisions on clauses: what became of each as known at any moment, and what was known when it was
// taken.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/civil_day.h"
#include "tests/projections/asked_ledger.h"
#include "tests/projections/decision_events.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kLevelThree[] = "rule { level_at_least { focus: 'PI-CS' level: 3 } }";

class DecisionsTest : public AskedLedger {
 protected:
  // Clause K1 asks for level 3, which is held from 2024-04-01; K2 for level 5.
  void SetUp() override {
    Begin();
    ledger_.Append(
        "A",
        ClauseSet({ClauseOf("K1", kLevelThree),
                   ClauseOf("K2",
                            "effect: CLAUSE_EFFECT_MAKES_ELIGIBLE rule { "
                            "level_at_least { focus: 'PI-CS' level: 5 } }"),
                   ClauseOf("K3", absl::StrCat("effect: CLAUSE_EFFECT_INFORMS ", kLevelThree))}));
    level_ = ledger_.Append("A", Determined("PI-CS", 3, On(2024, 4, 1)));
    ledger_.SetNow(On(2025, 4, 1));
  }

  // Evaluates the clause now and records what it says.
  Position Evaluate(const std::string& clause_id) {
    Publish();
    auto request = Ask<v1::EvaluateClauseRequest>();
    request.set_clause_id(clause_id);
    const auto reply = queries_->EvaluateClause(request, ledger_.now());
    EXPECT_OK(reply);
    return ledger_.Append("A", Evaluated(*reply));
  }

  v1::ListDecisionsReply List(std::optional<absl::CivilDay> as_of = {},
                              std::optional<TreeSize> known = {}) {
    Publish();
    const auto reply =
        queries_->ListDecisions(Ask<v1::ListDecisionsRequest>(as_of, known), ledger_.now());
    EXPECT_OK(reply);
    return *reply;
  }

  absl::StatusOr<v1::ExplainDecisionReply> Explain(Position position,
                                                   std::optional<TreeSize> known = {}) {
    Publish();
    auto request = Ask<v1::ExplainDecisionRequest>({}, known);
    request.set_position(position.value);
    return queries_->ExplainDecision(request, ledger_.now());
  }

  Position level_;
};

TEST_F(DecisionsTest, ADecisionIsShownWithWhatBecameOfItAsKnownThen) {
  const Position evaluation = Evaluate("K1");
  const Position decision =
      ledger_.Append("A", Rewarded("K1", evaluation, v1::DECISION_CHOICE_APPLY, 1250000));
  const Position paid = ledger_.Append("A", CarriedOut(decision, v1::DECISION_ACT_PAID, 1250000));
  const Position superseded = ledger_.Append("A", Superseded(level_));
  const Position again = Evaluate("K1");
  const Position change =
      ledger_.Append("A", BasisChanged(decision, evaluation, again, superseded));
  const Position review =
      ledger_.Append("A", Reviewed(decision, change, v1::REVIEW_OUTCOME_UPHELD));

  EXPECT_THAT(List({}, TreeSize{decision.value}).decisions(), IsEmpty());
  const v1::ListDecisionsReply then = List({}, SizeThrough(decision));
  ASSERT_EQ(then.decisions_size(), 1);
  EXPECT_EQ(then.decisions(0).carried_out_size(), 0);
  EXPECT_FALSE(then.decisions(0).to_review());
  EXPECT_TRUE(List({}, SizeThrough(change)).decisions(0).to_review());

  const v1::ListDecisionsReply reply = List();
  ASSERT_EQ(reply.decisions_size(), 1);
  const v1::DecisionStanding& one = reply.decisions(0);
  EXPECT_EQ(one.position(), decision.value);
  EXPECT_EQ(one.kind(), v1::DECISION_KIND_REWARD);
  EXPECT_EQ(one.clause_id(), "K1");
  EXPECT_EQ(one.clause_version(), 1u);
  EXPECT_EQ(one.evaluation(), evaluation.value);
  EXPECT_EQ(one.outcome(), v1::CLAUSE_OUTCOME_SATISFIED);
  EXPECT_EQ(one.evaluated_known_at(), evaluation.value - 1);
  EXPECT_EQ(one.evaluated_as_of().ShortDebugString(), ToDate(On(2025, 4, 1)).ShortDebugString());
  EXPECT_EQ(one.recorded_on().ShortDebugString(), ToDate(On(2025, 4, 1)).ShortDebugString());
  EXPECT_EQ(one.choice(), v1::DECISION_CHOICE_APPLY);
  EXPECT_EQ(one.amount().pence(), 1250000);
  EXPECT_EQ(one.proposer() + " " + one.decider() + " " + one.reason(), "ann bob as minuted");
  EXPECT_THAT(one.flags(), IsEmpty());
  ASSERT_EQ(one.carried_out_size(), 1);
  EXPECT_EQ(one.carried_out(0).position(), paid.value);
  ASSERT_EQ(one.basis_changes_size(), 1);
  EXPECT_EQ(one.basis_changes(0).outcome_before(), v1::CLAUSE_OUTCOME_SATISFIED);
  EXPECT_EQ(one.basis_changes(0).outcome_after(), v1::CLAUSE_OUTCOME_INDETERMINATE);
  ASSERT_EQ(one.reviews_size(), 1);
  EXPECT_EQ(one.reviews(0).position(), review.value);
  EXPECT_FALSE(one.to_review());
}

TEST_F(DecisionsTest, AReviewOfAnOlderChangeLeavesTheNewestToReview) {
  const Position evaluation = Evaluate("K1");
  const Position decision =
      ledger_.Append("A", Rewarded("K1", evaluation, v1::DECISION_CHOICE_APPLY));
  const Position first =
      ledger_.Append("A", BasisChanged(decision, evaluation, evaluation, level_));
  ledger_.Append("A", BasisChanged(decision, evaluation, evaluation, level_));
  ledger_.Append("A", Reviewed(decision, first, v1::REVIEW_OUTCOME_UPHELD));
  EXPECT_TRUE(List().decisions(0).to_review());
}

TEST_F(DecisionsTest, ADecisionAgainstItsOutcomeIsFlagged) {
  const struct {
    const char* clause;
    v1::DecisionChoice choice;
    bool against;
  } kCases[] = {
      {"K1", v1::DECISION_CHOICE_APPLY, false}, {"K1", v1::DECISION_CHOICE_WAIVE, true},
      {"K1", v1::DECISION_CHOICE_DEFER, false}, {"K2", v1::DECISION_CHOICE_APPLY, true},
      {"K2", v1::DECISION_CHOICE_WAIVE, false}, {"K3", v1::DECISION_CHOICE_WAIVE, false},
  };
  for (const auto& one : kCases) {
    ledger_.Append("A", Sanctioned(one.clause, Evaluate(one.clause), one.choice));
    const v1::DecisionStanding last = *List().decisions().rbegin();
    EXPECT_EQ(last.kind(), v1::DECISION_KIND_SANCTION);
    EXPECT_EQ(absl::StrJoin(last.flags(), " "), one.against ? "AGAINST_OUTCOME" : "")
        << one.clause << " " << v1::DecisionChoice_Name(one.choice);
  }
}

TEST_F(DecisionsTest, AnActBeyondTheDecisionIsIrregular) {
  const Position evaluation = Evaluate("K1");
  const auto irregular = [&](v1::DecisionChoice choice, const std::function<void(Position)>& then) {
    const Position decision = ledger_.Append("A", Rewarded("K1", evaluation, choice, 1000));
    then(decision);
    const auto flags = List().decisions().rbegin()->flags();
    return std::count(flags.begin(), flags.end(), "IRREGULAR") == 1;
  };
  const auto carry = [&](Position decision, v1::DecisionAct act, int64_t pence) {
    ledger_.Append("A", CarriedOut(decision, act, pence));
  };
  const auto pay = [&](int64_t pence) {
    return [&, pence](Position decision) { carry(decision, v1::DECISION_ACT_PAID, pence); };
  };
  const auto review = [&](Position decision, v1::ReviewOutcome outcome) {
    const Position change =
        ledger_.Append("A", BasisChanged(decision, evaluation, evaluation, level_));
    ledger_.Append("A", Reviewed(decision, change, outcome));
  };
  EXPECT_FALSE(irregular(v1::DECISION_CHOICE_APPLY, pay(1000)));
  EXPECT_TRUE(irregular(v1::DECISION_CHOICE_APPLY, pay(1001)));
  EXPECT_TRUE(irregular(v1::DECISION_CHOICE_WAIVE, pay(1)));
  EXPECT_FALSE(irregular(v1::DECISION_CHOICE_APPLY, [&](Position decision) {
    carry(decision, v1::DECISION_ACT_PAID, 400);
    carry(decision, v1::DECISION_ACT_PAID, 600);
  }));
  EXPECT_TRUE(irregular(v1::DECISION_CHOICE_APPLY, [&](Position decision) {
    carry(decision, v1::DECISION_ACT_PAID, 400);
    carry(decision, v1::DECISION_ACT_PAID, 601);
  }));
  EXPECT_TRUE(irregular(v1::DECISION_CHOICE_APPLY, [&](Position decision) {
    carry(decision, v1::DECISION_ACT_PAID, 1000);
    carry(decision, v1::DECISION_ACT_REVERSED, 1000);
  }));
  EXPECT_FALSE(irregular(v1::DECISION_CHOICE_APPLY, [&](Position decision) {
    carry(decision, v1::DECISION_ACT_PAID, 1000);
    review(decision, v1::REVIEW_OUTCOME_REVERSED);
    carry(decision, v1::DECISION_ACT_REVERSED, 1000);
  }));
}

TEST_F(DecisionsTest, AnOfferStandsWhereItStoodOnTheDay) {
  const auto offer = [&](const std::string& id) {
    return ledger_.Append("A", Offered(id, "K1", Evaluate("K1"), On(2025, 4, 30)));
  };
  const Position accepted = offer("accepted");
  offer("declined");
  offer("countered");
  offer("lapsed");
  offer("withdrawn");
  offer("silent");
  ledger_.SetNow(On(2025, 4, 10));
  ledger_.Append("A", Answered("accepted", v1::EXTENSION_ANSWER_ACCEPTED));
  ledger_.Append("A", Answered("declined", v1::EXTENSION_ANSWER_DECLINED));
  ledger_.Append("A", Answered("countered", v1::EXTENSION_ANSWER_COUNTER_PROPOSED));
  ledger_.Append("A", OfferEnded("withdrawn", v1::OFFER_END_CAUSE_WITHDRAWN, On(2025, 4, 10)));
  ledger_.SetNow(On(2025, 5, 2));
  ledger_.Append("A", OfferEnded("lapsed", v1::OFFER_END_CAUSE_LAPSED, On(2025, 5, 1)));
  const Position extended = ledger_.Append("A", Extended("accepted", On(2031, 3, 31)));
  const auto states = [&](absl::CivilDay as_of) {
    std::vector<std::string> words;
    const v1::ListDecisionsReply reply = List(as_of);
    for (const v1::DecisionStanding& one : reply.decisions()) {
      words.push_back(v1::OfferState_Name(one.offer_state()).substr(12));
    }
    return words;
  };
  EXPECT_THAT(states(On(2025, 4, 9)), ElementsAre("OPEN", "OPEN", "OPEN", "OPEN", "OPEN", "OPEN"));
  EXPECT_THAT(states(On(2025, 4, 30)),
              ElementsAre("ACCEPTED", "DECLINED", "COUNTER_PROPOSED", "OPEN", "WITHDRAWN", "OPEN"));
  EXPECT_THAT(states(On(2025, 5, 2)), ElementsAre("EXTENDED", "DECLINED", "COUNTER_PROPOSED",
                                                  "LAPSED", "WITHDRAWN", "UNANSWERED"));
  const v1::DecisionStanding one = List().decisions(0);
  EXPECT_EQ(one.kind(), v1::DECISION_KIND_EXTENSION_OFFER);
  EXPECT_EQ(one.offer_id(), "accepted");
  EXPECT_EQ(one.extended_at(), extended.value);
  EXPECT_TRUE(one.has_answered_at());
  EXPECT_FALSE(one.has_ended_at());
  EXPECT_FALSE(List({}, SizeThrough(accepted)).decisions(0).has_answered_at());
}

TEST_F(DecisionsTest, AnOfferWhoseBasisChangedIsToBeReviewed) {
  const Position evaluation = Evaluate("K1");
  const Position offer = ledger_.Append("A", Offered("O", "K1", evaluation, On(2025, 4, 30)));
  EXPECT_FALSE(List().decisions(0).to_review());
  const Position change = ledger_.Append("A", BasisChanged(offer, evaluation, evaluation, level_));
  EXPECT_TRUE(List().decisions(0).to_review());
  EXPECT_FALSE(List({}, SizeThrough(offer)).decisions(0).to_review());
  ledger_.Append("A", Reviewed(offer, change, v1::REVIEW_OUTCOME_UPHELD));
  const v1::DecisionStanding reviewed = List().decisions(0);
  EXPECT_FALSE(reviewed.to_review());
  EXPECT_EQ(reviewed.basis_changes(0).position(), change.value);
  EXPECT_EQ(reviewed.reviews(0).basis_change(), change.value);
}

TEST_F(DecisionsTest, ADecisionIsDisputedWithWhatItRestsOn) {
  const Position evaluation = Evaluate("K1");
  const Position decision =
      ledger_.Append("A", Rewarded("K1", evaluation, v1::DECISION_CHOICE_APPLY));
  const Position other = ledger_.Append("A", Determined("SE-AM", 3, On(2024, 4, 1)));
  int disputes = 0;
  const auto disputed = [&](Position matter) {
    const std::string id = absl::StrCat("D-", disputes++);
    ledger_.Append("A", Disputed(id, matter));
    const bool found = List().decisions(0).disputed();
    ledger_.Append("A", Settled(id));
    EXPECT_FALSE(List().decisions(0).disputed());
    return found;
  };
  EXPECT_TRUE(disputed(decision));
  EXPECT_TRUE(disputed(evaluation));
  EXPECT_TRUE(disputed(level_));
  EXPECT_FALSE(disputed(other));
}

TEST_F(DecisionsTest, PagesAreOfOneMomentAndOneQuestion) {
  const Position k1 = Evaluate("K1");
  const Position k2 = Evaluate("K2");
  for (int i = 0; i < 3; ++i) {
    ledger_.Append("A", Rewarded("K1", k1, v1::DECISION_CHOICE_DEFER));
    ledger_.Append("A", Rewarded("K2", k2, v1::DECISION_CHOICE_DEFER));
  }
  Publish();
  auto request = Ask<v1::ListDecisionsRequest>();
  request.set_clause_id("K2");
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const v1::ListDecisionsReply first,
                       queries_->ListDecisions(request, ledger_.now()));
  EXPECT_EQ(first.decisions_size(), 2);
  ledger_.Append("A", Rewarded("K2", k2, v1::DECISION_CHOICE_DEFER));
  Publish();
  const auto ask = [&](const std::string& token, auto change) {
    auto next = request;
    next.set_page_token(token);
    change(&next);
    return queries_->ListDecisions(next, ledger_.now());
  };
  using R = v1::ListDecisionsRequest;
  const std::string token = first.next_page_token();
  ASSERT_OK_AND_ASSIGN(const v1::ListDecisionsReply second, ask(token, [](R*) {}));
  ASSERT_EQ(second.decisions_size(), 1);
  EXPECT_GT(second.decisions(0).position(), first.decisions(1).position());
  EXPECT_THAT(second.next_page_token(), IsEmpty());
  EXPECT_EQ(second.basis().known(), first.basis().known());
  EXPECT_THAT(ask(token, [](R* r) { r->clear_clause_id(); }), RefusedWith("PAGE_TOKEN_INVALID"));
  EXPECT_THAT(ask(token, [](R* r) { r->set_to_review(true); }), RefusedWith("PAGE_TOKEN_INVALID"));
  EXPECT_THAT(ask(token + "0", [](R*) {}), RefusedWith("PAGE_TOKEN_INVALID"));
  EXPECT_THAT(ask("", [](R* r) { r->set_page_size(5001); }), RefusedWith("PAGE_SIZE_INVALID"));
  EXPECT_THAT(ask("", [](R* r) { r->set_clause_id("K9"); }), RefusedWith("CLAUSE_UNKNOWN"));
  ASSERT_OK_AND_ASSIGN(const v1::ListDecisionsReply none,
                       ask("", [](R* r) { r->set_to_review(true); }));
  EXPECT_THAT(none.decisions(), IsEmpty());
}

TEST_F(DecisionsTest, AnExplanationShowsWhatWasKnownThenAndNow) {
  const Position evaluation = Evaluate("K1");
  ledger_.Append("A", Recommended(evaluation, "one member would wait"));
  const Position decision =
      ledger_.Append("A", Rewarded("K1", evaluation, v1::DECISION_CHOICE_APPLY, 1000));
  ledger_.Append("A", Recommended(decision));
  ledger_.Append("A", Recommended(level_));
  ledger_.SetNow(On(2025, 6, 1));
  ledger_.Append("A", Determined("PI-CS", 1, On(2025, 1, 1)));
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionReply reply, Explain(decision));
  EXPECT_EQ(reply.decision().ShortDebugString(), List().decisions(0).ShortDebugString());
  EXPECT_TRUE(reply.recomputes());
  EXPECT_EQ(reply.clause().clause_id(), "K1");
  EXPECT_EQ(reply.evaluation().outcome(), v1::CLAUSE_OUTCOME_SATISFIED);
  EXPECT_EQ(reply.evaluation().basis().known(), evaluation.value);
  EXPECT_EQ(reply.evaluation().basis().as_of().ShortDebugString(),
            ToDate(On(2025, 4, 1)).ShortDebugString());
  EXPECT_FALSE(reply.in_words().empty());
  ASSERT_EQ(reply.board_size(), 2);
  EXPECT_EQ(reply.board(0).minute(), "4.2");
  EXPECT_EQ(reply.board(0).dissent(), "one member would wait");
  EXPECT_EQ(reply.board(0).outcome(), v1::MATTER_OUTCOME_RECOMMENDED);
  ASSERT_EQ(reply.known_then_size(), 1);
  ASSERT_EQ(reply.known_now_size(), 1);
  EXPECT_EQ(reply.known_then(0).level(), 3u);
  EXPECT_EQ(reply.known_now(0).level(), 1u);
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionReply then,
                       Explain(decision, SizeThrough(decision)));
  EXPECT_EQ(then.known_now(0).level(), 3u);
  EXPECT_EQ(then.board_size(), 1);
}

TEST_F(DecisionsTest, ARecordThatComesOutOtherwiseIsSaidNotToRecompute) {
  Publish();
  auto request = Ask<v1::EvaluateClauseRequest>();
  request.set_clause_id("K1");
  ASSERT_OK_AND_ASSIGN(v1::EvaluateClauseReply said,
                       queries_->EvaluateClause(request, ledger_.now()));
  said.set_explanation(said.explanation() + " ");
  const Position evaluation = ledger_.Append("A", Evaluated(said));
  const Position decision =
      ledger_.Append("A", Rewarded("K1", evaluation, v1::DECISION_CHOICE_APPLY));
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionReply reply, Explain(decision));
  EXPECT_TRUE(reply.has_evaluation());
  EXPECT_FALSE(reply.recomputes());
}

TEST_F(DecisionsTest, ADecisionOutlivesAnEvaluationThatIsGone) {
  // An erased evaluation leaves no more than its place.
  const Position decision = ledger_.Append("A", Rewarded("K1", level_, v1::DECISION_CHOICE_APPLY));
  ASSERT_OK_AND_ASSIGN(const v1::ExplainDecisionReply reply, Explain(decision));
  EXPECT_EQ(reply.decision().evaluation(), level_.value);
  EXPECT_EQ(reply.decision().outcome(), v1::CLAUSE_OUTCOME_UNSPECIFIED);
  EXPECT_FALSE(reply.has_evaluation());
  EXPECT_FALSE(reply.recomputes());
  EXPECT_THAT(reply.known_then(), IsEmpty());
}

TEST_F(DecisionsTest, OnlyAKnownDecisionIsExplained) {
  const Position evaluation = Evaluate("K1");
  const Position decision =
      ledger_.Append("A", Rewarded("K1", evaluation, v1::DECISION_CHOICE_APPLY));
  const Position offer = ledger_.Append("A", Offered("O", "K1", evaluation, On(2025, 4, 30)));
  EXPECT_OK(Explain(decision));
  EXPECT_OK(Explain(offer));
  EXPECT_THAT(Explain(decision, SizeThrough(evaluation)), RefusedWith("DECISION_UNKNOWN"));
  for (const Position none : {Position{0}, evaluation, Position{99999}}) {
    EXPECT_THAT(Explain(none), RefusedWith("DECISION_UNKNOWN"));
  }
}

}  // namespace
}  // namespace waymark::test
