// This header defines what self-assessments, assessments and determinations are asked alike:
// whether the matrix defines the level and the criteria, and whether the evidence carries it.
//
//   CheckLevelDefined(*matrix, "PI-CS", 4, /*provisional=*/false, ruling);
#ifndef WAYMARK_LEDGER_CONTRACT_LEVEL_RULES_H_
#define WAYMARK_LEDGER_CONTRACT_LEVEL_RULES_H_

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "ledger/contract/ruling.h"

namespace waymark {

using EvidenceUses = google::protobuf::RepeatedPtrField<v1::EvidenceUse>;

// LEVEL_NOT_DEFINED where the policy undefined_level_rule does not let the cell's state pass.
void CheckLevelDefined(const v1::Matrix& matrix, absl::string_view focus, int level,
                       bool provisional, Ruling* ruling);

// What a matrix asks of a focus, by id.
absl::flat_hash_map<absl::string_view, const v1::Criterion*> CriteriaOf(const v1::Matrix& matrix,
                                                                        absl::string_view focus);

// REF_UNKNOWN for a finding on something that the pinned matrix does not ask.
void CheckCriteria(absl::string_view focus,
                   const google::protobuf::RepeatedPtrField<v1::Finding>& findings, Ruling* ruling);

// REF_UNKNOWN for an item that was not submitted.
void CheckSubmitted(const EvidenceUses& uses, Ruling* ruling);

// REF_UNKNOWN for an item that was not submitted; EVIDENCE_MISSING without an item that is neither
// rejected nor withdrawn; EVIDENCE_NOT_LISTED if none of those is of a type that the matrix lists
// for the focus, and for a level that it can support. `matrix` may be null: then types are not
// asked.
void CheckEvidence(const v1::Matrix* matrix, absl::string_view focus, int level,
                   const EvidenceUses& uses, Ruling* ruling);

// The item; null if it was not submitted, or was rejected or withdrawn.
const EvidenceItem* FindUsableEvidence(const ContractState& state, const std::string& evidence_id);

// Whether items are cited and the provider submitted every one of them that is on record.
bool RestsOnProviderAlone(const EvidenceUses& uses, const Ruling& ruling);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_LEVEL_RULES_H_
