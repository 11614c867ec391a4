#include "ledger/contract/matrix_source.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

namespace waymark {
namespace {

template <typename Texts>
bool Holds(const Texts& texts, uint32_t index) {
  return index < static_cast<uint32_t>(texts.size());
}

absl::StatusOr<std::string> TextAt(const v1::Matrix& matrix, const v1::SourceCell& cell) {
  switch (cell.content_case()) {
    case v1::SourceCell::CONTENT_NOT_SET:
      return std::string();
    case v1::SourceCell::kLiteral:
      return cell.literal();
    case v1::SourceCell::kCategory:
      if (Holds(matrix.categories(), cell.category()))
        return matrix.categories(cell.category()).verbatim();
      break;
    case v1::SourceCell::kFocusName:
      if (Holds(matrix.focuses(), cell.focus_name()))
        return matrix.focuses(cell.focus_name()).name_verbatim();
      break;
    case v1::SourceCell::kEvidence:
      if (Holds(matrix.focuses(), cell.evidence()))
        return matrix.focuses(cell.evidence()).evidence_verbatim();
      break;
    case v1::SourceCell::kPassage:
      if (Holds(matrix.focuses(), cell.passage()))
        return matrix.focuses(cell.passage()).passage_verbatim();
      break;
    case v1::SourceCell::kCell:
      if (Holds(matrix.cells(), cell.cell())) return matrix.cells(cell.cell()).verbatim();
      break;
    case v1::SourceCell::kNote:
      if (Holds(matrix.notes(), cell.note())) return matrix.notes(cell.note()).verbatim();
      break;
  }
  return Refuse({absl::StatusCode::kInvalidArgument, "MATRIX_LAYOUT_INVALID",
                 absl::StrCat("source_layout: names a text that the matrix does not hold: ",
                              cell.ShortDebugString()),
                 /*event_index=*/-1, "source_layout"});
}

}  // namespace

v1::SourceLayout LiteralLayout(const Table& table) {
  v1::SourceLayout layout;
  layout.set_format(table.format == TableFormat::kTsv ? v1::SOURCE_FORMAT_TSV
                                                      : v1::SOURCE_FORMAT_CSV);
  layout.set_crlf(table.line_end == LineEnd::kCrlf);
  layout.set_final_line_end(table.final_line_end);
  for (const TableRow& row : table.rows) {
    v1::SourceRow& source_row = *layout.add_rows();
    for (const TableCell& cell : row.cells) {
      v1::SourceCell& source_cell = *source_row.add_cells();
      source_cell.set_quoted(cell.quoted);
      if (!cell.bytes.empty()) source_cell.set_literal(cell.bytes);
    }
  }
  return layout;
}

absl::StatusOr<std::string> ExportMatrixSource(const v1::Matrix& matrix) {
  if (!matrix.has_source_layout()) {
    return Refuse(
        {absl::StatusCode::kFailedPrecondition, "MATRIX_SOURCE_ABSENT",
         "source_layout: absent; the matrix was written by hand and has no source document",
         /*event_index=*/-1, "source_layout"});
  }
  const v1::SourceLayout& layout = matrix.source_layout();
  if (layout.rows().empty()) {
    return Refuse({absl::StatusCode::kInvalidArgument, "MATRIX_LAYOUT_INVALID",
                   "source_layout: has no rows",
                   /*event_index=*/-1, "source_layout"});
  }
  Table table;
  table.format = layout.format() == v1::SOURCE_FORMAT_CSV ? TableFormat::kCsv : TableFormat::kTsv;
  table.line_end = layout.crlf() ? LineEnd::kCrlf : LineEnd::kLf;
  table.final_line_end = layout.final_line_end();
  for (const v1::SourceRow& source_row : layout.rows()) {
    TableRow row;
    for (const v1::SourceCell& source_cell : source_row.cells()) {
      ASSIGN_OR_RETURN(std::string text, TextAt(matrix, source_cell));
      row.cells.push_back({std::move(text), source_cell.quoted(), /*line=*/0});
    }
    table.rows.push_back(std::move(row));
  }
  return WriteTable(table);
}

}  // namespace waymark
