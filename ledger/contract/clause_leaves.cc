#include "ledger/contract/clause_leaves.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/contract/months.h"
#include "ledger/contract/rule_tree.h"

namespace waymark {
namespace {

constexpr v1::ClauseOutcome kNo = v1::CLAUSE_OUTCOME_NOT_SATISFIED;
constexpr v1::ClauseOutcome kUnknown = v1::CLAUSE_OUTCOME_INDETERMINATE;
constexpr v1::ClauseOutcome kYes = v1::CLAUSE_OUTCOME_SATISFIED;

v1::ClauseOutcome Either(bool satisfied) { return satisfied ? kYes : kNo; }

absl::string_view StateWord(HeldState state) {
  constexpr absl::string_view kWords[] = {"UNDETERMINED", "STALE", "DISPUTED", "DETERMINED"};
  return kWords[static_cast<int>(state)];
}

// A level that is known, so neither absent nor STALE.
std::optional<int> KnownLevel(const HeldDay& held) {
  return held.state == HeldState::kStale ? std::nullopt : held.level;
}

bool IsHeld(const HeldDay& held, int level) { return held.level && *held.level >= level; }

Json LevelValue(const std::optional<int>& level) { return level ? Json(*level) : Json(); }

// Days that count for a threshold, and the months that begin with the run's first day.
struct Measured {
  int days = 0;
  int months = 0;
};

Measured Measure(const Span& span, bool net) {
  if (!net) return {span.days, span.months};
  return {span.net_days, CompleteMonths(span.since, span.since + (span.net_days - 1))};
}

bool Reaches(const std::optional<Span>& span, const v1::SustainedRule& rule, bool net) {
  if (!span) return false;
  const Measured measured = Measure(*span, net);
  return rule.has_months() ? measured.months >= static_cast<int>(rule.months())
                           : measured.days >= static_cast<int>(rule.days());
}

}  // namespace

Json DayValue(const std::optional<absl::CivilDay>& day) {
  return day ? Json(FormatDay(*day)) : Json();
}

Json DaysValue(const DayRange& days) {
  Json value = Json::Object();
  value["first"] = FormatDay(days.first);
  value["last"] = FormatDay(days.last);
  return value;
}

NodeResult LeafReader::Answer(const v1::Rule& rule, const std::string& focus, absl::CivilDay day) {
  NodeResult leaf;
  leaf.kind = RuleKind(rule);
  leaf.is_leaf = true;
  leaf.day = day;
  if (FocusOf(rule) != nullptr) leaf.focus = focus;
  switch (rule.node_case()) {
    case v1::Rule::kLevelAtLeast:
      Level(rule.level_at_least(), &leaf);
      break;
    case v1::Rule::kSustained:
      Sustained(rule.sustained(), &leaf);
      break;
    case v1::Rule::kCumulative:
      Cumulative(rule.cumulative(), &leaf);
      break;
    case v1::Rule::kLapsesAtMost:
      Lapses(rule.lapses_at_most(), &leaf);
      break;
    case v1::Rule::kCategoryMean: {
      std::vector<Weight> weights;
      for (const std::string& code : record_.LaddersOf(rule.category_mean().category(), day)) {
        weights.push_back({code, 1});
      }
      Mean(weights, rule.category_mean().at_least(), &leaf);
      break;
    }
    case v1::Rule::kWeightedMean: {
      std::vector<Weight> weights;
      for (const v1::FocusWeight& one : rule.weighted_mean().weights()) {
        weights.push_back({one.focus(), one.weight()});
      }
      Mean(weights, rule.weighted_mean().at_least(), &leaf);
      break;
    }
    case v1::Rule::kCure:
      Cure(rule.cure(), &leaf);
      break;
    default:
      WAYMARK_CHECK(false);
  }
  Finish(&leaf);
  return leaf;
}

void LeafReader::Finish(NodeResult* leaf) const {
  if (leaf->disputed && record_.holds_off()) leaf->outcome = kUnknown;
}

void LeafReader::Read(const std::string& focus, DayRange days, NodeResult* leaf) {
  if (detailed_) leaf->reads.push_back({focus, days});
  for (const Segment& segment : record_.TimelineOf(focus).segments) {
    if (segment.days.last < days.first || segment.days.first > days.last) continue;
    if (!segment.held.determination) continue;
    leaf->disputed |= segment.held.disputed;
    if (detailed_) leaf->positions.insert(*segment.held.determination);
  }
  leaf->evidence_expired |= HeldOn(focus, leaf->day).evidence_expired;
}

HeldDay LeafReader::HeldOn(const std::string& focus, absl::CivilDay day) {
  const HeldDay* held = record_.TimelineOf(focus).On(day);
  return held == nullptr ? HeldDay() : *held;
}

void LeafReader::Level(const v1::LevelRule& rule, NodeResult* leaf) {
  const HeldDay held = HeldOn(leaf->focus, leaf->day);
  const std::optional<int> level = KnownLevel(held);
  leaf->outcome = level ? Either(*level >= static_cast<int>(rule.level())) : kUnknown;
  Read(leaf->focus, {leaf->day, leaf->day}, leaf);
  if (!detailed_) return;
  leaf->values["level"] = LevelValue(held.level);
  leaf->values["state"] = StateWord(held.state);
}

void LeafReader::Sustained(const v1::SustainedRule& rule, NodeResult* leaf) {
  const HeldDay held = HeldOn(leaf->focus, leaf->day);
  const RunFacts facts =
      FindRuns(record_.TimelineOf(leaf->focus).segments, leaf->day,
               {static_cast<int>(rule.level()), LevelSide::kAtOrAbove, record_.grace_days()});
  const bool reaches = Reaches(facts.run, rule, record_.counts_net());
  if (!held.level) {
    // A hole under LAPSE breaks the run; where nothing was determined, nothing is known.
    leaf->outcome = held.determination ? kNo : kUnknown;
  } else if (facts.paused_since) {
    leaf->outcome = reaches ? kUnknown : kNo;
  } else {
    leaf->outcome = Either(reaches);
  }
  DayRange read{leaf->day, leaf->day};
  if (facts.run) read.first = facts.run->since - 1;
  Read(leaf->focus, read, leaf);
  if (!detailed_) return;
  Json& values = leaf->values;
  values["level"] = LevelValue(held.level);
  values["state"] = StateWord(held.state);
  values["since"] = facts.run ? DayValue(facts.run->since) : Json();
  values["through"] = facts.run ? DayValue(facts.run->through) : Json();
  values["months"] = facts.run ? facts.run->months : 0;
  values["days"] = facts.run ? facts.run->days : 0;
  values["net_days"] = facts.run ? facts.run->net_days : 0;
  values["paused_since"] = DayValue(facts.paused_since);
  values["counted_days"] = facts.counted_days.value_or(0);
  values["bridges"] = Json::Array();
  for (const Lapse& lapse : facts.lapses) {
    if (!lapse.bridged || !facts.run || lapse.first < facts.run->since) continue;
    values["bridges"].Add(DaysValue({lapse.first, *lapse.last}));
  }
}

DayCounts LeafReader::Count(const DayRange& window, const RunQuestion& question,
                            const NodeResult& leaf) {
  const absl::CivilDay last = std::min(window.last, leaf.day);
  DayCounts counts;
  if (window.first <= last) {
    counts = CountDays(record_.TimelineOf(leaf.focus).segments, {window.first, last}, question);
  }
  counts.unknown += DaysFromTo(std::max(window.first, last + 1), window.last);
  return counts;
}

void LeafReader::Cumulative(const v1::CumulativeRule& rule, NodeResult* leaf) {
  const int level = static_cast<int>(rule.level());
  const std::optional<DayRange> window = record_.WindowDays(rule.window(), leaf->day);
  DayCounts held;
  if (window) held = Count(*window, {level}, *leaf);
  const int64_t days = rule.days();
  const int64_t least = rule.side() == v1::LEVEL_SIDE_BELOW ? held.off_side : held.on_side;
  const int64_t most = least + held.unknown;
  if (rule.compare() == v1::COMPARISON_AT_LEAST) {
    leaf->outcome = least >= days ? kYes : most < days ? kNo : kUnknown;
  } else {
    leaf->outcome = most <= days ? kYes : least > days ? kNo : kUnknown;
  }
  if (window) Read(leaf->focus, {window->first, std::min(window->last, leaf->day)}, leaf);
  if (!detailed_) return;
  leaf->values["window"] = window ? DaysValue(*window) : Json();
  leaf->values["held_days"] = held.on_side;
  leaf->values["below_days"] = held.off_side;
  leaf->values["unknown_days"] = held.unknown;
}

void LeafReader::Lapses(const v1::LapsesRule& rule, NodeResult* leaf) {
  const RunQuestion question{static_cast<int>(rule.level()), LevelSide::kAtOrAbove,
                             record_.grace_days()};
  const std::optional<DayRange> window = record_.WindowDays(rule.window(), leaf->day);
  std::vector<Lapse> within;
  int unknown_days = 0;
  if (window) {
    const RunFacts facts = FindRuns(record_.TimelineOf(leaf->focus).segments, leaf->day, question);
    for (const Lapse& lapse : facts.lapses) {
      const bool before = lapse.last && *lapse.last < window->first;
      if (!before && lapse.first <= window->last) within.push_back(lapse);
    }
    unknown_days = Count(*window, question, *leaf).unknown;
    Read(leaf->focus, {window->first, std::min(window->last, leaf->day)}, leaf);
  }
  leaf->outcome = within.size() > rule.count() ? kNo : unknown_days > 0 ? kUnknown : kYes;
  if (!detailed_) return;
  leaf->values["window"] = window ? DaysValue(*window) : Json();
  leaf->values["count"] = within.size();
  leaf->values["unknown_days"] = unknown_days;
  leaf->values["lapses"] = Json::Array();
  for (const Lapse& lapse : within) {
    Json one = Json::Object();
    one["first"] = FormatDay(lapse.first);
    one["last"] = DayValue(lapse.last);
    one["days"] = lapse.days;
    one["bridged"] = lapse.bridged;
    leaf->values["lapses"].Add(std::move(one));
  }
}

void LeafReader::Mean(const std::vector<Weight>& weights, const v1::Rational& at_least,
                      NodeResult* leaf) {
  const ExactRatio threshold = ReducedRatio(at_least.num(), at_least.den());
  int64_t low = 0, high = 0, total = 0;
  Json levels = Json::Array();
  for (const auto& [focus, weight] : weights) {
    const HeldDay held = HeldOn(focus, leaf->day);
    const std::optional<int> level = KnownLevel(held);
    low += weight * level.value_or(0);
    high += weight * level.value_or(kLevelMax);
    total += weight;
    Read(focus, {leaf->day, leaf->day}, leaf);
    if (!detailed_) continue;
    Json one = Json::Object();
    one["focus"] = focus;
    one["level"] = LevelValue(held.level);
    one["state"] = StateWord(held.state);
    levels.Add(std::move(one));
  }
  if (detailed_) {
    leaf->values["threshold"] = RatioText(threshold);
    leaf->values["value"] = Json();
    leaf->values["levels"] = std::move(levels);
  }
  if (total == 0) return;
  const ExactRatio lowest = ReducedRatio(low, total), highest = ReducedRatio(high, total);
  const bool reached = lowest >= threshold;
  leaf->outcome = reached == (highest >= threshold) ? Either(reached) : kUnknown;
  if (!detailed_) return;
  if (lowest == highest) leaf->values["value"] = RatioText(lowest);
  leaf->values["low"] = RatioText(lowest);
  leaf->values["high"] = RatioText(highest);
}

void LeafReader::Cure(const v1::CureRule& rule, NodeResult* leaf) {
  const int level = static_cast<int>(rule.level());
  const ImprovementNotice* notice = record_.LatestNotice(leaf->focus, leaf->day);
  std::optional<absl::CivilDay> cure_to, restored_on;
  bool held_on_service = false;
  if (notice != nullptr) {
    cure_to = notice->served_on + static_cast<int>(rule.days());
    held_on_service = IsHeld(HeldOn(leaf->focus, notice->served_on), level);
    if (rule.basis() == v1::CURE_BASIS_ASSESSED) {
      for (const ImprovementNotice::Step& step : notice->steps) {
        if (step.step != v1::IMPROVEMENT_STEP_CURED || !record_.knowledge().Has(step.known) ||
            step.effective_on > leaf->day) {
          continue;
        }
        if (!restored_on || step.effective_on < *restored_on) restored_on = step.effective_on;
        leaf->positions.insert(step.known.position);
      }
    } else {
      for (const Segment& segment : record_.TimelineOf(leaf->focus).segments) {
        const absl::CivilDay first = std::max(segment.days.first, notice->served_on + 1);
        if (first > std::min(segment.days.last, leaf->day) || !IsHeld(segment.held, level))
          continue;
        restored_on = first;
        break;
      }
    }
    leaf->positions.insert(notice->known.position);
    Read(leaf->focus, {notice->served_on, std::min(*cure_to, leaf->day)}, leaf);
  }
  const bool cured =
      notice == nullptr || held_on_service || (restored_on && *restored_on <= *cure_to);
  const bool running = !cured && leaf->day <= *cure_to;
  leaf->outcome = cured ? kNo : running ? kUnknown : kYes;
  if (!detailed_) return;
  Json& values = leaf->values;
  values["notice_id"] = notice != nullptr ? Json(notice->notice_id) : Json();
  values["served_on"] = notice != nullptr ? DayValue(notice->served_on) : Json();
  values["cure_to"] = DayValue(cure_to);
  values["held_on_service"] = held_on_service;
  values["restored_on"] = DayValue(restored_on);
  values["cure_running"] = running;
}

NodeResult LeafReader::Answer(const v1::ProRata& quantity, absl::CivilDay day) {
  NodeResult leaf;
  leaf.path = "quantity.pro_rata";
  leaf.kind = "pro_rata";
  leaf.is_leaf = true;
  leaf.day = day;
  leaf.focus = quantity.focus();
  const DayRange year = record_.ContractYear(quantity.contract_year());
  const int year_days = DaysFromTo(year.first, year.last);
  // Days before the first determination are not held, and so are those after the contract's last.
  DayRange open = year;
  const std::vector<Segment>& segments = record_.TimelineOf(leaf.focus).segments;
  const absl::CivilDay begins = segments.empty() ? day + 1 : segments.front().days.first;
  open.first = std::max(open.first, begins);
  if (const auto end = record_.last_day()) open.last = std::min(open.last, *end);
  DayCounts held;
  if (open.first <= open.last) {
    held = Count(open, {static_cast<int>(quantity.level())}, leaf);
  }
  leaf.outcome = held.on_side > 0 ? kYes : held.unknown > 0 ? kUnknown : kNo;
  if (year.first <= day) Read(leaf.focus, {year.first, std::min(year.last, day)}, &leaf);
  Finish(&leaf);
  const ExactRatio fraction = ReducedRatio(held.on_side, year_days);
  leaf.values["year"] = DaysValue(year);
  leaf.values["year_days"] = year_days;
  leaf.values["held_days"] = held.on_side;
  leaf.values["unknown_days"] = held.unknown;
  leaf.values["fraction"] = RatioText(fraction);
  leaf.values["full_pence"] = absl::StrCat(quantity.full().pence());
  leaf.values["amount_pence"] = absl::StrCat(RoundedShare(quantity.full().pence(), fraction));
  return leaf;
}

}  // namespace waymark
