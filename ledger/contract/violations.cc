#include "ledger/contract/violations.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "absl/strings/string_view.h"
#include "ledger/base/limits.h"

namespace waymark {
namespace {

// What every event can be refused for, in the catalogue's order.
constexpr std::array<absl::string_view, 22> kSharedReasons = {
    "EVENT_TYPE_MISMATCH",    "SIGNATURE_INVALID",  "FIELD_MISSING",
    "ENUM_UNKNOWN",           "DATE_INVALID",       "PERIOD_REVERSED",
    "LEVEL_OUT_OF_RANGE",     "REASON_MISSING",     "SIGNATURE_MISSING",
    "PARTY_UNKNOWN",          "KEY_UNKNOWN",        "ROLE_NOT_HELD",
    "ROLE_NOT_ALLOWED",       "DELEGATION_EXPIRED", "DELEGATION_LIMIT",
    "CONTRACT_UNKNOWN",       "FOCUS_UNKNOWN",      "REF_UNKNOWN",
    "MATRIX_VERSION_UNKNOWN", "REVISION_STALE",     "CONTRACT_CLOSED",
    "EFFECTIVE_IN_FUTURE"};

// Shape, who, what is missing, a stale revision, then every other rule of the contract.
int StageOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return 0;
    case absl::StatusCode::kPermissionDenied:
      return 1;
    case absl::StatusCode::kNotFound:
      return 2;
    case absl::StatusCode::kAborted:
      return 3;
    default:
      return 4;
  }
}

std::pair<int, int> RankOf(const Violation& violation) {
  const auto shared = std::find(kSharedReasons.begin(), kSharedReasons.end(), violation.reason);
  return {StageOf(violation.code), static_cast<int>(std::distance(kSharedReasons.begin(), shared))};
}

}  // namespace

void Violations::Add(Violation violation) {
  const auto place = std::upper_bound(
      list_.begin(), list_.end(), violation,
      [](const Violation& a, const Violation& b) { return RankOf(a) < RankOf(b); });
  if (list_.size() == kViolationsMax) {
    if (place == list_.end()) return;
    list_.pop_back();
  }
  list_.insert(place, std::move(violation));
}

}  // namespace waymark
