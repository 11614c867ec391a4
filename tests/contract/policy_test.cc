#include "ledger/contract/policy.h"

#include "ledger/base/refusal.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

using Day = absl::CivilDay;

constexpr v1::PolicyKey kGap = v1::POLICY_KEY_GAP_POLICY;

PolicyChange Change(uint64_t position, absl::CivilDay effective_on, const std::string& value) {
  return {{Position{position}, effective_on}, effective_on, kGap, value};
}

TEST(Policy, HasADefaultForEveryKeyThatIsItselfAValueOfTheKey) {
  for (int key = 1; key < v1::PolicyKey_ARRAYSIZE; ++key) {
    const auto policy = static_cast<v1::PolicyKey>(key);
    EXPECT_OK(ValidatePolicyValue(policy, PolicyDefault(policy))) << v1::PolicyKey_Name(policy);
  }
  EXPECT_EQ(PolicyDefault(v1::POLICY_KEY_UNSPECIFIED), "");
}

TEST(Policy, StandsAtTheCataloguesDefaultsUntilSet) {
  const ContractState state;
  const absl::CivilDay day(2024, 7, 15);
  EXPECT_EQ(PolicyText(state, kGap, day, Position{0}), "HOLD");
  EXPECT_EQ(PolicyText(state, v1::POLICY_KEY_GAP_POLICY_REWARD, day, Position{0}), "STALE");
  EXPECT_EQ(PolicyText(state, v1::POLICY_KEY_CUMULATIVE_RULE, day, Position{0}), "L2_ONLY");
  EXPECT_EQ(PolicyNumber(state, v1::POLICY_KEY_COVERAGE_MONTHS, day, Position{0}), 6);
  EXPECT_EQ(PolicyNumber(state, v1::POLICY_KEY_SELF_ASSESSMENT_DAYS, day, Position{0}), 14);
}

TEST(Policy, HoldsFromItsEffectiveDayUntilTheNextAsKnown) {
  ContractState state;
  state.policies = {Change(1, Day(2024, 1, 1), "STALE"), Change(5, Day(2024, 6, 1), "LAPSE"),
                    Change(9, Day(2024, 3, 1), "HOLD")};
  const auto on = [&](absl::CivilDay day, uint64_t known_at) {
    return PolicyText(state, kGap, day, Position{known_at});
  };
  EXPECT_EQ(on(Day(2023, 12, 31), 9), "HOLD");  // the default
  EXPECT_EQ(on(Day(2024, 1, 1), 9), "STALE");
  EXPECT_EQ(on(Day(2024, 3, 1), 9), "HOLD");
  EXPECT_EQ(on(Day(2024, 3, 1), 8), "STALE");
  EXPECT_EQ(on(Day(2024, 6, 1), 9), "LAPSE");
  EXPECT_EQ(on(Day(2024, 6, 1), 4), "STALE");
}

TEST(Policy, IsWhatWasSetLastForTheSameDay) {
  ContractState state;
  state.policies = {Change(1, Day(2024, 1, 1), "STALE"), Change(2, Day(2024, 1, 1), "LAPSE")};
  EXPECT_EQ(PolicyText(state, kGap, Day(2024, 1, 1), Position{2}), "LAPSE");
}

TEST(Policy, TakesValuesWithinItsBoundsInOneSpelling) {
  const struct {
    v1::PolicyKey key;
    const char* value;
    const char* reason;  // empty: taken
  } kRows[] = {
      {v1::POLICY_KEY_CADENCE_MONTHS, "1", ""},
      {v1::POLICY_KEY_CADENCE_MONTHS, "24", ""},
      {v1::POLICY_KEY_CADENCE_MONTHS, "0", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_CADENCE_MONTHS, "25", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_COVERAGE_MONTHS, "0", ""},
      {v1::POLICY_KEY_COVERAGE_MONTHS, "36", ""},
      {v1::POLICY_KEY_COVERAGE_MONTHS, "37", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_COVERAGE_MONTHS, "06", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_COVERAGE_MONTHS, "+6", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_COVERAGE_MONTHS, " 6", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_COVERAGE_MONTHS, "six", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_COVERAGE_MONTHS, "", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_GAP_POLICY, "STALE", ""},
      {v1::POLICY_KEY_GAP_POLICY, "stale", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_GAP_POLICY, "HOLD|STALE", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_MONTH_RULE, "CALENDAR", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_STATUTORY_CALENDAR, "scotland/2", ""},
      {v1::POLICY_KEY_STATUTORY_CALENDAR, "two words", "POLICY_VALUE_INVALID"},
      {v1::POLICY_KEY_UNSPECIFIED, "HOLD", "POLICY_UNKNOWN"},
      {static_cast<v1::PolicyKey>(26), "HOLD", "POLICY_UNKNOWN"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(ReasonOf(ValidatePolicyValue(row.key, row.value)), row.reason)
        << v1::PolicyKey_Name(row.key) << " '" << row.value << "'";
  }
}

}  // namespace
}  // namespace waymark::test
