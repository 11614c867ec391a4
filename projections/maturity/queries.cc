#include "projections/maturity/queries.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/longevity.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/target_status.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/maturity_projection.h"
#include "projections/maturity/standings.h"

namespace waymark::maturity {
namespace {

absl::Status Invalid(absl::string_view reason, absl::string_view field, absl::string_view what) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason),
                 absl::StrCat(field, ": ", what), -1, std::string(field)});
}

absl::Status CheckFocusCount(int count) {
  if (count <= static_cast<int>(kMatrixFocusesMax)) return absl::OkStatus();
  return Invalid("TOO_MANY_FOCUSES", "focuses",
                 absl::StrCat(count, ", at most ", kMatrixFocusesMax));
}

absl::StatusOr<CountingRules> RulesOf(const v1::GetLongevityRequest& request) {
  CountingRules rules;
  const std::string& gap = request.gap_policy();
  if (!gap.empty()) {
    if (gap != "HOLD" && gap != "STALE" && gap != "LAPSE") {
      return Invalid("POLICY_VALUE_INVALID", "gap_policy",
                     absl::StrCat("\"", gap, "\"; HOLD, STALE or LAPSE"));
    }
    rules.gap_policy = GapPolicyFromText(gap);
  }
  const std::string& expiry = request.evidence_expiry();
  if (!expiry.empty()) {
    if (expiry != "FLAG" && expiry != "STRICT") {
      return Invalid("POLICY_VALUE_INVALID", "evidence_expiry",
                     absl::StrCat("\"", expiry, "\"; FLAG or STRICT"));
    }
    rules.evidence_expiry = EvidenceExpiryFromText(expiry);
  }
  if (request.has_grace_days()) {
    if (request.grace_days() > static_cast<uint32_t>(kGraceDaysMax)) {
      return Invalid("POLICY_VALUE_INVALID", "grace_days",
                     absl::StrCat(request.grace_days(), "; 0 to ", kGraceDaysMax));
    }
    rules.grace_days = static_cast<int>(request.grace_days());
  }
  return rules;
}

const char* GapWord(GapPolicy policy) {
  if (policy == GapPolicy::kHold) return "HOLD";
  return policy == GapPolicy::kStale ? "STALE" : "LAPSE";
}

void SetRules(const CountingRules& rules, v1::GetLongevityReply* reply) {
  reply->set_gap_policy(GapWord(*rules.gap_policy));
  reply->set_grace_days(static_cast<uint32_t>(*rules.grace_days));
  reply->set_evidence_expiry(*rules.evidence_expiry == EvidenceExpiry::kStrict ? "STRICT" : "FLAG");
}

}  // namespace

Queries::Queries(const ProjectionEngine& engine, const EventLog& log, HashFunction hash)
    : engine_(engine), log_(log), hash_(hash), contracts_(log, hash, kViewedContractsInMemoryMax) {}

absl::StatusOr<std::shared_ptr<const View>> Queries::Ask(
    const v1::Question& question, UnixMicros now, v1::Basis* basis,
    absl::FunctionRef<absl::Status(const Found&)> answer, Hindsight hindsight) {
  RETURN_IF_ERROR(CheckQuestion(question));
  ASSIGN_OR_RETURN(std::shared_ptr<const View> view, engine_.Serving(kProjectionName));
  RETURN_IF_ERROR(contracts_.Ask(
      *view, question.contract_id(), [&](const ViewedContract& contract) -> absl::Status {
        ASSIGN_OR_RETURN(Settled at, Settle(question, contract, log_, now));
        if (hindsight == Hindsight::kNo) {
          ASSIGN_OR_RETURN(at, WithoutHindsight(at, contract, log_));
        }
        SetBasis(at, contract, *view, log_.identity(), basis);
        return answer({contract.state, at});
      }));
  return view;
}

