#include "tests/contract/random_history.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace waymark::test {

RandomHistory::RandomHistory(uint64_t seed, int days_max, int facts_max) : random_(seed) {
  for (const std::string& focus : focuses_) state_.focuses[focus];
  first_day_ = absl::CivilDay(2024, 1, 1) + Below(366);
  today_ = first_day_;
  days_ = Between(20, days_max);
  if (!OnceIn(4)) {
    Registration registration;
    registration.known = Record();
    registration.starts_on = first_day_ - Below(30);
    registration.ends_on = first_day_ + Between(days_ / 2, 3 * days_);
    state_.registration = registration;
  }
  if (OnceIn(2)) AddAdoption();
  const int facts = Between(1, facts_max);
  for (int i = 0; i < facts; ++i) {
    today_ += Below(2 * days_ / facts + 1);
    AddFact();
  }
}

Known RandomHistory::Record() {
  // Other contracts' events lie between.
  next_position_ += Below(3);
  return {Position{next_position_++}, today_};
}

void RandomHistory::AddFact() {
  const int kind = Below(100);
  if (kind < 50) return AddDetermination();
  if (kind < 56) return AddSupersession();
  if (kind < 64) return AddExplanation();
  if (kind < 75) return AddPolicy();
  if (kind < 82) return AddAdoption();
  if (kind < 89) return AddDispute();
  if (kind < 96) return AddEvidence();
  AddEnd();
}

void RandomHistory::AddDetermination() {
  FocusHistory& history = AnyFocus();
  Determination one;
  one.known = Record();
  one.level = OnceIn(3) ? Below(6) : Between(2, 4);
  one.effective_on = OnceIn(3) ? today_ : Near(50, OnceIn(8) ? 15 : 0);
  one.period.first = one.effective_on + Between(-40, OnceIn(3) ? 15 : 0);
  one.period.last = one.period.first + Below(40);
  if (!OnceIn(3)) one.coverage_to = one.period.last + Below(40);
  one.provisional = OnceIn(10);
  for (int i = OnceIn(2) ? Between(1, 2) : 0; i > 0 && !evidence_ids_.empty(); --i) {
    one.evidence.push_back(
        {evidence_ids_[Below(static_cast<int>(evidence_ids_.size()))], !OnceIn(4)});
  }
  if (!versions_.empty() && !OnceIn(8)) {
    // The newest more often than any other.
    one.matrix_version =
        OnceIn(2) ? versions_.back() : versions_[Below(static_cast<int>(versions_.size()))];
  }
  for (int i = OnceIn(4) ? Between(1, 2) : 0; i > 0 && !history.determinations.empty(); --i) {
    const int old = Below(static_cast<int>(history.determinations.size()));
    one.supersedes.push_back(history.determinations[old].known.position);
    history.supersessions.push_back(
        {one.known, one.supersedes.back(), one.known.position, v1::GROUND_ERROR});
  }
  history.determinations.push_back(one);
}

void RandomHistory::AddSupersession() {
  FocusHistory& history = AnyFocus();
  if (history.determinations.empty()) return;
  const Known known = Record();
  const int old = Below(static_cast<int>(history.determinations.size()));
  history.supersessions.push_back(
      {known, history.determinations[old].known.position, known.position, v1::GROUND_AGREEMENT});
}

void RandomHistory::AddExplanation() {
  const v1::GapReason reason =
      OnceIn(3) ? v1::GAP_REASON_PROVIDER_DEFAULT : v1::GAP_REASON_AUTHORITY_DEFAULT;
  const absl::CivilDay first = Near(60, 5);
  AnyFocus().gap_explanations.push_back({Record(), {first, first + Below(40)}, reason});
}

