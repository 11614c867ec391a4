#include "projections/export/page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "projections/export/cover.h"
#include "projections/export/words.h"

namespace waymark::exports {
namespace {

constexpr char kStyle[] = R"(<style>
body { font: 11pt/1.45 system-ui, sans-serif; color: #111; background: #fff; margin: 2rem auto; max-width: 70rem;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2rem; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1.2rem; }
caption { text-align: left; font-weight: 600; padding: .2rem 0; }
th, td { border: 1px solid #767676; padding: .25rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: break-word; white-space: pre-line; }
thead th { background: #eef1f4; } tbody th, td.day { white-space: nowrap; }
dl { margin: .4rem 0; } dt { float: left; clear: left; width: 11rem; font-weight: 600; }
dd { margin: 0 0 .15rem 11.5rem; overflow-wrap: anywhere; }
.notice { border: 2px solid #111; padding: .5rem .8rem; font-weight: 600; }
.scroll { overflow-x: auto; } svg { max-width: 100%; height: auto; }
@media print {
  body { margin: 0; max-width: none; font-size: 9pt; } section.focus { break-inside: avoid; }
  thead { display: table-header-group; } h2, h3 { break-after: avoid; } .scroll { overflow: visible; }
  h1 { string-set: title content(); }
  @page { size: A4; margin: 14mm; font: 7pt sans-serif; @bottom-left { content: string(title); }
    @bottom-right { content: counter(page) " of " counter(pages); } }
}
</style>
)";

}  // namespace

std::string HtmlTable(const Table& table) {
  if (table.rows.empty()) {
    return absl::StrCat("<p>", Escaped(table.name), ": none.</p>\n");
  }
  std::string html = absl::StrCat("<div class=\"scroll\"><table>\n<caption>", Escaped(table.name),
                                  "</caption>\n<thead><tr>");
  for (const std::string& column : table.columns) {
    absl::StrAppend(&html, "<th scope=\"col\">", Escaped(column), "</th>");
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const Row& row : table.rows) {
    html += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string text = Escaped(row[i].ToText());
      const char* const begin = row[i].day() == nullptr ? "<td>" : "<td class=\"day\">";
      absl::StrAppend(&html, i == 0 ? "<th scope=\"row\">" : begin, text,
                      i == 0 ? "</th>" : "</td>");
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

std::string PageOf(const ContractRecord& record, absl::string_view title, absl::string_view body) {
  const std::string heading = Escaped(absl::StrCat(title, ": ", record.state.registration->title));
  std::string cover;
  for (const auto& [name, value] : CoverOf(record)) {
    absl::StrAppend(&cover, "<dt>", Escaped(name), "</dt><dd>", Escaped(value), "</dd>\n");
  }
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
      heading, "</title>\n", kStyle, "</head>\n<body>\n<main>\n<h1>", heading, "</h1>\n",
      record.basis.rehearsal()
          ? "<p class=\"notice\">REHEARSAL: nothing on this page is a record.</p>\n"
          : "",
      body,
      "<section aria-labelledby=\"from\">\n<h2 id=\"from\">What this page comes from</h2>\n<dl>\n",
      cover, "</dl>\n</section>\n</main>\n</body>\n</html>\n");
}

}  // namespace waymark::exports
