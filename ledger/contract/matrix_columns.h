// This header defines which column of a table is which, by the names in its header row and by
// nothing else: order, case and spacing are free.
#ifndef WAYMARK_LEDGER_CONTRACT_MATRIX_COLUMNS_H_
#define WAYMARK_LEDGER_CONTRACT_MATRIX_COLUMNS_H_

#include <array>
#include <cstddef>
#include <optional>

#include "absl/status/statusor.h"
#include "ledger/base/limits.h"
#include "ledger/contract/matrix_table.h"

namespace waymark {

// Places are 0-based.
struct MatrixColumns {
  // Row of the header in the table.
  size_t header_row = 0;
  // Columns of the header.
  size_t count = 0;
  size_t category = 0;
  size_t focus = 0;
  size_t evidence = 0;
  std::optional<size_t> code;
  std::array<size_t, kLevelMax + 1> level = {};

  // Leftmost of the level columns, and whether no other column stands among the six.
  size_t first_level = 0;
  bool levels_adjacent = false;
};

// The header is the first row with at least two cells that name a column: Category, Focus, Level 0
// to Level 5 and Evidence base must be there once each, Code may be. InvalidArgument, all that
// apply: LEVEL_OUT_OF_RANGE (a column such as Level 6), MATRIX_COLUMN_DUPLICATE,
// MATRIX_COLUMN_UNKNOWN, MATRIX_COLUMN_MISSING (says which); MATRIX_HEADER_MISSING if no row is a
// header.
absl::StatusOr<MatrixColumns> FindColumns(const Table& table);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MATRIX_COLUMNS_H_
