// What differs between two moments of knowledge, and the events that made the difference.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "projections/engine/ledger_event.h"
#include "projections/maturity/knowledge_walk.h"
#include "projections/maturity/queries.h"
#include "projections/maturity/standings.h"

namespace waymark::maturity {
namespace {

// Refusals of the earlier moment name the field that it stands in.
absl::Status AboutBefore(const absl::Status& status) {
  std::vector<Violation> violations = ViolationsOf(status);
  if (violations.empty()) return status;
  for (Violation& violation : violations) {
    for (std::string* text : {&violation.field, &violation.message}) {
      absl::string_view rest = *text;
      if (absl::ConsumePrefix(&rest, "known_at")) *text = absl::StrCat("before", rest);
    }
  }
  return Refuse(violations);
}

absl::Status Invalid(absl::string_view reason, absl::string_view what) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason),
                 absl::StrCat("before: ", what), -1, "before"});
}

// In matrix order; those that the earlier matrix alone had come last.
std::vector<std::string> FocusesOfBoth(const ContractState& state, const Settled& before,
                                       const Settled& after) {
  std::vector<std::string> codes = AllFocuses(state, after);
  for (const std::string& code : AllFocuses(state, before)) {
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  }
  return codes;
}

// The contract's events below a position. Revisions and positions rise together.
absl::StatusOr<uint64_t> EventsBelow(const EventLog& log, const std::string& contract_id,
                                     TreeSize end) {
  // A stream is no longer than the ledger.
  uint64_t low = 0, high = end.value;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const std::vector<Position> at,
                     log.StreamPositions(contract_id, Revision{middle}, 1));
    if (!at.empty() && at[0].value < end.value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// From their positions, all else that is said of the causes.
absl::Status Complete(const EventLog& log,
                      google::protobuf::RepeatedPtrField<v1::DifferenceCause>* causes) {
  for (v1::DifferenceCause& cause : *causes) {
    ASSIGN_OR_RETURN(const StoredEvent stored,
                     log.ReadOne(Position{cause.position()}, /*headers_only=*/true));
    ASSIGN_OR_RETURN(const LedgerEvent event, ViewOf(stored));
    cause.set_event_type(std::string(event.event_type));
    const int64_t micros = static_cast<int64_t>(event.recorded_at.value);
    cause.mutable_recorded_at()->set_seconds(micros / 1000000);
    cause.mutable_recorded_at()->set_nanos(static_cast<int32_t>(micros % 1000000 * 1000));
  }
  return absl::OkStatus();
}

// As asked, each once.
std::vector<std::string> Distinct(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> distinct;
  for (const std::string& name : names) {
    if (std::find(distinct.begin(), distinct.end(), name) == distinct.end()) {
      distinct.push_back(name);
    }
  }
  return distinct;
}

}  // namespace

absl::StatusOr<v1::DiffKnowledgeReply> Queries::DiffKnowledge(
    const v1::DiffKnowledgeRequest& request, UnixMicros now) {
  if (request.before().at_case() == v1::KnownAt::AT_NOT_SET) {
    return Invalid("FIELD_MISSING", "name the earlier moment");
  }
  v1::Question earlier = request.question();
  *earlier.mutable_known_at() = request.before();
  RETURN_IF_ERROR(AboutBefore(CheckQuestion(earlier)));
  v1::DiffKnowledgeReply reply;
  ContractState state;
  Settled before, after;
  std::vector<std::string> focuses = Distinct(request.focuses());
  std::vector<std::string> clauses = Distinct(request.clauses());
  const auto settle = [&](const Found& found) -> absl::Status {
    const ViewedContract contract{found.state, TreeSize{reply.basis().applied()}};
    const absl::StatusOr<Settled> settled = Settle(earlier, contract, log_, now);
    RETURN_IF_ERROR(AboutBefore(settled.status()));
    before = *settled;
    after = found.at;
    if (before.known > after.known) {
      return Invalid("DIFF_REVERSED",
                     absl::StrCat(before.known.value, " events were known then, and ",
                                  after.known.value, " at known_at; name the earlier one here"));
    }
    for (const std::string& focus : focuses) RETURN_IF_ERROR(CheckFocus(found.state, focus));
    for (const std::string& id : clauses) RETURN_IF_ERROR(CheckClause(found.state, id, after));
    // The walk is long, so the contract is left to other questions meanwhile.
    state = found.state;
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(Ask(request.question(), now, reply.mutable_basis(), settle).status());
  if (focuses.empty() && clauses.empty()) {
    focuses = FocusesOfBoth(state, before, after);
    for (const auto& [id, versions] : state.clauses) clauses.push_back(id);
  }
  KnowledgeWalk walk(state, after.as_of, before.known, after.known);
  for (const std::string& focus : focuses) {
    ASSIGN_OR_RETURN(std::optional<v1::FocusDifference> found, walk.CompareFocus(focus));
    if (!found) continue;
    RETURN_IF_ERROR(Complete(log_, found->mutable_causes()));
    *reply.add_focuses() = *std::move(found);
  }
  for (const std::string& id : clauses) {
    ASSIGN_OR_RETURN(std::optional<v1::ClauseDifference> found, walk.CompareClause(id));
    if (!found) continue;
    RETURN_IF_ERROR(Complete(log_, found->mutable_causes()));
    *reply.add_clauses() = *std::move(found);
  }
  reply.set_known_before(before.known.value);
  ASSIGN_OR_RETURN(const uint64_t then, EventsBelow(log_, state.contract_id, before.known));
  ASSIGN_OR_RETURN(const uint64_t now_known, EventsBelow(log_, state.contract_id, after.known));
  reply.set_events_between(now_known - then);
  return reply;
}

}  // namespace waymark::maturity
