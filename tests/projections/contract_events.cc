#include "tests/projections/contract_events.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/evolve.h"
#include "ledger/contract/matrix_canonical.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"

namespace waymark::test {
namespace {

template <typename M>
M Event(const std::string& party, v1::Role role) {
  M event;
  v1::Common* const common = event.mutable_common();
  common->set_event_type(M::descriptor()->full_name());
  common->set_party_id(party);
  common->set_role(role);
  common->set_marking(v1::MARKING_OFFICIAL);
  common->set_reason("as minuted");
  return event;
}

v1::Matrix SmallMatrix(const std::string& version_id) {
  v1::Matrix matrix;
  matrix.set_version_id(version_id);
  const auto add = [&matrix](const std::string& code, v1::FocusKind kind, v1::CellState state) {
    v1::Focus* const focus = matrix.add_focuses();
    focus->set_code(code);
    focus->set_name(absl::StrCat("Focus ", code));
    focus->set_category(code.substr(0, 2));
    focus->set_kind(kind);
    for (uint32_t level = 0; level <= 5; ++level) {
      v1::Cell* const cell = matrix.add_cells();
      cell->set_focus(code);
      cell->set_level(level);
      cell->set_state(state);
      cell->set_normalised(absl::StrCat(code, " at level ", level));
    }
  };
  add("PI-CS", v1::FOCUS_KIND_LADDER, v1::CELL_STATE_DEFINED);
  add("SE-AM", v1::FOCUS_KIND_LADDER, v1::CELL_STATE_DEFINED);
  add("CR-FR", v1::FOCUS_KIND_UNASSIGNED, v1::CELL_STATE_UNASSIGNED);
  return matrix;
}

void SetPeriod(absl::CivilDay first, absl::CivilDay last, v1::Period* period) {
  *period->mutable_first() = ToDate(first);
  *period->mutable_last() = ToDate(last);
}

}  // namespace

v1::Date ToDate(absl::CivilDay day) {
  v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

v1::ContractRegistered Registered() {
  auto event = Event<v1::ContractRegistered>("X", v1::ROLE_CM);
  event.set_title("Highways of X");
  event.add_authorities()->set_party_id("X");
  event.mutable_provider()->set_party_id("P");
  event.set_form(v1::CONTRACT_FORM_BESPOKE);
  event.set_regime(v1::REGIME_PA2023);
  *event.mutable_starts_on() = ToDate(On(2022, 4, 1));
  *event.mutable_ends_on() = ToDate(On(2030, 3, 31));
  *event.mutable_latest_end() = ToDate(On(2034, 3, 31));
  event.set_time_zone("Europe/London");
  return event;
}

v1::MatrixVersionDrafted Drafted(const std::string& version_id) {
  auto event = Event<v1::MatrixVersionDrafted>("X", v1::ROLE_CM);
  *event.mutable_matrix() = SmallMatrix(version_id);
  return event;
}

v1::MatrixVersionAdopted Adopted(absl::CivilDay from, const std::string& version_id) {
  auto event = Event<v1::MatrixVersionAdopted>("X", v1::ROLE_DEC);
  const Digest hash = merkle::Sha256(CanonicalMatrix(SmallMatrix(version_id)));
  event.set_version(std::string(merkle::BytesOf(hash)));
  *event.mutable_effective_on() = ToDate(from);
  if (version_id != "v1") {
    for (const char* focus : {"PI-CS", "SE-AM", "CR-FR"}) {
      v1::FocusCarry* const carry = event.add_carry();
      carry->set_focus(focus);
      carry->set_rule(v1::CARRY_RULE_CARRY);
    }
  }
  return event;
}

v1::PolicySet Policy(v1::PolicyKey key, const std::string& value, absl::CivilDay from) {
  auto event = Event<v1::PolicySet>("X", v1::ROLE_DEC);
  v1::PolicyValue* const policy = event.add_values();
  policy->set_key(key);
  policy->set_value(value);
  *event.mutable_effective_on() = ToDate(from);
  return event;
}

v1::TargetSet Target(const std::string& focus, uint32_t level, absl::CivilDay due) {
  auto event = Event<v1::TargetSet>("X", v1::ROLE_DEC);
  event.set_focus(focus);
  event.set_level(level);
  *event.mutable_due() = ToDate(due);
  event.set_words("by March");
  event.set_reading(v1::READING_LAST_DAY);
  event.add_agreed_by(std::string("X"));  // from const char*, GCC 12 warns wrongly
  return event;
}

v1::TargetChanged Retargeted(const std::string& focus, std::optional<uint32_t> level,
                             absl::CivilDay due) {
  auto event = Event<v1::TargetChanged>("X", v1::ROLE_DEC);
  event.set_focus(focus);
  event.set_context("less was funded");
  event.set_withdrawn(!level.has_value());
  if (!level) return event;
  event.set_level(*level);
  *event.mutable_due() = ToDate(due);
  event.set_words("later");
  event.set_reading(v1::READING_LAST_DAY);
  return event;
}

v1::EnduringConditionAssessed FoundMet(const std::string& focus, bool met, absl::CivilDay first,
                                       absl::CivilDay last) {
  auto event = Event<v1::EnduringConditionAssessed>("X", v1::ROLE_ASR);
  event.set_focus(focus);
  SetPeriod(first, last, event.mutable_period());
  event.set_met(met);
  return event;
}

v1::MeasureRecorded Measured(absl::CivilDay on) {
  auto event = Event<v1::MeasureRecorded>("P", v1::ROLE_PRL);
  event.set_scheme(v1::MEASURE_SCHEME_KPI);
  event.set_scheme_version("1");
  event.set_measure("calls answered");
  event.set_unit("%");
  event.set_value("97.25");
  SetPeriod(on, on, event.mutable_period());
  return event;
}

v1::EvidenceSubmitted Evidence(const std::string& id, const std::vector<std::string>& focuses,
                               std::optional<absl::CivilDay> valid_to,
                               std::optional<absl::CivilDay> due) {
  auto event = Event<v1::EvidenceSubmitted>("P", v1::ROLE_PRL);
  event.set_evidence_id(id);
  event.set_evidence_type(v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION);
  event.set_subtype(v1::EVIDENCE_SUBTYPE_AWARDED);
  for (const std::string& focus : focuses) event.add_focuses(focus);
  event.set_artefact(std::string(32, 'a'));
  event.set_size(1000);
  event.set_media_type("application/pdf");
  event.set_issuer("P");
  event.set_received_via("portal");
  SetPeriod(On(2024, 1, 1), On(2024, 3, 31), event.mutable_period());
  if (valid_to) *event.mutable_valid_to() = ToDate(*valid_to);
  if (due) *event.mutable_due() = ToDate(*due);
  return event;
}

v1::EvidenceVerified Verified(const std::string& id, v1::VerificationOutcome outcome) {
  auto event = Event<v1::EvidenceVerified>("X", v1::ROLE_CM);
  event.set_evidence_id(id);
  event.set_outcome(outcome);
  event.set_method("read");
  return event;
}

v1::EvidenceStatusChanged Changed(const std::string& id, v1::EvidenceChange change,
                                  absl::CivilDay from, std::optional<absl::CivilDay> valid_to) {
  auto event = Event<v1::EvidenceStatusChanged>("P", v1::ROLE_PRL);
  event.set_evidence_id(id);
  event.set_change(change);
  *event.mutable_effective_on() = ToDate(from);
  if (valid_to) *event.mutable_valid_to() = ToDate(*valid_to);
  return event;
}

v1::AssessmentRecorded Assessed(const std::string& focus, uint32_t level) {
  auto event = Event<v1::AssessmentRecorded>("X", v1::ROLE_ASR);
  event.set_focus(focus);
  event.set_level(level);
  SetPeriod(On(2024, 1, 1), On(2024, 3, 31), event.mutable_period());
  *event.mutable_assessed_on() = ToDate(On(2024, 4, 1));
  event.mutable_narrative()->set_impact(std::string(500, 'n'));
  return event;
}

v1::LevelDetermined Determined(const std::string& focus, uint32_t level, absl::CivilDay from,
                               const std::string& evidence) {
  auto event = Event<v1::LevelDetermined>("X", v1::ROLE_DEC);
  event.set_focus(focus);
  event.set_level(level);
  *event.mutable_effective_on() = ToDate(from);
  SetPeriod(from, from, event.mutable_period());
  *event.mutable_assessed_on() = ToDate(from);
  *event.mutable_decided_on() = ToDate(from);
  if (!evidence.empty()) {
    v1::EvidenceUse* const use = event.add_evidence();
    use->set_evidence_id(evidence);
    use->set_mandatory(true);
  }
  return event;
}

v1::DeterminationSuperseded Superseded(Position old) {
  auto event = Event<v1::DeterminationSuperseded>("X", v1::ROLE_DEC);
  event.add_old()->set_position(old.value);
  event.set_ground(v1::GROUND_ERROR);
  event.set_approved_by("decision-maker");
  return event;
}

v1::CoverageGapExplained Explained(const std::string& focus, absl::CivilDay first,
                                   absl::CivilDay last) {
  auto event = Event<v1::CoverageGapExplained>("X", v1::ROLE_DEC);
  event.set_focus(focus);
  SetPeriod(first, last, event.mutable_period());
  event.set_gap_reason(v1::GAP_REASON_AGREED);
  return event;
}

v1::DisputeNotified Disputed(const std::string& id, Position matter) {
  auto event = Event<v1::DisputeNotified>("P", v1::ROLE_PRL);
  event.set_dispute_id(id);
  event.add_matters()->set_position(matter.value);
  return event;
}

v1::DisputeOutcomeRecorded Settled(const std::string& id) {
  auto event = Event<v1::DisputeOutcomeRecorded>("X", v1::ROLE_REG);
  event.set_dispute_id(id);
  event.set_kind(v1::DISPUTE_OUTCOME_KIND_SETTLEMENT);
  return event;
}

v1::ContractEnded Ended(absl::CivilDay on) {
  auto event = Event<v1::ContractEnded>("X", v1::ROLE_CM);
  event.set_cause(v1::END_CAUSE_TERMINATED);
  *event.mutable_effective_on() = ToDate(on);
  return event;
}

v1::ImprovementNoticeServed Noticed(const std::string& id, const std::string& focus,
                                    absl::CivilDay on) {
  auto event = Event<v1::ImprovementNoticeServed>("X", v1::ROLE_CM);
  event.set_notice_id(id);
  event.set_focus(focus);
  event.set_clause_id("K1");
  event.set_level(3);
  *event.mutable_served_on() = ToDate(on);
  *event.mutable_cure_to() = ToDate(on + 30);
  event.set_method("by hand");
  return event;
}

v1::ImprovementStepRecorded Stepped(const std::string& id, bool cured, absl::CivilDay on) {
  auto event = Event<v1::ImprovementStepRecorded>("X", v1::ROLE_ASR);
  event.set_notice_id(id);
  event.set_step(cured ? v1::IMPROVEMENT_STEP_CURED : v1::IMPROVEMENT_STEP_NOT_CURED);
  *event.mutable_effective_on() = ToDate(on);
  return event;
}

v1::DependencyRecorded Owed(const std::string& id, const std::string& focus, absl::CivilDay due) {
  auto event = Event<v1::DependencyRecorded>("P", v1::ROLE_PRL);
  event.set_dependency_id(id);
  event.set_stage(v1::DEPENDENCY_STAGE_RAISED);
  event.set_owed_by("X");
  event.set_what("road space");
  *event.mutable_due() = ToDate(due);
  event.set_focus(focus);
  return event;
}

v1::DependencyRecorded Discharged(const std::string& id, absl::CivilDay on) {
  auto event = Event<v1::DependencyRecorded>("X", v1::ROLE_CM);
  event.set_dependency_id(id);
  event.set_stage(v1::DEPENDENCY_STAGE_DISCHARGED);
  *event.mutable_effective_on() = ToDate(on);
  return event;
}

ContractState FoldAll(const EventLog& log, const std::string& contract_id, TreeSize known) {
  ContractState state{.contract_id = contract_id};
  ReadOptions read;
  read.until = known;
  read.events_max = 1000000;
  read.bytes_max = size_t{1} << 30;
  const auto events = log.Read(Position{0}, read);
  WAYMARK_CHECK(events.ok());
  for (const StoredEvent& stored : *events) {
    const auto header = merkle::DecodeEntryHeader(stored.header);
    WAYMARK_CHECK(header.ok());
    if (header->contract_id != contract_id) continue;
    const auto parsed = ParseRecorded(header->event_type, stored.payload, merkle::Sha256);
    WAYMARK_CHECK(parsed.ok());
    const absl::Status evolved =
        Evolve({.position = stored.position,
                .first_position = Position{stored.position.value - header->statement_index},
                .recorded_at = header->recorded_at,
                .event_type = header->event_type,
                .event = &*parsed},
               &state);
    WAYMARK_CHECK(evolved.ok());
  }
  return state;
}

std::string RandomContract::AnyEvidence() {
  return items_ == 0 ? "" : absl::StrCat("E-", Below(items_));
}

void RandomContract::AppendNext(TestLedger* ledger) {
  // Contracts share the ledger's time.
  today_ = CivilDayIn(absl::UTCTimeZone(), ledger->now()) + Below(6);
  ledger->SetNow(today_);
  switch (step_++) {
    case 0:
      ledger->Append(id_, Registered());
      return;
    case 1:
      ledger->Append(id_, Drafted());
      return;
    case 2:
      ledger->Append(id_, Adopted(On(2024, 4, 1)));
      return;
    default:
      AppendAny(ledger);
  }
}

// Arguments are drawn one by one: in which order a call evaluates them is the compiler's choice.
void RandomContract::AppendAny(TestLedger* ledger) {
  const int64_t what = Below(22);
  const absl::CivilDay near = today_ - Below(40);
  const absl::CivilDay later = near + Below(80);
  const std::string focus = AnyFocus();
  const std::string item = AnyEvidence();
  const bool heads = Below(2) == 0;
  const bool seldom = Below(4) == 0;
  const uint32_t level = static_cast<uint32_t>(Below(6));
  switch (what) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return AppendDetermination(ledger);
    case 5:
      if (!determinations_.empty()) ledger->Append(id_, Superseded(determinations_.back()));
      return;
    case 6: {
      auto event = Explained(focus, near, later);
      if (heads) event.set_gap_reason(v1::GAP_REASON_AUTHORITY_DEFAULT);
      ledger->Append(id_, event);
      return;
    }
    case 7:
    case 8:
      return AppendPolicy(ledger);
    case 9:
      if (!determinations_.empty()) {
        ledger->Append(id_, Disputed(absl::StrCat("D-", disputes_++), determinations_.back()));
      }
      return;
    case 10:
      if (disputes_ > 0) ledger->Append(id_, Settled(absl::StrCat("D-", Below(disputes_))));
      return;
    case 11:
      if (items_ > 0) {
        ledger->Append(id_, heads ? Changed(item, v1::EVIDENCE_CHANGE_RENEWED, near, later)
                                  : Changed(item, v1::EVIDENCE_CHANGE_EXPIRED, near));
      }
      return;
    case 12:
      if (items_ > 0) {
        ledger->Append(id_, Verified(item, seldom ? v1::VERIFICATION_OUTCOME_REJECTED
                                                  : v1::VERIFICATION_OUTCOME_VERIFIED));
      }
      return;
    case 13:
      ledger->Append(id_, Assessed(focus, 3));
      return;
    case 14:
      ledger->Append(id_, Target(focus, std::max(level, 1u), near + 40));
      return;
    case 15:
      return AppendVersion(ledger);
    case 16:
    case 17:
      return AppendNotice(ledger);
    case 18:
      return AppendDependency(ledger);
    case 19:
      if (step_ > 120 && seldom && !ended_) {
        ended_ = true;
        ledger->Append(id_, Ended(near));
      } else {
        ledger->Append(id_, FoundMet("CR-FR", heads, near, later));
      }
      return;
    default: {
      std::vector<std::string> focuses = {focus};
      if (seldom) focuses.push_back("CR-FR");
      const auto due = heads ? std::optional(today_ - 3 + Below(6)) : std::nullopt;
      ledger->Append(id_, Evidence(absl::StrCat("E-", items_++), focuses, later, due));
    }
  }
}

void RandomContract::AppendDetermination(TestLedger* ledger) {
  const absl::CivilDay near = today_ - Below(40);
  const std::string item = AnyEvidence();
  const std::string focus = AnyFocus();
  const uint32_t level = static_cast<uint32_t>(Below(3) == 0 ? Below(6) : 2 + Below(3));
  auto event = Determined(focus, level, near, Below(2) == 0 ? item : "");
  if (Below(3) == 0) *event.mutable_coverage_to() = ToDate(near + Below(80));
  event.set_provisional(Below(8) == 0);
  if (Below(2) == 0) {
    const std::string version = absl::StrCat("v", 1 + Below(versions_));
    event.mutable_common()->set_matrix_version(Adopted(near, version).version());
  }
  if (!determinations_.empty() && Below(4) == 0) {
    event.add_supersedes()->set_position(determinations_.back().value);
    event.set_ground(v1::GROUND_NEW_EVIDENCE);
  }
  determinations_.push_back(ledger->Append(id_, event));
}

void RandomContract::AppendVersion(TestLedger* ledger) {
  const std::string version = absl::StrCat("v", ++versions_);
  auto adopted = Adopted(today_ - 20 + Below(40), version);
  for (v1::FocusCarry& carry : *adopted.mutable_carry()) {
    static const v1::CarryRule kRules[] = {v1::CARRY_RULE_CARRY, v1::CARRY_RULE_CARRY,
                                           v1::CARRY_RULE_MAP, v1::CARRY_RULE_REASSESS};
    carry.set_rule(kRules[Below(4)]);
    if (carry.rule() != v1::CARRY_RULE_MAP) continue;
    for (int64_t level = 0; level <= 5; ++level) {
      if (Below(5) == 0) continue;
      v1::LevelMap* const entry = carry.add_map();
      entry->set_from(static_cast<uint32_t>(level));
      entry->set_to(
          static_cast<uint32_t>(std::clamp(level - 1 + Below(3), int64_t{0}, int64_t{5})));
    }
  }
  ledger->Append(id_, Drafted(version));
  ledger->Append(id_, adopted);
}

void RandomContract::AppendPolicy(TestLedger* ledger) {
  static const struct {
    v1::PolicyKey key;
    const char* values[3];
  } kPolicies[] = {
      {v1::POLICY_KEY_GAP_POLICY, {"HOLD", "STALE", "LAPSE"}},
      {v1::POLICY_KEY_GAP_POLICY_REWARD, {"HOLD", "STALE", "LAPSE"}},
      {v1::POLICY_KEY_AUTHORITY_DEFAULT_GAP, {"HOLD", "AS_GAP_POLICY", "HOLD"}},
      {v1::POLICY_KEY_EVIDENCE_EXPIRY, {"FLAG", "STRICT", "STRICT"}},
      {v1::POLICY_KEY_GRACE_DAYS, {"0", "5", "30"}},
      {v1::POLICY_KEY_DISPUTE_RULE, {"STANDS", "HOLD_OFF", "STANDS"}},
      {v1::POLICY_KEY_TARGET_TEST, {"HELD_ON_DUE_DAY", "REACHED_BY", "REACHED_BY"}},
      {v1::POLICY_KEY_UNLADDERED_IN_ALL, {"INDETERMINATE", "LEAVE_OUT", "INDETERMINATE"}}};
  const auto& policy = kPolicies[Below(std::size(kPolicies))];
  const char* const value = policy.values[Below(3)];
  ledger->Append(id_, Policy(policy.key, value, today_ - 40 + Below(60)));
}

void RandomContract::AppendNotice(TestLedger* ledger) {
  const absl::CivilDay near = today_ - Below(20);
  const std::string focus = AnyFocus();
  if (!notices_.empty() && Below(2) == 0) {
    ledger->Append(id_, Stepped(notices_.back(), Below(2) == 0, near));
    notices_.pop_back();
    return;
  }
  notices_.push_back(absl::StrCat("N-", notices_served_++));
  ledger->Append(id_, Noticed(notices_.back(), focus, near));
}

void RandomContract::AppendDependency(TestLedger* ledger) {
  const absl::CivilDay near = today_ - Below(20);
  const std::string focus = AnyFocus();
  if (!dependencies_.empty() && Below(2) == 0) {
    ledger->Append(id_, Discharged(dependencies_.back(), near));
    dependencies_.pop_back();
    return;
  }
  dependencies_.push_back(absl::StrCat("W-", dependencies_raised_++));
  ledger->Append(id_, Owed(dependencies_.back(), focus, near));
}

}  // namespace waymark::test
