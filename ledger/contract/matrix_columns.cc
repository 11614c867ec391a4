#include "ledger/contract/matrix_columns.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/matrix_words.h"

namespace waymark {
namespace {

// The names, in the order in which a missing one is told. Levels stand at kFirstLevelName + level.
constexpr std::array<absl::string_view, 10> kNames = {
    "category", "focus",   "level 0", "level 1",       "level 2",
    "level 3",  "level 4", "level 5", "evidence base", "code"};
constexpr size_t kFirstLevelName = 2;
constexpr size_t kEvidenceName = 8;
constexpr size_t kCodeName = 9;

std::string NameIn(const TableCell& cell) {
  return absl::AsciiStrToLower(NormaliseText(cell.bytes, ""));
}

// Whether a name is that of a level outside the ladder, such as "level 6", "level -1" or
// "level 2.5".
bool NamesLevelOutside(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "level ") || name.empty()) return false;
  return absl::ascii_isdigit(static_cast<unsigned char>(name.back())) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) || absl::StrContains("+-.", c);
         });
}

bool IsHeader(const TableRow& row) {
  size_t named = 0;
  for (const TableCell& cell : row.cells) {
    const std::string name = NameIn(cell);
    if (std::find(kNames.begin(), kNames.end(), name) != kNames.end() || NamesLevelOutside(name))
      ++named;
  }
  return named >= 2;
}

Violation BadColumn(absl::string_view reason, const std::string& message) {
  return {absl::StatusCode::kInvalidArgument, std::string(reason), message, /*event_index=*/-1,
          "matrix"};
}

// Where each name of kNames stands.
using Places = std::array<std::optional<size_t>, kNames.size()>;

Places FindPlaces(const TableRow& header, std::vector<Violation>* violations) {
  Places places;
  for (size_t c = 0; c < header.cells.size(); ++c) {
    const std::string name = NameIn(header.cells[c]);
    const std::string where =
        absl::StrCat("matrix: line ", header.cells[c].line, ", column ", c + 1, ": ");
    const size_t known = std::find(kNames.begin(), kNames.end(), name) - kNames.begin();
    if (known == kNames.size()) {
      violations->push_back(
          NamesLevelOutside(name)
              ? BadColumn("LEVEL_OUT_OF_RANGE",
                          absl::StrCat(where, "\"", name, "\" is no level; levels are 0 to 5"))
              : BadColumn(
                    "MATRIX_COLUMN_UNKNOWN",
                    absl::StrCat(
                        where, name.empty() ? "a column without a name" : "an unknown column",
                        "; take it out, or name it Category, Focus, Code, Level 0 to Level 5 or "
                        "Evidence base")));
    } else if (places[known].has_value()) {
      violations->push_back(BadColumn(
          "MATRIX_COLUMN_DUPLICATE",
          absl::StrCat(where, "\"", name, "\" stands in column ", *places[known] + 1, " already")));
    } else {
      places[known] = c;
    }
  }
  for (size_t known = 0; known < kNames.size(); ++known) {
    if (places[known].has_value() || known == kCodeName) continue;
    violations->push_back(
        BadColumn("MATRIX_COLUMN_MISSING",
                  absl::StrCat("matrix: line ", header.cells[0].line,
                               ": the header has no column \"", kNames[known], "\"")));
  }
  return places;
}

}  // namespace

absl::StatusOr<MatrixColumns> FindColumns(const Table& table) {
  const auto header = std::find_if(table.rows.begin(), table.rows.end(), IsHeader);
  if (header == table.rows.end()) {
    return Refuse(BadColumn(
        "MATRIX_HEADER_MISSING",
        "matrix: no header row; one row must name the columns Category, Focus, Level 0 to "
        "Level 5 and Evidence base"));
  }
  std::vector<Violation> violations;
  const Places places = FindPlaces(*header, &violations);
  if (!violations.empty()) return Refuse(violations);

  MatrixColumns columns;
  columns.header_row = header - table.rows.begin();
  columns.count = header->cells.size();
  columns.category = *places[0];
  columns.focus = *places[1];
  columns.evidence = *places[kEvidenceName];
  columns.code = places[kCodeName];
  for (int level = 0; level <= kLevelMax; ++level)
    columns.level[level] = *places[kFirstLevelName + level];
  const auto [first, last] = std::minmax_element(columns.level.begin(), columns.level.end());
  columns.first_level = *first;
  columns.levels_adjacent = *last - *first == kLevelMax;
  return columns;
}

}  // namespace waymark
