// This header defines what a read model is to the engine: a name, a version, and a pure function
// from an event to rows. The engine reads the log, stores rows and position together, and rebuilds;
// a projection only says what follows from an event.
//
//   class Titles : public Projection {
//     absl::string_view name() const override { return "titles"; }
//     uint32_t version() const override { return 1; }
//     absl::Status Apply(const LedgerEvent& event, Rows& rows) const override {
//       rows.Put(event.contract_id, event.payload);
//       return absl::OkStatus();
//     }
//   };
#ifndef WAYMARK_PROJECTIONS_ENGINE_PROJECTION_H_
#define WAYMARK_PROJECTIONS_ENGINE_PROJECTION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "projections/engine/ledger_event.h"
#include "projections/engine/rows.h"

namespace waymark {

class Projection {
 public:
  virtual ~Projection() = default;

  // Stable; names the read model in answers and in the view store.
  virtual absl::string_view name() const = 0;

  // Changed whenever Apply gives other rows for the same events: the engine then builds the new
  // version beside the stored one and flips to it.
  virtual uint32_t version() const = 0;

  // Adds what follows from `event` to `rows`. Depends on nothing but the event: no clock, no
  // locale, no floating point, no random number, no map order, no state of its own. So the rows are
  // the same wherever a batch ends and however often an event is applied again after a crash. An
  // event that means nothing here is OK and adds nothing. An error stops this projection before the
  // event, which is never passed over.
  virtual absl::Status Apply(const LedgerEvent& event, Rows& rows) const = 0;
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_PROJECTION_H_
