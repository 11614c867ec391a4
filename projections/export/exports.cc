#include "projections/export/exports.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "projections/export/board_pack.h"
#include "projections/export/cover.h"
#include "projections/export/drawings.h"
#include "projections/export/performance_notice.h"
#include "projections/export/release.h"
#include "projections/export/spreadsheet.h"
#include "projections/export/tables.h"

namespace waymark::exports {
namespace {

using Content = absl::StatusOr<std::string>;

absl::StatusOr<std::string> Workbook(const ContractRecord& record) {
  return SpreadsheetOf(record, {MatrixTable(record), RunsTable(record), TargetsTable(record),
                                EvidenceTable(record), ClausesTable(record), HashesTable(record)});
}

// What an ExportWhat and an ExportFormat come to. The whole catalogue.
struct Kind {
  v1::ExportWhat what;
  v1::ExportFormat format;
  v1::ExportForm form;
  // File name behind the contract, and its ending.
  const char* name;
  const char* ending;
  const char* media_type;
  Content (*make)(const ContractRecord& record, const v1::ExportRequest& request);
};

template <Table (*table)(const ContractRecord&)>
Content Csv(const ContractRecord& record, const v1::ExportRequest&) {
  return CsvOf(table(record), record);
}

constexpr char kCsv[] = "text/csv; charset=utf-8; header=present";
constexpr char kHtml[] = "text/html; charset=utf-8";
constexpr char kXlsx[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr char kSvg[] = "image/svg+xml";
constexpr char kJson[] = "application/json";

const Kind kKinds[] = {
    {v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_XLSX, v1::EXPORT_FORM_XLSX, "matrix", "xlsx", kXlsx,
     [](const ContractRecord& record, const v1::ExportRequest&) { return Workbook(record); }},
    {v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_CSV, v1::EXPORT_FORM_CSV, "matrix", "csv", kCsv,
     Csv<MatrixTable>},
    {v1::EXPORT_WHAT_MATRIX, v1::EXPORT_FORMAT_HTML, v1::EXPORT_FORM_HTML, "board-pack", "html",
     kHtml,
     [](const ContractRecord& record, const v1::ExportRequest&) -> Content {
       return BoardPackOf(record);
     }},
    {v1::EXPORT_WHAT_TIMELINE, v1::EXPORT_FORMAT_SVG, v1::EXPORT_FORM_HTML, "timeline", "svg", kSvg,
     [](const ContractRecord& record, const v1::ExportRequest&) -> Content {
       return TimelineDrawing(record);
     }},
    {v1::EXPORT_WHAT_RADAR, v1::EXPORT_FORMAT_SVG, v1::EXPORT_FORM_HTML, "radar", "svg", kSvg,
     [](const ContractRecord& record, const v1::ExportRequest&) -> Content {
       return RadarDrawing(record);
     }},
    {v1::EXPORT_WHAT_PERFORMANCE_NOTICE, v1::EXPORT_FORMAT_JSON, v1::EXPORT_FORM_UK9,
     "performance-notice", "json", kJson,
     [](const ContractRecord& record, const v1::ExportRequest& request) {
       return NoticeJson(record, request.notice_id());
     }},
    {v1::EXPORT_WHAT_PERFORMANCE_NOTICE, v1::EXPORT_FORMAT_HTML, v1::EXPORT_FORM_UK9,
     "performance-notice", "html", kHtml,
     [](const ContractRecord& record, const v1::ExportRequest& request) {
       return NoticePage(record, request.notice_id());
     }},
    {v1::EXPORT_WHAT_RELEASE, v1::EXPORT_FORMAT_JSON, v1::EXPORT_FORM_OCDS, "release", "json",
     kJson,
     [](const ContractRecord& record, const v1::ExportRequest&) -> Content {
       return ReleaseJson(record);
     }},
    {v1::EXPORT_WHAT_EVENTS, v1::EXPORT_FORMAT_CSV, v1::EXPORT_FORM_CSV, "events", "csv", kCsv,
     Csv<EventsTable>},
    {v1::EXPORT_WHAT_DETERMINATIONS, v1::EXPORT_FORMAT_CSV, v1::EXPORT_FORM_CSV, "determinations",
     "csv", kCsv, Csv<DeterminationsTable>},
    {v1::EXPORT_WHAT_RUNS, v1::EXPORT_FORMAT_CSV, v1::EXPORT_FORM_CSV, "runs", "csv", kCsv,
     Csv<RunsTable>},
    {v1::EXPORT_WHAT_EVIDENCE, v1::EXPORT_FORMAT_CSV, v1::EXPORT_FORM_CSV, "evidence", "csv", kCsv,
     Csv<EvidenceTable>},
};

absl::StatusOr<const Kind*> FindKind(const v1::ExportRequest& request) {
  std::string forms;
  for (const Kind& kind : kKinds) {
    if (kind.what != request.what()) continue;
    if (kind.format == request.format()) return &kind;
    absl::StrAppend(&forms, forms.empty() ? "" : ", ", kind.ending);
  }
  return Refuse({absl::StatusCode::kInvalidArgument, "EXPORT_UNKNOWN",
                 forms.empty() ? "what: no such export"
                               : absl::StrCat("format: this export is made as ", forms),
                 -1, forms.empty() ? "what" : "format"});
}

// Of letters, digits, dots and hyphens alone, whatever the contract is called.
std::string FileName(const ContractRecord& record, const Kind& kind) {
  std::string name = absl::StrCat(record.state.contract_id, "-", kind.name, "-",
                                  Cell(record.at.as_of).ToText(), "-", KnownText(record));
  for (char& c : name) {
    if (!absl::ascii_isalnum(c) && c != '-' && c != '_') c = '-';
  }
  return absl::StrCat(name, record.is_public ? "-public." : ".", kind.ending);
}

}  // namespace

absl::StatusOr<Document> Exporter::Make(const v1::ExportRequest& request, UnixMicros now) const {
  ASSIGN_OR_RETURN(const Kind* const kind, FindKind(request));
  ASSIGN_OR_RETURN(const ContractRecord record, ReadRecord(source_, request, now));
  Document document;
  ASSIGN_OR_RETURN(document.content, kind->make(record, request));
  if (document.content.size() > kExportBytesMax) {
    return Refuse({absl::StatusCode::kResourceExhausted, "EXPORT_TOO_LARGE",
                   absl::StrCat("content: more than ", kExportBytesMax,
                                " bytes; ask as known earlier (known_at), or read the log with "
                                "waymark events"),
                   -1, "content"});
  }
  v1::ExportHead& head = document.head;
  *head.mutable_basis() = record.basis;
  head.set_root(std::string(record.root.begin(), record.root.end()));
  head.set_media_type(kind->media_type);
  head.set_file_name(FileName(record, *kind));
  head.set_size(document.content.size());
  const Digest digest = record.hash(document.content);
  head.set_digest(std::string(digest.begin(), digest.end()));
  head.mutable_withheld()->Add(record.withheld.begin(), record.withheld.end());
  head.set_form(kind->form);
  return document;
}

}  // namespace waymark::exports
