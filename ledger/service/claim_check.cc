#include "ledger/service/claim_check.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/knowledge.h"
#include "ledger/merkle/encoding.h"
#include "ledger/service/workshop.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

const v1::ClauseEvaluated* EvaluationIn(const ParsedEvent& event) {
  if (event.type().descriptor != v1::ClauseEvaluated::descriptor()) return nullptr;
  return static_cast<const v1::ClauseEvaluated*>(&event.message());
}

const v1::CheckpointAnchored* AnchorIn(const ParsedEvent& event) {
  if (event.type().descriptor != v1::CheckpointAnchored::descriptor()) return nullptr;
  return static_cast<const v1::CheckpointAnchored*>(&event.message());
}

bool Recomputes(const v1::ClauseEvaluated& event, const std::string& contract_id,
                const Workshop& workshop) {
  v1::EvaluateClauseRequest request;
  request.mutable_question()->set_contract_id(contract_id);
  *request.mutable_question()->mutable_as_of() = event.as_of();
  request.mutable_question()->mutable_known_at()->set_position(event.known_at());
  request.set_clause_id(event.clause_id());
  request.set_version(event.clause_version());
  const absl::StatusOr<v1::EvaluateClauseReply> said =
      workshop.claims().evaluate(request, workshop.Now());
  // What cannot be evaluated is no true record; the rules say what is wrong with it.
  return said.ok() && said->outcome() == event.outcome() &&
         said->explanation() == event.explanation();
}

bool IsRoot(const v1::CheckpointAnchored& event, const EventLog& log) {
  if (event.size() > log.head().value) return false;
  const absl::StatusOr<Digest> root = log.RootAt(TreeSize{event.size()});
  return root.ok() && merkle::BytesOf(*root) == event.root();
}

void MarkClaims(const Workshop& workshop, AppendRequest* request) {
  for (ParsedEvent& event : request->parsed) {
    if (const v1::ClauseEvaluated* evaluation = EvaluationIn(event)) {
      const bool so = Recomputes(*evaluation, request->sealed.contract_id, workshop);
      event.set_claim(so ? Claim::kTrue : Claim::kFalse);
    } else if (const v1::CheckpointAnchored* anchor = AnchorIn(event)) {
      event.set_claim(IsRoot(*anchor, workshop.ledger().log) ? Claim::kTrue : Claim::kFalse);
    }
  }
}

// The newest event that the evaluations of the request knew; those beyond the head are left out.
std::optional<Position> NewestKnown(const AppendRequest& request, TreeSize head) {
  std::optional<Position> newest;
  for (const ParsedEvent& event : request.parsed) {
    const v1::ClauseEvaluated* evaluation = EvaluationIn(event);
    if (evaluation == nullptr || evaluation->known_at() >= head.value) continue;
    newest = std::max(newest.value_or(Position{0}), Position{evaluation->known_at()});
  }
  return newest;
}

}  // namespace

bool MakesClaims(const AppendRequest& request) {
  return std::any_of(request.parsed.begin(), request.parsed.end(), [](const ParsedEvent& event) {
    return EvaluationIn(event) != nullptr || AnchorIn(event) != nullptr;
  });
}

void CheckClaims(Workshop& workshop, AppendRequest request, absl::Duration time_left,
                 std::function<void(absl::StatusOr<AppendRequest>)> done) {
  const std::optional<Position> newest = NewestKnown(request, workshop.ledger().head.size());
  // Functions are copied, and a request cannot be shared otherwise.
  auto kept = std::make_shared<AppendRequest>(std::move(request));
  const auto look = [&workshop, kept, done](const absl::Status& ready) {
    if (!ready.ok()) return done(ready);
    const bool taken = workshop.questions().Schedule([&workshop, kept, done] {
      MarkClaims(workshop, kept.get());
      done(std::move(*kept));
    });
    if (!taken) {
      done(Refuse({.code = absl::StatusCode::kResourceExhausted,
                   .reason = "QUESTIONS_FULL",
                   .message = "too many questions wait already; send the same request again"}));
    }
  };
  if (!newest) return look(absl::OkStatus());
  workshop.claims().wait_for(*newest, absl::Now() + time_left, look);
}

}  // namespace waymark
