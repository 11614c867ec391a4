// This header defines tables as a spreadsheet: an XLSX file with one sheet a table, and a first one
// that says where it all comes from.
//
//   ASSIGN_OR_RETURN(const std::string xlsx, SpreadsheetOf(record, {MatrixTable(record), ...}));
//
// Values only, no formulas; days are days of the spreadsheet. The same record gives the same bytes:
// the file's own dates are as_of. Internal SPREADSHEET_FAILED where the library gives up; it needs
// room for temporary files.
#ifndef WAYMARK_PROJECTIONS_EXPORT_SPREADSHEET_H_
#define WAYMARK_PROJECTIONS_EXPORT_SPREADSHEET_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "projections/export/table.h"

namespace waymark::exports {

// Longest text that a cell of a spreadsheet takes, in characters; a longer one is cut, and says so.
inline constexpr size_t kSheetTextMax = 32767;

// Safe from any thread.
absl::StatusOr<std::string> SpreadsheetOf(const ContractRecord& record,
                                          const std::vector<Table>& tables);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_SPREADSHEET_H_
