// This header defines the answer to Export: which document each kind of request gets, its media
// type and file name, and what it is bound to.
//
//   const exports::Exporter exporter({log, merkle::Sha256, root});
//   ASSIGN_OR_RETURN(const exports::Document document, exporter.Make(request, ledger_now));
#ifndef WAYMARK_PROJECTIONS_EXPORT_EXPORTS_H_
#define WAYMARK_PROJECTIONS_EXPORT_EXPORTS_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "ledger/base/types.h"
#include "projections/export/contract_record.h"
#include "waymark/v1/report.pb.h"

namespace waymark::exports {

struct Document {
  // Describes the content: basis, root, size and digest.
  v1::ExportHead head;
  std::string content;
};

// Safe from any thread. Reads the disk.
class Exporter {
 public:
  explicit Exporter(RecordSource source) : source_(std::move(source)) {}

  // `now` is the ledger's own time. Refusals: InvalidArgument EXPORT_UNKNOWN for a form that the
  // kind does not have; those of ReadRecord; NotFound NOTICE_UNKNOWN; ResourceExhausted
  // EXPORT_TOO_LARGE; Internal SPREADSHEET_FAILED.
  absl::StatusOr<Document> Make(const v1::ExportRequest& request, UnixMicros now) const;

 private:
  const RecordSource source_;
};

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_EXPORTS_H_
