// The answers of MaturityService against a slow path that folds every event of a contract, evidence
// and all, for each question: at any as_of and known_at, while the ledger grows, after a rebuild
// and on a cold cache.
#include "projections/maturity/queries.h"

#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/evolve.h"
#include "ledger/contract/longevity.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/target_status.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/maturity_projection.h"
#include "tests/projections/asked_ledger.h"
#include "tests/projections/contract_events.h"
#include "tests/projections/test_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Text(const google::protobuf::Message& message) { return message.ShortDebugString(); }

class QueriesTest : public ::testing::Test {
 protected:
  void Open() {
    queries_.reset();
    engine_.reset();
    std::vector<std::unique_ptr<Projection>> projections;
    projections.push_back(std::make_unique<maturity::MaturityProjection>());
    ProjectionEngineOptions options;
    options.store.disk_reserve_bytes = 0;
    options.follower.reading = {5, 1 << 20};
    options.follower.following_events_max = 7;
    options.follower.catching_up_events_max = 19;
    auto engine = ProjectionEngine::Open(ledger_.views_directory(), ledger_.log(), ledger_.head(),
                                         std::move(projections), options);
    ASSERT_OK(engine);
    engine_ = *std::move(engine);
    queries_ = std::make_unique<maturity::Queries>(*engine_, ledger_.log(), merkle::Sha256);
  }

  void Publish() {
    ledger_.Publish();
    ASSERT_OK(AwaitApplied(*engine_, "maturity", ledger_.size()));
  }

  template <typename Request>
  Request Ask(const std::string& contract_id, std::optional<absl::CivilDay> as_of = {},
              std::optional<TreeSize> known = {}) {
    Request request;
    v1::Question* const question = request.mutable_question();
    question->set_contract_id(contract_id);
    if (as_of) *question->mutable_as_of() = ToDate(*as_of);
    if (known && known->value > 0) question->mutable_known_at()->set_position(known->value - 1);
    // Nothing is known at the beginning of time.
    if (known && known->value == 0) question->mutable_known_at()->mutable_instant()->set_seconds(0);
    return request;
  }

  v1::GetLongevityRequest Longevity(const std::string& focus, uint32_t level, absl::CivilDay as_of,
                                    std::optional<TreeSize> known = {}) {
    auto request = Ask<v1::GetLongevityRequest>("A", as_of, known);
    request.add_focuses(focus);
    request.set_level(level);
    return request;
  }

  // A ledger with contract A registered and its matrix adopted, from 2024-04-01.
  void Begin() {
    Open();
    ledger_.SetNow(On(2024, 4, 1));
    for (const char* contract : {"A", "B"}) {
      ledger_.Append(contract, Registered());
      ledger_.Append(contract, Drafted());
      ledger_.Append(contract, Adopted(On(2024, 4, 1)));
    }
  }

  // Compares every answer at one (as_of, known) with what the slow path says.
  void ExpectSlowAnswers(const std::string& contract, absl::CivilDay as_of, TreeSize known) {
    SCOPED_TRACE(absl::StrCat(contract, " as of ", FormatDay(as_of), " known ", known.value));
    const ContractState all = FoldAll(ledger_.log(), contract, ledger_.size());
    ExpectSlowLongevity(contract, all, as_of, known);
    ExpectSlowStandings(contract, all, as_of, known);
    // What was known is a prefix: later events must make no difference, whatever they say of
    // earlier days.
    ContractState then = FoldAll(ledger_.log(), contract, known);
    then.time_zone = all.time_zone;
    if (then.registration) ExpectSlowLongevity(contract, then, as_of, known);
  }

  void ExpectSlowLongevity(const std::string& contract, const ContractState& state,
                           absl::CivilDay as_of, TreeSize known) {
    for (const char* focus : {"PI-CS", "SE-AM"}) {
      const int level = static_cast<int>(random_() % 6);
      auto request = Ask<v1::GetLongevityRequest>(contract, as_of, known);
      request.add_focuses(focus);
      request.set_level(static_cast<uint32_t>(level));
      CountingRules rules;
      if (random_() % 2 == 0) {
        request.set_gap_policy("STALE");
        request.set_evidence_expiry("STRICT");
        request.set_grace_days(10);
        rules = {.gap_policy = GapPolicy::kStale,
                 .evidence_expiry = EvidenceExpiry::kStrict,
                 .grace_days = 10};
      }
      ASSERT_OK_AND_ASSIGN(const v1::GetLongevityReply reply,
                           queries_->GetLongevity(request, ledger_.now()));
      const v1::FocusLongevity slow = maturity::ToFocusLongevity(
          focus, level,
          FindLongevity(state, {.focus = focus, .as_of = as_of, .known = known, .rules = rules},
                        level));
      ASSERT_EQ(reply.focuses_size(), 1);
      ASSERT_EQ(Text(reply.focuses(0)), Text(slow));
      ASSERT_EQ(reply.basis().known(), known.value);
    }
  }

