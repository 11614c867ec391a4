#include "ledger/contract/matrix_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/contract/matrix_words.h"

namespace waymark {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(MatrixWords, MendsOnlyTheKnownTypingErrors) {
  EXPECT_EQ(NormaliseText("with the the way", ""), "with the way");
  EXPECT_EQ(NormaliseText("The the way", ""), "The way");
  EXPECT_EQ(NormaliseText("submitted accredition/certification", ""),
            "submitted accreditation/certification");
  EXPECT_EQ(NormaliseText("Relevant and upto-date", ""), "Relevant and up-to-date");
  EXPECT_EQ(NormaliseText("stuctures/arrangements", ""), "structures/arrangements");
  EXPECT_EQ(NormaliseText("Contactor decisions", ""), "Contractor decisions");
  EXPECT_EQ(NormaliseText("more E&CC work, E&CC.", "Climate (CC&E)"), "more CC&E work, CC&E.");
  EXPECT_EQ(NormaliseText("more E&CC work", "Asset management"), "more E&CC work")
      << "not this focus's word";
  EXPECT_EQ(NormaliseText("had had that that", ""), "had had that that") << "not always an error";
  EXPECT_EQ(NormaliseText("the. The end", ""), "the. The end");
  EXPECT_EQ(NormaliseText("the\nthe", ""), "the\nthe");
}

TEST(MatrixWords, MakesSpacesSingleAndKeepsLines) {
  EXPECT_EQ(NormaliseText("  a \t b\xC2\xA0 c \r\n\r\n d ", ""), "a b c\nd");
  EXPECT_EQ(NormaliseText(" \t\n ", ""), "");
}

TEST(MatrixWords, KnowsALabelAndItsMisreadings) {
  for (const char* label :
       {"Level 0", "- Tevel 4", "LEVEL 3.", "Leve1 2", "level4", "L5", "(Level O)", "Level four"}) {
    EXPECT_TRUE(IsLevelLabel(label)) << label;
  }
  for (const char* text : {"", "Level", "4", "Level 1 completed", "Levels 0 to 4", "Phase 4",
                           "Seven 4x", "Travel 44"}) {
    EXPECT_FALSE(IsLevelLabel(text)) << text;
  }
}

TEST(MatrixWords, TellsLettersFromMarks) {
  for (const char* letters : {"a", "7a", "\xC3\xA9", "\xD0\x96", "\xE4\xB8\xAD"})
    EXPECT_TRUE(HasLetter(letters));
  for (const char* marks : {"", "4", "\xC2\xB7 \xC2\xB7", "- . _", "\xE2\x80\xA6", "\xEF\xBF\xBD",
                            "\xF0\x9F\x98\x80"}) {
    EXPECT_FALSE(HasLetter(marks)) << marks;
  }
}

TEST(MatrixWords, SplitsSentencesWhereACapitalFollowsAStop) {
  EXPECT_THAT(SplitSentences("A plan is made. It is kept! Is it? Yes"),
              ElementsAre("A plan is made.", "It is kept!", "Is it?", "Yes"));
  EXPECT_THAT(SplitSentences("Marks, e.g. ISO ones, count. about 3.5 each"),
              ElementsAre("Marks, e.g. ISO ones, count. about 3.5 each"));
  EXPECT_THAT(SplitSentences("- one thing\n\xE2\x80\xA2 another\n\n"),
              ElementsAre("one thing", "another"));
  EXPECT_THAT(SplitSentences(""), IsEmpty());
}

TEST(MatrixRules, FindsTheLevelsWhoseTextsAreStillToCome) {
  EXPECT_THAT(PendingLevels("The descriptions of levels 0, 2 and 4 will be added later"),
              ElementsAre(0, 2, 4));
  EXPECT_THAT(PendingLevels("Levels 0 to 2 are to be written at mobilisation."),
              ElementsAre(0, 1, 2));
  EXPECT_THAT(PendingLevels("Wording for level four, and level five, shall be supplied."),
              ElementsAre(4, 5));
  EXPECT_THAT(PendingLevels("Texts for levels 3-5 will later be drafted"), ElementsAre(3, 4, 5));
  EXPECT_THAT(PendingLevels("Texts of levels 4 to 9 will be added"), ElementsAre(4, 5))
      << "there is no level 9";
}

TEST(MatrixRules, DoesNotTakeOtherTalkOfLevelsForAPromiseOfText) {
  for (const char* note :
       {"Level 3 is expected by March 2025",
        "Nobody assumes that level 5 maturity is to be achieved",
        "Targets for level 3 will be agreed each year", "Descriptions will be added",
        "The descriptions of levels 0 and 2 were added", "The matrix will be refined", ""}) {
    EXPECT_THAT(PendingLevels(note), IsEmpty()) << note;
  }
}

TEST(MatrixRules, SaysWhoHasToMeetASentence) {
  EXPECT_EQ(BindsOf("The service is well run."), v1::SIDE_PROVIDER);
  EXPECT_EQ(BindsOf("Plans follow the Council's aims."), v1::SIDE_PROVIDER);
  EXPECT_EQ(BindsOf("The Authority pays on time."), v1::SIDE_AUTHORITY);
  EXPECT_EQ(BindsOf("Both the Council and the provider meet each month."), v1::SIDE_BOTH);
  EXPECT_EQ(BindsOf("Trust between the parties is high."), v1::SIDE_BOTH);
  EXPECT_EQ(BindsOf("It suits both parties."), v1::SIDE_BOTH);
  EXPECT_EQ(BindsOf("The Council treats the contractor as a partner."), v1::SIDE_BOTH);
}

TEST(MatrixRules, MarksWordsOfDuration) {
  for (const char* lasting :
       {"Ratings are sustained.", "Sustainably high.", "Users are asked regularly.",
        "This is so over time.", "Kept throughout the year."}) {
    EXPECT_TRUE(NamesDuration(lasting)) << lasting;
  }
  for (const char* other : {"A sustainable plan.", "Timely work.", "Irregularly.", ""}) {
    EXPECT_FALSE(NamesDuration(other)) << other;
  }
}

TEST(MatrixRules, NumbersCriteriaFromOne) {
  const std::vector<v1::Criterion> criteria =
      CriteriaOf("PI-CS", 3, "A plan works. The Authority is regularly told.");
  ASSERT_EQ(criteria.size(), 2u);
  EXPECT_EQ(criteria[0].id(), "PI-CS.L3.1");
  EXPECT_EQ(criteria[0].words(), "A plan works.");
  EXPECT_FALSE(criteria[0].names_duration());
  EXPECT_EQ(criteria[1].id(), "PI-CS.L3.2");
  EXPECT_EQ(criteria[1].binds(), v1::SIDE_AUTHORITY);
  EXPECT_TRUE(criteria[1].names_duration());
}

TEST(MatrixRules, TypesEachListedEvidence) {
  const std::pair<const char*, v1::EvidenceType> kItems[] = {
      {"Client overview reports", v1::EVIDENCE_TYPE_CLIENT_OVERVIEW_REPORT},
      {"customer opinion survey", v1::EVIDENCE_TYPE_CUSTOMER_SURVEY},
      {"report on complaints", v1::EVIDENCE_TYPE_COMPLAINTS_REPORT},
      {"certification papers", v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION},
      {"what members say in feedback", v1::EVIDENCE_TYPE_STAKEHOLDER_FEEDBACK},
      {"progress of the plan", v1::EVIDENCE_TYPE_PLAN_PROGRESS},
      {"business cases", v1::EVIDENCE_TYPE_BUSINESS_CASE},
      {"evaluations of projects", v1::EVIDENCE_TYPE_EVALUATION_REPORT},
      {"KPI figures", v1::EVIDENCE_TYPE_KPI_REPORT},
      {"TOMS figures", v1::EVIDENCE_TYPE_TOMS_REPORT},
      {"survey of the condition", v1::EVIDENCE_TYPE_ASSET_CONDITION_SURVEY},
      {"annual plan, new edition", v1::EVIDENCE_TYPE_ANNUAL_PLAN_UPDATE},
      {"photographs", v1::EVIDENCE_TYPE_OTHER}};
  for (const auto& [words, type] : kItems) {
    const EvidenceReading reading = ReadEvidence(words);
    EXPECT_EQ(reading.state, v1::EVIDENCE_BASE_STATE_LISTED);
    ASSERT_FALSE(reading.items.empty());
    EXPECT_EQ(reading.items[0].type(), type) << words;
  }
}

TEST(MatrixRules, ReadsSubtypeAndDutyOfAnEvidenceItem) {
  const EvidenceReading reading = ReadEvidence(
      "submitted accreditation applications; accreditations awarded, accreditations submitted or "
      "awarded, "
      "mandatory KPI report.");
  ASSERT_EQ(reading.items.size(), 4u);
  EXPECT_EQ(reading.items[0].subtype(), v1::EVIDENCE_SUBTYPE_SUBMITTED);
  EXPECT_EQ(reading.items[1].subtype(), v1::EVIDENCE_SUBTYPE_AWARDED);
  EXPECT_EQ(reading.items[2].subtype(), v1::EVIDENCE_SUBTYPE_UNSPECIFIED);
  EXPECT_FALSE(reading.items[2].mandatory());
  EXPECT_TRUE(reading.items[3].mandatory());
  EXPECT_EQ(reading.items[3].words(), "mandatory KPI report");
}

TEST(MatrixRules, TakesNoTypeFromADamagedEvidenceCell) {
  const std::pair<const char*, v1::QuarantineReason> kDamaged[] = {
      {"", v1::QUARANTINE_REASON_EMPTY_EVIDENCE},
      {"reports, Member and", v1::QUARANTINE_REASON_FRAGMENT},
      {"feedback,", v1::QUARANTINE_REASON_FRAGMENT},
      {"\xC2\xB7\xC2\xB7", v1::QUARANTINE_REASON_UNREADABLE},
      {"KPI \xEF\xBF\xBD report", v1::QUARANTINE_REASON_UNREADABLE}};
  for (const auto& [words, damage] : kDamaged) {
    const EvidenceReading reading = ReadEvidence(words);
    EXPECT_EQ(reading.state, v1::EVIDENCE_BASE_STATE_UNSPECIFIED) << words;
    EXPECT_THAT(reading.items, IsEmpty());
    EXPECT_THAT(reading.damage, Optional(damage)) << words;
  }
}

TEST(MatrixRules, FindsDamageOnlyWhereItShows) {
  const std::vector<absl::string_view> others = {"First part The way is clear and open",
                                                 "Another whole text."};
  EXPECT_THAT(DamageOf("More done The way is clear", others, true),
              Optional(v1::QUARANTINE_REASON_TRUNCATED));
  EXPECT_THAT(DamageOf("Everything but the", others, true),
              Optional(v1::QUARANTINE_REASON_TRUNCATED));
  EXPECT_THAT(DamageOf("taking shape", others, true), Optional(v1::QUARANTINE_REASON_FRAGMENT));
  EXPECT_THAT(DamageOf("- Tevel 4", others, true), Optional(v1::QUARANTINE_REASON_LABEL_IN_CELL));
  EXPECT_THAT(DamageOf("....", others, true), Optional(v1::QUARANTINE_REASON_UNREADABLE));
  EXPECT_EQ(DamageOf("taking shape", others, false), std::nullopt)
      << "where all texts begin small, none is torn";
  EXPECT_EQ(DamageOf("The way is clear.", others, true), std::nullopt) << "it ends with a stop";
  EXPECT_EQ(DamageOf("A text of its own", others, true), std::nullopt);
  EXPECT_EQ(DamageOf("", others, true), std::nullopt);
}

TEST(MatrixRules, KnowsAPassageThatStandsAtEveryLevel) {
  EXPECT_TRUE(SaysEveryLevel("This holds at every level."));
  EXPECT_TRUE(SaysEveryLevel("It endures at all levels of maturity"));
  EXPECT_TRUE(SaysEveryLevel("Required for each level"));
  EXPECT_FALSE(SaysEveryLevel("All levels of staff are trained"));
  EXPECT_FALSE(SaysEveryLevel("Absence levels meet the norm"));
}

TEST(MatrixRules, DerivesTheSameCodesForTheSameNames) {
  CodeBook codes;
  EXPECT_THAT(codes.ForCategory("Policy Impact"), Optional(std::string("PI")));
  const std::pair<const char*, const char*> kKnown[] = {
      {"Customer service", "PI-CS"},
      {"Innovation, improvement and value for money", "PI-IV"},
      {"Social Value", "PI-SV"},
      {"Climate change & the Environment (CC&E)", "PI-CC"},
      {"Day to day service delivery", "PI-DD"},
      {"Contract financial resilience", "PI-FR"},
      {"Culture and collaborative benefit", "PI-CU"}};
  for (const auto& [name, code] : kKnown) {
    EXPECT_THAT(codes.ForFocus("PI", name), Optional(std::string(code)));
  }
  EXPECT_THAT(codes.ForFocus("PI", "Winter maintenance"), Optional(std::string("PI-WM")));
  EXPECT_THAT(codes.ForFocus("PI", "Works to the margins"), Optional(std::string("PI-WO")))
      << "WM is taken";
  EXPECT_THAT(codes.ForFocus("PI", "Lighting"), Optional(std::string("PI-LI")));
  EXPECT_EQ(codes.ForFocus("PI", "\xE4\xB8\xAD"), std::nullopt);
}

}  // namespace
}  // namespace waymark
