// This header defines the rows that a batch of events adds to a view, before they are stored:
//
//   Rows rows;
//   rows.Put("title/C-1", "Highways");      // replaces what is there
//   rows.Append("positions/C-1", "\x05");   // follows what is there
//   rows.Delete("fact/C-1/7");              // what it said was erased from the ledger
#ifndef WAYMARK_PROJECTIONS_ENGINE_ROWS_H_
#define WAYMARK_PROJECTIONS_ENGINE_ROWS_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/strings/string_view.h"

namespace waymark {

// Written and never read: so a row depends on the events alone, and not on where a batch ended. Not
// synchronised.
class Rows {
 public:
  // Keys are not empty and do not begin with a zero byte: that place is the engine's.
  void Put(absl::string_view key, absl::string_view value);
  // The stored value is the concatenation; it never shows how it was divided into appends.
  void Append(absl::string_view key, absl::string_view bytes);
  // Its bytes leave the view's files before the view moves on. For what the ledger erases, and for
  // nothing else: it is slow.
  void Delete(absl::string_view key);

  struct Pending {
    // The bytes take the place of the stored value; otherwise they follow it.
    bool replaces = false;
    // There is no row any more; then there are no bytes either.
    bool deletes = false;
    std::string bytes;
  };
  struct Change {
    absl::string_view key;
    const Pending* pending;
  };
  // What is pending, in key order; valid until the next change.
  std::vector<Change> Sorted() const;
  void Clear();

 private:
  using Map = absl::node_hash_map<std::string, Pending>;

  Pending& At(absl::string_view key);

  Map pending_;
  // The last change to each kind of row, by the byte that its keys begin with: events come in runs,
  // and the rows of a run are often the same ones.
  std::array<Map::value_type*, 16> newest_ = {};
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_ROWS_H_
