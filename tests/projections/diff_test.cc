// What differs between two moments of knowledge, against a fold of every prefix between them.
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/clause_evaluate.h"
#include "ledger/contract/lookup.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/knowledge_walk.h"
#include "projections/maturity/standings.h"
#include "tests/projections/asked_ledger.h"
#include "tests/projections/decision_events.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char* const kFocuses[] = {"PI-CS", "SE-AM", "CR-FR"};
const char* const kClauses[] = {"ALL", "COUNT", "CURE", "ONE", "RUN"};

// One clause of each way to name focuses.
std::vector<v1::Clause> Clauses() {
  return {
      ClauseOf("ALL",
               "rule { each { focuses { word: 'LADDER' } rule { level_at_least "
               "{ level: 2 } } } }"),
      ClauseOf("COUNT",
               "rule { count_of_focuses { at_least: 1 focuses { focuses: 'SE-AM' } "
               "rule { level_at_least { level: 3 } } } }"),
      ClauseOf("CURE",
               "rule { cure { focus: 'PI-CS' level: 3 days: 30 basis: "
               "CURE_BASIS_LEVEL } } kind: CLAUSE_KIND_SANCTION"),
      ClauseOf("ONE", "rule { not { level_at_least { focus: 'PI-CS' level: 3 } } }"),
      ClauseOf("RUN",
               "rule { any { rules { sustained { focus: 'SE-AM' level: 2 days: 20 } } rules "
               "{ category_mean { category: 'PI' at_least { num: 3 den: 1 } } } } } "
               "parameters { dispute_rule: 'HOLD_OFF' evidence_expiry: 'STRICT' }"),
  };
}

std::string FocusText(const ContractState& state, const std::string& focus, absl::CivilDay as_of,
                      TreeSize known) {
  return maturity::StandingOf(state, focus, {as_of, known}).ShortDebugString();
}

v1::EvaluateClauseReply Say(const ContractState& state, const std::string& clause_id,
                            absl::CivilDay as_of, TreeSize known) {
  v1::EvaluateClauseReply reply;
  const ClauseVersion* version = FindClause(state, clause_id, as_of, Knowledge{known});
  if (version == nullptr) return reply;
  maturity::SetSaid(version->clause, EvaluateClause(state, version->clause, as_of, known), &reply);
  return reply;
}

class DiffTest : public AskedLedger {
 protected:
  v1::DiffKnowledgeRequest AskDiff(TreeSize before, std::optional<TreeSize> after = {},
                                   std::optional<absl::CivilDay> as_of = {}) {
    auto request = Ask<v1::DiffKnowledgeRequest>(as_of, after);
    *request.mutable_before() = MomentOf(before);
    return request;
  }

  absl::StatusOr<v1::DiffKnowledgeReply> Diff(const v1::DiffKnowledgeRequest& request) {
    return queries_->DiffKnowledge(request, ledger_.now());
  }

  // Compares with the answers of a fold of each prefix, one event after the other.
  void ExpectSlowDiff(TreeSize before, TreeSize after, absl::CivilDay as_of) {
    SCOPED_TRACE(absl::StrCat(before.value, " to ", after.value, " as of ", FormatDay(as_of)));
    ASSERT_OK_AND_ASSIGN(const v1::DiffKnowledgeReply reply, Diff(AskDiff(before, after, as_of)));
    std::vector<ContractState> folds;
    for (uint64_t known = before.value; known <= after.value; ++known) {
      folds.push_back(FoldAll(ledger_.log(), "A", TreeSize{known}));
    }
    std::string wanted, found;
    for (const char* focus : kFocuses) {
      const auto text = [&](size_t i) {
        return FocusText(folds[i], focus, as_of, TreeSize{before.value + i});
      };
      Note(focus, text, folds.size(), before, &wanted);
    }
    for (const v1::FocusDifference& one : reply.focuses()) {
      absl::StrAppend(&found, one.focus(), "\n", one.before().ShortDebugString(), "\n",
                      one.after().ShortDebugString(), "\n", CausesText(one.causes()));
    }
    for (const char* clause : kClauses) {
      const auto text = [&](size_t i) {
        return Say(folds[i], clause, as_of, TreeSize{before.value + i}).ShortDebugString();
      };
      std::string difference;
      Note(clause, text, folds.size(), before, &difference);
      if (difference.empty()) continue;
      absl::StrAppend(&wanted, clause, " ", Say(folds.front(), clause, as_of, before).outcome(),
                      " ", Say(folds.back(), clause, as_of, after).outcome(),
                      difference.substr(difference.rfind("\n:")));
    }
    for (const v1::ClauseDifference& one : reply.clauses()) {
      absl::StrAppend(&found, one.clause_id(), " ", one.before(), " ", one.after(), "\n",
                      CausesText(one.causes()));
    }
    EXPECT_EQ(found, wanted);
    different_ += reply.focuses_size() + reply.clauses_size();
  }

