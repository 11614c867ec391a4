// This header defines the world around a worked example: the contract, the matrix, and whatever
// assessment, moderation, evidence, confidence and basis the rules ask for beside the event that
// the example names.
#ifndef WAYMARK_TESTS_END_TO_END_GOLDEN_FIXTURE_H_
#define WAYMARK_TESTS_END_TO_END_GOLDEN_FIXTURE_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cpp/client.h"
#include "clients/cpp/event_json.h"
#include "nlohmann/json.hpp"
#include "waymark/v1/ledger.pb.h"
#include "waymark/v1/matrix.pb.h"

namespace waymark::golden {

// A matrix version and its hash, 32 bytes.
struct MatrixVersion {
  v1::Matrix matrix;
  std::string hash;
};

// The version with this id of the matrix in a TSV file.
absl::StatusOr<MatrixVersion> LoadMatrix(const std::string& file, const std::string& version_id);

// What one example has put into the ledger. Sends through the public API; the caller sets the
// clock.
class Fixture {
 public:
  Fixture(const Client& client, std::string ledger, const MatrixVersion& matrix,
          std::string prefix);

  // The ledger's contract for the example's `contract_id` ("A" where it names none); registered
  // with its matrix if it was not. InvalidArgument if the id would be too long.
  absl::StatusOr<std::string> Contract(const nlohmann::json& event, absl::CivilDay today);

  // Appends one event of the example after what it needs. Returns the reply for that event alone.
  absl::StatusOr<v1::AppendReply> Append(const nlohmann::json& event, absl::CivilDay today);

  // Between positions of the example and of the ledger.
  std::optional<uint64_t> PositionInLedger(uint64_t relative) const;
  std::optional<uint64_t> PositionInExample(uint64_t position) const;
  // Of the last event sent.
  uint64_t newest_position() const { return newest_position_; }

 private:
  struct ContractFacts {
    std::string id;
    nlohmann::json authority;  // party id
    nlohmann::json provider;   // party id
    MatrixVersion matrix;
    int coverage_months = 6;
    int matrix_versions = 1;
    uint64_t registered_at = 0;
    uint64_t last_position = 0;
  };

  // Sends one event given in readable JSON.
  absl::StatusOr<v1::AppendReply> Send(ContractFacts* contract, const nlohmann::json& event,
                                       const std::string& principal);
  absl::Status Register(const nlohmann::json& event, const std::string& name, absl::CivilDay today);
  absl::Status Adopt(ContractFacts* contract, nlohmann::json event);
  absl::Status SetCoverage(ContractFacts* contract, bool limited, absl::CivilDay today);
  absl::StatusOr<nlohmann::json> CiteEvidence(ContractFacts* contract, const nlohmann::json& event,
                                              absl::CivilDay today);
  // Assessment and moderation; the positions a determination rests on.
  absl::StatusOr<nlohmann::json> Assess(ContractFacts* contract, const nlohmann::json& event,
                                        const nlohmann::json& evidence, absl::CivilDay today);
  absl::StatusOr<nlohmann::json> Complete(ContractFacts* contract, nlohmann::json event,
                                          absl::CivilDay today);

  const Client& client_;
  std::string ledger_;
  const MatrixVersion& matrix_;
  std::string prefix_;
  std::map<std::string, ContractFacts> contracts_;  // by the example's name for it
  std::vector<uint64_t> positions_;                 // by the example's position
  int requests_ = 0;
  uint64_t newest_position_ = 0;
};

}  // namespace waymark::golden

#endif  // WAYMARK_TESTS_END_TO_END_GOLDEN_FIXTURE_H_
