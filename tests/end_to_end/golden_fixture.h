// This header defines the world around a worked example: the contract, the matrix, and whatever
// assessment, moderation, evidence, confidence and basis the rules ask for beside the event that
// the example names.
#ifndef WAYMARK_TESTS_END_TO_END_GOLDEN_FIXTURE_H_
#define WAYMARK_TESTS_END_TO_END_GOLDEN_FIXTURE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cpp/client.h"
#include "clients/cpp/event_json.h"
#include "google/protobuf/message.h"
#include "nlohmann/json.hpp"
#include "tests/end_to_end/golden_completion.h"
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
  // `newest_position` is that of the last event that any fixture of the ledger has sent; they share
  // it.
  Fixture(const Client& client, std::string ledger, const MatrixVersion& matrix, std::string prefix,
          uint64_t* newest_position);

  // The ledger's contract for the example's `contract_id` ("A" where it names none); registered
  // with its matrix if it was not. InvalidArgument if the id would be too long.
  absl::StatusOr<std::string> Contract(const nlohmann::json& event, absl::CivilDay today);

  // Appends one event of the example after what it needs. Returns the reply for that event alone.
  absl::StatusOr<v1::AppendReply> Append(const nlohmann::json& event, absl::CivilDay today);

  // Records the example's clause, after the assents of everybody to it as it is recorded.
  absl::StatusOr<v1::AppendReply> RecordClause(const nlohmann::json& clause, absl::CivilDay today);

  // Between positions of the example and of the ledger.
  std::optional<uint64_t> PositionInLedger(uint64_t relative) const;
  std::optional<uint64_t> PositionInExample(uint64_t position) const;
  uint64_t newest_position() const { return *newest_position_; }

 private:
  struct ContractFacts {
    std::string id;
    Parties parties;
    // Everybody whose assent a migrated level needs, and the assents once given.
    std::vector<std::string> signatories;
    nlohmann::json assents = nlohmann::json::array();
    // The version in force, and all by the names that the example gives them.
    MatrixVersion matrix;
    std::map<std::string, MatrixVersion> versions;
    int coverage_months = 6;
    // The example sets the policy itself.
    bool coverage_is_given = false;
    uint64_t registered_at = 0;
    uint64_t last_position = 0;
  };

  // One event given in readable JSON, with what Common needs.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Read(const ContractFacts& contract,
                                                                  const nlohmann::json& event);
  // Sends it, as whoever records its type.
  absl::StatusOr<v1::AppendReply> Send(ContractFacts* contract, const nlohmann::json& event);
  absl::Status Register(const nlohmann::json& event, const std::string& name, absl::CivilDay today);
  // The version in force under another name, with some of its cells changed.
  absl::Status Draft(ContractFacts* contract, const std::string& label,
                     const nlohmann::json& cells);
  absl::StatusOr<v1::AppendReply> Adopt(ContractFacts* contract, nlohmann::json event);
  absl::Status SetCoverage(ContractFacts* contract, bool limited, absl::CivilDay today);
  // Submits an item of a type that every ladder lists; returns a citation of it.
  absl::StatusOr<nlohmann::json> SubmitEvidence(ContractFacts* contract, const std::string& focus,
                                                absl::CivilDay today);
  static nlohmann::json FindingsOf(const ContractFacts& contract, const nlohmann::json& assessment);
  absl::StatusOr<v1::AppendReply> Assess(ContractFacts* contract, nlohmann::json assessment,
                                         absl::CivilDay today);
  // Assessment and moderation; the positions a determination rests on.
  absl::StatusOr<nlohmann::json> FindBasis(ContractFacts* contract,
                                           const nlohmann::json& determination,
                                           const nlohmann::json& evidence, absl::CivilDay today);
  // Assents of all parties to the document that the fixture submits as evidence.
  absl::StatusOr<nlohmann::json> FindAssents(ContractFacts* contract, absl::CivilDay today);
  absl::StatusOr<v1::AppendReply> Determine(ContractFacts* contract, nlohmann::json event,
                                            absl::CivilDay today);
  void TranslateRefs(nlohmann::json* event) const;
  absl::StatusOr<v1::AppendReply> AppendTo(ContractFacts* contract, nlohmann::json event,
                                           absl::CivilDay today);

  const Client& client_;
  std::string ledger_;
  const MatrixVersion& matrix_;
  std::string prefix_;
  std::map<std::string, ContractFacts> contracts_;  // by the example's name for it
  std::vector<uint64_t> positions_;                 // by the example's position
  int requests_ = 0;
  uint64_t* const newest_position_;
};

}  // namespace waymark::golden

#endif  // WAYMARK_TESTS_END_TO_END_GOLDEN_FIXTURE_H_
