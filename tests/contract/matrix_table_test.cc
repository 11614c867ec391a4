#include "ledger/contract/matrix_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using test::RefusedWith;
using test::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Cells(const TableRow& row) {
  std::vector<std::string> cells;
  for (const TableCell& cell : row.cells) cells.push_back(cell.bytes);
  return cells;
}

TEST(MatrixTable, ReadsTabsAndKeepsQuotesAsBytes) {
  ASSERT_OK_AND_ASSIGN(const Table table, ReadTable("a\t\"b\"\t\n\nc,d", TableFormat::kTsv));
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_THAT(Cells(table.rows[0]), ElementsAre("a", "\"b\"", ""));
  EXPECT_THAT(Cells(table.rows[1]), ElementsAre(""));
  EXPECT_THAT(Cells(table.rows[2]), ElementsAre("c,d"));
  EXPECT_FALSE(table.final_line_end);
}

TEST(MatrixTable, ReadsQuotedCellsWithCommasQuotesAndLines) {
  ASSERT_OK_AND_ASSIGN(const Table table,
                       ReadTable("a,\"b, \"\"c\"\"\r\nd\",e\r\nf,\"\",\r\n", TableFormat::kCsv));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_THAT(Cells(table.rows[0]), ElementsAre("a", "b, \"c\"\r\nd", "e"));
  EXPECT_THAT(Cells(table.rows[1]), ElementsAre("f", "", ""));
  EXPECT_EQ(table.rows[0].cells[2].line, 2u) << "the quoted cell reaches over two lines";
  EXPECT_EQ(table.rows[1].cells[0].line, 3u);
  EXPECT_TRUE(table.final_line_end);
  EXPECT_EQ(table.line_end, LineEnd::kCrlf);
}

TEST(MatrixTable, WritesEveryReadTableBackByteForByte) {
  for (const char* text : {"\n", "\n\n", "\t", "a", "a\n", "a\r\nb", "a\r\nb\r\n", "a\tb\n\n\tc\n",
                           "\"\"", "\"a\"\"b\",c", "\"line\nline\",x\r\ny,z\r\n", ",,\n,",
                           "\"\r\n\"\n\"\n\"\n", "caf\xC3\xA9\t\xC2\xB7\n"}) {
    for (TableFormat format : {TableFormat::kTsv, TableFormat::kCsv}) {
      const absl::StatusOr<Table> table = ReadTable(text, format);
      if (table.ok()) {
        EXPECT_EQ(WriteTable(*table), text);
      } else {
        EXPECT_EQ(format, TableFormat::kTsv) << text << ": only CSV reads CR LF and LF in one file";
      }
    }
  }
}

struct BadTable {
  std::string bytes;
  TableFormat format;
  std::string reason;
  std::string message;
};

TEST(MatrixTable, RefusesWhatItCannotKeep) {
  const std::string cell(kMatrixCellBytesMax + 1, 'x');
  const BadTable kBad[] = {
      {"", TableFormat::kTsv, "MATRIX_EMPTY", "the file is empty"},
      {std::string(kMatrixFileBytesMax + 1, 'x'), TableFormat::kTsv, "MATRIX_TOO_LARGE",
       "1048577 bytes, at most 1048576"},
      {absl::StrCat(std::string(kMatrixRowsMax, '\n'), "x"), TableFormat::kTsv, "MATRIX_TOO_LARGE",
       "more than 16384 rows"},
      {"\xEF\xBB\xBF"
       "a\tb",
       TableFormat::kTsv, "MATRIX_BOM", "EF BB BF"},
      {"ab\xFF", TableFormat::kTsv, "MATRIX_NOT_UTF8", "byte offset 2 (0xff)"},
      {"a\xC0\x80", TableFormat::kTsv, "MATRIX_NOT_UTF8", "byte offset 1"},
      {"\xED\xA0\x80", TableFormat::kTsv, "MATRIX_NOT_UTF8", "byte offset 0"},
      {"\xF4\x90\x80\x80", TableFormat::kTsv, "MATRIX_NOT_UTF8", "byte offset 0"},
      {"abc\xE2\x82", TableFormat::kTsv, "MATRIX_NOT_UTF8", "byte offset 3"},
      {std::string("ab\0c", 4), TableFormat::kTsv, "MATRIX_NUL_BYTE", "byte offset 2"},
      {"a\nb\r\nc", TableFormat::kTsv, "MATRIX_LINE_ENDS_MIXED", "line 2 ends with CR LF"},
      {"a\r\nb\nc", TableFormat::kCsv, "MATRIX_LINE_ENDS_MIXED", "line 2 ends with LF"},
      {"a\rb", TableFormat::kTsv, "MATRIX_LINE_ENDS_MIXED", "line 1: a carriage return without"},
      {"a\n\"b", TableFormat::kCsv, "MATRIX_QUOTE_UNTERMINATED", "line 2, column 1"},
      {"a,\"b\"c", TableFormat::kCsv, "MATRIX_QUOTE_STRAY", "line 1, column 2"},
      {"a,b\"c", TableFormat::kCsv, "MATRIX_QUOTE_STRAY", "line 1, column 2"},
      {"a\nb\tc\t" + cell, TableFormat::kTsv, "MATRIX_CELL_TOO_LARGE",
       "line 2, column 3: a cell of 262145 bytes, at most 262144"},
      {"a\n\"" + cell + "\"", TableFormat::kCsv, "MATRIX_CELL_TOO_LARGE", "line 2, column 1"},
      {std::string(kMatrixColumnsMax, '\t'), TableFormat::kTsv, "MATRIX_ROW_TOO_LONG",
       "more than 64 cells"},
  };
  for (const BadTable& bad : kBad) {
    const absl::StatusOr<Table> table = ReadTable(bad.bytes, bad.format);
    EXPECT_THAT(table, RefusedWith(bad.reason));
    EXPECT_THAT(table, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(bad.message)));
  }
}

TEST(MatrixTable, TakesACellAndARowAtTheirBounds) {
  const std::string cell(kMatrixCellBytesMax, 'x');
  const std::string row(kMatrixColumnsMax - 1, ',');
  const std::string rows(kMatrixRowsMax, '\n');
  EXPECT_OK(ReadTable(cell, TableFormat::kTsv));
  EXPECT_OK(ReadTable(absl::StrCat("\"", cell, "\""), TableFormat::kCsv));
  EXPECT_OK(ReadTable(row, TableFormat::kCsv));
  EXPECT_OK(ReadTable(rows, TableFormat::kTsv));
}

}  // namespace
}  // namespace waymark