  template <typename TextAt>
  static void Note(const std::string& name, const TextAt& text, size_t moments, TreeSize before,
                   std::string* wanted) {
    if (text(0) == text(moments - 1)) return;
    absl::StrAppend(wanted, name, "\n", text(0), "\n", text(moments - 1), "\n:");
    for (size_t i = 0; i + 1 < moments; ++i) {
      if (text(i) != text(i + 1)) absl::StrAppend(wanted, " ", before.value + i);
    }
    absl::StrAppend(wanted, "\n");
  }

  static std::string CausesText(
      const google::protobuf::RepeatedPtrField<v1::DifferenceCause>& causes) {
    std::string text = ":";
    for (const v1::DifferenceCause& cause : causes) {
      absl::StrAppend(&text, " ", cause.position());
      EXPECT_FALSE(cause.changed().empty());
    }
    return text + "\n";
  }

  std::mt19937_64 random_{7};
  int different_ = 0;
};

TEST_F(DiffTest, ADifferenceAndItsCausesAreThoseOfAFoldOfEveryPrefix) {
  Open();
  RandomContract contract("A", 5);
  for (int step = 0; step < 3; ++step) contract.AppendNext(&ledger_);
  ledger_.Append("A", Drafted("v2"));
  ledger_.Append("A", ClauseSet(Clauses()));
  const uint64_t first = ledger_.size().value;
  for (int step = 0; step < 110; ++step) {
    contract.AppendNext(&ledger_);
    if (step % 9 == 0) ledger_.Append("B", Determined("PI-CS", 1, On(2024, 4, 1)));
    const absl::CivilDay today = contract.today();
    if (step == 30) ledger_.Append("A", NoticeServed("N-1", "PI-CS", today - 5));
    if (step == 50) ledger_.Append("A", Adopted(today - 20, "v2"));
    if (step == 60) {
      v1::Clause clause = Clauses()[3];
      clause.set_version(2);
      clause.mutable_rule()->mutable_not_()->mutable_level_at_least()->set_focus("SE-AM");
      ledger_.Append("A", Varied(clause, today - 30));
    }
    if (step == 70) ledger_.Append("A", FoundMet("CR-FR", true, today - 9, today));
    if (step == 100) ledger_.Append("A", Ended(today - 4));
  }
  ASSERT_NO_FATAL_FAILURE(Publish());
  for (int i = 0; i < 12; ++i) {
    const uint64_t span = ledger_.size().value - first;
    uint64_t from = first + random_() % span, to = first + random_() % (span + 1);
    if (from > to) std::swap(from, to);
    ExpectSlowDiff(TreeSize{from}, TreeSize{to}, std::min(contract.AnyDay(), contract.today()));
    if (HasFailure()) return;
  }
  ExpectSlowDiff(TreeSize{first}, ledger_.size(), contract.today());
  EXPECT_GT(different_, 20);
}

