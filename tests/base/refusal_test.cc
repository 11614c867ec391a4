#include "ledger/base/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::waymark::test::RefusedWith;
using ::waymark::test::StatusIs;

TEST(Refusal, TheFirstViolationGivesCodeMessageAndReason) {
  const absl::Status status =
      Refuse({{absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED", "first"},
              {absl::StatusCode::kNotFound, "FOCUS_UNKNOWN", "second"}});
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied, "first"));
  EXPECT_THAT(status, RefusedWith("ROLE_NOT_ALLOWED"));
}

TEST(Refusal, EveryPartOfEveryViolationTravels) {
  // Texts that hold the separators of the inner form.
  const Violation first{absl::StatusCode::kAborted, "A:1", "3:abc 0:", 7, "period.first",
                        {{"n:", "12:"}, {"", ""}}};
  const Violation second{absl::StatusCode::kDataLoss, "B", "", -1, ""};
  const std::vector<Violation> found = ViolationsOf(Refuse({first, second}));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].code, first.code);
  EXPECT_EQ(found[0].reason, first.reason);
  EXPECT_EQ(found[0].message, first.message);
  EXPECT_EQ(found[0].event_index, 7);
  EXPECT_EQ(found[0].field, "period.first");
  EXPECT_THAT(found[0].metadata, ElementsAre(Pair("n:", "12:"), Pair("", "")));
  EXPECT_EQ(found[1].code, absl::StatusCode::kDataLoss);
  EXPECT_EQ(found[1].event_index, -1);
}

TEST(Refusal, AStatusMadeElsewhereHasNoViolations) {
  EXPECT_THAT(ViolationsOf(absl::OkStatus()), IsEmpty());
  EXPECT_THAT(ViolationsOf(absl::InternalError("x")), IsEmpty());
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), "");
}

}  // namespace
}  // namespace waymark
