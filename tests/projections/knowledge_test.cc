// What must be true of every answer about random contracts, told in real events: what was known at
// a position never changes, how the events reached the state makes no difference, and the days add
// up. Each failure names the seed that shows it again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/clause_explanation.h"
#include "ledger/contract/longevity.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/target_status.h"
#include "ledger/merkle/hash.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/maturity_projection.h"
#include "projections/maturity/viewed_contracts.h"
#include "tests/contract/longevity_oracle.h"
#include "tests/contract/random_clause.h"
#include "tests/projections/contract_events.h"
#include "tests/projections/test_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

constexpr const char* kFocuses[] = {"PI-CS", "SE-AM", "CR-FR"};
constexpr int kClauses = 6;

std::string Text(const google::protobuf::Message& message) { return message.ShortDebugString(); }

// Random clauses K1, K2, ...: some from the beginning, versions of them later. Their days lie where
// the days of the random contracts do.
v1::ClauseSetRecorded Clauses(uint64_t seed, uint32_t version) {
  v1::ClauseSetRecorded event;
  event.set_id(absl::StrCat("set-", version));
  for (int i = 1; i <= kClauses; ++i) {
    RandomHistory history(seed * 1000 + version * 100 + static_cast<uint64_t>(i));
    v1::Clause* const clause = event.add_clauses();
    *clause = RandomClause(&history);
    clause->set_clause_id(absl::StrCat("K", i));
    clause->set_version(version);
    clause->set_words("as signed");
    *clause->mutable_effective()->mutable_first() = ToDate(On(2024, 4, 1) + 60 * (version - 1));
    *clause->mutable_effective()->mutable_last() = ToDate(On(2030, 3, 31));
  }
  return event;
}

// Two contracts whose events lie one between the other, in a ledger of their own.
struct Told {
  explicit Told(uint64_t seed, int steps) : random(seed), a("A", seed), b("B", ~seed) {
    for (int step = 0; step < steps; ++step) {
      if (step == 20) ledger.Append("A", Clauses(seed, 1));
      if (step == steps / 2) ledger.Append("A", Clauses(seed, 2));
      (step > 8 && random() % 4 == 0 ? b : a).AppendNext(&ledger);
    }
    for (const char* contract : {"A", "B"}) {
      whole.emplace(contract, FoldAll(ledger.log(), contract, ledger.size()));
    }
  }
  // Of an event after both matrices were adopted, or the head.
  TreeSize AnyKnown() {
    return TreeSize{ledger.size().value - random() % (ledger.size().value - 16)};
  }
  absl::CivilDay AnyDay() { return std::min<absl::CivilDay>(a.AnyDay(), a.today()); }

  std::mt19937_64 random;
  TestLedger ledger;
  RandomContract a, b;
  std::map<std::string, ContractState> whole;
};

struct Asked {
  std::string contract;
  absl::CivilDay as_of;
  TreeSize known;
};

std::string FocusText(const ContractState& state, const std::string& focus, const Asked& asked) {
  const LongevityReader reader(state, {.focus = focus, .as_of = asked.as_of, .known = asked.known});
  std::string text = absl::StrCat(focus, "\n");
  const auto add = [&text](const google::protobuf::Message& message) {
    absl::StrAppend(&text, Text(message), "\n");
  };
  add(maturity::ToFocusLongevity(focus, 0, FindStanding(reader)));
  for (int level = 0; level <= 5; ++level) {
    for (const LevelSide side : {LevelSide::kAtOrAbove, LevelSide::kBelow}) {
      add(maturity::ToFocusLongevity(focus, level, reader.At(level, side)));
    }
  }
  for (const Segment& segment : reader.now().segments) add(maturity::ToSegment(segment, false));
  for (const LeftOut& left_out : FindLeftOut(state, focus, Knowledge{asked.known})) {
    absl::StrAppend(&text, "left out ", left_out.determination.value, " by ",
                    left_out.superseded_by.value_or(Position{}).value, "\n");
  }
  const auto target = FindTargetStanding(state, focus, asked.as_of, asked.known);
  if (target) add(maturity::ToTargetStanding(*target));
  const FocusHistory* const history = FindHistory(state, focus);
  const ConditionFinding* const condition =
      history == nullptr ? nullptr : FindCondition(*history, asked.as_of, Knowledge{asked.known});
  if (condition != nullptr) add(maturity::ToConditionStanding(*condition));
  return text;
}

