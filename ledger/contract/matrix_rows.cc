#include "ledger/contract/matrix_rows.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/matrix_cells.h"
#include "ledger/contract/matrix_rules.h"
#include "ledger/contract/matrix_source.h"
#include "ledger/contract/matrix_words.h"

namespace waymark {
namespace {

bool IsBlankRow(const TableRow& row) {
  return std::all_of(row.cells.begin(), row.cells.end(),
                     [](const TableCell& cell) { return IsBlank(cell.bytes); });
}

// Index of the only cell that is not blank; none if there are more, or none.
std::optional<size_t> OnlyCell(const TableRow& row) {
  std::optional<size_t> only;
  for (size_t c = 0; c < row.cells.size(); ++c) {
    if (IsBlank(row.cells[c].bytes)) continue;
    if (only.has_value()) return std::nullopt;
    only = c;
  }
  return only;
}

bool IsNotesHeading(const TableRow& row) {
  const std::optional<size_t> only = OnlyCell(row);
  if (!only.has_value()) return false;
  std::string heading = absl::AsciiStrToLower(NormaliseText(row.cells[*only].bytes, ""));
  if (absl::EndsWith(heading, ":")) heading.pop_back();
  return heading == "notes" || heading == "note";
}

// "Policy Impact" of "1. Policy Impact".
std::string WithoutNumber(absl::string_view name) {
  absl::string_view rest = name;
  while (!rest.empty() && absl::ascii_isdigit(static_cast<unsigned char>(rest.front())))
    rest.remove_prefix(1);
  if (rest.size() < name.size() &&
      (absl::ConsumePrefix(&rest, ".") || absl::ConsumePrefix(&rest, ")") ||
       absl::StartsWith(rest, " "))) {
    return std::string(absl::StripLeadingAsciiWhitespace(rest));
  }
  return std::string(name);
}

// Moves the texts of a table into a matrix. Owns the matrix; a text that moves leaves its name in
// the layout.
class RowReader {
 public:
  RowReader(const Table& table, const MatrixColumns& columns) : table_(table), columns_(columns) {
    *matrix_.mutable_source_layout() = LiteralLayout(table);
  }

  absl::StatusOr<v1::Matrix> Read() && {
    bool in_notes = false;
    std::vector<uint32_t> blank_lines;  // Since the last focus.
    for (size_t r = columns_.header_row + 1; r < table_.rows.size(); ++r) {
      if (violations_.size() == kMatrixViolationsMax) break;
      const TableRow& row = table_.rows[r];
      if (IsBlankRow(row)) {
        blank_lines.push_back(row.cells[0].line);
      } else if (in_notes) {
        ReadNote(r);
      } else if (IsNotesHeading(row)) {
        in_notes = true;
      } else {
        NoteBlankLines(std::exchange(blank_lines, {}));
        ReadFocus(r);
      }
    }
    if (matrix_.focuses().empty() && violations_.empty()) {
      Refused("MATRIX_FOCUS_NONE", columns_.header_row, "no row below this header names a focus");
    }
    if (!violations_.empty()) return Refuse(violations_);
    JudgeCells(shapes_, &matrix_);
    return std::move(matrix_);
  }

 private:
  // Adds a violation about a row. The value false lets a reader of the row give up in one line.
  bool Refused(absl::string_view reason, size_t r, absl::string_view message) {
    violations_.push_back(
        {absl::StatusCode::kInvalidArgument, std::string(reason),
         absl::StrCat("matrix: line ", table_.rows[r].cells[0].line, ": ", message),
         /*event_index=*/-1, "matrix"});
    return false;
  }

  const TableCell& CellAt(size_t r, size_t c) const { return table_.rows[r].cells[c]; }

  // The place in the layout of a cell whose text moves.
  v1::SourceCell& Moved(size_t r, size_t c) {
    return *matrix_.mutable_source_layout()
                ->mutable_rows(static_cast<int>(r))
                ->mutable_cells(static_cast<int>(c));
  }

  // Where a column's cell stands in a row of `cells` cells; none where that cannot be told. One
  // cell in the place of six adjacent level columns shifts those right of them.
  std::optional<size_t> PlaceOf(size_t column, size_t cells) const {
    if (cells == columns_.count) return column;
    if (column < columns_.first_level)
      return column < cells ? std::make_optional(column) : std::nullopt;
    if (IsOneCellForAllLevels(cells) && column > columns_.first_level + kLevelMax)
      return column - kLevelMax;
    return std::nullopt;
  }
  bool IsOneCellForAllLevels(size_t cells) const {
    return columns_.levels_adjacent && cells + kLevelMax == columns_.count;
  }

