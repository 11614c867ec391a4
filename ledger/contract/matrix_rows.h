// This header defines the first half of the import of a matrix: each text of the table goes to its
// place.
#ifndef WAYMARK_LEDGER_CONTRACT_MATRIX_ROWS_H_
#define WAYMARK_LEDGER_CONTRACT_MATRIX_ROWS_H_

#include "absl/status/statusor.h"
#include "ledger/contract/matrix_columns.h"
#include "ledger/contract/matrix_table.h"
#include "waymark/v1/matrix.pb.h"

namespace waymark {

// Reads the rows below the header into categories, focuses, cells, notes, layout notes and the
// layout, then has JudgeCells say what they are worth. InvalidArgument for rows as matrix_import.h
// lists them, all at once.
absl::StatusOr<v1::Matrix> ReadRows(const Table& table, const MatrixColumns& columns);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MATRIX_ROWS_H_