// Every clause known, as the explanation of its evaluation.
std::string EvaluationsText(const ContractState& state, const Asked& asked, const Digest& root) {
  std::string text;
  for (int i = 1; i <= kClauses; ++i) {
    const ClauseVersion* const version =
        FindClause(state, absl::StrCat("K", i), asked.as_of, Knowledge{asked.known});
    if (version == nullptr) continue;
    const Evaluation said = EvaluateClause(state, version->clause, asked.as_of, asked.known);
    absl::StrAppend(
        &text, ExplainEvaluation(state, version->clause, {asked.as_of, asked.known, root}, said),
        "\n");
  }
  return text;
}

// Every answer there is about one contract, as text.
std::string AnswersText(const ContractState& state, const Asked& asked, const Digest& root) {
  std::string text;
  for (const char* focus : kFocuses) absl::StrAppend(&text, FocusText(state, focus, asked));
  const AllTargets all = FindAllTargets(state, asked.as_of, asked.known);
  for (const auto& [focus, status] : all.focuses) {
    absl::StrAppend(&text, focus, " ", v1::TargetStatus_Name(maturity::StatusWord(status)), "\n");
  }
  const SetLongevity set = FindLongevityOfAll(state, {"PI-CS", "SE-AM"},
                                              {.as_of = asked.as_of, .known = asked.known}, 2);
  absl::StrAppend(&text, set.limiting_focus, " ", Text(maturity::ToThreeNumbers(set.numbers)), "\n",
                  EvaluationsText(state, asked, root));
  return text;
}

std::string Trace(uint64_t seed, const Asked& asked) {
  return absl::StrCat("seed ", seed, ": ", asked.contract, " as of ", FormatDay(asked.as_of), ", ",
                      asked.known.value, " known");
}

TEST(Knowledge, EventsAfterAPositionNeverChangeWhatWasKnownAtIt) {
  int explained = 0;
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    Told told(seed, 180);
    const ContractState& whole = told.whole.at("A");
    for (int i = 0; i < 20; ++i) {
      const Asked asked{"A", told.AnyDay(), told.AnyKnown()};
      const ContractState then = FoldAll(told.ledger.log(), "A", asked.known);
      ASSERT_OK_AND_ASSIGN(const Digest root, told.ledger.log().RootAt(asked.known));
      ASSERT_EQ(AnswersText(whole, asked, root), AnswersText(then, asked, root))
          << Trace(seed, asked);
      explained += !EvaluationsText(then, asked, root).empty();
    }
  }
  EXPECT_GT(explained, 300);
}

bool Same(const std::optional<Span>& fast, const std::optional<OracleSpan>& slow) {
  if (!fast || !slow) return fast.has_value() == slow.has_value();
  return fast->since == slow->since && fast->through == slow->through &&
         fast->months == slow->months && fast->days == slow->days &&
         fast->net_days == slow->net_days;
}

// Segments follow each other without hole or overlap from the first determination to the day
// answered for, and say of each day what the slow reading says.
void ExpectDaysOf(const OracleAnswer& slow, const Timeline& timeline) {
  size_t days = 0;
  absl::CivilDay next = slow.first.value_or(absl::CivilDay());
  for (const Segment& segment : timeline.segments) {
    ASSERT_EQ(segment.days.first, next);
    ASSERT_LE(segment.days.first, segment.days.last);
    for (; next <= segment.days.last; ++next, ++days) {
      ASSERT_LT(days, slow.days.size());
      const OracleDay& day = slow.days[days];
      ASSERT_EQ(segment.held.level.value_or(-1), day.level) << FormatDay(next);
      ASSERT_EQ(segment.held.counted, day.counted) << FormatDay(next);
      ASSERT_EQ(segment.held.disputed, day.disputed) << FormatDay(next);
      ASSERT_EQ(segment.held.evidence_expired, day.evidence_expired) << FormatDay(next);
    }
  }
  ASSERT_EQ(days, slow.days.size());
}