  void ReadFocus(size_t r) {
    const size_t cells = table_.rows[r].cells.size();
    if (cells > columns_.count) {
      Refused("MATRIX_ROW_TOO_LONG", r,
              absl::StrCat(cells, " cells, the header has ", columns_.count));
      return;
    }
    const std::optional<size_t> category = PlaceOf(columns_.category, cells);
    const std::optional<size_t> focus = PlaceOf(columns_.focus, cells);
    if (!category.has_value() || !focus.has_value()) {
      Refused("MATRIX_ROW_SHORT", r,
              absl::StrCat(cells, " cells, too few to tell category and focus; the header has ",
                           columns_.count, ", and remarks go below a line that says Notes"));
      return;
    }
    const std::string name = NormaliseText(CellAt(r, *focus).bytes, "");
    if (name.empty()) {
      Refused("MATRIX_FOCUS_UNNAMED", r, "text, but no focus is named; give the row its focus");
      return;
    }
    std::string code;
    if (!ReadCategory(r, *category) || !ReadCode(r, name, &code) || !CheckNew(r, name)) return;

    v1::Focus& added = *matrix_.add_focuses();
    const uint32_t index = matrix_.focuses_size() - 1;
    added.set_code(code);
    added.set_category(matrix_.categories(category_).code());
    added.set_name(name);
    added.set_name_verbatim(CellAt(r, *focus).bytes);
    added.set_source_line(CellAt(r, 0).line);
    Moved(r, *focus).set_focus_name(index);
    ReadLevels(r, index);
    if (cells < columns_.count) ReadPassage(r, index);
    const std::optional<size_t> evidence = PlaceOf(columns_.evidence, cells);
    if (evidence.has_value()) {
      added.set_evidence_verbatim(CellAt(r, *evidence).bytes);
      Moved(r, *evidence).set_evidence(index);
    }
    shapes_.push_back({/*merged=*/cells < columns_.count, /*evidence_known=*/evidence.has_value()});
  }

  // Finds or adds the category of a row; an empty cell continues the one above.
  bool ReadCategory(size_t r, size_t c) {
    const TableCell& cell = CellAt(r, c);
    const std::string name = WithoutNumber(NormaliseText(cell.bytes, ""));
    if (name.empty()) {
      if (matrix_.categories().empty()) {
        return Refused("MATRIX_CATEGORY_MISSING", r, "no category is named here or above; name it");
      }
      return true;
    }
    for (category_ = 0; category_ < matrix_.categories_size(); ++category_) {
      if (absl::EqualsIgnoreCase(matrix_.categories(category_).name(), name)) return true;
    }
    const std::optional<std::string> code = CategoryCode(r, name);
    if (!code.has_value()) {
      category_ = 0;
      return Refused(
          "MATRIX_CODE_UNKNOWN", r,
          absl::StrCat("no code can be made for category \"", name, "\"; add a column Code"));
    }
    v1::Category& added = *matrix_.add_categories();
    added.set_code(*code);
    added.set_number(matrix_.categories_size());
    added.set_name(name);
    added.set_verbatim(cell.bytes);
    added.set_source_line(cell.line);
    Moved(r, c).set_category(category_);
    return true;
  }

  // What the row's own code says ("PI" of "PI-CS"), or what the name gives.
  std::optional<std::string> CategoryCode(size_t r, const std::string& name) {
    const std::string given = GivenCode(r);
    const size_t dash = given.rfind('-');
    if (dash == std::string::npos || dash == 0) return codes_.ForCategory(name);
    return codes_.Take(given.substr(0, dash)) ? std::make_optional(given.substr(0, dash))
                                              : std::nullopt;
  }

  // The code that the document itself gives the row; empty if it gives none.
  std::string GivenCode(size_t r) const {
    if (!columns_.code.has_value()) return "";
    const std::optional<size_t> place = PlaceOf(*columns_.code, table_.rows[r].cells.size());
    return place.has_value() ? NormaliseText(CellAt(r, *place).bytes, "") : "";
  }

