#include "ledger/contract/clause_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/clause_leaves.h"
#include "ledger/contract/rule_tree.h"
#include "ledger/contract/shape_check.h"

namespace waymark {
namespace {

std::string Plural(uint64_t count, absl::string_view one) {
  return absl::StrCat(count, " ", one, count == 1 ? "" : "s");
}

std::string SetWords(const v1::FocusSet& set) {
  if (set.word().empty()) return absl::StrJoin(set.focuses(), ", ");
  absl::string_view category = set.word();
  if (absl::ConsumePrefix(&category, kCategoryPrefix)) {
    return absl::StrCat("ladder of category ", category);
  }
  return set.word() == kAllFocuses ? "focus of the matrix" : "ladder";
}

std::string WindowWords(const v1::Window& window) {
  if (window.has_days()) return absl::StrCat("the last ", Plural(window.days(), "day"));
  if (window.has_months()) return absl::StrCat("the last ", Plural(window.months(), "month"));
  return absl::StrCat("the contract year that starts in ", window.contract_year());
}

std::string ThresholdWords(const v1::Rational& threshold) {
  return RatioText(ReducedRatio(threshold.num(), threshold.den()));
}

// The focus that a leaf is about; "it" where a set above supplies it.
std::string Subject(const v1::Rule& rule) {
  const std::string* focus = FocusOf(rule);
  return focus->empty() ? "it" : *focus;
}

std::string SustainedWords(const v1::SustainedRule& rule) {
  return absl::StrCat(
      "has been at level ", rule.level(), " or above for ",
      rule.has_months() ? Plural(rule.months(), "month") : Plural(rule.days(), "day"),
      " without a break");
}

std::string CumulativeWords(const v1::CumulativeRule& rule) {
  return absl::StrCat(
      "was ", rule.side() == v1::LEVEL_SIDE_BELOW ? "below level " : "at or above level ",
      rule.level(), " on at ", rule.compare() == v1::COMPARISON_AT_MOST ? "most " : "least ",
      Plural(rule.days(), "day"), " of ", WindowWords(rule.window()));
}

std::string CureWords(const v1::CureRule& rule) {
  return absl::StrCat(
      "was served an improvement notice and was not ",
      rule.basis() == v1::CURE_BASIS_ASSESSED ? "found cured (level " : "restored to level ",
      rule.level(), rule.basis() == v1::CURE_BASIS_ASSESSED ? ")" : "", " within ",
      Plural(rule.days(), "day"), " of service");
}

std::string WeightedWords(const v1::WeightedMeanRule& rule) {
  const std::string weights =
      absl::StrJoin(rule.weights(), ", ", [](std::string* out, const v1::FocusWeight& one) {
        absl::StrAppend(out, one.focus(), " ", one.weight());
      });
  return absl::StrCat("the mean level weighted by ", weights, " is at least ",
                      ThresholdWords(rule.at_least()));
}

// What a node says; those with nodes under them end in a colon.
std::string LineOf(const v1::Rule& rule) {
  switch (rule.node_case()) {
    case v1::Rule::kAll:
      return "all of these hold:";
    case v1::Rule::kAny:
      return "at least one of these holds:";
    case v1::Rule::kNot:
      return "this does not hold:";
    case v1::Rule::kEach:
      return absl::StrCat("for each ", SetWords(rule.each().focuses()), ", taken by itself:");
    case v1::Rule::kCountOfFocuses:
      return absl::StrCat("for at least ", rule.count_of_focuses().at_least(), " of: each ",
                          SetWords(rule.count_of_focuses().focuses()), ", taken by itself:");
    case v1::Rule::kLevelAtLeast:
      return absl::StrCat(Subject(rule), " is at level ", rule.level_at_least().level(),
                          " or above on the day asked about");
    case v1::Rule::kSustained:
      return absl::StrCat(Subject(rule), " ", SustainedWords(rule.sustained()));
    case v1::Rule::kCumulative:
      return absl::StrCat(Subject(rule), " ", CumulativeWords(rule.cumulative()));
    case v1::Rule::kLapsesAtMost:
      return absl::StrCat(Subject(rule), " fell below level ", rule.lapses_at_most().level(),
                          " at most ", Plural(rule.lapses_at_most().count(), "time"), " in ",
                          WindowWords(rule.lapses_at_most().window()));
    case v1::Rule::kCategoryMean:
      return absl::StrCat("the mean level of the ladders of category ",
                          rule.category_mean().category(), " is at least ",
                          ThresholdWords(rule.category_mean().at_least()));
    case v1::Rule::kWeightedMean:
      return WeightedWords(rule.weighted_mean());
    case v1::Rule::kByDate:
      return absl::StrCat("by ", FormatDay(RealDay(rule.by_date().by())), ", and unknown before:");
    case v1::Rule::kCure:
      return absl::StrCat(Subject(rule), " ", CureWords(rule.cure()));
    case v1::Rule::kGate:
      return "the second of these holds, and the first does not (while it does, the rest is "
             "capped):";
    case v1::Rule::NODE_NOT_SET:
      break;
  }
  return "";
}

void AddLines(const v1::Rule& rule, int indent, absl::string_view before,
              std::vector<std::string>* lines) {
  lines->push_back(absl::StrCat(std::string(indent, ' '), before, LineOf(rule)));
  for (const InnerRule& inner : InnerRules(rule)) AddLines(*inner.rule, indent + 2, "", lines);
}

absl::string_view KindWords(v1::ClauseKind kind) {
  switch (kind) {
    case v1::CLAUSE_KIND_REWARD:
      return "a reward";
    case v1::CLAUSE_KIND_SANCTION:
      return "a sanction";
    case v1::CLAUSE_KIND_EXTENSION:
      return "an extension";
    default:
      return "information";
  }
}

absl::string_view EffectWords(v1::ClauseKind kind, v1::ClauseEffect effect) {
  switch (effect) {
    case v1::CLAUSE_EFFECT_ENTITLES:
      return kind == v1::CLAUSE_KIND_SANCTION
                 ? "when satisfied, the authorities are due it; deciding otherwise needs a reason"
                 : "when satisfied, the provider is due it; deciding otherwise needs a reason";
    case v1::CLAUSE_EFFECT_MAKES_ELIGIBLE:
      return "when satisfied, it may be decided";
    default:
      return "it states a fact and no more";
  }
}

void AddParameters(const v1::Clause& clause, std::vector<std::string>* lines) {
  const v1::ClauseParameters& parameters = clause.parameters();
  const auto value = [](const std::string& own) {
    return own.empty() ? std::string("as the contract's policy") : own;
  };
  lines->push_back(
      absl::StrCat("Days that no determination speaks for: ", value(parameters.gap_policy())));
  lines->push_back(absl::StrCat(
      "Lapses bridged: ",
      parameters.has_grace_days() ? absl::StrCat("up to ", Plural(parameters.grace_days(), "day"))
                                  : value(""),
      parameters.measure() == "NET" ? ", their days not counted" : ", their days counted"));
  lines->push_back(absl::StrCat("Open disputes: ", value(parameters.dispute_rule())));
  lines->push_back(absl::StrCat("Expired evidence: ", value(parameters.evidence_expiry())));
  if (!clause.has_effective()) return;
  const DayRange days = RealDays(clause.effective());
  lines->push_back(
      absl::StrCat("It applies from ", FormatDay(days.first), " to ", FormatDay(days.last), "."));
}

}  // namespace

std::vector<std::string> ClauseInWords(const v1::Clause& clause) {
  std::vector<std::string> lines;
  lines.push_back(absl::StrCat("Clause ", clause.clause_id(), ", version ", clause.version(), ": ",
                               KindWords(clause.kind()), "; ",
                               EffectWords(clause.kind(), clause.effect()), "."));
  lines.push_back(absl::StrCat("Its words: ", clause.words()));
  if (clause.has_rule()) AddLines(clause.rule(), 0, "The clause is satisfied when ", &lines);
  if (clause.has_quantity()) {
    const v1::ProRata& share = clause.quantity().pro_rata();
    lines.push_back(absl::StrCat(
        "The amount is £", share.full().pence() / 100, ".",
        absl::Dec(share.full().pence() % 100, absl::kZeroPad2), " times the share of the days of ",
        "the contract year that starts in ", share.contract_year(), " on which ", share.focus(),
        " was at level ", share.level(), " or above"));
  }
  AddParameters(clause, &lines);
  return lines;
}

}  // namespace waymark
