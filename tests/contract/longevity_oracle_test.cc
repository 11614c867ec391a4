// The fast longevity against the slow one, and what must be true of any answer, over random
// histories.
#include "tests/contract/longevity_oracle.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/base/civil_day.h"
#include "ledger/contract/longevity.h"
#include "ledger/contract/months.h"
#include "tests/contract/random_history.h"

namespace waymark {
namespace {

using test::AskOracle;
using test::OracleAnswer;
using test::OracleDay;
using test::OracleQuestion;
using test::RandomHistory;

// Everything an answer says, in one text, so that two answers are compared at once and a difference
// can be read.
std::string Text(absl::CivilDay day) { return FormatDay(day); }
std::string Text(int number) { return std::to_string(number); }
template <typename T>
std::string Text(const std::optional<T>& value) {
  return value ? Text(*value) : "none";
}
template <typename AnySpan>
std::string SpanText(const std::optional<AnySpan>& span) {
  if (!span) return "none";
  return Text(span->since) + ".." + Text(span->through) + " " + Text(span->months) + "m " +
         Text(span->days) + "d net " + Text(span->net_days);
}
template <typename AnyLapse>
std::string LapsesText(const std::vector<AnyLapse>& lapses) {
  std::string text;
  for (const AnyLapse& lapse : lapses) {
    text += " [" + Text(lapse.first) + ".." + Text(lapse.last) + " " + Text(lapse.days) +
            (lapse.bridged ? " bridged]" : "]");
  }
  return text;
}

const char* const kStateWords[] = {"UNDETERMINED", "STALE", "DISPUTED", "DETERMINED"};

std::string Text(const HeldDay& held) {
  return std::string(kStateWords[static_cast<int>(held.state)]) + " L" +
         Text(held.level.value_or(-1)) + " at " +
         (held.determination ? std::to_string(held.determination->value) : "-1") +
         (held.covered ? " covered" : "") + (held.counted ? " counted" : "") +
         (held.disputed ? " disputed" : "") + (held.evidence_expired ? " expired" : "") +
         " explained " + Text(held.explained);
}
std::string Text(const OracleDay& day) {
  return day.state + " L" + Text(day.level) + " at " + std::to_string(day.determination) +
         (day.covered ? " covered" : "") + (day.counted ? " counted" : "") +
         (day.disputed ? " disputed" : "") + (day.evidence_expired ? " expired" : "") +
         " explained " + Text(day.explained);
}

std::string Text(const Longevity& answer) {
  const RunFacts& facts = answer.facts;
  std::string text =
      "answered on " + Text(answer.answered_on) + "\nended " + Text(answer.flags.contract_ended) +
      "\nheld " + Text(answer.held) + "\nsustained " + SpanText(answer.numbers.sustained) +
      "\nas known " + SpanText(answer.numbers.sustained_as_known) + "\ndemonstrated " +
      SpanText(answer.numbers.demonstrated) + "\nlast run " + SpanText(facts.last_run) +
      "\nspell " + SpanText(answer.spell) + "\ncumulative " + Text(facts.cumulative_days) +
      "\ncounted " + Text(facts.counted_days) + "\nheld since " + Text(facts.held_since) +
      "\npaused " + Text(facts.paused_since) + "\nstale " + Text(answer.stale_since) +
      "\nexpired " + Text(answer.evidence_expired_since) + "\nlapses" + LapsesText(facts.lapses) +
      "\nundetermined" + LapsesText(facts.undetermined) + "\nrests on";
  for (const Position position : answer.rests_on) text += " " + std::to_string(position.value);
  return text;
}
std::string Text(const OracleAnswer& answer) {
  std::string text =
      "answered on " + Text(answer.answered_on) + "\nended " + Text(answer.contract_ended) +
      "\nheld " + Text(answer.days.empty() ? OracleDay{} : answer.days.back()) + "\nsustained " +
      SpanText(answer.sustained) + "\nas known " + SpanText(answer.sustained_as_known) +
      "\ndemonstrated " + SpanText(answer.demonstrated) + "\nlast run " +
      SpanText(answer.last_run) + "\nspell " + SpanText(answer.spell) + "\ncumulative " +
      Text(answer.cumulative_days) + "\ncounted " + Text(answer.counted_days) + "\nheld since " +
      Text(answer.held_since) + "\npaused " + Text(answer.paused_since) + "\nstale " +
      Text(answer.stale_since) + "\nexpired " + Text(answer.evidence_expired_since) + "\nlapses" +
      LapsesText(answer.lapses) + "\nundetermined" + LapsesText(answer.undetermined) + "\nrests on";
  for (const uint64_t position : answer.rests_on) text += " " + std::to_string(position);
  return text;
}

// The same question for both.
struct Asked {
  OracleQuestion oracle;
  LongevityQuestion question;
  LevelSide side = LevelSide::kAtOrAbove;
};

Asked Ask(RandomHistory& history) {
  Asked asked;
  OracleQuestion& oracle = asked.oracle;
  oracle.focus = history.AnyFocusCode();
  oracle.level = history.OnceIn(4) ? history.Below(6) : 3;
  oracle.below = history.OnceIn(6);
  oracle.as_of = history.Day();
  oracle.known = history.head().value;
  if (history.OnceIn(2)) oracle.known = history.Below(static_cast<int>(history.head().value) + 1);
  oracle.for_reward = history.OnceIn(5);
  const char* const gap_words[] = {"HOLD", "STALE", "LAPSE"};
  if (history.OnceIn(2)) oracle.gap_policy = gap_words[history.Below(3)];
  if (history.OnceIn(3)) oracle.evidence_expiry = history.OnceIn(3) ? "FLAG" : "STRICT";
  if (history.OnceIn(2)) oracle.grace_days = history.Below(31);

  asked.side = oracle.below ? LevelSide::kBelow : LevelSide::kAtOrAbove;
  asked.question = {.focus = oracle.focus, .as_of = oracle.as_of, .known = TreeSize{oracle.known}};
  CountingRules& rules = asked.question.rules;
  rules.for_reward = oracle.for_reward;
  if (!oracle.gap_policy.empty()) rules.gap_policy = GapPolicyFromText(oracle.gap_policy);
  if (!oracle.evidence_expiry.empty()) {
    rules.evidence_expiry = EvidenceExpiryFromText(oracle.evidence_expiry);
  }
  if (oracle.grace_days >= 0) rules.grace_days = oracle.grace_days;
  return asked;
}

std::string QuestionText(uint64_t seed, const OracleQuestion& q) {
  return "seed " + std::to_string(seed) + ": " + q.focus + (q.below ? " < " : " >= ") +
         Text(q.level) + " as of " + Text(q.as_of) + ", " + std::to_string(q.known) +
         " known, gap \"" + q.gap_policy + "\", expiry \"" + q.evidence_expiry + "\", grace " +
         Text(q.grace_days) + (q.for_reward ? ", reward" : "");
}

// Segments follow each other without hole or overlap, and say of each day what the oracle says.
void CompareTimelines(const Timeline& timeline, const OracleAnswer& expected) {
  absl::CivilDay next = expected.first.value_or(absl::CivilDay());
  size_t days = 0;
  for (const Segment& segment : timeline.segments) {
    ASSERT_EQ(segment.days.first, next);
    ASSERT_LE(segment.days.first, segment.days.last);
    next = segment.days.last + 1;
    for (absl::CivilDay day = segment.days.first; day < next; ++day, ++days) {
      ASSERT_LT(days, expected.days.size());
      ASSERT_EQ(Text(segment.held), Text(expected.days[days])) << Text(day);
    }
  }
  ASSERT_EQ(days, expected.days.size());
}

// How often what was asked about came up, so that a generator gone bland is seen.
struct Seen {
  int asked = 0, sustained = 0, demonstrated_less = 0, as_known_differs = 0, paused = 0,
      resumed = 0;
  int bridged = 0, last_run = 0, undetermined = 0, stale = 0, expired = 0, disputed = 0, ended = 0;
  int mapped = 0, explained = 0;

