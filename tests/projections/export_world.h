// This header defines a ledger with one contract that the tests of exports share: a level that fell
// and rose again, a target met and one missed, evidence, a clause, a dispute, dissent, a
// dependency, a board, a notice.
//
//   ExportWorld world;
//   world.AppendHistory();
//   ASSERT_OK_AND_ASSIGN(const exports::Document document, world.Make(what, format));
#ifndef WAYMARK_TESTS_PROJECTIONS_EXPORT_WORLD_H_
#define WAYMARK_TESTS_PROJECTIONS_EXPORT_WORLD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "projections/export/exports.h"
#include "tests/projections/contract_events.h"
#include "tests/projections/test_ledger.h"

namespace waymark::test {

// Every pair of the catalogue.
struct ExportKind {
  v1::ExportWhat what;
  v1::ExportFormat format;
};
std::vector<ExportKind> AllKinds();

class ExportWorld {
 public:
  TestLedger& ledger() { return ledger_; }

  // Contract A from 2024-04-01 on; the clock ends at noon of 2025-05-01.
  void AppendHistory(const std::string& title = "Highways of X");
  // A determination of SE-AM at level 5 that is not for the public.
  Position AppendSecret(v1::Marking marking);

  // As of 2025-04-30, all being known, unless changed.
  v1::ExportRequest Request(v1::ExportWhat what, v1::ExportFormat format) const;
  absl::StatusOr<exports::Document> Make(const v1::ExportRequest& request);
  absl::StatusOr<exports::Document> Make(v1::ExportWhat what, v1::ExportFormat format) {
    return Make(Request(what, format));
  }

 private:
  TestLedger ledger_;
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_PROJECTIONS_EXPORT_WORLD_H_
