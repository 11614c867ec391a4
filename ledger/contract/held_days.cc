#include "ledger/contract/held_days.h"

#include <algorithm>

#include "ledger/base/check.h"

namespace waymark {
namespace {

bool IsOpen(const Dispute& dispute, Knowledge knowledge) {
  return knowledge.Has(dispute.notified) && !(dispute.closed && knowledge.Has(*dispute.closed));
}

bool IsDisputed(const FocusFacts::Candidate& candidate, Knowledge knowledge) {
  return std::any_of(candidate.disputes.begin(), candidate.disputes.end(),
                     [&](const Dispute* dispute) { return IsOpen(*dispute, knowledge); });
}

// An item is valid to its last day, and from each renewal to that renewal's last day.
bool HasExpired(const EvidenceItem& item, absl::CivilDay day, Knowledge knowledge) {
  if (!item.valid_to || day <= *item.valid_to) return false;
  return std::none_of(
      item.changes.begin(), item.changes.end(), [&](const EvidenceItem::StatusChange& change) {
        return change.change == v1::EVIDENCE_CHANGE_RENEWED && knowledge.Has(change.known) &&
               change.effective_on <= day && (!change.valid_to || day <= *change.valid_to);
      });
}

bool HasExpiredEvidence(const FocusFacts::Candidate& candidate, absl::CivilDay day,
                        Knowledge knowledge) {
  return std::any_of(candidate.mandatory.begin(), candidate.mandatory.end(),
                     [&](const EvidenceItem* item) { return HasExpired(*item, day, knowledge); });
}

}  // namespace

std::optional<absl::CivilDay> LastContractDay(const ContractState& state, Knowledge knowledge) {
  for (const Ending& ending : state.endings) {
    if (ending.cause == v1::END_CAUSE_TERMINATED && knowledge.Has(ending.known)) {
      return ending.effective_on;
    }
  }
  for (auto extension = state.extensions.rbegin(); extension != state.extensions.rend();
       ++extension) {
    if (knowledge.Has(extension->known)) return extension->new_end;
  }
  if (state.registration && knowledge.Has(state.registration->known)) {
    return state.registration->ends_on;
  }
  return std::nullopt;
}

HeldDays::HeldDays(const FocusFacts& facts)
    : facts_(facts),
      knowledge_{facts.known, absl::CivilDay::min()},
      in_force_(facts.candidates.size(), false) {}

void HeldDays::LearnBy(absl::CivilDay day) {
  WAYMARK_CHECK(day >= knowledge_.by);
  knowledge_.by = day;
  for (; changes_learned_ < facts_.changes.size(); ++changes_learned_) {
    const FocusFacts::Change& change = facts_.changes[changes_learned_];
    if (change.known.recorded_on > day) break;
    change.enters ? Enter(change.candidate) : Leave(change.candidate);
  }
}

void HeldDays::Enter(int candidate) {
  in_force_[candidate] = true;
  if (candidate < begun_) holder_ = std::max(holder_, candidate);
  const FocusFacts::Candidate& entering = facts_.candidates[candidate];
  if (day_ && entering.speaks_from <= *day_) speakers_.push({entering.speaks_to, candidate});
}

void HeldDays::Leave(int candidate) {
  in_force_[candidate] = false;
  if (candidate != holder_) return;
  while (holder_ >= 0 && !in_force_[holder_]) --holder_;
}

void HeldDays::Advance(absl::CivilDay day) {
  WAYMARK_CHECK(!day_ || day >= *day_);
  day_ = day;
  const int count = static_cast<int>(facts_.candidates.size());
  for (; begun_ < count; ++begun_) {
    if (facts_.candidates[begun_].determination->effective_on > day) break;
    if (in_force_[begun_]) holder_ = begun_;
  }
  for (; speaking_ < count; ++speaking_) {
    const int candidate = facts_.by_speaks_from[speaking_];
    if (facts_.candidates[candidate].speaks_from > day) break;
    if (in_force_[candidate]) speakers_.push({facts_.candidates[candidate].speaks_to, candidate});
  }
}

bool HeldDays::IsCovered(absl::CivilDay day) {
  Advance(day);
  // What has left never comes back.
  while (!speakers_.empty() && !in_force_[speakers_.top().second]) speakers_.pop();
  if (!speakers_.empty() && day <= speakers_.top().first) return true;
  if (holder_ < 0) return false;
  const std::optional<absl::CivilDay>& coverage_to =
      facts_.candidates[holder_].determination->coverage_to;
  return !coverage_to || day <= *coverage_to;
}

HeldDay HeldDays::At(absl::CivilDay day) {
  Advance(day);
  HeldDay held;
  if (holder_ < 0) return held;
  const std::optional<absl::CivilDay> end = LastContractDay(facts_.state, knowledge_);
  if (end && day > *end) return held;
  const FocusFacts::Candidate& holder = facts_.candidates[holder_];
  const std::optional<int> level = LevelOn(*holder.determination, day);
  if (!level) return held;

  held.determination = holder.determination->known.position;
  held.disputed = IsDisputed(holder, knowledge_);
  held.evidence_expired = HasExpiredEvidence(holder, day, knowledge_);
  held.covered = IsCovered(day);
  GapPolicy gap_policy = GapPolicy::kHold;
  if (!held.covered) {
    held.explained = ExplanationOf(day);
    gap_policy = GapPolicyOn(day, held.explained);
  }
  if (gap_policy == GapPolicy::kLapse) return held;
  held.level = level;
  held.counted = gap_policy == GapPolicy::kHold &&
                 !(held.evidence_expired && EvidenceExpiryOn(day) == EvidenceExpiry::kStrict);
  held.state = gap_policy == GapPolicy::kStale ? HeldState::kStale
               : held.disputed                 ? HeldState::kDisputed
                                               : HeldState::kDetermined;
  return held;
}

std::vector<const Determination*> HeldDays::InForce() const {
  std::vector<const Determination*> determinations;
  for (size_t i = 0; i < in_force_.size(); ++i) {
    if (in_force_[i]) determinations.push_back(facts_.candidates[i].determination);
  }
  return determinations;
}

std::optional<int> HeldDays::LevelOn(const Determination& determination, absl::CivilDay day) const {
  // The version it was made under: as adopted by its effective day, else as adopted first, since it
  // may reach back before the version; one that was never adopted counts as the version in force on
  // the effective day.
  size_t first_crossed = 0;
  bool found = false;
  for (size_t i = 0; i < facts_.crossings.size(); ++i) {
    const Adoption& adoption = *facts_.crossings[i].adoption;
    if (!knowledge_.Has(adoption.known) || adoption.version_hash != determination.matrix_version) {
      continue;
    }
    if (found && adoption.effective_on > determination.effective_on) break;
    found = true;
    first_crossed = i + 1;
  }
  int level = determination.level;
  for (size_t i = first_crossed; i < facts_.crossings.size(); ++i) {
    const auto& [adoption, carry] = facts_.crossings[i];
    if (adoption->effective_on > day) break;
    if (!knowledge_.Has(adoption->known)) continue;
    if (!found && adoption->effective_on <= determination.effective_on) continue;
    if (carry.rule == v1::CARRY_RULE_CARRY) continue;
    const auto mapped = carry.map.find(level);
    if (carry.rule != v1::CARRY_RULE_MAP || mapped == carry.map.end()) return std::nullopt;
    level = mapped->second;
  }
  return level;
}

GapPolicy HeldDays::GapPolicyOn(absl::CivilDay day, v1::GapReason explained) const {
  if (explained == v1::GAP_REASON_AUTHORITY_DEFAULT &&
      facts_.authority_gap_policies.On(day, knowledge_) == "HOLD") {
    return GapPolicy::kHold;
  }
  if (facts_.rules.gap_policy) return *facts_.rules.gap_policy;
  return GapPolicyFromText(facts_.gap_policies.On(day, knowledge_));
}

EvidenceExpiry HeldDays::EvidenceExpiryOn(absl::CivilDay day) const {
  if (facts_.rules.evidence_expiry) return *facts_.rules.evidence_expiry;
  return EvidenceExpiryFromText(facts_.expiry_policies.On(day, knowledge_));
}

v1::GapReason HeldDays::ExplanationOf(absl::CivilDay day) const {
  // The newest explanation of a day replaces older ones.
  const std::vector<GapExplanation>& explanations = facts_.history.gap_explanations;
  for (auto explanation = explanations.rbegin(); explanation != explanations.rend();
       ++explanation) {
    if (explanation->period.first <= day && day <= explanation->period.last &&
        knowledge_.Has(explanation->known)) {
      return explanation->reason;
    }
  }
  return v1::GAP_REASON_UNSPECIFIED;
}

}  // namespace waymark