  void ExpectSlowStandings(const std::string& contract, const ContractState& state,
                           absl::CivilDay as_of, TreeSize known) {
    ASSERT_OK_AND_ASSIGN(const v1::GetStandingsReply reply,
                         queries_->GetStandings(
                             Ask<v1::GetStandingsRequest>(contract, as_of, known), ledger_.now()));
    for (const v1::FocusStanding& standing : reply.standings()) {
      const LongevityReader reader(state,
                                   {.focus = standing.focus(), .as_of = as_of, .known = known});
      const auto slow = FindStanding(reader);
      EXPECT_EQ(standing.state(), maturity::StateWord(slow.held.state));
      EXPECT_EQ(standing.has_level(), slow.held.level.has_value());
      EXPECT_EQ(Text(standing.numbers()), Text(maturity::ToThreeNumbers(slow.numbers)));
      const auto target = FindTargetStanding(state, standing.focus(), as_of, known);
      EXPECT_EQ(standing.has_target(), target.has_value());
      if (target) {
        EXPECT_EQ(Text(standing.target()), Text(maturity::ToTargetStanding(*target)));
      }
      const FocusHistory* const history = FindHistory(state, standing.focus());
      const ConditionFinding* const condition =
          history == nullptr ? nullptr : FindCondition(*history, as_of, Knowledge{known});
      EXPECT_EQ(standing.has_condition(), condition != nullptr);
      if (condition != nullptr) {
        EXPECT_EQ(Text(standing.condition()), Text(maturity::ToConditionStanding(*condition)));
      }
    }
  }

  std::mt19937_64 random_{42};
  TestLedger ledger_;
  std::unique_ptr<ProjectionEngine> engine_;
  std::unique_ptr<maturity::Queries> queries_;
};

TEST_F(QueriesTest, EveryAnswerIsThatOfAFoldOfAllEvents) {
  Open();
  RandomContract a("A", 1), b("B", 2);
  for (int step = 0; step < 240; ++step) {
    (random_() % 3 == 0 ? b : a).AppendNext(&ledger_);
    ASSERT_NO_FATAL_FAILURE(Publish());
    if (step < 20 || step % 6 != 0) continue;
    for (int i = 0; i < 3; ++i) {
      const TreeSize known{random_() % (ledger_.size().value + 1)};
      ExpectSlowAnswers("A", std::min(a.AnyDay(), absl::CivilDay(a.today())), known);
    }
    ExpectSlowAnswers("B", std::min(b.AnyDay(), absl::CivilDay(b.today())), ledger_.size());
    if (HasFatalFailure() || HasNonfatalFailure()) return;
    if (step % 60 == 0) {
      ASSERT_OK(RebuildAndWait(*engine_, "maturity"));
    }
    if (step % 90 == 0) {
      ASSERT_NO_FATAL_FAILURE(Open());
    }
  }
}

