#include "ledger/contract/clause_words.h"

#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "tests/contract/clause_facts.h"

namespace waymark::test {
namespace {

std::string WordsOf(const std::string& text) {
  return absl::StrJoin(ClauseInWords(ClauseOfText(text)), "\n");
}

TEST(ClauseWords, SayEveryKindOfNodeInALineOfItsOwn) {
  EXPECT_EQ(
      WordsOf("rule { all { "
              "rules { each { focuses { word: 'LADDER' } rule { sustained { level: 3 months: 6 } } "
              "} } "
              "rules { any { rules { not { level_at_least { focus: 'PI-CS' level: 4 } } } "
              "rules { count_of_focuses { focuses { word: 'CATEGORY:PI' } at_least: 2 rule { "
              "sustained { level: 2 days: 1 } } } } } } "
              "rules { gate { trigger { cure { focus: 'SE-NM' level: 3 days: 60 } } rule { "
              "category_mean { category: 'SE' at_least { num: 7 den: 2 } } } } } "
              "rules { by_date { by { year: 2025 month: 3 day: 31 } rule { lapses_at_most { focus: "
              "'SE-AM' level: 3 count: 1 window { months: 12 } } } } } "
              "rules { cumulative { focus: 'SE-AM' level: 3 side: LEVEL_SIDE_BELOW compare: "
              "COMPARISON_AT_MOST days: 30 window { contract_year: 2024 } } } "
              "rules { weighted_mean { weights { focus: 'PI-CS' weight: 60 } weights { focus: "
              "'PI-IV' weight: 40 } at_least { num: 305 den: 100 } } } "
              "rules { cure { focus: 'PI-CS' level: 2 days: 1 basis: CURE_BASIS_ASSESSED } } } } "
              "parameters { gap_policy: 'STALE' grace_days: 30 measure: 'NET' dispute_rule: "
              "'HOLD_OFF' } effective { first { year: 2024 month: 4 day: 1 } last { year: 2025 "
              "month: 3 day: 31 } }"),
      "Clause K1, version 1: information; it states a fact and no more.\n"
      "Its words: as agreed\n"
      "The clause is satisfied when all of these hold:\n"
      "  for each ladder, taken by itself:\n"
      "    it has been at level 3 or above for 6 months without a break\n"
      "  at least one of these holds:\n"
      "    this does not hold:\n"
      "      PI-CS is at level 4 or above on the day asked about\n"
      "    for at least 2 of: each ladder of category PI, taken by itself:\n"
      "      it has been at level 2 or above for 1 day without a break\n"
      "  the second of these holds, and the first does not (while it does, the rest is capped):\n"
      "    SE-NM was served an improvement notice and was not restored to level 3 within 60 days "
      "of "
      "service\n"
      "    the mean level of the ladders of category SE is at least 7/2\n"
      "  by 2025-03-31, and unknown before:\n"
      "    SE-AM fell below level 3 at most 1 time in the last 12 months\n"
      "  SE-AM was below level 3 on at most 30 days of the contract year that starts in 2024\n"
      "  the mean level weighted by PI-CS 60, PI-IV 40 is at least 61/20\n"
      "  PI-CS was served an improvement notice and was not found cured (level 2) within 1 day of "
      "service\n"
      "Days that no determination speaks for: STALE\n"
      "Lapses bridged: up to 30 days, their days not counted\n"
      "Open disputes: HOLD_OFF\n"
      "Expired evidence: as the contract's policy\n"
      "It applies from 2024-04-01 to 2025-03-31.");
}

TEST(ClauseWords, SayAQuantity) {
  EXPECT_EQ(
      WordsOf("kind: CLAUSE_KIND_REWARD effect: CLAUSE_EFFECT_ENTITLES quantity { pro_rata { "
              "focus: 'PI-CS' level: 3 contract_year: 2024 full { pence: 5000000 } } }"),
      "Clause K1, version 1: a reward; when satisfied, the provider is due it; deciding otherwise "
      "needs a reason.\n"
      "Its words: as agreed\n"
      "The amount is £50000.00 times the share of the days of the contract year that "
      "starts in 2024 on which PI-CS was at level 3 or above\n"
      "Days that no determination speaks for: as the contract's policy\n"
      "Lapses bridged: as the contract's policy, their days counted\n"
      "Open disputes: as the contract's policy\n"
      "Expired evidence: as the contract's policy");
}

}  // namespace
}  // namespace waymark::test
