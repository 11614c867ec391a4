// This header defines the rows of the tests of reminders: what is on record, when it is asked, and
// what is due of one kind; and the facts they are made of.
//
//   ContractFacts facts = Registered();
//   row.given(facts);
//   FindDue(facts.state, Day(row.as_of), facts.head, kDaysAheadDefault);
#ifndef WAYMARK_TESTS_CONTRACT_DUE_ROWS_H_
#define WAYMARK_TESTS_CONTRACT_DUE_ROWS_H_

#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "ledger/contract/due.h"
#include "tests/contract/contract_facts.h"

namespace waymark::test {

// Service from 2024-04-01 to 2027-03-31, extendable by two years, and one ladder beside a standing
// condition from the first day on.
ContractFacts Registered(v1::Regime regime = v1::REGIME_OTHER);
void Report(ContractFacts& facts, const char* first, const char* last,
            std::optional<Position> supersedes = {});
void Notify(ContractFacts& facts, v1::NoticeStage stage, const char* first, const char* last,
            std::vector<Position> causes = {});
void End(ContractFacts& facts, v1::EndCause cause, const char* on);
ExtensionOffer& Offer(ContractFacts& facts);
void Answer(ContractFacts& facts, v1::ExtensionAnswer answer);
ImprovementNotice& Serve(ContractFacts& facts);
void Step(ContractFacts& facts, v1::ImprovementStep step);
// A dispute of the provider's, and a step of its ladder.
Dispute& Disputed(ContractFacts& facts);
void Step(ContractFacts& facts, v1::DisputeStep step, int days = 0);
void Holidays(ContractFacts& facts);
void SetTarget(ContractFacts& facts, int level, const char* due);
Dependency& Owe(ContractFacts& facts);
ClauseDecision& Decide(ContractFacts& facts);
void ChangeBasis(ContractFacts& facts);
void Review(ContractFacts& facts);
void Promise(ContractFacts& facts, std::optional<absl::CivilDay> due,
             v1::CommitmentStage stage = v1::COMMITMENT_STAGE_PROMISED);
void Plan(ContractFacts& facts, uint32_t revision, std::map<std::string, absl::CivilDay> due);

struct DueRow {
  const char* name;
  v1::DueKind kind;
  std::function<void(ContractFacts&)> given;
  const char* as_of;
  std::vector<std::string> due;
  v1::Regime regime = v1::REGIME_OTHER;
};
inline void PrintTo(const DueRow& row, std::ostream* out) { *out << row.name; }

// Of assessments, reports and performance notices; of all that an event gave a day.
std::vector<DueRow> PeriodRows();
std::vector<DueRow> MatterRows();

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_CONTRACT_DUE_ROWS_H_
