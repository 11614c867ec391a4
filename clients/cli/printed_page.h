// This header defines how a page is printed as PDF: WeasyPrint, a program of its own, lays out the
// HTML with the style that the page brings for paper.
//
//   ASSIGN_OR_RETURN(const std::string pdf, PrintedPage(html));
#ifndef WAYMARK_CLIENTS_CLI_PRINTED_PAGE_H_
#define WAYMARK_CLIENTS_CLI_PRINTED_PAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace waymark::cli {

// The bytes of the PDF; the same for the same page, program and fonts. FailedPrecondition
// PDF_PROGRAM_MISSING where WeasyPrint is not installed; Internal PDF_NOT_MADE with what it said.
absl::StatusOr<std::string> PrintedPage(absl::string_view html);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_PRINTED_PAGE_H_
