#include "tests/contract/longevity_oracle.h"

#include <algorithm>
#include <set>

namespace waymark::test {
namespace {

using absl::CivilDay;

// What one question sees on one day: the facts among the first `known` events, recorded by the end
// of `by`.
class Eye {
 public:
  Eye(const ContractState& state, const OracleQuestion& question, CivilDay by)
      : state_(state), question_(question), by_(by) {
    const auto history = state.focuses.find(question.focus);
    if (history == state.focuses.end()) return;
    history_ = &history->second;
    for (const Determination& one : history_->determinations) {
      if (!Sees(one.known) || one.provisional) continue;
      bool superseded = false;
      for (const Supersession& supersession : history_->supersessions) {
        superseded |= Sees(supersession.known) && supersession.old == one.known.position;
      }
      if (!superseded) timeline_.push_back(&one);
    }
    std::sort(timeline_.begin(), timeline_.end(),
              [](const Determination* a, const Determination* b) {
                return a->effective_on != b->effective_on ? a->effective_on < b->effective_on
                                                          : a->known.position < b->known.position;
              });
  }

  const std::vector<const Determination*>& timeline() const { return timeline_; }

  std::optional<CivilDay> ContractEnd() const {
    for (const Ending& ending : state_.endings) {
      if (Sees(ending.known) && ending.cause == v1::END_CAUSE_TERMINATED)
        return ending.effective_on;
    }
    std::optional<CivilDay> end;
    if (state_.registration && Sees(state_.registration->known)) end = state_.registration->ends_on;
    for (const Extension& extension : state_.extensions) {
      if (Sees(extension.known)) end = extension.new_end;
    }
    return end;
  }

  std::string Policy(v1::PolicyKey key, CivilDay day, const std::string& standard) const {
    std::string value = standard;
    CivilDay effective_on = CivilDay::min();
    for (const PolicyChange& change : state_.policies) {
      if (change.key != key || !Sees(change.known) || change.effective_on > day) continue;
      if (change.effective_on < effective_on) continue;
      effective_on = change.effective_on;
      value = change.value;
    }
    return value;
  }

  int Grace(CivilDay day) const {
    if (question_.grace_days >= 0) return question_.grace_days;
    return std::stoi(Policy(v1::POLICY_KEY_GRACE_DAYS, day, "0"));
  }

  OracleDay On(CivilDay day) const {
    OracleDay result;
    const std::optional<CivilDay> end = ContractEnd();
    if (end && day > *end) return result;
    const Determination* holder = nullptr;
    for (size_t i = 0; i < timeline_.size(); ++i) {
      const bool begun = timeline_[i]->effective_on <= day;
      const bool over = i + 1 < timeline_.size() && timeline_[i + 1]->effective_on <= day;
      if (begun && !over) holder = timeline_[i];
    }
    if (holder == nullptr) return result;
    const int level = LevelAcrossVersions(*holder, day);
    if (level < 0) return result;
    result.determination = static_cast<int64_t>(holder->known.position.value);
    result.disputed = IsDisputed(*holder);
    result.evidence_expired = IsExpired(*holder, day);
    result.covered = IsSpokenFor(day);
    std::string gap_policy = "HOLD";
    if (!result.covered) {
      result.explained = Explanation(day);
      gap_policy = GapPolicy(day, result.explained);
    }
    if (gap_policy == "LAPSE") return result;
    result.level = level;
    result.state = gap_policy == "STALE" ? "STALE" : result.disputed ? "DISPUTED" : "DETERMINED";
    std::string expiry = question_.evidence_expiry;
    if (expiry.empty()) expiry = Policy(v1::POLICY_KEY_EVIDENCE_EXPIRY, day, "FLAG");
    const bool paused_by_evidence = result.evidence_expired && expiry == "STRICT";
    result.counted = gap_policy != "STALE" && !paused_by_evidence;
    return result;
  }

 private:
  bool Sees(const Known& fact) const {
    return fact.position.value < question_.known && fact.recorded_on <= by_;
  }

  bool IsDisputed(const Determination& holder) const {
    for (const auto& [id, dispute] : state_.disputes) {
      const bool open =
          Sees(dispute.notified) && (!dispute.closed.has_value() || !Sees(*dispute.closed));
      for (const Position matter : dispute.matters) {
        if (open && matter == holder.known.position) return true;
      }
    }
    return false;
  }

