// This header defines how a matrix gives back, byte for byte, the document that it was imported
// from:
//
//   ASSIGN_OR_RETURN(const std::string document, ExportMatrixSource(matrix));
//
// The document is put together from the matrix's own verbatim texts, each in its place in the
// layout; so an export that equals the document shows that every cell of it is kept.
#ifndef WAYMARK_LEDGER_CONTRACT_MATRIX_SOURCE_H_
#define WAYMARK_LEDGER_CONTRACT_MATRIX_SOURCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "ledger/contract/matrix_table.h"
#include "waymark/v1/matrix.pb.h"

namespace waymark {

// A layout in which every cell is a literal; an empty cell has no content.
v1::SourceLayout LiteralLayout(const Table& table);

// The source document. FailedPrecondition MATRIX_SOURCE_ABSENT if the matrix was not imported;
// InvalidArgument MATRIX_LAYOUT_INVALID if its layout names a text that it does not hold, or no
// row.
absl::StatusOr<std::string> ExportMatrixSource(const v1::Matrix& matrix);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MATRIX_SOURCE_H_
