// Targets: set, changed and withdrawn.

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// What a focus is to reach, and who read the words so; of a TargetSet or a TargetChanged.
template <typename Event>
void CheckTerms(const Event& event, ShapeCheck* check) {
  check->Level(event.level(), "level");
  check->Day(event.has_due(), event.due(), "due");
  check->Text(event.words(), "words");
  check->Choice(event.reading(), "reading");
  if (event.agreed_by().empty()) {
    check->Refuse("FIELD_MISSING", "agreed_by", "name who agreed the reading");
  }
  const bool few = check->Count(event.agreed_by_size(), kListValuesMax, "agreed_by");
  for (int i = 0; few && i < event.agreed_by_size(); ++i) {
    check->Id(event.agreed_by(i), absl::StrCat("agreed_by[", i, "]"));
  }
}

template <typename Event>
Target TargetOf(const Event& event, const Fact& fact) {
  return {.known = fact.known,
          .level = static_cast<int>(event.level()),
          .due = RealDay(event.due()),
          .words = event.words(),
          .reading = event.reading(),
          .agreed_by = {event.agreed_by().begin(), event.agreed_by().end()}};
}

void CheckDefined(const std::string& focus, uint32_t level, Ruling* ruling) {
  const v1::Matrix* matrix = ruling->PinnedMatrix();
  if (matrix == nullptr) return;
  const v1::Cell* cell = FindCell(*matrix, focus, static_cast<int>(level));
  if (cell != nullptr && cell->state() == v1::CELL_STATE_DEFINED) return;
  ruling->Forbid("LEVEL_NOT_DEFINED", "level",
                 absl::StrCat(focus, " level ", level, " is not DEFINED in the adopted matrix"));
}

bool HasTarget(const ContractState& state, const std::string& focus) {
  const FocusHistory* history = FindHistory(state, focus);
  return history != nullptr && !history->targets.empty() && !history->targets.back().withdrawn;
}

// ---- TargetSet ----

void CheckSet(const v1::TargetSet& event, ShapeCheck* check) {
  check->Id(event.focus(), "focus");
  CheckTerms(event, check);
}

void DecideSet(const v1::TargetSet& event, Ruling* ruling) {
  if (!ruling->CheckFocus(event.focus(), "focus")) return;
  CheckDefined(event.focus(), event.level(), ruling);
  if (HasTarget(ruling->state(), event.focus())) {
    ruling->Forbid("TARGET_EXISTS", "focus",
                   absl::StrCat(event.focus(), " has a target; TargetChanged replaces it"));
  }
}

void EvolveSet(const v1::TargetSet& event, const Fact& fact, StateEdit* edit) {
  edit->Append(&edit->Focus(event.focus(), fact).targets, TargetOf(event, fact));
}

// ---- TargetChanged ----

void CheckChanged(const v1::TargetChanged& event, ShapeCheck* check) {
  check->Id(event.focus(), "focus");
  if (!event.withdrawn()) CheckTerms(event, check);
  if (event.has_discussion()) check->Ref(event.discussion(), "discussion");
  check->Text(event.context(), "context");
}

bool IsStrategicDiscussion(const ContractState& state, Position place) {
  const BoardMatter* matter = FindBoardMatter(state, place);
  if (matter == nullptr || matter->outcome != v1::MATTER_OUTCOME_DISCUSSED) return false;
  const auto meeting = state.meetings.find(matter->meeting_id);
  return meeting != state.meetings.end() && meeting->second.board == v1::BOARD_STRATEGIC;
}

void CheckDiscussion(const v1::TargetChanged& event, Ruling* ruling) {
  if (event.has_discussion()) {
    const auto place = ruling->Resolve(event.discussion(), "discussion");
    if (!place || IsStrategicDiscussion(ruling->state(), *place)) return;
  }
  ruling->Forbid("DISCUSSION_MISSING", "discussion",
                 "cite the matter that the strategic board discussed");
}

void DecideChanged(const v1::TargetChanged& event, Ruling* ruling) {
  CheckDiscussion(event, ruling);
  if (!ruling->CheckFocus(event.focus(), "focus")) return;
  if (!event.withdrawn()) CheckDefined(event.focus(), event.level(), ruling);
  if (!HasTarget(ruling->state(), event.focus())) {
    ruling->Forbid("TARGET_MISSING", "focus",
                   absl::StrCat(event.focus(), " has no target; TargetSet sets one"));
  }
}

void EvolveChanged(const v1::TargetChanged& event, const Fact& fact, StateEdit* edit) {
  edit->Append(
      &edit->Focus(event.focus(), fact).targets,
      event.withdrawn() ? Target{.known = fact.known, .withdrawn = true} : TargetOf(event, fact));
}

constexpr EventRules kRows[] = {
    RulesFor<v1::TargetSet, CheckSet, DecideSet, EvolveSet>({.roles = Roles({v1::ROLE_DEC}),
                                                             .needs_matrix_version = true,
                                                             .needs_governance = true,
                                                             .power = v1::POWER_SET_TARGET}),
    RulesFor<v1::TargetChanged, CheckChanged, DecideChanged, EvolveChanged>(
        {.roles = Roles({v1::ROLE_DEC}),
         .needs_reason = true,
         .needs_matrix_version = true,
         .needs_governance = true,
         .power = v1::POWER_SET_TARGET}),
};

}  // namespace

absl::Span<const EventRules> TargetRules() { return kRows; }

}  // namespace waymark
