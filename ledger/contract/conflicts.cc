#include "ledger/contract/conflicts.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/parties.h"

namespace waymark {
namespace {

bool CoversContract(const ConflictEntry& entry) {
  return entry.focuses.empty() && entry.positions.empty();
}

bool Covers(const ConflictEntry& entry, const ActedUpon& matter) {
  return CoversContract(entry) || entry.focuses.count(std::string(matter.focus)) > 0 ||
         std::any_of(matter.positions.begin(), matter.positions.end(),
                     [&](Position position) { return entry.positions.count(position) > 0; });
}

// Everything that the other covers.
bool CoversAllOf(const ConflictEntry& entry, const ConflictEntry& other) {
  if (CoversContract(entry) || CoversContract(other)) return CoversContract(entry);
  return std::includes(entry.focuses.begin(), entry.focuses.end(), other.focuses.begin(),
                       other.focuses.end()) &&
         std::includes(entry.positions.begin(), entry.positions.end(), other.positions.begin(),
                       other.positions.end());
}

bool HoldsOn(const ConflictEntry& entry, absl::CivilDay day) {
  return entry.first <= day && (!entry.last || day <= *entry.last);
}

// Whether an entry after the declaration lifts it for the matter and the day.
bool Lifts(const ConflictEntry& later, const ConflictEntry& declared, const ActedUpon& matter,
           absl::CivilDay day) {
  switch (later.stage) {
    case v1::CONFLICT_STAGE_DISPENSED:
      return Covers(later, matter) && HoldsOn(later, day);
    case v1::CONFLICT_STAGE_CLOSED:
      return CoversAllOf(later, declared) && later.first <= day;
    default:
      return false;
  }
}

}  // namespace

ActedUpon ActedUponAt(const ContractState& state, Position position) {
  for (const auto& [code, history] : state.focuses) {
    if (FindDetermination(history, position) != nullptr ||
        FindAssessment(history, position) != nullptr) {
      return {code, {position}};
    }
  }
  return {"", {position}};
}

bool HasOpenConflict(const ContractState& state, absl::string_view person_ref,
                     const ActedUpon& matter, absl::CivilDay day) {
  const auto place = state.conflicts.find(std::string(person_ref));
  if (place == state.conflicts.end()) return false;
  const std::vector<ConflictEntry>& entries = place->second;
  for (auto declared = entries.begin(); declared != entries.end(); ++declared) {
    if (declared->stage != v1::CONFLICT_STAGE_DECLARED) continue;
    if (!Covers(*declared, matter) || !HoldsOn(*declared, day)) continue;
    const bool lifted = std::any_of(declared + 1, entries.end(), [&](const ConflictEntry& later) {
      return Lifts(later, *declared, matter, day);
    });
    if (!lifted) return true;
  }
  return false;
}

void CheckConflicts(const ActedUpon& matter, Ruling* ruling) {
  if (!HasOpenConflict(ruling->state(), ruling->principal(), matter, ruling->today())) return;
  ruling->Deny("CONFLICT_OPEN", "principal",
               absl::StrCat(ruling->principal(),
                            " declared a conflict that covers this, and no dispensation stands"));
}

bool IsQuorate(const ContractState& state, const Meeting& meeting, const ActedUpon& matter,
               int quorum_per_authority) {
  if (!state.registration) return false;
  const auto counts = [&](const Meeting::Member& member) {
    return !member.conflicted && !HasOpenConflict(state, member.person_ref, matter, meeting.on);
  };
  const auto authorities = AuthoritiesOn(*state.registration, meeting.on);
  return std::all_of(authorities.begin(), authorities.end(), [&](const std::string& authority) {
    return std::count_if(meeting.members.begin(), meeting.members.end(),
                         [&](const Meeting::Member& member) {
                           return member.party_id == authority && counts(member);
                         }) >= quorum_per_authority;
  });
}

}  // namespace waymark
