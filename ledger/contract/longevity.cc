#include "ledger/contract/longevity.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/contract/months.h"
#include "ledger/contract/policy_history.h"

namespace waymark {
namespace {

int GraceDays(const ContractState& state, absl::CivilDay day, Knowledge knowledge,
              const CountingRules& rules) {
  if (rules.grace_days) return *rules.grace_days;
  int days = 0;
  WAYMARK_CHECK(
      absl::SimpleAtoi(PolicyHistory(state, v1::POLICY_KEY_GRACE_DAYS).On(day, knowledge), &days));
  return days;
}

// First of the unbroken days up to as_of on which the condition is true; absent if it is not on
// as_of.
template <typename Condition>
std::optional<absl::CivilDay> SinceWhen(const std::vector<Segment>& segments, Condition condition) {
  std::optional<absl::CivilDay> since;
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    if (!condition(segment->held)) break;
    since = segment->days.first;
  }
  return since;
}

std::vector<Position> HoldersOf(const std::vector<Segment>& segments, DayRange days) {
  std::set<Position> holders;
  for (const Segment& segment : segments) {
    if (segment.days.last < days.first || segment.days.first > days.last) continue;
    if (segment.held.determination) holders.insert(*segment.held.determination);
  }
  return {holders.begin(), holders.end()};
}

}  // namespace

std::vector<std::string> FlagWords(const Flags& flags) {
  std::vector<std::string> words;
  if (flags.contract_ended) words.push_back("CONTRACT_ENDED");
  if (flags.disputed) words.push_back("DISPUTED");
  if (flags.evidence_expired) words.push_back("EVIDENCE_EXPIRED");
  return words;
}

LongevityReader::LongevityReader(const ContractState& state, LongevityQuestion question)
    : question_(std::move(question)) {
  const FocusFacts facts(state, question_.focus, question_.known, question_.rules);
  now_ = BuildTimeline(facts, absl::CivilDay::max(), question_.as_of);
  answered_on_ = std::min(question_.as_of, now_.contract_last_day.value_or(question_.as_of));
  grace_days_ = GraceDays(state, answered_on_, {question_.known}, question_.rules);
  as_known_grace_days_ =
      GraceDays(state, answered_on_, {question_.known, answered_on_}, question_.rules);
  const bool all_known_then = facts.recorded.empty() || facts.recorded.back() <= answered_on_;
  as_known_ = all_known_then ? now_ : BuildTimeline(facts, answered_on_, answered_on_);
  if (!now_.segments.empty()) {
    as_it_was_known_ = BuildTimelineAsItWasKnown(
        facts, {now_.segments.front().days.first, now_.segments.back().days.last});
  }
}

Longevity LongevityReader::At(int level, LevelSide side) const {
  WAYMARK_CHECK(level >= 0 && level <= kLevelMax);
  Longevity longevity;
  longevity.answered_on = answered_on_;
  if (const HeldDay* held = now_.On(answered_on_)) longevity.held = *held;
  longevity.flags = {.disputed = longevity.held.disputed,
                     .evidence_expired = longevity.held.evidence_expired,
                     .contract_ended = answered_on_ < question_.as_of};
  longevity.facts = FindRuns(now_.segments, answered_on_, {level, side, grace_days_});
  longevity.numbers.sustained = longevity.facts.run;
  longevity.numbers.sustained_as_known =
      FindRuns(as_known_.segments, answered_on_, {level, side, as_known_grace_days_}).run;
  longevity.numbers.demonstrated = Demonstrated(level, side);
  if (side == LevelSide::kAtOrAbove) {
    longevity.spell = FindRuns(now_.segments, answered_on_, {level, LevelSide::kExactly}).run;
  }
  longevity.stale_since =
      SinceWhen(now_.segments, [](const HeldDay& held) { return held.state == HeldState::kStale; });
  longevity.evidence_expired_since =
      SinceWhen(now_.segments, [](const HeldDay& held) { return held.evidence_expired; });
  DayRange read{answered_on_, answered_on_};
  if (longevity.facts.run) read.first = longevity.facts.run->since - 1;
  longevity.rests_on = HoldersOf(now_.segments, read);
  return longevity;
}

RunFacts LongevityReader::RunsOn(absl::CivilDay day, int level) const {
  WAYMARK_CHECK(day <= answered_on_);
  return FindRuns(now_.segments, day, {level, LevelSide::kAtOrAbove, grace_days_});
}

std::optional<Span> LongevityReader::Demonstrated(int level, LevelSide side) const {
  const RunQuestion unbridged{level, side};
  std::optional<Span> run = FindRuns(now_.segments, answered_on_, unbridged).run;
  if (!run) return std::nullopt;
  for (auto segment = as_it_was_known_.rbegin(); segment != as_it_was_known_.rend(); ++segment) {
    if (segment->days.first > run->through || CountsFor(segment->held, unbridged)) continue;
    // The newest day on which the level was not on record.
    const absl::CivilDay since = std::max(run->since, segment->days.last + 1);
    if (segment->days.last >= run->through) return std::nullopt;
    return SpanOf(since, run->through);
  }
  return run;
}