  void Add(const ContractState& state, const OracleQuestion& question, const OracleAnswer& answer) {
    ++asked;
    sustained += answer.sustained.has_value();
    demonstrated_less += answer.sustained && answer.demonstrated &&
                         answer.demonstrated->days < answer.sustained->days;
    as_known_differs += SpanText(answer.sustained) != SpanText(answer.sustained_as_known);
    paused += answer.paused_since && answer.sustained;
    resumed += answer.sustained && !answer.paused_since &&
               *answer.counted_days > answer.sustained->net_days;
    bridged += answer.sustained && answer.sustained->net_days < answer.sustained->days;
    last_run += answer.last_run.has_value();
    undetermined += !answer.undetermined.empty();
    stale += answer.stale_since.has_value();
    expired += answer.evidence_expired_since.has_value();
    ended += answer.contract_ended;
    if (answer.days.empty()) return;
    const OracleDay& last = answer.days.back();
    disputed += last.disputed;
    explained += last.explained == v1::GAP_REASON_AUTHORITY_DEFAULT;
    for (const Determination& one : state.focuses.at(question.focus).determinations) {
      mapped += static_cast<int64_t>(one.known.position.value) == last.determination &&
                last.level >= 0 && last.level != one.level;
    }
  }
};

void CompareOnce(uint64_t seed, int days_max, int facts_max, Seen& seen) {
  RandomHistory history(seed, days_max, facts_max);
  for (int i = 0; i < 2; ++i) {
    const Asked asked = Ask(history);
    const OracleAnswer expected = AskOracle(history.state(), asked.oracle);
    const LongevityReader reader(history.state(), asked.question);
    ASSERT_EQ(Text(reader.At(asked.oracle.level, asked.side)), Text(expected))
        << QuestionText(seed, asked.oracle);
    ASSERT_NO_FATAL_FAILURE(CompareTimelines(reader.now(), expected))
        << QuestionText(seed, asked.oracle);
    seen.Add(history.state(), asked.oracle, expected);
  }
}

TEST(LongevityOracle, AgreesOnAHundredThousandShortHistories) {
  Seen seen;
  for (uint64_t seed = 1; seed <= 100000; ++seed) {
    ASSERT_NO_FATAL_FAILURE(CompareOnce(seed, 120, 14, seen));
  }
  EXPECT_GT(seen.sustained, seen.asked / 10);
  for (const int times : {seen.demonstrated_less, seen.as_known_differs, seen.paused, seen.resumed,
                          seen.bridged, seen.last_run, seen.undetermined, seen.stale, seen.expired,
                          seen.disputed, seen.ended, seen.mapped, seen.explained}) {
    EXPECT_GT(times, 300);
  }
}

TEST(LongevityOracle, AgreesOnLongHistoriesWithManyFacts) {
  Seen seen;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    ASSERT_NO_FATAL_FAILURE(CompareOnce(seed, 3000, 120, seen));
  }
  EXPECT_GT(seen.sustained, 10);
}

TEST(LongevityProperties, DemonstratedIsNeverLongerThanSustainedWithoutGrace) {
  for (uint64_t seed = 1; seed <= 5000; ++seed) {
    RandomHistory history(seed);
    Asked asked = Ask(history);
    asked.question.rules.grace_days = 0;
    const ThreeNumbers numbers =
        FindLongevity(history.state(), asked.question, asked.oracle.level).numbers;
    if (!numbers.demonstrated) continue;
    ASSERT_TRUE(numbers.sustained) << QuestionText(seed, asked.oracle);
    ASSERT_GE(numbers.demonstrated->since, numbers.sustained->since)
        << QuestionText(seed, asked.oracle);
    ASSERT_EQ(numbers.demonstrated->through, numbers.sustained->through)
        << QuestionText(seed, asked.oracle);
  }
}

// What was answered for a past head is answered for it for ever: later facts change nothing.
TEST(LongevityProperties, AnAnswerForAPastHeadDoesNotChangeWhenMoreIsRecorded) {
  for (uint64_t seed = 1; seed <= 5000; ++seed) {
    RandomHistory history(seed);
    const Asked asked = Ask(history);
    // The same facts without the later ones.
    ContractState past = history.state();
    const auto forget = [&](auto& facts) {
      std::erase_if(facts, [&](const auto& fact) {
        return fact.known.position.value >= asked.question.known.value;
      });
    };
    for (auto& [code, focus] : past.focuses) {
      forget(focus.determinations);
      forget(focus.supersessions);
      forget(focus.gap_explanations);
    }
    for (auto& [id, item] : past.evidence) forget(item.changes);
    for (auto& [id, dispute] : past.disputes) {
      if (dispute.closed && dispute.closed->position.value >= asked.question.known.value) {
        dispute.closed.reset();
      }
    }
    std::erase_if(past.disputes, [&](const auto& dispute) {
      return dispute.second.notified.position.value >= asked.question.known.value;
    });
    if (past.registration &&
        asked.question.known.value <= past.registration->known.position.value) {
      past.registration.reset();
    }
    forget(past.policies);
    forget(past.adoptions);
    forget(past.endings);
    forget(past.extensions);
    ASSERT_EQ(Text(FindLongevity(past, asked.question, asked.oracle.level, asked.side)),
              Text(FindLongevity(history.state(), asked.question, asked.oracle.level, asked.side)))
        << QuestionText(seed, asked.oracle);
  }
}

TEST(LongevityProperties, EveryDayIsAtOrAboveOrBelowOrUnknown) {
  for (uint64_t seed = 1; seed <= 5000; ++seed) {
    RandomHistory history(seed);
    const Asked asked = Ask(history);
    const LongevityReader reader(history.state(), asked.question);
    const DayRange window{asked.oracle.as_of - history.Below(90), asked.oracle.as_of};
    const DayCounts above = CountDays(reader.now().segments, window, {3, LevelSide::kAtOrAbove});
    const DayCounts below = CountDays(reader.now().segments, window, {3, LevelSide::kBelow});
    ASSERT_EQ(above.on_side + above.off_side + above.unknown,
              DaysFromTo(window.first, window.last));
    ASSERT_EQ(above, (DayCounts{below.off_side, below.on_side, below.unknown}));
  }
}

TEST(LongevityProperties, ASetIsHeldOnTheDaysOnWhichEveryMemberIs) {
  int with_a_run = 0;
  for (uint64_t seed = 1; seed <= 20000; ++seed) {
    RandomHistory history(seed);
    Asked asked = Ask(history);
    asked.oracle.below = false;
    asked.oracle.grace_days = 0;
    asked.question.rules.grace_days = 0;
    const int level = history.Between(1, 2);
    const SetLongevity set =
        FindLongevityOfAll(history.state(), history.focuses(), asked.question, level);
    std::optional<absl::CivilDay> since, through;
    bool every_member_has_a_run = true;
    for (const std::string& focus : history.focuses()) {
      OracleQuestion one = asked.oracle;
      one.focus = focus;
      one.level = level;
      const OracleAnswer answer = AskOracle(history.state(), one);
      every_member_has_a_run &= answer.sustained.has_value();
      if (!answer.sustained) continue;
      since = std::max(since.value_or(absl::CivilDay::min()), answer.sustained->since);
      through = std::min(through.value_or(absl::CivilDay::max()), answer.sustained->through);
    }
    const bool expect_run = every_member_has_a_run && *since <= *through;
    ASSERT_EQ(set.numbers.sustained.has_value(), expect_run) << QuestionText(seed, asked.oracle);
    if (!expect_run) continue;
    ++with_a_run;
    ASSERT_EQ(set.numbers.sustained->since, *since) << QuestionText(seed, asked.oracle);
    ASSERT_EQ(set.numbers.sustained->through, *through) << QuestionText(seed, asked.oracle);
    ASSERT_EQ(set.numbers.sustained->days, set.numbers.sustained->net_days);
  }
  EXPECT_GT(with_a_run, 500);
}

}  // namespace
}  // namespace waymark
