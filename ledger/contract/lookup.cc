#include "ledger/contract/lookup.h"

#include <algorithm>
#include <vector>

namespace waymark {
namespace {

// The fact that the event at `position` made, in a list in position order.
template <typename T>
const T* FindFact(const std::vector<T>& facts, Position position) {
  const auto place = std::partition_point(
      facts.begin(), facts.end(), [&](const T& fact) { return fact.known.position < position; });
  return place != facts.end() && place->known.position == position ? &*place : nullptr;
}

template <typename Items, typename Matches>
auto* FirstOf(const Items& items, Matches matches) {
  const auto place = std::find_if(items.begin(), items.end(), matches);
  return place == items.end() ? nullptr : &*place;
}

}  // namespace

const EventMark* FindEvent(const ContractState& state, Position position) {
  const auto place =
      std::partition_point(state.events.begin(), state.events.end(),
                           [&](const EventMark& mark) { return mark.position < position; });
  return place != state.events.end() && place->position == position ? &*place : nullptr;
}

const v1::Matrix* FindMatrix(const ContractState& state, absl::string_view version_hash) {
  const MatrixDraft* draft = FirstOf(state.drafts, [&](const MatrixDraft& candidate) {
    return candidate.version_hash == version_hash;
  });
  return draft == nullptr ? nullptr : &draft->matrix;
}

bool IsAdopted(const ContractState& state, absl::string_view version_hash) {
  return FirstOf(state.adoptions, [&](const Adoption& adoption) {
           return adoption.version_hash == version_hash;
         }) != nullptr;
}

const v1::Focus* FindFocus(const v1::Matrix& matrix, absl::string_view code) {
  return FirstOf(matrix.focuses(), [&](const v1::Focus& focus) { return focus.code() == code; });
}

const v1::Cell* FindCell(const v1::Matrix& matrix, absl::string_view focus, int level) {
  return FirstOf(matrix.cells(), [&](const v1::Cell& cell) {
    return cell.focus() == focus && static_cast<int>(cell.level()) == level;
  });
}

const FocusHistory* FindHistory(const ContractState& state, absl::string_view focus) {
  const auto place = state.focuses.find(std::string(focus));
  return place == state.focuses.end() ? nullptr : &place->second;
}

const Determination* FindDetermination(const FocusHistory& history, Position position) {
  return FindFact(history.determinations, position);
}

const Assessment* FindAssessment(const FocusHistory& history, Position position) {
  const Assessment* assessment = FindFact(history.assessments, position);
  if (assessment != nullptr) return assessment;
  return FirstOf(history.assessments, [&](const Assessment& candidate) {
    return FindFact(candidate.moderations, position) != nullptr;
  });
}

std::optional<std::string> FocusOfDetermination(const ContractState& state, Position position) {
  for (const auto& [code, history] : state.focuses) {
    if (FindDetermination(history, position) != nullptr) return code;
  }
  return std::nullopt;
}

std::optional<std::string> FocusOfAssessment(const ContractState& state, Position position) {
  for (const auto& [code, history] : state.focuses) {
    if (FindAssessment(history, position) != nullptr) return code;
  }
  return std::nullopt;
}

const Dispute* FindDispute(const ContractState& state, const std::string& dispute_id) {
  const auto place = state.disputes.find(dispute_id);
  return place == state.disputes.end() ? nullptr : &place->second;
}

const ConditionFinding* FindCondition(const FocusHistory& history, absl::CivilDay day,
                                      Knowledge knowledge) {
  const ConditionFinding* found = nullptr;
  for (const ConditionFinding& finding : history.conditions) {
    if (!knowledge.Has(finding.known) || finding.period.first > day) continue;
    if (found == nullptr ||
        std::min(finding.period.last, day) >= std::min(found->period.last, day)) {
      found = &finding;
    }
  }
  return found;
}

const BoardMatter* FindBoardMatter(const ContractState& state, Position position) {
  return FindFact(state.board_matters, position);
}

const ClauseVersion* FindClause(const ContractState& state, absl::string_view clause_id,
                                absl::CivilDay day, Knowledge knowledge) {
  const auto place = state.clauses.find(std::string(clause_id));
  if (place == state.clauses.end()) return nullptr;
  const ClauseVersion* first = nullptr;
  const ClauseVersion* applies = nullptr;
  for (const ClauseVersion& version : place->second) {
    if (!knowledge.Has(version.known)) break;
    if (first == nullptr) first = &version;
    if (version.effective_on > day) continue;
    if (applies == nullptr || version.effective_on >= applies->effective_on) applies = &version;
  }
  return applies != nullptr ? applies : first;
}

const ClauseVersion* FindClauseVersion(const ContractState& state, absl::string_view clause_id,
                                       uint32_t version, Knowledge knowledge) {
  const auto place = state.clauses.find(std::string(clause_id));
  if (place == state.clauses.end()) return nullptr;
  return FirstOf(place->second, [&](const ClauseVersion& candidate) {
    return candidate.clause.version() == version && knowledge.Has(candidate.known);
  });
}

const EvaluationRecord* FindEvaluation(const ContractState& state, Position position) {
  const auto place = state.evaluations.find(position);
  return place == state.evaluations.end() ? nullptr : &place->second;
}

const ClauseDecision* FindDecision(const ContractState& state, Position position) {
  const auto place = state.decisions.find(position);
  return place == state.decisions.end() ? nullptr : &place->second;
}

const Supersession* FindSupersession(const FocusHistory& history, Position determination) {
  return FirstOf(history.supersessions, [&](const Supersession& supersession) {
    return supersession.old == determination;
  });
}

}  // namespace waymark
