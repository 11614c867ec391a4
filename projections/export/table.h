// This header defines a table of values, which is what a sheet, a CSV file and a part of a page are
// made of, and its form as CSV.
//
//   const Table table = MatrixTable(record);
//   const std::string csv = CsvOf(table, record);
//
// Pure. A day, a number and a text stay apart, so that each document writes them in its own way.
#ifndef WAYMARK_PROJECTIONS_EXPORT_TABLE_H_
#define WAYMARK_PROJECTIONS_EXPORT_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "projections/export/contract_record.h"

namespace waymark::exports {

class Cell {
 public:
  Cell() = default;  // empty
  Cell(std::string text) : value_(std::move(text)) {}
  Cell(absl::string_view text) : value_(std::string(text)) {}
  Cell(const char* text) : value_(std::string(text)) {}
  Cell(absl::CivilDay day) : value_(day) {}
  Cell(std::optional<absl::CivilDay> day) {
    if (day) value_ = *day;
  }
  static Cell Number(uint64_t number) {
    Cell cell;
    cell.value_ = static_cast<int64_t>(number);
    return cell;
  }
  static Cell Number(int64_t number) {
    Cell cell;
    cell.value_ = number;
    return cell;
  }
  static Cell Number(int number) { return Number(int64_t{number}); }
  static Cell Number(uint32_t number) { return Number(int64_t{number}); }

  bool is_empty() const { return std::holds_alternative<std::monostate>(value_); }
  const int64_t* number() const { return std::get_if<int64_t>(&value_); }
  const absl::CivilDay* day() const { return std::get_if<absl::CivilDay>(&value_); }
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  // As plain text: decimal, YYYY-MM-DD.
  std::string ToText() const;

 private:
  std::variant<std::monostate, int64_t, absl::CivilDay, std::string> value_;
};

using Row = std::vector<Cell>;

struct Table {
  std::string name;
  std::vector<std::string> columns;
  // Each as long as `columns`.
  std::vector<Row> rows;
};

// RFC 4180 with a header line, UTF-8, texts made inert. The last columns of every row say where it
// comes from: a row that is cut out still tells. A table without rows gets one with these alone.
std::string CsvOf(const Table& table, const ContractRecord& record);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_TABLE_H_
