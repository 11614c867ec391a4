#include "ledger/contract/clause_explanation.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/policy_history.h"
#include "ledger/contract/shape_check.h"

namespace waymark {
namespace {

constexpr char kStatement[] =
    "This is what the clause, as encoded, yields from the events known. It decides nothing: any "
    "decision is the Authorities', and any answer to an offer is the provider's.";

Json PositionText(Position position) { return absl::StrCat(position.value); }

// The name of an enumerator without its enum's prefix.
template <typename Enum>
Json WordOf(Enum value, const std::string& (*name)(Enum), absl::string_view prefix) {
  return name(value).substr(prefix.size());
}

Json OutcomeValue(v1::ClauseOutcome outcome) {
  return WordOf(outcome, v1::ClauseOutcome_Name, "CLAUSE_OUTCOME_");
}

Json ClauseValue(const v1::Clause& clause, absl::CivilDay answered_on) {
  Json value = Json::Object();
  value["clause_id"] = clause.clause_id();
  value["version"] = clause.version();
  value["words"] = clause.words();
  value["words_digest"] = absl::BytesToHexString(clause.words_digest());
  value["kind"] = WordOf(clause.kind(), v1::ClauseKind_Name, "CLAUSE_KIND_");
  value["effect"] = WordOf(clause.effect(), v1::ClauseEffect_Name, "CLAUSE_EFFECT_");
  value["effective"] = Json();
  value["applies"] = true;
  if (!clause.has_effective()) return value;
  const DayRange days = RealDays(clause.effective());
  value["effective"] = DaysValue(days);
  value["applies"] = days.first <= answered_on && answered_on <= days.last;
  return value;
}

// As the clause has them; null where it follows the policy.
Json ParametersValue(const v1::ClauseParameters& parameters) {
  const auto word = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  Json value = Json::Object();
  value["gap_policy"] = word(parameters.gap_policy());
  value["dispute_rule"] = word(parameters.dispute_rule());
  value["evidence_expiry"] = word(parameters.evidence_expiry());
  value["measure"] = parameters.measure().empty() ? Json("SPAN") : Json(parameters.measure());
  value["grace_days"] = parameters.has_grace_days() ? Json(parameters.grace_days()) : Json();
  return value;
}

Json NodeValue(const NodeResult& node) {
  Json value = Json::Object();
  value["path"] = node.path;
  value["kind"] = node.kind;
  value["focus"] = node.focus.empty() ? Json() : Json(node.focus);
  value["day"] = FormatDay(node.day);
  value["outcome"] = OutcomeValue(node.outcome);
  value["values"] = node.values;
  value["disputed"] = node.disputed;
  value["days_read"] = Json::Array();
  for (const DaysRead& read : node.reads) {
    Json days = DaysValue(read.days);
    days["focus"] = read.focus;
    value["days_read"].Add(std::move(days));
  }
  value["positions"] = Json::Array();
  for (const Position position : node.positions) value["positions"].Add(PositionText(position));
  return value;
}

// What the whole evaluation has read, focus by focus.
class Account {
 public:
  Account(const ContractState& state, const v1::Clause& clause, const ExplanationBasis& basis,
          const Evaluation& said)
      : state_(state), record_(state, clause, basis.as_of, basis.known) {
    for (const NodeResult* node : NodesOf(said)) {
      positions_.insert(node->positions.begin(), node->positions.end());
      for (const DaysRead& read : node->reads) reads_[read.focus].push_back(read.days);
      if (const auto bridges = node->values.members().find("bridges");
          bridges != node->values.members().end()) {
        for (const Json& bridge : bridges->second.list()) {
          // The same bridge may serve several nodes.
          bridges_.emplace(std::make_pair(node->focus, bridge.Canonical()), bridge);
        }
      }
    }
  }

  Json Policies() const;
  Json PolicyChanges() const;
  Json DeterminationsLeftOut();
  Json Gaps();
  Json Bridges() const;
  Json Disputes() const;
  Json Dependencies() const;

 private:
  bool Reads(const std::string& focus, const DayRange& days) const {
    const std::vector<DayRange>& read = reads_.at(focus);
    return std::any_of(read.begin(), read.end(), [&](const DayRange& one) {
      return one.first <= days.last && days.first <= one.last;
    });
  }
  // The determination that would hold a day which a newer matrix version leaves without a level.
  std::optional<Position> EndedByVersion(const std::string& focus, absl::CivilDay day,
                                         const std::set<Position>& left_out) const;

