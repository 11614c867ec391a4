#include "clients/cpp/migration_table.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/matrix_table.h"

namespace waymark {
namespace {

struct Column {
  absl::string_view name;
  // Of LevelDetermined.
  absl::string_view field;
  bool required = true;
};

constexpr std::array<Column, 9> kColumns = {{{"focus", "focus"},
                                             {"level", "level"},
                                             {"effective_on", "effective_on"},
                                             {"period_first", "period.first"},
                                             {"period_last", "period.last"},
                                             {"assessed_on", "assessed_on"},
                                             {"decided_on", "decided_on"},
                                             {"coverage_to", "coverage_to", false},
                                             {"note", "effective_basis", false}}};

const Column* FindColumn(absl::string_view name) {
  const auto* found = std::find_if(kColumns.begin(), kColumns.end(),
                                   [&](const Column& column) { return column.name == name; });
  return found == kColumns.end() ? nullptr : found;
}

absl::Status RefuseTable(absl::string_view reason, absl::string_view what) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason), std::string(what)});
}

// The reader of tables was made for matrices; its reasons are those of any table.
absl::StatusOr<Table> ReadText(absl::string_view bytes) {
  absl::StatusOr<Table> table = ReadTable(bytes, TableFormat::kCsv);
  if (table.ok()) return table;
  std::vector<Violation> violations = ViolationsOf(table.status());
  for (Violation& violation : violations) {
    violation.reason = absl::StrCat("TABLE_", absl::StripPrefix(violation.reason, "MATRIX_"));
    violation.message = std::string(absl::StripPrefix(violation.message, "matrix: "));
    violation.field.clear();
  }
  return Refuse(violations);
}

bool IsBlank(const TableRow& row) {
  return std::all_of(row.cells.begin(), row.cells.end(), [](const TableCell& cell) {
    return absl::StripAsciiWhitespace(cell.bytes).empty();
  });
}

// The columns in the order of the file.
absl::StatusOr<std::vector<const Column*>> ReadHeader(const TableRow& row) {
  std::vector<const Column*> columns;
  for (const TableCell& cell : row.cells) {
    const std::string name(absl::StripAsciiWhitespace(cell.bytes));
    const Column* column = FindColumn(name);
    if (column == nullptr) {
      return RefuseTable(
          "COLUMN_UNKNOWN",
          absl::StrCat("line ", cell.line, ": \"", name.substr(0, kCodeBytesMax),
                       "\" is no column; there are ",
                       absl::StrJoin(kColumns, ", ", [](std::string* out, const Column& one) {
                         absl::StrAppend(out, one.name);
                       })));
    }
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
      return RefuseTable("COLUMN_REPEATED",
                         absl::StrCat("line ", cell.line, ": ", name, " stands twice"));
    }
    columns.push_back(column);
  }
  for (const Column& column : kColumns) {
    if (!column.required || std::find(columns.begin(), columns.end(), &column) != columns.end())
      continue;
    return RefuseTable("COLUMN_MISSING", absl::StrCat("the header names no column ", column.name));
  }
  return columns;
}

// Reads one row's cells into its message.
class RowReader {
 public:
  explicit RowReader(MigrationRow* row) : row_(row) {}

  void Read() {
    v1::LevelDetermined& level = row_->level;
    if (const std::string* focus = Required("focus")) level.set_focus(*focus);
    ReadLevel();
    ReadDay("effective_on", level.mutable_effective_on());
    const auto first = ReadDay("period_first", level.mutable_period()->mutable_first());
    const auto last = ReadDay("period_last", level.mutable_period()->mutable_last());
    if (first && last && *last < *first) {
      Problem("period_last", "PERIOD_REVERSED",
              absl::StrCat("the period begins on ", FormatDay(*first)));
    }
    ReadDay("assessed_on", level.mutable_assessed_on());
    ReadDay("decided_on", level.mutable_decided_on());
    if (!Cell("coverage_to").empty()) ReadDay("coverage_to", level.mutable_coverage_to());
    if (!Cell("note").empty()) level.set_effective_basis(Cell("note"));
  }

 private:
  const std::string& Cell(const std::string& column) { return row_->cells[column]; }

  void Problem(const std::string& column, absl::string_view reason, std::string what) {
    row_->problems.push_back({column, Cell(column), std::string(reason), std::move(what)});
  }

  const std::string* Required(const std::string& column) {
    if (!Cell(column).empty()) return &Cell(column);
    Problem(column, "FIELD_MISSING", "nothing stands there");
    return nullptr;
  }

  void ReadLevel() {
    const std::string* text = Required("level");
    if (text == nullptr) return;
    uint32_t level = 0;
    if (absl::SimpleAtoi(*text, &level) && level <= kLevelMax) return row_->level.set_level(level);
    Problem("level", "LEVEL_OUT_OF_RANGE", absl::StrCat("a whole number from 0 to ", kLevelMax));
  }

  std::optional<absl::CivilDay> ReadDay(const std::string& column, v1::Date* date) {
    const std::string* text = Required(column);
    if (text == nullptr) return std::nullopt;
    const absl::StatusOr<absl::CivilDay> day = ParseDay(*text);
    if (!day.ok()) {
      Problem(column, "DATE_INVALID", "write a day of the calendar as YYYY-MM-DD");
      return std::nullopt;
    }
    date->set_year(static_cast<int32_t>(day->year()));
    date->set_month(day->month());
    date->set_day(day->day());
    return *day;
  }

  MigrationRow* const row_;
};

MigrationRow ReadRow(const std::vector<const Column*>& columns, const TableRow& cells) {
  MigrationRow row;
  row.line = cells.cells.front().line;
  for (size_t i = 0; i < std::min(columns.size(), cells.cells.size()); ++i) {
    row.cells[std::string(columns[i]->name)] =
        std::string(absl::StripAsciiWhitespace(cells.cells[i].bytes));
  }
  if (cells.cells.size() > columns.size()) {
    row.problems.push_back({"", cells.cells[columns.size()].bytes, "FIELD_UNEXPECTED",
                            absl::StrCat(cells.cells.size(), " cells under ", columns.size(),
                                         " columns; quote a cell that holds a comma")});
    return row;
  }
  RowReader(&row).Read();
  return row;
}

}  // namespace

absl::StatusOr<MigrationTable> ReadMigrationTable(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const Table text, ReadText(bytes));
  ASSIGN_OR_RETURN(const std::vector<const Column*> columns, ReadHeader(text.rows.front()));
  MigrationTable table;
  for (size_t i = 1; i < text.rows.size(); ++i) {
    if (!IsBlank(text.rows[i])) table.rows.push_back(ReadRow(columns, text.rows[i]));
  }
  if (table.rows.empty()) return RefuseTable("ROWS_MISSING", "no row follows the header");
  if (table.rows.size() > kMigrationRowsMax) {
    return RefuseTable("TABLE_TOO_LARGE",
                       absl::StrCat(table.rows.size(), " rows, at most ", kMigrationRowsMax));
  }
  return table;
}

absl::string_view ColumnOfField(absl::string_view field) {
  for (const Column& column : kColumns) {
    if (column.field == field) return column.name;
  }
  return field == "period" ? "period_last" : "";
}

}  // namespace waymark
