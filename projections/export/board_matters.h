// This header defines what stands beside the levels in a board pack: dissent, open dependencies and
// open disputes.
//
//   BoardMatters matters = MattersOf(record);
//   for (const std::string& line : matters.dissent["SE-AM"]) ...
//
// Threads: a pure function of the record. Errors: none; what is erased or withheld is left out.
#ifndef WAYMARK_PROJECTIONS_EXPORT_BOARD_MATTERS_H_
#define WAYMARK_PROJECTIONS_EXPORT_BOARD_MATTERS_H_

#include <map>
#include <string>
#include <vector>

#include "projections/export/contract_record.h"

namespace waymark::exports {

// Lines about one focus, or about the whole contract under the empty name.
using Lines = std::map<std::string, std::vector<std::string>>;

struct BoardMatters {
  Lines dissent, dependencies, disputes;
};

BoardMatters MattersOf(const ContractRecord& record);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_BOARD_MATTERS_H_
