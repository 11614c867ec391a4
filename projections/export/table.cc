#include "projections/export/table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/policy.h"
#include "projections/export/cover.h"
#include "projections/export/words.h"

namespace waymark::exports {
namespace {

// field := text without , " CR LF | '"' text with each '"' doubled '"'
std::string Field(const Cell& cell) {
  const std::string text = cell.text() == nullptr ? cell.ToText() : Inert(*cell.text());
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::vector<std::string> Fields(const Row& row) {
  std::vector<std::string> fields;
  for (const Cell& cell : row) fields.push_back(Field(cell));
  return fields;
}

}  // namespace

std::string Cell::ToText() const {
  if (number() != nullptr) return absl::StrCat(*number());
  if (day() != nullptr) return FormatDay(*day());
  return text() == nullptr ? "" : *text();
}

std::string CsvOf(const Table& table, const ContractRecord& record) {
  const std::vector<std::string> told = {"Standing", "Ledger", "Contract",       "As of",
                                         "Known at", "Root",   "Matrix version", "Policies"};
  const Row from = {StandingText(record),     record.basis.ledger(),
                    record.state.contract_id, record.at.as_of,
                    KnownText(record),        Hex(record.root),
                    MatrixText(record),       absl::StrJoin(PoliciesInForce(record), " ")};
  const std::string end = absl::StrCat(",", absl::StrJoin(Fields(from), ","), "\r\n");
  std::string csv =
      absl::StrCat(absl::StrJoin(table.columns, ","), ",", absl::StrJoin(told, ","), "\r\n");
  for (const Row& row : table.rows) {
    absl::StrAppend(&csv, absl::StrJoin(Fields(row), ","), end);
    // Whoever made it refuses what is too large; no more of it is needed for that.
    if (csv.size() > kExportBytesMax) return csv;
  }
  if (table.rows.empty()) {
    absl::StrAppend(&csv, absl::StrJoin(Fields(Row(table.columns.size())), ","), end);
  }
  return csv;
}

}  // namespace waymark::exports
