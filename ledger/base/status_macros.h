// This header defines the two macros that carry an absl::Status upwards:
//
//   RETURN_IF_ERROR(ValidateContractId(id));
//   ASSIGN_OR_RETURN(const Digest root, tree.Root(size));
#ifndef WAYMARK_LEDGER_BASE_STATUS_MACROS_H_
#define WAYMARK_LEDGER_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define WAYMARK_CONCAT_INNER_(a, b) a##b
#define WAYMARK_CONCAT_(a, b) WAYMARK_CONCAT_INNER_(a, b)

#define RETURN_IF_ERROR(expression)                                           \
  do {                                                                        \
    if (absl::Status waymark_status_ = (expression); !waymark_status_.ok()) { \
      return waymark_status_;                                                 \
    }                                                                         \
  } while (false)

#define ASSIGN_OR_RETURN(declaration, expression) \
  WAYMARK_ASSIGN_OR_RETURN_(WAYMARK_CONCAT_(waymark_status_or_, __LINE__), declaration, expression)

#define WAYMARK_ASSIGN_OR_RETURN_(result, declaration, expression) \
  auto result = (expression);                                      \
  if (!result.ok()) return std::move(result).status();             \
  declaration = *std::move(result)

#endif  // WAYMARK_LEDGER_BASE_STATUS_MACROS_H_
