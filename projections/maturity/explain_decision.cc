// One decision: what was decided, the evaluation that it cites made again on the same basis, what a
// board said of it, and how the focuses that the clause reads stood then and stand now.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/clause_record.h"
#include "ledger/contract/clause_words.h"
#include "ledger/contract/lookup.h"
#include "projections/engine/ledger_event.h"
#include "projections/maturity/decision_standings.h"
#include "projections/maturity/page.h"
#include "projections/maturity/queries.h"
#include "projections/maturity/standings.h"

namespace waymark::maturity {
namespace {

// The event recorded at a position; none if its payload was erased.
template <typename Event>
absl::StatusOr<std::optional<Event>> ReadRecorded(const EventLog& log, Position position) {
  ASSIGN_OR_RETURN(const StoredEvent stored, log.ReadOne(position, /*headers_only=*/false));
  ASSIGN_OR_RETURN(const LedgerEvent event, ViewOf(stored));
  if (event.state != StoredPayload::kPresent) return std::optional<Event>();
  Event message;
  if (event.event_type != Event::descriptor()->full_name() ||
      !message.ParseFromString(std::string(event.payload))) {
    return absl::DataLossError(absl::StrCat("position ", position.value, " does not hold a ",
                                            Event::descriptor()->full_name()));
  }
  return std::optional<Event>(std::move(message));
}

// In position order, as many as a client takes.
absl::Status AddBoardWords(const ContractState& state, const DecisionEntry& entry,
                           Knowledge knowledge, const EventLog& log,
                           v1::ExplainDecisionReply* reply) {
  ASSIGN_OR_RETURN(Page page, Page::OfSize(0));
  for (const BoardMatter& said : state.board_matters) {
    if (!knowledge.Has(said.known)) continue;
    if (said.matter != entry.position() && said.matter != entry.evaluation()) continue;
    ASSIGN_OR_RETURN(const std::optional<v1::BoardMatterRecorded> event,
                     ReadRecorded<v1::BoardMatterRecorded>(log, said.known.position));
    v1::BoardWord word;
    word.set_position(said.known.position.value);
    word.set_meeting_id(said.meeting_id);
    word.set_outcome(said.outcome);
    if (event) {
      word.set_minute(event->minute());
      word.set_dissent(event->dissent());
    }
    if (!page.Takes(word)) break;
    *reply->add_board() = std::move(word);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Queries::SetRecordedEvaluation(const Found& found, Position position,
                                            v1::ExplainDecisionReply* reply) const {
  const ContractState& state = found.state;
  const EvaluationRecord* const evaluation = FindEvaluation(state, position);
  if (evaluation == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<v1::ClauseEvaluated> recorded,
                   ReadRecorded<v1::ClauseEvaluated>(log_, position));
  const Settled then{evaluation->as_of, SizeThrough(evaluation->known_at)};
  const ClauseVersion* const version = FindClauseVersion(
      state, evaluation->clause_id, evaluation->clause_version, Knowledge{then.known});
  if (!recorded || version == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Digest root, log_.RootAt(then.known));
  v1::EvaluateClauseReply* const again = reply->mutable_evaluation();
  SetEvaluation(state, *version, {then.as_of, then.known, root}, again);
  *again->mutable_basis() = reply->basis();
  SetMoment(then, state, again->mutable_basis());
  reply->set_recomputes(recorded->explanation() == again->explanation());
  *reply->mutable_clause() = version->clause;
  *reply->mutable_in_words() = again->in_words();
  const ClauseRecord record(state, version->clause, then.as_of, then.known);
  for (const std::string& focus : FocusesRead(record)) {
    *reply->add_known_then() = StandingOf(state, focus, then);
    *reply->add_known_now() = StandingOf(state, focus, {then.as_of, found.at.known});
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ExplainDecisionReply> Queries::ExplainDecision(
    const v1::ExplainDecisionRequest& request, UnixMicros now) {
  v1::ExplainDecisionReply reply;
  const auto answer = [&](const Found& found) -> absl::Status {
    const std::optional<DecisionEntry> entry =
        FindDecisionAt(found.state, Position{request.position()}, found.at.known);
    if (!entry) {
      return Refuse({absl::StatusCode::kNotFound, "DECISION_UNKNOWN",
                     absl::StrCat("position: ", request.position(),
                                  " holds no reward, sanction or offer of contract ",
                                  found.state.contract_id, " that is known"),
                     -1, "position"});
    }
    *reply.mutable_decision() = ToDecisionStanding(found.state, *entry, found.at);
    RETURN_IF_ERROR(AddBoardWords(found.state, *entry, Knowledge{found.at.known}, log_, &reply));
    return SetRecordedEvaluation(found, entry->evaluation(), &reply);
  };
  RETURN_IF_ERROR(Ask(request.question(), now, reply.mutable_basis(), answer).status());
  return reply;
}

}  // namespace waymark::maturity
