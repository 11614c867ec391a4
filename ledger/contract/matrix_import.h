// This header defines the import of a maturity matrix from a table, and what it says about damage:
//
//   ASSIGN_OR_RETURN(const MatrixImport import, ImportMatrix(bytes, TableFormat::kTsv));
//   for (const v1::QuarantineEntry& entry : import.matrix.quarantine()) ...
//
// The table: any rows, then a header row (matrix_columns.h), one row a focus, a line "Notes", and
// the notes. An empty category cell continues the category above; blank lines end nothing. The
// import guesses nothing: what it cannot read is kept as it stands, marked by a cell state and
// listed in the quarantine, or the file is refused.
//
// States of a level cell, the first that fits:
//   UNDEFINED    no text, or only a level label (LABEL_IN_CELL)
//   ILLEGIBLE    marks without a letter (UNREADABLE)
//   PROVISIONAL  text at a level whose descriptions a note says are still to come, a text that says
//   so itself
//                ("TBC"), or a damaged text (TRUNCATED, FRAGMENT, UNREADABLE)
//   DEFINED      any other text
// A row with fewer cells than the header has lost its level boundaries (MERGED_LEVELS): its text is
// kept once, as the focus's passage, and its six cells are ENDURING if the passage says that it
// stands at every level, UNASSIGNED if it does not; without any text the focus is a ladder of
// UNDEFINED cells. Its last cells are taken for the columns right of the levels only where exactly
// one cell is left for the levels. A full row whose six cells are one text that says it stands at
// every level is ENDURING too, and undamaged.
#ifndef WAYMARK_LEDGER_CONTRACT_MATRIX_IMPORT_H_
#define WAYMARK_LEDGER_CONTRACT_MATRIX_IMPORT_H_

#include <array>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/contract/matrix_table.h"
#include "waymark/v1/matrix.pb.h"

namespace waymark {

// What is in a matrix, for a report. Arrays are indexed by the enum's numbers.
struct MatrixCounts {
  int categories = 0;
  int focuses = 0;
  int level_cells = 0;
  int evidence_cells = 0;
  int notes = 0;
  std::array<int, v1::CellState_ARRAYSIZE> cell_states = {};
  std::array<int, v1::FocusKind_ARRAYSIZE> focus_kinds = {};
  int evidence_listed = 0;
  int evidence_fragments = 0;
  int evidence_empty = 0;
  // Entries of all evidence bases together.
  int evidence_items = 0;
  int quarantined = 0;
  std::array<int, v1::QuarantineReason_ARRAYSIZE> quarantine_reasons = {};
  int layout_notes = 0;
};

MatrixCounts CountMatrix(const v1::Matrix& matrix);

struct MatrixImport {
  // All but version_id and source, which the caller sets. Holds the quarantine, the layout notes
  // and the layout.
  v1::Matrix matrix;
  MatrixCounts counts;
};

// Imports the document; ExportMatrixSource(matrix) is `bytes` again. InvalidArgument, all
// violations that can be told (at most 32): what ReadTable and FindColumns refuse;
// MATRIX_ROW_TOO_LONG (more cells than the header), MATRIX_ROW_SHORT (too few cells to find focus
// and category), MATRIX_FOCUS_UNNAMED, MATRIX_CATEGORY_MISSING, MATRIX_CODE_INVALID,
// MATRIX_CODE_UNKNOWN (none could be derived: a Code column is needed), DUPLICATE_FOCUS,
// MATRIX_FOCUS_TOO_MANY, MATRIX_NOTE_SPLIT, MATRIX_FOCUS_NONE.
absl::StatusOr<MatrixImport> ImportMatrix(absl::string_view bytes, TableFormat format);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MATRIX_IMPORT_H_
