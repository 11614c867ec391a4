#include "projections/maturity/answer_words.h"

#include <string>

#include "ledger/base/check.h"
#include "ledger/contract/lookup.h"

namespace waymark::maturity {
namespace {

bool IsKnown(const Known& fact, TreeSize known) { return fact.position.value < known.value; }

v1::Lapse ToLapse(const Lapse& lapse) {
  v1::Lapse word;
  SetDay(lapse.first, word.mutable_first());
  if (lapse.last) SetDay(*lapse.last, word.mutable_last());
  word.set_days(static_cast<uint32_t>(lapse.days));
  word.set_bridged(lapse.bridged);
  return word;
}

bool IsDisputed(const ContractState& state, Position position, TreeSize known) {
  for (const auto& [id, dispute] : state.disputes) {
    if (!IsKnown(dispute.notified, known)) continue;
    if (dispute.closed && IsKnown(*dispute.closed, known)) continue;
    for (const Position matter : dispute.matters) {
      if (matter == position) return true;
    }
  }
  return false;
}

// What became of an item last, and until when it is valid.
struct ItemEnd {
  Position at;
  const char* status = "SUBMITTED";
  std::optional<absl::CivilDay> valid_to;
};

ItemEnd EndOf(const EvidenceItem& item, TreeSize known, absl::CivilDay as_of) {
  ItemEnd end{item.known.position, "SUBMITTED", item.valid_to};
  const auto take = [&end](Position at, const char* status) {
    if (at < end.at) return;
    end.at = at;
    end.status = status;
  };
  for (const EvidenceItem::Verification& verification : item.verifications) {
    if (!IsKnown(verification.known, known)) continue;
    const bool verified = verification.outcome == v1::VERIFICATION_OUTCOME_VERIFIED;
    take(verification.known.position, verified ? "VERIFIED" : "REJECTED");
  }
  for (const EvidenceItem::StatusChange& change : item.changes) {
    if (!IsKnown(change.known, known) || change.effective_on > as_of) continue;
    if (change.change == v1::EVIDENCE_CHANGE_WITHDRAWN) {
      take(change.known.position, "WITHDRAWN");
    } else if (change.change == v1::EVIDENCE_CHANGE_EXPIRED) {
      take(change.known.position, "EXPIRED");
    } else if (change.change == v1::EVIDENCE_CHANGE_RENEWED) {
      take(change.known.position, "RENEWED");
      end.valid_to = change.valid_to;
    }
  }
  return end;
}

v1::NodeStanding ToNodeStanding(const NodeResult& node) {
  v1::NodeStanding word;
  word.set_path(node.path);
  word.set_kind(std::string(node.kind));
  word.set_is_leaf(node.is_leaf);
  word.set_focus(node.focus);
  word.set_outcome(node.outcome);
  word.set_values(node.values.Canonical());
  word.set_disputed(node.disputed);
  for (const Position position : node.positions) word.add_positions(position.value);
  SetDay(node.day, word.mutable_day());
  return word;
}

}  // namespace

void SetDay(absl::CivilDay day, v1::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

v1::LevelState StateWord(HeldState state) {
  switch (state) {
    case HeldState::kUndetermined:
      return v1::LEVEL_STATE_UNDETERMINED;
    case HeldState::kStale:
      return v1::LEVEL_STATE_STALE;
    case HeldState::kDisputed:
      return v1::LEVEL_STATE_DISPUTED;
    case HeldState::kDetermined:
      return v1::LEVEL_STATE_DETERMINED;
  }
  WAYMARK_CHECK(false);
}

v1::TargetStatus StatusWord(TargetStatus status) {
  switch (status) {
    case TargetStatus::kIndeterminate:
      return v1::TARGET_STATUS_INDETERMINATE;
    case TargetStatus::kNotDue:
      return v1::TARGET_STATUS_NOT_DUE;
    case TargetStatus::kMet:
      return v1::TARGET_STATUS_MET;
    case TargetStatus::kMissed:
      return v1::TARGET_STATUS_MISSED;
    case TargetStatus::kNotYetDetermined:
      return v1::TARGET_STATUS_NOT_YET_DETERMINED;
  }
  WAYMARK_CHECK(false);
}

v1::Span ToSpan(const Span& span) {
  v1::Span word;
  SetDay(span.since, word.mutable_since());
  SetDay(span.through, word.mutable_through());
  word.set_months(static_cast<uint32_t>(span.months));
  word.set_days(static_cast<uint32_t>(span.days));
  word.set_net_days(static_cast<uint32_t>(span.net_days));
  return word;
}

v1::ThreeNumbers ToThreeNumbers(const ThreeNumbers& numbers) {
  v1::ThreeNumbers word;
  if (numbers.sustained) *word.mutable_sustained() = ToSpan(*numbers.sustained);
  if (numbers.sustained_as_known) {
    *word.mutable_sustained_as_known() = ToSpan(*numbers.sustained_as_known);
  }
  if (numbers.demonstrated) *word.mutable_demonstrated() = ToSpan(*numbers.demonstrated);
  return word;
}

v1::TargetStanding ToTargetStanding(const TargetStanding& standing) {
  v1::TargetStanding word;
  word.set_status(StatusWord(standing.status));
  word.set_level(static_cast<uint32_t>(standing.target.level));
  SetDay(standing.target.due, word.mutable_due());
  if (standing.met_on) SetDay(*standing.met_on, word.mutable_met_on());
  if (standing.reached_on) SetDay(*standing.reached_on, word.mutable_reached_on());
  if (standing.decided_on) SetDay(*standing.decided_on, word.mutable_decided_on());
  if (standing.decided_after_days) word.set_decided_after_days(*standing.decided_after_days);
  *word.mutable_numbers() = ToThreeNumbers(standing.numbers);
  word.set_position(standing.target.known.position.value);
  word.set_words(standing.target.words);
  return word;
}

v1::ConditionStanding ToConditionStanding(const ConditionFinding& finding) {
  v1::ConditionStanding word;
  word.set_met(finding.met);
  SetDay(finding.period.first, word.mutable_period()->mutable_first());
  SetDay(finding.period.last, word.mutable_period()->mutable_last());
  word.set_position(finding.known.position.value);
  return word;
}

v1::FocusLongevity ToFocusLongevity(const std::string& focus, int level,
                                    const Longevity& longevity) {
  v1::FocusLongevity word;
  word.set_focus(focus);
  word.set_state(StateWord(longevity.held.state));
  if (longevity.held.level) word.set_level(static_cast<uint32_t>(*longevity.held.level));
  for (const std::string& flag : FlagWords(longevity.flags)) word.add_flags(flag);
  *word.mutable_numbers() = ToThreeNumbers(longevity.numbers);
  const RunFacts& facts = longevity.facts;
  word.set_cumulative_days(static_cast<uint32_t>(facts.cumulative_days));
  if (facts.counted_days) word.set_counted_days(static_cast<uint32_t>(*facts.counted_days));
  for (const Lapse& lapse : facts.lapses) *word.add_lapses() = ToLapse(lapse);
  for (const Lapse& stretch : facts.undetermined) *word.add_undetermined() = ToLapse(stretch);
  if (facts.last_run) *word.mutable_last_run() = ToSpan(*facts.last_run);
  if (longevity.spell) *word.mutable_spell() = ToSpan(*longevity.spell);
  word.set_spell_level(static_cast<uint32_t>(level));
  if (longevity.stale_since) SetDay(*longevity.stale_since, word.mutable_stale_since());
  if (facts.paused_since) SetDay(*facts.paused_since, word.mutable_paused_since());
  if (longevity.evidence_expired_since) {
    SetDay(*longevity.evidence_expired_since, word.mutable_evidence_expired_since());
  }
  for (const Position position : longevity.rests_on) word.add_positions(position.value);
  return word;
}

v1::TimelineSegment ToSegment(const Segment& segment, bool lasts) {
  v1::TimelineSegment word;
  SetDay(segment.days.first, word.mutable_first());
  if (!lasts) SetDay(segment.days.last, word.mutable_last());
  word.set_state(StateWord(segment.held.state));
  if (segment.held.level) word.set_level(static_cast<uint32_t>(*segment.held.level));
  const Flags flags{.disputed = segment.held.disputed,
                    .evidence_expired = segment.held.evidence_expired};
  for (const std::string& flag : FlagWords(flags)) word.add_flags(flag);
  if (segment.held.determination) word.set_position(segment.held.determination->value);
  word.set_covered(segment.held.covered);
  return word;
}

v1::DeterminationRecord ToRecord(const ContractState& state, const FocusHistory& history,
                                 const Determination& determination, TreeSize known) {
  v1::DeterminationRecord word;
  const Position position = determination.known.position;
  word.set_position(position.value);
  word.set_level(static_cast<uint32_t>(determination.level));
  SetDay(determination.effective_on, word.mutable_effective_on());
  SetDay(determination.period.first, word.mutable_period()->mutable_first());
  SetDay(determination.period.last, word.mutable_period()->mutable_last());
  SetDay(determination.assessed_on, word.mutable_assessed_on());
  SetDay(determination.decided_on, word.mutable_decided_on());
  SetDay(determination.known.recorded_on, word.mutable_recorded_on());
  word.set_provisional(determination.provisional);
  if (determination.coverage_to) SetDay(*determination.coverage_to, word.mutable_coverage_to());
  const Supersession* const end = FindSupersession(history, position);
  if (end != nullptr && IsKnown(end->known, known)) {
    word.set_superseded_by(end->by.value);
    word.set_superseded_on_ground(end->ground);
  }
  word.set_disputed(IsDisputed(state, position, known));
  for (const EvidenceCitation& citation : determination.evidence) {
    word.add_evidence_ids(citation.evidence_id);
  }
  return word;
}

v1::DueItem ToDueItem(const DueItem& item, absl::CivilDay as_of) {
  v1::DueItem word;
  word.set_kind(item.kind);
  SetDay(item.due, word.mutable_due());
  word.set_days_left(static_cast<int32_t>(item.due - as_of));
  word.set_subject(item.subject);
  word.set_words(item.words);
  word.set_owed_by(item.owed_by);
  if (item.position) word.set_position(item.position->value);
  for (const absl::CivilDay day : item.left_out) SetDay(day, word.add_days_left_out());
  word.set_calendar(item.calendar);
  return word;
}

void SetSaid(const v1::Clause& clause, const Evaluation& said, v1::EvaluateClauseReply* reply) {
  *reply->mutable_clause() = clause;
  reply->set_outcome(said.outcome);
  for (const std::string& flag : FlagWords(said.flags)) reply->add_flags(flag);
  for (const NodeResult* node : NodesOf(said)) *reply->add_nodes() = ToNodeStanding(*node);
}

v1::EvidenceStanding ToEvidenceStanding(const EvidenceItem& item, TreeSize known,
                                        absl::CivilDay as_of, const absl::TimeZone& zone) {
  v1::EvidenceStanding word;
  word.set_evidence_id(item.evidence_id);
  word.set_evidence_type(item.type);
  word.set_subtype(item.subtype);
  for (const std::string& focus : item.focuses) word.add_focuses(focus);
  word.set_position(item.known.position.value);
  const int64_t micros = static_cast<int64_t>(item.recorded_at.value);
  word.mutable_recorded_at()->set_seconds(micros / 1000000);
  word.mutable_recorded_at()->set_nanos(static_cast<int32_t>(micros % 1000000 * 1000));
  word.set_recorded_local(
      absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*S%Ez", absl::FromUnixMicros(micros), zone));
  SetDay(item.known.recorded_on, word.mutable_recorded_civil_day());
  if (item.due) {
    SetDay(*item.due, word.mutable_due());
    word.set_in_time(item.known.recorded_on <= *item.due);
  }
  if (item.valid_from) SetDay(*item.valid_from, word.mutable_valid_from());
  const ItemEnd end = EndOf(item, known, as_of);
  if (end.valid_to) SetDay(*end.valid_to, word.mutable_valid_to());
  word.set_status(end.status);
  word.set_submitted_by(item.submitter);
  return word;
}

}  // namespace waymark::maturity
