// This header defines the state of one contract: what its events say, as facts that are only ever
// added to. Each fact knows when the ledger learned it, so one state answers for every `known_at`:
// a reader passes over what lies beyond. Evolve (evolve.h) adds to it, Decide (decide.h) and the
// fold (timeline.h, longevity.h) read it.
//
// Plain values: copyable, no pointers, no clock. Not synchronised; owned by whoever folds.
#ifndef WAYMARK_LEDGER_CONTRACT_STATE_H_
#define WAYMARK_LEDGER_CONTRACT_STATE_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "ledger/base/types.h"
#include "waymark/v1/clause.pb.h"
#include "waymark/v1/event.pb.h"
#include "waymark/v1/matrix.pb.h"

namespace waymark {

// When the ledger learned something.
struct Known {
  Position position;
  // Civil day of recorded_at in the contract's time zone.
  absl::CivilDay recorded_on;
};

// Both days included. REQUIRES: first <= last.
struct DayRange {
  absl::CivilDay first;
  absl::CivilDay last;
  friend bool operator==(const DayRange&, const DayRange&) = default;
};

struct EvidenceCitation {
  std::string evidence_id;
  bool mandatory = false;
};

// A LevelDetermined event: the score change.
struct Determination {
  Known known;
  int level = 0;
  absl::CivilDay effective_on;
  DayRange period;
  absl::CivilDay assessed_on;
  absl::CivilDay decided_on;
  // Last day it speaks for; absent means no limit.
  std::optional<absl::CivilDay> coverage_to;
  bool provisional = false;
  std::vector<EvidenceCitation> evidence;
  // Positions of the determinations it replaces.
  std::vector<Position> supersedes;
  // Hash of the matrix version it was made under.
  std::string matrix_version;
};

// A determination left the record, by another one or by a DeterminationSuperseded event.
struct Supersession {
  Known known;
  Position old;
  // Position of the event that did it.
  Position by;
  v1::Ground ground = v1::GROUND_UNSPECIFIED;
};

// A CoverageGapExplained event.
struct GapExplanation {
  Known known;
  DayRange period;
  v1::GapReason reason = v1::GAP_REASON_UNSPECIFIED;
};

// A TargetSet or a TargetChanged event; the newest recorded by a day is the target on that day.
struct Target {
  Known known;
  int level = 0;
  absl::CivilDay due;
  std::string words;
  v1::Reading reading = v1::READING_UNSPECIFIED;
  std::vector<std::string> agreed_by;
  bool withdrawn = false;
};

// An AssessmentRecorded event and what moderation said of it.
struct Assessment {
  Known known;
  int level = 0;
  DayRange period;
  absl::CivilDay assessed_on;
  // Person who assessed: the event's party and role, or its signed key's principal.
  std::string assessor;
  bool authority_confidence = false;
  bool provisional = false;
  // Criteria found met or carried, by id.
  std::set<std::string> criteria_met;
  std::vector<EvidenceCitation> evidence;
  struct Moderation {
    Known known;
    std::string moderator;
    v1::ModerationOutcome outcome = v1::MODERATION_OUTCOME_UNSPECIFIED;
    std::optional<int> level;
  };
  std::vector<Moderation> moderations;
};

// An EnduringConditionAssessed event.
struct ConditionFinding {
  Known known;
  DayRange period;
  bool met = false;
};

// All facts about one focus, each list in position order.
struct FocusHistory {
  std::vector<Determination> determinations;
  std::vector<Supersession> supersessions;
  std::vector<GapExplanation> gap_explanations;
  std::vector<Target> targets;
  std::vector<Assessment> assessments;
  std::vector<ConditionFinding> conditions;
  // Position of the newest event that names the focus.
  std::optional<Position> last_event;
};

// An EvidenceSubmitted event and what became of the item.
struct EvidenceItem {
  Known known;
  UnixMicros recorded_at;
  std::string evidence_id;
  v1::EvidenceType type = v1::EVIDENCE_TYPE_UNSPECIFIED;
  v1::EvidenceSubtype subtype = v1::EVIDENCE_SUBTYPE_UNSPECIFIED;
  std::vector<std::string> focuses;
  std::string submitter;         // party_id of the submission
  std::string submitter_person;  // principal of the request that brought it
  Digest artefact = {};
  std::optional<absl::CivilDay> valid_from;
  std::optional<absl::CivilDay> valid_to;
  std::optional<absl::CivilDay> due;
  struct Verification {
    Known known;
    v1::VerificationOutcome outcome = v1::VERIFICATION_OUTCOME_UNSPECIFIED;
  };
  std::vector<Verification> verifications;
  struct StatusChange {
    Known known;
    v1::EvidenceChange change = v1::EVIDENCE_CHANGE_UNSPECIFIED;
    absl::CivilDay effective_on;
    std::optional<absl::CivilDay> valid_to;
  };
  std::vector<StatusChange> changes;
};

// One value of a PolicySet event, in the words of the catalogue ("HOLD", "6").
struct PolicyChange {
  Known known;
  absl::CivilDay effective_on;
  v1::PolicyKey key = v1::POLICY_KEY_UNSPECIFIED;
  std::string value;
};

// A MatrixVersionDrafted event.
struct MatrixDraft {
  Known known;
  std::string version_hash;  // 32 bytes
  v1::Matrix matrix;
};

// A MatrixVersionAdopted event.
struct Adoption {
  Known known;
  absl::CivilDay effective_on;
  std::string version_hash;  // 32 bytes
  struct Carry {
    v1::CarryRule rule = v1::CARRY_RULE_UNSPECIFIED;
    std::map<int, int> map;  // level before -> level after; only with MAP
  };
  std::map<std::string, Carry> carry;  // by focus code
};

struct Dispute {
  Known notified;
  std::string dispute_id;
  std::vector<Position> matters;
  // The first outcome, with which it ceased to be open.
  std::optional<Known> closed;
  // Who disputes.
  v1::Side side = v1::SIDE_UNSPECIFIED;
  absl::CivilDay notified_on;
  // A DisputeStepRecorded event.
  struct Step {
    Known known;
    v1::DisputeStep step = v1::DISPUTE_STEP_UNSPECIFIED;
    absl::CivilDay on;
    // By which it extends the time for a decision.
    int days = 0;
    // Of the party that recorded it; unspecified if the registrar did.
    v1::Side side = v1::SIDE_UNSPECIFIED;
  };
  std::vector<Step> steps;
  // A DisputeOutcomeRecorded event. A decision can be followed by others.
  struct Outcome {
    Known known;
    v1::DisputeOutcomeKind kind = v1::DISPUTE_OUTCOME_KIND_UNSPECIFIED;
  };
  std::vector<Outcome> outcomes;
};

// A CalendarRecorded event.
struct CalendarVersion {
  Known known;
  uint32_t version = 0;
  std::vector<absl::CivilDay> holidays;  // ascending
};

// A LegalHoldChanged event that placed a hold, and the one that lifted it.
struct LegalHold {
  Known placed;
  v1::Scope scope;
  std::optional<Known> lifted;
};

struct Meeting {
  Known known;
  std::string meeting_id;
  v1::Board board = v1::BOARD_UNSPECIFIED;
  absl::CivilDay on;
  struct Member {
    std::string person_ref;
    std::string party_id;
    // As the meeting recorded it.
    bool conflicted = false;
  };
  std::vector<Member> members;
};

// A BoardMatterRecorded event.
struct BoardMatter {
  Known known;
  std::string meeting_id;
  // The event that the board spoke about.
  Position matter;
  v1::MatterOutcome outcome = v1::MATTER_OUTCOME_UNSPECIFIED;
};

// A PartyChanged event: an authority joins or leaves.
struct AuthorityChange {
  Known known;
  std::string party_id;
  bool joins = false;
  absl::CivilDay effective_on;
};

struct Registration {
  Known known;
  std::string title;
  // Party ids, in the order of the event; the changes since. parties.h tells whose day it is.
  std::vector<std::string> authorities;
  std::vector<AuthorityChange> authority_changes;
  std::string provider;  // party id
  absl::CivilDay starts_on;
  absl::CivilDay ends_on;
  absl::CivilDay latest_end;
  std::string time_zone_name;
  v1::Regime regime = v1::REGIME_UNSPECIFIED;
  // Executed as a deed, so that it is kept for longer.
  bool as_deed = false;
  std::string calendar_id;  // may be empty
  // On which a contract year starts; those of starts_on unless given.
  int year_starts_month = 1;
  int year_starts_day = 1;
};

// A ContractEnded event.
struct Ending {
  Known known;
  v1::EndCause cause = v1::END_CAUSE_UNSPECIFIED;
  absl::CivilDay effective_on;
};

// A ServicePeriodExtended event; the newest gives the contract's end.
struct Extension {
  Known known;
  absl::CivilDay new_end;
};

// What the bid or a variation promises: the CommitmentRecorded events of one id, the first of them
// a promise.
struct Commitment {
  std::string commitment_id;
  struct Stage {
    Known known;
    v1::CommitmentStage stage = v1::COMMITMENT_STAGE_UNSPECIFIED;
    std::string focus;
    // Last day of the period that it names.
    std::optional<absl::CivilDay> due;
  };
  std::vector<Stage> stages;
};

// An AnnualPlanAdopted event.
struct PlanRevision {
  Known known;
  uint32_t revision = 0;
  DayRange period;
  // When the commitments that it takes up fall due, by commitment id.
  std::map<std::string, absl::CivilDay> due;
};

// A ClientOverviewReportIssued event.
struct OverviewReport {
  Known known;
  std::string report_id;
  DayRange period;
  // Position of the report that it replaces.
  std::optional<Position> supersedes;
};

// One version of a KPI set, or one edition of the TOMs, as far as figures of it are on record.
struct MeasureSet {
  struct Measure {
    Known known;
    // Of its first figure.
    std::string unit;
  };
  std::map<std::string, Measure> measures;  // by name
};

// What one party owes the other, by DependencyRecorded events.
struct Dependency {
  Known known;
  std::string dependency_id;
  std::string owed_by;  // party id
  absl::CivilDay due;
  std::optional<std::string> focus;
  struct Discharge {
    Known known;
    std::optional<absl::CivilDay> effective_on;
  };
  std::optional<Discharge> discharge;
};

// The UnderperformanceRecorded events of one matter. Time to identify runs from arose_on to the
// first stage's day, time to correct from there to the day it was closed.
struct Underperformance {
  std::string matter_id;
  std::string focus;
  absl::CivilDay arose_on;
  struct Stage {
    Known known;
    v1::UnderperformanceStage stage = v1::UNDERPERFORMANCE_STAGE_UNSPECIFIED;
    absl::CivilDay effective_on;
  };
  std::vector<Stage> stages;
};

// An ImprovementNoticeServed event and the steps that followed.
struct ImprovementNotice {
  Known known;
  std::string notice_id;
  std::string focus;
  std::string clause_id;
  int level = 0;
  absl::CivilDay served_on;
  absl::CivilDay cure_to;
  struct Step {
    Known known;
    v1::ImprovementStep step = v1::IMPROVEMENT_STEP_UNSPECIFIED;
    absl::CivilDay effective_on;
  };
  std::vector<Step> steps;
};

// A PerformanceNoticeRecorded event.
struct PerformanceNotice {
  Known known;
  std::string notice_id;
  v1::NoticeStage stage = v1::NOTICE_STAGE_UNSPECIFIED;
  DayRange period;
  // Positions of the events that it names as its cause.
  std::vector<Position> causes;
};

// Powers that a party gave one of its people.
struct Delegation {
  Known known;
  std::string party_id;
  std::string person_ref;
  v1::Role role = v1::ROLE_UNSPECIFIED;
  std::vector<v1::Power> powers;
  // Most that one act may be worth, in pence; absent means no limit.
  std::optional<int64_t> limit_pence;
  DayRange period;
  std::optional<Known> revoked;
};

// An AssentRecorded event.
struct Assent {
  Known known;
  std::string party_id;
  std::string person_ref;
  bool assents = false;
};

// A ConflictRecorded event. Without focuses and positions it covers the whole contract.
struct ConflictEntry {
  Known known;
  v1::ConflictStage stage = v1::CONFLICT_STAGE_UNSPECIFIED;
  std::set<std::string> focuses;
  std::set<Position> positions;
  absl::CivilDay first;
  std::optional<absl::CivilDay> last;
};

// A MobilisationRecorded event.
struct Mobilisation {
  Known known;
  v1::MobilisationStage stage = v1::MOBILISATION_STAGE_UNSPECIFIED;
  absl::CivilDay effective_on;
};

// A RoleChanged event of the ledger's own stream, or the administrator that LedgerCreated names.
struct RoleEntry {
  Known known;
  std::string principal;
  std::string person_ref;
  std::string party_id;
  v1::Role role = v1::ROLE_UNSPECIFIED;
  bool granted = false;
  // Absent means every contract.
  std::optional<std::string> contract_id;
  std::optional<DayRange> period;
};

// One version of a clause, from ClauseSetRecorded or ClauseVaried.
struct ClauseVersion {
  Known known;
  v1::Clause clause;
  // The version applies from here until the next one's day.
  absl::CivilDay effective_on;
};

// A ClauseEvaluated event.
struct EvaluationRecord {
  Known known;
  std::string clause_id;
  uint32_t clause_version = 0;
  absl::CivilDay as_of;
  // The events at positions 0..known_at were known.
  Position known_at;
  v1::ClauseOutcome outcome = v1::CLAUSE_OUTCOME_UNSPECIFIED;
  // 32 bytes.
  std::string explanation_digest;
};

// A RewardDecided or SanctionDecided event and what became of it.
struct ClauseDecision {
  Known known;
  // REWARD or SANCTION.
  v1::ClauseKind kind = v1::CLAUSE_KIND_UNSPECIFIED;
  std::string clause_id;
  // Position of the EvaluationRecord that it cites.
  Position evaluation;
  v1::DecisionChoice choice = v1::DECISION_CHOICE_UNSPECIFIED;
  std::optional<int64_t> amount_pence;
  std::optional<v1::Rational> fraction;
  std::string proposer;
  std::string decider;
  std::string reason;
  // A DecisionCarriedOut event.
  struct CarriedOut {
    Known known;
    v1::DecisionAct act = v1::DECISION_ACT_UNSPECIFIED;
    absl::CivilDay effective_on;
    std::optional<int64_t> amount_pence;
    std::string reference;
  };
  std::vector<CarriedOut> carried_out;
  // A DecisionBasisChanged event.
  struct BasisChanged {
    Known known;
    Position old_evaluation;
    Position new_evaluation;
    Position cause;
    v1::BasisChange change = v1::BASIS_CHANGE_UNSPECIFIED;
  };
  std::vector<BasisChanged> basis_changes;
  // A DecisionReviewed event.
  struct Review {
    Known known;
    Position basis_change;
    v1::ReviewOutcome outcome = v1::REVIEW_OUTCOME_UNSPECIFIED;
  };
  std::vector<Review> reviews;
};

// An ExtensionOffered event and what became of it.
struct ExtensionOffer {
  Known known;
  std::string offer_id;
  std::string clause_id;
  // Position of the EvaluationRecord that it cites.
  Position evaluation;
  DayRange period;
  absl::CivilDay respond_by;
  // An ExtensionAnswered event.
  struct Answer {
    Known known;
    v1::ExtensionAnswer answer = v1::EXTENSION_ANSWER_UNSPECIFIED;
  };
  std::optional<Answer> answer;
  // An ExtensionOfferEnded event.
  struct End {
    Known known;
    v1::OfferEndCause cause = v1::OFFER_END_CAUSE_UNSPECIFIED;
    absl::CivilDay effective_on;
  };
  std::optional<End> end;
  // The ServicePeriodExtended event that carried it out.
  std::optional<Known> extended;
  // Of the evaluation that it cites, as of a decision's.
  std::vector<ClauseDecision::BasisChanged> basis_changes;
  std::vector<ClauseDecision::Review> reviews;
};

// What kind of event stands at a position.
struct EventMark {
  Position position;
  const google::protobuf::Descriptor* type = nullptr;  // of the payload; never null once recorded
  // Its payload is gone: an event on record says so, or it was not there when it was folded.
  bool erased = false;
};

struct ContractState {
  std::string contract_id;
  // Revision that the next event will get.
  Revision next_revision;
  std::optional<Registration> registration;
  absl::TimeZone time_zone = absl::UTCTimeZone();
  std::map<std::string, FocusHistory> focuses;  // by focus code
  // By evidence id. Contracts hold millions of items; look up, never iterate for an answer (no
  // order). Items stay where they are while others come.
  absl::node_hash_map<std::string, EvidenceItem> evidence;
  std::vector<PolicyChange> policies;
  std::vector<MatrixDraft> drafts;
  // Codes of every focus that some draft holds.
  std::set<std::string> focus_codes;
  std::vector<Adoption> adoptions;
  std::map<std::string, Dispute> disputes;  // by dispute id
  // By calendar id, the versions of each in position order.
  std::map<std::string, std::vector<CalendarVersion>> calendars;
  std::map<std::string, LegalHold> holds;   // by hold id
  std::map<std::string, Meeting> meetings;  // by meeting id; the newest record of each
  std::vector<BoardMatter> board_matters;
  std::map<std::string, Commitment> commitments;           // by commitment id
  std::map<std::string, std::vector<PlanRevision>> plans;  // by plan id; none is empty
  std::vector<OverviewReport> reports;
  std::map<std::string, MeasureSet> measure_sets;  // by scheme and version, such as "KPI 2024.1"
  std::map<std::string, Dependency> dependencies;  // by dependency id
  std::map<std::string, Underperformance> underperformances;  // by matter id
  std::map<std::string, ImprovementNotice> notices;           // by notice id
  std::vector<PerformanceNotice> performance_notices;
  std::map<std::string, std::vector<ClauseVersion>> clauses;  // by clause id, in position order
  std::map<Position, EvaluationRecord> evaluations;
  std::map<Position, ClauseDecision> decisions;  // rewards and sanctions
  std::map<std::string, ExtensionOffer> offers;  // by offer id
  std::vector<Ending> endings;
  std::vector<Extension> extensions;
  std::map<std::string, Delegation> delegations;  // by delegation id
  std::map<Digest, std::vector<Assent>> assents;  // by the digest of what is assented to
  std::map<std::string, std::vector<ConflictEntry>> conflicts;  // by person_ref
  std::vector<Mobilisation> mobilisations;
  std::vector<RoleEntry> roles;  // in the ledger's own stream alone
  // Every event of the stream in position order, so that a reference to a position can be checked.
  std::vector<EventMark> events;
  // Of these, the positions of those marked COMMERCIAL or PERSONAL, in order; an erased one tells
  // nothing and is none.
  std::vector<Position> restricted;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_STATE_H_