TEST(Knowledge, TheDaysOfFoldedEventsAreThoseOfAWalkDayByDay) {
  int sustained = 0, less = 0, stretches = 0;
  for (uint64_t seed = 101; seed <= 130; ++seed) {
    Told told(seed, 180);
    for (int i = 0; i < 40; ++i) {
      const Asked asked{"A", told.AnyDay(), told.AnyKnown()};
      SCOPED_TRACE(Trace(seed, asked));
      const ContractState& state = told.whole.at("A");
      const std::string focus = kFocuses[i % 2];
      const int level = static_cast<int>(told.random() % 6);
      // Without grace, or as the policy has it.
      const int grace_days = i % 4 < 2 ? 0 : -1;
      LongevityQuestion question{.focus = focus, .as_of = asked.as_of, .known = asked.known};
      if (grace_days == 0) question.rules.grace_days = 0;
      const LongevityReader reader(state, question);
      const Longevity fast = reader.At(level);
      const OracleAnswer slow = AskOracle(state, {.focus = focus,
                                                  .level = level,
                                                  .as_of = asked.as_of,
                                                  .known = asked.known.value,
                                                  .grace_days = grace_days});
      ASSERT_NO_FATAL_FAILURE(ExpectDaysOf(slow, reader.now()));
      ASSERT_TRUE(Same(fast.numbers.sustained, slow.sustained));
      ASSERT_TRUE(Same(fast.numbers.sustained_as_known, slow.sustained_as_known));
      ASSERT_TRUE(Same(fast.numbers.demonstrated, slow.demonstrated));
      stretches += reader.now().segments.size() > 5;
      sustained += fast.numbers.sustained.has_value();
      if (grace_days != 0 || !fast.numbers.demonstrated) continue;
      ASSERT_TRUE(fast.numbers.sustained);
      ASSERT_LE(fast.numbers.demonstrated->days, fast.numbers.sustained->days);
      less += fast.numbers.demonstrated->days < fast.numbers.sustained->days;
    }
  }
  // A generator gone bland would prove little.
  for (const int times : {sustained, less, stretches}) EXPECT_GT(times, 50);
}

// How events reach the state.
struct Way {
  const char* name;
  uint32_t read_at_once, stored_at_once;
  size_t contracts_max;
  // How many events become visible at a time.
  uint64_t published_at_once;
  bool rebuilt;
};

constexpr Way kWays[] = {
    {"event by event", 1, 1, 100, 1, false},
    {"event by event, one contract kept", 1, 1, 1, 1, false},
    {"small batches, one contract kept", 3, 7, 1, 10, false},
    {"odd batches, rebuilt", 5, 13, 100, 37, true},
    {"all at once", 256, 16384, 100, 100000, false},
};

class WayOfEvents {
 public:
  WayOfEvents(const Way& way, std::string directory, TestLedger* ledger)
      : way_(way), directory_(std::move(directory)), ledger_(*ledger) {}

  void Open() {
    contracts_.reset();
    engine_.reset();
    std::vector<std::unique_ptr<Projection>> projections;
    projections.push_back(std::make_unique<maturity::MaturityProjection>());
    ProjectionEngineOptions options;
    options.store.disk_reserve_bytes = 0;
    options.follower = {.reading = {way_.read_at_once, 1 << 20},
                        .following_events_max = way_.stored_at_once,
                        .catching_up_events_max = way_.stored_at_once,
                        .rest = absl::ZeroDuration()};
    auto engine = ProjectionEngine::Open(directory_, ledger_.log(), ledger_.head(),
                                         std::move(projections), options);
    ASSERT_OK(engine);
    engine_ = *std::move(engine);
    contracts_ = std::make_unique<maturity::ViewedContracts>(ledger_.log(), merkle::Sha256,
                                                             way_.contracts_max);
  }

