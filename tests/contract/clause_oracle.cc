#include "tests/contract/clause_oracle.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "tests/contract/longevity_oracle.h"

namespace waymark::test {
namespace {

using absl::CivilDay;

CivilDay ToDay(const v1::Date& date) { return CivilDay(date.year(), date.month(), date.day()); }

class Oracle {
 public:
  Oracle(const ContractState& state, const v1::Clause& clause, CivilDay as_of, uint64_t known)
      : state_(state), clause_(clause), known_(known) {
    OracleQuestion any;
    any.focus = "";
    any.as_of = as_of;
    any.known = known;
    answered_on_ = AskOracle(state, any).answered_on;
    any.as_of = CivilDay(9000, 1, 1);
    if (const OracleAnswer far = AskOracle(state, any); far.contract_ended) {
      end_ = far.answered_on;
    }
    grace_ = clause.parameters().has_grace_days()
                 ? static_cast<int>(clause.parameters().grace_days())
                 : std::stoi(Policy(v1::POLICY_KEY_GRACE_DAYS, "0"));
    hold_off_ = clause.parameters().dispute_rule().empty()
                    ? Policy(v1::POLICY_KEY_DISPUTE_RULE, "STANDS") == "HOLD_OFF"
                    : clause.parameters().dispute_rule() == "HOLD_OFF";
  }

  ClauseOracleAnswer Answer() {
    ClauseOracleAnswer answer;
    if (clause_.has_rule()) {
      answer.outcome = Ask(clause_.rule(), "", answered_on_);
    } else {
      answer.outcome = Share(clause_.quantity().pro_rata(), answered_on_);
    }
    if (clause_.has_rule() && clause_.has_quantity()) {
      Share(clause_.quantity().pro_rata(), answered_on_);
    }
    answer.disputed = disputed_;
    answer.leaves = leaves_;
    return answer;
  }

 private:
  bool Sees(const Known& known) const { return known.position.value < known_; }

  std::string Policy(v1::PolicyKey key, std::string value) const {
    CivilDay since = CivilDay::min();
    for (const PolicyChange& change : state_.policies) {
      if (change.key != key || !Sees(change.known) || change.effective_on > answered_on_) continue;
      if (change.effective_on < since) continue;
      since = change.effective_on;
      value = change.value;
    }
    return value;
  }

  // What is held on a day, read once a focus.
  OracleDay On(const std::string& focus, CivilDay day) {
    const auto [place, fresh] = held_.try_emplace(focus);
    if (fresh) {
      OracleQuestion question;
      question.focus = focus;
      question.as_of = answered_on_;
      question.known = known_;
      question.gap_policy = clause_.parameters().gap_policy();
      question.evidence_expiry = clause_.parameters().evidence_expiry();
      question.for_reward = clause_.kind() == v1::CLAUSE_KIND_REWARD;
      place->second = AskOracle(state_, question);
    }
    const OracleAnswer& answer = place->second;
    if (!answer.first || day < *answer.first) return {};
    const int64_t index = day - *answer.first;
    return index < static_cast<int64_t>(answer.days.size()) ? answer.days[index] : OracleDay();
  }

  CivilDay FirstDay(const std::string& focus) {
    On(focus, answered_on_);
    return held_[focus].first.value_or(answered_on_ + 1);
  }

  std::vector<std::string> Ladders(CivilDay day, const std::string& category) const {
    const Adoption* in_force = nullptr;
    for (const Adoption& adoption : state_.adoptions) {
      if (!Sees(adoption.known) || adoption.effective_on > day) continue;
      if (in_force == nullptr || adoption.effective_on >= in_force->effective_on) {
        in_force = &adoption;
      }
    }
    std::vector<std::string> codes;
    for (const MatrixDraft& draft : state_.drafts) {
      if (in_force == nullptr || draft.version_hash != in_force->version_hash) continue;
      for (const v1::Focus& focus : draft.matrix.focuses()) {
        const bool ladder = focus.kind() == v1::FOCUS_KIND_LADDER;
        const bool meant = category == "ALL"      ? true
                           : category == "LADDER" ? ladder
                                                  : ladder && focus.category() == category;
        if (meant) codes.push_back(focus.code());
      }
      break;
    }
    return codes;
  }

  std::vector<std::string> Members(const v1::FocusSet& set, CivilDay day) const {
    if (set.word().empty()) return {set.focuses().begin(), set.focuses().end()};
    const std::string prefix = "CATEGORY:";
    return Ladders(
        day, set.word().rfind(prefix, 0) == 0 ? set.word().substr(prefix.size()) : set.word());
  }

