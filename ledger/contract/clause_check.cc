#include "ledger/contract/clause_check.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ledger/base/limits.h"
#include "ledger/contract/matrix_words.h"
#include "ledger/contract/rule_tree.h"

namespace waymark {
namespace {

constexpr int kWeightsTotal = 100;
constexpr int32_t kContractYearMax = 9998;  // its last day lies in the next year

class TypeCheck {
 public:
  explicit TypeCheck(ShapeCheck* check) : check_(check) {}

  // `results`: how often the node is evaluated. False once the tree is too large to look into.
  bool Rule(const v1::Rule& rule, const std::string& path, int depth, bool in_set,
            uint64_t results);
  void ProRata(const v1::ProRata& quantity, const std::string& path);
  void Wrong(const std::string& path, absl::string_view what) {
    check_->Refuse("RULE_TYPE_ERROR", path, what);
  }

 private:
  void Leaf(const v1::Rule& rule, const std::string& path, bool in_set);
  bool Inner(const v1::Rule& rule, const std::string& path, int depth, bool in_set,
             uint64_t results);
  void FocusSet(const v1::FocusSet& set, const std::string& path);
  void Level(uint32_t level, const std::string& path);
  void Amount(uint32_t number, uint32_t most, const std::string& path);
  void Window(bool present, const v1::Window& window, const std::string& path);
  void Threshold(bool present, const v1::Rational& threshold, const std::string& path);
  void Weights(const v1::WeightedMeanRule& mean, const std::string& path);
  void Sustained(const v1::SustainedRule& sustained, const std::string& path);
  void Cumulative(const v1::CumulativeRule& cumulative, const std::string& path);

