// This header defines the draft of a contract performance notice, from the
// PerformanceNoticeRecorded event that a person recorded: its fields, its rating and the reason for
// it are that person's, and nothing here is derived from levels.
//
//   ASSIGN_OR_RETURN(const std::string json, NoticeJson(record, /*notice_id=*/""));   // the newest
//
// Pure. NotFound NOTICE_UNKNOWN where the contract has no such notice that may be shown.
#ifndef WAYMARK_PROJECTIONS_EXPORT_PERFORMANCE_NOTICE_H_
#define WAYMARK_PROJECTIONS_EXPORT_PERFORMANCE_NOTICE_H_

#include <string>

#include "absl/status/statusor.h"
#include "projections/export/contract_record.h"

namespace waymark::exports {

absl::StatusOr<std::string> NoticeJson(const ContractRecord& record, const std::string& notice_id);
absl::StatusOr<std::string> NoticePage(const ContractRecord& record, const std::string& notice_id);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_PERFORMANCE_NOTICE_H_