TEST_F(QueriesTest, ConditionsAndChangedTargetsAreThoseOfAFoldOfAllEvents) {
  Begin();
  absl::CivilDay today = On(2024, 4, 1);
  ledger_.Append("A", Target("PI-CS", 3, On(2025, 3, 31)));
  for (int step = 0; step < 60; ++step) {
    ledger_.SetNow(today += static_cast<int>(random_() % 10));
    const absl::CivilDay first = today - static_cast<int>(random_() % 90);
    const bool heads = random_() % 2 == 0;
    if (random_() % 2 == 0) {
      ledger_.Append("A", FoundMet("CR-FR", heads, first, first + random_() % 30));
    } else {
      const auto level = heads ? std::optional<uint32_t>(step % 6) : std::nullopt;
      ledger_.Append("A", Retargeted("PI-CS", level, first + 60));
    }
    ASSERT_NO_FATAL_FAILURE(Publish());
    const absl::CivilDay as_of = std::min(today, first + static_cast<int>(random_() % 60));
    ExpectSlowAnswers("A", as_of, TreeSize{random_() % (ledger_.size().value + 1)});
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
}

TEST_F(QueriesTest, LateChangesOfMandatoryEvidenceReachAWarmState) {
  Begin();
  ledger_.SetNow(On(2024, 5, 1));
  ledger_.Append("A", Evidence("E1", {"PI-CS"}, On(2025, 4, 30)));
  ledger_.Append("A", Determined("PI-CS", 3, On(2024, 5, 1), "E1"));
  ledger_.SetNow(On(2025, 5, 31));
  Publish();
  const auto request = Longevity("PI-CS", 3, On(2025, 5, 31));
  ASSERT_OK_AND_ASSIGN(const v1::GetLongevityReply before,
                       queries_->GetLongevity(request, ledger_.now()));
  EXPECT_THAT(before.focuses(0).flags(), ElementsAre("EVIDENCE_EXPIRED"));
  EXPECT_EQ(Text(before.focuses(0).evidence_expired_since()), "year: 2025 month: 5 day: 1");
  EXPECT_EQ(before.focuses(0).numbers().sustained().months(), 13u);
  const TreeSize then = ledger_.size();
  ledger_.Append("A", Changed("E1", v1::EVIDENCE_CHANGE_RENEWED, On(2025, 5, 1), On(2026, 4, 30)));
  Publish();
  ASSERT_OK_AND_ASSIGN(const v1::GetLongevityReply after,
                       queries_->GetLongevity(request, ledger_.now()));
  EXPECT_THAT(after.focuses(0).flags(), IsEmpty());
  // What was known before the renewal never changes.
  auto as_known = Longevity("PI-CS", 3, On(2025, 5, 31), then);
  ASSERT_OK_AND_ASSIGN(const v1::GetLongevityReply still,
                       queries_->GetLongevity(as_known, ledger_.now()));
  EXPECT_EQ(Text(still.focuses(0)), Text(before.focuses(0)));
}

TEST_F(QueriesTest, StandingsNameLevelTargetAndWhatTheyRestOn) {
  Begin();
  ledger_.SetNow(On(2025, 3, 31));
  ledger_.Append("A", Target("PI-CS", 3, On(2025, 3, 31)));
  ledger_.SetNow(On(2025, 5, 6));
  auto event = Determined("PI-CS", 3, On(2025, 3, 31));
  *event.mutable_decided_on() = ToDate(On(2025, 5, 6));
  const Position determined = ledger_.Append("A", event);
  auto provisional = Determined("SE-AM", 2, On(2025, 4, 1));
  provisional.set_provisional(true);
  ledger_.Append("A", provisional);
  Publish();
  auto request = Ask<v1::GetStandingsRequest>("A", On(2025, 4, 30));
  ASSERT_OK_AND_ASSIGN(v1::GetStandingsReply reply, queries_->GetStandings(request, ledger_.now()));
  ASSERT_EQ(reply.standings_size(), 3);
  EXPECT_EQ(reply.title(), "Highways of X");
  const v1::FocusStanding& customer = reply.standings(0);
  EXPECT_EQ(customer.focus(), "PI-CS");
  EXPECT_EQ(customer.name(), "Focus PI-CS");
  EXPECT_EQ(customer.category(), "PI");
  EXPECT_EQ(customer.level(), 3u);
  EXPECT_EQ(customer.determined_at(), determined.value);
  EXPECT_EQ(customer.target().status(), v1::TARGET_STATUS_MET);
  EXPECT_EQ(customer.target().decided_after_days(), 36);
  EXPECT_EQ(customer.target().words(), "by March");
  const v1::FocusStanding& assets = reply.standings(1);
  EXPECT_EQ(assets.state(), v1::LEVEL_STATE_UNDETERMINED);
  EXPECT_FALSE(assets.has_level());
  EXPECT_FALSE(assets.has_target());
  EXPECT_EQ(assets.provisional_level(), 2u);
  EXPECT_EQ(reply.standings(2).kind(), v1::FOCUS_KIND_UNASSIGNED);
  const v1::Basis& basis = reply.basis();
  EXPECT_EQ(basis.ledger(), kTestLedgerId);
  EXPECT_EQ(basis.contract_id(), "A");
  EXPECT_EQ(basis.known(), ledger_.size().value);
  EXPECT_EQ(basis.applied(), ledger_.size().value);
  EXPECT_EQ(basis.projection(), "maturity/3");
  EXPECT_EQ(basis.matrix_version(), Adopted(On(2024, 4, 1)).version());
  EXPECT_TRUE(basis.rehearsal());
  EXPECT_EQ(basis.time_zone(), "Europe/London");
  // A choice of focuses, in the order asked.
  request.add_focuses("SE-AM");
  request.add_focuses("PI-CS");
  ASSERT_OK_AND_ASSIGN(reply, queries_->GetStandings(request, ledger_.now()));
  ASSERT_EQ(reply.standings_size(), 2);
  EXPECT_EQ(reply.standings(0).focus(), "SE-AM");
}

TEST_F(QueriesTest, StandingsShowAConditionByPeriodAndATargetAsItWasChanged) {
  Begin();
  ledger_.SetNow(On(2024, 7, 5));
  ledger_.Append("A", Target("PI-CS", 3, On(2025, 3, 31)));
  ledger_.Append("A", FoundMet("CR-FR", true, On(2024, 4, 1), On(2024, 6, 30)));
  ledger_.Append("A", Measured(On(2024, 7, 5)));
  ledger_.SetNow(On(2024, 10, 5));
  const Position not_met =
      ledger_.Append("A", FoundMet("CR-FR", false, On(2024, 7, 1), On(2024, 9, 30)));
  const Position changed = ledger_.Append("A", Retargeted("PI-CS", 4, On(2026, 3, 31)));
  ledger_.SetNow(On(2025, 1, 10));
  ledger_.Append("A", Retargeted("PI-CS", {}, On(2026, 3, 31)));
  Publish();
  const auto ask = [&](absl::CivilDay as_of) {
    auto request = Ask<v1::GetStandingsRequest>("A", as_of);
    request.add_focuses("CR-FR");
    request.add_focuses("PI-CS");
    return *queries_->GetStandings(request, ledger_.now());
  };
  const auto summer = ask(On(2024, 6, 30)), autumn = ask(On(2024, 10, 31));
  EXPECT_TRUE(summer.standings(0).condition().met());
  EXPECT_EQ(Text(summer.standings(0).condition().period().last()), Text(ToDate(On(2024, 6, 30))));
  EXPECT_FALSE(autumn.standings(0).condition().met());
  EXPECT_EQ(autumn.standings(0).condition().position(), not_met.value);
  EXPECT_FALSE(autumn.standings(1).has_condition());
  EXPECT_EQ(summer.standings(1).target().level(), 3u);
  EXPECT_EQ(autumn.standings(1).target().level(), 4u);
  EXPECT_EQ(autumn.standings(1).target().position(), changed.value);
  EXPECT_FALSE(ask(On(2025, 1, 10)).standings(1).has_target());
}

TEST_F(QueriesTest, KnownAtTakesAPositionADayOrAnInstant) {
  Begin();
  // 23:30 in London, on the last day of summer time's first day; 22:30 UTC.
  ledger_.SetNow(UnixMicros{1743460200000000});  // 2025-03-31T22:30:00Z
  const Position first = ledger_.Append("A", Determined("PI-CS", 2, On(2025, 3, 1)));
  ledger_.SetNow(UnixMicros{1743463800000000});  // 2025-03-31T23:30:00Z, which is 1 April in London
  const Position second = ledger_.Append("A", Determined("PI-CS", 3, On(2025, 3, 2)));
  ledger_.SetNow(On(2025, 6, 1));
  Publish();
  const auto known = [&](const v1::KnownAt& at) {
    auto request = Ask<v1::GetTimelineRequest>("A", On(2025, 4, 1));
    request.set_focus("PI-CS");
    *request.mutable_question()->mutable_known_at() = at;
    auto reply = queries_->GetTimeline(request, ledger_.now());
    EXPECT_OK(reply);
    EXPECT_EQ(static_cast<uint64_t>(reply->history_size()),
              reply->basis().known() < second.value
                  ? (reply->basis().known() > first.value ? 1u : 0u)
                  : (reply->basis().known() > second.value ? 2u : 1u));
    return reply->basis().known();
  };
  v1::KnownAt at;
  at.set_position(first.value);
  EXPECT_EQ(known(at), first.value + 1);
  *at.mutable_day() = ToDate(On(2025, 3, 31));
  EXPECT_EQ(known(at), first.value + 1);
  *at.mutable_day() = ToDate(On(2025, 4, 1));
  EXPECT_EQ(known(at), second.value + 1);
  *at.mutable_day() = ToDate(On(2020, 1, 1));
  EXPECT_EQ(known(at), 0u);
  at.mutable_instant()->set_seconds(1743463800);
  EXPECT_EQ(known(at), second.value + 1);
  at.mutable_instant()->set_seconds(1743463799);
  at.mutable_instant()->set_nanos(999999999);
  EXPECT_EQ(known(at), first.value + 1);
  EXPECT_EQ(known(v1::KnownAt()), ledger_.size().value);
}

TEST_F(QueriesTest, TheTimelineKeepsWhatWasSuperseded) {
  Begin();
  ledger_.SetNow(On(2025, 1, 1));
  const Position old = ledger_.Append("A", Determined("PI-CS", 2, On(2025, 1, 1)));
  ledger_.SetNow(On(2025, 1, 20));
  auto event = Determined("PI-CS", 3, On(2025, 1, 1));
  event.add_supersedes()->set_position(old.value);
  event.set_ground(v1::GROUND_ERROR);
  const Position correction = ledger_.Append("A", event);
  ledger_.Append("A", Disputed("D1", correction));
  ledger_.SetNow(On(2025, 2, 1));
  Publish();
  auto request = Ask<v1::GetTimelineRequest>("A", On(2025, 1, 31));
  request.set_focus("PI-CS");
  ASSERT_OK_AND_ASSIGN(v1::GetTimelineReply reply, queries_->GetTimeline(request, ledger_.now()));
  ASSERT_EQ(reply.history_size(), 2);
  EXPECT_EQ(reply.history(0).superseded_by(), correction.value);
  EXPECT_EQ(reply.history(0).superseded_on_ground(), v1::GROUND_ERROR);
  EXPECT_FALSE(reply.history(1).has_superseded_by());
  EXPECT_TRUE(reply.history(1).disputed());
  ASSERT_EQ(reply.segments_size(), 1);
  EXPECT_EQ(reply.segments(0).level(), 3u);
  EXPECT_EQ(reply.segments(0).state(), v1::LEVEL_STATE_DISPUTED);
  EXPECT_FALSE(reply.segments(0).has_last());
  // As known before the correction.
  request.mutable_question()->mutable_known_at()->set_position(old.value);
  ASSERT_OK_AND_ASSIGN(reply, queries_->GetTimeline(request, ledger_.now()));
  ASSERT_EQ(reply.history_size(), 1);
  EXPECT_FALSE(reply.history(0).has_superseded_by());
  EXPECT_EQ(reply.segments(0).level(), 2u);
}

TEST_F(QueriesTest, AMatrixIsFoundInForceOrByItsHashAsKnown) {
  Begin();
  ledger_.SetNow(On(2025, 4, 1));
  const TreeSize before = ledger_.size();
  const Position drafted = ledger_.Append("A", Drafted("v2"));
  const Position adopted = ledger_.Append("A", Adopted(On(2025, 5, 1), "v2"));
  ledger_.SetNow(On(2025, 6, 1));
  Publish();
  ASSERT_OK_AND_ASSIGN(
      v1::GetMatrixReply reply,
      queries_->GetMatrix(Ask<v1::GetMatrixRequest>("A", On(2025, 4, 30)), ledger_.now()));
  EXPECT_EQ(reply.matrix().version_id(), "v1");
  ASSERT_OK_AND_ASSIGN(
      reply, queries_->GetMatrix(Ask<v1::GetMatrixRequest>("A", On(2025, 5, 1)), ledger_.now()));
  EXPECT_EQ(reply.matrix().version_id(), "v2");
  EXPECT_EQ(reply.drafted_at(), drafted.value);
  EXPECT_EQ(reply.adopted_at(), adopted.value);
  EXPECT_EQ(reply.version(), Adopted(On(2025, 5, 1), "v2").version());
  auto by_hash = Ask<v1::GetMatrixRequest>("A", On(2025, 5, 1), SizeThrough(drafted));
  by_hash.set_version(reply.version());
  ASSERT_OK_AND_ASSIGN(reply, queries_->GetMatrix(by_hash, ledger_.now()));
  EXPECT_FALSE(reply.has_adopted_at());
  by_hash.mutable_question()->mutable_known_at()->set_position(before.value - 1);
  EXPECT_THAT(queries_->GetMatrix(by_hash, ledger_.now()), RefusedWith("MATRIX_VERSION_UNKNOWN"));
  EXPECT_THAT(queries_->GetMatrix(Ask<v1::GetMatrixRequest>("A", On(2024, 3, 31)), ledger_.now()),
              RefusedWith("MATRIX_VERSION_UNKNOWN"));
}

TEST_F(QueriesTest, ASetOfFocusesWaitsForItsLastMember) {
  Begin();
  ledger_.SetNow(On(2025, 6, 30));
  ledger_.Append("A", Determined("PI-CS", 3, On(2024, 7, 1)));
  ledger_.Append("A", Determined("SE-AM", 4, On(2025, 1, 1)));
  Publish();
  auto request = Longevity("PI-CS", 3, On(2025, 6, 30));
  request.add_focuses("SE-AM");
  ASSERT_OK_AND_ASSIGN(const v1::GetLongevityReply reply,
                       queries_->GetLongevity(request, ledger_.now()));
  EXPECT_EQ(reply.all().sustained().months(), 6u);
  EXPECT_EQ(reply.all().sustained().days(), 181u);
  EXPECT_EQ(reply.limiting_focus(), "SE-AM");
  EXPECT_EQ(reply.focuses(0).numbers().sustained().months(), 12u);
  EXPECT_EQ(reply.gap_policy(), "HOLD");
  EXPECT_EQ(reply.evidence_expiry(), "FLAG");
  EXPECT_EQ(reply.grace_days(), 0u);
  EXPECT_EQ(reply.level(), 3u);
}

TEST_F(QueriesTest, RefusesWhatCannotBeAnswered) {
  Begin();
  Publish();
  const UnixMicros now = ledger_.now();
  const auto standings = [&](auto change) {
    auto request = Ask<v1::GetStandingsRequest>("A");
    change(&request);
    return queries_->GetStandings(request, now).status();
  };
  EXPECT_OK(standings([](auto*) {}));
  EXPECT_THAT(standings([](auto* r) { r->mutable_question()->clear_contract_id(); }),
              RefusedWith("FIELD_MISSING"));
  EXPECT_THAT(
      standings([](auto* r) { r->mutable_question()->set_contract_id(std::string(65, 'x')); }),
      RefusedWith("FIELD_TOO_LONG"));
  EXPECT_THAT(standings([](auto* r) { r->mutable_question()->set_contract_id("Z"); }),
              RefusedWith("CONTRACT_UNKNOWN"));
  EXPECT_THAT(standings([](auto* r) { r->mutable_question()->set_contract_id("_ledger"); }),
              RefusedWith("CONTRACT_UNKNOWN"));
  EXPECT_THAT(standings([](auto* r) { r->set_provider("P1"); }),
              RefusedWith("CROSS_CONTRACT_LEVEL"));
  EXPECT_THAT(standings([](auto* r) {
                r->mutable_question()->clear_contract_id();
                r->set_provider("P1");
              }),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(standings([](auto* r) { r->add_focuses("PI-XX"); }), RefusedWith("FOCUS_UNKNOWN"));
  EXPECT_THAT(standings([](auto* r) {
                for (int i = 0; i < 65; ++i) r->add_focuses("PI-CS");
              }),
              RefusedWith("TOO_MANY_FOCUSES"));
  EXPECT_THAT(standings([](auto* r) { r->mutable_question()->mutable_as_of()->set_month(13); }),
              RefusedWith("DATE_INVALID"));
  EXPECT_THAT(
      standings([](auto* r) { *r->mutable_question()->mutable_as_of() = ToDate(On(2024, 4, 2)); }),
      RefusedWith("AS_OF_IN_FUTURE"));
  EXPECT_THAT(standings([&](auto* r) {
                r->mutable_question()->mutable_known_at()->set_position(ledger_.size().value);
              }),
              RefusedWith("KNOWN_AT_BEYOND_HEAD"));
  EXPECT_THAT(standings([](auto* r) {
                r->mutable_question()->mutable_known_at()->mutable_instant()->set_nanos(-1);
              }),
              RefusedWith("INSTANT_INVALID"));
  EXPECT_THAT(standings([](auto* r) {
                r->mutable_question()->mutable_known_at()->mutable_day()->set_day(0);
              }),
              RefusedWith("DATE_INVALID"));

  const auto longevity = [&](auto change) {
    auto request = Longevity("PI-CS", 3, On(2024, 4, 1));
    change(&request);
    return queries_->GetLongevity(request, now).status();
  };
  EXPECT_OK(longevity([](auto*) {}));
  EXPECT_THAT(longevity([](auto* r) { r->set_level(6); }), RefusedWith("LEVEL_OUT_OF_RANGE"));
  EXPECT_THAT(longevity([](auto* r) { r->clear_focuses(); }), RefusedWith("FIELD_MISSING"));
  EXPECT_THAT(longevity([](auto* r) { r->add_focuses("PI-XX"); }), RefusedWith("FOCUS_UNKNOWN"));
  EXPECT_THAT(longevity([](auto* r) { r->set_gap_policy("hold"); }),
              RefusedWith("POLICY_VALUE_INVALID"));
  EXPECT_THAT(longevity([](auto* r) { r->set_evidence_expiry("x"); }),
              RefusedWith("POLICY_VALUE_INVALID"));
  EXPECT_THAT(longevity([](auto* r) { r->set_grace_days(91); }),
              RefusedWith("POLICY_VALUE_INVALID"));
  auto timeline = Ask<v1::GetTimelineRequest>("A");
  EXPECT_THAT(queries_->GetTimeline(timeline, now), RefusedWith("FIELD_MISSING"));
  timeline.set_focus("PI-XX");
  EXPECT_THAT(queries_->GetTimeline(timeline, now), RefusedWith("FOCUS_UNKNOWN"));
}

TEST_F(QueriesTest, WhatIsRecordedButNotAppliedIsNotAnsweredAroundIt) {
  Begin();
  Publish();
  const TreeSize applied = ledger_.size();
  ledger_.Append("A", Determined("PI-CS", 3, On(2024, 4, 1)));
  auto request = Longevity("PI-CS", 3, On(2024, 4, 1), ledger_.size());
  const auto refused = queries_->GetLongevity(request, ledger_.now());
  EXPECT_THAT(refused, RefusedWith("PROJECTION_BEHIND"));
  EXPECT_THAT(ViolationsOf(refused.status())[0].metadata,
              ElementsAre(::testing::Pair("applied", absl::StrCat(applied.value)),
                          ::testing::Pair("needed", absl::StrCat(applied.value + 1))));
  request.mutable_question()->clear_known_at();
  ASSERT_OK_AND_ASSIGN(const v1::GetLongevityReply reply,
                       queries_->GetLongevity(request, ledger_.now()));
  EXPECT_EQ(reply.basis().known(), applied.value);
}

TEST_F(QueriesTest, ADayThatIsNotOverIsKnownAsFarAsMinPositionAsks) {
  Begin();
  Publish();
  const TreeSize applied = ledger_.size();
  ledger_.Append("A", Determined("PI-CS", 3, On(2024, 4, 1)));
  const UnixMicros now = ledger_.now();
  auto today = Longevity("PI-CS", 3, On(2024, 4, 1));
  v1::Question& question = *today.mutable_question();
  const auto by_day = [&] { *question.mutable_known_at()->mutable_day() = ToDate(On(2024, 4, 1)); };
  const auto by_instant = [&] {
    question.mutable_known_at()->mutable_instant()->set_seconds(
        static_cast<int64_t>(now.value / 1000000));
  };
  for (const std::function<void()>& name : {std::function<void()>(by_day), {by_instant}}) {
    name();
    question.clear_min_position();
    EXPECT_THAT(queries_->GetLongevity(today, now), RefusedWith("PROJECTION_BEHIND"));
    question.set_min_position(applied.value);
    EXPECT_THAT(queries_->GetLongevity(today, now), RefusedWith("PROJECTION_BEHIND"));
    question.set_min_position(applied.value - 1);
    ASSERT_OK_AND_ASSIGN(const v1::GetLongevityReply reply, queries_->GetLongevity(today, now));
    EXPECT_EQ(reply.basis().known(), applied.value);
    // Once the moment is over, what was known by it is known for good.
    const UnixMicros tomorrow{now.value + uint64_t{86400} * 1000000};
    EXPECT_THAT(queries_->GetLongevity(today, tomorrow), RefusedWith("PROJECTION_BEHIND"));
  }
  Publish();
  ASSERT_OK_AND_ASSIGN(const v1::GetLongevityReply reply, queries_->GetLongevity(today, now));
  EXPECT_EQ(reply.basis().known(), applied.value + 1);
}

}  // namespace
}  // namespace waymark::test
