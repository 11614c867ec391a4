// This header defines how the words and figures of an answer read on a terminal.
#ifndef WAYMARK_CLIENTS_CLI_ANSWER_TEXT_H_
#define WAYMARK_CLIENTS_CLI_ANSWER_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "clients/cli/terminal.h"
#include "google/protobuf/timestamp.pb.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::cli {

// The enumerator without its prefix, such as "NOT_DUE".
absl::string_view NameOf(v1::LevelState state);
absl::string_view NameOf(v1::TargetStatus status);
Colour ColourOf(v1::LevelState state);
Colour ColourOf(v1::TargetStatus status);

// "12 m, 365 d", or "–".
std::string MonthsOf(bool present, const v1::Span& span);
// "1 month", "7 months".
std::string Counted(uint64_t number, absl::string_view thing);
// "2024-10-01 to 2025-03-31, 6 months, 182 days", or "none".
std::string SpanText(bool present, const v1::Span& span);
// The instant in UTC to the second.
std::string InstantText(const google::protobuf::Timestamp& instant);

// What the answer saw: a heading of one or two lines, with REHEARSAL where it is one.
void PrintBasis(const v1::Basis& basis, absl::string_view title);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_ANSWER_TEXT_H_
