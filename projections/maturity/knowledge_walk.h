// This header defines what differs between two moments of knowledge, and which events made the
// difference: those after which an answer is another than before them.
//
//   KnowledgeWalk walk(state, as_of, before, after);
//   ASSIGN_OR_RETURN(const std::optional<v1::FocusDifference> one, walk.CompareFocus("PI-CS"));
//
// An answer is asked again only behind events that can bear on it: a fact of one focus bears on
// that focus and on the clauses that read it, a fact of the whole contract on everything.
#ifndef WAYMARK_PROJECTIONS_MATURITY_KNOWLEDGE_WALK_H_
#define WAYMARK_PROJECTIONS_MATURITY_KNOWLEDGE_WALK_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "ledger/contract/state.h"
#include "projections/maturity/question.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::maturity {

// Answers that one walk may ask for, of one focus or one clause at one moment each.
inline constexpr int64_t kDiffAnswersMax = 20000;

// Not synchronised. The state must outlive it, and stand.
class KnowledgeWalk {
 public:
  // REQUIRES: before <= after.
  KnowledgeWalk(const ContractState& state, absl::CivilDay as_of, TreeSize before, TreeSize after);

  // None where the answers are the same. Causes have a position and what they changed, no more.
  // FailedPrecondition DIFF_TOO_WIDE beyond kDiffAnswersMax, counted over the whole walk.
  absl::StatusOr<std::optional<v1::FocusDifference>> CompareFocus(const std::string& focus);
  absl::StatusOr<std::optional<v1::ClauseDifference>> CompareClause(const std::string& clause_id);

 private:
  // The focuses that something is about; without value, any.
  using Focuses = std::optional<std::set<std::string>>;
  struct Step {
    Position position;
    Focuses about;
  };
  template <typename Answer>
  struct Said {
    Answer answer;
    // What it can depend on.
    Focuses reads;
  };
  template <typename Answer>
  struct Difference {
    Answer before, after;
    google::protobuf::RepeatedPtrField<v1::DifferenceCause> causes;
  };

  void AddSteps();
  template <typename Answer>
  absl::StatusOr<std::optional<Difference<Answer>>> Walk(
      absl::FunctionRef<Said<Answer>(TreeSize known)> ask);
  absl::Status Spend(int64_t answers);
  Said<v1::EvaluateClauseReply> AskClause(const std::string& clause_id, TreeSize known) const;

  const ContractState& state_;
  const absl::CivilDay as_of_;
  const TreeSize before_;
  const TreeSize after_;
  std::vector<Step> steps_;
  int64_t answers_ = 0;
};

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_KNOWLEDGE_WALK_H_
