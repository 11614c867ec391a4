// This header defines what every export states of itself: of which contract, at which day, as known
// when, under which root, matrix version and policies, and whether it is a record at all.
//
//   for (const auto& [name, value] : CoverOf(record)) ...   // "Known at", "position 257"
//
// Pure.
#ifndef WAYMARK_PROJECTIONS_EXPORT_COVER_H_
#define WAYMARK_PROJECTIONS_EXPORT_COVER_H_

#include <string>
#include <utility>
#include <vector>

#include "ledger/contract/json_value.h"
#include "projections/export/contract_record.h"

namespace waymark::exports {

// Names are fixed; values are texts of the record. In the order in which they are read.
std::vector<std::pair<std::string, std::string>> CoverOf(const ContractRecord& record);

// The same as members, named such as "known_at".
Json CoverJson(const ContractRecord& record);

// Position of the last event known; "nothing" before the first.
std::string KnownText(const ContractRecord& record);

// Every policy in force on as_of, as "GAP_POLICY=HOLD", in the catalogue's order; WITHHELD where
// the public is not told of one.
std::vector<std::string> PoliciesInForce(const ContractRecord& record);

// The hash of the matrix version in force, in hex; "none" before one is, WITHHELD where the
// public is not told of an adoption.
std::string MatrixText(const ContractRecord& record);

// "REHEARSAL" or "RECORD".
std::string StandingText(const ContractRecord& record);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_COVER_H_
