#include "ledger/contract/target_status.h"

#include <algorithm>

#include "ledger/contract/policy_history.h"

namespace waymark {
namespace {

const Target* TargetOn(const ContractState& state, absl::string_view focus, absl::CivilDay as_of,
                       TreeSize known) {
  const auto history = state.focuses.find(std::string(focus));
  if (history == state.focuses.end()) return nullptr;
  const Target* first = nullptr;
  const Target* latest = nullptr;
  for (const Target& target : history->second.targets) {
    if (!Knowledge{known}.Has(target.known)) break;
    if (first == nullptr) first = &target;
    if (Knowledge{known, as_of}.Has(target.known)) latest = &target;
  }
  const Target* target = latest != nullptr ? latest : first;
  return target == nullptr || target->withdrawn ? nullptr : target;
}

bool IsDefined(const v1::Matrix* matrix, absl::string_view focus, int level) {
  if (matrix == nullptr) return false;
  return std::any_of(matrix->cells().begin(), matrix->cells().end(), [&](const v1::Cell& cell) {
    return cell.focus() == focus && static_cast<int>(cell.level()) == level &&
           cell.state() == v1::CELL_STATE_DEFINED;
  });
}

bool IsHeldAt(const HeldDay& held, int level) {
  return (held.state == HeldState::kDetermined || held.state == HeldState::kDisputed) &&
         *held.level >= level;
}

// The day, up to `last`, by which a test finds the level held: `last` itself, or the first such
// day.
std::optional<absl::CivilDay> HeldBy(const Timeline& timeline, absl::CivilDay last, int level,
                                     bool reached_by) {
  for (const Segment& segment : timeline.segments) {
    if (segment.days.first > last) break;
    const bool asked = reached_by || last <= segment.days.last;
    if (!asked || !IsHeldAt(segment.held, level)) continue;
    return reached_by ? segment.days.first : last;
  }
  return std::nullopt;
}

// A determination in force that speaks about the due day, or of a later one, and shows less.
bool ShowsLess(const ContractState& state, absl::string_view focus, TreeSize known,
               const Target& target) {
  const FocusFacts facts(state, focus, known, {});
  HeldDays days(facts);
  days.LearnBy(absl::CivilDay::max());
  for (const Determination* determination : days.InForce()) {
    if (determination->effective_on < target.due && determination->period.last < target.due)
      continue;
    const std::optional<int> level =
        days.LevelOn(*determination, std::max(determination->effective_on, target.due));
    if (level && *level < target.level) return true;
  }
  return false;
}

void DescribeMet(const ContractState& state, absl::string_view focus, const LongevityReader& reader,
                 absl::CivilDay held_on, TargetStanding& standing) {
  standing.status = TargetStatus::kMet;
  const RunFacts runs = reader.RunsOn(held_on, standing.target.level);
  // A run that is paused from its first day has no figure, but it was held.
  standing.met_on = runs.run ? runs.run->since : *runs.held_since;
  const Position holder = *reader.now().On(held_on)->determination;
  for (const Determination& determination : state.focuses.at(std::string(focus)).determinations) {
    if (determination.known.position != holder) continue;
    standing.decided_on = determination.decided_on;
    standing.decided_after_days = static_cast<int>(determination.decided_on - standing.target.due);
  }
}

}  // namespace

const MatrixDraft* VersionInForce(const ContractState& state, absl::CivilDay day,
                                  Knowledge knowledge) {
  const Adoption* in_force = nullptr;
  for (const Adoption& adoption : state.adoptions) {
    if (!knowledge.Has(adoption.known) || adoption.effective_on > day) continue;
    if (in_force == nullptr || adoption.effective_on >= in_force->effective_on)
      in_force = &adoption;
  }
  if (in_force == nullptr) return nullptr;
  for (const MatrixDraft& draft : state.drafts) {
    if (draft.version_hash == in_force->version_hash) return &draft;
  }
  return nullptr;
}

const v1::Matrix* MatrixInForce(const ContractState& state, absl::CivilDay day,
                                Knowledge knowledge) {
  const MatrixDraft* version = VersionInForce(state, day, knowledge);
  return version == nullptr ? nullptr : &version->matrix;
}

std::optional<TargetStanding> FindTargetStanding(const ContractState& state,
                                                 absl::string_view focus, absl::CivilDay as_of,
                                                 TreeSize known) {
  const Target* target = TargetOn(state, focus, as_of, known);
  if (target == nullptr) return std::nullopt;
  const LongevityReader reader(state,
                               {.focus = std::string(focus), .as_of = as_of, .known = known});
  const absl::CivilDay day = reader.answered_on();
  const Knowledge knowledge{known};
  TargetStanding standing;
  standing.target = *target;
  standing.numbers = reader.At(target->level).numbers;
  if (!IsDefined(MatrixInForce(state, day, knowledge), focus, target->level)) {
    standing.status = TargetStatus::kIndeterminate;
    return standing;
  }
  if (day < target->due) {
    standing.status = TargetStatus::kNotDue;
    if (HeldBy(reader.now(), day, target->level, false)) {
      const RunFacts runs = reader.RunsOn(day, target->level);
      standing.reached_on = runs.run ? runs.run->since : *runs.held_since;
    }
    return standing;
  }
  const bool reached_by =
      PolicyHistory(state, v1::POLICY_KEY_TARGET_TEST).On(day, knowledge) == "REACHED_BY";
  if (const auto held_on = HeldBy(reader.now(), target->due, target->level, reached_by)) {
    DescribeMet(state, focus, reader, *held_on, standing);
  } else if (ShowsLess(state, focus, known, *target)) {
    standing.status = TargetStatus::kMissed;
  }
  return standing;
}

AllTargets FindAllTargets(const ContractState& state, absl::CivilDay as_of, TreeSize known) {
  const Knowledge knowledge{known};
  const absl::CivilDay day = std::min(as_of, LastContractDay(state, knowledge).value_or(as_of));
  const v1::Matrix* matrix = MatrixInForce(state, day, knowledge);
  const bool leave_out =
      PolicyHistory(state, v1::POLICY_KEY_UNLADDERED_IN_ALL).On(day, knowledge) == "LEAVE_OUT";
  AllTargets all;
  bool any_target = false;
  const auto count = [&](const std::string& focus, bool is_ladder) {
    if (!is_ladder && leave_out) return;
    const std::optional<TargetStanding> standing = FindTargetStanding(state, focus, as_of, known);
    any_target |= standing.has_value();
    if (!standing && is_ladder) return;
    all.focuses.emplace_back(focus, standing ? standing->status : TargetStatus::kIndeterminate);
  };
  std::vector<absl::string_view> in_matrix;
  if (matrix != nullptr) {
    for (const v1::Focus& focus : matrix->focuses()) {
      in_matrix.push_back(focus.code());
      count(focus.code(), focus.kind() == v1::FOCUS_KIND_LADDER);
    }
  }
  // A version may have dropped a focus that still has a target.
  for (const auto& [code, history] : state.focuses) {
    if (std::find(in_matrix.begin(), in_matrix.end(), code) == in_matrix.end()) count(code, true);
  }
  if (!any_target) return {};
  for (const TargetStatus status :
       {TargetStatus::kMissed, TargetStatus::kIndeterminate, TargetStatus::kNotDue,
        TargetStatus::kNotYetDetermined, TargetStatus::kMet}) {
    const bool found = std::any_of(all.focuses.begin(), all.focuses.end(),
                                   [&](const auto& focus) { return focus.second == status; });
    if (found && !all.status) all.status = status;
  }
  return all;
}

}  // namespace waymark
