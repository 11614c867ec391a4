// This header defines the numbers and digests that the whole ledger speaks of. An index, a count
// and a revision are different types, so that one cannot be passed for another:
//
//   TreeSize size = SizeThrough(Position{257});  // 258 leaves, positions [0, 258)
#ifndef WAYMARK_LEDGER_BASE_TYPES_H_
#define WAYMARK_LEDGER_BASE_TYPES_H_

#include <array>
#include <compare>
#include <cstdint>

namespace waymark {

// Place of an event in the ledger: 0-based, no gaps. Also its leaf index in the Merkle tree.
struct Position {
  uint64_t value = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

// Place of an event in its contract's stream: 0-based, no gaps.
struct Revision {
  uint64_t value = 0;
  friend auto operator<=>(const Revision&, const Revision&) = default;
};

// Number of leaves; the tree of size n covers positions [0, n). The head of the ledger is a
// TreeSize too.
struct TreeSize {
  uint64_t value = 0;
  friend auto operator<=>(const TreeSize&, const TreeSize&) = default;
};

constexpr TreeSize SizeThrough(Position last) { return TreeSize{last.value + 1}; }

// Microseconds since 1970-01-01T00:00:00Z, as an entry header stores them.
struct UnixMicros {
  uint64_t value = 0;
  friend auto operator<=>(const UnixMicros&, const UnixMicros&) = default;
};

// A SHA-256 value.
using Digest = std::array<uint8_t, 32>;

}  // namespace waymark

#endif  // WAYMARK_LEDGER_BASE_TYPES_H_
