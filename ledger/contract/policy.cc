#include "ledger/contract/policy.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"

namespace waymark {
namespace {

// What one key may hold: one of some words, a number between bounds, or a name.
struct PolicyRow {
  v1::PolicyKey key;
  absl::string_view standard;
  // Separated by '|'; empty for a number or a name.
  absl::string_view words;
  // Bounds of a number; max < min for words and names.
  int min = 0;
  int max = -1;
};

constexpr std::array<PolicyRow, 25> kRows = {{
    {v1::POLICY_KEY_DUE_READING, "LAST_DAY", "LAST_DAY|BEFORE_FIRST_DAY"},
    {v1::POLICY_KEY_AREA_MEANING, "FOCUS", "FOCUS|CATEGORY"},
    {v1::POLICY_KEY_UNDEFINED_LEVEL_RULE, "PROVISIONAL_ONLY",
     "PROVISIONAL_ONLY|REFUSE_ALL|ALLOW_BINDING"},
    {v1::POLICY_KEY_GAP_POLICY, "HOLD", "HOLD|STALE|LAPSE"},
    {v1::POLICY_KEY_GAP_POLICY_REWARD, "STALE", "HOLD|STALE|LAPSE"},
    {v1::POLICY_KEY_AUTHORITY_DEFAULT_GAP, "HOLD", "HOLD|AS_GAP_POLICY"},
    {v1::POLICY_KEY_UNLADDERED_IN_ALL, "INDETERMINATE", "INDETERMINATE|LEAVE_OUT"},
    {v1::POLICY_KEY_CARRY_DEFAULT, "NONE", "NONE|CARRY|REASSESS"},
    {v1::POLICY_KEY_EFFECTIVE_DATE_RULE, "DAY_AFTER_PERIOD", "DAY_AFTER_PERIOD|WITHIN_PERIOD"},
    {v1::POLICY_KEY_JOINT_DECISIONS, "EACH_ASSENTS", "EACH_ASSENTS|LEAD_AUTHORITY|SEPARATE"},
    {v1::POLICY_KEY_STATUTORY_CALENDAR, "england-and-wales", ""},
    {v1::POLICY_KEY_CUMULATIVE_RULE, "L2_ONLY", "L2_ONLY|ALL|DIRECT"},
    {v1::POLICY_KEY_CADENCE_MONTHS, "3", "", 1, 24},
    {v1::POLICY_KEY_COVERAGE_MONTHS, "6", "", 0, 36},
    {v1::POLICY_KEY_GRACE_DAYS, "0", "", 0, 90},
    {v1::POLICY_KEY_MONTH_RULE, "BEGINNING_WITH", "BEGINNING_WITH"},
    {v1::POLICY_KEY_DISPUTE_RULE, "STANDS", "STANDS|HOLD_OFF"},
    {v1::POLICY_KEY_EVIDENCE_RULE, "LISTED_TYPES", "LISTED_TYPES|ANY_TYPE"},
    {v1::POLICY_KEY_EVIDENCE_EXPIRY, "FLAG", "FLAG|STRICT"},
    {v1::POLICY_KEY_TARGET_TEST, "HELD_ON_DUE_DAY", "HELD_ON_DUE_DAY|REACHED_BY"},
    {v1::POLICY_KEY_SELF_ASSESSMENT_DAYS, "14", "", 0, 90},
    {v1::POLICY_KEY_REPRESENTATION_DAYS, "14", "", 0, 90},
    {v1::POLICY_KEY_QUORUM_PER_AUTHORITY, "1", "", 1, 9},
    {v1::POLICY_KEY_SIGNATURE_REQUIRED, "NONE", "NONE|PROVIDER|AUTHORITY|ALL"},
    {v1::POLICY_KEY_RETENTION_MARGIN_MONTHS, "12", "", 0, 120},
}};

const PolicyRow* FindRow(v1::PolicyKey key) {
  // Keys count from 1 in the order of the rows; a test keeps it so.
  const int index = static_cast<int>(key) - 1;
  return index >= 0 && index < static_cast<int>(kRows.size()) ? &kRows[index] : nullptr;
}

// Decimal without sign and leading zeros, so that a value has one spelling.
bool IsNumberBetween(absl::string_view text, int min, int max) {
  int value = 0;
  return absl::SimpleAtoi(text, &value) && absl::StrCat(value) == text && value >= min &&
         value <= max;
}

bool IsName(absl::string_view text) {
  return !text.empty() && text.size() <= kCodeBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

absl::string_view PolicyDefault(v1::PolicyKey key) {
  const PolicyRow* row = FindRow(key);
  return row == nullptr ? "" : row->standard;
}

absl::string_view PolicyText(const ContractState& state, v1::PolicyKey key, absl::CivilDay day,
                             Position known_at) {
  const PolicyChange* in_force = nullptr;
  for (const PolicyChange& change : state.policies) {
    if (change.known.position > known_at) break;
    if (change.key != key || change.effective_on > day) continue;
    if (in_force == nullptr || change.effective_on >= in_force->effective_on) in_force = &change;
  }
  return in_force == nullptr ? PolicyDefault(key) : absl::string_view(in_force->value);
}

int PolicyNumber(const ContractState& state, v1::PolicyKey key, absl::CivilDay day,
                 Position known_at) {
  int value = 0;
  WAYMARK_CHECK(absl::SimpleAtoi(PolicyText(state, key, day, known_at), &value));
  return value;
}

absl::Status ValidatePolicyValue(v1::PolicyKey key, absl::string_view value) {
  const PolicyRow* row = FindRow(key);
  if (row == nullptr) {
    return Refuse({absl::StatusCode::kInvalidArgument, "POLICY_UNKNOWN",
                   absl::StrCat("key: ", static_cast<int>(key), " is no policy"), -1, "key"});
  }
  std::string allowed;
  bool valid = false;
  if (!row->words.empty()) {
    const std::vector<absl::string_view> words = absl::StrSplit(row->words, '|');
    valid = std::find(words.begin(), words.end(), value) != words.end();
    allowed = absl::StrJoin(words, ", ");
  } else if (row->min <= row->max) {
    valid = IsNumberBetween(value, row->min, row->max);
    allowed = absl::StrCat(row->min, " to ", row->max);
  } else {
    valid = IsName(value);
    allowed = absl::StrCat("a name of 1 to ", kCodeBytesMax, " printable ASCII bytes");
  }
  if (valid) return absl::OkStatus();
  return Refuse({absl::StatusCode::kInvalidArgument, "POLICY_VALUE_INVALID",
                 absl::StrCat("value: ", v1::PolicyKey_Name(key), " may be ", allowed), -1,
                 "value"});
}

}  // namespace waymark
