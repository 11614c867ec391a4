#include "ledger/contract/clause_basis.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "ledger/contract/clause_record.h"
#include "ledger/contract/lookup.h"

namespace waymark {
namespace {

// What an evaluation asks the policies.
constexpr std::array<v1::PolicyKey, 9> kPoliciesRead = {v1::POLICY_KEY_GAP_POLICY,
                                                        v1::POLICY_KEY_GAP_POLICY_REWARD,
                                                        v1::POLICY_KEY_AUTHORITY_DEFAULT_GAP,
                                                        v1::POLICY_KEY_EVIDENCE_EXPIRY,
                                                        v1::POLICY_KEY_GRACE_DAYS,
                                                        v1::POLICY_KEY_DISPUTE_RULE,
                                                        v1::POLICY_KEY_UNLADDERED_IN_ALL,
                                                        v1::POLICY_KEY_TARGET_TEST,
                                                        v1::POLICY_KEY_CARRY_DEFAULT};

bool IsRead(v1::PolicyKey key) {
  return std::find(kPoliciesRead.begin(), kPoliciesRead.end(), key) != kPoliciesRead.end();
}

// What lies past the evaluation's known_at and takes effect by its as_of.
template <typename Change>
bool ComesBehind(const Change& change, const EvaluationRecord& evaluation) {
  return change.known.position > evaluation.known_at && change.effective_on <= evaluation.as_of;
}

bool RulesChanged(const ContractState& state, const EvaluationRecord& evaluation) {
  return std::any_of(state.policies.begin(), state.policies.end(),
                     [&](const PolicyChange& change) {
                       return IsRead(change.key) && ComesBehind(change, evaluation);
                     }) ||
         std::any_of(state.adoptions.begin(), state.adoptions.end(),
                     [&](const Adoption& adoption) { return ComesBehind(adoption, evaluation); });
}

bool HasLaterOutcome(const ContractState& state, const EvaluationRecord& evaluation) {
  return std::any_of(state.evaluations.begin(), state.evaluations.end(), [&](const auto& entry) {
    const EvaluationRecord& other = entry.second;
    return other.clause_id == evaluation.clause_id && other.as_of == evaluation.as_of &&
           other.known_at > evaluation.known_at && other.outcome != evaluation.outcome;
  });
}

// The day that an evaluation answers as at.
absl::CivilDay AnsweredOn(const ContractState& state, absl::CivilDay as_of, TreeSize known) {
  return std::min(as_of, LastContractDay(state, {known}).value_or(as_of));
}

}  // namespace

void RequireClauseOf(const std::string& clause_id, v1::ClauseKind kind, Ruling* ruling) {
  const ClauseVersion* version =
      FindClause(ruling->state(), clause_id, ruling->today(), {TreeSize{ruling->position().value}});
  if (version == nullptr) {
    return ruling->NotFound("REF_UNKNOWN", "clause_id",
                            absl::StrCat("no clause '", clause_id, "' is on record"));
  }
  if (version->clause.kind() == kind) return;
  ruling->Forbid(
      "CLAUSE_KIND_MISMATCH", "clause_id",
      absl::StrCat("'", clause_id, "' is a ", v1::ClauseKind_Name(version->clause.kind()),
                   ", not a ", v1::ClauseKind_Name(kind)));
}

const EvaluationRecord* FindCitedEvaluation(const v1::EventRef* ref, const std::string& clause_id,
                                            Ruling* ruling) {
  if (ref != nullptr) {
    const auto place = ruling->Resolve(*ref, "evaluation");
    if (!place) return nullptr;
    const EvaluationRecord* evaluation = FindEvaluation(ruling->state(), *place);
    if (evaluation != nullptr && evaluation->clause_id == clause_id) return evaluation;
  }
  ruling->Forbid("EVALUATION_MISSING", "evaluation",
                 absl::StrCat("cite the ClauseEvaluated of '", clause_id, "' that this rests on"));
  return nullptr;
}

std::set<std::string> FocusesReadBy(const ContractState& state,
                                    const EvaluationRecord& evaluation) {
  const TreeSize known = SizeThrough(evaluation.known_at);
  const ClauseVersion* version =
      FindClauseVersion(state, evaluation.clause_id, evaluation.clause_version, {known});
  if (version == nullptr) return {};
  return FocusesRead(ClauseRecord(state, version->clause, evaluation.as_of, known));
}

bool IsOvertaken(const ContractState& state, const EvaluationRecord& evaluation, Position now) {
  const std::set<std::string> focuses = FocusesReadBy(state, evaluation);
  if (std::any_of(focuses.begin(), focuses.end(), [&](const std::string& focus) {
        const FocusHistory* history = FindHistory(state, focus);
        return history != nullptr && history->last_event > evaluation.known_at;
      })) {
    return true;
  }
  const TreeSize known{now.value};
  const ClauseVersion* applies = FindClause(state, evaluation.clause_id, evaluation.as_of, {known});
  return applies == nullptr || applies->clause.version() != evaluation.clause_version ||
         RulesChanged(state, evaluation) || HasLaterOutcome(state, evaluation) ||
         AnsweredOn(state, evaluation.as_of, known) !=
             AnsweredOn(state, evaluation.as_of, SizeThrough(evaluation.known_at));
}

std::vector<BasedAct> FindBasedActs(const ContractState& state) {
  std::vector<BasedAct> acts;
  for (const auto& [position, decision] : state.decisions) {
    acts.push_back({position, decision.evaluation, &decision.basis_changes, &decision.reviews});
  }
  for (const auto& [id, offer] : state.offers) {
    const bool is_declined = offer.answer && offer.answer->answer != v1::EXTENSION_ANSWER_ACCEPTED;
    acts.push_back({offer.known.position, offer.evaluation, &offer.basis_changes, &offer.reviews,
                    /*stands=*/!is_declined && !offer.end});
  }
  return acts;
}

std::optional<BasedAct> FindBasedAct(const ContractState& state, Position position) {
  for (const BasedAct& act : FindBasedActs(state)) {
    if (act.position == position) return act;
  }
  return std::nullopt;
}

const ImprovementNotice* FindRunningCure(const ContractState& state, const std::string& clause_id,
                                         absl::CivilDay day) {
  for (const auto& [id, notice] : state.notices) {
    if (notice.clause_id != clause_id || day < notice.served_on || day > notice.cure_to) continue;
    const bool found = std::any_of(notice.steps.begin(), notice.steps.end(),
                                   [](const ImprovementNotice::Step& step) {
                                     return step.step == v1::IMPROVEMENT_STEP_CURED ||
                                            step.step == v1::IMPROVEMENT_STEP_NOT_CURED;
                                   });
    if (!found) return &notice;
  }
  return nullptr;
}

}  // namespace waymark
