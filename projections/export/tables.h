// This header defines the tables of an export: the matrix, and what stands behind it.
//
//   const Table table = MatrixTable(record);
//
// Pure. What is withheld from the public reads WITHHELD.
#ifndef WAYMARK_PROJECTIONS_EXPORT_TABLES_H_
#define WAYMARK_PROJECTIONS_EXPORT_TABLES_H_

#include "projections/export/table.h"

namespace waymark::exports {

inline constexpr char kWithheld[] = "WITHHELD";

// A focus a row: the state of each of its six cells, the held level marked, the three numbers, the
// trend, and the target.
Table MatrixTable(const ContractRecord& record);
// Every run at or above each level, the lapses between them, and stretches without a level.
Table RunsTable(const ContractRecord& record);
// Every target ever set, with the status of the one that stands.
Table TargetsTable(const ContractRecord& record);
Table EvidenceTable(const ContractRecord& record);
// Each clause in its words and as encoded, with what it says on as_of.
Table ClausesTable(const ContractRecord& record);
// Position, leaf hash and commitment of every event, so that each can be looked for in the tree.
Table HashesTable(const ContractRecord& record);
Table EventsTable(const ContractRecord& record);
// Every determination as it was recorded, superseded ones too.
Table DeterminationsTable(const ContractRecord& record);

// Where every focus stands, and the hidden ones without anything.
v1::GetStandingsReply StandingsOf(const ContractRecord& record);
// The state of a cell of the matrix version in force, such as "DEFINED"; empty before one is.
std::string CellState(const ContractRecord& record, const std::string& focus, int level);
// From which level the present one was reached: "up from 1", "down from 4"; empty where it is the
// first, or none is held.
std::string TrendOf(const ContractRecord& record, const std::string& focus);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_TABLES_H_
