// This header defines how a worked example is asked: through the RPC that its question names.
#ifndef WAYMARK_TESTS_END_TO_END_GOLDEN_QUESTIONS_H_
#define WAYMARK_TESTS_END_TO_END_GOLDEN_QUESTIONS_H_

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "clients/cpp/client.h"
#include "nlohmann/json.hpp"
#include "tests/end_to_end/golden_case.h"
#include "tests/end_to_end/golden_fixture.h"

namespace waymark::golden {

// The instant the clock must have reached before the example asks; at least `after`.
// InvalidArgument.
absl::StatusOr<absl::Time> AskedAt(const Case& one, const absl::TimeZone& zone, absl::Time after);

// The answer in the words of `expect`; a refusal is {"status": ..., "reason": ..., "message": ...}.
// Anything that keeps the question from being asked is an error.
absl::StatusOr<nlohmann::json> Ask(const Case& one, const Client& client, Fixture* fixture,
                                   absl::CivilDay today);

}  // namespace waymark::golden

#endif  // WAYMARK_TESTS_END_TO_END_GOLDEN_QUESTIONS_H_
