// This header defines the cursor: a place in a feed as a token that says which feed it is a place
// of. A client stores it with what it did with the events, and hands it back to go on.
//
//   resume.set_cursor(EncodeCursor({ledger, kForward, position, filter.hash(), leaf, scope}));
//   ASSIGN_OR_RETURN(const Cursor cursor, DecodeCursor(bytes));
//
// It is no credential, and it stays valid for the life of the ledger and across releases. Safe from
// any thread.
#ifndef WAYMARK_LEDGER_SERVICE_CURSOR_H_
#define WAYMARK_LEDGER_SERVICE_CURSOR_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/types.h"

namespace waymark {

enum class ReadDirection : uint8_t { kForward = 1, kBackward = 2 };

struct Cursor {
  std::string ledger;
  ReadDirection direction = ReadDirection::kForward;
  // Next position to scan; backwards, the one above it.
  Position position;
  // First bytes of the filter's hash.
  std::array<uint8_t, 16> filter = {};
  // First bytes of the leaf hash at position - 1: which history the place belongs to. Zeros for
  // position 0.
  std::array<uint8_t, 8> leaf = {};
  // First bytes of the hash of what the caller may see.
  std::array<uint8_t, 8> scope = {};
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

// REQUIRES: a ledger id of 1 to kLedgerIdBytesMax bytes.
std::string EncodeCursor(const Cursor& cursor);

// InvalidArgument CURSOR_MALFORMED: not a cursor, or damaged on the way; CURSOR_VERSION_UNKNOWN.
absl::StatusOr<Cursor> DecodeCursor(absl::string_view bytes);

// Whether the cursor is a place in this feed at all. InvalidArgument CURSOR_OTHER_LEDGER,
// CURSOR_OTHER_FILTER (each names both ids), CURSOR_OTHER_DIRECTION. History and head are the
// reader's to compare.
absl::Status CheckSameFeed(const Cursor& cursor, const Cursor& feed);

// CRC-32C (Castagnoli), as RFC 3720 appendix B.4 has it.
uint32_t Crc32c(absl::string_view bytes);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_CURSOR_H_
