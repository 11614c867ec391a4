// This header defines the way from the fold's values to the words of maturity.proto. Pure.
#ifndef WAYMARK_PROJECTIONS_MATURITY_ANSWER_WORDS_H_
#define WAYMARK_PROJECTIONS_MATURITY_ANSWER_WORDS_H_

#include <optional>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "ledger/contract/clause_evaluate.h"
#include "ledger/contract/due.h"
#include "ledger/contract/longevity.h"
#include "ledger/contract/state.h"
#include "ledger/contract/target_status.h"
#include "waymark/v1/maturity.pb.h"

namespace waymark::maturity {

void SetDay(absl::CivilDay day, v1::Date* date);

v1::LevelState StateWord(HeldState state);
v1::TargetStatus StatusWord(TargetStatus status);

v1::Span ToSpan(const Span& span);
v1::ThreeNumbers ToThreeNumbers(const ThreeNumbers& numbers);
v1::TargetStanding ToTargetStanding(const TargetStanding& standing);
v1::ConditionStanding ToConditionStanding(const ConditionFinding& finding);
v1::FocusLongevity ToFocusLongevity(const std::string& focus, int level,
                                    const Longevity& longevity);
// `lasts` if as_of lies in it.
v1::TimelineSegment ToSegment(const Segment& segment, bool lasts);

// A determination as `state` knows it from the first `known` events.
v1::DeterminationRecord ToRecord(const ContractState& state, const FocusHistory& history,
                                 const Determination& determination, TreeSize known);

v1::DueItem ToDueItem(const DueItem& item, absl::CivilDay as_of);
// The clause, its outcome, flags and nodes: what an evaluation says of the day itself.
void SetSaid(const v1::Clause& clause, const Evaluation& said, v1::EvaluateClauseReply* reply);

// An item as known from the first `known` events, on `as_of`. Changes that take effect later are
// not shown yet.
v1::EvidenceStanding ToEvidenceStanding(const EvidenceItem& item, TreeSize known,
                                        absl::CivilDay as_of, const absl::TimeZone& zone);

}  // namespace waymark::maturity

#endif  // WAYMARK_PROJECTIONS_MATURITY_ANSWER_WORDS_H_
