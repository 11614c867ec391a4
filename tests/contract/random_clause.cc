#include "tests/contract/random_clause.h"

#include "absl/strings/str_cat.h"

namespace waymark::test {
namespace {

void SetDate(absl::CivilDay day, v1::Date* date) {
  date->set_year(static_cast<int>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

class Maker {
 public:
  explicit Maker(RandomHistory* history) : random_(*history) {}

  void Rule(int depth, bool in_set, v1::Rule* rule) {
    const int kind = depth == 0 ? random_.Below(7) : random_.Below(14);
    if (kind < 7) return Leaf(kind, in_set, rule);
    switch (kind) {
      case 7:
      case 8: {
        v1::RuleList* list = kind == 7 ? rule->mutable_all() : rule->mutable_any();
        for (int i = random_.Between(1, 3); i > 0; --i) Rule(depth - 1, in_set, list->add_rules());
        return;
      }
      case 9:
        return Rule(depth - 1, in_set, rule->mutable_not_());
      case 10:
        Set(rule->mutable_each()->mutable_focuses());
        return Rule(depth - 1, true, rule->mutable_each()->mutable_rule());
      case 11:
        Set(rule->mutable_count_of_focuses()->mutable_focuses());
        rule->mutable_count_of_focuses()->set_at_least(random_.Between(1, 3));
        return Rule(depth - 1, true, rule->mutable_count_of_focuses()->mutable_rule());
      case 12:
        SetDate(random_.Day(), rule->mutable_by_date()->mutable_by());
        return Rule(depth - 1, in_set, rule->mutable_by_date()->mutable_rule());
      default:
        Rule(depth - 1, in_set, rule->mutable_gate()->mutable_trigger());
        Rule(depth - 1, in_set, rule->mutable_gate()->mutable_rule());
    }
  }

  void Share(v1::ProRata* share) {
    share->set_focus(random_.AnyFocusCode());
    share->set_level(Level());
    share->set_contract_year(static_cast<int>(random_.Day().year()));
    share->mutable_full()->set_pence(random_.Below(1000000));
  }

 private:
  uint32_t Level() { return random_.OnceIn(4) ? random_.Below(6) : random_.Between(2, 4); }

  template <typename Leaf>
  Leaf* About(bool in_set, Leaf* leaf) {
    if (!in_set || random_.OnceIn(5)) leaf->set_focus(random_.AnyFocusCode());
    leaf->set_level(Level());
    return leaf;
  }

  void Set(v1::FocusSet* set) {
    static const char* const kWords[] = {"ALL", "LADDER", "CATEGORY:PI", "CATEGORY:SE"};
    if (random_.OnceIn(2)) return set->set_word(kWords[random_.Below(4)]);
    set->add_focuses("PI-CS");
    if (random_.OnceIn(2)) set->add_focuses("SE-AM");
  }

  void Window(v1::Window* window) {
    const int kind = random_.Below(3);
    if (kind == 0) window->set_days(random_.Between(1, 60));
    if (kind == 1) window->set_months(random_.Between(1, 4));
    if (kind == 2) window->set_contract_year(static_cast<int>(random_.Day().year()));
  }

  void Leaf(int kind, bool in_set, v1::Rule* rule) {
    switch (kind) {
      case 0:
        About(in_set, rule->mutable_level_at_least());
        return;
      case 1: {
        v1::SustainedRule* leaf = About(in_set, rule->mutable_sustained());
        random_.OnceIn(2) ? leaf->set_months(random_.Between(1, 3))
                          : leaf->set_days(random_.Between(1, 60));
        return;
      }
      case 2: {
        v1::CumulativeRule* leaf = About(in_set, rule->mutable_cumulative());
        leaf->set_side(random_.OnceIn(2) ? v1::LEVEL_SIDE_BELOW : v1::LEVEL_SIDE_AT_OR_ABOVE);
        leaf->set_compare(random_.OnceIn(2) ? v1::COMPARISON_AT_MOST : v1::COMPARISON_AT_LEAST);
        leaf->set_days(random_.Below(40));
        return Window(leaf->mutable_window());
      }
      case 3: {
        v1::LapsesRule* leaf = About(in_set, rule->mutable_lapses_at_most());
        leaf->set_count(random_.Below(3));
        return Window(leaf->mutable_window());
      }
      case 4:
        rule->mutable_category_mean()->set_category(random_.OnceIn(2) ? "PI" : "SE");
        return Threshold(rule->mutable_category_mean()->mutable_at_least());
      case 5: {
        v1::WeightedMeanRule* mean = rule->mutable_weighted_mean();
        const int first = random_.Between(1, 99);
        for (const auto& [code, weight] :
             {std::make_pair("PI-CS", first), {"SE-AM", 100 - first}}) {
          mean->add_weights()->set_focus(code);
          mean->mutable_weights(mean->weights_size() - 1)->set_weight(weight);
        }
        return Threshold(mean->mutable_at_least());
      }
      default: {
        v1::CureRule* leaf = About(in_set, rule->mutable_cure());
        leaf->set_days(random_.Between(1, 40));
        if (random_.OnceIn(2)) leaf->set_basis(v1::CURE_BASIS_ASSESSED);
      }
    }
  }

  void Threshold(v1::Rational* threshold) {
    threshold->set_num(random_.Below(50));
    threshold->set_den(random_.Between(1, 20));
  }

  RandomHistory& random_;
};

}  // namespace

ContractState WithClauseFacts(RandomHistory* history) {
  ContractState state = history->state();
  v1::Matrix matrix;
  for (const auto& [code, kind] : {std::make_pair("PI-CS", v1::FOCUS_KIND_LADDER),
                                   {"SE-AM", v1::FOCUS_KIND_LADDER},
                                   {"SE-DD", v1::FOCUS_KIND_ENDURING}}) {
    v1::Focus* focus = matrix.add_focuses();
    focus->set_code(code);
    focus->set_category(std::string(code).substr(0, 2));
    focus->set_kind(kind);
  }
  for (const Adoption& adoption : state.adoptions) {
    state.drafts.push_back({adoption.known, adoption.version_hash, matrix});
  }
  for (int i = history->Below(3); i > 0; --i) {
    ImprovementNotice notice;
    notice.notice_id = absl::StrCat("N", i);
    notice.known = {Position{static_cast<uint64_t>(history->Below(20))}, history->Day()};
    notice.focus = history->AnyFocusCode();
    notice.clause_id = history->OnceIn(6) ? "K2" : "K1";
    notice.served_on = history->Day();
    for (int step = history->Below(3); step > 0; --step) {
      notice.steps.push_back(
          {{Position{static_cast<uint64_t>(history->Below(20))}, history->Day()},
           history->OnceIn(3) ? v1::IMPROVEMENT_STEP_NOT_CURED : v1::IMPROVEMENT_STEP_CURED,
           notice.served_on + history->Below(40)});
    }
    state.notices[notice.notice_id] = notice;
  }
  if (history->OnceIn(3)) {
    state.policies.push_back(
        {{Position{0}, history->Day()}, history->Day(), v1::POLICY_KEY_TARGET_TEST, "REACHED_BY"});
  }
  return state;
}

v1::Clause RandomClause(RandomHistory* history) {
  v1::Clause clause;
  clause.set_clause_id("K1");
  clause.set_kind(history->OnceIn(3) ? v1::CLAUSE_KIND_REWARD : v1::CLAUSE_KIND_SANCTION);
  v1::ClauseParameters* parameters = clause.mutable_parameters();
  static const char* const kGaps[] = {"", "HOLD", "STALE", "LAPSE"};
  parameters->set_gap_policy(kGaps[history->Below(4)]);
  if (history->OnceIn(2)) parameters->set_grace_days(history->Below(20));
  if (history->OnceIn(3)) parameters->set_dispute_rule("HOLD_OFF");
  if (history->OnceIn(3)) parameters->set_evidence_expiry("STRICT");
  if (history->OnceIn(3)) parameters->set_measure("NET");
  Maker maker(history);
  const bool share = history->OnceIn(8);
  if (share) maker.Share(clause.mutable_quantity()->mutable_pro_rata());
  if (!share || history->OnceIn(2)) maker.Rule(history->Below(4), false, clause.mutable_rule());
  return clause;
}

}  // namespace waymark::test