TEST_F(DiffTest, AnEventSaysWhatItChanged) {
  Begin();
  ledger_.Append("A", ClauseSet(Clauses()));
  ledger_.SetNow(On(2024, 6, 1));
  ledger_.Append("A", Determined("PI-CS", 2, On(2024, 4, 1)));
  const TreeSize before = ledger_.size();
  const Position target = ledger_.Append("A", Target("PI-CS", 3, On(2024, 12, 31)));
  ledger_.Append("A", Assessed("PI-CS", 3));
  const Position higher = ledger_.Append("A", Determined("PI-CS", 3, On(2024, 5, 1)));
  ledger_.Append("B", Registered());
  const Position dispute = ledger_.Append("A", Disputed("D-1", higher));
  const Position settled = ledger_.Append("A", Settled("D-1"));
  ASSERT_NO_FATAL_FAILURE(Publish());
  ASSERT_OK_AND_ASSIGN(const v1::DiffKnowledgeReply reply, Diff(AskDiff(before)));
  EXPECT_EQ(reply.known_before(), before.value);
  EXPECT_EQ(reply.events_between(), 5u);
  ASSERT_EQ(reply.focuses_size(), 1);
  const v1::FocusDifference& focus = reply.focuses(0);
  EXPECT_EQ(focus.before().level(), 2u);
  EXPECT_EQ(focus.after().level(), 3u);
  ASSERT_EQ(focus.causes_size(), 4);
  EXPECT_EQ(focus.causes(0).position(), target.value);
  EXPECT_EQ(focus.causes(0).event_type(), "waymark.v1.TargetSet");
  EXPECT_GT(focus.causes(0).recorded_at().seconds(), 0);
  EXPECT_THAT(focus.causes(0).changed(), ElementsAre("target"));
  EXPECT_EQ(focus.causes(1).position(), higher.value);
  EXPECT_THAT(focus.causes(1).changed(),
              ElementsAre("determined_at", "level", "numbers", "since", "target"));
  EXPECT_EQ(focus.causes(2).position(), dispute.value);
  EXPECT_THAT(focus.causes(2).changed(), ElementsAre("flags", "state"));
  EXPECT_EQ(focus.causes(3).position(), settled.value);
  ASSERT_EQ(reply.clauses_size(), 3) << reply.DebugString();
  EXPECT_EQ(reply.clauses(1).clause_id(), "ONE");
  EXPECT_EQ(reply.clauses(1).before(), v1::CLAUSE_OUTCOME_SATISFIED);
  EXPECT_EQ(reply.clauses(1).after(), v1::CLAUSE_OUTCOME_NOT_SATISFIED);
  ASSERT_EQ(reply.clauses(1).causes_size(), 3);
  EXPECT_EQ(reply.clauses(1).causes(0).position(), higher.value);
  EXPECT_THAT(reply.clauses(1).causes(0).changed(), ElementsAre("nodes", "outcome"));
}

TEST_F(DiffTest, OnlyWhatIsAskedForIsCompared) {
  Begin();
  ledger_.Append("A", ClauseSet(Clauses()));
  const TreeSize before = ledger_.size();
  ledger_.Append("A", Determined("PI-CS", 3, On(2024, 4, 1)));
  ledger_.Append("A", Determined("SE-AM", 3, On(2024, 4, 1)));
  ASSERT_NO_FATAL_FAILURE(Publish());
  auto request = AskDiff(before);
  request.add_focuses("SE-AM");
  request.add_focuses("SE-AM");
  ASSERT_OK_AND_ASSIGN(v1::DiffKnowledgeReply reply, Diff(request));
  EXPECT_EQ(reply.focuses_size(), 1);
  EXPECT_THAT(reply.clauses(), IsEmpty());
  request.clear_focuses();
  request.add_clauses("COUNT");
  ASSERT_OK_AND_ASSIGN(reply, Diff(request));
  EXPECT_THAT(reply.focuses(), IsEmpty());
  EXPECT_EQ(reply.clauses_size(), 1);
  ASSERT_OK_AND_ASSIGN(reply, Diff(AskDiff(ledger_.size())));
  EXPECT_EQ(reply.focuses_size() + reply.clauses_size(), 0);
  EXPECT_EQ(reply.events_between(), 0u);
  // Before the clauses were on record they said nothing.
  ASSERT_OK_AND_ASSIGN(reply, Diff(AskDiff(TreeSize{3}, before)));
  EXPECT_THAT(reply.focuses(), IsEmpty());
  ASSERT_EQ(reply.clauses_size(), 5);
  EXPECT_EQ(reply.clauses(0).before(), v1::CLAUSE_OUTCOME_UNSPECIFIED);
}

