// This header defines the drawings: the days of every focus as bars, and levels beside targets on a
// wheel. SVG 1.1, self-contained.
//
//   const std::string svg = TimelineDrawing(record);
//
// Pure. Coordinates are whole numbers counted from days and levels, so that the same record is
// drawn in the same bytes everywhere. Nothing is told by colour alone: every bar and every axis
// says its level in text.
#ifndef WAYMARK_PROJECTIONS_EXPORT_DRAWINGS_H_
#define WAYMARK_PROJECTIONS_EXPORT_DRAWINGS_H_

#include <string>

#include "projections/export/contract_record.h"

namespace waymark::exports {

std::string TimelineDrawing(const ContractRecord& record);
std::string RadarDrawing(const ContractRecord& record);

}  // namespace waymark::exports

#endif  // WAYMARK_PROJECTIONS_EXPORT_DRAWINGS_H_