  bool IsExpired(const Determination& holder, CivilDay day) const {
    for (const EvidenceCitation& citation : holder.evidence) {
      const auto found = state_.evidence.find(citation.evidence_id);
      if (!citation.mandatory || found == state_.evidence.end()) continue;
      const EvidenceItem& item = found->second;
      bool valid = !item.valid_to.has_value() || day <= *item.valid_to;
      for (const EvidenceItem::StatusChange& change : item.changes) {
        if (change.change != v1::EVIDENCE_CHANGE_RENEWED || !Sees(change.known)) continue;
        if (day < change.effective_on) continue;
        valid |= !change.valid_to.has_value() || day <= *change.valid_to;
      }
      if (!valid) return true;
    }
    return false;
  }

  bool IsSpokenFor(CivilDay day) const {
    for (size_t i = 0; i < timeline_.size(); ++i) {
      const Determination& one = *timeline_[i];
      const bool in_period =
          std::min(one.period.first, one.effective_on) <= day && day <= one.period.last;
      if (in_period) return true;
      bool after_period =
          day > one.period.last && day >= std::min(one.period.first, one.effective_on);
      if (one.coverage_to) after_period &= day <= *one.coverage_to;
      if (i + 1 < timeline_.size()) after_period &= day < timeline_[i + 1]->effective_on;
      if (after_period) return true;
    }
    return false;
  }

  v1::GapReason Explanation(CivilDay day) const {
    v1::GapReason reason = v1::GAP_REASON_UNSPECIFIED;
    for (const GapExplanation& explanation : history_->gap_explanations) {
      if (!Sees(explanation.known)) continue;
      if (explanation.period.first <= day && day <= explanation.period.last) {
        reason = explanation.reason;
      }
    }
    return reason;
  }

  std::string GapPolicy(CivilDay day, v1::GapReason explained) const {
    const bool by_authority = explained == v1::GAP_REASON_AUTHORITY_DEFAULT;
    if (by_authority && Policy(v1::POLICY_KEY_AUTHORITY_DEFAULT_GAP, day, "HOLD") == "HOLD") {
      return "HOLD";
    }
    if (!question_.gap_policy.empty()) return question_.gap_policy;
    return question_.for_reward ? Policy(v1::POLICY_KEY_GAP_POLICY_REWARD, day, "STALE")
                                : Policy(v1::POLICY_KEY_GAP_POLICY, day, "HOLD");
  }

  std::string RuleOf(const Adoption& adoption) const {
    const auto named = adoption.carry.find(question_.focus);
    if (named != adoption.carry.end()) {
      if (named->second.rule == v1::CARRY_RULE_CARRY) return "CARRY";
      if (named->second.rule == v1::CARRY_RULE_MAP) return "MAP";
      if (named->second.rule == v1::CARRY_RULE_REASSESS) return "REASSESS";
    }
    OracleQuestion before = question_;
    before.known = adoption.known.position.value;
    return Eye(state_, before, adoption.known.recorded_on)
        .Policy(v1::POLICY_KEY_CARRY_DEFAULT, adoption.known.recorded_on, "NONE");
  }

  // -1 where a version asks for a new assessment.
  int LevelAcrossVersions(const Determination& holder, CivilDay day) const {
    std::vector<const Adoption*> adoptions;
    for (const Adoption& adoption : state_.adoptions) {
      if (Sees(adoption.known)) adoptions.push_back(&adoption);
    }
    std::stable_sort(adoptions.begin(), adoptions.end(), [](const Adoption* a, const Adoption* b) {
      return a->effective_on < b->effective_on;
    });
    // Which adoption the determination was made under.
    int under = -1;
    bool version_known = false;
    for (int i = 0; i < static_cast<int>(adoptions.size()); ++i) {
      const bool same = adoptions[i]->version_hash == holder.matrix_version;
      version_known |= same;
      if (same && adoptions[i]->effective_on <= holder.effective_on) under = i;
    }
    for (int i = 0; i < static_cast<int>(adoptions.size()) && under < 0; ++i) {
      if (adoptions[i]->version_hash == holder.matrix_version) under = i;
    }
    if (!version_known) {
      for (int i = 0; i < static_cast<int>(adoptions.size()); ++i) {
        if (adoptions[i]->effective_on <= holder.effective_on) under = i;
      }
    }
    int level = holder.level;
    for (int i = under + 1; i < static_cast<int>(adoptions.size()); ++i) {
      if (adoptions[i]->effective_on > day) continue;
      const std::string rule = RuleOf(*adoptions[i]);
      if (rule == "CARRY") continue;
      if (rule != "MAP") return -1;
      const std::map<int, int>& map = adoptions[i]->carry.at(question_.focus).map;
      if (map.count(level) == 0) return -1;
      level = map.at(level);
    }
    return level;
  }

