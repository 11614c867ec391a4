// This header defines how the history of a contract that joins mid-life is read from a spreadsheet
// saved as CSV: a header that names the columns, in any order, then a level found to a row.
//
//   focus,level,effective_on,period_first,period_last,assessed_on,decided_on,note
//   PI-CS,3,2023-07-01,2023-04-01,2023-06-30,2023-07-12,2023-07-24,
//
//   ASSIGN_OR_RETURN(const MigrationTable table, ReadMigrationTable(bytes));
//
// `coverage_to` and `note` may be left out, and left empty. What a row says is checked here as far
// as one row can tell; the rest is the contract's rules.
#ifndef WAYMARK_CLIENTS_CPP_MIGRATION_TABLE_H_
#define WAYMARK_CLIENTS_CPP_MIGRATION_TABLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/limits.h"
#include "waymark/v1/event.pb.h"

namespace waymark {

// Twenty years of nine focuses, four quarters each, are 720 rows. The reader of text tables bounds
// the bytes.
inline constexpr size_t kMigrationFileBytesMax = kMatrixFileBytesMax;
inline constexpr size_t kMigrationRowsMax = 5000;

// Why a row cannot be recorded.
struct MigrationProblem {
  // A name of the header; empty where the row as a whole is meant.
  std::string column;
  // What stands there.
  std::string found;
  // Stable word, such as DATE_INVALID.
  std::string reason;
  std::string what;
};

struct MigrationRow {
  // Line of the file on which it begins, from 1.
  uint32_t line = 0;
  // What stands in the row, by column.
  std::map<std::string, std::string> cells;
  // What the row says of the level: focus, level, the days, coverage_to where it is given, and the
  // note as effective_basis. Not whole where there are problems.
  v1::LevelDetermined level;
  std::vector<MigrationProblem> problems;
};

struct MigrationTable {
  // At least one.
  std::vector<MigrationRow> rows;
};

// InvalidArgument where the file as a whole cannot be read: what ReadTable says of text tables,
// with TABLE_ in the place of MATRIX_; TABLE_TOO_LARGE, COLUMN_MISSING, COLUMN_UNKNOWN,
// COLUMN_REPEATED, ROWS_MISSING. Rows carry FIELD_MISSING, FIELD_UNEXPECTED (more cells than
// columns), LEVEL_OUT_OF_RANGE, DATE_INVALID and PERIOD_REVERSED. Blank lines are passed over.
absl::StatusOr<MigrationTable> ReadMigrationTable(absl::string_view bytes);

// The column that a field of LevelDetermined comes from, such as "period_first" for "period.first";
// empty where it comes from none.
absl::string_view ColumnOfField(absl::string_view field);

}  // namespace waymark

#endif  // WAYMARK_CLIENTS_CPP_MIGRATION_TABLE_H_
