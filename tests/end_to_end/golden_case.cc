#include "tests/end_to_end/golden_case.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cpp/event_json.h"
#include "ledger/base/status_macros.h"

namespace waymark::golden {
namespace {

using nlohmann::json;

void Compare(const std::string& path, const json& expected, const json& actual,
             std::vector<std::string>* out) {
  const auto differ = [&] {
    out->push_back(absl::StrCat(path.empty() ? "answer" : path, ": expected ", expected.dump(),
                                ", found ", actual.dump()));
  };
  if (expected.is_object() && actual.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      Compare(path.empty() ? key : absl::StrCat(path, ".", key), value,
              actual.contains(key) ? actual[key] : json(nullptr), out);
    }
    return;
  }
  if (expected.is_array() && actual.is_array()) {
    if (expected.size() != actual.size()) return differ();
    json left = expected, right = actual;
    const auto text = [](const json& item) { return item.is_string(); };
    if (std::all_of(left.begin(), left.end(), text)) {
      std::sort(left.begin(), left.end());
      std::sort(right.begin(), right.end());
    }
    for (size_t i = 0; i < left.size(); ++i)
      Compare(absl::StrCat(path, "[", i, "]"), left[i], right[i], out);
    return;
  }
  if (expected != actual) differ();
}

}  // namespace

absl::StatusOr<std::vector<Case>> ParseCases(absl::string_view text) {
  ASSIGN_OR_RETURN(const json parsed, ParseJson(text));
  if (!parsed.is_array()) return absl::InvalidArgumentError("the file must be a list of cases");
  std::vector<Case> cases;
  for (const json& item : parsed) {
    const std::string where = absl::StrCat("case ", cases.size());
    if (!item.is_object() || !item.contains("id") || !item["id"].is_string()) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": id missing"));
    }
    Case one;
    one.id = item["id"].get<std::string>();
    for (const char* key : {"ask", "expect"}) {
      if (!item.contains(key) || !item[key].is_object()) {
        return absl::InvalidArgumentError(
            absl::StrCat(where, " (", one.id, "): ", key, " missing"));
      }
    }
    one.ask = json::object();  // a null in a question leaves it out
    for (const auto& [key, value] : item["ask"].items()) {
      if (!value.is_null()) one.ask[key] = value;
    }
    one.expect = item["expect"];
    one.clause = item.value("clause", json());
    if (!one.clause.is_null() && !one.clause.is_object()) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": clause must be an object"));
    }
    const json given = item.value("given", json::array());
    if (!given.is_array())
      return absl::InvalidArgumentError(absl::StrCat(where, ": given must be a list"));
    for (const json& event : given) {
      if (!event.is_object() || !event.contains("type") || !event["type"].is_string()) {
        return absl::InvalidArgumentError(
            absl::StrCat(where, " (", one.id, "): an event without type"));
      }
      one.given.push_back(event);
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

absl::StatusOr<absl::Time> ParseInstant(const json& event, const char* key) {
  absl::Time instant;
  std::string error;
  if (!event.contains(key) || !event[key].is_string() ||
      !absl::ParseTime(absl::RFC3339_full, event[key].get<std::string>(), &instant, &error)) {
    return absl::InvalidArgumentError(absl::StrCat(key, ": not an instant ", error));
  }
  return instant;
}

std::vector<std::string> Differences(const json& expected, const json& actual) {
  std::vector<std::string> differences;
  Compare("", expected, actual, &differences);
  return differences;
}

}  // namespace waymark::golden