  const ContractState& state_;
  ClauseRecord record_;
  std::set<Position> positions_;
  std::map<std::string, std::vector<DayRange>> reads_;
  std::map<std::pair<std::string, std::string>, Json> bridges_;
};

std::string KeyWord(v1::PolicyKey key) {
  return v1::PolicyKey_Name(key).substr(sizeof("POLICY_KEY_") - 1);
}

Json Account::Policies() const {
  const bool reward = record_.counting_rules().for_reward;
  Json value = Json::Object();
  for (const v1::PolicyKey key :
       {reward ? v1::POLICY_KEY_GAP_POLICY_REWARD : v1::POLICY_KEY_GAP_POLICY,
        v1::POLICY_KEY_AUTHORITY_DEFAULT_GAP, v1::POLICY_KEY_EVIDENCE_EXPIRY,
        v1::POLICY_KEY_GRACE_DAYS, v1::POLICY_KEY_DISPUTE_RULE, v1::POLICY_KEY_UNLADDERED_IN_ALL,
        v1::POLICY_KEY_TARGET_TEST, v1::POLICY_KEY_MONTH_RULE}) {
    value[KeyWord(key)] = PolicyHistory(state_, key).On(record_.answered_on(), record_.knowledge());
  }
  return value;
}

// Of the policies that are read for each day counted.
Json Account::PolicyChanges() const {
  const bool reward = record_.counting_rules().for_reward;
  Json list = Json::Array();
  for (const PolicyChange& change : state_.policies) {
    const bool per_day =
        change.key == (reward ? v1::POLICY_KEY_GAP_POLICY_REWARD : v1::POLICY_KEY_GAP_POLICY) ||
        change.key == v1::POLICY_KEY_AUTHORITY_DEFAULT_GAP ||
        change.key == v1::POLICY_KEY_EVIDENCE_EXPIRY;
    if (!per_day || !record_.knowledge().Has(change.known)) continue;
    Json one = Json::Object();
    one["key"] = KeyWord(change.key);
    one["value"] = change.value;
    one["effective_on"] = FormatDay(change.effective_on);
    one["position"] = PositionText(change.known.position);
    list.Add(std::move(one));
  }
  return list;
}

std::optional<Position> Account::EndedByVersion(const std::string& focus, absl::CivilDay day,
                                                const std::set<Position>& left_out) const {
  const FocusHistory* history = FindHistory(state_, focus);
  const Determination* latest = nullptr;
  for (const Determination& one : history->determinations) {
    if (!record_.knowledge().Has(one.known) || one.effective_on > day) continue;
    if (left_out.count(one.known.position) > 0) continue;
    if (latest == nullptr || one.effective_on >= latest->effective_on) latest = &one;
  }
  return latest == nullptr ? std::nullopt : std::optional<Position>(latest->known.position);
}

Json Account::DeterminationsLeftOut() {
  Json list = Json::Array();
  for (const auto& [focus, days] : reads_) {
    std::map<Position, Json> found;
    std::set<Position> positions;
    const auto add = [&, &focus = focus](Position position, absl::string_view why, Json by) {
      Json one = Json::Object();
      one["focus"] = focus;
      one["position"] = PositionText(position);
      one["why"] = why;
      one["superseded_by"] = std::move(by);
      found.emplace(position, std::move(one));
    };
    for (const LeftOut& one : FindLeftOut(state_, focus, record_.knowledge())) {
      positions.insert(one.determination);
      one.superseded_by ? add(one.determination, "SUPERSEDED", PositionText(*one.superseded_by))
                        : add(one.determination, "PROVISIONAL", Json());
    }
    for (const Segment& segment : record_.TimelineOf(focus).segments) {
      if (!Reads(focus, segment.days)) continue;
      const HeldDay& held = segment.held;
      if (held.determination && !held.covered && !held.counted) {
        add(*held.determination, "UNCOVERED", Json());
      } else if (!held.determination) {
        const auto ended = EndedByVersion(focus, segment.days.first, positions);
        if (ended) add(*ended, "OTHER_VERSION", Json());
      }
    }
    for (auto& [position, one] : found) list.Add(std::move(one));
  }
  return list;
}

Json Account::Gaps() {
  Json list = Json::Array();
  for (const auto& [focus, days] : reads_) {
    for (const Segment& segment : record_.TimelineOf(focus).segments) {
      const HeldDay& held = segment.held;
      if (!held.determination || held.covered || !Reads(focus, segment.days)) continue;
      Json gap = DaysValue(segment.days);
      gap["focus"] = focus;
      gap["counted"] = held.counted;
      gap["read_as"] = !held.level ? "LAPSE" : held.state == HeldState::kStale ? "STALE" : "HOLD";
      gap["explained"] = held.explained == v1::GAP_REASON_UNSPECIFIED
                             ? Json()
                             : WordOf(held.explained, v1::GapReason_Name, "GAP_REASON_");
      list.Add(std::move(gap));
    }
  }
  return list;
}

Json Account::Bridges() const {
  Json list = Json::Array();
  for (const auto& [key, days] : bridges_) {
    Json bridge = days;
    bridge["focus"] = key.first;
    bridge["grace_days"] = record_.grace_days();
    list.Add(std::move(bridge));
  }
  return list;
}

// Open ones over something that the evaluation rests on.
Json Account::Disputes() const {
  Json list = Json::Array();
  for (const auto& [id, dispute] : state_.disputes) {
    const Knowledge knowledge = record_.knowledge();
    if (!knowledge.Has(dispute.notified)) continue;
    if (dispute.closed && knowledge.Has(*dispute.closed)) continue;
    Json matters = Json::Array();
    for (const Position matter : dispute.matters) {
      if (positions_.count(matter) > 0) matters.Add(PositionText(matter));
    }
    if (matters.list().empty()) continue;
    Json one = Json::Object();
    one["dispute_id"] = id;
    one["position"] = PositionText(dispute.notified.position);
    one["matters"] = std::move(matters);
    one["rule"] = record_.holds_off() ? "HOLD_OFF" : "STANDS";
    list.Add(std::move(one));
  }
  return list;
}

Json Account::Dependencies() const {
  Json list = Json::Array();
  for (const auto& [id, dependency] : state_.dependencies) {
    if (!record_.knowledge().Has(dependency.known)) continue;
    if (dependency.focus && reads_.count(*dependency.focus) == 0) continue;
    const bool discharged =
        dependency.discharge && record_.knowledge().Has(dependency.discharge->known);
    Json one = Json::Object();
    one["dependency_id"] = id;
    one["owed_by"] = dependency.owed_by;
    one["focus"] = dependency.focus ? Json(*dependency.focus) : Json();
    one["due"] = FormatDay(dependency.due);
    one["position"] = PositionText(dependency.known.position);
    one["discharged_by"] = discharged ? PositionText(dependency.discharge->known.position) : Json();
    one["discharged_on"] = discharged ? DayValue(dependency.discharge->effective_on) : Json();
    list.Add(std::move(one));
  }
  return list;
}

std::string Counterfactual(const Evaluation& said) {
  if (!said.earliest_if_held) {
    return "Time alone does not satisfy it within the contract, or within ten years, if present levels stay.";
  }
  if (*said.earliest_if_held == said.answered_on) return "It is satisfied on the day answered for.";
  return absl::StrCat("It would be satisfied from ", FormatDay(*said.earliest_if_held),
                      " if present levels stay.");
}

}  // namespace

std::string ExplainEvaluation(const ContractState& state, const v1::Clause& clause,
                              const ExplanationBasis& basis, const Evaluation& said) {
  Account account(state, clause, basis, said);
  Json record = Json::Object();
  record["engine"] = kClauseEngine;
  record["contract_id"] = state.contract_id;
  record["clause"] = ClauseValue(clause, said.answered_on);
  record["as_of"] = FormatDay(basis.as_of);
  record["answered_on"] = FormatDay(said.answered_on);
  record["known_at"] =
      basis.known.value == 0 ? Json() : PositionText(Position{basis.known.value - 1});
  record["root"] = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(basis.root.data()), basis.root.size()));
  record["outcome"] = OutcomeValue(said.outcome);
  record["flags"] = Json::Array();
  for (const std::string& flag : FlagWords(said.flags)) record["flags"].Add(flag);
  record["parameters"] = ParametersValue(clause.parameters());
  record["policies"] = account.Policies();
  record["policy_changes"] = account.PolicyChanges();
  record["nodes"] = Json::Array();
  for (const NodeResult* node : NodesOf(said)) record["nodes"].Add(NodeValue(*node));
  record["left_out"] = account.DeterminationsLeftOut();
  record["gaps"] = account.Gaps();
  record["bridges"] = account.Bridges();
  record["disputes"] = account.Disputes();
  record["dependencies"] = account.Dependencies();
  record["earliest_if_held"] = DayValue(said.earliest_if_held);
  record["counterfactual"] = Counterfactual(said);
  record["statement"] = kStatement;
  return record.Canonical();
}

}  // namespace waymark