  ShapeCheck* const check_;
  int nodes_ = 0;
  uint64_t results_ = 0;
};

void TypeCheck::Level(uint32_t level, const std::string& path) {
  if (level <= kLevelMax) return;
  Wrong(path + ".level", absl::StrCat(level, ", but levels are 0 to ", kLevelMax));
}

void TypeCheck::Amount(uint32_t number, uint32_t most, const std::string& path) {
  if (number == 0) Wrong(path, "not given, or 0");
  if (number > most) Wrong(path, absl::StrCat(number, ", at most ", most));
}

void TypeCheck::Window(bool present, const v1::Window& window, const std::string& path) {
  const int given = window.has_days() + window.has_months() + window.has_contract_year();
  if (!present || given != 1) {
    return Wrong(path + ".window", "give one of days, months and contract_year");
  }
  if (window.has_days()) Amount(window.days(), kClauseDaysMax, path + ".window.days");
  if (window.has_months()) Amount(window.months(), kClauseMonthsMax, path + ".window.months");
  if (window.has_contract_year() &&
      (window.contract_year() < 1 || window.contract_year() > kContractYearMax)) {
    Wrong(path + ".window.contract_year", absl::StrCat("1 to ", kContractYearMax));
  }
}

void TypeCheck::Threshold(bool present, const v1::Rational& threshold, const std::string& path) {
  if (!present) return Wrong(path + ".at_least", "not given");
  if (threshold.den() == 0) Wrong(path + ".at_least.den", "a fraction over zero is no number");
}

void TypeCheck::FocusSet(const v1::FocusSet& set, const std::string& path) {
  if (set.word().empty() == set.focuses().empty()) {
    return Wrong(path, "give a list of focuses, or one of ALL, LADDER, CATEGORY:xx");
  }
  if (set.focuses().empty()) {
    const absl::string_view word = set.word();
    if (word == kAllFocuses || word == kLadderFocuses) return;
    if (absl::StartsWith(word, kCategoryPrefix) && word.size() > kCategoryPrefix.size()) return;
    return Wrong(path, absl::StrCat("'", word, "' is none of ALL, LADDER, CATEGORY:xx"));
  }
  if (set.focuses_size() > static_cast<int>(kMatrixFocusesMax)) {
    return Wrong(path, absl::StrCat(set.focuses_size(), " focuses, at most ", kMatrixFocusesMax));
  }
  std::set<absl::string_view> seen;
  for (int i = 0; i < set.focuses_size(); ++i) {
    const std::string field = absl::StrCat(path, "[", i, "]");
    check_->Id(set.focuses(i), field);
    if (!seen.insert(set.focuses(i)).second) Wrong(field, "this focus stands twice");
  }
}

void TypeCheck::Weights(const v1::WeightedMeanRule& mean, const std::string& path) {
  Threshold(mean.has_at_least(), mean.at_least(), path);
  if (mean.weights().empty()) return Wrong(path + ".weights", "there are none");
  uint64_t total = 0;
  std::set<absl::string_view> seen;
  for (int i = 0; i < mean.weights_size(); ++i) {
    const std::string field = absl::StrCat(path, ".weights[", i, "].focus");
    check_->Id(mean.weights(i).focus(), field);
    if (!seen.insert(mean.weights(i).focus()).second) Wrong(field, "this focus stands twice");
    total += mean.weights(i).weight();
  }
  if (total != kWeightsTotal) {
    check_->Refuse("WEIGHTS_NOT_100", path + ".weights",
                   absl::StrCat("they total ", total, ", not ", kWeightsTotal));
  }
}

void TypeCheck::Sustained(const v1::SustainedRule& sustained, const std::string& path) {
  Level(sustained.level(), path);
  if (sustained.has_months() == sustained.has_days()) {
    return Wrong(path, "give either months or days");
  }
  if (sustained.has_months()) Amount(sustained.months(), kClauseMonthsMax, path + ".months");
  if (sustained.has_days()) Amount(sustained.days(), kClauseDaysMax, path + ".days");
}

void TypeCheck::Cumulative(const v1::CumulativeRule& cumulative, const std::string& path) {
  Level(cumulative.level(), path);
  if (cumulative.side() == v1::LEVEL_SIDE_UNSPECIFIED) Wrong(path + ".side", "not given");
  if (cumulative.compare() == v1::COMPARISON_UNSPECIFIED) Wrong(path + ".compare", "not given");
  if (cumulative.days() > kClauseDaysMax) {
    Wrong(path + ".days", absl::StrCat(cumulative.days(), ", at most ", kClauseDaysMax));
  }
  Window(cumulative.has_window(), cumulative.window(), path);
}

void TypeCheck::Leaf(const v1::Rule& rule, const std::string& path, bool in_set) {
  if (const std::string* focus = FocusOf(rule)) {
    if (!focus->empty()) check_->Id(*focus, path + ".focus");
    if (focus->empty() && !in_set) {
      Wrong(path + ".focus", "not given, and no set of focuses above supplies it");
    }
  }
  switch (rule.node_case()) {
    case v1::Rule::kLevelAtLeast:
      return Level(rule.level_at_least().level(), path);
    case v1::Rule::kSustained:
      return Sustained(rule.sustained(), path);
    case v1::Rule::kCumulative:
      return Cumulative(rule.cumulative(), path);
    case v1::Rule::kLapsesAtMost:
      Level(rule.lapses_at_most().level(), path);
      return Window(rule.lapses_at_most().has_window(), rule.lapses_at_most().window(), path);
    case v1::Rule::kCategoryMean:
      check_->Id(rule.category_mean().category(), path + ".category");
      return Threshold(rule.category_mean().has_at_least(), rule.category_mean().at_least(), path);
    case v1::Rule::kWeightedMean:
      return Weights(rule.weighted_mean(), path);
    case v1::Rule::kCure:
      Level(rule.cure().level(), path);
      return Amount(rule.cure().days(), kClauseDaysMax, path + ".days");
    default:
      return;
  }
}

bool TypeCheck::Rule(const v1::Rule& rule, const std::string& path, int depth, bool in_set,
                     uint64_t results) {
  results_ += results;
  if (depth > kRuleDepthMax) {
    Wrong(path, absl::StrCat("a tree deeper than ", kRuleDepthMax, " nodes"));
    return false;
  }
  if (++nodes_ > kRuleNodesMax) {
    Wrong(path, absl::StrCat("a tree of more than ", kRuleNodesMax, " nodes"));
    return false;
  }
  if (results_ > kRuleResultsMax) {
    Wrong(path, absl::StrCat("with sets within sets the rule has more than ", kRuleResultsMax,
                             " results"));
    return false;
  }
  if (rule.node_case() == v1::Rule::NODE_NOT_SET) {
    Wrong(path, "no rule is given");
    return true;
  }
  const std::string own = absl::StrCat(path, ".", RuleKind(rule));
  Leaf(rule, own, in_set);
  if (rule.has_by_date()) check_->Day(rule.by_date().has_by(), rule.by_date().by(), own + ".by");
  if (rule.has_count_of_focuses()) {
    Amount(rule.count_of_focuses().at_least(), kMatrixFocusesMax, own + ".at_least");
  }
  if (const v1::FocusSet* set = FocusesOf(rule)) {
    FocusSet(*set, own + ".focuses");
    in_set = true;
    results *= set->focuses().empty() ? kMatrixFocusesMax : uint64_t{1} * set->focuses_size();
  }
  return Inner(rule, path, depth, in_set, results);
}

bool TypeCheck::Inner(const v1::Rule& rule, const std::string& path, int depth, bool in_set,
                      uint64_t results) {
  const std::vector<InnerRule> inner = InnerRules(rule);
  if (inner.empty() && (rule.has_all() || rule.has_any())) {
    Wrong(absl::StrCat(path, ".", RuleKind(rule)), "the list is empty");
  }
  return std::all_of(inner.begin(), inner.end(), [&](const InnerRule& one) {
    return Rule(*one.rule, path + one.step, depth + 1, in_set, results);
  });
}

void TypeCheck::ProRata(const v1::ProRata& quantity, const std::string& path) {
  check_->Id(quantity.focus(), path + ".focus");
  Level(quantity.level(), path);
  if (quantity.contract_year() < 1 || quantity.contract_year() > kContractYearMax) {
    Wrong(path + ".contract_year", absl::StrCat("1 to ", kContractYearMax));
  }
  if (!quantity.has_full()) return Wrong(path + ".full", "not given");
  if (quantity.full().pence() < 0 || quantity.full().pence() > kClausePenceMax) {
    Wrong(path + ".full.pence", absl::StrCat("0 to ", kClausePenceMax));
  }
}

// One of some words separated by '|', or empty, which follows the contract's policy.
void CheckWord(absl::string_view value, absl::string_view words, const std::string& field,
               TypeCheck* types) {
  const std::vector<absl::string_view> allowed = absl::StrSplit(words, '|');
  if (value.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  types->Wrong(field, absl::StrCat("'", value, "' is none of ", absl::StrJoin(allowed, ", ")));
}

void CheckParameters(const v1::ClauseParameters& parameters, const std::string& field,
                     TypeCheck* types) {
  CheckWord(parameters.gap_policy(), "HOLD|STALE|LAPSE", field + ".gap_policy", types);
  CheckWord(parameters.dispute_rule(), "STANDS|HOLD_OFF", field + ".dispute_rule", types);
  CheckWord(parameters.evidence_expiry(), "FLAG|STRICT", field + ".evidence_expiry", types);
  CheckWord(parameters.measure(), "SPAN|NET", field + ".measure", types);
  if (parameters.grace_days() > static_cast<uint32_t>(kGraceDaysMax)) {
    types->Wrong(field + ".grace_days",
                 absl::StrCat(parameters.grace_days(), ", at most ", kGraceDaysMax));
  }
}

}  // namespace

void CheckClause(const v1::Clause& clause, const std::string& field, ShapeCheck* check) {
  check->Id(clause.clause_id(), field + ".clause_id");
  if (clause.version() == 0) check->Refuse("FIELD_MISSING", field + ".version", "not given");
  if (IsBlank(clause.words())) {
    check->Refuse("CLAUSE_WORDS_MISSING", field + ".words", "give the words of the contract");
  }
  check->Sha256(clause.words_digest(), field + ".words_digest");
  check->Choice(clause.kind(), field + ".kind");
  check->Choice(clause.effect(), field + ".effect");
  TypeCheck types(check);
  if (!clause.has_rule() && !clause.has_quantity()) {
    types.Wrong(field + ".rule", "a clause has a rule, a quantity, or both");
  }
  if (clause.has_rule()) types.Rule(clause.rule(), field + ".rule", 1, false, 1);
  if (clause.has_quantity()) {
    types.ProRata(clause.quantity().pro_rata(), field + ".quantity.pro_rata");
  }
  CheckParameters(clause.parameters(), field + ".parameters", &types);
  if (clause.has_effective()) check->Days(true, clause.effective(), field + ".effective");
  check->OptionalSha256(clause.test_vectors(), field + ".test_vectors");
}

void ClauseNames::Add(const v1::Matrix& matrix) {
  for (const v1::Focus& focus : matrix.focuses()) focuses.insert(focus.code());
  for (const v1::Category& category : matrix.categories()) categories.insert(category.code());
}

namespace {

class NameCheck {
 public:
  explicit NameCheck(const ClauseNames& names) : names_(names) {}