  void Publish(TreeSize size) {
    ledger_.Publish(size);
    ASSERT_OK(AwaitApplied(*engine_, "maturity", size));
  }

  void Rebuild() { ASSERT_OK(RebuildAndWait(*engine_, "maturity")); }

  void ExpectAnswer(const Asked& asked, const std::string& expected) {
    ASSERT_OK_AND_ASSIGN(const Digest root, ledger_.log().RootAt(asked.known));
    const auto view = engine_->Serving("maturity");
    ASSERT_OK(view);
    std::string answer;
    ASSERT_OK(contracts_->Ask(**view, asked.contract, [&](const maturity::ViewedContract& found) {
      answer = AnswersText(found.state, asked, root);
      return absl::OkStatus();
    }));
    ASSERT_EQ(answer, expected);
  }

 private:
  const Way& way_;
  const std::string directory_;
  TestLedger& ledger_;
  std::unique_ptr<ProjectionEngine> engine_;
  std::unique_ptr<maturity::ViewedContracts> contracts_;
};

// The questions that can be asked, each once the events it knows are visible, and all of them at
// the end, after a restart, and after a rebuild.
void Walk(const Way& way, uint64_t seed, Told* told,
          const std::vector<std::pair<Asked, std::string>>& answers) {
  TestLedger& ledger = told->ledger;
  ledger.Reopen(TreeSize{0});
  WayOfEvents events(way, absl::StrCat(ledger.views_directory(), "-", &way - kWays), &ledger);
  ASSERT_NO_FATAL_FAILURE(events.Open());
  const auto expect_all = [&](uint64_t above, uint64_t size) {
    for (const auto& [asked, expected] : answers) {
      if (asked.known.value <= above || asked.known.value > size) continue;
      SCOPED_TRACE(absl::StrCat(Trace(seed, asked), ", ", way.name, ", ", size, " applied"));
      ASSERT_NO_FATAL_FAILURE(events.ExpectAnswer(asked, expected));
    }
  };
  for (uint64_t size = 0; size < ledger.size().value;) {
    const uint64_t before = size;
    size = std::min(size + way.published_at_once, ledger.size().value);
    ASSERT_NO_FATAL_FAILURE(events.Publish(TreeSize{size}));
    ASSERT_NO_FATAL_FAILURE(expect_all(before, size));
  }
  const uint64_t size = ledger.size().value;
  ASSERT_NO_FATAL_FAILURE(expect_all(0, size));
  ASSERT_NO_FATAL_FAILURE(events.Open());
  ASSERT_NO_FATAL_FAILURE(expect_all(0, size));
  if (!way.rebuilt) return;
  ASSERT_NO_FATAL_FAILURE(events.Rebuild());
  ASSERT_NO_FATAL_FAILURE(expect_all(0, size));
}

TEST(Knowledge, BatchesEvictionRestartsAndRebuildsMakeNoDifference) {
  for (uint64_t seed = 201; seed <= 206; ++seed) {
    Told told(seed, 160);
    std::vector<std::pair<Asked, std::string>> answers;
    for (int i = 0; i < 24; ++i) {
      const Asked asked{i % 3 == 0 ? "B" : "A", told.AnyDay(), told.AnyKnown()};
      ASSERT_OK_AND_ASSIGN(const Digest root, told.ledger.log().RootAt(asked.known));
      const ContractState then = FoldAll(told.ledger.log(), asked.contract, asked.known);
      // A contract that is not registered yet has no answers.
      if (then.registration) answers.emplace_back(asked, AnswersText(then, asked, root));
    }
    for (const Way& way : kWays) ASSERT_NO_FATAL_FAILURE(Walk(way, seed, &told, answers));
  }
}

}  // namespace
}  // namespace waymark::test
