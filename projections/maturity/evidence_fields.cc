#include "projections/maturity/evidence_fields.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "ledger/base/refusal.h"
#include "projections/maturity/maturity_rows.h"
#include "waymark/v1/event.pb.h"

namespace waymark::maturity {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int kIdField = v1::EvidenceSubmitted::kEvidenceIdFieldNumber;
constexpr int kFocusesField = v1::EvidenceSubmitted::kFocusesFieldNumber;
static_assert(kIdField == v1::EvidenceVerified::kEvidenceIdFieldNumber);
static_assert(kIdField == v1::EvidenceStatusChanged::kEvidenceIdFieldNumber);
static_assert(kIdField < kFocusesField, "a payload's fields come in the order of their numbers");

// The bytes of a length-delimited field, without copying them.
bool ReadBytes(CodedInputStream* input, absl::string_view payload, absl::string_view* bytes) {
  uint32_t size = 0;
  if (!input->ReadVarint32(&size)) return false;
  const size_t at = static_cast<size_t>(input->CurrentPosition());
  if (payload.size() - at < size) return false;
  *bytes = payload.substr(at, size);
  return input->Skip(static_cast<int>(size));
}

bool Read(absl::string_view payload, int last_field, EvidenceFields* fields) {
  CodedInputStream input(reinterpret_cast<const uint8_t*>(payload.data()),
                         static_cast<int>(payload.size()));
  while (const uint32_t tag = input.ReadTagNoLastTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    if (field > last_field) return true;
    absl::string_view bytes;
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&input, tag)) return false;
    } else if (!ReadBytes(&input, payload, &bytes)) {
      return false;
    } else if (field == kIdField) {
      fields->evidence_id = bytes;
    } else if (field == kFocusesField) {
      fields->focus_marks |= FocusMark(bytes);
    }
  }
  // The tag 0 stands for the end, and for a byte that begins no field.
  return input.CurrentPosition() == static_cast<int>(payload.size());
}

}  // namespace

absl::StatusOr<EvidenceFields> ReadEvidenceFields(absl::string_view payload, bool with_focuses) {
  EvidenceFields fields;
  if (!Read(payload, with_focuses ? kFocusesField : kIdField, &fields) ||
      fields.evidence_id.empty()) {
    return Refuse({absl::StatusCode::kDataLoss, "PAYLOAD_MALFORMED",
                   "payload: no evidence_id can be read from it", -1, "payload"});
  }
  return fields;
}

}  // namespace waymark::maturity
