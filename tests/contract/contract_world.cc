#include "tests/contract/contract_world.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "ledger/base/check.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/clause_explanation.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/months.h"

namespace waymark::test {
namespace {

constexpr int kCoverageMonths = 6;

void FillCell(const std::string& focus, int level, v1::CellState state, v1::Cell* cell) {
  cell->set_focus(focus);
  cell->set_level(level);
  cell->set_state(state);
  if (state == v1::CELL_STATE_DEFINED || state == v1::CELL_STATE_PROVISIONAL) {
    cell->set_verbatim(absl::StrCat("What ", focus, " asks at level ", level, "."));
    cell->set_normalised(cell->verbatim());
  }
}

void AddFocus(const std::string& code, v1::FocusKind kind, v1::Matrix* matrix) {
  v1::Focus* focus = matrix->add_focuses();
  focus->set_code(code);
  focus->set_category(code.substr(0, 2));
  focus->set_name(code);
  focus->set_kind(kind);
  if (kind != v1::FOCUS_KIND_LADDER) return;
  focus->set_evidence_base_state(v1::EVIDENCE_BASE_STATE_LISTED);
  focus->add_evidence_base()->set_type(v1::EVIDENCE_TYPE_CLIENT_OVERVIEW_REPORT);
  focus->add_evidence_base()->set_type(v1::EVIDENCE_TYPE_ACCREDITATION_APPLICATION);
}

void AddCriterion(const std::string& id, v1::Side binds, v1::Cell* cell) {
  v1::Criterion* criterion = cell->add_criteria();
  criterion->set_id(id);
  criterion->set_words(absl::StrCat("words of ", id));
  criterion->set_binds(binds);
}

}  // namespace

Digest FakeHash(absl::string_view bytes) {
  // FNV-1a (Fowler, Noll, Vo), 64 bits, spread over 32 bytes.
  uint64_t value = 14695981039346656037u;
  for (const char c : bytes) value = (value ^ static_cast<uint8_t>(c)) * 1099511628211u;
  Digest digest;
  for (size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<uint8_t>(value >> (i % 8 * 8));
  return digest;
}

std::string SomeDigest() { return std::string(32, '\x5a'); }

v1::Date ToDate(absl::CivilDay day) {
  v1::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

void SetDays(absl::CivilDay first, absl::CivilDay last, v1::Period* period) {
  *period->mutable_first() = ToDate(first);
  *period->mutable_last() = ToDate(last);
}

v1::EventRef RefTo(Position position) {
  v1::EventRef ref;
  ref.set_position(position.value);
  return ref;
}

v1::EventRef RefToIndex(uint32_t index) {
  v1::EventRef ref;
  ref.set_index(index);
  return ref;
}

v1::Matrix SmallMatrix() {
  v1::Matrix matrix;
  matrix.set_version_id("small");
  for (const char* code : {"PI", "SE", "CR"}) matrix.add_categories()->set_code(code);
  AddFocus("PI-CS", v1::FOCUS_KIND_LADDER, &matrix);
  AddFocus("PI-IV", v1::FOCUS_KIND_LADDER, &matrix);
  AddFocus("SE-DD", v1::FOCUS_KIND_ENDURING, &matrix);
  AddFocus("CR-FR", v1::FOCUS_KIND_UNASSIGNED, &matrix);
  for (int level = 0; level <= 5; ++level) {
    v1::Cell* cell = matrix.add_cells();
    FillCell("PI-CS", level, v1::CELL_STATE_DEFINED, cell);
    if (level != 1) continue;
    AddCriterion("PI-CS.L1.1", v1::SIDE_PROVIDER, cell);
    AddCriterion("PI-CS.L1.2", v1::SIDE_BOTH, cell);
  }
  for (int level = 0; level <= 5; ++level) {
    const v1::CellState state = level == 2       ? v1::CELL_STATE_PROVISIONAL
                                : level % 2 == 0 ? v1::CELL_STATE_UNDEFINED
                                                 : v1::CELL_STATE_DEFINED;
    FillCell("PI-IV", level, state, matrix.add_cells());
  }
  for (int level = 0; level <= 5; ++level) {
    FillCell("SE-DD", level, v1::CELL_STATE_ENDURING, matrix.add_cells());
  }
  for (int level = 0; level <= 5; ++level) {
    FillCell("CR-FR", level, v1::CELL_STATE_UNASSIGNED, matrix.add_cells());
  }
  return matrix;
}

ContractWorld ContractWorld::Registered() {
  ContractWorld world;
  world.Must(world.Registration());
  return world;
}

ContractWorld ContractWorld::Adopted() {
  ContractWorld world = Registered();
  world.Must(world.Draft());
  world.Must(world.Adoption());
  return world;
}

void ContractWorld::SetToday(absl::CivilDay day) {
  today_ = day;
  const absl::Time noon = absl::FromCivil(absl::CivilSecond(day) + 12 * 3600, absl::UTCTimeZone());
  now_ = UnixMicros{static_cast<uint64_t>(absl::ToUnixMicros(noon))};
}

void ContractWorld::RequireOk(const absl::Status& status) {
  for (const Violation& violation : ViolationsOf(status)) {
    ADD_FAILURE() << violation.reason << " " << violation.message;
  }
  WAYMARK_CHECK(status.ok());
}

absl::StatusOr<Decision> ContractWorld::Offer(
    const std::string& principal, const std::vector<std::pair<std::string, std::string>>& events,
    const v1::Common& common) {
  std::vector<OfferedEvent> offered;
  for (const auto& [type, payload] : events) offered.push_back({type, payload});
  auto parsed = ParseRequest(contract_id_, offered, FakeHash);
  if (!parsed.ok()) return parsed.status();
  for (ParsedEvent& event : *parsed) event.set_claim(claim_);
  const std::string person =
      principal.empty()
          ? absl::StrCat(common.party_id(), "-", v1::Role_Name(common.role()).substr(5))
          : principal;
  const std::string before = DumpState(state_);
  absl::StatusOr<Decision> decision = Decide({.contract_id = contract_id_,
                                              .principal = person,
                                              .is_signed = is_signed_,
                                              .expected_revision = expected_revision_,
                                              .events = *parsed,
                                              .first_position = next_,
                                              .recorded_at = now_},
                                             &state_);
  if (decision.ok()) {
    next_.value += events.size();
  } else {
    EXPECT_EQ(DumpState(state_), before) << "a refused request left a trace";
  }
  return decision;
}

void ContractWorld::Pin(v1::Common* common) const {
  if (!state_.adoptions.empty()) {
    common->set_matrix_version(state_.adoptions.back().version_hash);
  } else {
    common->set_matrix_version(SomeDigest());
  }
}

void ContractWorld::Govern(v1::Common* common) const {
  common->mutable_governance()->set_meeting_id("SB-7");
  common->mutable_governance()->set_minute("4.2");
}

v1::ContractRegistered ContractWorld::Registration() const {
  auto event = MakeEvent<v1::ContractRegistered>("X", v1::ROLE_CM);
  event.set_title("Highways services");
  event.add_authorities()->set_party_id("X");
  event.mutable_provider()->set_party_id("P");
  event.set_form(v1::CONTRACT_FORM_NEC4_TSC);
  event.set_regime(v1::REGIME_PCR2015);
  *event.mutable_starts_on() = ToDate(Day(2022, 4, 1));
  *event.mutable_ends_on() = ToDate(Day(2030, 3, 31));
  *event.mutable_latest_end() = ToDate(Day(2034, 3, 31));
  return event;
}

v1::MatrixVersionDrafted ContractWorld::Draft(const v1::Matrix& matrix) const {
  auto event = MakeEvent<v1::MatrixVersionDrafted>("X", v1::ROLE_CM);
  *event.mutable_matrix() = matrix;
  return event;
}

v1::MatrixVersionAdopted ContractWorld::Adoption() const {
  auto event = MakeEvent<v1::MatrixVersionAdopted>("X", v1::ROLE_DEC);
  Govern(event.mutable_common());
  event.set_version(state_.drafts.empty() ? SomeDigest() : state_.drafts.back().version_hash);
  *event.mutable_effective_on() = ToDate(Day(2022, 4, 1));
  return event;
}

v1::PolicySet ContractWorld::Policy(v1::PolicyKey key, const std::string& value) const {
  auto event = MakeEvent<v1::PolicySet>("X", v1::ROLE_DEC);
  event.add_values()->set_key(key);
  event.mutable_values(0)->set_value(value);
  *event.mutable_effective_on() = ToDate(today_);
  return event;
}

v1::TargetSet ContractWorld::Target(const std::string& focus, uint32_t level) const {
  auto event = MakeEvent<v1::TargetSet>("X", v1::ROLE_DEC);
  Pin(event.mutable_common());
  Govern(event.mutable_common());
  event.set_focus(focus);
  event.set_level(level);
  *event.mutable_due() = ToDate(Day(2025, 3, 31));
  event.set_words("level three in each area by March 2025");
  event.set_reading(v1::READING_LAST_DAY);
  event.add_agreed_by("X");
  return event;
}

v1::EvidenceSubmitted ContractWorld::Evidence(const std::string& id,
                                              const std::string& focus) const {
  auto event = MakeEvent<v1::EvidenceSubmitted>("X", v1::ROLE_CM);
  event.set_evidence_id(id);
  event.set_evidence_type(v1::EVIDENCE_TYPE_CLIENT_OVERVIEW_REPORT);
  event.add_focuses(focus);
  event.set_artefact(SomeDigest());
  event.set_size(1024);
  event.set_media_type("application/pdf");
  event.set_issuer("X");
  event.set_received_via("portal");
  SetDays(Day(2024, 4, 1), Day(2024, 6, 30), event.mutable_period());
  return event;
}

v1::EvidenceVerified ContractWorld::Verification(const std::string& id,
                                                 v1::VerificationOutcome outcome) const {
  auto event = MakeEvent<v1::EvidenceVerified>("X", v1::ROLE_ASR);
  event.set_evidence_id(id);
  event.set_outcome(outcome);
  event.set_method("compared with the original");
  return event;
}

v1::EvidenceStatusChanged ContractWorld::StatusChange(const std::string& id,
                                                      v1::EvidenceChange change) const {
  auto event = MakeEvent<v1::EvidenceStatusChanged>("X", v1::ROLE_CM);
  event.set_evidence_id(id);
  event.set_change(change);
  *event.mutable_effective_on() = ToDate(today_);
  if (change == v1::EVIDENCE_CHANGE_RENEWED) *event.mutable_valid_to() = ToDate(today_ + 365);
  return event;
}

v1::SelfAssessmentSubmitted ContractWorld::SelfAssessment(const std::string& focus,
                                                          uint32_t level) const {
  auto event = MakeEvent<v1::SelfAssessmentSubmitted>("P", v1::ROLE_PRL);
  Pin(event.mutable_common());
  event.set_focus(focus);
  event.set_level(level);
  SetDays(today_ - 30, today_ - 1, event.mutable_period());
  return event;
}

v1::AssessmentRecorded ContractWorld::Assessment(const std::string& focus, uint32_t level) const {
  auto event = MakeEvent<v1::AssessmentRecorded>("X", v1::ROLE_ASR);
  Pin(event.mutable_common());
  event.set_focus(focus);
  event.set_level(level);
  SetDays(today_, today_, event.mutable_period());
  *event.mutable_assessed_on() = ToDate(today_);
  if (focus == "PI-CS") {
    const std::pair<const char*, v1::Side> found[] = {{"PI-CS.L1.1", v1::SIDE_PROVIDER},
                                                      {"PI-CS.L1.2", v1::SIDE_AUTHORITY},
                                                      {"PI-CS.L1.2", v1::SIDE_PROVIDER}};
    for (const auto& [criterion, side] : found) {
      v1::Finding* finding = event.add_findings();
      finding->set_criterion(criterion);
      finding->set_party(side);
      finding->set_outcome(v1::FINDING_OUTCOME_MET);
    }
  }
  v1::Narrative* narrative = event.mutable_narrative();
  narrative->set_impact("seen");
  narrative->set_progress("steady");
  narrative->set_performance("good");
  narrative->set_value_for_money("fair");
  event.add_evidence()->set_evidence_id(absl::StrCat("E-", evidence_count_));
  *event.mutable_longevity()->mutable_as_of() = ToDate(today_);
  event.mutable_longevity()->set_known_at(last().value);
  event.mutable_longevity()->set_engine("maturity/1");
  event.mutable_longevity()->set_digest(SomeDigest());
  event.set_weighing("read beside the findings");
  event.mutable_confidence()->set_confident(true);
  event.mutable_confidence()->set_statement("we are confident");
  return event;
}

v1::AssessmentModerated ContractWorld::Moderation(Position assessment) const {
  auto event = MakeEvent<v1::AssessmentModerated>("X", v1::ROLE_MOD);
  Pin(event.mutable_common());
  *event.mutable_assessment() = RefTo(assessment);
  event.set_outcome(v1::MODERATION_OUTCOME_CONFIRMED);
  return event;
}

v1::LevelDetermined ContractWorld::Determination(const std::string& focus, uint32_t level) const {
  auto event = MakeEvent<v1::LevelDetermined>("X", v1::ROLE_DEC);
  Pin(event.mutable_common());
  Govern(event.mutable_common());
  event.set_focus(focus);
  event.set_level(level);
  *event.mutable_effective_on() = ToDate(today_);
  SetDays(today_, today_, event.mutable_period());
  *event.mutable_assessed_on() = ToDate(today_);
  *event.mutable_decided_on() = ToDate(today_);
  if (const FocusHistory* history = FindHistory(state_, focus);
      history != nullptr && !history->assessments.empty()) {
    *event.add_basis() = RefTo(history->assessments.back().known.position);
  }
  event.add_evidence()->set_evidence_id(absl::StrCat("E-", evidence_count_));
  *event.mutable_coverage_to() = ToDate(LastDayOfMonths(today_ + 1, kCoverageMonths));
  event.set_effective_basis("as the board minuted");
  return event;
}

v1::DeterminationSuperseded ContractWorld::Superseding(Position old) const {
  auto event = MakeEvent<v1::DeterminationSuperseded>("X", v1::ROLE_DEC);
  *event.add_old() = RefTo(old);
  event.set_ground(v1::GROUND_ERROR);
  event.set_approved_by("somebody-else");
  return event;
}

v1::CoverageGapExplained ContractWorld::Gap(const std::string& focus, absl::CivilDay first,
                                            absl::CivilDay last) const {
  auto event = MakeEvent<v1::CoverageGapExplained>("X", v1::ROLE_DEC);
  event.set_focus(focus);
  SetDays(first, last, event.mutable_period());
  event.set_gap_reason(v1::GAP_REASON_AUTHORITY_DEFAULT);
  return event;
}

v1::BoardMeetingHeld ContractWorld::Meeting(const std::string& id) const {
  auto event = MakeEvent<v1::BoardMeetingHeld>("X", v1::ROLE_SEC);
  event.set_meeting_id(id);
  event.set_board(v1::BOARD_STRATEGIC);
  *event.mutable_on() = ToDate(today_);
  for (const char* party : {"X", "P"}) {
    v1::Attendee* attendee = event.add_attendees();
    attendee->set_person_ref(absl::StrCat(party, "-BRD"));
    attendee->set_party_id(party);
  }
  event.set_minutes(SomeDigest());
  return event;
}

v1::BoardMatterRecorded ContractWorld::Matter(const std::string& meeting, Position matter,
                                              v1::MatterOutcome outcome) const {
  auto event = MakeEvent<v1::BoardMatterRecorded>("X", v1::ROLE_SEC);
  event.set_meeting_id(meeting);
  event.set_minute("4.2");
  *event.mutable_matter() = RefTo(matter);
  event.set_outcome(outcome);
  v1::Vote* vote = event.add_votes();
  vote->set_person_ref("X-BRD");
  vote->set_party_id("X");
  vote->set_choice(v1::VOTE_CHOICE_FOR);
  return event;
}

v1::DisputeNotified ContractWorld::Dispute(const std::string& id, Position matter) const {
  auto event = MakeEvent<v1::DisputeNotified>("P", v1::ROLE_PRL);
  event.set_dispute_id(id);
  *event.add_matters() = RefTo(matter);
  event.set_ground(v1::DISPUTE_GROUND_FACT);
  event.set_party(v1::SIDE_PROVIDER);
  *event.mutable_notified_on() = ToDate(today_);
  return event;
}

v1::DisputeStepRecorded ContractWorld::Step(const std::string& id, v1::DisputeStep step) const {
  auto event = MakeEvent<v1::DisputeStepRecorded>("P", v1::ROLE_PRL);
  event.set_dispute_id(id);
  event.set_step(step);
  *event.mutable_on() = ToDate(today_);
  return event;
}

v1::DisputeOutcomeRecorded ContractWorld::Outcome(const std::string& id,
                                                  v1::DisputeOutcomeKind kind) const {
  auto event = MakeEvent<v1::DisputeOutcomeRecorded>("REGISTRY", v1::ROLE_REG);
  event.set_dispute_id(id);
  event.set_kind(kind);
  event.set_document(SomeDigest());
  return event;
}

v1::ContractEnded ContractWorld::Ending(v1::EndCause cause) const {
  auto event = MakeEvent<v1::ContractEnded>("X", v1::ROLE_CM);
  event.set_cause(cause);
  *event.mutable_effective_on() = ToDate(today_);
  return event;
}

v1::PartyChanged ContractWorld::PartyChange(const std::string& party,
                                            v1::PartyChange change) const {
  auto event = MakeEvent<v1::PartyChanged>("X", v1::ROLE_CM);
  event.mutable_party()->set_party_id(party);
  event.set_change(change);
  *event.mutable_effective_on() = ToDate(today_);
  return event;
}

v1::DelegationChanged ContractWorld::Delegation(const std::string& id, const std::string& person,
                                                const std::vector<v1::Power>& powers) const {
  auto event = MakeEvent<v1::DelegationChanged>("X", v1::ROLE_DEC);
  event.set_delegation_id(id);
  event.set_change(v1::RIGHT_CHANGE_GRANTED);
  event.set_person_ref(person);
  event.set_role(v1::ROLE_DEC);
  for (const v1::Power power : powers) event.add_powers(power);
  SetDays(today_, today_ + 30, event.mutable_period());
  return event;
}

v1::DelegationChanged ContractWorld::Revocation(const std::string& id) const {
  auto event = MakeEvent<v1::DelegationChanged>("X", v1::ROLE_DEC);
  event.set_delegation_id(id);
  event.set_change(v1::RIGHT_CHANGE_REVOKED);
  return event;
}

v1::AssentRecorded ContractWorld::Assent(const std::string& party,
                                         const std::string& subject) const {
  auto event = MakeEvent<v1::AssentRecorded>(party, party == "P" ? v1::ROLE_PRD : v1::ROLE_DEC);
  event.set_subject(subject);
  event.set_party_id(party);
  event.set_assents(true);
  event.set_person_ref(absl::StrCat(party, "-1"));
  return event;
}

v1::MobilisationRecorded ContractWorld::Mobilisation(v1::MobilisationStage stage) const {
  auto event = MakeEvent<v1::MobilisationRecorded>("X", v1::ROLE_CM);
  event.set_stage(stage);
  *event.mutable_effective_on() = ToDate(today_);
  return event;
}

v1::ConflictRecorded ContractWorld::Conflict(v1::Role role, const std::string& focus) const {
  auto event = MakeEvent<v1::ConflictRecorded>("X", role);
  event.set_person_ref(absl::StrCat("X-", v1::Role_Name(role).substr(5)));
  if (!focus.empty()) event.mutable_scope()->add_focuses(focus);
  event.set_stage(v1::CONFLICT_STAGE_DECLARED);
  *event.mutable_first() = ToDate(today_);
  return event;
}

v1::ConflictRecorded ContractWorld::Dispensation(const std::string& person,
                                                 const std::string& focus) const {
  v1::ConflictRecorded event = Conflict(v1::ROLE_SEC, focus);
  Govern(event.mutable_common());
  event.set_person_ref(person);
  event.set_stage(v1::CONFLICT_STAGE_DISPENSED);
  return event;
}

Position ContractWorld::AssentTo(const Digest& subject, const std::string& party) {
  const auto given = state_.assents.find(subject);
  if (given != state_.assents.end()) {
    for (const waymark::Assent& assent : given->second) {
      if (assent.party_id == party) return assent.known.position;
    }
  }
  return Must(Assent(party, std::string(subject.begin(), subject.end())));
}

v1::Clause ContractWorld::Clause(const std::string& id, v1::ClauseKind kind) const {
  v1::Clause clause;
  clause.set_clause_id(id);
  clause.set_version(1);
  clause.set_words("Customer service is held at level three.");
  clause.set_words_digest(SomeDigest());
  clause.set_kind(kind);
  clause.set_effect(v1::CLAUSE_EFFECT_ENTITLES);
  clause.mutable_rule()->mutable_level_at_least()->set_focus("PI-CS");
  clause.mutable_rule()->mutable_level_at_least()->set_level(3);
  return clause;
}

v1::ClauseSetRecorded ContractWorld::ClauseSet(const std::string& id, v1::ClauseKind kind) {
  auto event = MakeEvent<v1::ClauseSetRecorded>("X", v1::ROLE_CM);
  event.set_id("SET-1");
  *event.add_clauses() = Clause(id, kind);
  Agree(&event);
  return event;
}

v1::ClauseVaried ContractWorld::Variation(const std::string& id) {
  auto event = MakeEvent<v1::ClauseVaried>("X", v1::ROLE_CM);
  event.set_clause_id(id);
  *event.mutable_clause() = Clause(id);
  event.mutable_clause()->set_version(2);
  *event.mutable_effective_on() = ToDate(today_);
  event.set_instrument("variation 1");
  Agree(&event);
  return event;
}

v1::ClauseEvaluated ContractWorld::Evaluation(const std::string& clause_id,
                                              v1::ClauseOutcome outcome) const {
  auto event = MakeEvent<v1::ClauseEvaluated>("X", v1::ROLE_CM);
  Pin(event.mutable_common());
  event.set_clause_id(clause_id);
  event.set_clause_version(1);
  *event.mutable_as_of() = ToDate(today_);
  event.set_known_at(last().value);
  event.set_outcome(outcome);
  event.set_explanation(absl::StrCat("{\"known_at\":\"", last().value, "\"}"));
  const Digest digest = FakeHash(event.explanation());
  event.set_explanation_digest(std::string(digest.begin(), digest.end()));
  event.set_engine(std::string(kClauseEngine));
  return event;
}

v1::ImprovementNoticeServed ContractWorld::Notice(const std::string& clause_id) const {
  auto event = MakeEvent<v1::ImprovementNoticeServed>("X", v1::ROLE_CM);
  event.set_notice_id("IN-1");
  event.set_focus("PI-CS");
  event.set_clause_id(clause_id);
  event.set_level(3);
  *event.mutable_served_on() = ToDate(today_);
  *event.mutable_cure_to() = ToDate(today_ + 60);
  event.set_method("by hand");
  return event;
}

v1::DecisionReviewed ContractWorld::Review(Position decision, Position basis_change) const {
  auto event = MakeEvent<v1::DecisionReviewed>("X", v1::ROLE_DEC);
  Govern(event.mutable_common());
  *event.mutable_decision() = RefTo(decision);
  *event.mutable_basis_change() = RefTo(basis_change);
  event.set_outcome(v1::REVIEW_OUTCOME_UPHELD);
  return event;
}

v1::ExtensionOffered ContractWorld::Offering(const std::string& offer_id,
                                             const std::string& clause_id,
                                             Position evaluation) const {
  auto event = MakeEvent<v1::ExtensionOffered>("X", v1::ROLE_DEC);
  Govern(event.mutable_common());
  event.set_offer_id(offer_id);
  event.set_clause_id(clause_id);
  *event.mutable_evaluation() = RefTo(evaluation);
  SetDays(Day(2030, 4, 1), Day(2032, 3, 31), event.mutable_period());
  *event.mutable_respond_by() = ToDate(today_ + 30);
  event.set_terms(SomeDigest());
  return event;
}

Position ContractWorld::Assess(const std::string& focus, uint32_t level) {
  ++evidence_count_;
  Must(Evidence(absl::StrCat("E-", evidence_count_), focus));
  const Position assessment = Must(Assessment(focus, level));
  Must(Moderation(assessment));
  return assessment;
}

Position ContractWorld::Determine(const std::string& focus, uint32_t level) {
  Assess(focus, level);
  return Must(Determination(focus, level));
}

}  // namespace waymark::test
