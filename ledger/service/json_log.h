// This header defines the daemon's log: one JSON object a line on standard error.
//
//   LogAsJson();
//   spdlog::info("serving on {}", address);
//   // {"time":"2026-01-02T03:04:05.678Z","level":"info","message":"serving on 127.0.0.1:7443"}
#ifndef WAYMARK_LEDGER_SERVICE_JSON_LOG_H_
#define WAYMARK_LEDGER_SERVICE_JSON_LOG_H_

#include <string>

#include "absl/strings/string_view.h"

namespace waymark {

// Makes it spdlog's default logger, and that of gRPC and Protobuf. Call it once, before other
// threads log.
void LogAsJson();

// The text between the quotes of a JSON string: quotes, backslashes and control characters escaped,
// what is not UTF-8 made '?'.
std::string JsonEscaped(absl::string_view text);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_JSON_LOG_H_
