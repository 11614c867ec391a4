#include "ledger/contract/clause_evaluate.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "ledger/contract/rule_tree.h"
#include "ledger/contract/shape_check.h"

namespace waymark {
namespace {

constexpr v1::ClauseOutcome kNo = v1::CLAUSE_OUTCOME_NOT_SATISFIED;
constexpr v1::ClauseOutcome kUnknown = v1::CLAUSE_OUTCOME_INDETERMINATE;
constexpr v1::ClauseOutcome kYes = v1::CLAUSE_OUTCOME_SATISFIED;

v1::ClauseOutcome Not(v1::ClauseOutcome outcome) {
  return outcome == kNo ? kYes : outcome == kYes ? kNo : kUnknown;
}

// What is asked of one node: the focus that a set above supplies, and the day.
struct Asked {
  std::string focus;
  absl::CivilDay day;
};

class TreeReader {
 public:
  TreeReader(ClauseRecord* record, bool detailed)
      : record_(*record), detailed_(detailed), leaves_(record, detailed) {}

  NodeResult Answer(const v1::Rule& rule, const std::string& path, const Asked& asked);

 private:
  NodeResult Leaf(const v1::Rule& rule, const Asked& asked);
  void Lists(const v1::Rule& rule, const Asked& asked, NodeResult* node);
  void Each(const v1::EachRule& rule, const Asked& asked, NodeResult* node);
  void Count(const v1::CountRule& rule, const Asked& asked, NodeResult* node);
  void ByDate(const v1::ByDateRule& rule, const Asked& asked, NodeResult* node);
  void Gate(const v1::GateRule& rule, const Asked& asked, NodeResult* node);
  // What a rule came to by a day, looked at day by day.
  struct Reached {
    // The first day up to it on which the rule is satisfied.
    std::optional<absl::CivilDay> on;
    // SATISFIED if there is one, else what the rule says on the last day.
    v1::ClauseOutcome outcome = v1::CLAUSE_OUTCOME_UNSPECIFIED;
  };
  const Reached& ReachedBy(const v1::Rule& rule, const Asked& asked, absl::CivilDay by);