void RandomHistory::AddPolicy() {
  static const std::vector<std::pair<v1::PolicyKey, std::vector<std::string>>>* const kValues =
      new std::vector<std::pair<v1::PolicyKey, std::vector<std::string>>>{
          {v1::POLICY_KEY_GAP_POLICY, {"HOLD", "STALE", "LAPSE"}},
          {v1::POLICY_KEY_GAP_POLICY_REWARD, {"HOLD", "STALE", "LAPSE"}},
          {v1::POLICY_KEY_AUTHORITY_DEFAULT_GAP, {"HOLD", "AS_GAP_POLICY"}},
          {v1::POLICY_KEY_EVIDENCE_EXPIRY, {"FLAG", "STRICT"}},
          {v1::POLICY_KEY_GRACE_DAYS, {"0", "5", "30"}},
          {v1::POLICY_KEY_CARRY_DEFAULT, {"NONE", "CARRY", "REASSESS"}}};
  const auto& [key, values] = (*kValues)[OnceIn(2) ? 0 : Below(static_cast<int>(kValues->size()))];
  state_.policies.push_back(
      {Record(), Near(60, 20), key, values[Below(static_cast<int>(values.size()))]});
}

void RandomHistory::AddAdoption() {
  Adoption adoption;
  adoption.known = Record();
  adoption.effective_on = Near(30, 15);
  adoption.version_hash =
      !versions_.empty() && OnceIn(5) ? versions_.front() : absl::StrCat("v", versions_.size() + 1);
  versions_.push_back(adoption.version_hash);
  for (const std::string& focus : focuses_) {
    if (OnceIn(5)) continue;
    Adoption::Carry& carry = adoption.carry[focus];
    carry.rule = static_cast<v1::CarryRule>(OnceIn(2) ? v1::CARRY_RULE_CARRY : Between(2, 3));
    if (carry.rule != v1::CARRY_RULE_MAP) continue;
    for (int level = 0; level <= 5; ++level) {
      if (!OnceIn(5)) carry.map[level] = std::clamp(level + Between(-1, 1), 0, 5);
    }
  }
  state_.adoptions.push_back(adoption);
}

void RandomHistory::AddDispute() {
  for (auto& [id, dispute] : state_.disputes) {
    if (!dispute.closed && OnceIn(2)) {
      dispute.closed = Record();
      return;
    }
  }
  const FocusHistory& history = AnyFocus();
  if (history.determinations.empty()) return;
  Dispute dispute;
  dispute.notified = Record();
  dispute.dispute_id = absl::StrCat("D", state_.disputes.size());
  const int matter = Below(static_cast<int>(history.determinations.size()));
  dispute.matters = {history.determinations[matter].known.position};
  state_.disputes[dispute.dispute_id] = dispute;
}

void RandomHistory::AddEvidence() {
  if (!evidence_ids_.empty() && OnceIn(2)) {
    EvidenceItem& item =
        state_.evidence[evidence_ids_[Below(static_cast<int>(evidence_ids_.size()))]];
    EvidenceItem::StatusChange change{
        Record(),
        OnceIn(4) ? v1::EVIDENCE_CHANGE_WITHDRAWN : v1::EVIDENCE_CHANGE_RENEWED,
        Near(20, 5),
        {}};
    if (!OnceIn(3)) change.valid_to = change.effective_on + Below(40);
    item.changes.push_back(change);
    return;
  }
  EvidenceItem item;
  item.known = Record();
  item.evidence_id = absl::StrCat("E", evidence_ids_.size());
  if (!OnceIn(4)) item.valid_to = Near(10, 40);
  evidence_ids_.push_back(item.evidence_id);
  state_.evidence[item.evidence_id] = item;
}

void RandomHistory::AddEnd() {
  if (state_.registration && OnceIn(2)) {
    state_.extensions.push_back({Record(), state_.registration->ends_on + Below(60)});
  } else if (state_.endings.empty()) {
    const absl::CivilDay day = Near(10, days_);
    state_.endings.push_back(
        {Record(), OnceIn(3) ? v1::END_CAUSE_EXPIRED : v1::END_CAUSE_TERMINATED, day});
  }
}

}  // namespace waymark::test
