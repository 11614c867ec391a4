// This header defines the board pack: one page for people, to read and to print. Per focus its
// level, since when, months, target, evidence, dissent, dependencies and open disputes; then the
// clauses, and what changed since the last board.
//
//   const std::string html = BoardPackOf(record);
//
// Pure. A level is never called good or bad: a focus without a target shows none.
#ifndef WAYMARK_PROJECTIONS_EXPORT_BOARD_PACK_H_
#define WAYMARK_PROJECTIONS_EXPORT_BOARD_PACK_H_

#include <cstddef>
#include <string>

#include "projections/export/contract_record.h"

namespace waymark::exports {

// Events since the last board that are listed one by one; what lies before them is counted.
inline constexpr size_t kBoardEventsMax = 200;

std::string BoardPackOf(const ContractRecord& record);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_BOARD_PACK_H_
