#include "ledger/contract/json_value.h"

#include <gtest/gtest.h>

#include "ledger/contract/exact_ratio.h"

namespace waymark {
namespace {

TEST(JsonValue, IsWrittenInTheCanonicalForm) {
  Json value = Json::Object();
  value["numbers"] = Json::Array();
  for (const int64_t number : {int64_t{0}, int64_t{-7}, (int64_t{1} << 53) - 1}) {
    value["numbers"].Add(number);
  }
  value["a"] = true;
  value["B"] = Json();
  value["empty"] = Json::Object();
  value["none"] = Json::Array();
  EXPECT_EQ(value.Canonical(),
            R"({"B":null,"a":true,"empty":{},"none":[],"numbers":[0,-7,9007199254740991]})");
}

// The string of RFC 8785 section 3.2.2, and what stands around it.
TEST(JsonValue, EscapesWhatTheRfcEscapesAndNothingElse) {
  EXPECT_EQ(Json("\xe2\x82\xac$\x0f\nA'B\"\\\\\"/").Canonical(),
            "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
  EXPECT_EQ(Json("\b\t\f\r\x1f\x7f").Canonical(), "\"\\b\\t\\f\\r\\u001f\x7f\"");
}

TEST(ExactRatio, IsReducedAndCompared) {
  EXPECT_EQ(RatioText(ReducedRatio(305, 100)), "61/20");
  EXPECT_EQ(RatioText(ReducedRatio(6, 2)), "3");
  EXPECT_EQ(RatioText(ReducedRatio(0, 9)), "0");
  EXPECT_EQ(RatioText(ReducedRatio(-6, 4)), "-3/2");
  EXPECT_TRUE(ReducedRatio(7, 2) >= ReducedRatio(305, 100));
  EXPECT_FALSE(ReducedRatio(3049, 1000) >= ReducedRatio(305, 100));
  EXPECT_TRUE(ReducedRatio(0, 1) >= ReducedRatio(INT64_MIN + 1, 1));
  EXPECT_TRUE(ReducedRatio(INT64_MAX, 1) >= ReducedRatio(INT64_MAX, UINT64_MAX));
}

TEST(ExactRatio, RoundsAShareOnceHalvesUp) {
  EXPECT_EQ(RoundedShare(100, {1, 3}), 33);
  EXPECT_EQ(RoundedShare(1, {1, 2}), 1);
  EXPECT_EQ(RoundedShare(3, {1, 2}), 2);
  EXPECT_EQ(RoundedShare(1000000000000000, {365, 366}), 997267759562842);
}

}  // namespace
}  // namespace waymark
