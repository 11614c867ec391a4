#include "ledger/contract/matrix_table.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/matrix_words.h"

// table   := row (end row)* end?               One kind of end throughout: LF, or CR LF.
// row     := cell (delimiter cell)*            At least one cell; a blank line is one empty cell.
// cell    := plain                             TSV: delimiter is HT, plain has neither HT, CR nor
// LF.
//          | plain | '"' (char | '""')* '"'    CSV: delimiter is ',', plain has neither ',', '"',
//          CR nor LF.

namespace waymark {
namespace {

absl::Status RefuseTable(absl::string_view reason, absl::string_view message) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason), std::string(message),
                 /*event_index=*/-1, "matrix"});
}

absl::Status CheckBytes(absl::string_view bytes) {
  if (bytes.empty()) return RefuseTable("MATRIX_EMPTY", "matrix: the file is empty");
  if (bytes.size() > kMatrixFileBytesMax) {
    return RefuseTable("MATRIX_TOO_LARGE", absl::StrCat("matrix: ", bytes.size(),
                                                        " bytes, at most ", kMatrixFileBytesMax));
  }
  if (absl::StartsWith(bytes, "\xEF\xBB\xBF")) {
    return RefuseTable(
        "MATRIX_BOM",
        "matrix: begins with a byte order mark (EF BB BF); save it as UTF-8 without one");
  }
  if (std::optional<size_t> bad = FindInvalidUtf8(bytes); bad.has_value()) {
    return RefuseTable("MATRIX_NOT_UTF8",
                       absl::StrCat("matrix: not UTF-8 at byte offset ", *bad, " (0x",
                                    absl::Hex(static_cast<uint8_t>(bytes[*bad]), absl::kZeroPad2),
                                    "); save it as UTF-8"));
  }
  if (size_t nul = bytes.find('\0'); nul != absl::string_view::npos) {
    return RefuseTable("MATRIX_NUL_BYTE",
                       absl::StrCat("matrix: NUL byte at byte offset ", nul,
                                    "; the file is damaged or is not a text table"));
  }
  return absl::OkStatus();
}

// Walks the bytes once. Owns the place (`at_`, `line_`) and the table that it fills.
class TableReader {
 public:
  TableReader(absl::string_view bytes, TableFormat format)
      : bytes_(bytes), delimiter_(format == TableFormat::kTsv ? '\t' : ',') {
    table_.format = format;
  }

  absl::StatusOr<Table> Read() && {
    table_.rows.emplace_back();
    for (;;) {
      RETURN_IF_ERROR(ReadCell());
      if (AtEnd()) break;
      if (bytes_[at_] == delimiter_) {
        ++at_;
        continue;
      }
      RETURN_IF_ERROR(ReadLineEnd());
      if (AtEnd()) {
        table_.final_line_end = true;
        break;
      }
      if (table_.rows.size() == kMatrixRowsMax) {
        return RefuseTable("MATRIX_TOO_LARGE",
                           absl::StrCat("matrix: more than ", kMatrixRowsMax, " rows"));
      }
      table_.rows.emplace_back();
    }
    return std::move(table_);
  }

 private:
  bool AtEnd() const { return at_ == bytes_.size(); }

  // "line 6, column 4" of the cell that is read next or being read.
  std::string Place(uint32_t line) const {
    return absl::StrCat("line ", line, ", column ", table_.rows.back().cells.size() + 1);
  }

  absl::Status ReadCell() {
    if (table_.rows.back().cells.size() == kMatrixColumnsMax) {
      return RefuseTable(
          "MATRIX_ROW_TOO_LONG",
          absl::StrCat("matrix: ", Place(line_), ": more than ", kMatrixColumnsMax, " cells"));
    }
    TableCell cell;
    cell.line = line_;
    if (table_.format == TableFormat::kCsv && !AtEnd() && bytes_[at_] == '"') {
      RETURN_IF_ERROR(ReadQuoted(&cell));
    } else {
      const size_t begin = at_;
      while (!AtEnd() && bytes_[at_] != delimiter_ && bytes_[at_] != '\n' && bytes_[at_] != '\r')
        ++at_;
      cell.bytes = std::string(bytes_.substr(begin, at_ - begin));
      if (table_.format == TableFormat::kCsv && absl::StrContains(cell.bytes, '"')) {
        return RefuseTable(
            "MATRIX_QUOTE_STRAY",
            absl::StrCat("matrix: ", Place(cell.line),
                         ": a quote inside a cell that is not quoted; quote the cell and "
                         "write each quote in it twice"));
      }
    }
    if (cell.bytes.size() > kMatrixCellBytesMax) {
      return RefuseTable("MATRIX_CELL_TOO_LARGE",
                         absl::StrCat("matrix: ", Place(cell.line), ": a cell of ",
                                      cell.bytes.size(), " bytes, at most ", kMatrixCellBytesMax));
    }
    table_.rows.back().cells.push_back(std::move(cell));
    return absl::OkStatus();
  }

