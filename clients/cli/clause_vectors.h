// This header defines a clause file: a clause as people write it, and worked examples of what it
// has to say, which both parties can sign.
//
//   {"focuses": [{"code": "PI-CS", "category": "PI", "kind": "LADDER"}],
//    "contract": {"starts_on": "2022-04-01", "ends_on": "2030-03-31"},
//    "clause": {"clause_id": "K1", "version": 1, "words": "...", "rule": {...}, ...},
//    "vectors": [{"id": "V1",
//                 "given": [{"type": "LevelDetermined", "recorded_at": "2024-04-01T12:00:00Z",
//                            "focus": "PI-CS", "level": 3, "effective_on": "2024-04-01"}],
//                 "ask": {"as_of": "2024-09-30"},
//                 "expect": {"outcome": "SATISFIED", "leaves": [{"months": 6}]}}]}
//
// Events given are facts: they need not pass the rules of Append. LevelDetermined,
// ImprovementNoticeServed, ImprovementStepRecorded and DisputeNotified are known, others refused.
// What an event leaves out follows from its day; without coverage_to a level is spoken for until
// the next. `known_at` is a day. Keys that `expect` leaves out are not compared.
//
// Pure; safe from any thread.
#ifndef WAYMARK_CLIENTS_CLI_CLAUSE_VECTORS_H_
#define WAYMARK_CLIENTS_CLI_CLAUSE_VECTORS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "waymark/v1/clause.pb.h"
#include "waymark/v1/event.pb.h"
#include "waymark/v1/matrix.pb.h"

namespace waymark::cli {

struct ClauseFile {
  v1::Clause clause;
  // Without focuses names are not checked, and sets that are named by a word are empty.
  v1::Matrix matrix;
  v1::ContractRegistered contract;
  nlohmann::json vectors = nlohmann::json::array();
};

// From JSON, or from protobuf text, which holds the clause alone. The digest of the words is filled
// in where it is left out. InvalidArgument, with the path of each fault: what CheckClause refuses,
// CLAUSE_FILE_MALFORMED, WORDS_DIGEST_MISMATCH.
absl::StatusOr<ClauseFile> ParseClauseFile(absl::string_view text);

struct VectorResult {
  std::string id;
  // One line each; empty if all is as expected.
  std::vector<std::string> differences;
};

// InvalidArgument if a vector makes no sense.
absl::StatusOr<std::vector<VectorResult>> PlayVectors(const ClauseFile& file);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_CLAUSE_VECTORS_H_
