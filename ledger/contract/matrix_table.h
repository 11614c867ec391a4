// This header defines how a table of text, TSV or CSV, is read without losing a byte:
//
//   ASSIGN_OR_RETURN(const Table table, ReadTable(bytes, TableFormat::kTsv));
//   WAYMARK_CHECK(WriteTable(table) == bytes);
//
// What cannot be kept exactly is refused, never repaired: a byte order mark, line ends of two
// kinds, a stray quote.
#ifndef WAYMARK_LEDGER_CONTRACT_MATRIX_TABLE_H_
#define WAYMARK_LEDGER_CONTRACT_MATRIX_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace waymark {

// Tabs between cells and nothing quoted (a quote is a byte like any other), or commas and RFC 4180
// quoting.
enum class TableFormat { kTsv, kCsv };

enum class LineEnd { kLf, kCrlf };

struct TableCell {
  // What the cell says: exact bytes, without the quotes around a quoted cell and with its doubled
  // quotes made single.
  std::string bytes;
  // The cell stood between quotes; CSV only.
  bool quoted = false;
  // Line of the file on which the cell begins, from 1. A quoted cell may reach over several lines.
  uint32_t line = 0;
};

// One record. A blank line is a row with one empty cell.
struct TableRow {
  std::vector<TableCell> cells;
};

struct Table {
  TableFormat format = TableFormat::kTsv;
  // Between all rows; the line ends inside a quoted cell are its bytes and do not count.
  LineEnd line_end = LineEnd::kLf;
  // The last row is ended too.
  bool final_line_end = false;
  // At least one.
  std::vector<TableRow> rows;
};

// The table that `bytes` hold. InvalidArgument: MATRIX_EMPTY, MATRIX_TOO_LARGE (bytes or rows),
// MATRIX_BOM, MATRIX_NOT_UTF8 (names the byte offset), MATRIX_NUL_BYTE, MATRIX_LINE_ENDS_MIXED,
// MATRIX_QUOTE_STRAY, MATRIX_QUOTE_UNTERMINATED, MATRIX_CELL_TOO_LARGE and MATRIX_ROW_TOO_LONG
// (these name line and column, from 1).
absl::StatusOr<Table> ReadTable(absl::string_view bytes, TableFormat format);

// The bytes again: WriteTable(ReadTable(b)) == b for every b that is read.
std::string WriteTable(const Table& table);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MATRIX_TABLE_H_