  bool ReadCode(size_t r, const std::string& name, std::string* code) {
    if (columns_.code.has_value()) {
      *code = GivenCode(r);
      if (!IsCode(*code)) {
        return Refused(
            "MATRIX_CODE_INVALID", r,
            absl::StrCat("code of focus \"", name, "\": capital letters, digits and hyphens, 1 to ",
                         kMatrixFocusCodeBytesMax, " bytes"));
      }
      if (codes_.Take(*code)) return true;
      return Refused("DUPLICATE_FOCUS", r,
                     absl::StrCat("code ", *code, " is taken by a row above"));
    }
    // A name that stands above already is told by CheckNew; its code does not matter.
    if (lines_by_name_.count(absl::AsciiStrToLower(name)) > 0) return true;
    std::optional<std::string> made = codes_.ForFocus(matrix_.categories(category_).code(), name);
    if (!made.has_value()) {
      return Refused(
          "MATRIX_CODE_UNKNOWN", r,
          absl::StrCat("no code can be made for focus \"", name, "\"; add a column Code"));
    }
    *code = *std::move(made);
    return true;
  }

  // Whether a focus of that name may be added.
  bool CheckNew(size_t r, const std::string& name) {
    const auto [above, added] =
        lines_by_name_.emplace(absl::AsciiStrToLower(name), CellAt(r, 0).line);
    if (!added) {
      return Refused(
          "DUPLICATE_FOCUS", r,
          absl::StrCat("focus \"", name, "\" stands on line ", above->second, " already"));
    }
    if (lines_by_name_.size() > kMatrixFocusesMax) {
      return Refused("MATRIX_FOCUS_TOO_MANY", r,
                     absl::StrCat("more than ", kMatrixFocusesMax, " focuses"));
    }
    return true;
  }

  // Adds the six cells of a focus; those of a short row stay without text.
  void ReadLevels(size_t r, uint32_t focus) {
    for (int level = 0; level <= kLevelMax; ++level) {
      v1::Cell& cell = *matrix_.add_cells();
      cell.set_focus(matrix_.focuses(focus).code());
      cell.set_level(level);
      cell.set_source_line(CellAt(r, 0).line);
      if (table_.rows[r].cells.size() < columns_.count) continue;
      const TableCell& source = CellAt(r, columns_.level[level]);
      cell.set_verbatim(source.bytes);
      cell.set_source_line(source.line);
      Moved(r, columns_.level[level]).set_cell(matrix_.cells_size() - 1);
    }
  }

  // Keeps the text of a short row once. More than one cell stay in the layout as they are, and the
  // passage joins them.
  void ReadPassage(size_t r, uint32_t focus) {
    const size_t cells = table_.rows[r].cells.size();
    const size_t begin = std::min(columns_.first_level, cells);
    const size_t end = IsOneCellForAllLevels(cells) ? begin + 1 : cells;
    std::vector<std::string> pieces;
    for (size_t c = begin; c < end; ++c) pieces.push_back(CellAt(r, c).bytes);
    matrix_.mutable_focuses(focus)->set_passage_verbatim(absl::StrJoin(pieces, "\t"));
    if (pieces.size() == 1) Moved(r, begin).set_passage(focus);
  }

  void ReadNote(size_t r) {
    const std::optional<size_t> only = OnlyCell(table_.rows[r]);
    if (!only.has_value()) {
      Refused("MATRIX_NOTE_SPLIT", r,
              "a note in more than one cell; put it into one, in CSV between quotes");
      return;
    }
    const TableCell& cell = CellAt(r, *only);
    v1::Note& note = *matrix_.add_notes();
    note.set_source_line(cell.line);
    note.set_verbatim(cell.bytes);
    note.set_normalised(NormaliseText(cell.bytes, ""));
    Moved(r, *only).set_note(matrix_.notes_size() - 1);
  }

  // Blank lines between two focuses end nothing, but they are told.
  void NoteBlankLines(const std::vector<uint32_t>& lines) {
    if (matrix_.focuses().empty()) return;
    for (uint32_t line : lines) {
      v1::LayoutNote& note = *matrix_.add_layout_notes();
      note.set_source_line(line);
      note.set_text(absl::StrCat("Blank line below ", matrix_.focuses().rbegin()->code(),
                                 "; it ends no category."));
    }
  }

  const Table& table_;
  const MatrixColumns& columns_;
  v1::Matrix matrix_;
  // Index of the category of the last row.
  int category_ = 0;
  CodeBook codes_;
  // Of the focuses, by name in small letters.
  std::map<std::string, uint32_t> lines_by_name_;
  // One for each focus.
  std::vector<RowShape> shapes_;
  std::vector<Violation> violations_;
};

}  // namespace

absl::StatusOr<v1::Matrix> ReadRows(const Table& table, const MatrixColumns& columns) {
  return RowReader(table, columns).Read();
}

}  // namespace waymark
