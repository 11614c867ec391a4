#include "ledger/contract/rule_tree.h"

#include "absl/strings/str_cat.h"

namespace waymark {
namespace {

std::vector<InnerRule> ListRules(absl::string_view step, const v1::RuleList& list) {
  std::vector<InnerRule> inner;
  for (int i = 0; i < list.rules_size(); ++i) {
    inner.push_back({absl::StrCat(step, "[", i, "]"), &list.rules(i)});
  }
  return inner;
}

}  // namespace

std::vector<InnerRule> InnerRules(const v1::Rule& rule) {
  switch (rule.node_case()) {
    case v1::Rule::kAll:
      return ListRules(".all", rule.all());
    case v1::Rule::kAny:
      return ListRules(".any", rule.any());
    case v1::Rule::kNot:
      return {{".not", &rule.not_()}};
    case v1::Rule::kEach:
      return {{".each.rule", &rule.each().rule()}};
    case v1::Rule::kCountOfFocuses:
      return {{".count_of_focuses.rule", &rule.count_of_focuses().rule()}};
    case v1::Rule::kByDate:
      return {{".by_date.rule", &rule.by_date().rule()}};
    case v1::Rule::kGate:
      return {{".gate.trigger", &rule.gate().trigger()}, {".gate.rule", &rule.gate().rule()}};
    default:
      return {};
  }
}

absl::string_view RuleKind(const v1::Rule& rule) {
  if (rule.node_case() == v1::Rule::NODE_NOT_SET) return "";
  return v1::Rule::descriptor()->FindFieldByNumber(rule.node_case())->name();
}

const v1::FocusSet* FocusesOf(const v1::Rule& rule) {
  if (rule.has_each()) return &rule.each().focuses();
  if (rule.has_count_of_focuses()) return &rule.count_of_focuses().focuses();
  return nullptr;
}

const std::string* FocusOf(const v1::Rule& rule) {
  switch (rule.node_case()) {
    case v1::Rule::kLevelAtLeast:
      return &rule.level_at_least().focus();
    case v1::Rule::kSustained:
      return &rule.sustained().focus();
    case v1::Rule::kCumulative:
      return &rule.cumulative().focus();
    case v1::Rule::kLapsesAtMost:
      return &rule.lapses_at_most().focus();
    case v1::Rule::kCure:
      return &rule.cure().focus();
    default:
      return nullptr;
  }
}

}  // namespace waymark
