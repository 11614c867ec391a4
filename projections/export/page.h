// This header defines the frame of an HTML page: its style, what it comes from, and tables.
//
//   return PageOf(record, "Board pack", absl::StrCat("<h2>…</h2>", HtmlTable(table)));
//
// Pure. One file without scripts or links to elsewhere; the style is for screen and paper.
#ifndef WAYMARK_PROJECTIONS_EXPORT_PAGE_H_
#define WAYMARK_PROJECTIONS_EXPORT_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "projections/export/table.h"

namespace waymark::exports {

// A whole page around `body`, which is HTML already; `title` is text.
std::string PageOf(const ContractRecord& record, absl::string_view title, absl::string_view body);

// A table with its name as caption, the first column being the heading of each row. A line saying
// that there is none instead of a table without rows.
std::string HtmlTable(const Table& table);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_PAGE_H_