TEST_F(DiffTest, RefusesWhatCannotBeCompared) {
  Begin();
  for (int i = 0; i < 4; ++i) ledger_.Append("A", Determined("PI-CS", i, On(2024, 4, 1)));
  ASSERT_NO_FATAL_FAILURE(Publish());
  const auto with = [&](auto change) {
    auto request = AskDiff(TreeSize{4});
    change(&request);
    return Diff(request);
  };
  using R = v1::DiffKnowledgeRequest;
  EXPECT_THAT(with([](R* r) { r->clear_before(); }), RefusedWith("FIELD_MISSING"));
  EXPECT_THAT(with([](R* r) { r->mutable_question()->clear_contract_id(); }),
              RefusedWith("FIELD_MISSING"));
  EXPECT_THAT(with([](R* r) { r->mutable_before()->mutable_day()->set_month(13); }),
              RefusedWith("DATE_INVALID"));
  EXPECT_THAT(with([](R* r) { r->mutable_before()->set_position(99); }),
              RefusedWith("KNOWN_AT_BEYOND_HEAD"));
  EXPECT_THAT(with([](R* r) { r->mutable_question()->mutable_known_at()->set_position(2); }),
              RefusedWith("DIFF_REVERSED"));
  EXPECT_THAT(with([](R* r) { r->add_focuses("PI-XX"); }), RefusedWith("FOCUS_UNKNOWN"));
  EXPECT_THAT(with([](R* r) { r->add_clauses("K9"); }), RefusedWith("CLAUSE_UNKNOWN"));
  EXPECT_OK(with([](R* r) { r->mutable_question()->mutable_known_at()->set_position(3); }));
}

TEST_F(DiffTest, AWalkIsBoundedAndSaysHowToNarrowIt) {
  Begin();
  std::vector<v1::Clause> clauses;
  for (int i = 0; i < 20; ++i) {
    clauses.push_back(
        ClauseOf(absl::StrCat("K", i), "rule { level_at_least { focus: 'PI-CS' level: 3 } }"));
  }
  ledger_.Append("A", ClauseSet(clauses));
  const TreeSize before = ledger_.size();
  const int64_t steps = maturity::kDiffAnswersMax / 20;
  std::vector<OfferedPayload> policies;
  const auto add = [&policies](const v1::PolicySet& event) {
    policies.push_back({event.GetDescriptor()->full_name(), event.SerializeAsString()});
  };
  for (int64_t i = 0; i < steps; ++i) {
    add(Policy(v1::POLICY_KEY_GRACE_DAYS, absl::StrCat(i % 30), On(2024, 4, 1)));
    if (policies.size() == 100 || i + 1 == steps) {
      ledger_.Append("A", policies);
      policies.clear();
    }
  }
  ledger_.Append("A", Determined("PI-CS", 4, On(2024, 4, 1)));
  ASSERT_NO_FATAL_FAILURE(Publish());
  EXPECT_THAT(Diff(AskDiff(before)), RefusedWith("DIFF_TOO_WIDE"));
  auto request = AskDiff(before);
  request.add_clauses("K3");
  ASSERT_OK_AND_ASSIGN(const v1::DiffKnowledgeReply reply, Diff(request));
  ASSERT_EQ(reply.clauses_size(), 1);
  EXPECT_EQ(reply.clauses(0).causes_size(), 1);
}

}  // namespace
}  // namespace waymark::test
