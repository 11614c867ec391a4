// This header defines what a migration would record, found without recording anything: the
// contract's events are read and folded here, and the ledger's own rules decide each row on the
// state that the rows before it leave.
//
//   ASSIGN_OR_RETURN(ContractCopy copy, ContractCopy::Fetch(program, "HIGHWAYS-1"));
//   const MigrationPlan plan = PlanMigration(terms, table, std::move(copy));
#ifndef WAYMARK_CLIENTS_CLI_MIGRATION_PLAN_H_
#define WAYMARK_CLIENTS_CLI_MIGRATION_PLAN_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "clients/cli/command.h"
#include "clients/cpp/migration_table.h"
#include "google/protobuf/message.h"
#include "ledger/base/types.h"
#include "ledger/contract/decide.h"
#include "ledger/contract/state.h"
#include "waymark/v1/event.pb.h"

namespace waymark::cli {

// A contract as the ledger holds it now, folded from its events.
class ContractCopy {
 public:
  // NotFound CONTRACT_UNKNOWN; DataLoss for an event that this build cannot read.
  static absl::StatusOr<ContractCopy> Fetch(const Program& program, const std::string& contract);

  const ContractState& state() const { return state_; }
  // The ledger's civil day in the contract's time zone.
  absl::CivilDay today() const;
  // Position that the next event would get.
  Position next() const { return next_; }
  // Where exactly this level was recorded before.
  std::optional<Position> FindMigrated(const v1::LevelDetermined& event) const;

  // What the ledger would say of the event, in a request of its own; if it would take it, the copy
  // goes on as if it had.
  absl::StatusOr<Decision> Try(const std::string& principal, bool is_signed,
                               const google::protobuf::Message& event);
  // Goes on as if the event were on record, whatever the rules say.
  absl::Status Assume(const google::protobuf::Message& event);

 private:
  absl::Status Take(const v1::RecordedEvent& event);

  ContractState state_;
  Position next_;
  UnixMicros now_;
  // By payload.
  std::map<std::string, Position> migrated_;
};

// What is the same for all rows.
struct MigrationTerms {
  std::string principal;
  bool is_signed = false;
  // Party, role, marking, reason, meeting; the matrix version, else the one adopted last.
  v1::Common common;
  std::string approved_by;
  // The source document as evidence.
  v1::EvidenceSubmitted document;
  // Positions of the assents to its digest; absent: those on record.
  std::optional<std::vector<uint64_t>> assents;
};

struct PlannedRow {
  uint32_t line = 0;
  v1::LevelDetermined event;
  // It is on record already.
  std::optional<Position> recorded;
  // What the rules noticed.
  std::vector<std::string> flags;
  // Empty unless it would be refused.
  std::vector<MigrationProblem> problems;
};

struct MigrationPlan {
  // Absent where the document is on record as this evidence already.
  std::optional<v1::EvidenceSubmitted> document;
  std::vector<MigrationProblem> document_problems;
  // Parties whose assent to the document is not on record. The rows are told as if it were.
  std::vector<std::string> assents_missing;
  std::vector<PlannedRow> rows;

  size_t refused() const;
  size_t to_record() const;
};

MigrationPlan PlanMigration(const MigrationTerms& terms, const MigrationTable& table,
                            ContractCopy copy);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_MIGRATION_PLAN_H_
