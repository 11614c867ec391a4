// This header defines a fast look at the payload of an evidence event: only the fields that the
// maturity view is keyed by are read, without building the message. A million submissions a second
// is what it is for.
//
//   ASSIGN_OR_RETURN(const EvidenceFields fields, ReadEvidenceFields(payload));
#ifndef WAYMARK_PROJECTIONS_MATURITY_EVIDENCE_FIELDS_H_
#define WAYMARK_PROJECTIONS_MATURITY_EVIDENCE_FIELDS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace waymark::maturity {

struct EvidenceFields {
  // Points into the payload.
  absl::string_view evidence_id;
  // FocusMark of every focus named; 0 for an event that names none.
  uint16_t focus_marks = 0;
};

// Of EvidenceSubmitted, EvidenceVerified or EvidenceStatusChanged, which all have their id in field
// 2; focuses are those of EvidenceSubmitted, in field 5. DataLoss PAYLOAD_MALFORMED where these
// fields cannot be read.
absl::StatusOr<EvidenceFields> ReadEvidenceFields(absl::string_view payload, bool with_focuses);

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_EVIDENCE_FIELDS_H_