  int Leaf(int outcome,
           const std::vector<std::pair<std::string, std::pair<CivilDay, CivilDay>>>& reads) {
    bool disputed = false;
    for (const auto& [focus, days] : reads) {
      for (CivilDay day = std::max(days.first, FirstDay(focus)); day <= days.second; ++day) {
        disputed |= On(focus, day).disputed;
      }
    }
    disputed_ |= disputed;
    if (disputed && hold_off_) outcome = 1;
    leaves_ += static_cast<char>('0' + outcome);
    return outcome;
  }

  int Ask(const v1::Rule& rule, const std::string& focus, CivilDay day);
  int Lapses(const v1::LapsesRule& rule, const std::string& focus, CivilDay day);
  int Sustained(const v1::SustainedRule& rule, const std::string& focus, CivilDay day);
  int Cumulative(const v1::CumulativeRule& rule, const std::string& focus, CivilDay day);
  int Mean(const std::vector<std::pair<std::string, int>>& weights, const v1::Rational& at_least,
           CivilDay day);
  int Cure(const v1::CureRule& rule, const std::string& focus, CivilDay day);
  int Share(const v1::ProRata& quantity, CivilDay day);

  // Days of a window, those of the contract alone.
  std::vector<CivilDay> Window(const v1::Window& window, CivilDay day) const {
    std::vector<CivilDay> days;
    CivilDay first = day, last = day;
    if (window.has_days()) {
      first = day - (static_cast<int>(window.days()) - 1);
    } else if (window.has_months()) {
      while (OracleMonths(first, day) < static_cast<int>(window.months())) --first;
    } else {
      first = YearStart(window.contract_year());
      last = YearStart(window.contract_year() + 1) - 1;
    }
    for (CivilDay each = first; each <= last; ++each) {
      if (InService(each)) days.push_back(each);
    }
    return days;
  }
  CivilDay RecordBegins() const {
    CivilDay first = answered_on_;
    if (state_.registration && Sees(state_.registration->known)) {
      first = std::min(first, state_.registration->starts_on);
    }
    for (const auto& [code, history] : state_.focuses) {
      for (const Determination& one : history.determinations) {
        if (Sees(one.known)) first = std::min(first, one.effective_on);
      }
    }
    return first;
  }
  CivilDay YearStart(int year) const {
    return state_.registration ? CivilDay(year, state_.registration->year_starts_month,
                                          state_.registration->year_starts_day)
                               : CivilDay(year, 1, 1);
  }
  bool InService(CivilDay day) const {
    if (state_.registration && Sees(state_.registration->known) &&
        day < state_.registration->starts_on) {
      return false;
    }
    return !AfterEnd(day);
  }
  bool AfterEnd(CivilDay day) const { return end_ && day > *end_; }