Longevity FindLongevity(const ContractState& state, const LongevityQuestion& question, int level,
                        LevelSide side) {
  return LongevityReader(state, question).At(level, side);
}

namespace {

// Days of the span on which some timeline does not count: those that bridges carry it over.
int BridgedDays(const std::vector<const Timeline*>& timelines, const Span& span,
                const RunQuestion& question) {
  std::vector<DayRange> gaps;
  for (const Timeline* timeline : timelines) {
    for (const Segment& segment : timeline->segments) {
      const DayRange days{std::max(segment.days.first, span.since),
                          std::min(segment.days.last, span.through)};
      if (days.first <= days.last && !CountsFor(segment.held, question)) gaps.push_back(days);
    }
  }
  std::sort(gaps.begin(), gaps.end(),
            [](const DayRange& a, const DayRange& b) { return a.first < b.first; });
  int bridged_days = 0;
  absl::CivilDay next = span.since;
  for (const DayRange& gap : gaps) {
    bridged_days += DaysFromTo(std::max(gap.first, next), gap.last);
    next = std::max(next, gap.last + 1);
  }
  return bridged_days;
}

// The days that all spans share; absent if one is, or if they share none.
std::optional<Span> Shared(const std::vector<std::optional<Span>>& spans,
                           const std::vector<const Timeline*>& timelines,
                           const RunQuestion& question) {
  if (!spans.front()) return std::nullopt;
  Span shared = *spans.front();
  for (const std::optional<Span>& span : spans) {
    if (!span) return std::nullopt;
    shared.since = std::max(shared.since, span->since);
    shared.through = std::min(shared.through, span->through);
  }
  if (shared.through < shared.since) return std::nullopt;
  shared = SpanOf(shared.since, shared.through);
  shared.net_days -= BridgedDays(timelines, shared, question);
  return shared;
}

}  // namespace

SetLongevity FindLongevityOfAll(const ContractState& state, const std::vector<std::string>& focuses,
                                const LongevityQuestion& question, int level) {
  WAYMARK_CHECK(!focuses.empty());
  SetLongevity all;
  std::vector<LongevityReader> readers;
  readers.reserve(focuses.size());
  for (const std::string& focus : focuses) {
    LongevityQuestion of_one = question;
    of_one.focus = focus;
    readers.emplace_back(state, std::move(of_one));
    all.focuses.emplace_back(focus, readers.back().At(level));
  }
  std::vector<const Timeline*> now, as_known;
  std::vector<std::optional<Span>> sustained, sustained_as_known, demonstrated;
  for (size_t i = 0; i < focuses.size(); ++i) {
    now.push_back(&readers[i].now());
    as_known.push_back(&readers[i].as_known());
    const ThreeNumbers& numbers = all.focuses[i].second.numbers;
    sustained.push_back(numbers.sustained);
    sustained_as_known.push_back(numbers.sustained_as_known);
    demonstrated.push_back(numbers.demonstrated);
  }
  const RunQuestion counting{level};
  all.numbers = {.sustained = Shared(sustained, now, counting),
                 .sustained_as_known = Shared(sustained_as_known, as_known, counting),
                 .demonstrated = Shared(demonstrated, now, counting)};
  size_t limiting = 0;
  for (size_t i = 0; i < focuses.size() && sustained[limiting]; ++i) {
    if (!sustained[i] || sustained[i]->since > sustained[limiting]->since) limiting = i;
  }
  all.limiting_focus = focuses[limiting];
  return all;
}

Longevity FindStanding(const LongevityReader& reader) {
  const HeldDay* held = reader.now().On(reader.answered_on());
  return reader.At(held != nullptr ? held->level.value_or(0) : 0);
}

CountingRules RulesInForce(const ContractState& state, const LongevityQuestion& question) {
  const Knowledge knowledge{question.known};
  const absl::CivilDay day =
      std::min(question.as_of, LastContractDay(state, knowledge).value_or(question.as_of));
  CountingRules rules = question.rules;
  const auto policy = [&](v1::PolicyKey key) {
    return PolicyHistory(state, key).On(day, knowledge);
  };
  if (!rules.gap_policy) {
    rules.gap_policy = GapPolicyFromText(
        policy(rules.for_reward ? v1::POLICY_KEY_GAP_POLICY_REWARD : v1::POLICY_KEY_GAP_POLICY));
  }
  if (!rules.evidence_expiry) {
    rules.evidence_expiry = EvidenceExpiryFromText(policy(v1::POLICY_KEY_EVIDENCE_EXPIRY));
  }
  rules.grace_days = GraceDays(state, day, knowledge, rules);
  return rules;
}

}  // namespace waymark