  const ContractState& state_;
  const OracleQuestion& question_;
  const CivilDay by_;
  const FocusHistory* history_ = nullptr;
  std::vector<const Determination*> timeline_;
};

enum class Side { kNone, kOff, kOn };

// The days of one timeline as a list: days[i] is first + i.
struct Days {
  CivilDay first;
  std::vector<OracleDay> days;
};

Side SideOf(const OracleDay& day, int level, bool below, bool exactly) {
  if (day.level < 0) return Side::kNone;
  const bool on = exactly ? day.level == level : below ? day.level < level : day.level >= level;
  return on ? Side::kOn : Side::kOff;
}

// Which days of lapses are bridged, each lapse judged alone.
std::vector<bool> Bridges(const std::vector<OracleDay>& days, const std::vector<Side>& side,
                          int grace) {
  const int n = static_cast<int>(days.size());
  std::vector<bool> bridged(n, false);
  for (int first = 0; first < n; ++first) {
    if (side[first] != Side::kOff || (first > 0 && side[first - 1] == Side::kOff)) continue;
    int next = first;
    bool all_counted = true;
    while (next < n && side[next] == Side::kOff) all_counted &= days[next++].counted;
    const bool ended = next < n && side[next] == Side::kOn && days[next].counted;
    const bool begun = first > 0 && side[first - 1] == Side::kOn && days[first - 1].counted;
    if (!ended || !begun || !all_counted || next - first > grace) continue;
    for (int i = first; i < next; ++i) bridged[i] = true;
  }
  return bridged;
}

// The figure of the run that day `at` is in, or that its pause ended.
std::optional<OracleSpan> SpanAt(const Days& timeline, const std::vector<Side>& side,
                                 const std::vector<bool>& bridged, int at) {
  int through = at;
  while (through >= 0 && side[through] == Side::kOn && !timeline.days[through].counted) --through;
  if (through < 0 || side[through] != Side::kOn) return std::nullopt;
  int since = through;
  OracleSpan span;
  for (int i = through; i >= 0; --i) {
    const bool counted = side[i] == Side::kOn && timeline.days[i].counted;
    if (!counted && !bridged[i]) break;
    since = i;
    span.net_days += counted;
  }
  span.since = timeline.first + since;
  span.through = timeline.first + through;
  span.days = through - since + 1;
  span.months = OracleMonths(span.since, span.through);
  return span;
}

Days ReadDays(const Eye& eye, CivilDay last) {
  Days result;
  const std::optional<CivilDay> end = eye.ContractEnd();
  if (end && *end < last) last = *end;
  if (eye.timeline().empty()) return result;
  result.first = eye.timeline().front()->effective_on;
  for (CivilDay day = result.first; day <= last; ++day) result.days.push_back(eye.On(day));
  return result;
}

std::vector<Side> SidesOf(const Days& timeline, const OracleQuestion& question, bool exactly) {
  std::vector<Side> side;
  for (const OracleDay& day : timeline.days) {
    side.push_back(SideOf(day, question.level, question.below, exactly));
  }
  return side;
}

std::optional<OracleSpan> Sustained(const Days& timeline, const OracleQuestion& question, int grace,
                                    bool exactly) {
  if (timeline.days.empty()) return std::nullopt;
  const std::vector<Side> side = SidesOf(timeline, question, exactly);
  const int last = static_cast<int>(timeline.days.size()) - 1;
  return SpanAt(timeline, side, Bridges(timeline.days, side, grace), last);
}

std::optional<OracleSpan> Demonstrated(const ContractState& state, const OracleQuestion& question,
                                       const Days& now) {
  const std::optional<OracleSpan> run = Sustained(now, question, 0, false);
  if (!run) return std::nullopt;
  std::optional<OracleSpan> span;
  for (CivilDay day = run->through; day >= run->since; --day) {
    const OracleDay then = Eye(state, question, day).On(day);
    if (SideOf(then, question.level, question.below, false) != Side::kOn || !then.counted) break;
    span = *run;
    span->since = day;
  }
  if (!span) return std::nullopt;
  span->days = span->net_days = static_cast<int>(span->through - span->since) + 1;
  span->months = OracleMonths(span->since, span->through);
  return span;
}

void ListStretches(const Days& timeline, const std::vector<Side>& side,
                   const std::vector<bool>& bridged, OracleAnswer& answer) {
  const int n = static_cast<int>(side.size());
  bool after_a_run = false;
  for (int first = 0; first < n;) {
    int next = first;
    while (next < n && side[next] == side[first]) ++next;
    OracleLapse lapse{timeline.first + first, timeline.first + (next - 1), next - first,
                      bridged[first]};
    if (next == n) lapse.last.reset();
    if (side[first] == Side::kNone) answer.undetermined.push_back(lapse);
    if (side[first] == Side::kOff && after_a_run) answer.lapses.push_back(lapse);
    after_a_run |= side[first] == Side::kOn;
    first = next;
  }
}

void DescribeRun(const Days& timeline, const std::vector<Side>& side,
                 const std::vector<bool>& bridged, OracleAnswer& answer) {
  const int last = static_cast<int>(side.size()) - 1;
  if (side[last] != Side::kOn) {
    int at = last;
    while (at >= 0 && !(side[at] == Side::kOn && timeline.days[at].counted)) --at;
    if (at >= 0) answer.last_run = SpanAt(timeline, side, bridged, at);
    return;
  }
  answer.counted_days = 0;
  for (int i = last; i >= 0 && (side[i] == Side::kOn || bridged[i]); --i) {
    answer.held_since = timeline.first + i;
    *answer.counted_days += side[i] == Side::kOn && timeline.days[i].counted;
  }
  for (int i = last; i >= 0 && side[i] == Side::kOn && !timeline.days[i].counted; --i) {
    answer.paused_since = timeline.first + i;
  }
}

}  // namespace

int OracleMonths(CivilDay first, CivilDay last) {
  for (int months = 1;; ++months) {
    const absl::CivilMonth later = absl::CivilMonth(first) + months;
    // CivilDay carries a day that the month does not have over into the next month.
    const CivilDay corresponding(later.year(), later.month(), first.day());
    const bool exists = absl::CivilMonth(corresponding) == later;
    const CivilDay end = exists ? corresponding - 1 : CivilDay(later + 1) - 1;
    if (end > last) return months - 1;
  }
}

OracleAnswer AskOracle(const ContractState& state, const OracleQuestion& question) {
  OracleAnswer answer;
  const Eye now(state, question, CivilDay::max());
  answer.answered_on = question.as_of;
  const std::optional<CivilDay> end = now.ContractEnd();
  if (end && *end < question.as_of) {
    answer.answered_on = *end;
    answer.contract_ended = true;
  }
  const Days timeline = ReadDays(now, answer.answered_on);
  const Eye then(state, question, answer.answered_on);
  answer.sustained_as_known = Sustained(ReadDays(then, answer.answered_on), question,
                                        then.Grace(answer.answered_on), false);
  if (timeline.days.empty()) return answer;
  answer.first = timeline.first;
  answer.days = timeline.days;

  const std::vector<Side> side = SidesOf(timeline, question, false);
  const int grace = now.Grace(answer.answered_on);
  const std::vector<bool> bridged = Bridges(timeline.days, side, grace);
  answer.sustained = Sustained(timeline, question, grace, false);
  answer.demonstrated = Demonstrated(state, question, timeline);
  if (!question.below) answer.spell = Sustained(timeline, question, 0, true);
  for (size_t i = 0; i < side.size(); ++i) {
    answer.cumulative_days += side[i] == Side::kOn && timeline.days[i].counted;
  }
  DescribeRun(timeline, side, bridged, answer);
  ListStretches(timeline, side, bridged, answer);
  const int last = static_cast<int>(side.size()) - 1;
  for (int i = last; i >= 0 && timeline.days[i].state == "STALE"; --i) {
    answer.stale_since = timeline.first + i;
  }
  for (int i = last; i >= 0 && timeline.days[i].evidence_expired; --i) {
    answer.evidence_expired_since = timeline.first + i;
  }
  std::set<uint64_t> rests_on;
  for (int i = last; i >= 0; --i) {
    if (timeline.days[i].determination >= 0) {
      rests_on.insert(static_cast<uint64_t>(timeline.days[i].determination));
    }
    if (!answer.sustained || timeline.first + i < answer.sustained->since) break;
  }
  answer.rests_on.assign(rests_on.begin(), rests_on.end());
  return answer;
}

}  // namespace waymark::test
