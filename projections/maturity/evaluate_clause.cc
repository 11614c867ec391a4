// What a clause says, and the record that explains it.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/clause_explanation.h"
#include "ledger/contract/clause_words.h"
#include "ledger/contract/longevity.h"
#include "ledger/contract/lookup.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/queries.h"

namespace waymark::maturity {
namespace {

absl::StatusOr<const ClauseVersion*> FindAsked(const ContractState& state,
                                               const v1::EvaluateClauseRequest& request,
                                               const Settled& at) {
  const Knowledge knowledge{at.known};
  RETURN_IF_ERROR(CheckClause(state, request.clause_id(), at));
  if (!request.has_version()) {
    return FindClause(state, request.clause_id(), at.as_of, knowledge);
  }
  const ClauseVersion* const version =
      FindClauseVersion(state, request.clause_id(), request.version(), knowledge);
  if (version == nullptr) {
    return Refuse({absl::StatusCode::kNotFound, "CLAUSE_VERSION_UNKNOWN",
                   absl::StrCat("version: no version ", request.version(), " of \"",
                                request.clause_id(), "\" is known"),
                   -1, "version"});
  }
  return version;
}

std::string BytesOf(const Digest& digest) { return std::string(digest.begin(), digest.end()); }

}  // namespace

absl::StatusOr<v1::EvaluateClauseReply> Queries::EvaluateClause(
    const v1::EvaluateClauseRequest& request, UnixMicros now) {
  if (request.clause_id().empty()) {
    return Refuse({absl::StatusCode::kInvalidArgument, "FIELD_MISSING", "clause_id: name a clause",
                   -1, "clause_id"});
  }
  v1::EvaluateClauseReply reply;
  RETURN_IF_ERROR(
      Ask(request.question(), now, reply.mutable_basis(), [&](const Found& found) -> absl::Status {
        ASSIGN_OR_RETURN(const ClauseVersion* version, FindAsked(found.state, request, found.at));
        ASSIGN_OR_RETURN(const Digest root, log_.RootAt(found.at.known));
        SetEvaluation(found.state, *version, {found.at.as_of, found.at.known, root}, &reply);
        return absl::OkStatus();
      }).status());
  return reply;
}

void Queries::SetEvaluation(const ContractState& state, const ClauseVersion& version,
                            const ExplanationBasis& basis, v1::EvaluateClauseReply* reply) const {
  const Evaluation said = waymark::EvaluateClause(state, version.clause, basis.as_of, basis.known);
  SetSaid(version.clause, said, reply);
  if (said.earliest_if_held) {
    SetDay(*said.earliest_if_held, reply->mutable_earliest_if_held());
  }
  reply->set_explanation(ExplainEvaluation(state, version.clause, basis, said));
  reply->set_explanation_digest(BytesOf(hash_(reply->explanation())));
  reply->set_engine(std::string(kClauseEngine));
  reply->set_root(BytesOf(basis.root));
  for (const std::string& line : ClauseInWords(version.clause)) reply->add_in_words(line);
}

}  // namespace waymark::maturity