  // REQUIRES: `at_` stands on the opening quote.
  absl::Status ReadQuoted(TableCell* cell) {
    cell->quoted = true;
    for (++at_;; ++at_) {
      if (AtEnd()) {
        return RefuseTable("MATRIX_QUOTE_UNTERMINATED",
                           absl::StrCat("matrix: ", Place(cell->line),
                                        ": the quote that opens here is never closed"));
      }
      if (bytes_[at_] == '"') {
        if (at_ + 1 == bytes_.size() || bytes_[at_ + 1] != '"') break;
        ++at_;
      }
      if (bytes_[at_] == '\n') ++line_;
      cell->bytes.push_back(bytes_[at_]);
    }
    ++at_;
    if (!AtEnd() && bytes_[at_] != delimiter_ && bytes_[at_] != '\n' && bytes_[at_] != '\r') {
      return RefuseTable(
          "MATRIX_QUOTE_STRAY",
          absl::StrCat("matrix: ", Place(cell->line),
                       ": text after the closing quote; write each quote in the cell twice"));
    }
    return absl::OkStatus();
  }

  // REQUIRES: `at_` stands on CR or LF.
  absl::Status ReadLineEnd() {
    LineEnd end = LineEnd::kLf;
    if (bytes_[at_] == '\r') {
      if (at_ + 1 == bytes_.size() || bytes_[at_ + 1] != '\n') {
        return RefuseTable(
            "MATRIX_LINE_ENDS_MIXED",
            absl::StrCat("matrix: line ", line_,
                         ": a carriage return without a line feed; end every line with LF, or "
                         "every line with CR LF"));
      }
      end = LineEnd::kCrlf;
      ++at_;
    }
    ++at_;
    if (table_.rows.size() == 1) {
      table_.line_end = end;
    } else if (end != table_.line_end) {
      return RefuseTable(
          "MATRIX_LINE_ENDS_MIXED",
          absl::StrCat("matrix: line ", line_, " ends with ", end == LineEnd::kLf ? "LF" : "CR LF",
                       ", the lines before it with ", end == LineEnd::kLf ? "CR LF" : "LF",
                       "; save the file with one kind of line end"));
    }
    ++line_;
    return absl::OkStatus();
  }

  const absl::string_view bytes_;
  const char delimiter_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  Table table_;
};

}  // namespace

absl::StatusOr<Table> ReadTable(absl::string_view bytes, TableFormat format) {
  RETURN_IF_ERROR(CheckBytes(bytes));
  return TableReader(bytes, format).Read();
}

std::string WriteTable(const Table& table) {
  const char delimiter = table.format == TableFormat::kTsv ? '\t' : ',';
  const absl::string_view end = table.line_end == LineEnd::kLf ? "\n" : "\r\n";
  std::string out;
  for (size_t r = 0; r < table.rows.size(); ++r) {
    if (r > 0) out.append(end.data(), end.size());
    const std::vector<TableCell>& cells = table.rows[r].cells;
    for (size_t c = 0; c < cells.size(); ++c) {
      if (c > 0) out.push_back(delimiter);
      if (cells[c].quoted) {
        absl::StrAppend(&out, "\"", absl::StrReplaceAll(cells[c].bytes, {{"\"", "\"\""}}), "\"");
      } else {
        out.append(cells[c].bytes);
      }
    }
  }
  if (table.final_line_end) out.append(end.data(), end.size());
  return out;
}

}  // namespace waymark
