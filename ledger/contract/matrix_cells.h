// This header defines what the texts of an imported matrix are worth: the second half of the
// import, after each text has its place. The rules stand at the head of matrix_import.h.
#ifndef WAYMARK_LEDGER_CONTRACT_MATRIX_CELLS_H_
#define WAYMARK_LEDGER_CONTRACT_MATRIX_CELLS_H_

#include <vector>

#include "waymark/v1/matrix.pb.h"

namespace waymark {

// How a focus's row stood in the document.
struct RowShape {
  // It had fewer cells than the header, so its text is the focus's passage.
  bool merged = false;
  // One of its cells is known to be the evidence cell.
  bool evidence_known = true;
};

// Gives focuses their kind, passage, side and evidence base, cells their normalised text, state and
// criteria, and lists the damage as quarantine entries in the order of the document. REQUIRES: one
// shape for each focus; six cells for each focus, in order; verbatim texts and notes are set.
void JudgeCells(const std::vector<RowShape>& shapes, v1::Matrix* matrix);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MATRIX_CELLS_H_