  void Rule(const v1::Rule& rule, const std::string& path) {
    const std::string own = absl::StrCat(path, ".", RuleKind(rule));
    if (const std::string* focus = FocusOf(rule); focus != nullptr && !focus->empty()) {
      Focus(*focus, own + ".focus");
    }
    if (const v1::FocusSet* set = FocusesOf(rule)) {
      for (int i = 0; i < set->focuses_size(); ++i) {
        Focus(set->focuses(i), absl::StrCat(own, ".focuses[", i, "]"));
      }
      absl::string_view word = set->word();
      if (absl::ConsumePrefix(&word, kCategoryPrefix)) Category(word, own + ".focuses");
    }
    if (rule.has_category_mean()) Category(rule.category_mean().category(), own + ".category");
    for (int i = 0; i < rule.weighted_mean().weights_size(); ++i) {
      Focus(rule.weighted_mean().weights(i).focus(), absl::StrCat(own, ".weights[", i, "].focus"));
    }
    for (const InnerRule& inner : InnerRules(rule)) Rule(*inner.rule, path + inner.step);
  }

  void Focus(const std::string& code, const std::string& field) {
    if (names_.focuses.count(code) > 0) return;
    found_.push_back({field, absl::StrCat("the matrix has no focus '", code, "'")});
  }

  std::vector<UnknownName> TakeFound() { return std::move(found_); }

 private:
  void Category(absl::string_view code, const std::string& field) {
    if (names_.categories.count(std::string(code)) > 0) return;
    found_.push_back({field, absl::StrCat("the matrix has no category '", code, "'")});
  }

  const ClauseNames& names_;
  std::vector<UnknownName> found_;
};

}  // namespace

std::vector<UnknownName> FindUnknownNames(const v1::Clause& clause, const std::string& field,
                                          const ClauseNames& names) {
  NameCheck check(names);
  if (clause.has_rule()) check.Rule(clause.rule(), field + ".rule");
  if (clause.has_quantity()) {
    check.Focus(clause.quantity().pro_rata().focus(), field + ".quantity.pro_rata.focus");
  }
  return check.TakeFound();
}

}  // namespace waymark
