#include "ledger/contract/clause_record.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "ledger/contract/months.h"
#include "ledger/contract/policy_history.h"
#include "ledger/contract/rule_tree.h"
#include "ledger/contract/shape_check.h"
#include "ledger/contract/target_status.h"

namespace waymark {
namespace {

CountingRules RulesOf(const v1::Clause& clause) {
  const v1::ClauseParameters& parameters = clause.parameters();
  CountingRules rules;
  rules.for_reward = clause.kind() == v1::CLAUSE_KIND_REWARD;
  if (!parameters.gap_policy().empty())
    rules.gap_policy = GapPolicyFromText(parameters.gap_policy());
  if (!parameters.evidence_expiry().empty()) {
    rules.evidence_expiry = EvidenceExpiryFromText(parameters.evidence_expiry());
  }
  if (parameters.has_grace_days()) rules.grace_days = static_cast<int>(parameters.grace_days());
  return rules;
}

bool IsLadder(const v1::Focus& focus) { return focus.kind() == v1::FOCUS_KIND_LADDER; }

void AddFocuses(const ClauseRecord& record, const v1::Rule& rule, absl::CivilDay day,
                std::set<std::string>* focuses) {
  const auto add = [&](const auto& codes) { focuses->insert(codes.begin(), codes.end()); };
  if (const std::string* focus = FocusOf(rule); focus != nullptr && !focus->empty()) {
    focuses->insert(*focus);
  }
  if (const v1::FocusSet* set = FocusesOf(rule)) add(record.Members(*set, day));
  if (rule.has_category_mean()) add(record.LaddersOf(rule.category_mean().category(), day));
  for (const v1::FocusWeight& weight : rule.weighted_mean().weights()) {
    focuses->insert(weight.focus());
  }
  if (rule.has_by_date()) day = std::min(day, RealDay(rule.by_date().by()));
  for (const InnerRule& inner : InnerRules(rule)) AddFocuses(record, *inner.rule, day, focuses);
}

void Extend(Timeline* timeline, absl::CivilDay through) {
  if (!timeline->segments.empty()) timeline->segments.back().days.last = through;
}

}  // namespace

ClauseRecord::ClauseRecord(const ContractState& state, const v1::Clause& clause,
                           absl::CivilDay as_of, TreeSize known)
    : state_(state), clause_(clause), known_(known), answered_on_(as_of), rules_(RulesOf(clause)) {
  const std::optional<absl::CivilDay> end = last_day();
  contract_ended_ = end && *end < as_of;
  if (contract_ended_) answered_on_ = *end;
  grace_days_ = *RulesInForce(state, {"", answered_on_, known, rules_}).grace_days;
  const auto policy = [&](v1::PolicyKey key) {
    return PolicyHistory(state, key).On(answered_on_, knowledge());
  };
  const std::string& own = clause.parameters().dispute_rule();
  holds_off_ = (own.empty() ? policy(v1::POLICY_KEY_DISPUTE_RULE) : own) == "HOLD_OFF";
  reached_by_ = policy(v1::POLICY_KEY_TARGET_TEST) == "REACHED_BY";
  leaves_out_unladdered_ = policy(v1::POLICY_KEY_UNLADDERED_IN_ALL) == "LEAVE_OUT";

  first_day_ = answered_on_;
  if (state.registration && knowledge().Has(state.registration->known)) {
    first_day_ = std::min(first_day_, state.registration->starts_on);
  }
  for (const auto& [code, history] : state.focuses) {
    for (const Determination& determination : history.determinations) {
      if (!knowledge().Has(determination.known)) break;
      first_day_ = std::min(first_day_, determination.effective_on);
    }
  }
}

std::optional<absl::CivilDay> ClauseRecord::last_day() const {
  return LastContractDay(state_, knowledge());
}

const Timeline& ClauseRecord::TimelineOf(const std::string& focus) {
  const auto [place, fresh] = timelines_.try_emplace(focus);
  if (fresh) {
    place->second = BuildTimeline(state_, focus, knowledge(), answered_on_, rules_);
    if (held_through_) Extend(&place->second, *held_through_);
  }
  return place->second;
}

void ClauseRecord::HoldPresentLevels(absl::CivilDay through) {
  held_through_ = through;
  for (auto& [focus, timeline] : timelines_) Extend(&timeline, through);
}

const v1::Matrix* ClauseRecord::MatrixOn(absl::CivilDay day) const {
  return MatrixInForce(state_, day, knowledge());
}

std::vector<std::string> ClauseRecord::Members(const v1::FocusSet& set, absl::CivilDay day) const {
  const v1::Matrix* matrix = MatrixOn(day);
  std::vector<std::string> members;
  if (set.word().empty()) {
    // In matrix order; a focus that the version lacks comes last.
    members.assign(set.focuses().begin(), set.focuses().end());
    if (matrix == nullptr) return members;
    const auto place = [&](const std::string& code) {
      return std::find_if(matrix->focuses().begin(), matrix->focuses().end(),
                          [&](const v1::Focus& focus) { return focus.code() == code; }) -
             matrix->focuses().begin();
    };
    std::stable_sort(members.begin(), members.end(),
                     [&](const auto& a, const auto& b) { return place(a) < place(b); });
    return members;
  }
  absl::string_view category = set.word();
  if (absl::ConsumePrefix(&category, kCategoryPrefix)) return LaddersOf(category, day);
  if (matrix == nullptr) return members;
  const bool ladders_alone = set.word() == kLadderFocuses || leaves_out_unladdered_;
  for (const v1::Focus& focus : matrix->focuses()) {
    if (!ladders_alone || IsLadder(focus)) members.push_back(focus.code());
  }
  return members;
}

std::vector<std::string> ClauseRecord::LaddersOf(absl::string_view category,
                                                 absl::CivilDay day) const {
  std::vector<std::string> ladders;
  const v1::Matrix* matrix = MatrixOn(day);
  if (matrix == nullptr) return ladders;
  for (const v1::Focus& focus : matrix->focuses()) {
    if (IsLadder(focus) && focus.category() == category) ladders.push_back(focus.code());
  }
  return ladders;
}

DayRange ClauseRecord::ContractYear(int year) const {
  int month = 1, day = 1;
  if (state_.registration) {
    month = state_.registration->year_starts_month;
    day = state_.registration->year_starts_day;
  }
  return {absl::CivilDay(year, month, day), absl::CivilDay(year + 1, month, day) - 1};
}

std::optional<DayRange> ClauseRecord::WindowDays(const v1::Window& window,
                                                 absl::CivilDay day) const {
  DayRange days{day, day};
  if (window.has_days()) {
    days.first = WindowFirstDayOfDays(day, static_cast<int>(window.days()));
  } else if (window.has_months()) {
    days.first = WindowFirstDay(day, static_cast<int>(window.months()));
  } else {
    days = ContractYear(window.contract_year());
  }
  if (state_.registration && knowledge().Has(state_.registration->known)) {
    days.first = std::max(days.first, state_.registration->starts_on);
  }
  if (const std::optional<absl::CivilDay> end = last_day()) days.last = std::min(days.last, *end);
  if (days.last < days.first) return std::nullopt;
  return days;
}

std::set<std::string> FocusesRead(const ClauseRecord& record) {
  std::set<std::string> focuses;
  const v1::Clause& clause = record.clause();
  if (clause.has_rule()) AddFocuses(record, clause.rule(), record.answered_on(), &focuses);
  if (clause.has_quantity()) focuses.insert(clause.quantity().pro_rata().focus());
  return focuses;
}

const ImprovementNotice* ClauseRecord::LatestNotice(const std::string& focus,
                                                    absl::CivilDay day) const {
  const ImprovementNotice* latest = nullptr;
  for (const auto& [id, notice] : state_.notices) {
    if (!knowledge().Has(notice.known) || notice.focus != focus || notice.served_on > day) continue;
    if (!notice.clause_id.empty() && notice.clause_id != clause_.clause_id()) continue;
    const bool later =
        latest == nullptr || notice.served_on > latest->served_on ||
        (notice.served_on == latest->served_on && notice.known.position > latest->known.position);
    if (later) latest = &notice;
  }
  return latest;
}

}  // namespace waymark
