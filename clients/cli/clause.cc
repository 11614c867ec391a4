// waymark clause check: explains a clause back in plain English and plays its worked examples.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "clients/cli/clause_vectors.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/event_json.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/clause_words.h"

namespace waymark::cli {
namespace {

void PrintReport(const ClauseFile& file, const std::vector<VectorResult>& results) {
  for (const std::string& line : ClauseInWords(file.clause)) std::cout << Printable(line) << "\n";
  if (file.matrix.focuses().empty()) {
    std::cout << "Names are not checked: the file lists no focuses.\n";
  }
  if (!results.empty()) std::cout << "\n";
  for (const VectorResult& result : results) {
    std::cout << (result.differences.empty() ? "PASS " : "FAIL ") << Printable(result.id) << "\n";
    for (const std::string& difference : result.differences) {
      std::cout << "     " << Printable(difference) << "\n";
    }
  }
}

void PrintReportJson(const ClauseFile& file, const std::vector<VectorResult>& results) {
  nlohmann::ordered_json report = {{"clause", MessageToJson(file.clause)},
                                   {"words", ClauseInWords(file.clause)},
                                   {"vectors", nlohmann::ordered_json::array()}};
  for (const VectorResult& result : results) {
    report["vectors"].push_back({{"id", result.id},
                                 {"passed", result.differences.empty()},
                                 {"differences", result.differences}});
  }
  std::cout << report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

absl::Status CheckClauseFile(const Program& program, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kPayloadBytesMax));
  const absl::StatusOr<ClauseFile> file = ParseClauseFile(text);
  if (!file.ok()) return At(path, file.status());
  const absl::StatusOr<std::vector<VectorResult>> results = PlayVectors(*file);
  if (!results.ok()) return At(path, results.status());
  program.json ? PrintReportJson(*file, *results) : PrintReport(*file, *results);
  int failed = 0;
  for (const VectorResult& result : *results) failed += !result.differences.empty();
  if (failed == 0) return absl::OkStatus();
  return Refuse({absl::StatusCode::kFailedPrecondition, "VECTOR_FAILED",
                 absl::StrCat(path, ": ", failed, " of ", results->size(),
                              " vectors do not come out as they say")});
}

}  // namespace

void AddClauseCommands(CLI::App& app, Program& program) {
  CLI::App* clause = AddFamily(app, "clause", "Clauses before they are recorded",
                               "waymark clause check deploy/clauses/steady-service.json");
  auto path = std::make_shared<std::string>();
  CLI::App* command = AddCommand(*clause, program, "check",
                                 "Explain a clause back and play its worked examples, offline",
                                 "waymark clause check deploy/clauses/steady-service.json",
                                 [&program, path] { return CheckClauseFile(program, *path); });
  command
      ->add_option("FILE", *path, "Clause file in JSON, or a clause in protobuf text; - for input")
      ->required();
}

}  // namespace waymark::cli
