// This header defines the maturity projection: what it takes from each event so that
// MaturityService can be answered at any (as_of, known_at). It decides nothing and folds nothing;
// it puts a contract's facts side by side, and the fold of ledger/contract reads them when a
// question comes.
#ifndef WAYMARK_PROJECTIONS_MATURITY_MATURITY_PROJECTION_H_
#define WAYMARK_PROJECTIONS_MATURITY_MATURITY_PROJECTION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "projections/engine/projection.h"

namespace waymark::maturity {

inline constexpr absl::string_view kProjectionName = "maturity";
inline constexpr uint32_t kProjectionVersion = 3;

class MaturityProjection : public Projection {
 public:
  absl::string_view name() const override { return kProjectionName; }
  uint32_t version() const override { return kProjectionVersion; }

  // DataLoss for an event whose payload cannot be read, or whose type has no rules here: an answer
  // that left it out could be wrong. An erased payload leaves no rows.
  absl::Status Apply(const LedgerEvent& event, Rows& rows) const override;

 private:
  absl::Status ApplyEvidence(const LedgerEvent& event, Rows& rows) const;
  absl::Status ApplyEvidenceEvent(const LedgerEvent& event, Rows& rows) const;
  absl::Status ApplyFact(const LedgerEvent& event, Rows& rows) const;
};

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_MATURITY_PROJECTION_H_
