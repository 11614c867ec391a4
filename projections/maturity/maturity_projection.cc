#include "projections/maturity/maturity_projection.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/retention.h"
#include "projections/maturity/evidence_fields.h"
#include "projections/maturity/maturity_rows.h"

namespace waymark::maturity {
namespace {

enum class Use {
  kFact,
  kEvidence,
  kEvidenceEvent,
  // No answer depends on it, and there can be very many.
  kNone,
};

// Types that are used in another way than as facts, which is what every other type with rules is.
Use UseOf(absl::string_view event_type) {
  // Most events of most ledgers, so not looked up.
  if (event_type == "waymark.v1.EvidenceSubmitted") return Use::kEvidence;
  static const auto* const uses = new absl::flat_hash_map<absl::string_view, Use>({
      {"waymark.v1.EvidenceVerified", Use::kEvidenceEvent},
      {"waymark.v1.EvidenceStatusChanged", Use::kEvidenceEvent},
      {"waymark.v1.SelfAssessmentSubmitted", Use::kNone},
      {"waymark.v1.MeasureRecorded", Use::kNone},
      {"waymark.v1.ExportIssued", Use::kNone},
      {"waymark.v1.AnnotationAdded", Use::kNone},
  });
  const auto found = uses->find(event_type);
  return found == uses->end() ? Use::kFact : found->second;
}

}  // namespace

absl::Status MaturityProjection::Apply(const LedgerEvent& event, Rows& rows) const {
  if (event.contract_id == kLedgerStream) return absl::OkStatus();
  if (event.state != StoredPayload::kPresent) return absl::OkStatus();
  switch (UseOf(event.event_type)) {
    case Use::kEvidence:
      return ApplyEvidence(event, rows);
    case Use::kEvidenceEvent:
      return ApplyEvidenceEvent(event, rows);
    case Use::kNone:
      return absl::OkStatus();
    case Use::kFact:
      break;
  }
  return ApplyFact(event, rows);
}

absl::Status MaturityProjection::ApplyEvidence(const LedgerEvent& event, Rows& rows) const {
  ASSIGN_OR_RETURN(const EvidenceFields fields,
                   ReadEvidenceFields(event.payload, /*with_focuses=*/true));
  const uint64_t id_hash = HashOf(fields.evidence_id);
  rows.Append(EvidenceListKey(event.contract_id, event.position),
              EncodePlace({event.position, fields.focus_marks}));
  rows.Append(EvidenceIndexKey(event.contract_id, event.revision, id_hash),
              EncodeIndexEntry(id_hash, event.position));
  return absl::OkStatus();
}

absl::Status MaturityProjection::ApplyEvidenceEvent(const LedgerEvent& event, Rows& rows) const {
  ASSIGN_OR_RETURN(const EvidenceFields fields,
                   ReadEvidenceFields(event.payload, /*with_focuses=*/false));
  rows.Put(EvidenceEventKey(event.contract_id, HashOf(fields.evidence_id), event.position), "");
  rows.Put(NewestChangeKey(event.contract_id), EncodePosition(event.position));
  rows.Put(NewestFactKey(event.contract_id), EncodePosition(event.position));
  return absl::OkStatus();
}

absl::Status MaturityProjection::ApplyFact(const LedgerEvent& event, Rows& rows) const {
  // Parsed to be sure that the fold will be able to, and for what it erases; its hash is the fold's.
  ASSIGN_OR_RETURN(const ParsedEvent parsed,
                   ParseRecorded(event.event_type, event.payload, /*hash=*/nullptr));
  for (const Position erased : ErasedBy(parsed)) {
    rows.Delete(FactKey(event.contract_id, erased));
  }
  rows.Put(FactKey(event.contract_id, event.position),
           EncodeFact({event.recorded_at, event.request_index, event.event_type, event.payload}));
  rows.Put(NewestFactKey(event.contract_id), EncodePosition(event.position));
  return absl::OkStatus();
}

}  // namespace waymark::maturity
