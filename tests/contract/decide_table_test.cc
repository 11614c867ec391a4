// Plays every row of the tables, and sees that no supported type and no refusal of the catalogue
// goes without one.

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/event_types.h"
#include "tests/contract/decide_rows.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

std::vector<DecideRow> AllRows() {
  std::vector<DecideRow> rows;
  for (auto table : {PartyTable(),      GovernanceTable(), AssentTable(),      PersonTable(),
                     ClauseTable(),     MatrixTable(),     TargetTable(),      PlanTable(),
                     EvidenceTable(),   ProviderTable(),   AssessmentTable(),  DeterminationTable(),
                     CorrectionTable(), BoardTable(),      ImprovementTable(), DecisionTable(),
                     ReviewTable(),     ExtensionTable(),  DisputeTable(),     AdjudicationTable(),
                     RecordTable(),     ErasureTable()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

// The refusals of each type's own row in the catalogue, and what section 10 adds to them, less
// those that wait for types without rules.
const std::map<std::string, std::set<std::string>>& Catalogue() {
  static const auto* const kCatalogue = new std::map<std::string, std::set<std::string>>{
      {"LedgerCreated", {"LEDGER_ALREADY_CREATED"}},
      {"ContractRegistered",
       {"AUTHORITY_MISSING", "END_NOT_AFTER_START", "LATEST_END_BEFORE_END", "TIME_ZONE_UNKNOWN",
        "ALREADY_REGISTERED"}},
      {"PartyChanged", {"LAST_AUTHORITY"}},
      {"DelegationChanged", {"GRANTER_LACKS_POWER", "SELF_GRANT", "DELEGATION_NOT_OPEN"}},
      {"AssentRecorded", {"NOT_OWN_PARTY", "ASSENT_ALREADY_GIVEN"}},
      {"MobilisationRecorded", {"ALREADY_STARTED", "NOT_STARTED", "MATRIX_NOT_ADOPTED"}},
      {"ConflictRecorded", {"DISPENSATION_NOT_MINUTED"}},
      {"RoleChanged", {"SELF_GRANT", "LAST_ADMINISTRATOR", "ROLE_NOT_OPEN", "REASON_MISSING"}},
      {"MatrixVersionDrafted", {"DUPLICATE_FOCUS", "CELL_STATE_INVALID"}},
      {"MatrixVersionAdopted",
       {"DRAFT_UNKNOWN", "CARRY_RULE_MISSING", "CELL_ILLEGIBLE", "MAP_INCOMPLETE"}},
      {"PolicySet", {"POLICY_UNKNOWN", "POLICY_VALUE_INVALID", "POLICY_RETROACTIVE"}},
      {"TargetSet", {"LEVEL_NOT_DEFINED", "TARGET_EXISTS"}},
      {"TargetChanged",
       {"DISCUSSION_MISSING", "LEVEL_NOT_DEFINED", "TARGET_MISSING", "REASON_MISSING"}},
      {"CommitmentRecorded", {"SOURCE_HASH_MISSING", "COMMITMENT_CLOSED", "ROLE_NOT_ALLOWED"}},
      {"AnnualPlanAdopted", {"YEAR_OVERLAP", "COMMITMENT_ORPHAN", "FIELD_MISSING"}},
      {"ClientOverviewReportIssued", {"REPORT_OVERLAP"}},
      {"MeasureRecorded", {"MEASURE_UNKNOWN", "PERIOD_UNFINISHED", "FIELD_MISSING"}},
      {"EvidenceSubmitted",
       {"HASH_MISSING", "EVIDENCE_TYPE_UNKNOWN", "VALIDITY_REVERSED", "EVIDENCE_ID_USED"}},
      {"EvidenceVerified", {"SELF_VERIFICATION", "REASON_MISSING"}},
      {"EvidenceStatusChanged", {"EVIDENCE_DELETE_REFUSED", "EVIDENCE_NOT_OPEN", "REASON_MISSING"}},
      {"DependencyRecorded", {"OWNER_MISSING", "DEPENDENCY_NOT_OPEN"}},
      {"SelfAssessmentSubmitted", {"NOT_PROVIDER", "WINDOW_CLOSED"}},
      {"AssessmentRecorded",
       {"LEVEL_NOT_DEFINED", "EVIDENCE_MISSING", "EVIDENCE_NOT_LISTED", "SNAPSHOT_STALE",
        "NARRATIVE_MISSING", "CONFLICT_OPEN", "CONFIDENCE_NOT_AUTHORITY"}},
      {"AssessmentModerated", {"MODERATOR_IS_ASSESSOR", "CONFLICT_OPEN", "REASON_MISSING"}},
      {"RepresentationMade", {"WINDOW_CLOSED"}},
      {"BoardMeetingHeld", {}},
      {"BoardMatterRecorded", {"MEETING_INQUORATE", "CONFLICTED_VOTE"}},
      {"LevelDetermined",
       {"FOCUS_IS_ENDURING", "LEVEL_NOT_DEFINED", "NOT_MODERATED", "EVIDENCE_MISSING",
        "EVIDENCE_NOT_LISTED", "LOWER_LEVEL_UNMET", "CONFIDENCE_MISSING", "EFFECTIVE_AFTER_END",
        "EFFECTIVE_BEFORE_PERIOD", "EFFECTIVE_BASIS_MISSING", "CONFLICTING_EFFECTIVE_DATE",
        "ALREADY_SUPERSEDED", "SUPERSEDE_CYCLE", "COVERAGE_MISMATCH", "GROUND_MISSING",
        "MODERATOR_ALONE_RATIFIES", "CONFLICT_OPEN", "ASSENT_MISSING"}},
      {"DeterminationSuperseded", {"ALREADY_SUPERSEDED", "APPROVAL_MISSING", "REASON_MISSING"}},
      {"CoverageGapExplained", {"NO_GAP", "REASON_MISSING"}},
      {"EnduringConditionAssessed", {"FOCUS_NOT_ENDURING", "PERIOD_UNFINISHED", "FIELD_MISSING"}},
      {"UnderperformanceRecorded",
       {"IDENTIFIED_BEFORE_AROSE", "MATTER_NOT_OPEN", "ROLE_NOT_ALLOWED", "EFFECTIVE_IN_FUTURE"}},
      {"ImprovementNoticeServed", {"CURE_TOO_SHORT", "REF_UNKNOWN"}},
      {"ImprovementStepRecorded",
       {"NOTICE_NOT_OPEN", "OWN_PLAN", "OWN_CURE", "ROLE_NOT_ALLOWED", "EFFECTIVE_IN_FUTURE"}},
      {"DisputeNotified", {"MATTER_MISSING"}},
      {"DisputeStepRecorded",
       {"DISPUTE_CLOSED", "STEP_ORDER", "CONSENT_MISSING", "EXTENSION_TOO_LONG",
        "DEADLINE_MISMATCH"}},
      {"DisputeOutcomeRecorded", {"NOT_REFERRED", "DECISION_MISSING", "DISPUTE_CLOSED"}},
      {"CalendarRecorded", {"DUPLICATE_DAY", "VERSION_NOT_NEXT"}},
      {"PerformanceNoticeRecorded",
       {"RATING_UNKNOWN", "NOTICE_FIELD_MISSING", "REGIME_EXCLUDES_NOTICE"}},
      {"DisclosureMade", {"EXEMPTION_MISSING", "MARKING_BREACH"}},
      {"ExportIssued", {"KNOWN_AT_BEYOND_HEAD", "AS_OF_IN_FUTURE", "MARKING_BREACH"}},
      {"AnnotationAdded", {}},
      {"LegalHoldChanged",
       {"HOLD_NOT_OPEN", "HOLD_ID_USED", "HOLD_SCOPE_MISMATCH", "REASON_MISSING"}},
      {"AdminActionRecorded", {"REASON_MISSING"}},
      {"ClauseSetRecorded",
       {"CLAUSE_WORDS_MISSING", "RULE_TYPE_ERROR", "WEIGHTS_NOT_100", "ASSENT_MISSING"}},
      {"ClauseVaried",
       {"CLAUSE_WORDS_MISSING", "RULE_TYPE_ERROR", "WEIGHTS_NOT_100", "ASSENT_MISSING",
        "VERSION_NOT_NEXT", "REASON_MISSING"}},
      {"ClauseEvaluated",
       {"KNOWN_AT_BEYOND_HEAD", "AS_OF_IN_FUTURE", "ENGINE_UNKNOWN", "EXPLANATION_MISMATCH",
        "REF_UNKNOWN", "FIELD_MISSING"}},
      {"RewardDecided",
       {"NOT_AUTHORITY", "SERVICE_ACCOUNT", "SINGLE_DECIDER", "DELEGATION_LIMIT",
        "CLAUSE_KIND_MISMATCH", "EVALUATION_MISSING", "EVALUATION_SUPERSEDED", "ASSENT_MISSING",
        "FRACTION_INVALID", "AMOUNT_NEGATIVE", "AMOUNT_TOO_LARGE", "REASON_MISSING",
        "FIELD_MISSING"}},
      {"SanctionDecided",
       {"NOT_AUTHORITY", "SERVICE_ACCOUNT", "SINGLE_DECIDER", "DELEGATION_LIMIT",
        "CLAUSE_KIND_MISMATCH", "EVALUATION_MISSING", "EVALUATION_SUPERSEDED", "CURE_RUNNING",
        "ASSENT_MISSING", "REPRESENTATIONS_OPEN", "FRACTION_INVALID", "AMOUNT_NEGATIVE",
        "AMOUNT_TOO_LARGE", "REASON_MISSING", "FIELD_MISSING"}},
      {"DecisionCarriedOut", {"FIELD_MISSING", "EFFECTIVE_IN_FUTURE"}},
      {"DecisionBasisChanged", {"BASIS_UNCHANGED", "BASIS_CHANGE_MISMATCH", "ROLE_NOT_ALLOWED"}},
      {"DecisionReviewed",
       {"NOT_AUTHORITY", "NO_BASIS_CHANGE", "ALREADY_REVIEWED", "ASSENT_MISSING", "REASON_MISSING",
        "FIELD_MISSING"}},
      {"ExtensionOffered",
       {"BEYOND_LATEST_END", "RESPOND_BY_PAST", "EVALUATION_MISSING", "ASSENT_MISSING",
        "CLAUSE_KIND_MISMATCH", "PERIOD_NOT_NEXT", "ALREADY_ENDED", "OFFER_ID_USED",
        "OFFER_STILL_OPEN", "REASON_MISSING", "FIELD_MISSING"}},
      {"ExtensionAnswered",
       {"NOT_PROVIDER", "OFFER_EXPIRED", "OFFER_ALREADY_ANSWERED", "OFFER_WITHDRAWN",
        "ACCEPTANCE_CONDITIONAL", "CLAUSE_ID_MISMATCH", "REASON_MISSING"}},
      {"ExtensionOfferEnded",
       {"OFFER_ALREADY_ANSWERED", "OFFER_STILL_OPEN", "OFFER_WITHDRAWN", "OFFER_EXPIRED",
        "ROLE_NOT_ALLOWED", "EFFECTIVE_IN_FUTURE"}},
      {"ServicePeriodExtended",
       {"ACCEPTANCE_MISSING", "BEYOND_LATEST_END", "INSTRUMENT_MISSING", "OFFER_MISMATCH",
        "ALREADY_EXTENDED", "PERIOD_NOT_NEXT", "ALREADY_ENDED"}},
      {"PersonalDataErased",
       {"HOLD_ACTIVE", "ALREADY_ERASED", "NOT_ERASABLE", "REF_UNKNOWN", "ROLE_NOT_ALLOWED",
        "REASON_MISSING", "FIELD_MISSING", "LIST_TOO_LONG", "LIST_NOT_ASCENDING"}},
      {"RecordDisposed", {"HOLD_ACTIVE", "RETENTION_RUNNING", "ALREADY_ERASED", "REASON_MISSING"}},
      {"CheckpointAnchored",
       {"ROOT_MISMATCH", "SIZE_BEYOND_HEAD", "DIGEST_INVALID", "FIELD_MISSING"}},
      {"ContractEnded", {"ALREADY_ENDED", "NOT_ENDED", "DISPUTES_OPEN"}},
  };
  return *kCatalogue;
}

std::string ShortName(const std::string& type) {
  return std::vector<std::string>(absl::StrSplit(type, '.')).back();
}

// Reasons whose status is not the rule's own, FailedPrecondition, and that say who may not act.
const std::set<std::string>& DeniedReasons() {
  static const auto* const kReasons = new std::set<std::string>{"PARTY_UNKNOWN",
                                                                "ROLE_NOT_HELD",
                                                                "ROLE_NOT_ALLOWED",
                                                                "DELEGATION_EXPIRED",
                                                                "DELEGATION_LIMIT",
                                                                "NOT_PROVIDER",
                                                                "GRANTER_LACKS_POWER",
                                                                "SELF_GRANT",
                                                                "NOT_OWN_PARTY",
                                                                "CONFLICT_OPEN",
                                                                "SELF_VERIFICATION",
                                                                "SIGNATURE_MISSING",
                                                                "NOT_AUTHORITY",
                                                                "SINGLE_DECIDER",
                                                                "MODERATOR_IS_ASSESSOR",
                                                                "MODERATOR_ALONE_RATIFIES",
                                                                "SERVICE_ACCOUNT",
                                                                "OWN_PLAN",
                                                                "OWN_CURE",
                                                                "CONFIDENCE_NOT_AUTHORITY"};
  return *kReasons;
}

class DecideTable : public ::testing::TestWithParam<DecideRow> {};

TEST_P(DecideTable, ComesOutAsTheRowSays) {
  const DecideRow& row = GetParam();
  ContractWorld world = ContractWorld::Adopted();
  const absl::StatusOr<Decision> decision = row.play(world);
  if (!row.reason.empty()) {
    EXPECT_THAT(decision, RefusedWith(row.reason));
    EXPECT_EQ(decision.status().code() == absl::StatusCode::kPermissionDenied,
              DeniedReasons().count(row.reason) > 0);
    return;
  }
  for (const Violation& violation : ViolationsOf(decision.status())) {
    ADD_FAILURE() << violation.reason << " " << violation.message;
  }
  ASSERT_THAT(decision, IsOk());
  std::vector<std::string> flags;
  for (const RaisedFlag& raised : decision->flags) flags.emplace_back(raised.flag);
  EXPECT_EQ(flags, row.flags);
}

INSTANTIATE_TEST_SUITE_P(AllTypes, DecideTable, ::testing::ValuesIn(AllRows()),
                         [](const ::testing::TestParamInfo<DecideRow>& info) {
                           return absl::StrCat(
                               info.index, "_", ShortName(info.param.type), "_",
                               info.param.reason.empty() ? "OK" : info.param.reason);
                         });

TEST(DecideTables, HoldEverySupportedTypeAndEveryRefusalOfItsRow) {
  std::map<std::string, std::set<std::string>> played;
  std::set<std::string> accepted;
  for (const DecideRow& row : AllRows()) {
    played[ShortName(row.type)].insert(row.reason);
    if (row.reason.empty()) accepted.insert(ShortName(row.type));
  }
  for (const EventType& type : AllEventTypes()) {
    if (type.rules == nullptr) continue;
    const std::string name = ShortName(type.name);
    EXPECT_EQ(accepted.count(name), 1u) << name << " has no row that passes";
    ASSERT_EQ(Catalogue().count(name), 1u) << name << " is not in this test's catalogue";
    for (const std::string& reason : Catalogue().at(name)) {
      EXPECT_EQ(played[name].count(reason), 1u) << name << " has no row refused " << reason;
    }
  }
  for (const auto& [name, reasons] : Catalogue()) {
    const EventType* type = FindEventType(absl::StrCat("waymark.v1.", name));
    ASSERT_NE(type, nullptr) << name << " is not declared";
    EXPECT_NE(type->rules, nullptr) << name << " has no rules";
  }
}

}  // namespace
}  // namespace waymark::test