  ClauseRecord& record_;
  const bool detailed_;
  LeafReader leaves_;
  // Answers the outcome alone; every by_date, however deep, asks the same one, which then knows
  // what it found. A reader that is not detailed is its own.
  std::unique_ptr<TreeReader> quick_;
  // By rule, focus and last day asked: nested by_date nodes ask the same again on every day.
  std::map<std::tuple<const v1::Rule*, std::string, absl::CivilDay>, Reached> reached_;
};

NodeResult TreeReader::Leaf(const v1::Rule& rule, const Asked& asked) {
  const std::string* own = FocusOf(rule);
  return leaves_.Answer(rule, own != nullptr && !own->empty() ? *own : asked.focus, asked.day);
}

NodeResult TreeReader::Answer(const v1::Rule& rule, const std::string& path, const Asked& asked) {
  NodeResult node;
  const std::vector<InnerRule> inner = InnerRules(rule);
  if (inner.empty()) {
    node = Leaf(rule, asked);
    node.path = path;
    return node;
  }
  node.path = path;
  node.kind = RuleKind(rule);
  node.focus = asked.focus;
  node.day = asked.day;
  switch (rule.node_case()) {
    case v1::Rule::kEach:
      Each(rule.each(), asked, &node);
      break;
    case v1::Rule::kCountOfFocuses:
      Count(rule.count_of_focuses(), asked, &node);
      break;
    case v1::Rule::kByDate:
      ByDate(rule.by_date(), asked, &node);
      break;
    case v1::Rule::kGate:
      Gate(rule.gate(), asked, &node);
      break;
    default:
      Lists(rule, asked, &node);
  }
  if (!detailed_) node.inner.clear();
  return node;
}

void TreeReader::Lists(const v1::Rule& rule, const Asked& asked, NodeResult* node) {
  v1::ClauseOutcome least = kYes, greatest = kNo;
  for (const InnerRule& inner : InnerRules(rule)) {
    node->inner.push_back(Answer(*inner.rule, node->path + inner.step, asked));
    least = std::min(least, node->inner.back().outcome);
    greatest = std::max(greatest, node->inner.back().outcome);
    // One definite answer settles it; only a detailed one tells the rest.
    if (!detailed_ && (rule.has_all() ? least == kNo : greatest == kYes)) break;
  }
  node->outcome = rule.has_all() ? least : rule.has_any() ? greatest : Not(least);
}

void TreeReader::Each(const v1::EachRule& rule, const Asked& asked, NodeResult* node) {
  const std::vector<std::string> members = record_.Members(rule.focuses(), asked.day);
  node->outcome = members.empty() ? kUnknown : kYes;
  for (const std::string& focus : members) {
    node->inner.push_back(Answer(rule.rule(), node->path + ".each.rule", {focus, asked.day}));
    node->outcome = std::min(node->outcome, node->inner.back().outcome);
    if (!detailed_ && node->outcome == kNo) break;
  }
}

void TreeReader::Count(const v1::CountRule& rule, const Asked& asked, NodeResult* node) {
  const std::vector<std::string> members = record_.Members(rule.focuses(), asked.day);
  uint32_t satisfied = 0, unknown = 0;
  for (const std::string& focus : members) {
    node->inner.push_back(
        Answer(rule.rule(), node->path + ".count_of_focuses.rule", {focus, asked.day}));
    satisfied += node->inner.back().outcome == kYes;
    unknown += node->inner.back().outcome == kUnknown;
  }
  node->outcome = satisfied >= rule.at_least()                                ? kYes
                  : satisfied + unknown < rule.at_least() && !members.empty() ? kNo
                                                                              : kUnknown;
  if (!detailed_) return;
  node->values["count"] = satisfied;
  node->values["unknown"] = unknown;
  node->values["of"] = members.size();
}

const TreeReader::Reached& TreeReader::ReachedBy(const v1::Rule& rule, const Asked& asked,
                                                 absl::CivilDay by) {
  if (detailed_) {
    if (quick_ == nullptr) quick_ = std::make_unique<TreeReader>(&record_, /*detailed=*/false);
    return quick_->ReachedBy(rule, asked, by);
  }
  const auto [place, fresh] = reached_.try_emplace({&rule, asked.focus, by});
  Reached& reached = place->second;
  if (!fresh) return reached;
  for (absl::CivilDay day = std::min(record_.first_day(), by); day <= by; ++day) {
    reached.outcome = Answer(rule, "", {asked.focus, day}).outcome;
    if (reached.outcome != kYes) continue;
    // A day before the record began is none on which it was reached.
    if (day >= record_.first_day()) reached.on = day;
    break;
  }
  return reached;
}

void TreeReader::ByDate(const v1::ByDateRule& rule, const Asked& asked, NodeResult* node) {
  const absl::CivilDay by = RealDay(rule.by());
  absl::CivilDay day = std::min(by, asked.day);
  std::optional<absl::CivilDay> reached_on;
  if (!detailed_ && asked.day < by) {
    node->outcome = kUnknown;
    return;
  }
  if (asked.day >= by && record_.reached_by()) {
    const Reached& reached = ReachedBy(rule.rule(), asked, by);
    // Whatever stands below is not asked again: by_date nodes within by_date nodes would double the
    // work each time.
    if (!detailed_) {
      node->outcome = reached.outcome;
      return;
    }
    reached_on = reached.on;
    day = reached_on.value_or(by);
  }
  node->inner.push_back(Answer(rule.rule(), node->path + ".by_date.rule", {asked.focus, day}));
  node->outcome = asked.day < by ? kUnknown : node->inner.back().outcome;
  if (!detailed_) return;
  node->values["by"] = DayValue(by);
  node->values["answered_on"] = DayValue(day);
  node->values["reached_on"] = DayValue(reached_on);
}

void TreeReader::Gate(const v1::GateRule& rule, const Asked& asked, NodeResult* node) {
  node->inner.push_back(Answer(rule.trigger(), node->path + ".gate.trigger", asked));
  node->inner.push_back(Answer(rule.rule(), node->path + ".gate.rule", asked));
  const v1::ClauseOutcome trigger = node->inner[0].outcome;
  node->outcome = std::min(Not(trigger), node->inner[1].outcome);
  if (detailed_) node->values["capped"] = trigger == kYes;
}

v1::ClauseOutcome OutcomeOn(absl::CivilDay day, ClauseRecord* record, TreeReader* tree) {
  const v1::Clause& clause = record->clause();
  if (clause.has_rule()) return tree->Answer(clause.rule(), "rule", {"", day}).outcome;
  return LeafReader(record, /*detailed=*/false).Answer(clause.quantity().pro_rata(), day).outcome;
}

// `results`: of the evaluation on one day.
std::optional<absl::CivilDay> EarliestIfHeld(ClauseRecord* record, size_t results) {
  // A contract may end in any year, and each day costs an evaluation.
  const absl::CivilDay horizon = record->answered_on() + LookAheadDays(results);
  const absl::CivilDay last = std::min(record->last_day().value_or(horizon), horizon);
  record->HoldPresentLevels(last);
  TreeReader tree(record, /*detailed=*/false);
  for (absl::CivilDay day = record->answered_on(); day <= last; ++day) {
    if (OutcomeOn(day, record, &tree) == kYes) return day;
  }
  return std::nullopt;
}

void AddNodes(const NodeResult& node, std::vector<const NodeResult*>* nodes) {
  nodes->push_back(&node);
  for (const NodeResult& inner : node.inner) AddNodes(inner, nodes);
}

Evaluation Evaluate(ClauseRecord* record) {
  const v1::Clause& clause = record->clause();
  Evaluation said;
  said.answered_on = record->answered_on();
  if (clause.has_quantity()) {
    said.quantity = LeafReader(record, /*detailed=*/true)
                        .Answer(clause.quantity().pro_rata(), said.answered_on);
    said.outcome = said.quantity->outcome;
  }
  if (clause.has_rule()) {
    said.rule =
        TreeReader(record, /*detailed=*/true).Answer(clause.rule(), "rule", {"", said.answered_on});
    said.outcome = said.rule->outcome;
  }
  said.flags.contract_ended = record->contract_ended();
  for (const NodeResult* node : NodesOf(said)) {
    said.flags.disputed |= node->disputed;
    said.flags.evidence_expired |= node->evidence_expired;
  }
  return said;
}

}  // namespace

Evaluation EvaluateClause(const ContractState& state, const v1::Clause& clause,
                          absl::CivilDay as_of, TreeSize known) {
  ClauseRecord record(state, clause, as_of, known);
  Evaluation said = Evaluate(&record);
  said.earliest_if_held = EarliestIfHeld(&record, NodesOf(said).size());
  return said;
}

int LookAheadDays(size_t results) {
  const size_t affordable = kLookAheadResultsMax / std::max<size_t>(results, 1);
  return static_cast<int>(std::min<size_t>(kLookAheadDaysMax, affordable));
}

Evaluation EvaluateClauseOnDay(const ContractState& state, const v1::Clause& clause,
                               absl::CivilDay as_of, TreeSize known) {
  ClauseRecord record(state, clause, as_of, known);
  return Evaluate(&record);
}

std::vector<const NodeResult*> NodesOf(const Evaluation& evaluation) {
  std::vector<const NodeResult*> nodes;
  if (evaluation.rule) AddNodes(*evaluation.rule, &nodes);
  if (evaluation.quantity) AddNodes(*evaluation.quantity, &nodes);
  return nodes;
}

std::vector<const NodeResult*> LeavesOf(const Evaluation& evaluation) {
  std::vector<const NodeResult*> leaves;
  for (const NodeResult* node : NodesOf(evaluation)) {
    if (node->is_leaf) leaves.push_back(node);
  }
  return leaves;
}

}  // namespace waymark