  const ContractState& state_;
  const v1::Clause& clause_;
  const uint64_t known_;
  CivilDay answered_on_;
  std::optional<CivilDay> end_;
  int grace_ = 0;
  bool hold_off_ = false;
  bool disputed_ = false;
  std::string leaves_;
  std::map<std::string, OracleAnswer> held_;
};

int Oracle::Sustained(const v1::SustainedRule& rule, const std::string& focus, CivilDay day) {
  const int level = static_cast<int>(rule.level());
  const auto on = [&](CivilDay each) { return On(focus, each).level >= level; };
  const auto counted = [&](CivilDay each) { return on(each) && On(focus, each).counted; };
  const OracleDay held = On(focus, day);
  if (held.level < 0) {
    return Leaf(held.determination >= 0 ? 0 : 1, {{focus, {day, day}}});
  }
  CivilDay through = day;
  bool paused = false;
  while (on(through) && !counted(through)) {
    paused = true;
    --through;
  }
  if (!counted(through)) return Leaf(0, {{focus, {day, day}}});
  CivilDay since = through;
  int net = 1;
  for (;;) {
    if (counted(since - 1)) {
      --since;
      ++net;
      continue;
    }
    // A short fall, every day of it on record below the level, that counted days surround.
    CivilDay before = since - 1;
    while (On(focus, before).level >= 0 && !on(before) && On(focus, before).counted) --before;
    const int gap = static_cast<int>(since - before) - 1;
    if (gap == 0 || gap > grace_ || !counted(before)) break;
    since = before;
    ++net;
  }
  const bool by_net = clause_.parameters().measure() == "NET";
  const int days = by_net ? net : static_cast<int>(through - since) + 1;
  const bool reached =
      rule.has_months() ? OracleMonths(since, since + (days - 1)) >= static_cast<int>(rule.months())
                        : days >= static_cast<int>(rule.days());
  return Leaf(!reached ? 0 : paused ? 1 : 2, {{focus, {since - 1, day}}});
}

int Oracle::Cumulative(const v1::CumulativeRule& rule, const std::string& focus, CivilDay day) {
  const std::vector<CivilDay> window = Window(rule.window(), day);
  int on_side = 0, unknown = 0;
  for (const CivilDay each : window) {
    const OracleDay held = each <= day ? On(focus, each) : OracleDay();
    if (!held.counted) {
      ++unknown;
    } else if ((held.level >= static_cast<int>(rule.level())) ==
               (rule.side() == v1::LEVEL_SIDE_AT_OR_ABOVE)) {
      ++on_side;
    }
  }
  // Every value that the unknown days could take.
  bool some = false, every = true;
  for (int more = 0; more <= unknown; ++more) {
    const bool holds = rule.compare() == v1::COMPARISON_AT_LEAST
                           ? on_side + more >= static_cast<int>(rule.days())
                           : on_side + more <= static_cast<int>(rule.days());
    some |= holds;
    every &= holds;
  }
  if (window.empty()) return Leaf(every ? 2 : 0, {});
  return Leaf(every ? 2 : some ? 1 : 0, {{focus, {window.front(), std::min(day, window.back())}}});
}

int Oracle::Lapses(const v1::LapsesRule& rule, const std::string& focus, CivilDay day) {
  const std::vector<CivilDay> window = Window(rule.window(), day);
  if (window.empty()) return Leaf(2, {});
  bool unknown = false;
  for (const CivilDay each : window) unknown |= each > day || !On(focus, each).counted;
  const int level = static_cast<int>(rule.level());
  uint32_t lapses = 0;
  bool after_a_run = false, in_lapse = false, counted = false;
  for (CivilDay each = FirstDay(focus); each <= day; ++each) {
    const int held = On(focus, each).level;
    after_a_run |= held >= level;
    const bool below = held >= 0 && held < level && after_a_run;
    if (!below || !in_lapse) counted = false;
    in_lapse = below;
    const bool within = window.front() <= each && each <= window.back();
    if (below && within && !counted) {
      ++lapses;
      counted = true;
    }
  }
  return Leaf(lapses > rule.count() ? 0
              : unknown             ? 1
                                    : 2,
              {{focus, {window.front(), std::min(day, window.back())}}});
}

int Oracle::Mean(const std::vector<std::pair<std::string, int>>& weights,
                 const v1::Rational& at_least, CivilDay day) {
  std::vector<std::pair<std::string, std::pair<CivilDay, CivilDay>>> reads;
  int64_t low = 0, high = 0, total = 0;
  for (const auto& [focus, weight] : weights) {
    const OracleDay held = On(focus, day);
    const bool known = held.level >= 0 && held.state != "STALE";
    low += weight * (known ? held.level : 0);
    high += weight * (known ? held.level : 5);
    total += weight;
    reads.push_back({focus, {day, day}});
  }
  if (total == 0) return Leaf(1, reads);
  const auto reaches = [&](int64_t sum) {
    return sum * static_cast<int64_t>(at_least.den()) >= at_least.num() * total;
  };
  return Leaf(reaches(low) ? 2 : reaches(high) ? 1 : 0, reads);
}

int Oracle::Cure(const v1::CureRule& rule, const std::string& focus, CivilDay day) {
  const ImprovementNotice* latest = nullptr;
  for (const auto& [id, notice] : state_.notices) {
    if (!Sees(notice.known) || notice.focus != focus || notice.served_on > day) continue;
    if (notice.clause_id != clause_.clause_id()) continue;
    if (latest == nullptr || std::make_pair(notice.served_on, notice.known.position) >
                                 std::make_pair(latest->served_on, latest->known.position)) {
      latest = &notice;
    }
  }
  if (latest == nullptr) return Leaf(0, {});
  const int level = static_cast<int>(rule.level());
  const CivilDay cure_to = latest->served_on + static_cast<int>(rule.days());
  bool cured = On(focus, latest->served_on).level >= level;
  for (CivilDay each = latest->served_on + 1; each <= std::min(day, cure_to); ++each) {
    cured |= rule.basis() != v1::CURE_BASIS_ASSESSED && On(focus, each).level >= level;
  }
  for (const ImprovementNotice::Step& step : latest->steps) {
    cured |= rule.basis() == v1::CURE_BASIS_ASSESSED && Sees(step.known) &&
             step.step == v1::IMPROVEMENT_STEP_CURED && step.effective_on <= std::min(day, cure_to);
  }
  return Leaf(cured            ? 0
              : day <= cure_to ? 1
                               : 2,
              {{focus, {latest->served_on, std::min(day, cure_to)}}});
}

int Oracle::Share(const v1::ProRata& quantity, CivilDay day) {
  const CivilDay first = YearStart(quantity.contract_year());
  const CivilDay last = YearStart(quantity.contract_year() + 1) - 1;
  int held = 0, unknown = 0;
  for (CivilDay each = first; each <= last; ++each) {
    if (AfterEnd(each)) continue;
    if (each > day) {
      ++unknown;
    } else if (each >= FirstDay(quantity.focus())) {
      const OracleDay on = On(quantity.focus(), each);
      unknown += !on.counted;
      held += on.counted && on.level >= static_cast<int>(quantity.level());
    }
  }
  return Leaf(held > 0      ? 2
              : unknown > 0 ? 1
                            : 0,
              {{quantity.focus(), {first, std::min(day, last)}}});
}

int Oracle::Ask(const v1::Rule& rule, const std::string& focus, CivilDay day) {
  const auto of = [&](const std::string& own) { return own.empty() ? focus : own; };
  const auto fold = [](std::vector<int> outcomes, bool least) {
    return least ? *std::min_element(outcomes.begin(), outcomes.end())
                 : *std::max_element(outcomes.begin(), outcomes.end());
  };
  std::vector<int> inner;
  switch (rule.node_case()) {
    case v1::Rule::kAll:
      for (const v1::Rule& one : rule.all().rules()) inner.push_back(Ask(one, focus, day));
      return fold(inner, true);
    case v1::Rule::kAny:
      for (const v1::Rule& one : rule.any().rules()) inner.push_back(Ask(one, focus, day));
      return fold(inner, false);
    case v1::Rule::kNot:
      return 2 - Ask(rule.not_(), focus, day);
    case v1::Rule::kEach:
      for (const std::string& one : Members(rule.each().focuses(), day)) {
        inner.push_back(Ask(rule.each().rule(), one, day));
      }
      return inner.empty() ? 1 : fold(inner, true);
    case v1::Rule::kCountOfFocuses: {
      for (const std::string& one : Members(rule.count_of_focuses().focuses(), day)) {
        inner.push_back(Ask(rule.count_of_focuses().rule(), one, day));
      }
      const int yes = static_cast<int>(std::count(inner.begin(), inner.end(), 2));
      const int maybe = static_cast<int>(std::count(inner.begin(), inner.end(), 1));
      const int asked = static_cast<int>(rule.count_of_focuses().at_least());
      if (inner.empty()) return 1;
      return yes >= asked ? 2 : yes + maybe < asked ? 0 : 1;
    }
    case v1::Rule::kLevelAtLeast: {
      const std::string code = of(rule.level_at_least().focus());
      const OracleDay held = On(code, day);
      const int reached = held.level >= static_cast<int>(rule.level_at_least().level()) ? 2 : 0;
      return Leaf(held.level < 0 || held.state == "STALE" ? 1 : reached, {{code, {day, day}}});
    }
    case v1::Rule::kSustained:
      return Sustained(rule.sustained(), of(rule.sustained().focus()), day);
    case v1::Rule::kCumulative:
      return Cumulative(rule.cumulative(), of(rule.cumulative().focus()), day);
    case v1::Rule::kLapsesAtMost:
      return Lapses(rule.lapses_at_most(), of(rule.lapses_at_most().focus()), day);
    case v1::Rule::kCategoryMean: {
      std::vector<std::pair<std::string, int>> weights;
      for (const std::string& one : Ladders(day, rule.category_mean().category())) {
        weights.push_back({one, 1});
      }
      return Mean(weights, rule.category_mean().at_least(), day);
    }
    case v1::Rule::kWeightedMean: {
      std::vector<std::pair<std::string, int>> weights;
      for (const v1::FocusWeight& one : rule.weighted_mean().weights()) {
        weights.push_back({one.focus(), static_cast<int>(one.weight())});
      }
      return Mean(weights, rule.weighted_mean().at_least(), day);
    }
    case v1::Rule::kByDate: {
      const CivilDay by = ToDay(rule.by_date().by());
      CivilDay at = std::min(day, by);
      if (day >= by && Policy(v1::POLICY_KEY_TARGET_TEST, "HELD_ON_DUE_DAY") == "REACHED_BY") {
        // A look at every day says nothing by itself.
        const std::string leaves = leaves_;
        const bool disputed = disputed_;
        for (CivilDay each = RecordBegins(); each <= by; ++each) {
          if (Ask(rule.by_date().rule(), focus, each) != 2) continue;
          at = each;
          break;
        }
        leaves_ = leaves;
        disputed_ = disputed;
      }
      const int outcome = Ask(rule.by_date().rule(), focus, at);
      return day < by ? 1 : outcome;
    }
    case v1::Rule::kCure:
      return Cure(rule.cure(), of(rule.cure().focus()), day);
    case v1::Rule::kGate: {
      const int trigger = Ask(rule.gate().trigger(), focus, day);
      return std::min(2 - trigger, Ask(rule.gate().rule(), focus, day));
    }
    default:
      return 1;
  }
}

}  // namespace

ClauseOracleAnswer AskClauseOracle(const ContractState& state, const v1::Clause& clause,
                                   CivilDay as_of, uint64_t known) {
  return Oracle(state, clause, as_of, known).Answer();
}

}  // namespace waymark::test
