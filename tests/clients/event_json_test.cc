#include "clients/cpp/event_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ledger/base/refusal.h"
#include "tests/support/status_matchers.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

using ::testing::HasSubstr;
using ::waymark::test::IsOk;
using ::waymark::test::RefusedWith;

absl::Status Read(const std::string& text, v1::LevelDetermined* event) {
  absl::StatusOr<nlohmann::json> json = ParseJson(text);
  if (!json.ok()) return json.status();
  return JsonToMessage(*json, nullptr, event);
}

TEST(EventJson, ARuleIsWrittenAsPeopleWriteIt) {
  const std::string text =
      R"({"clause_id":"K1","rule":{"all":[{"category_mean":{"category":"SE","at_least":"7/2"}},)"
      R"({"each":{"focuses":"LADDER","rule":{"level_at_least":{"level":3}}}},)"
      R"({"each":{"focuses":["PI-CS","PI-IV"],"rule":{"level_at_least":{"level":3}}}}]}})";
  v1::Clause clause;
  ASSERT_OK(JsonToMessage(*ParseJson(text), nullptr, &clause));
  EXPECT_EQ(clause.rule().all().rules_size(), 3);
  EXPECT_EQ(clause.rule().all().rules(0).category_mean().at_least().num(), 7);
  EXPECT_EQ(clause.rule().all().rules(1).each().focuses().word(), "LADDER");
  EXPECT_EQ(clause.rule().all().rules(2).each().focuses().focuses(1), "PI-IV");
  EXPECT_EQ(MessageToJson(clause).dump(), text);
  EXPECT_THAT(JsonToMessage(*ParseJson(R"({"rule":{"category_mean":{"at_least":"7:2"}}})"), nullptr,
                            &clause),
              RefusedWith("VALUE_WRONG_TYPE"));
}

TEST(EventJson, EveryKindOfValueIsReadAndWrittenBack) {
  const std::string text =
      R"({"common":{"party_id":"COUNTY","role":"DEC","matrix_version":"00ff"},"focus":"PI-CS",)"
      R"("level":3,"effective_on":"2024-10-01",)"
      R"("period":{"first":"2024-07-01","last":"2024-09-30"},"basis":[17,18],"provisional":true,)"
      R"("ground":"ERROR"})";
  v1::LevelDetermined event;
  ASSERT_OK(Read(text, &event));
  EXPECT_EQ(event.level(), 3u);
  EXPECT_EQ(event.common().matrix_version(), std::string("\x00\xff", 2));
  EXPECT_EQ(event.effective_on().month(), 10);
  EXPECT_EQ(event.basis(1).position(), 18u);
  EXPECT_EQ(event.ground(), v1::GROUND_ERROR);
  EXPECT_EQ(MessageToJson(event).dump(), text);
}

TEST(EventJson, NamesMayBeWrittenInCamelCaseAndNumbersAsText) {
  v1::LevelDetermined event;
  ASSERT_OK(Read(R"({"effectiveOn":"2024-02-29","level":"4","basis":["7"]})", &event));
  EXPECT_EQ(event.effective_on().day(), 29);
  EXPECT_EQ(event.level(), 4u);
  EXPECT_EQ(event.basis(0).position(), 7u);
}

TEST(EventJson, PositionsAreTranslatedOnTheWay) {
  v1::LevelDetermined event;
  const PositionMap ten_more = [](uint64_t position) -> std::optional<uint64_t> {
    if (position == 9) return std::nullopt;
    return position + 10;
  };
  ASSERT_OK(JsonToMessage({{"basis", {1, 2}}}, ten_more, &event));
  EXPECT_EQ(event.basis(1).position(), 12u);
  EXPECT_THAT(JsonToMessage({{"basis", {9}}}, ten_more, &event), RefusedWith("POSITION_UNKNOWN"));
}

TEST(EventJson, AnEventOfTheSameRequestIsNamedByItsIndex) {
  v1::LevelDetermined event;
  ASSERT_OK(Read(R"({"basis":[{"index":2}]})", &event));
  EXPECT_FALSE(event.basis(0).has_position());
  EXPECT_EQ(event.basis(0).index(), 2u);
}

struct BadCase {
  const char* text;
  const char* reason;
  const char* where;
};

