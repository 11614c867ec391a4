// This header defines how rules find things in a state and in a matrix.
//
//   const v1::Cell* cell = FindCell(*matrix, "PI-CS", 3);
//
// Pure; null where there is nothing. Results are valid while the state stands unchanged.
#ifndef WAYMARK_LEDGER_CONTRACT_LOOKUP_H_
#define WAYMARK_LEDGER_CONTRACT_LOOKUP_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/state.h"

namespace waymark {

// The event at a position. O(log n).
const EventMark* FindEvent(const ContractState& state, Position position);

// A drafted matrix version by its hash; whether it was adopted.
const v1::Matrix* FindMatrix(const ContractState& state, absl::string_view version_hash);
bool IsAdopted(const ContractState& state, absl::string_view version_hash);

const v1::Focus* FindFocus(const v1::Matrix& matrix, absl::string_view code);
const v1::Cell* FindCell(const v1::Matrix& matrix, absl::string_view focus, int level);

// Absent if no event has named the focus.
const FocusHistory* FindHistory(const ContractState& state, absl::string_view focus);

const Determination* FindDetermination(const FocusHistory& history, Position position);
// The assessment at a position, or the one that the moderation at that position is about.
const Assessment* FindAssessment(const FocusHistory& history, Position position);

// Focus code that the determination or the assessment at a position is about. Searches every focus.
std::optional<std::string> FocusOfDetermination(const ContractState& state, Position position);
std::optional<std::string> FocusOfAssessment(const ContractState& state, Position position);

// A dispute by its id.
const Dispute* FindDispute(const ContractState& state, const std::string& dispute_id);

// What was found of a focus that is a standing condition: by the newest finding that speaks for the
// day, else by the newest for the last days before it that one speaks for.
const ConditionFinding* FindCondition(const FocusHistory& history, absl::CivilDay day,
                                      Knowledge knowledge);

const BoardMatter* FindBoardMatter(const ContractState& state, Position position);

// The version of a clause that applies on a day, as known: the one with the latest effective day
// not after it, the later recorded of two; where all begin later, the first. Null if none is known.
const ClauseVersion* FindClause(const ContractState& state, absl::string_view clause_id,
                                absl::CivilDay day, Knowledge knowledge);
// That version number, if known.
const ClauseVersion* FindClauseVersion(const ContractState& state, absl::string_view clause_id,
                                       uint32_t version, Knowledge knowledge);

// The evaluation recorded at a position; the decision on a clause.
const EvaluationRecord* FindEvaluation(const ContractState& state, Position position);
const ClauseDecision* FindDecision(const ContractState& state, Position position);

// The event that superseded a determination; the first of several.
const Supersession* FindSupersession(const FocusHistory& history, Position determination);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_LOOKUP_H_
