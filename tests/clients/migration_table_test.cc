#include "clients/cpp/migration_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using ::testing::ElementsAre;
using ::waymark::test::RefusedWith;

constexpr char kHeader[] =
    "focus,level,effective_on,period_first,period_last,assessed_on,decided_on,coverage_to,note\n";
constexpr char kRow[] =
    "PI-CS,3,2023-07-01,2023-04-01,2023-06-30,2023-07-12,2023-07-24,2023-12-31,as minuted\n";

// "line column reason" of every problem.
std::vector<std::string> Problems(const MigrationTable& table) {
  std::vector<std::string> said;
  for (const MigrationRow& row : table.rows) {
    for (const MigrationProblem& problem : row.problems)
      said.push_back(absl::StrCat(row.line, " ", problem.column, " ", problem.reason));
  }
  return said;
}

TEST(MigrationTable, ReadsARowIntoTheLevelThatItSays) {
  ASSERT_OK_AND_ASSIGN(const MigrationTable table, ReadMigrationTable(absl::StrCat(kHeader, kRow)));
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_THAT(Problems(table), ElementsAre());
  EXPECT_EQ(table.rows[0].line, 2u);
  EXPECT_EQ(
      table.rows[0].level.ShortDebugString(),
      "focus: \"PI-CS\" level: 3 effective_on { year: 2023 month: 7 day: 1 } "
      "period { first { year: 2023 month: 4 day: 1 } last { year: 2023 month: 6 day: 30 } } "
      "assessed_on { year: 2023 month: 7 day: 12 } decided_on { year: 2023 month: 7 day: 24 } "
      "coverage_to { year: 2023 month: 12 day: 31 } effective_basis: \"as minuted\"");
}

TEST(MigrationTable, TakesColumnsInAnyOrderQuotesAndBlankLines) {
  ASSERT_OK_AND_ASSIGN(
      const MigrationTable table,
      ReadMigrationTable(
          "note,decided_on,assessed_on,period_last,period_first,effective_on,level,focus\r\n"
          "\r\n"
          "\"so the board said,\r\n\"\"from April\"\"\",2023-07-24,2023-07-12,2023-06-30,"
          "2023-04-01, 2023-07-01 ,0,SE-AM\r\n"));
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_THAT(Problems(table), ElementsAre());
  EXPECT_EQ(table.rows[0].line, 3u);
  EXPECT_EQ(table.rows[0].level.effective_basis(), "so the board said,\r\n\"from April\"");
  EXPECT_EQ(table.rows[0].level.level(), 0u);
  EXPECT_FALSE(table.rows[0].level.has_coverage_to());
}

TEST(MigrationTable, NamesLineColumnAndReasonOfEachCellThatIsWrong) {
  ASSERT_OK_AND_ASSIGN(
      const MigrationTable table,
      ReadMigrationTable(absl::StrCat(
          kHeader, "PI-CS,6,2023-07-01,2023-04-01,2023-06-30,2023-07-12,2023-07-24,,\n",
          "PI-CS,2.5,2023-02-29,2023-04-01,2023-06-30,2023-07-12,24/07/2023,,\n",
          ",3,2023-07-01,2023-06-30,2023-04-01,,2023-07-24,never,\n",
          "PI-CS,3,2023-07-01,2023-04-01,2023-06-30,2023-07-12,2023-07-24,,said, twice\n",
          "PI-CS,3\n")));
  EXPECT_THAT(Problems(table),
              ElementsAre("2 level LEVEL_OUT_OF_RANGE", "3 level LEVEL_OUT_OF_RANGE",
                          "3 effective_on DATE_INVALID", "3 decided_on DATE_INVALID",
                          "4 focus FIELD_MISSING", "4 period_last PERIOD_REVERSED",
                          "4 assessed_on FIELD_MISSING", "4 coverage_to DATE_INVALID",
                          "5  FIELD_UNEXPECTED", "6 effective_on FIELD_MISSING",
                          "6 period_first FIELD_MISSING", "6 period_last FIELD_MISSING",
                          "6 assessed_on FIELD_MISSING", "6 decided_on FIELD_MISSING"));
}

TEST(MigrationTable, RefusesAFileThatIsNoSuchTable) {
  const std::string header = kHeader;
  const struct {
    std::string bytes;
    const char* reason;
  } kCases[] = {
      {"", "TABLE_EMPTY"},
      {"\xEF\xBB\xBF" + header + kRow, "TABLE_BOM"},
      {header + "PI-CS,\xff\n", "TABLE_NOT_UTF8"},
      {header + "PI-CS,\"3\n", "TABLE_QUOTE_UNTERMINATED"},
      {"level" + header.substr(5), "COLUMN_REPEATED"},
      {"what," + header, "COLUMN_UNKNOWN"},
      {"focus,level\nPI-CS,3\n", "COLUMN_MISSING"},
      {header, "ROWS_MISSING"},
      {header + "\n,,\n", "ROWS_MISSING"},
      {header + std::string(kMigrationFileBytesMax, 'x'), "TABLE_TOO_LARGE"},
  };
  for (const auto& [bytes, reason] : kCases) {
    EXPECT_THAT(ReadMigrationTable(bytes).status(), RefusedWith(reason)) << bytes.substr(0, 40);
  }
}

TEST(MigrationTable, HasABoundOnItsRows) {
  std::string bytes = kHeader;
  for (size_t i = 0; i < kMigrationRowsMax; ++i) bytes += "PI-CS,3\n";
  ASSERT_OK_AND_ASSIGN(const MigrationTable table, ReadMigrationTable(bytes));
  EXPECT_EQ(table.rows.size(), kMigrationRowsMax);
  EXPECT_THAT(ReadMigrationTable(bytes + "PI-CS,3\n").status(), RefusedWith("TABLE_TOO_LARGE"));
}

TEST(MigrationTable, TellsWhichColumnAFieldComesFrom) {
  EXPECT_EQ(ColumnOfField("period.first"), "period_first");
  EXPECT_EQ(ColumnOfField("effective_basis"), "note");
  EXPECT_EQ(ColumnOfField("basis"), "");
}

}  // namespace
}  // namespace waymark
