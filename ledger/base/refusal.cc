#include "ledger/base/refusal.h"

#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"

namespace waymark {
namespace {

// violations := { text(code) text(reason) text(message) text(event_index) text(field)
//                 text(n) { text(name) text(value) }n }*
// text       := decimal length ':' bytes
// Lives only in memory, between a rule and the reactor that answers; never stored or sent.
constexpr absl::string_view kPayloadUrl = "waymark/violations";

void PutText(absl::string_view text, std::string* out) {
  absl::StrAppend(out, text.size(), ":", text);
}

std::string TakeText(absl::string_view* in) {
  const size_t colon = in->find(':');
  size_t size = 0;
  WAYMARK_CHECK(colon != absl::string_view::npos && absl::SimpleAtoi(in->substr(0, colon), &size));
  std::string text(in->substr(colon + 1, size));
  in->remove_prefix(colon + 1 + size);
  return text;
}

int TakeInt(absl::string_view* in) {
  int value = 0;
  WAYMARK_CHECK(absl::SimpleAtoi(TakeText(in), &value));
  return value;
}

}  // namespace

absl::Status Refuse(const std::vector<Violation>& violations) {
  WAYMARK_CHECK(!violations.empty() && violations[0].code != absl::StatusCode::kOk);
  std::string encoded;
  for (const Violation& violation : violations) {
    PutText(absl::StrCat(static_cast<int>(violation.code)), &encoded);
    PutText(violation.reason, &encoded);
    PutText(violation.message, &encoded);
    PutText(absl::StrCat(violation.event_index), &encoded);
    PutText(violation.field, &encoded);
    PutText(absl::StrCat(violation.metadata.size()), &encoded);
    for (const auto& [name, value] : violation.metadata) {
      PutText(name, &encoded);
      PutText(value, &encoded);
    }
  }
  absl::Status status(violations[0].code, violations[0].message);
  status.SetPayload(kPayloadUrl, absl::Cord(encoded));
  return status;
}

absl::Status Refuse(const Violation& violation) {
  return Refuse(std::vector<Violation>{violation});
}

std::vector<Violation> ViolationsOf(const absl::Status& status) {
  std::vector<Violation> violations;
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return violations;
  const std::string encoded(*payload);
  absl::string_view rest = encoded;
  while (!rest.empty()) {
    Violation violation;
    violation.code = static_cast<absl::StatusCode>(TakeInt(&rest));
    violation.reason = TakeText(&rest);
    violation.message = TakeText(&rest);
    violation.event_index = TakeInt(&rest);
    violation.field = TakeText(&rest);
    for (int left = TakeInt(&rest); left > 0; --left) {
      std::string name = TakeText(&rest);
      violation.metadata.emplace_back(std::move(name), TakeText(&rest));
    }
    violations.push_back(std::move(violation));
  }
  return violations;
}

std::string ReasonOf(const absl::Status& status) {
  const std::vector<Violation> violations = ViolationsOf(status);
  return violations.empty() ? "" : violations[0].reason;
}

}  // namespace waymark
