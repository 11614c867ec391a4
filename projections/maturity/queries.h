// This header defines the answers of MaturityService: pure functions of a contract's facts, an
// as_of and a known_at, wrapped in what it takes to find the facts.
//
//   maturity::Queries queries(engine, log, merkle::Sha256);
//   absl::StatusOr<v1::GetStandingsReply> reply = queries.GetStandings(request, ledger_now);
//
// Refusals, in the order in which they are asked: InvalidArgument FIELD_MISSING, FIELD_TOO_LONG,
// DATE_INVALID, INSTANT_INVALID, LEVEL_OUT_OF_RANGE, POLICY_VALUE_INVALID, CROSS_CONTRACT_LEVEL,
// TOO_MANY_FOCUSES, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID, DAYS_AHEAD_INVALID; Unavailable
// PROJECTION_BUILDING; NotFound CONTRACT_UNKNOWN; OutOfRange AS_OF_IN_FUTURE, KNOWN_AT_BEYOND_HEAD;
// Unavailable PROJECTION_BEHIND; InvalidArgument DIFF_REVERSED; NotFound FOCUS_UNKNOWN,
// MATRIX_VERSION_UNKNOWN, CLAUSE_UNKNOWN, CLAUSE_VERSION_UNKNOWN, DECISION_UNKNOWN;
// FailedPrecondition TOO_MANY_DUE, DIFF_TOO_WIDE. DataLoss where what is stored is damaged.
#ifndef WAYMARK_PROJECTIONS_MATURITY_QUERIES_H_
#define WAYMARK_PROJECTIONS_MATURITY_QUERIES_H_

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/types.h"
#include "ledger/contract/clause_explanation.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/storage/event_log.h"
#include "projections/engine/engine.h"
#include "projections/maturity/question.h"
#include "projections/maturity/viewed_contracts.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::maturity {

// Safe from any thread. May read the disk, and never waits for the projection: a caller that needs
// min_position waits for it first (ProjectionEngine::CallWhenApplied).
class Queries {
 public:
  // `hash` is SHA-256. Engine and log must outlive this.
  Queries(const ProjectionEngine& engine, const EventLog& log, HashFunction hash);

  // `now` is the ledger's own time, which gives as_of its latest day.
  absl::StatusOr<v1::GetMatrixReply> GetMatrix(const v1::GetMatrixRequest& request, UnixMicros now);
  absl::StatusOr<v1::GetStandingsReply> GetStandings(const v1::GetStandingsRequest& request,
                                                     UnixMicros now);
  absl::StatusOr<v1::GetLongevityReply> GetLongevity(const v1::GetLongevityRequest& request,
                                                     UnixMicros now);
  absl::StatusOr<v1::GetTimelineReply> GetTimeline(const v1::GetTimelineRequest& request,
                                                   UnixMicros now);
  absl::StatusOr<v1::ListEvidenceReply> ListEvidence(const v1::ListEvidenceRequest& request,
                                                     UnixMicros now);
  absl::StatusOr<v1::EvaluateClauseReply> EvaluateClause(const v1::EvaluateClauseRequest& request,
                                                         UnixMicros now);
  absl::StatusOr<v1::ListDecisionsReply> ListDecisions(const v1::ListDecisionsRequest& request,
                                                       UnixMicros now);
  // Of what was recorded by the end of as_of, whatever else is known: the basis says so.
  absl::StatusOr<v1::ListDueReply> ListDue(const v1::ListDueRequest& request, UnixMicros now);
  absl::StatusOr<v1::ExplainDecisionReply> ExplainDecision(
      const v1::ExplainDecisionRequest& request, UnixMicros now);
  absl::StatusOr<v1::DiffKnowledgeReply> DiffKnowledge(const v1::DiffKnowledgeRequest& request,
                                                       UnixMicros now);

 private:
  struct Found {
    const ContractState& state;
    Settled at;
  };
  // Whether what was recorded after as_of may bear on the answer.
  enum class Hindsight { kYes, kNo };
  // Settles the question, fills in the basis and calls `answer`, which must not keep the state. The
  // view answered from, for whoever has more to read.
  absl::StatusOr<std::shared_ptr<const View>> Ask(
      const v1::Question& question, UnixMicros now, v1::Basis* basis,
      absl::FunctionRef<absl::Status(const Found&)> answer, Hindsight hindsight = Hindsight::kYes);

  // All of the reply but its basis.
  void SetEvaluation(const ContractState& state, const ClauseVersion& version,
                     const ExplanationBasis& basis, v1::EvaluateClauseReply* reply) const;
  // The evaluation that a decision cites, made again on its own basis, and the focuses it reads.
  // Nothing where the payload that recorded it, or its clause, was erased.
  absl::Status SetRecordedEvaluation(const Found& found, Position evaluation,
                                     v1::ExplainDecisionReply* reply) const;

  const ProjectionEngine& engine_;
  const EventLog& log_;
  const HashFunction hash_;
  ViewedContracts contracts_;
};

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_QUERIES_H_
