// This header defines what an example's event is filled up with where the example leaves something
// out: who records it, the words in its Common, and fields that do not matter to the answer.
//
//   json event = Complete({{"type", "LevelDetermined"}, {"focus", "PI-CS"}, {"level", 3}}, today,
//                         {"X", "P1"});
//   event["common"] = CommonOf(event, {"X", "P1"}, matrix_version);
#ifndef WAYMARK_TESTS_END_TO_END_GOLDEN_COMPLETION_H_
#define WAYMARK_TESTS_END_TO_END_GOLDEN_COMPLETION_H_

#include <string>

#include "absl/time/civil_time.h"
#include "nlohmann/json.hpp"

namespace waymark::golden {

// Any digest will do where the example does not look at the document.
inline constexpr char kAnyDigest[] =
    "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
// The board meeting that every contract of an example begins with.
inline constexpr char kMeetingId[] = "BOARD-1";

// Party ids.
struct Parties {
  std::string authority;
  std::string provider;
};

struct Author {
  bool of_provider;
  const char* role;
  const char* principal;
};

// Who records an event that is complete.
Author AuthorOf(const nlohmann::json& event);

// What stands in the event's Common; `matrix_version` is a hash in hexadecimal.
nlohmann::json CommonOf(const nlohmann::json& event, const Parties& parties,
                        const std::string& matrix_version);

// The event with the fields that it leaves out, as recorded today. A determination and an
// assessment also need what a fixture has to append for them: evidence, basis, findings.
nlohmann::json Complete(nlohmann::json event, absl::CivilDay today, const Parties& parties);

// Sets the field unless the event has it.
// A clause with its words, their digest, and its parameters where the examples write them beside
// the rest.
nlohmann::json CompleteClause(nlohmann::json clause);

void Default(nlohmann::json* event, const char* key, nlohmann::json value);

// The period of a single day.
nlohmann::json OneDay(const nlohmann::json& day);

// A party may be written as its id or as an object that holds it; the object and the id.
nlohmann::json PartyOf(const nlohmann::json& party);
std::string PartyIdOf(const nlohmann::json& party);

}  // namespace waymark::golden

#endif  // WAYMARK_TESTS_END_TO_END_GOLDEN_COMPLETION_H_
