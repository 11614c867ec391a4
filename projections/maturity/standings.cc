#include "projections/maturity/standings.h"

#include "ledger/contract/knowledge.h"
#include "ledger/contract/longevity.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/target_status.h"
#include "projections/maturity/answer_words.h"

namespace waymark::maturity {
namespace {

// The focus as the version in force has it, else as the newest version that has it.
const v1::Focus* DescribeFocus(const ContractState& state, const v1::Matrix* in_force,
                               const std::string& code) {
  const v1::Focus* found = in_force == nullptr ? nullptr : FindFocus(*in_force, code);
  for (auto draft = state.drafts.rbegin(); draft != state.drafts.rend() && found == nullptr;
       ++draft) {
    found = FindFocus(draft->matrix, code);
  }
  return found;
}

// A provisional score that is newer than what is held and says something of the day.
const Determination* NewerProvisional(const FocusHistory& history, const Longevity& standing,
                                      absl::CivilDay as_of, TreeSize known) {
  const Determination* newest = nullptr;
  for (const Determination& determination : history.determinations) {
    const Position position = determination.known.position;
    if (position.value >= known.value || determination.effective_on > as_of) continue;
    const Supersession* const end = FindSupersession(history, position);
    if (end != nullptr && end->known.position.value < known.value) continue;
    if (determination.provisional &&
        (!standing.held.determination || position > *standing.held.determination)) {
      newest = &determination;
    }
  }
  return newest;
}

v1::FocusStanding StandingOf(const ContractState& state, const v1::Matrix* in_force,
                             const std::string& focus, const Settled& at) {
  v1::FocusStanding word;
  word.set_focus(focus);
  if (const v1::Focus* described = DescribeFocus(state, in_force, focus); described != nullptr) {
    word.set_name(described->name());
    word.set_category(described->category());
    word.set_kind(described->kind());
  }
  const LongevityReader reader(state, {.focus = focus, .as_of = at.as_of, .known = at.known});
  const Longevity standing = FindStanding(reader);
  word.set_state(StateWord(standing.held.state));
  if (standing.held.level) word.set_level(static_cast<uint32_t>(*standing.held.level));
  *word.mutable_numbers() = ToThreeNumbers(standing.numbers);
  for (const std::string& flag : FlagWords(standing.flags)) word.add_flags(flag);
  if (standing.stale_since) SetDay(*standing.stale_since, word.mutable_stale_since());
  if (standing.held.determination) word.set_determined_at(standing.held.determination->value);
  if (const auto target = FindTargetStanding(state, focus, at.as_of, at.known)) {
    *word.mutable_target() = ToTargetStanding(*target);
  }
  if (const FocusHistory* history = FindHistory(state, focus); history != nullptr) {
    const Determination* provisional = NewerProvisional(*history, standing, at.as_of, at.known);
    if (provisional != nullptr) word.set_provisional_level(provisional->level);
    const ConditionFinding* condition = FindCondition(*history, at.as_of, Knowledge{at.known});
    if (condition != nullptr) *word.mutable_condition() = ToConditionStanding(*condition);
  }
  return word;
}

// In matrix order; before any version is in force, those that some event names.
std::vector<std::string> AllFocuses(const ContractState& state, const v1::Matrix* in_force) {
  std::vector<std::string> codes;
  if (in_force == nullptr) {
    for (const auto& [code, history] : state.focuses) codes.push_back(code);
  } else {
    for (const v1::Focus& focus : in_force->focuses()) codes.push_back(focus.code());
  }
  return codes;
}

}  // namespace

v1::FocusStanding StandingOf(const ContractState& state, const std::string& focus,
                             const Settled& at) {
  return StandingOf(state, MatrixInForce(state, at.as_of, Knowledge{at.known}), focus, at);
}

std::vector<std::string> AllFocuses(const ContractState& state, const Settled& at) {
  return AllFocuses(state, MatrixInForce(state, at.as_of, Knowledge{at.known}));
}

void AddStandings(const ContractState& state, const Settled& at, std::vector<std::string> focuses,
                  v1::GetStandingsReply* reply) {
  const v1::Matrix* const in_force = MatrixInForce(state, at.as_of, Knowledge{at.known});
  if (focuses.empty()) focuses = AllFocuses(state, in_force);
  for (const std::string& focus : focuses) {
    *reply->add_standings() = StandingOf(state, in_force, focus, at);
  }
  const AllTargets all = FindAllTargets(state, at.as_of, at.known);
  if (all.status) reply->set_all_targets(StatusWord(*all.status));
  reply->set_title(state.registration->title);
}

}  // namespace waymark::maturity
