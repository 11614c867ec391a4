#include "ledger/contract/matrix_import.h"

#include <string>

#include "ledger/base/check.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/matrix_columns.h"
#include "ledger/contract/matrix_rows.h"
#include "ledger/contract/matrix_source.h"

namespace waymark {

MatrixCounts CountMatrix(const v1::Matrix& matrix) {
  MatrixCounts counts;
  counts.categories = matrix.categories_size();
  counts.focuses = matrix.focuses_size();
  counts.level_cells = matrix.cells_size();
  counts.evidence_cells = matrix.focuses_size();
  counts.notes = matrix.notes_size();
  counts.quarantined = matrix.quarantine_size();
  counts.layout_notes = matrix.layout_notes_size();
  // An open enum may hold a number that this program does not know.
  const auto count = [](auto* numbers, int number) {
    if (number >= 0 && number < static_cast<int>(numbers->size())) ++(*numbers)[number];
  };
  for (const v1::Cell& cell : matrix.cells()) count(&counts.cell_states, cell.state());
  for (const v1::Focus& focus : matrix.focuses()) {
    count(&counts.focus_kinds, focus.kind());
    counts.evidence_listed += focus.evidence_base_state() == v1::EVIDENCE_BASE_STATE_LISTED ? 1 : 0;
    counts.evidence_items += focus.evidence_base_size();
  }
  for (const v1::QuarantineEntry& entry : matrix.quarantine()) {
    count(&counts.quarantine_reasons, entry.reason());
    if (entry.place() != v1::QUARANTINE_PLACE_EVIDENCE) continue;
    counts.evidence_fragments += entry.reason() == v1::QUARANTINE_REASON_FRAGMENT ? 1 : 0;
    counts.evidence_empty += entry.reason() == v1::QUARANTINE_REASON_EMPTY_EVIDENCE ? 1 : 0;
  }
  return counts;
}

absl::StatusOr<MatrixImport> ImportMatrix(absl::string_view bytes, TableFormat format) {
  ASSIGN_OR_RETURN(const Table table, ReadTable(bytes, format));
  ASSIGN_OR_RETURN(const MatrixColumns columns, FindColumns(table));
  MatrixImport import;
  ASSIGN_OR_RETURN(import.matrix, ReadRows(table, columns));
  const absl::StatusOr<std::string> again = ExportMatrixSource(import.matrix);
  WAYMARK_CHECK(again.ok() && *again == bytes);
  import.counts = CountMatrix(import.matrix);
  return import;
}

}  // namespace waymark
