// This header defines matchers for absl::Status and absl::StatusOr. There is no NotOk: a test names
// the error.
//
//   EXPECT_THAT(log.Open(), IsOk());
//   EXPECT_THAT(Decide(...), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("closed")));
//   EXPECT_THAT(Decide(...), RefusedWith("LEVEL_NOT_DEFINED"));
//   ASSERT_OK_AND_ASSIGN(const Digest root, tree.Root());
#ifndef WAYMARK_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define WAYMARK_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/refusal.h"

namespace waymark::test {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}
MATCHER_P(StatusIs, code, std::string("has code ") + absl::StatusCodeToString(code)) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}
MATCHER_P2(StatusIs, code, message, std::string("has code ") + absl::StatusCodeToString(code)) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code &&
         ::testing::ExplainMatchResult(message, std::string(StatusOf(arg).message()),
                                       result_listener);
}
// The first violation, which gives the status, has this reason.
MATCHER_P(RefusedWith, reason, std::string("is refused with ") + reason) {
  *result_listener << StatusOf(arg).ToString() << " reason " << ReasonOf(StatusOf(arg));
  return ReasonOf(StatusOf(arg)) == reason;
}

}  // namespace waymark::test

#define ASSERT_OK(expression) ASSERT_THAT((expression), ::waymark::test::IsOk())
#define EXPECT_OK(expression) EXPECT_THAT((expression), ::waymark::test::IsOk())
#define WAYMARK_TEST_CONCAT_INNER_(a, b) a##b
#define WAYMARK_TEST_CONCAT_(a, b) WAYMARK_TEST_CONCAT_INNER_(a, b)
#define ASSERT_OK_AND_ASSIGN(declaration, expression) \
  ASSERT_OK_AND_ASSIGN_(WAYMARK_TEST_CONCAT_(result_, __LINE__), declaration, expression)
#define ASSERT_OK_AND_ASSIGN_(result, declaration, expression) \
  auto result = (expression);                                  \
  ASSERT_TRUE(result.ok()) << result.status();                 \
  declaration = *std::move(result)

#endif  // WAYMARK_TESTS_SUPPORT_STATUS_MATCHERS_H_
