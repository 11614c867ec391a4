// This header defines a worked example as data: what is given, what is asked, what is expected. A
// file is a list of
//
//   {"id": "G1", "given": [{"type": "LevelDetermined", "position": 0, "recorded_at": "...", ...}],
//    "ask": {"question": "longevity", "as_of": "2025-03-31", ...}, "expect": {"level": 3, ...}}
//
// Positions are relative to the example; keys that `expect` leaves out are not compared.
#ifndef WAYMARK_TESTS_END_TO_END_GOLDEN_CASE_H_
#define WAYMARK_TESTS_END_TO_END_GOLDEN_CASE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace waymark::golden {

struct Case {
  std::string id;
  // Recorded before the events given; null where the example has none.
  nlohmann::json clause;
  std::vector<nlohmann::json> given;
  nlohmann::json ask;
  nlohmann::json expect;
};

// InvalidArgument naming the case and what is wrong with it.
absl::StatusOr<std::vector<Case>> ParseCases(absl::string_view text);

// RFC 3339. InvalidArgument.
absl::StatusOr<absl::Time> ParseInstant(const nlohmann::json& event, const char* key);

// What of `expected` is not so in `actual`, one line a difference; empty if all of it is. Objects
// are compared by the keys of `expected`, lists item by item and in length, flags without order.
std::vector<std::string> Differences(const nlohmann::json& expected, const nlohmann::json& actual);

}  // namespace waymark::golden

#endif  // WAYMARK_TESTS_END_TO_END_GOLDEN_CASE_H_