absl::StatusOr<v1::GetMatrixReply> Queries::GetMatrix(const v1::GetMatrixRequest& request,
                                                      UnixMicros now) {
  v1::GetMatrixReply reply;
  RETURN_IF_ERROR(
      Ask(request.question(), now, reply.mutable_basis(), [&](const Found& found) -> absl::Status {
        const std::string wanted =
            request.version().empty() ? reply.basis().matrix_version() : request.version();
        const MatrixDraft* version = nullptr;
        for (const MatrixDraft& draft : found.state.drafts) {
          if (draft.version_hash != wanted || draft.known.position.value >= found.at.known.value) {
            continue;
          }
          if (version == nullptr) version = &draft;
        }
        if (version == nullptr) {
          return Refuse({absl::StatusCode::kNotFound, "MATRIX_VERSION_UNKNOWN",
                         wanted.empty() ? "version: none is in force on that day, as known"
                                        : "version: none with this hash is known",
                         -1, "version"});
        }
        *reply.mutable_matrix() = version->matrix;
        reply.set_version(version->version_hash);
        reply.set_drafted_at(version->known.position.value);
        for (const Adoption& adoption : found.state.adoptions) {
          if (adoption.version_hash != wanted || reply.has_adopted_at()) continue;
          if (adoption.known.position.value >= found.at.known.value) continue;
          reply.set_adopted_at(adoption.known.position.value);
        }
        return absl::OkStatus();
      }).status());
  return reply;
}

absl::StatusOr<v1::GetStandingsReply> Queries::GetStandings(const v1::GetStandingsRequest& request,
                                                            UnixMicros now) {
  if (!request.provider().empty()) {
    return Invalid("CROSS_CONTRACT_LEVEL", "provider",
                   "a provider has no level across contracts; ask each contract");
  }
  RETURN_IF_ERROR(CheckFocusCount(request.focuses_size()));
  v1::GetStandingsReply reply;
  RETURN_IF_ERROR(
      Ask(request.question(), now, reply.mutable_basis(), [&](const Found& found) -> absl::Status {
        for (const std::string& focus : request.focuses()) {
          RETURN_IF_ERROR(CheckFocus(found.state, focus));
        }
        AddStandings(found.state, found.at,
                     std::vector<std::string>(request.focuses().begin(), request.focuses().end()),
                     &reply);
        return absl::OkStatus();
      }).status());
  return reply;
}

absl::StatusOr<v1::GetLongevityReply> Queries::GetLongevity(const v1::GetLongevityRequest& request,
                                                            UnixMicros now) {
  if (request.focuses().empty()) return Invalid("FIELD_MISSING", "focuses", "name one at least");
  RETURN_IF_ERROR(CheckFocusCount(request.focuses_size()));
  if (request.level() > static_cast<uint32_t>(kLevelMax)) {
    return Invalid("LEVEL_OUT_OF_RANGE", "level",
                   absl::StrCat(request.level(), "; 0 to ", kLevelMax));
  }
  ASSIGN_OR_RETURN(const CountingRules rules, RulesOf(request));
  const int level = static_cast<int>(request.level());
  v1::GetLongevityReply reply;
  RETURN_IF_ERROR(
      Ask(request.question(), now, reply.mutable_basis(), [&](const Found& found) -> absl::Status {
        const std::vector<std::string> focuses(request.focuses().begin(), request.focuses().end());
        for (const std::string& focus : focuses) RETURN_IF_ERROR(CheckFocus(found.state, focus));
        const LongevityQuestion question{
            .focus = focuses[0], .as_of = found.at.as_of, .known = found.at.known, .rules = rules};
        const SetLongevity all = FindLongevityOfAll(found.state, focuses, question, level);
        for (const auto& [focus, longevity] : all.focuses) {
          *reply.add_focuses() = ToFocusLongevity(focus, level, longevity);
        }
        *reply.mutable_all() = ToThreeNumbers(all.numbers);
        reply.set_limiting_focus(all.limiting_focus);
        SetRules(RulesInForce(found.state, question), &reply);
        reply.set_level(request.level());
        return absl::OkStatus();
      }).status());
  return reply;
}

}  // namespace waymark::maturity
