#include "ledger/contract/level_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/contract/lookup.h"

namespace waymark {
namespace {

// An application carries the lower levels; what it led to carries any.
constexpr int kApplicationLevelMax = 2;

bool IsUsable(const EvidenceItem& item) {
  const bool rejected = !item.verifications.empty() &&
                        item.verifications.back().outcome == v1::VERIFICATION_OUTCOME_REJECTED;
  const bool withdrawn = std::any_of(item.changes.begin(), item.changes.end(),
                                     [](const EvidenceItem::StatusChange& change) {
                                       return change.change == v1::EVIDENCE_CHANGE_WITHDRAWN;
                                     });
  return !rejected && !withdrawn;
}

bool IsListed(const EvidenceItem& item, const v1::Focus& focus, int level) {
  if (item.type == v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION &&
      item.subtype == v1::EVIDENCE_SUBTYPE_SUBMITTED && level > kApplicationLevelMax) {
    return false;
  }
  return std::any_of(focus.evidence_base().begin(), focus.evidence_base().end(),
                     [&](const v1::EvidenceBase& base) {
                       return base.type() == item.type &&
                              (base.subtype() == v1::EVIDENCE_SUBTYPE_UNSPECIFIED ||
                               base.subtype() == item.subtype);
                     });
}

}  // namespace

void CheckLevelDefined(const v1::Matrix& matrix, absl::string_view focus, int level,
                       bool provisional, Ruling* ruling) {
  const v1::Cell* cell = FindCell(matrix, focus, level);
  if (cell != nullptr && cell->state() == v1::CELL_STATE_DEFINED) return;
  const absl::string_view rule = ruling->Policy(v1::POLICY_KEY_UNDEFINED_LEVEL_RULE);
  if (rule == "ALLOW_BINDING" || (rule == "PROVISIONAL_ONLY" && provisional)) return;
  ruling->Forbid(
      "LEVEL_NOT_DEFINED", "level",
      absl::StrCat(focus, " level ", level, " is ",
                   cell == nullptr ? "missing" : v1::CellState_Name(cell->state()),
                   " in the adopted matrix",
                   rule == "PROVISIONAL_ONLY" ? "; it can be scored as provisional only" : ""));
}

absl::flat_hash_map<absl::string_view, const v1::Criterion*> CriteriaOf(const v1::Matrix& matrix,
                                                                        absl::string_view focus) {
  absl::flat_hash_map<absl::string_view, const v1::Criterion*> criteria;
  for (const v1::Cell& cell : matrix.cells()) {
    if (cell.focus() != focus) continue;
    for (const v1::Criterion& criterion : cell.criteria()) criteria[criterion.id()] = &criterion;
  }
  return criteria;
}

void CheckCriteria(absl::string_view focus,
                   const google::protobuf::RepeatedPtrField<v1::Finding>& findings,
                   Ruling* ruling) {
  const v1::Matrix* matrix = ruling->PinnedMatrix();
  if (matrix == nullptr) return;
  const auto criteria = CriteriaOf(*matrix, focus);
  for (int i = 0; i < findings.size(); ++i) {
    if (criteria.contains(findings[i].criterion())) continue;
    ruling->NotFound("REF_UNKNOWN", absl::StrCat("findings[", i, "].criterion"),
                     absl::StrCat(focus, " has no criterion '", findings[i].criterion(), "'"));
  }
}

void CheckSubmitted(const EvidenceUses& uses, Ruling* ruling) {
  for (int i = 0; i < uses.size(); ++i) {
    if (ruling->state().evidence.contains(uses[i].evidence_id())) continue;
    ruling->NotFound("REF_UNKNOWN", absl::StrCat("evidence[", i, "].evidence_id"),
                     absl::StrCat("no evidence '", uses[i].evidence_id(), "' was submitted"));
  }
}

void CheckEvidence(const v1::Matrix* matrix, absl::string_view focus, int level,
                   const EvidenceUses& uses, Ruling* ruling) {
  const v1::Focus* row = matrix == nullptr ? nullptr : FindFocus(*matrix, focus);
  // What the matrix does not say cannot be asked for.
  const bool any_type = row == nullptr ||
                        row->evidence_base_state() != v1::EVIDENCE_BASE_STATE_LISTED ||
                        ruling->Policy(v1::POLICY_KEY_EVIDENCE_RULE) == "ANY_TYPE";
  bool usable = false;
  bool listed = any_type;
  CheckSubmitted(uses, ruling);
  for (const v1::EvidenceUse& use : uses) {
    const auto place = ruling->state().evidence.find(use.evidence_id());
    if (place == ruling->state().evidence.end() || !IsUsable(place->second)) continue;
    usable = true;
    listed = listed || IsListed(place->second, *row, level);
  }
  if (!usable) {
    ruling->Forbid("EVIDENCE_MISSING", "evidence",
                   "cite at least one item that is neither rejected nor withdrawn");
  } else if (!listed) {
    ruling->Forbid(
        "EVIDENCE_NOT_LISTED", "evidence",
        absl::StrCat("no item is of a type that the matrix lists for ", focus, " level ", level));
  }
}

const EvidenceItem* FindUsableEvidence(const ContractState& state, const std::string& evidence_id) {
  const auto place = state.evidence.find(evidence_id);
  return place != state.evidence.end() && IsUsable(place->second) ? &place->second : nullptr;
}

bool RestsOnProviderAlone(const EvidenceUses& uses, const Ruling& ruling) {
  return !uses.empty() && std::all_of(uses.begin(), uses.end(), [&](const v1::EvidenceUse& use) {
    const auto place = ruling.state().evidence.find(use.evidence_id());
    return place != ruling.state().evidence.end() && ruling.IsProvider(place->second.submitter);
  });
}

}  // namespace waymark