TEST(EventJson, WhateverIsWrongIsRefusedWithItsPlace) {
  for (const BadCase& bad : {
           BadCase{R"({"focus":)", "JSON_MALFORMED", "byte 10"},
           BadCase{R"({} {})", "JSON_MALFORMED", "byte 4"},
           BadCase{"", "JSON_MALFORMED", "byte 1"},
           BadCase{"\xff", "JSON_MALFORMED", "UTF-8"},
           BadCase{R"({"focus":"A","focus":"B"})", "FIELD_REPEATED", "focus"},
           BadCase{R"({"period":{"first":"2024-01-01","first":"2024-01-02"}})", "FIELD_REPEATED",
                   "first"},
           BadCase{R"({"effective_on":"2024-01-01","effectiveOn":"2024-01-02"})", "FIELD_REPEATED",
                   "effective"},
           BadCase{R"({"basis":[{"position":1,"index":0}]})", "FIELD_REPEATED", "basis[0]"},
           BadCase{"{\"focus\":\n\n!", "JSON_MALFORMED", "line 3"},
           BadCase{R"({"colour":1})", "FIELD_UNKNOWN", "colour"},
           BadCase{R"({"period":{"middle":1}})", "FIELD_UNKNOWN", "period.middle"},
           BadCase{R"({"focus":1})", "VALUE_WRONG_TYPE", "focus"},
           BadCase{R"({"basis":1})", "VALUE_WRONG_TYPE", "basis"},
           BadCase{R"({"basis":[1,-2]})", "VALUE_WRONG_TYPE", "basis[1]"},
           BadCase{R"({"provisional":"yes"})", "VALUE_WRONG_TYPE", "provisional"},
           BadCase{R"({"level":1e3})", "LEVEL_OUT_OF_RANGE", "level"},
           BadCase{R"({"level":4294967296})", "LEVEL_OUT_OF_RANGE", "level"},
           BadCase{R"({"level":18446744073709551616})", "LEVEL_OUT_OF_RANGE", "level"},
           BadCase{R"({"ground":"WHIM"})", "ENUM_UNKNOWN", "ground"},
           BadCase{R"({"effective_on":"2023-02-29"})", "DATE_INVALID", "effective_on"},
           BadCase{R"({"common":{"matrix_version":"0"}})", "VALUE_WRONG_TYPE",
                   "common.matrix_version"},
           BadCase{R"({"level":1e999})", "NUMBER_OUT_OF_RANGE", "too large"},
           BadCase{"[]", "VALUE_WRONG_TYPE", "object"},
       }) {
    SCOPED_TRACE(bad.text);
    v1::LevelDetermined event;
    const absl::Status read = Read(bad.text, &event);
    EXPECT_THAT(read, RefusedWith(bad.reason));
    EXPECT_THAT(std::string(read.message()), HasSubstr(bad.where));
  }
}

TEST(EventJson, AnUnknownNameIsRefusedInTheWordsOfItsEnum) {
  v1::EvidenceSubmitted evidence;
  EXPECT_THAT(JsonToMessage({{"evidence_type", "HEARSAY"}}, nullptr, &evidence),
              RefusedWith("EVIDENCE_TYPE_UNKNOWN"));
  EXPECT_THAT(JsonToMessage({{"common", {{"role", "GUEST"}}}}, nullptr, &evidence),
              RefusedWith("ENUM_UNKNOWN"));
  v1::PolicySet policy;
  const nlohmann::json mood = {{"key", "MOOD"}};
  EXPECT_THAT(JsonToMessage({{"values", nlohmann::json::array({mood})}}, nullptr, &policy),
              RefusedWith("POLICY_UNKNOWN"));
}

TEST(EventJson, TheSameNameInTwoObjectsIsNoRepetition) {
  EXPECT_THAT(ParseJson(R"([{"a":{"b":1,"c":[{"b":1},{"b":2}]},"b":2},{"a":1}])"), IsOk());
}

TEST(EventJson, NestingIsBounded) {
  EXPECT_THAT(ParseJson(std::string(30, '[') + std::string(30, ']')), IsOk());
  EXPECT_THAT(ParseJson(std::string(200, '[') + std::string(200, ']')),
              RefusedWith("JSON_TOO_DEEP"));
  EXPECT_THAT(ParseJson(std::string(100000, '[')), RefusedWith("JSON_TOO_DEEP"));
}

TEST(EventJson, EventTypesAreFoundByShortAndFullName) {
  EXPECT_EQ(EventDescriptorOf("LevelDetermined"), v1::LevelDetermined::descriptor());
  EXPECT_EQ(EventDescriptorOf("waymark.v1.LevelDetermined"), v1::LevelDetermined::descriptor());
  EXPECT_EQ(EventDescriptorOf("NoSuchEvent"), nullptr);
}

}  // namespace
}  // namespace waymark
